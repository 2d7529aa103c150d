"""Geometries and times as a filter writes them."""

from __future__ import annotations

import math
import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from shapely.errors import ShapelyError

from layers.cql2.errors import FilterError
from layers.cql2.nodes import Box, Instant, Interval, Property, Shape, mapped_shapes

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    import pyproj

    from layers.cql2.nodes import Node

__all__ = [
    "box_of",
    "day_of",
    "instant_of",
    "interval_of",
    "moment_of",
    "shape_of",
    "swap_axes",
    "transformed",
]

_EDGE_STEPS = 16
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d+)?([Zz]|[+-]\d{2}:\d{2})")


def box_of(numbers: Sequence[object]) -> Box:
    """Read a BBOX; heights are left out.

    Parameters
    ----------
    numbers
        Four or six.

    Returns
    -------
    The box.

    Raises
    ------
    FilterError
        If there are others, or south is north of north.
    """
    if len(numbers) not in {4, 6} or not all(_is_finite(n) for n in numbers):
        raise FilterError("的 BBOX 应为 4 个或 6 个有限的数：西、南、东、北")
    values = [float(n) for n in numbers if isinstance(n, int | float)]
    if len(values) == 6:
        values = [values[0], values[1], values[3], values[4]]
    if values[1] > values[3]:
        raise FilterError(
            f"的 BBOX 南界 {values[1]:g} 大于北界 {values[3]:g}，请按西、南、东、北填写"
        )
    return Box(*values)


def shape_of(body: Mapping[str, Any]) -> Shape:
    """Read a geometry in GeoJSON; heights are left out.

    Parameters
    ----------
    body
        With `type` and `coordinates` or `geometries`.

    Returns
    -------
    The geometry, valid.

    Raises
    ------
    FilterError
        If it is malformed, not finite or invalid.
    """
    try:
        geometry = _geometry(body)
    except (ShapelyError, ValueError, TypeError, KeyError, IndexError, AttributeError):
        raise FilterError("里的几何写法不对，请检查坐标的个数和括号") from None
    if not np.isfinite(shapely.get_coordinates(geometry)).all():
        raise FilterError("里的几何坐标应为有限的数")
    if not shapely.is_valid(geometry):
        why = shapely.is_valid_reason(geometry)
        raise FilterError(f"里的几何不合法（{why}），请改正后再用")
    return Shape(geometry)


def swap_axes(node: Node) -> Node:
    """Exchange the first and second coordinate of every geometry literal.

    Parameters
    ----------
    node
        A filter whose literals are in a CRS with latitude or northing first.

    Returns
    -------
    The filter with longitude or easting first.
    """

    def swapped(literal: Box | Shape) -> Box | Shape:
        if isinstance(literal, Box):
            return Box(literal.south, literal.west, literal.north, literal.east)
        return Shape(shapely.transform(literal.geometry, lambda places: places[:, ::-1]))

    return mapped_shapes(node, swapped)


def transformed(node: Node, transformer: pyproj.Transformer) -> Node:
    """Bring every geometry literal into the CRS of the store.

    Parameters
    ----------
    node
        A filter; axes as the transformer takes them (`always_xy`: easting first, see `swap_axes`).
    transformer
        To EPSG:4490, longitude first.

    Returns
    -------
    The new filter. The edges of a box are bent as the projection bends them.

    Raises
    ------
    FilterError
        If a place lies outside what the CRS describes.
    """

    def moved(literal: Box | Shape) -> Box | Shape:
        geometry = _steps(literal) if isinstance(literal, Box) else literal.geometry
        found = shapely.transform(
            geometry, lambda places: np.column_stack(transformer.transform(*places.T))
        )
        if not np.isfinite(shapely.get_coordinates(found)).all():
            raise FilterError("里的几何超出 filter-crs 的适用范围，请检查坐标和坐标系")
        return Shape(found)

    return mapped_shapes(node, moved)


def day_of(text: object) -> Instant:
    """Read a DATE.

    Parameters
    ----------
    text
        Such as ``2024-06-30``.

    Returns
    -------
    The day.

    Raises
    ------
    FilterError
        If it is none.
    """
    if isinstance(text, str) and _DAY.fullmatch(text) and text.isascii():
        try:
            return Instant(date.fromisoformat(text))
        except ValueError:
            pass
    raise FilterError(f"里的日期 {_shown(text)} 不存在或写法不对，应如 DATE('2024-06-30')")


