"""A filter as SQL of PostGIS."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import shapely

from layers.cql2.fitting import fitted
from layers.cql2.folding import MARKS
from layers.cql2.nodes import Items, Literal, Property
from layers.cql2.queryables import GEOMETRY
from layers.cql2.sql import SqlWriter, geometry_of, quoted
from layers.history import canonical_json, stamp

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from layers.cql2.nodes import Box, Node, Shape
    from layers.schema import LayerSchema

__all__ = ["where"]

_SRS = 4490
_ICU = 'COLLATE "und-x-icu"'

# What has no result is NULL, as in SQLite: the database's own function would refuse the question.
_POWER = (
    "(SELECT CASE"
    " WHEN v.a = 0 THEN CASE WHEN v.b > 0 THEN 0 WHEN v.b = 0 THEN 1 END"
    " WHEN v.a < 0 AND v.b <> trunc(v.b) THEN NULL"
    " WHEN v.b * ln(abs(v.a)) > 709 THEN NULL"
    " WHEN v.b * ln(abs(v.a)) < -708 THEN 0"
    " ELSE power(v.a, v.b) END"
    " FROM (SELECT {}::float8 AS a, {}::float8 AS b) v)"
)
_MODULO = (
    "(SELECT v.a - v.b * trunc(v.a / v.b)"
    " FROM (SELECT {}::float8 AS a, nullif({}::float8, 0) AS b) v)"
)
_ARITHMETIC = {
    "/": "({}::float8 / nullif({}::float8, 0))",
    "div": "trunc({}::float8 / nullif({}::float8, 0))",
    "%": _MODULO,
    "^": _POWER,
}
_SETS = {
    "a_equals": "v.a @> v.b AND v.a <@ v.b",
    "a_contains": "v.a @> v.b",
    "a_containedby": "v.a <@ v.b",
    "a_overlaps": (
        "CASE WHEN v.b IS NOT NULL"
        " THEN jsonb_exists_any(v.a, ARRAY(SELECT jsonb_array_elements_text(v.b))) END"
    ),
}


def where(node: Node, schema: LayerSchema, *, mark: str = "%s") -> tuple[str, list[Any]]:
    """Translate a filter.

    Parameters
    ----------
    node
        As `layers.cql2.parse_filter` gives it, in longitude and latitude.
    schema
        The layer, whose table is called ``t`` in the statement: its texts are COLLATE "C", its
        dates `date`, its moments `timestamptz`, its lists JSON text.
    mark
        Placeholder of a value.

    Returns
    -------
    A condition, and the values of its placeholders. It holds no percent sign of its own.

    Raises
    ------
    InputError
        If the filter does not fit the layer.
    """
    writer = _Writer(mark)
    return writer.condition(fitted(node, schema)), writer.parameters


class _Writer(SqlWriter):
    def __init__(self, mark: str) -> None:
        super().__init__()
        self.mark = mark

    def negation(self, text: str) -> str:
        return f"(NOT {text})"

    def column(self, node: Property) -> str:
        return "t.geom" if node.type == GEOMETRY else f"t.{quoted(node.name)}"

    def constant(self, value: object) -> str:
        if isinstance(value, str):
            return f'({self.bind(value)}::text COLLATE "C")'
        return self.bind(value)

    def instant(self, value: date | datetime) -> str:
        if isinstance(value, datetime):
            return f"{self.bind(stamp(value))}::timestamptz"
        return f"{self.bind(value.isoformat())}::date"

    def endless(self, kind: str, *, start: bool) -> str:
        word = "'-infinity'" if start else "'infinity'"
        return f"{word}::{'timestamptz' if kind == 'datetime' else 'date'}"

    def fold(self, op: str, text: str) -> str:
        if op == "casei":
            return f'(lower(upper({text} {_ICU}) {_ICU}) COLLATE "C")'
        stripped = f"regexp_replace(normalize({text}, NFD), {self.bind(MARKS)}, '', 'g')"
        return f'(normalize({stripped}, NFC) COLLATE "C")'

    def arithmetic(self, op: str, first: str, second: str) -> str:
        return _ARITHMETIC[op].format(first, second)

    def chain(self, first: str, rest: Sequence[tuple[str, str]]) -> str:
        terms = " ".join(f"{op} {text}::float8" for op, text in rest)
        return f"({first}::float8 {terms})"

    def relation(self, op: str, literal: Box | Shape, *, holds: bool) -> str:  # noqa: ARG002
        wkb = shapely.to_wkb(geometry_of(literal))
        # The functions ask the GiST index themselves.
        return f"{_function(op)}(t.geom, ST_GeomFromWKB({self.bind(wkb)}, {_SRS}))"

    def own_relation(self, op: str) -> str:
        return f"{_function(op)}(t.geom, t.geom)"

    def array(self, op: str, args: tuple[Node, ...]) -> str:
        first, second = (self._list(arg) for arg in args)
        pair = f"SELECT {first}::jsonb AS a, {second}::jsonb AS b"
        return f"(SELECT {_SETS[op]} FROM ({pair}) v)"

    def _list(self, node: Node) -> str:
        if isinstance(node, Items):
            values = [item.value for item in node.items if isinstance(item, Literal)]
            return self.bind(canonical_json(values))
        return self.condition(node)


def _function(op: str) -> str:
    return f"ST_{op.removeprefix('s_').capitalize()}"
