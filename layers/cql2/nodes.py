"""The tree of a filter: a few frozen kinds of node, the same whichever language it came in."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from datetime import date, datetime

    import shapely

__all__ = [
    "Box",
    "Call",
    "Instant",
    "Interval",
    "Items",
    "Literal",
    "Node",
    "Property",
    "Shape",
    "mapped_shapes",
    "properties_in",
    "walk",
]


@dataclass(frozen=True, slots=True)
class Literal:
    """A text, number, truth value, or None for the word NULL."""

    value: str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Instant:
    """A day, or a moment with time zone."""

    value: date | datetime


@dataclass(frozen=True, slots=True)
class Property:
    """A field of the layer; `type` is empty until the filter met its layer."""

    name: str
    type: str = ""


@dataclass(frozen=True, slots=True)
class Interval:
    """A stretch of time, both ends included; None is open."""

    start: Instant | Property | None
    end: Instant | Property | None


@dataclass(frozen=True, slots=True)
class Box:
    """A box; where west is east of east it crosses the antimeridian."""

    west: float
    south: float
    east: float
    north: float


@dataclass(frozen=True, slots=True)
class Shape:
    """A geometry, in two dimensions."""

    geometry: shapely.Geometry


@dataclass(frozen=True, slots=True)
class Items:
    """A list of values."""

    items: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or function and what it is applied to."""

    op: str
    args: tuple[Node, ...]


Node: TypeAlias = Literal | Instant | Interval | Box | Shape | Items | Property | Call
"""Any node."""


def walk(node: Node) -> Iterator[Node]:
    """Give a node and all below it, each before its parts."""
    stack: list[Node] = [node]
    while stack:
        here = stack.pop()
        yield here
        if isinstance(here, Call):
            stack.extend(reversed(here.args))
        elif isinstance(here, Items):
            stack.extend(reversed(here.items))
        elif isinstance(here, Interval):
            stack.extend(end for end in (here.end, here.start) if end is not None)


def properties_in(node: Node) -> frozenset[str]:
    """Give the names of all properties that a filter asks for, as they are written in it."""
    return frozenset(part.name for part in walk(node) if isinstance(part, Property))


def mapped_shapes(node: Node, change: Callable[[Box | Shape], Box | Shape]) -> Node:
    """Give the filter with every geometry literal changed.

    Parameters
    ----------
    node
        Stays as it is.
    change
        Takes a box or geometry and gives what stands in its place.

    Returns
    -------
    The new filter.
    """
    if isinstance(node, Box | Shape):
        return change(node)
    if isinstance(node, Call):
        return replace(node, args=tuple(mapped_shapes(part, change) for part in node.args))
    if isinstance(node, Items):
        return replace(node, items=tuple(mapped_shapes(part, change) for part in node.items))
    return node