def moment_of(text: object) -> Instant:
    """Read a TIMESTAMP.

    Parameters
    ----------
    text
        As RFC 3339 has it, with time zone.

    Returns
    -------
    The moment in UTC.

    Raises
    ------
    FilterError
        If it is none.
    """
    if isinstance(text, str) and _MOMENT.fullmatch(text) and text.isascii():
        try:
            return Instant(datetime.fromisoformat(text.upper()).astimezone(UTC))
        except (ValueError, OverflowError):
            pass
    raise FilterError(
        f"里的时刻 {_shown(text)} 不存在或写法不对，应带时区，如 TIMESTAMP('2024-06-30T08:15:00Z')"
    )


def instant_of(text: object) -> Instant:
    """Read a day or a moment, whichever it is; see `day_of` and `moment_of`."""
    is_day = isinstance(text, str) and len(text) <= len("2024-06-30")
    return day_of(text) if is_day else moment_of(text)


def interval_of(ends: Sequence[Node | str]) -> Interval:
    """Make an interval.

    Parameters
    ----------
    ends
        Two: instants, properties, or text, where ``..`` and nothing are open.

    Returns
    -------
    The interval.

    Raises
    ------
    FilterError
        If there are others, or the second is before the first.
    """
    if len(ends) != 2:
        raise FilterError("的 INTERVAL 应有开始和结束两个值")
    start, end = (_end_of(one) for one in ends)
    known = (start, end)
    if isinstance(start, Instant) and isinstance(end, Instant):
        if isinstance(start.value, datetime) is not isinstance(end.value, datetime):
            raise FilterError("的 INTERVAL 两端应同为日期或同为时刻")
        if start.value > end.value:
            raise FilterError("的 INTERVAL 开始晚于结束，请调换")
    return Interval(*known)


def _end_of(end: Node | str) -> Instant | Property | None:
    if isinstance(end, str):
        return None if end in {"..", ""} else instant_of(end)
    if isinstance(end, Instant | Property):
        return end
    raise FilterError("的 INTERVAL 两端只能是日期、时刻、字段或 '..'")


def _geometry(body: Mapping[str, Any]) -> shapely.Geometry:
    kind = body["type"]
    if kind == "GeometryCollection":
        return shapely.GeometryCollection([_geometry(part) for part in body["geometries"]])
    make = _MAKERS[kind]
    return make(body["coordinates"])


def _line(places: Any) -> shapely.LineString:  # noqa: ANN401 - whatever the filter says
    return shapely.LineString([_pair(place) for place in places])


def _polygon(rings: Any) -> shapely.Polygon:  # noqa: ANN401 - whatever the filter says
    made = [[_pair(place) for place in ring] for ring in rings]
    if any(ring[0] != ring[-1] for ring in made):
        raise ValueError("open ring")
    return shapely.Polygon(made[0], made[1:]) if made else shapely.Polygon()


def _pair(place: Any) -> tuple[float, float]:  # noqa: ANN401 - whatever the filter says
    east, north = place[0], place[1]
    return float(east), float(north)


_MAKERS: dict[str, Callable[[Any], shapely.Geometry]] = {
    "Point": lambda place: shapely.Point(_pair(place)) if place else shapely.Point(),
    "LineString": _line,
    "Polygon": _polygon,
    "MultiPoint": lambda places: shapely.MultiPoint([_pair(place) for place in places]),
    "MultiLineString": lambda lines: shapely.MultiLineString([_line(line) for line in lines]),
    "MultiPolygon": lambda parts: shapely.MultiPolygon([_polygon(part) for part in parts]),
}


def _steps(box: Box) -> shapely.Polygon:
    if box.west > box.east:
        raise FilterError("的 BBOX 西界大于东界；只有经纬度的范围可以跨 180 度经线")
    outline = shapely.box(box.west, box.south, box.east, box.north)
    longest = max(box.east - box.west, box.north - box.south)
    return outline.segmentize(longest / _EDGE_STEPS) if longest else outline


def _is_finite(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, int | float):
        return False
    return math.isfinite(number)


def _shown(value: object) -> str:
    return f"“{str(value)[:40]}”"
