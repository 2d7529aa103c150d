"""Filling the spatial index in bulk when many rows are new.

The standard's insert trigger asks five SQL functions a row, each a call into Python: a quarter of
the time of a first import. Its rows are known to be new, and their bounds are at hand, so they go
into the index directly while the trigger is away; all within the caller's transaction.
"""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["IndexFill"]


class IndexFill:
    """Takes the insert trigger of a layer away until `finish`.

    Parameters
    ----------
    connection, table
        A layer with a spatial index, in a transaction that undoes all at an error.
    """

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._insert = f'INSERT INTO "rtree_{table}_geom" VALUES (?, ?, ?, ?, ?)'
        trigger = f"rtree_{table}_geom_insert"
        found = connection.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'trigger' AND name = ?", [trigger]
        )
        self._trigger: str = found.fetchone()[0]
        connection.execute(f'DROP TRIGGER "{trigger}"')

    def add(
        self, bounds: Sequence[Sequence[float] | None], fids: Sequence[int] | None = None
    ) -> None:
        """Index the rows that were inserted last.

        Parameters
        ----------
        bounds
            minx, miny, maxx, maxy of each, in order of insertion; None without geometry.
        fids
            Their numbers, where they were given ones.
        """
        if not bounds:
            return
        if fids is None:
            last = self._connection.execute("SELECT last_insert_rowid()").fetchone()[0]
            fids = range(last - len(bounds) + 1, last + 1)  # within a transaction they are in turn
        self._connection.executemany(
            self._insert,
            (
                (fid, box[0], box[2], box[1], box[3])
                for fid, box in zip(fids, bounds, strict=True)
                if box is not None
            ),
        )

    def finish(self) -> None:
        """Put the trigger back, as it was."""
        self._connection.execute(self._trigger)
