"""The parent: holds the socket, keeps workers running, ends them in good order."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import select
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING

from geo.errors import PlatformError

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable, Iterator

    from api.settings import Settings

__all__ = ["Supervisor", "WorkersFailed"]

_LONG_ENOUGH_SECONDS = 10.0
"""A worker that lived so long did not fail at its start."""

_PAUSES_SECONDS = (0.0, 0.5, 1.0, 2.0, 5.0, 10.0, 30.0)
_FAILED_STARTS = 3
_STOP_SECONDS = 15.0

_log = logging.getLogger("xygeo")


class WorkersFailed(PlatformError):  # noqa: N818 - what happened
    """No worker can be started."""

    code = "workers_failed"


@dataclass
class _Worker:
    """One place for a worker, and whoever stands there now."""

    number: int
    process: subprocess.Popen[bytes] | None = None
    ready: int = -1
    was_ready: bool = False
    started: float = 0.0
    failures: int = 0
    due: float = 0.0


class Supervisor:
    """Runs N workers on one socket.

    Parameters
    ----------
    settings
        Given to every worker.
    listener
        Bound and listening.
    workers
        How many.
    on_ready
        Called once, when all accept calls.
    """

    def __init__(
        self,
        settings: Settings,
        listener: socket.socket,
        *,
        workers: int,
        on_ready: Callable[[], None],
    ) -> None:
        self._settings = settings
        self._listener = listener
        self._workers = [_Worker(number) for number in range(1, workers + 1)]
        self._on_ready = on_ready
        self._told = False
        self._stopping = False

    def run(self) -> None:
        """Keep the workers running until SIGTERM or SIGINT, then let them finish.

        Raises
        ------
        WorkersFailed
            If none ever gets ready.
        """
        with _signals(self._stop) as woken:
            try:
                while not self._stopping:
                    self._start_due()
                    self._wait(woken)
                    self._reap()
            finally:
                self._end_all()

    def _stop(self) -> None:
        self._stopping = True

    def _start_due(self) -> None:
        now = time.monotonic()
        for worker in self._workers:
            if worker.process is None and worker.due <= now:
                self._start(worker)

    def _start(self, worker: _Worker) -> None:
        worker.ready, theirs = os.pipe()
        os.set_inheritable(theirs, True)  # noqa: FBT003 - so it is called
        given = {
            "settings": self._settings.model_dump(mode="json"),
            "listener": self._listener.fileno(),
            "ready": theirs,
        }
        try:
            worker.process = subprocess.Popen(
                [sys.executable, "-m", "api.serving.worker"],
                stdin=subprocess.PIPE,
                pass_fds=(self._listener.fileno(), theirs),
            )
        finally:
            os.close(theirs)
        worker.started = time.monotonic()
        worker.was_ready = False
        pipe: IO[bytes] | None = worker.process.stdin
        if pipe is not None:
            with contextlib.suppress(BrokenPipeError):  # it died at once: seen by `_reap`
                pipe.write(json.dumps(given).encode() + b"\n")
                pipe.flush()

    def _wait(self, woken: int) -> None:
        """Sleep until a signal, a worker that got ready or one whose turn to start has come."""
        due = [worker.due for worker in self._workers if worker.process is None]
        pause = max(min(due) - time.monotonic(), 0.0) if due else None
        waiting = [worker.ready for worker in self._workers if worker.ready >= 0]
        found, _, _ = select.select([woken, *waiting], [], [], pause)
        if woken in found:
            os.read(woken, 512)
        for worker in self._workers:
            if worker.ready in found:
                worker.was_ready = os.read(worker.ready, 1) == b"+"
                os.close(worker.ready)
                worker.ready = -1
        if not self._told and all(worker.was_ready for worker in self._workers):
            self._told = True
            self._on_ready()

    def _reap(self) -> None:
        for worker in self._workers:
            if worker.process is None or worker.process.poll() is None:
                continue
            code, lived = worker.process.returncode, time.monotonic() - worker.started
            self._forget(worker)
            if self._stopping:
                continue
            worker.failures = 0 if lived >= _LONG_ENOUGH_SECONDS else worker.failures + 1
            if not self._told and worker.failures >= _FAILED_STARTS:
                raise WorkersFailed(
                    "服务启动不了：工作进程一启动就退出，原因见上面的日志和 logs 文件夹。"
                )
            pause = _PAUSES_SECONDS[min(worker.failures, len(_PAUSES_SECONDS) - 1)]
            worker.due = time.monotonic() + pause
            _log.error(
                "worker died",
                extra={"worker": worker.number, "exit_code": code, "seconds": round(pause, 1)},
            )

    def _forget(self, worker: _Worker) -> None:
        if worker.process is not None and worker.process.stdin is not None:
            with contextlib.suppress(BrokenPipeError):
                worker.process.stdin.close()
        worker.process = None
        if worker.ready >= 0:
            os.close(worker.ready)
            worker.ready = -1

    def _end_all(self) -> None:
        self._stopping = True
        running = [worker for worker in self._workers if worker.process is not None]
        for worker in running:
            if worker.process is not None:
                worker.process.terminate()
        deadline = time.monotonic() + _STOP_SECONDS
        for worker in running:
            if worker.process is None:
                continue
            try:
                worker.process.wait(timeout=max(deadline - time.monotonic(), 0.0))
            except subprocess.TimeoutExpired:
                _log.error("worker killed", extra={"worker": worker.number})
                worker.process.kill()
                worker.process.wait()
            self._forget(worker)


@contextlib.contextmanager
def _signals(stop: Callable[[], None]) -> Iterator[int]:
    """Turn SIGTERM and SIGINT into a call, and every signal into a byte to wake up on."""
    woken, wake = os.pipe()
    os.set_blocking(wake, False)
    before = signal.set_wakeup_fd(wake, warn_on_full_buffer=False)
    handlers = {
        number: signal.signal(number, lambda *_: stop())
        for number in (signal.SIGTERM, signal.SIGINT)
    }
    handlers[signal.SIGCHLD] = signal.signal(signal.SIGCHLD, lambda *_: None)
    try:
        yield woken
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        signal.set_wakeup_fd(before)
        os.close(wake)
        os.close(woken)
