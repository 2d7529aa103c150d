"""Which places answer to a text, kept small: sorted numbers instead of a list a text.

A text is kept as the 64-bit hash of its UTF-8 only: among a million of them, one look-up in ten
million million meets a stranger's. (Not of the text itself: to Python 普 and nf hash alike, being
the same two bytes in memory.)
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Beginnings", "Postings"]

_UNSORTED = 4096
_LAST = "\U0010ffff"


class Postings:
    """Finds the numbers that were added under a text.

    What is added goes to the end of a list that is looked through, until `settle` sorts it in. So
    one addition costs the same however much there is.
    """

    def __init__(self) -> None:
        self._keys: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._slots: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._new_keys = array("q")
        self._new_slots = array("i")

    def add(self, slot: int, *texts: str) -> None:
        """Add a number under some texts; the same again is kept twice."""
        self._new_keys.extend(map(hash, map(str.encode, texts)))
        self._new_slots.extend([slot] * len(texts))

    def find(self, text: str) -> NDArray[np.int32]:
        """Give the numbers of a text in no order, some perhaps twice."""
        key = np.int64(hash(text.encode()))
        first = np.searchsorted(self._keys, key, side="left")
        end = np.searchsorted(self._keys, key, side="right")
        found = self._slots[first:end]
        late = np.flatnonzero(np.frombuffer(self._new_keys, dtype=np.int64) == key)
        if not len(late):
            return found
        return np.concatenate([found, np.frombuffer(self._new_slots, dtype=np.int32)[late]])

    def settle(self) -> None:
        """Sort in what was added, if it has become much."""
        if len(self._new_keys) <= _UNSORTED:
            return
        keys = np.concatenate([self._keys, np.frombuffer(self._new_keys, dtype=np.int64)])
        slots = np.concatenate([self._slots, np.frombuffer(self._new_slots, dtype=np.int32)])
        order = np.argsort(keys, kind="stable")
        self._keys, self._slots = keys[order], slots[order]
        self._new_keys, self._new_slots = array("q"), array("i")


class Beginnings:
    """Finds the numbers of all texts that begin with a text."""

    def __init__(self) -> None:
        self._texts: list[str] = []
        self._slots: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._new_texts: list[str] = []
        self._new_slots: list[int] = []

    def add(self, slot: int, *texts: str) -> None:
        """Add a number under some texts."""
        self._new_texts += texts
        self._new_slots += [slot] * len(texts)

    def find(self, beginning: str) -> NDArray[np.int32]:
        """Give the numbers of texts that begin so, in no order, some perhaps twice."""
        first = bisect_left(self._texts, beginning)
        end = bisect_left(self._texts, beginning + _LAST)
        late = [
            slot
            for text, slot in zip(self._new_texts, self._new_slots, strict=True)
            if text.startswith(beginning)
        ]
        return np.concatenate([self._slots[first:end], np.array(late, dtype=np.int32)])

    def settle(self) -> None:
        """Sort in what was added, if it has become much."""
        if len(self._new_texts) <= _UNSORTED:
            return
        texts = self._texts + self._new_texts
        slots = np.concatenate([self._slots, np.array(self._new_slots, dtype=np.int32)])
        order = sorted(range(len(texts)), key=texts.__getitem__)
        self._texts, self._slots = [texts[i] for i in order], slots[order]
        self._new_texts, self._new_slots = [], []
