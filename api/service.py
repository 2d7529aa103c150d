"""What lives as long as a worker: settings, store, files, logs, and the parts that rooms keep."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TypeVar, cast
from zoneinfo import ZoneInfo

from layers.accesslog import AccessLog
from layers.files import Files

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from api.operations import Operation
    from api.settings import Settings
    from layers.store import Store

__all__ = ["Service"]

Part = TypeVar("Part")


class Service:
    """One worker's belongings; every call carries it.

    Parameters
    ----------
    settings
        Of the installation.
    store
        The county's store, open.
    clock
        Gives the time, with time zone; None: now.

    Attributes
    ----------
    files
        Photos and documents by their SHA-256.
    operations
        Everything that is mounted, for descriptions.
    """

    def __init__(
        self, settings: Settings, store: Store, *, clock: Callable[[], datetime] | None = None
    ) -> None:
        self.settings = settings
        self.store = store
        self.clock = clock or _utc_now
        self.files = Files(settings.data)
        self.operations: tuple[Operation, ...] = ()
        self._parts: dict[Any, Any] = {}
        self._lock = threading.RLock()

    @property
    def access_log(self) -> AccessLog:
        """Who signed in, took out in full, printed for the public."""
        return self.part(_access_log)

    def part(self, make: Callable[[Service], Part]) -> Part:
        """Give the one thing that `make` makes for this worker, such as a cache of a room.

        Parameters
        ----------
        make
            Called once, with the service; also the key.

        Returns
        -------
        What it made.
        """
        found = self._parts.get(make)
        if found is None:
            with self._lock:
                found = self._parts.get(make)
                if found is None:
                    found = self._parts[make] = make(self)
        return cast("Part", found)

    def today(self) -> date:
        """Give the business day, in the installation's time zone."""
        return self.clock().astimezone(ZoneInfo(self.settings.tz)).date()

    def close(self) -> None:
        """Close what the parts hold; the store is its opener's to close."""
        for part in self._parts.values():
            close = getattr(part, "close", None)
            if close is not None:
                close()
        self._parts.clear()


def _access_log(service: Service) -> AccessLog:
    return AccessLog(service.settings.data / "accounts.sqlite", clock=service.clock)


def _utc_now() -> datetime:
    return datetime.now(UTC)
