"""SQL of a `layers.store.Query` on one table."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from layers.stores.gpkg_bounds import stored_bounds
from layers.stores.gpkg_schema import column_names

if TYPE_CHECKING:
    import sqlite3

    from layers.schema import LayerSchema
    from layers.store_values import Query

    Box = tuple[float, float, float, float]

__all__ = ["Select", "select", "way_of"]

_INDEX = '"rtree_{}_geom" WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?'
_CROWD = 5000


class Select:
    """One SELECT and its parameters, built clause by clause.

    Parameters
    ----------
    schema
        The layer.
    columns
        SQL expressions to read.
    """

    def __init__(self, schema: LayerSchema, columns: str) -> None:
        self._from = f'SELECT {columns} FROM "{schema.name}" t'
        self._where: list[str] = []
        self._end = ""
        self.parameters: list[Any] = []

    @property
    def sql(self) -> str:
        """The statement."""
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        return self._from + where + self._end

    def where(self, clause: str, *parameters: Any) -> None:  # noqa: ANN401 - what SQLite takes
        """Add a condition."""
        self._where.append(clause)
        self.parameters += parameters

    def end(self, clause: str, *parameters: Any) -> None:  # noqa: ANN401 - what SQLite takes
        """Add what follows the conditions."""
        self._end += clause
        self.parameters += parameters


def select(
    schema: LayerSchema, query: Query, columns: str | None = None, *, way: str = "index"
) -> Select:
    """Translate a query.

    Parameters
    ----------
    schema, query
        The layer and what is asked of it.
    columns
        SQL expressions to read instead of fid, geometry and `column_names`; limit, cursor and
        order are then left out.
    way
        How to answer the box, as `way_of` advises.

    Returns
    -------
    The statement.
    """
    shape = "t.geom" if schema.geometry else "NULL"
    listed = ", ".join(f't."{name}"' for name in column_names(schema))
    found = Select(schema, columns or f"t.fid, {shape}, {listed}")
    if query.bbox is not None:
        _within(found, schema, query.bbox, way)
    if query.at is not None:
        day = query.at.isoformat()
        found.where("(t.valid_from IS NULL OR t.valid_from <= ?)", day)
        found.where("(t.valid_to IS NULL OR ? < t.valid_to)", day)
    if query.during is not None:
        first, last = query.during
        if last is not None:
            found.where("(t.valid_from IS NULL OR t.valid_from <= ?)", last.isoformat())
        if first is not None:
            found.where("(t.valid_to IS NULL OR ? < t.valid_to)", first.isoformat())
    if query.ids is not None:
        found.where("t.id IN (SELECT value FROM json_each(?))", json.dumps(list(query.ids)))
    if columns is None:
        if query.after is not None:
            found.where("t.fid > ?", query.after)
        found.end(" ORDER BY t.fid")
        if query.limit is not None:
            found.end(" LIMIT ?", query.limit)
    return found


def way_of(connection: sqlite3.Connection, schema: LayerSchema, query: Query) -> str:
    """Advise how to answer a box; the answer is the same in each way.

    Parameters
    ----------
    connection, schema, query
        The layer and what is asked of it.

    Returns
    -------
    ``all`` where the box holds the whole layer, ``scan`` where it is so crowded that walking the
    table finds a page sooner than the index, which gives all hits before the first is known to be
    next; else ``index``.
    """
    if query.bbox is None or not schema.geometry:
        return "index"
    west, south, east, north = query.bbox
    extent = stored_bounds(connection, schema.name)
    if extent is not None and (
        west <= extent[0] and south <= extent[1] and east >= extent[2] and north >= extent[3]
    ):
        return "all"
    if query.limit is None:
        return "index"
    hits = connection.execute(
        f"SELECT count(*) FROM (SELECT 1 FROM {_INDEX.format(schema.name)} LIMIT ?)",
        [west, east, south, north, _CROWD],
    ).fetchone()[0]
    return "scan" if hits == _CROWD else "index"


def _within(found: Select, schema: LayerSchema, bbox: Box, way: str) -> None:
    if not schema.geometry:
        found.where("FALSE")
        return
    if way == "all":
        found.where("t.geom NOTNULL")
        return
    west, south, east, north = bbox
    if way == "index":
        hits = _INDEX.format(schema.name)
        found.where(f"t.fid IN (SELECT id FROM {hits})", west, east, south, north)
    found.where("xg_touches(t.geom, ?, ?, ?, ?)", west, south, east, north)
