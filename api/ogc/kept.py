"""What is costly to find and holds until the layer's next write."""

from __future__ import annotations

import threading
from collections import OrderedDict
from typing import TYPE_CHECKING, TypeVar, cast

from layers.exporters.tables import hidden_counts

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from api.service import Service
    from layers.store import Head, LayerSummary, Store

__all__ = ["KeptByHead", "kept_answers", "kept_bounds", "kept_hidden", "kept_summary"]

Value = TypeVar("Value")

_MOST = 4096


class KeptByHead:
    """Answers about layers, each good for one head of its layer.

    A head that was read before its answer was made is at worst too old, never too new: the answer
    is then made once more.

    Parameters
    ----------
    most
        Answers kept; the one longest unused goes first.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, tuple[str, object]] = OrderedDict()

    def get(self, key: Hashable, head: Head, make: Callable[[], Value]) -> Value:
        """Give an answer, made now if none is kept for this head.

        Parameters
        ----------
        key
            What was asked, the layer included.
        head
            Of the layer, read before.
        make
            Finds the answer.

        Returns
        -------
        The answer.
        """
        with self._lock:
            there = self._found.get(key)
            if there is not None and there[0] == head.hash:
                self._found.move_to_end(key)
                return cast("Value", there[1])
        value = make()
        with self._lock:
            self._found[key] = head.hash, value
            self._found.move_to_end(key)
            while len(self._found) > self._most:
                self._found.popitem(last=False)
        return value


def kept_answers(_service: Service) -> KeptByHead:
    """Give the worker's answers; for `Service.part`."""
    return KeptByHead()


def kept_summary(kept: KeptByHead, store: Store, layer: str, head: Head) -> LayerSummary:
    """Give count, qualities, sources and bounds of a layer."""
    return kept.get((layer, "summary"), head, lambda: store.summary(layer))


def kept_bounds(kept: KeptByHead, store: Store) -> tuple[float, float, float, float]:
    """Give the bounds of all layers together; the world where nothing has a geometry."""
    summaries = (kept_summary(kept, store, name, store.head(name)) for name in store.layers())
    found = [summary.bounds for summary in summaries if summary.bounds is not None]
    if not found:
        return -180.0, -90.0, 180.0, 90.0
    west, south, east, north = zip(*found, strict=True)
    return min(west), min(south), max(east), max(north)


def kept_hidden(
    kept: KeptByHead, store: Store, layer: str, head: Head
) -> dict[str, dict[str, str]]:
    """Give the counts of a layer that must not be shown (`layers.exporters.tables`)."""
    return kept.get((layer, "hidden"), head, lambda: hidden_counts(store, layer))
