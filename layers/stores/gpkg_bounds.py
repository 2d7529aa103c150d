"""The true bounds of a layer in `gpkg_contents`, kept current at every write."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

from typing import TYPE_CHECKING

from layers.stores.gpkg_geometry import envelope

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Sequence

    Box = tuple[float, float, float, float]

__all__ = ["Bounds", "stored_bounds", "true_bounds"]


def stored_bounds(connection: sqlite3.Connection, table: str) -> Box | None:
    """Read minx, miny, maxx, maxy from `gpkg_contents`; None for an empty layer."""
    found: Box | None = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", [table]
    ).fetchone()
    return None if found is None or found[0] is None else found


def true_bounds(connection: sqlite3.Connection, table: str) -> Box | None:
    """Find the bounds of all geometries, exactly.

    Parameters
    ----------
    connection, table
        A layer with a spatial index.

    Returns
    -------
    minx, miny, maxx, maxy; None without geometry. The index rounds to single precision, but keeps
    the order: only features that are outermost there can be outermost in truth.
    """
    found = []
    for function, column, way in (
        ("ST_MinX", "minx", "min"), ("ST_MinY", "miny", "min"),
        ("ST_MaxX", "maxx", "max"), ("ST_MaxY", "maxy", "max"),
    ):  # fmt: skip
        index = f'"rtree_{table}_geom"'
        row = connection.execute(
            f'SELECT {way}({function}(t.geom)) FROM {index} r JOIN "{table}" t ON t.fid = r.id'
            f" WHERE r.{column} = (SELECT {way}({column}) FROM {index})"
        ).fetchone()
        found.append(row[0])
    return None if found[0] is None else (found[0], found[1], found[2], found[3])


class Bounds:
    """Follows the bounds of one layer through a write.

    Parameters
    ----------
    connection, table
        The layer, in a transaction.
    """

    def __init__(self, connection: sqlite3.Connection, table: str) -> None:
        self._connection = connection
        self._table = table
        self._stored = self._box = stored_bounds(connection, table)
        self._shrinks = False

    def include(self, boxes: Sequence[Sequence[float]]) -> None:
        """Grow to hold geometries.

        Parameters
        ----------
        boxes
            minx, miny, maxx, maxy of each.
        """
        if not boxes:
            return
        each = tuple(zip(*boxes, strict=True))
        west, south, east, north = min(each[0]), min(each[1]), max(each[2]), max(each[3])
        if self._box is not None:
            box = self._box
            west, south = min(west, box[0]), min(south, box[1])
            east, north = max(east, box[2]), max(north, box[3])
        self._box = west, south, east, north

    def leave(self, blobs: Iterable[bytes]) -> None:
        """Note geometries (their headers) that go: one at the edge may take the edge with it."""
        if self._stored is None:
            return
        for blob in blobs:
            old = envelope(blob)
            if old is not None and any(a == b for a, b in zip(old, self._stored, strict=True)):
                self._shrinks = True
                return

    def write(self) -> None:
        """Store the bounds as they are now."""
        box = true_bounds(self._connection, self._table) if self._shrinks else self._box
        if box != self._stored:
            self._connection.execute(
                "UPDATE gpkg_contents SET min_x = ?, min_y = ?, max_x = ?, max_y = ?"
                " WHERE table_name = ?",
                [*(box or [None] * 4), self._table],
            )
            self._stored = box
