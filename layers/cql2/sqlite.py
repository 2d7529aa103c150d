"""A filter as SQL of the GeoPackage."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import shapely

from layers.cql2.fitting import fitted
from layers.cql2.nodes import Box, Items, Literal, Property, Shape
from layers.cql2.queryables import GEOMETRY
from layers.cql2.sql import SqlWriter, geometry_of, quoted
from layers.history import canonical_json, stamp

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import date

    from layers.cql2.nodes import Node
    from layers.schema import LayerSchema

    Bounds = tuple[float, float, float, float]

__all__ = ["where"]

_HITS = "SELECT id FROM {} WHERE maxx >= ? AND minx <= ? AND maxy >= ? AND miny <= ?"
_MOST_BOXES = 16
_FUNCTIONS = {"casei": "casei", "accenti": "accenti", "%": "xg_mod", "div": "xg_div", "^": "xg_pow"}


def where(
    node: Node, schema: LayerSchema, *, crowded: Callable[[Bounds], bool] | None = None
) -> tuple[str, list[Any]]:
    """Translate a filter.

    Parameters
    ----------
    node
        As `layers.cql2.parse_filter` gives it, in longitude and latitude.
    schema
        The layer, whose table is called ``t`` in the statement.
    crowded
        Tells of a box whether the index would give so much of the layer that it is no help.

    Returns
    -------
    A condition for a connection with `layers.cql2.functions.register_functions`, and the values of
    its placeholders.

    Raises
    ------
    InputError
        If the filter does not fit the layer.
    """
    writer = _Writer(schema, crowded)
    return writer.condition(fitted(node, schema)), writer.parameters


class _Writer(SqlWriter):
    def __init__(self, schema: LayerSchema, crowded: Callable[[Bounds], bool] | None) -> None:
        super().__init__()
        self._index = quoted(f"rtree_{schema.name}_geom")
        self._crowded = crowded

    def negation(self, text: str) -> str:
        return f"({text} = 0)"  # NOT takes more of the parser's small stack

    def column(self, node: Property) -> str:
        return "t.geom" if node.type == GEOMETRY else f"t.{quoted(node.name)}"

    def constant(self, value: object) -> str:
        return self.bind(value)

    def instant(self, value: date | datetime) -> str:
        return self.bind(stamp(value) if isinstance(value, datetime) else value.isoformat())

    def endless(self, kind: str, *, start: bool) -> str:  # noqa: ARG002 - both kinds are text here
        return "''" if start else "'~'"

    def fold(self, op: str, text: str) -> str:
        return f"{_FUNCTIONS[op]}({text})"

    def arithmetic(self, op: str, first: str, second: str) -> str:
        if op in _FUNCTIONS:
            return f"{_FUNCTIONS[op]}({first}, {second})"
        return f"(CAST({first} AS REAL) / {second})"

    def chain(self, first: str, rest: Sequence[tuple[str, str]]) -> str:
        return f"({first} {' '.join(f'{op} {text}' for op, text in rest)})"

    def relation(self, op: str, literal: Box | Shape, *, holds: bool) -> str:
        geometry = geometry_of(literal)
        is_box = isinstance(literal, Box) and literal.west <= literal.east
        found = self._within_reach(geometry) if holds and op != "s_disjoint" else ""
        if holds and op == "s_intersects" and is_box:
            # Untrue for unknown does no harm where only what is true counts.
            corners = ", ".join(self.bind(edge) for edge in shapely.bounds(geometry).tolist())
            return f"({found}xg_touches(t.geom, {corners}))"
        related = f"{op}(t.geom, {self.bind(shapely.to_wkb(geometry))})"
        return f"({found}{related})"

    def own_relation(self, op: str) -> str:
        return f"{op}(t.geom, t.geom)"

    def array(self, op: str, args: tuple[Node, ...]) -> str:
        return f"{op}({', '.join(self._list(arg) for arg in args)})"

    def _list(self, node: Node) -> str:
        if isinstance(node, Items):
            values = [item.value for item in node.items if isinstance(item, Literal)]
            return self.bind(canonical_json(values))
        return self.condition(node)

    def _within_reach(self, geometry: shapely.Geometry) -> str:
        """Write that the envelopes meet, by the spatial index; nothing where it is no help."""
        parts = list(shapely.get_parts(geometry))
        if len(parts) > _MOST_BOXES:
            parts = [geometry]
        boxes = [part.bounds for part in parts if not part.is_empty]
        if self._crowded is not None and any(map(self._crowded, boxes)):
            return ""
        hits = " UNION ALL ".join([_HITS.format(self._index)] * len(boxes))
        for west, south, east, north in boxes:
            self.parameters += [west, east, south, north]
        return f"t.fid IN ({hits or 'SELECT NULL WHERE FALSE'}) AND "
