"""The doors of the program: how a call ends that does not end well."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
import typer

from api.cli import program
from tests.calling import xygeo, xygeo_process

_CALL = [sys.executable, "-c", "from api.cli import main; main()"]
_ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def command(monkeypatch):
    """Let `xygeo stop` do what the test says."""

    def made(action):
        app = typer.Typer(add_completion=False)
        app.callback()(lambda: None)

        extra = {"allow_extra_args": True, "ignore_unknown_options": True}
        app.command("stop", context_settings=extra)(action)
        monkeypatch.setattr(program, "app", app)

    return made


def _raise(error):
    def action():
        raise error

    return action


def test_an_interrupted_command_says_so_and_ends_with_one(command):
    command(_raise(KeyboardInterrupt()))
    answer = xygeo("stop")
    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("已中止")


def test_an_interrupted_command_answers_programs_too(command):
    command(_raise(KeyboardInterrupt()))
    assert xygeo("stop", "--json").json["error"]["code"] == "aborted"


def test_a_refusal_of_the_system_is_said_in_chinese(command):
    command(_raise(PermissionError(13, "Permission denied", "/x/y")))
    answer = xygeo("stop", "--json")
    assert answer.code == 1
    assert answer.json["error"]["where"] == "/x/y"
    assert "没有权限" in answer.json["error"]["message"]


@pytest.mark.parametrize("words", [("gapz", "--json"), ("print", "--list"), ("--help",)])
def test_a_reader_who_leaves_early_is_no_error(words):
    read, write = os.pipe()
    os.close(read)
    with os.fdopen(write) as gone:
        done = subprocess.run(
            [*_CALL, *words], stdout=gone, stderr=subprocess.PIPE, cwd=_ROOT, check=False
        )
    assert done.returncode == 1
    assert done.stderr == b""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
def test_an_answer_that_finds_no_room_says_so():
    with Path("/dev/full").open("w", encoding="utf-8") as full:
        done = subprocess.run(
            [*_CALL, "gapz", "--json"], stdout=full, stderr=subprocess.PIPE, cwd=_ROOT, check=False
        )
    assert done.returncode == 1
    assert done.stderr.decode() == "结果写不出去（磁盘已满）。\n"


def test_json_is_utf8_on_a_console_without_chinese():
    plain = {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    answer = xygeo_process("gapz", "--json", **plain)
    assert "没有命令" in answer.json["error"]["message"]


_INTERRUPTED_CALLBACK = """
import signal, sqlite3, typer
from api.cli import program

program.app = typer.Typer(add_completion=False)
program.app.callback()(lambda: None)

@program.app.command("stop")
def stop():
    base = sqlite3.connect(":memory:")
    base.create_function("f", 0, lambda: signal.raise_signal(signal.SIGINT))
    base.execute("SELECT f()")

program.main(["stop"])
"""


def test_an_interrupt_inside_the_database_is_no_fault_of_the_program():
    done = subprocess.run(
        [sys.executable, "-c", _INTERRUPTED_CALLBACK], capture_output=True, cwd=_ROOT, check=False
    )
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == ["已中止，没有做完的部分未写入。"]
