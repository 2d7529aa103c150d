"""The store as it stood after one event: a document says what was known when it was made."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from layers.cases.record import CASES, Case

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from layers.store import Event, Row, Store

__all__ = ["Then", "case_steps"]


def case_steps(store: Store, case_id: str) -> list[tuple[int, Case]]:
    """Give every version of a case with the number of its event, oldest first.

    Parameters
    ----------
    store, case_id
        Which case.

    Raises
    ------
    NotFound
        If there never was one.
    """
    numbers = {event.version: event for event in _events(store, CASES) if event.id == case_id}
    return [
        (
            numbers[kept.version].seq,
            Case.of({**kept.row, "version": kept.version, "updated_by": kept.actor}),
        )
        for kept in store.history(CASES, case_id)
        if kept.row is not None
    ]


class Then:
    """What the store held after an event, as it was valid on a business day.

    Parameters
    ----------
    store
        An open store.
    seq
        Number of the last event that counts.
    day
        Business day.
    """

    def __init__(self, store: Store, seq: int, day: date) -> None:
        self.store, self.seq, self.day = store, seq, day
        self._versions: dict[str, dict[str, int]] = {}

    def row(self, layer: str, key: str) -> Row | None:
        """Give the row of a key, in the period valid that day; None where there was none."""
        found = self._rows(layer, (id for id in self._ids(layer) if id.partition("@")[0] == key))
        return next(iter(found), None)

    def rows(self, layer: str) -> list[Row]:
        """Give all rows of a layer, in the order in which they were first written."""
        return self._rows(layer, self._ids(layer))

    @cached_property
    def cases(self) -> list[Case]:
        """All cases as they stood, in the order of their opening."""
        found = []
        for id, version in self._ids(CASES).items():
            kept = next(one for one in self.store.history(CASES, id) if one.version == version)
            if kept.row is not None:
                row = {**kept.row, "version": version, "updated_by": kept.actor}
                found.append(Case.of(row))
        return found

    def _ids(self, layer: str) -> dict[str, int]:
        """Id -> version that counted."""
        if layer not in self._versions:
            self._versions[layer] = {
                event.id: event.version
                for event in _events(self.store, layer)
                if event.seq <= self.seq
            }
        return self._versions[layer]

    def _rows(self, layer: str, ids: Iterable[str]) -> list[Row]:
        versions = self._ids(layer)
        found = []
        for id in ids:
            kept = next(one for one in self.store.history(layer, id) if one.version == versions[id])
            if kept.row is not None and self._valid(kept.row):
                found.append(kept.row)
        return found

    def _valid(self, row: Row) -> bool:
        since, until = row["valid_from"], row["valid_to"]
        return (since is None or since <= self.day) and (until is None or self.day < until)


def _events(store: Store, layer: str) -> Iterable[Event]:
    return store.changes(layer=layer)
