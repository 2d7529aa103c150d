"""One SELECT on a layer's table, built clause by clause: what every database says alike."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.stores.sql_columns import column_names

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store_values import Query

__all__ = ["KEYS", "Select"]

KEYS = "t.fid, t.version"
"""What tells a row from all others there ever were: a fid is never given twice."""


class Select:
    """One SELECT and its parameters.

    Parameters
    ----------
    schema
        The layer; its table is `t`.
    shape
        SQL expression of the geometry.
    columns
        SQL expressions to read instead of fid, geometry and `column_names`; limit, cursor and
        order are then left out, but for `KEYS`.
    """

    def __init__(self, schema: LayerSchema, shape: str, columns: str | None = None) -> None:
        listed = ", ".join(f't."{name}"' for name in column_names(schema))
        self._pages = columns in {None, KEYS}
        columns = columns or f"t.fid, {shape if schema.geometry else 'NULL'}, {listed}"
        self._from = f'SELECT {columns} FROM "{schema.name}" t'
        self._where: list[str] = []
        self._end = ""
        self.parameters: list[Any] = []

    @property
    def sql(self) -> str:
        """The statement."""
        where = f" WHERE {' AND '.join(self._where)}" if self._where else ""
        return self._from + where + self._end

    def where(self, clause: str, *parameters: Any) -> None:  # noqa: ANN401 - what databases take
        """Add a condition."""
        self._where.append(clause)
        self.parameters += parameters

    def end(self, clause: str, *parameters: Any) -> None:  # noqa: ANN401 - what databases take
        """Add what follows the conditions."""
        self._end += clause
        self.parameters += parameters

    def valid(self, query: Query) -> None:
        """Add the days on which a feature must be valid, if any are asked for."""
        for first, last in ((query.at, query.at), query.during or (None, None)):
            if last is not None:
                self.where("(t.valid_from IS NULL OR t.valid_from <= ?)", last.isoformat())
            if first is not None:
                self.where("(t.valid_to IS NULL OR ? < t.valid_to)", first.isoformat())

    def page(self, query: Query) -> None:
        """Add cursor, order and limit; the last call."""
        if not self._pages:
            return
        if query.after is not None:
            self.where("t.fid > ?", query.after)
        self.end(" ORDER BY t.fid")
        if query.limit is not None:
            self.end(" LIMIT ?", query.limit)
