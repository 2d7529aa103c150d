"""From a fitted filter to SQL; what all stores share. Values are always bound."""

from __future__ import annotations

from abc import ABC, abstractmethod
from operator import eq, ge, gt, le, lt
from typing import TYPE_CHECKING, Any

import shapely

from layers.cql2.fitting import ARITHMETIC, ARRAY, COMPARISONS, FOLDS, SPATIAL, TEMPORAL, kind_of
from layers.cql2.nodes import Box, Call, Instant, Interval, Items, Literal, Property, Shape

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date, datetime

    from layers.cql2.nodes import Node

__all__ = ["CONVERSE", "SqlWriter", "geometry_of", "quoted"]

CONVERSE = {op: op for op in SPATIAL} | {"s_within": "s_contains", "s_contains": "s_within"}
"""Spatial relation -> the one that holds with the two exchanged."""

_TOLD = {
    "s_intersects": shapely.intersects,
    "s_disjoint": shapely.disjoint,
    "s_equals": shapely.equals,
    "s_touches": shapely.touches,
    "s_crosses": shapely.crosses,
    "s_within": shapely.within,
    "s_contains": shapely.contains,
    "s_overlaps": shapely.overlaps,
}

# Start and end of the first (a, A) and of the second (b, B).
_RELATIONS = {
    "t_after": ("a>B",),
    "t_before": ("A<b",),
    "t_contains": ("a<b", "A>B"),
    "t_during": ("a>b", "A<B"),
    "t_equals": ("a=b", "A=B"),
    "t_finishedby": ("a<b", "A=B"),
    "t_finishes": ("a>b", "A=B"),
    "t_intersects": ("a<=B", "A>=b"),
    "t_meets": ("A=b",),
    "t_metby": ("a=B",),
    "t_overlappedby": ("a>b", "a<B", "A>B"),
    "t_overlaps": ("a<b", "A>b", "A<B"),
    "t_startedby": ("a=b", "A>B"),
    "t_starts": ("a=b", "A<B"),
}
_ORDER = {"<": lt, ">": gt, "<=": le, ">=": ge, "=": eq}
_DEEP = 8
_CHAINED = {"+": "+-", "-": "+-", "*": "*"}
_UNBOUNDED = frozenset({"valid_from", "valid_to"})


