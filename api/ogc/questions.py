"""Which features a call asks for: its parameters and what its role may see, as one store query."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING

import shapely

from api.ogc.crs import CRS84, Crs, read_crs
from api.problems import Refused
from geo.errors import InputError
from layers.cql2 import fitted, parse_filter, properties_in, swap_axes, transformed
from layers.cql2.nodes import Box as BoxNode
from layers.cql2.nodes import Call, Items, Literal, Property, Shape
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence

    from api.ogc.parameters import Box, Period
    from api.ogc.visibility import View
    from layers.cql2 import Node
    from layers.schema import Field

__all__ = ["Question", "query_of"]

_EDGE_M = 0.001
_INTEGER = re.compile(r"[+-]?[0-9]{1,18}")
_REAL = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_TRUTH = {"true": True, "1": True, "false": False, "0": False}


@dataclass(frozen=True, kw_only=True)
class Question:
    """The parameters that choose features.

    Attributes
    ----------
    bbox, bbox_crs
        A box and its system.
    period
        Of `datetime`; None where it was not given.
    filter, filter_lang, filter_crs
        CQL2, its language and the system of its geometries.
    equals
        Property names and the text that their value must be.
    limit, after
        Size of the page, and cursor of the one before.
    """

    bbox: Box | None = None
    bbox_crs: Crs = field(default_factory=lambda: read_crs(CRS84))
    period: Period | None = None
    filter: str | None = None
    filter_lang: str = "cql2-text"
    filter_crs: Crs = field(default_factory=lambda: read_crs(CRS84))
    equals: Sequence[tuple[str, str]] = ()
    limit: int | None = None
    after: int | None = None


def query_of(
    view: View,
    question: Question,
    *,
    today: date,
    tz: str,
    hidden: Callable[[], Mapping[str, Collection[str]]] = dict,
) -> Query:
    """Turn a question into the query of what its asker may see.

    Parameters
    ----------
    view
        The layer as the asker's role sees it.
    question
        What is asked.
    today
        The business day: without `datetime`, a layer of periods gives those of today.
    tz
        Zone in which a moment is a business day.
    hidden
        Gives id -> names of the counts that this role may not see in that row; called only if a
        condition names such a count.

    Returns
    -------
    The query. A row whose count is hidden is never found by a condition on that count: what
    ``age80 < 5`` finds would tell what the answer blanks.

    Raises
    ------
    Refused
        400 `unknown_parameter` for a property that this role may not ask for, `bad_parameter` for
        a value that is none of it.
    InputError
        If the box or the filter is wrong.
    """
    conditions: list[Node] = []
    box = None
    if question.bbox is not None:
        box = _degrees(question.bbox, question.bbox_crs, conditions)
        if not view.schema.geometry:
            box, conditions = (0.0, 0.0, 0.0, 0.0), []
    conditions += [_equal(view, name, text) for name, text in question.equals]
    if question.filter is not None:
        node = parse_filter(question.filter, lang=question.filter_lang)
        node = _in_degrees(node, question.filter_crs)
        fitted(node, view.schema, hidden=view.hidden)
        conditions.append(node)
    if named := _counts_in(conditions, view):
        ids = [id for id, names in hidden().items() if not named.isdisjoint(names)]
        if ids:
            among = Call("in", (Property("id"), Items(tuple(map(Literal, ids)))))
            conditions.append(Call("not", (among,)))
    if view.restriction is not None:
        conditions.append(view.restriction)
    return Query(
        bbox=box,
        at=today if question.period is None and _of_today(view) else None,
        during=None if question.period is None else question.period.days(tz),
        filter=_all(conditions),
        limit=question.limit,
        after=question.after,
    )


def _counts_in(conditions: list[Node], view: View) -> set[str]:
    """Find the guarded counts that conditions name; letter case does not matter in a filter."""
    if not view.counts:
        return set()
    named = {name.casefold() for node in conditions for name in properties_in(node)}
    return {name for name in view.counts if name.casefold() in named}


def _of_today(view: View) -> bool:
    return view.schema.default_period == "present"


def _all(conditions: list[Node]) -> Node | None:
    if len(conditions) < 2:
        return conditions[0] if conditions else None
    return Call("and", tuple(conditions))


def _degrees(bbox: Box, crs: Crs, conditions: list[Node]) -> tuple[float, float, float, float]:
    """Give the box that holds a box of any system; where it holds more, add the condition.

    Raises
    ------
    InputError
        `bad_parameter` if it is the wrong way round.
    TypeError
        Never: a plane box becomes an area.
    """
    west, south, east, north = bbox
    if crs.north_first:
        south, west, north, east = bbox
    if south > north or (crs.plane is not None and west > east):
        low, high = ("南", "北") if south > north else ("西", "东")
        raise InputError(
            f"参数“bbox”的{low}边大于{high}边，请按坐标系 {crs.uri} 的轴顺序填写。",
            code="bad_parameter",
            where="bbox",
        )
    if crs.plane is None and west <= east:
        return west, south, east, north
    if crs.plane is None:  # over the antimeridian
        conditions.append(_within(BoxNode(west, south, east, north)))
        return -180.0, south, 180.0, north
    # Coordinates that were shown in this system come back a rounding error away.
    near = BoxNode(west - _EDGE_M, south - _EDGE_M, east + _EDGE_M, north + _EDGE_M)
    node = near if crs.transformer is None else transformed(near, crs.transformer)
    if not isinstance(node, Shape):
        raise TypeError(node)
    conditions.append(_within(node))
    west, south, east, north = shapely.bounds(node.geometry).tolist()
    return west, south, east, north


def _within(area: BoxNode | Shape) -> Call:
    return Call("s_intersects", (Property("geometry"), area))


def _in_degrees(node: Node, crs: Crs) -> Node:
    if crs.north_first:
        node = swap_axes(node)
    return node if crs.transformer is None else transformed(node, crs.transformer)


def _equal(view: View, name: str, text: str) -> Node:
    known = view.askable
    if name not in known or known[name].type == "json":
        listed = "、".join(name for name, field in known.items() if field.type != "json")
        raise Refused(
            400,
            f"没有参数或字段“{name[:40]}”，可用字段：{listed}。",
            code="unknown_parameter",
            where=name,
        )
    found = known[name]
    value = Literal(_value(found, text))
    if found.type == "list":
        return Call("a_contains", (Property(name), Items((value,))))
    return Call("=", (Property(name), value))


def _value(field: Field, text: str) -> str | float | bool:
    kind = field.type
    if kind == "integer" and _INTEGER.fullmatch(text):
        return int(text)
    if kind == "real" and _REAL.fullmatch(text):
        return float(text)
    if kind == "boolean" and text.lower() in _TRUTH:
        return _TRUTH[text.lower()]
    if kind in {"integer", "real", "boolean"} or "\x00" in text:
        wanted = {"integer": "整数", "real": "数字", "boolean": " true 或 false"}.get(kind, "文字")
        raise Refused(
            400,
            f"字段“{field.name}”应为{wanted}，现为“{text[:40]}”。",
            code="bad_parameter",
            where=field.name,
        )
    return text
