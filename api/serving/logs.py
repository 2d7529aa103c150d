"""Logs: one JSON object a line, on stdout and in `DIR/logs`, a file a day.

What a line may hold is a list (`_KNOWN`), so that no name, query value or password gets into a log
by way of a message. Of an error it keeps the type and the places in the code, not its text, which
may quote a record.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import re
import sys
import threading
import traceback
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["KEPT_DAYS", "DayFile", "JsonLines", "Pipe", "start_logging"]

KEPT_DAYS = 200
"""How long a day's file is kept: half a year is asked for by law."""

_KNOWN = (
    "method", "route", "status", "ms", "request_id", "account", "incident", "worker", "workers",
    "url", "exit_code", "seconds", "head",
)  # fmt: skip
_WAITING = 10_000
_NAME = re.compile(r"xygeo-(\d{4}-\d{2}-\d{2})\.jsonl")


class JsonLines(logging.Formatter):
    """Writes a record as one line of JSON: time, level, event, and known facts."""

    def format(self, record: logging.LogRecord) -> str:
        """Give the line."""
        moment = datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds")
        body: dict[str, Any] = {
            "time": moment.replace("+00:00", "Z"),
            "level": record.levelname.lower(),
            "event": record.getMessage(),
        }
        body |= {name: record.__dict__[name] for name in _KNOWN if name in record.__dict__}
        if record.exc_info and record.exc_info[1] is not None:
            error = record.exc_info[1]
            frames = traceback.extract_tb(error.__traceback__)
            body["error"] = type(error).__name__
            body["trace"] = [f"{f.filename}:{f.lineno} {f.name}" for f in frames]
        return json.dumps(body, ensure_ascii=False, default=str)


class DayFile(logging.Handler):
    """Appends to the file of the day; several processes may write to it at once.

    Parameters
    ----------
    folder
        Made when missing.
    time_zone
        In which a day begins.
    today
        Gives the day; None: by the clock.
    """

    def __init__(
        self, folder: Path, *, time_zone: str, today: Callable[[], date] | None = None
    ) -> None:
        super().__init__()
        zone = ZoneInfo(time_zone)
        self._folder = folder
        self._today = today or (lambda: datetime.now(zone).date())
        self._day: date | None = None
        self._number = -1

    def emit(self, record: logging.LogRecord) -> None:
        """Append one line, in one write; a full disk loses the line, not the call."""
        with contextlib.suppress(OSError):
            day = self._today()
            if day != self._day:
                self._turn(day)
            os.write(self._number, f"{self.format(record)}\n".encode())

    def close(self) -> None:
        """Close the file."""
        if self._number >= 0:
            os.close(self._number)
            self._number = -1
        self._day = None
        super().close()

    def _turn(self, day: date) -> None:
        self._folder.mkdir(parents=True, exist_ok=True)
        path = self._folder / f"xygeo-{day.isoformat()}.jsonl"
        number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o640)
        if self._number >= 0:
            os.close(self._number)
        self._number, self._day = number, day
        last = (day - timedelta(days=KEPT_DAYS)).isoformat()
        for old in self._folder.iterdir():
            found = _NAME.fullmatch(old.name)
            if found and found[1] < last:
                old.unlink(missing_ok=True)


class Pipe(logging.Handler):
    """Writes to stdout from a thread of its own: a reader that stalls must not stall the service.

    Parameters
    ----------
    number
        File descriptor. Lines that it does not take in time are dropped; the day's file has them.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self._number = number
        self._lines: queue.Queue[bytes | None] = queue.Queue(_WAITING)
        self._thread = threading.Thread(target=self._write, daemon=True, name="stdout")
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        """Hand one line over."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(f"{self.format(record)}\n".encode())

    def close(self) -> None:
        """Write what waits, unless nobody takes it."""
        with contextlib.suppress(queue.Full):
            self._lines.put_nowait(None)
        self._thread.join(timeout=1.0)
        super().close()

    def _write(self) -> None:
        while (line := self._lines.get()) is not None:
            with contextlib.suppress(OSError):  # nobody reads: the day's file has it
                while line:
                    line = line[os.write(self._number, line) :]


def start_logging(folder: Path, *, time_zone: str) -> Callable[[], None]:
    """Send every log line of this process to stdout and the day's file.

    Parameters
    ----------
    folder
        ``DIR/logs``.
    time_zone
        In which a day begins.

    Returns
    -------
    What ends it.
    """
    handlers: list[logging.Handler] = [
        DayFile(folder, time_zone=time_zone),
        Pipe(sys.stdout.fileno()),
    ]
    root = logging.getLogger()
    for handler in handlers:
        handler.setFormatter(JsonLines())
        root.addHandler(handler)
    root.setLevel(logging.WARNING)
    for ours in ("xygeo", "api", "layers"):
        logging.getLogger(ours).setLevel(logging.INFO)

    def stop() -> None:
        for handler in handlers:
            root.removeHandler(handler)
            handler.close()

    return stop