class SqlWriter(ABC):
    """Writes one condition; subclasses know the words of their database.

    Attributes
    ----------
    parameters
        Values of the placeholders written so far, in order.
    """

    mark = "?"

    def __init__(self) -> None:
        self.parameters: list[Any] = []

    def condition(self, node: Node, *, holds: bool = True) -> str:
        """Write a node.

        Parameters
        ----------
        node
            Fitted.
        holds
            Whether a row counts only if this is true, so that an index may leave rows out; false
            below NOT and in comparisons, where unknown and untrue differ.

        Returns
        -------
        SQL in parentheses, or a plain name or placeholder.

        Raises
        ------
        TypeError
            If the node is not fitted.
        """
        match node:
            case Literal(value):
                return self.constant(value)
            case Instant(value):
                return self.instant(value)
            case Property():
                return self.column(node)
            case Call(op, args):
                return self._call(op, args, holds=holds)
        raise TypeError(node)

    def bind(self, value: object) -> str:
        """Note a value and give its placeholder."""
        self.parameters.append(value)
        return self.mark

    def _call(self, op: str, args: tuple[Node, ...], *, holds: bool) -> str:
        if op in {"and", "or"}:
            # Parsers keep what stands before a parenthesis: the deep part first keeps less.
            ordered = sorted(args, key=_depth, reverse=True)
            parts = [self.condition(arg, holds=holds) for arg in ordered]
            return f"({f' {op.upper()} '.join(parts)})"
        if op in SPATIAL:
            return self._spatial(op, args, holds=holds)
        if op in TEMPORAL:
            return self._temporal(op, args)
        if op in ARRAY:
            return self.array(op, args)
        if op in _CHAINED:
            return self._chain(op, args)
        first, *rest = args
        if op == "in":
            text = self.condition(first, holds=False)
            listed = rest[0].items if isinstance(rest[0], Items) else ()
            return f"({text} IN ({', '.join(self.condition(item) for item in listed)}))"
        if op == "not" and isinstance(first, Call) and first.op == "not":
            return self.condition(first.args[0], holds=False)  # unknown stays unknown
        parts = [self.condition(arg, holds=False) for arg in args]
        if op == "not":
            return self.negation(parts[0])
        if op == "isnull":
            return f"({parts[0]} IS NULL)"
        if op == "between":
            return f"({parts[0]} BETWEEN {parts[1]} AND {parts[2]})"
        if op == "like":
            return f"({parts[0]} LIKE {parts[1]} ESCAPE '\\')"
        if op in COMPARISONS:
            return f"({parts[0]} {op} {parts[1]})"
        if op in FOLDS:
            return self.fold(op, parts[0])
        if op in ARITHMETIC:
            return self.arithmetic(op, parts[0], parts[1])
        raise TypeError(op)

    def _chain(self, op: str, args: tuple[Node, ...]) -> str:
        # Sums and products of many terms stand side by side, not in ever more parentheses.
        first, last = args
        links = [(op, last)]
        while isinstance(first, Call) and first.op in _CHAINED[op]:
            links.append((first.op, first.args[1]))
            first = first.args[0]
        text = self.condition(first)
        return self.chain(text, [(sign, self.condition(term)) for sign, term in reversed(links)])

    def _spatial(self, op: str, args: tuple[Node, ...], *, holds: bool) -> str:
        first, second = args
        if isinstance(first, Box | Shape):
            if isinstance(second, Box | Shape):
                told = _TOLD[op](geometry_of(first), geometry_of(second))
                return self.constant(bool(told))
            op, first, second = CONVERSE[op], second, first
        if isinstance(second, Box | Shape):
            return self.relation(op, second, holds=holds)
        return self.own_relation(op)

    def _temporal(self, op: str, args: tuple[Node, ...]) -> str:
        ends: dict[str, Node | None] = {}
        for names, node in zip(("aA", "bB"), args, strict=True):
            pair = (node.start, node.end) if isinstance(node, Interval) else (node, node)
            ends |= dict(zip(names, pair, strict=True))
        if not any(isinstance(end, Property) for end in ends.values()):
            return self.constant(_told_times(op, ends))
        kinds = [kind_of(end) for end in ends.values() if end is not None]
        kind = kinds[0] if kinds else "date"

        def written(name: str) -> str:
            end = ends[name]
            edge = self.endless(kind, start=name.islower())
            if end is None:
                return edge
            text = self.condition(end)
            whole = args[0] if name in "aA" else args[1]
            # As an end of an interval of validity, nothing means that it goes on.
            goes_on = isinstance(end, Property) and end.name in _UNBOUNDED
            is_open = goes_on and isinstance(whole, Interval)
            return f"coalesce({text}, {edge})" if is_open else text

        if op == "t_disjoint":
            return self.negation(self._temporal("t_intersects", args))
        parts = [
            f"{written(relation[0])} {relation[1:-1]} {written(relation[-1])}"
            for relation in _RELATIONS[op]
        ]
        return f"({' AND '.join(parts)})"

    @abstractmethod
    def negation(self, text: str) -> str:
        """Write what is true where a condition is false; unknown stays unknown."""

    @abstractmethod
    def column(self, node: Property) -> str:
        """Name a column."""

    @abstractmethod
    def constant(self, value: object) -> str:
        """Write a text, number or truth value."""

    @abstractmethod
    def instant(self, value: date | datetime) -> str:
        """Write a day or moment."""

    @abstractmethod
    def endless(self, kind: str, *, start: bool) -> str:
        """Write what is before, or after, every day or moment."""

    @abstractmethod
    def fold(self, op: str, text: str) -> str:
        """Write CASEI or ACCENTI."""

    @abstractmethod
    def arithmetic(self, op: str, first: str, second: str) -> str:
        """Write a quotient, remainder or power; what has no result is NULL."""

    @abstractmethod
    def chain(self, first: str, rest: Sequence[tuple[str, str]]) -> str:
        """Write a sum or product: the first term, then sign and term of each other one."""

    @abstractmethod
    def relation(self, op: str, literal: Box | Shape, *, holds: bool) -> str:
        """Write a spatial relation of the feature's geometry to a literal."""

    @abstractmethod
    def own_relation(self, op: str) -> str:
        """Write a spatial relation of the feature's geometry to itself."""

    @abstractmethod
    def array(self, op: str, args: tuple[Node, ...]) -> str:
        """Write a relation of two lists, taken as sets."""


def _depth(node: Node) -> int:
    """Give how deep a node goes, nothing where it is not so deep that it matters."""
    deepest = 0
    stack = [(node, 1)]
    while stack:
        here, depth = stack.pop()
        deepest = max(deepest, depth)
        if isinstance(here, Call):
            stack += [(arg, depth + 1) for arg in here.args]
    return deepest if deepest > _DEEP else 0


def geometry_of(node: Box | Shape) -> shapely.Geometry:
    """Give the geometry of a literal; a box over the antimeridian is two."""
    if isinstance(node, Shape):
        return node.geometry
    if node.west <= node.east:
        return _rectangle(node.west, node.south, node.east, node.north)
    return shapely.union_all(
        [
            _rectangle(node.west, node.south, 180.0, node.north),
            _rectangle(-180.0, node.south, node.east, node.north),
        ]
    )


def _told_times(op: str, ends: Mapping[str, Node | None]) -> bool:
    """Tell whether a temporal relation of constants holds."""
    if op == "t_disjoint":
        return not _told_times("t_intersects", ends)

    def value(name: str) -> str:
        end = ends[name]
        if isinstance(end, Instant):  # texts of one form sort as the times do
            return end.value.isoformat()
        return "" if name.islower() else "~"

    return all(
        _ORDER[relation[1:-1]](value(relation[0]), value(relation[-1]))
        for relation in _RELATIONS[op]
    )


def quoted(name: str) -> str:
    """Quote a name for SQL."""
    doubled = name.replace('"', '""')
    return f'"{doubled}"'


def _rectangle(west: float, south: float, east: float, north: float) -> shapely.Geometry:
    """Give the points of a box, a line or a point where it has no width or height."""
    if west == east and south == north:
        return shapely.Point(west, south)
    if west == east or south == north:
        return shapely.LineString([(west, south), (east, north)])
    return shapely.box(west, south, east, north)
