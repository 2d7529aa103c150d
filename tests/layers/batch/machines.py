"""A Dask scheduler and its workers as somebody else would run them, on the loopback."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parents[3]


class Machines:
    def __init__(self, address: str, scheduler: subprocess.Popen[bytes]) -> None:
        self.address = address
        self.scheduler = scheduler


def started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


@contextlib.contextmanager
def machines(folder: Path, *, workers: int = 1) -> Iterator[Machines]:
    """Scheduler and workers, ended at the end."""
    file = folder / "scheduler.json"
    place = ("--scheduler-file", str(file))
    processes = [
        started(
            "distributed.cli.dask_scheduler",
            *place,
            *("--host", "127.0.0.1", "--port", "0", "--no-dashboard"),
        )
    ]
    try:
        until(lambda: file.exists() and file.read_text().strip().endswith("}"))
        processes += [
            started(
                "distributed.cli.dask_worker",
                *place,
                *("--host", "127.0.0.1", "--nworkers", "1", "--nthreads", "1"),
                *("--no-dashboard", "--no-nanny"),
            )
            for _ in range(workers)
        ]
        yield Machines(json.loads(file.read_text())["address"], processes[0])
    finally:
        for process in reversed(processes):
            process.kill()
            process.wait()


def until(happened, *, seconds: float = 120.0) -> None:
    deadline = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < deadline, "waited in vain"
        time.sleep(0.05)
