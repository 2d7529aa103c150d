"""The index of a store's names, kept from one question to the next: a write costs its own rows."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from layers.names.entries import DIVISIONS, Units, named_places, searched_layers
from layers.names.index import NameIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.store import Head, Store

__all__ = ["CountyNames", "county_names"]

_SHUT = 1000  # slots that may be shut before it is asked whether most are

# A cache, like functools.cache, but one that lets go of a closed store.
_kept: WeakKeyDictionary[Any, CountyNames] = WeakKeyDictionary()
_lock = threading.Lock()


class CountyNames:
    """Names of one store as they were last read.

    Attributes
    ----------
    index, units
        What was read.
    """

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self._forget()

    def _forget(self) -> None:
        self.index = NameIndex()
        self.units: Units
        self._head: Head | None = None
        self._layers: dict[str, int] = {}

    def refresh(self, store: Store) -> None:
        """Read what was written since the last time; all at the first."""
        head = store.head()  # before the rows: what is written meanwhile is read again next time
        if self._head is not None and head[:2] == self._head[:2]:
            return
        if self._head is None or not self._follows(store):
            self._forget()
        known = 0 if self._head is None else self._head.seq
        layers = searched_layers(store)
        changed = {
            layer: self._changed(store, layer, known) if self._layers.get(layer) == rank else None
            for layer, rank in layers.items()
        }
        if self._head is None or changed.get(DIVISIONS, ()) != set():
            self.units = Units(store)
            if DIVISIONS in changed:
                changed[DIVISIONS] = None  # a unit's name is that of others too
        for layer, ids in changed.items():
            self._read(store, layer, ids)
        self._head, self._layers = head, layers
        if self.index.shut > max(_SHUT, len(self.index.places) // 2):
            self._forget()
            self.refresh(store)

    def _follows(self, store: Store) -> bool:
        """Tell whether the store went on from what is known: a batch may have been undone."""
        if self._head is None or self._head.seq == 0:
            return True
        event = next(store.changes(after=self._head.seq - 1, limit=1), None)
        return event is not None and event.hash == self._head.hash

    def _changed(self, store: Store, layer: str, known: int) -> set[str]:
        return {event.id for event in store.changes(after=known, layer=layer)}

    def _read(self, store: Store, layer: str, ids: set[str] | None) -> None:
        gone = self.index.ids(layer) if ids is None else ids
        for made in gone:
            self.index.remove(layer, made)
        if ids is None or ids:
            some = None if ids is None else sorted(ids)
            self.index.add(named_places(store, layer, self.units, some))


@contextmanager
def county_names(store: Store) -> Iterator[CountyNames]:
    """Give the names of a store as they are now, for as long as the block lasts.

    Parameters
    ----------
    store
        An open store.

    Yields
    ------
    The names. Questions of several threads wait for one another: each takes milliseconds.
    """
    with _lock:
        names = _kept.setdefault(store, CountyNames())
    with names.lock:
        names.refresh(store)
        yield names
