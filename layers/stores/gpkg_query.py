"""SQL of a `layers.store.Query` on one table."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import json
from typing import TYPE_CHECKING

from layers.cql2 import sqlite as filter_sql
from layers.stores.gpkg_bounds import stored_bounds
from layers.stores.sql_select import Select

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable

    from layers.schema import LayerSchema
    from layers.store_values import Query

    Box = tuple[float, float, float, float]

__all__ = ["crowded_of", "select", "way_of"]

_INDEX = '"rtree_{}_geom" WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?'
_INNER = '"rtree_{}_geom" WHERE minx >= ? AND maxx <= ? AND miny >= ? AND maxy <= ?'
_CROWD = 5000


def select(
    schema: LayerSchema,
    query: Query,
    columns: str | None = None,
    *,
    way: str = "index",
    crowded: Callable[[Box], bool] | None = None,
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
    crowded
        Where the filter should not ask the index, as `crowded_of` advises.

    Returns
    -------
    The statement.

    Raises
    ------
    InputError
        If the filter does not fit the layer.
    """
    found = Select(schema, "t.geom", columns)
    if query.bbox is not None:
        _within(found, schema, query.bbox, way)
    found.valid(query)
    if query.ids is not None:
        found.where("t.id IN (SELECT value FROM json_each(?))", json.dumps(list(query.ids)))
    if query.cursors is not None:
        found.where("t.fid IN (SELECT value FROM json_each(?))", json.dumps(list(query.cursors)))
    if query.filter is not None:
        condition, values = filter_sql.where(query.filter, schema, crowded=crowded)
        found.where(condition, *values)
    found.page(query)
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
    return _way(connection, schema, query.bbox, query.limit)


def crowded_of(
    connection: sqlite3.Connection, schema: LayerSchema, query: Query
) -> Callable[[Box], bool]:
    """Give what tells of the boxes of a filter whether walking the table is quicker.

    Parameters
    ----------
    connection, schema, query
        The layer and what is asked of it.

    Returns
    -------
    For `select`; each answer looks into the index.
    """
    return lambda box: _way(connection, schema, box, query.limit) != "index"


def _way(connection: sqlite3.Connection, schema: LayerSchema, box: Box, limit: int | None) -> str:
    west, south, east, north = box
    extent = stored_bounds(connection, schema.name)
    if extent is not None and (
        west <= extent[0] and south <= extent[1] and east >= extent[2] and north >= extent[3]
    ):
        return "all"
    if limit is None:
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
        hits, inner = _INDEX.format(schema.name), _INNER.format(schema.name)
        found.where(f"t.fid IN (SELECT id FROM {hits})", west, east, south, north)
        # The index rounds outwards: what lies within the box by it does so in truth.
        found.where(
            f"(t.fid IN (SELECT id FROM {inner}) OR xg_touches(t.geom, ?, ?, ?, ?))",
            *(west, east, south, north),
            *bbox,
        )
        return
    found.where("xg_touches(t.geom, ?, ?, ?, ?)", west, south, east, north)
