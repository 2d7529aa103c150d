"""A filter meets its layer: names become properties, constants take their type, the rest is 400."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import shapely

from layers.cql2.errors import FilterError
from layers.cql2.folding import accenti, casei
from layers.cql2.literals import instant_of
from layers.cql2.nodes import Box, Call, Instant, Interval, Items, Literal, Property, Shape
from layers.cql2.queryables import GEOMETRY, property_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from layers.cql2.nodes import Node
    from layers.schema import LayerSchema

__all__ = [
    "ARITHMETIC",
    "ARRAY",
    "COMPARISONS",
    "FOLDS",
    "SPATIAL",
    "TEMPORAL",
    "fitted",
    "kind_of",
]

COMPARISONS = ("=", "<>", "<", ">", "<=", ">=")
ARITHMETIC = ("+", "-", "*", "/", "%", "div", "^")
SPATIAL = (
    "s_intersects", "s_disjoint", "s_equals", "s_touches", "s_crosses", "s_within", "s_contains",
    "s_overlaps",
)  # fmt: skip
ARRAY = ("a_equals", "a_contains", "a_containedby", "a_overlaps")
FOLDS = ("casei", "accenti")
TEMPORAL = (
    "t_after", "t_before", "t_contains", "t_disjoint", "t_during", "t_equals", "t_finishedby",
    "t_finishes", "t_intersects", "t_meets", "t_metby", "t_overlappedby", "t_overlaps",
    "t_startedby", "t_starts",
)  # fmt: skip

_TITLES = {
    "text": "文字",
    "number": "数",
    "boolean": "是否",
    "date": "日期",
    "datetime": "时刻",
    "interval": "时间段",
    "list": "列表",
    "json": "嵌套内容",
    "null": "NULL",
    GEOMETRY: "几何",
}
_SCALARS = ("text", "number", "date", "datetime")
_FAR_EAST, _FAR_NORTH = 360.0, 90.0


def fitted(node: Node, schema: LayerSchema, *, hidden: Collection[str] = ()) -> Node:
    """Check a filter against a layer.

    Parameters
    ----------
    node
        As `layers.cql2.parse_filter` gives it, geometries in longitude and latitude.
    schema
        The layer.
    hidden
        Properties that whoever asks may not see.

    Returns
    -------
    The filter with typed properties, texts beside times read as times, and CASEI and ACCENTI of
    constants done: what the translations to SQL take.

    Raises
    ------
    FilterError
        ``unknown_property``, or ``bad_filter`` where types do not go together.
    """
    found = _Fitter(schema, hidden).fit(node)
    _require_kind(found, ("boolean",), "整个条件")
    return found


def kind_of(node: Node) -> str:
    """Give the kind of value a fitted node stands for.

    Parameters
    ----------
    node
        Fitted.

    Returns
    -------
    text, number, boolean, date, datetime, interval, list, json, geometry or null.
    """
    match node:
        case Property(_, type):
            return "number" if type in {"integer", "real"} else type
        case Literal(value):
            if value is None:
                return "null"
            if isinstance(value, bool):
                return "boolean"
            return "text" if isinstance(value, str) else "number"
        case Instant(value):
            return "datetime" if isinstance(value, datetime) else "date"
        case Interval():
            return "interval"
        case Box() | Shape():
            return GEOMETRY
        case Items():
            return "list"
        case Call(op):
            return "number" if op in ARITHMETIC else "text" if op in FOLDS else "boolean"


class _Fitter:
    def __init__(self, schema: LayerSchema, hidden: Collection[str]) -> None:
        self._schema = schema
        self._hidden = hidden

    def fit(self, node: Node) -> Node:
        match node:
            case Property(name):
                return property_of(self._schema, name, self._hidden)
            case Interval(start, end):
                return self._interval(start, end)
            case Items(items):
                return Items(tuple(self.fit(item) for item in items))
            case Call(op, args):
                handler = _HANDLERS.get(op)
                if handler is None:
                    raise FilterError(f"里的函数“{op[:40]}”不认识，可用：{'、'.join(_HANDLERS)}")
                return handler(op, tuple(self.fit(arg) for arg in args))
            case Box() | Shape():
                _require_degrees(node)
        return node

    def _interval(
        self, start: Instant | Property | None, end: Instant | Property | None
    ) -> Interval:
        ends: list[Instant | Property | None] = []
        for one in (start, end):
            if isinstance(one, Property):
                found = property_of(self._schema, one.name, self._hidden)
                _require_kind(found, ("date", "datetime"), "INTERVAL")
                ends.append(found)
            else:
                ends.append(one)
        kinds = {kind_of(one) for one in ends if one is not None}
        if len(kinds) > 1:
            raise FilterError("的 INTERVAL 两端应同为日期或同为时刻")
        return Interval(*ends)


def _logical(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 1 if op == "not" else 2, most=1 if op == "not" else None)
    for arg in args:
        _require_kind(arg, ("boolean",), op.upper())
    return Call(op, args)


def _comparison(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    kinds = _SCALARS if op not in {"=", "<>"} else (*_SCALARS, "boolean")
    return Call(op, _alike(op, args, kinds))


def _between(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 3)
    return Call(op, _alike("BETWEEN", args, _SCALARS))


def _in(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    if not isinstance(args[1], Items) or not args[1].items:
        raise FilterError("的 IN 后面应是括号里的一个或多个值")
    first, *rest = _alike("IN", (args[0], *args[1].items), (*_SCALARS, "boolean"))
    return Call(op, (first, Items(tuple(rest))))


def _like(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    text, pattern = args
    _require_kind(text, ("text",), "LIKE")
    if not isinstance(pattern, Literal) or not isinstance(pattern.value, str):
        raise FilterError("的 LIKE 后面应是单引号里的样式，可套 CASEI、ACCENTI")
    backslashes = len(pattern.value) - len(pattern.value.rstrip("\\"))
    if backslashes % 2:
        raise FilterError("的 LIKE 样式末尾多了一个“\\”，要找反斜杠请写“\\\\”")
    return Call(op, args)


def _is_null(op: str, args: tuple[Node, ...]) -> Node:
    _require_count("IS NULL", args, 1)
    if not isinstance(args[0], Property | Call):
        raise FilterError("的 IS NULL 只能用于字段和算出的值")
    return Call(op, args)


def _arithmetic(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    for arg in args:
        _require_kind(arg, ("number",), op)
    return Call(op, args)


def _fold(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 1)
    _require_kind(args[0], ("text",), op.upper())
    if isinstance(args[0], Literal):
        return Literal((casei if op == "casei" else accenti)(str(args[0].value)))
    if isinstance(args[0], Call) and args[0].op == op:
        return args[0]  # twice is once
    return Call(op, args)


def _spatial(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    for arg in args:
        _require_kind(arg, (GEOMETRY,), op.upper())
        is_mixed = isinstance(arg, Shape) and _is_collection(arg.geometry)
        if is_mixed and op not in {"s_intersects", "s_disjoint"}:
            raise FilterError(f"的 {op.upper()} 不能用 GEOMETRYCOLLECTION，请拆开写")
    return Call(op, args)


def _temporal(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    args = tuple(instant_of(a.value) if isinstance(a, Literal) else a for a in args)
    kinds = set()
    for arg in args:
        _require_kind(arg, ("date", "datetime", "interval"), op.upper())
        parts = (arg.start, arg.end) if isinstance(arg, Interval) else (arg,)
        kinds |= {kind_of(part) for part in parts if part is not None}
    if len(kinds) > 1:
        raise FilterError(
            f"的 {op.upper()} 一边是日期、一边是时刻，"
            "请都用 DATE('2024-06-30') 或都用 TIMESTAMP('2024-06-30T08:15:00Z')"
        )
    return Call(op, args)


def _array(op: str, args: tuple[Node, ...]) -> Node:
    _require_count(op, args, 2)
    # A list of one in parentheses is read as what it holds.
    args = tuple(Items((a,)) if isinstance(a, Literal) else a for a in args)
    for arg in args:
        _require_kind(arg, ("list",), op.upper())
        for item in arg.items if isinstance(arg, Items) else ():
            if not isinstance(item, Literal) or not isinstance(item.value, str):
                raise FilterError(f"的 {op.upper()} 的列表里只能是单引号里的文字")
    return Call(op, args)


_HANDLERS: dict[str, Callable[[str, tuple[Node, ...]], Node]] = {
    **dict.fromkeys(("and", "or", "not"), _logical),
    **dict.fromkeys(COMPARISONS, _comparison),
    "between": _between,
    "in": _in,
    "like": _like,
    "isnull": _is_null,
    **dict.fromkeys(ARITHMETIC, _arithmetic),
    **dict.fromkeys(FOLDS, _fold),
    **dict.fromkeys(SPATIAL, _spatial),
    **dict.fromkeys(TEMPORAL, _temporal),
    **dict.fromkeys(ARRAY, _array),
}


# Values of one kind; text beside a time is read as one.
def _alike(op: str, args: tuple[Node, ...], allowed: tuple[str, ...]) -> tuple[Node, ...]:
    kinds = {kind_of(arg) for arg in args}
    if "null" in kinds:
        raise FilterError(f"里 {op} 与 NULL 相比永远不成立，请写 IS NULL 或 IS NOT NULL")
    if kinds & {"date", "datetime"}:
        args = tuple(_as_instant(arg) for arg in args)
        kinds = {kind_of(arg) for arg in args}
    if len(kinds) > 1:
        titles = "与".join(_described(arg) for arg in args[:2])
        if len(args) > 2:
            titles = "、".join(sorted(_TITLES[kind] for kind in kinds))
        raise FilterError(f"里 {op} 两边类型不同：{titles}；文字要加单引号，数不加")
    for arg in args:
        _require_kind(arg, allowed, op)
    return args


def _as_instant(node: Node) -> Node:
    if isinstance(node, Literal) and isinstance(node.value, str):
        return instant_of(node.value)
    return node


def _require_count(op: str, args: tuple[Node, ...], least: int, most: int | None = -1) -> None:
    most = least if most == -1 else most
    if len(args) < least or (most is not None and len(args) > most):
        raise FilterError(f"的 {op.upper()} 应有 {least} 个参数，写了 {len(args)} 个")


def _require_kind(node: Node, allowed: tuple[str, ...], where: str) -> None:
    if kind_of(node) not in allowed:
        titles = "、".join(_TITLES[kind] for kind in allowed)
        raise FilterError(f"里 {where} 要用{titles}，写的是{_described(node)}")


def _described(node: Node) -> str:
    title = _TITLES[kind_of(node)]
    if isinstance(node, Property):
        return f"字段 {node.name}（{title}）"
    if isinstance(node, Literal) and node.value is not None:
        return f"“{str(node.value)[:40]}”（{title}）"
    return title


def _is_collection(geometry: shapely.Geometry) -> bool:
    return bool(shapely.get_type_id(geometry) == shapely.GeometryType.GEOMETRYCOLLECTION)


def _require_degrees(node: Box | Shape) -> None:
    if isinstance(node, Box):
        west, south, east, north = node.west, node.south, node.east, node.north
    elif shapely.is_empty(node.geometry):
        return
    else:
        west, south, east, north = shapely.bounds(node.geometry).tolist()
    if min(west, east) < -_FAR_EAST or max(west, east) > _FAR_EAST:
        raise FilterError(f"里的经度超出 ±{_FAR_EAST:g}，不是经纬度时请给 filter-crs")
    if south < -_FAR_NORTH or north > _FAR_NORTH:
        raise FilterError(
            f"里的纬度超出 ±{_FAR_NORTH:g}，请按经度、纬度的顺序填写，或给 filter-crs"
        )
