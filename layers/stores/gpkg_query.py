"""SQL of a `layers.store.Query` on one table."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from layers.stores.gpkg_schema import column_names

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store_values import Query

__all__ = ["Select", "select"]


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


def select(schema: LayerSchema, query: Query, columns: str | None = None) -> Select:
    """Translate a query.

    Parameters
    ----------
    schema, query
        The layer and what is asked of it.
    columns
        SQL expressions to read instead of fid, geometry and `column_names`; limit, cursor and
        order are then left out.

    Returns
    -------
    The statement.
    """
    shape = "t.geom" if schema.geometry else "NULL"
    listed = ", ".join(f't."{name}"' for name in column_names(schema))
    found = Select(schema, columns or f"t.fid, {shape}, {listed}")
    if query.bbox is not None:
        _within(found, schema, query.bbox)
    if query.at is not None:
        day = query.at.isoformat()
        found.where("(t.valid_from IS NULL OR t.valid_from <= ?)", day)
        found.where("(t.valid_to IS NULL OR ? < t.valid_to)", day)
    if query.ids is not None:
        found.where("t.id IN (SELECT value FROM json_each(?))", json.dumps(list(query.ids)))
    if columns is None:
        if query.after is not None:
            found.where("t.fid > ?", query.after)
        found.end(" ORDER BY t.fid")
        if query.limit is not None:
            found.end(" LIMIT ?", query.limit)
    return found


def _within(found: Select, schema: LayerSchema, bbox: tuple[float, float, float, float]) -> None:
    if not schema.geometry:
        found.where("FALSE")
        return
    west, south, east, north = bbox
    found.where(
        f't.fid IN (SELECT id FROM "rtree_{schema.name}_geom"'
        " WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?)",
        west, east, south, north,
    )  # fmt: skip
    found.where("xg_touches(t.geom, ?, ?, ?, ?)", west, south, east, north)
