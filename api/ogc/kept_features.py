"""Features as written JSON, kept for the pages that ask for them again.

A row is told by cursor and version and never holds anything else, so that nothing kept ever goes
stale and no write empties what is kept.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from api.ogc.visibility import View
    from api.service import Service

    Key = tuple[int, int]

__all__ = ["KeptFeatures", "kept_features"]

_MOST_BYTES = 64 * 2**20
_ENTRY_BYTES = 250
"""What Python needs around the bytes of a feature: the object, its key, their place."""


class KeptFeatures:
    """The written features of all layers, each as a view shows it.

    Parameters
    ----------
    most_bytes
        Memory they may take; what was asked for longest ago goes first, of the layer with most.
    """

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._most = most_bytes
        self._lock = threading.Lock()
        self._shelves: dict[View, OrderedDict[Key, bytes]] = {}
        self._size = 0

    def read(
        self,
        view: View,
        keys: Sequence[Key],
        write: Callable[[list[int]], list[tuple[int, int, bytes]]],
    ) -> list[bytes]:
        """Give features in the order of their keys.

        Parameters
        ----------
        view
            The layer as it is shown.
        keys
            Cursor and version of each (`Store.keys`).
        write
            Writes the features at some cursors: cursor, version, JSON. A row that changed since
            its key was read comes as it is now.

        Returns
        -------
        Their JSON; what was deleted since its key was read is left out.
        """
        found = self._find(view, keys)
        missing = [key[0] for key, part in zip(keys, found, strict=True) if part is None]
        if missing:
            now = {cursor: (version, part) for cursor, version, part in write(missing)}
            self._keep(view, now)
            found = [
                now[cursor][1] if part is None and cursor in now else part
                for (cursor, _), part in zip(keys, found, strict=True)
            ]
        return [part for part in found if part is not None]

    def _find(self, view: View, keys: Sequence[Key]) -> list[bytes | None]:
        with self._lock:
            shelf = self._shelves.get(view)
            if shelf is None:
                return [None] * len(keys)
            found = [shelf.get(key) for key in keys]
            for key, part in zip(keys, found, strict=True):
                if part is not None:
                    shelf.move_to_end(key)
        return found

    def _keep(self, view: View, now: dict[int, tuple[int, bytes]]) -> None:
        with self._lock:
            shelf = self._shelves.setdefault(view, OrderedDict())
            for cursor, (version, part) in now.items():
                if (cursor, version) not in shelf:
                    shelf[cursor, version] = part
                    self._size += len(part) + _ENTRY_BYTES
            while self._size > self._most:
                _, gone = max(self._shelves.values(), key=len).popitem(last=False)
                self._size -= len(gone) + _ENTRY_BYTES


def kept_features(_service: Service) -> KeptFeatures:
    """Give the worker's features; for `Service.part`."""
    return KeptFeatures()
