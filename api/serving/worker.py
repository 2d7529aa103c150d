"""One worker: its own store, the application, and a server on the parent's socket.

The parent writes one line of JSON to stdin and then keeps the pipe open: when it closes, the parent
has gone, and the worker ends too, so that a killed parent leaves nobody holding the port.
"""

from __future__ import annotations

import json
import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.serving.listening import BACKLOG
from api.serving.logs import start_logging
from api.settings import Settings
from layers.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["GRACE_SECONDS", "main"]

GRACE_SECONDS = 10
"""How long running calls may take to finish at a stop."""

_KEEP_ALIVE_SECONDS = 75
_HEAD_BYTES = 64 * 1024
"""A filter of 4,096 Chinese characters, percent-encoded, needs 36 KiB of request line."""

_log = logging.getLogger("xygeo")


class _Server(uvicorn.Server):
    """Tells when it accepts."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then tell."""
        await super().startup(sockets)
        for listener in sockets or ():
            listener.listen(BACKLOG)
        if self.started:
            self._ready()


def main() -> int:
    """Serve until SIGTERM, SIGINT or the end of the parent.

    Returns
    -------
    Exit code 0.
    """
    given = json.loads(sys.stdin.buffer.readline())
    settings = Settings.model_validate(given["settings"])
    stop_logging = start_logging(settings.data / "logs", time_zone=settings.tz)
    listener = socket.socket(fileno=given["listener"])
    store = open_store(settings.store_url, min_free_mb=settings.min_free_mb, folder=settings.data)
    try:
        config = uvicorn.Config(
            create_app(settings, store),
            http="h11",
            ws="none",
            lifespan="on",
            log_config=None,
            access_log=False,
            server_header=False,
            # asyncio accepts so many connections at once: with more than one, whichever worker
            # wakes up first would take all that wait. `_Server` sets the true backlog.
            backlog=1,
            proxy_headers=False,
            timeout_keep_alive=_KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=GRACE_SECONDS,
            h11_max_incomplete_event_size=_HEAD_BYTES,
        )
        server = _Server(config, lambda: _ready(given["ready"]))
        # At its end uvicorn raises the signal once more, for whoever had it before: by default
        # that kills, and what follows here would never run.
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(server, "should_exit", True))
        threading.Thread(target=_end_with_parent, args=(server,), daemon=True).start()
        server.run(sockets=[listener])
    finally:
        store.close()
        stop_logging()
    return 0


def _ready(number: int) -> None:
    os.write(number, b"+")
    os.close(number)
    threading.Thread(target=_warm_up, daemon=True, name="warm-up").start()


def _end_with_parent(server: uvicorn.Server) -> None:
    while os.read(sys.stdin.fileno(), 1):  # not by its buffer, whose lock Python's end would need
        pass
    server.should_exit = True


def _warm_up() -> None:
    """Load what the first question about minutes would wait for."""
    try:
        from geo.reach import warm_up  # noqa: PLC0415 - numba is slow to import

        warm_up()
    except Exception:  # noqa: BLE001 - the service runs without, only slower
        _log.exception("warm-up failed")


if __name__ == "__main__":
    sys.exit(main())
