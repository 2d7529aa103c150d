"""Processes take turns, and a killed one holds nobody up."""

from __future__ import annotations

import os
import subprocess
import sys
import threading

import pytest

from layers.locks import locked

pytest.importorskip("fcntl")


def opened(path):
    return os.open(path, os.O_RDONLY)


def test_the_second_waits_for_the_first(tmp_path):
    first, second = opened(tmp_path), opened(tmp_path)
    order = []

    def come_second():
        with locked(second):
            order.append("second")

    with locked(first):
        thread = threading.Thread(target=come_second)
        thread.start()
        thread.join(timeout=0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]
    os.close(first)
    os.close(second)


def test_an_error_inside_lets_go(tmp_path):
    first, second = opened(tmp_path), opened(tmp_path)
    with pytest.raises(ZeroDivisionError), locked(first):
        raise ZeroDivisionError
    with locked(second):
        pass
    os.close(first)
    os.close(second)


def test_a_killed_process_lets_go(tmp_path):
    holding = (
        "import fcntl, os, sys; number = os.open(sys.argv[1], os.O_RDONLY);"
        " fcntl.flock(number, fcntl.LOCK_EX); print(flush=True); sys.stdin.read()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", holding, str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as process:
        process.stdout.readline()
        process.kill()
        number = opened(tmp_path)
        with locked(number):
            pass
        os.close(number)
