"""Changes of a road network as data: roads added, closed, slowed; read from JSON and checked.

    {"added":  [{"line": [[113.01, 36.52], [113.02, 36.53]], "highway": "tertiary"}],
     "closed": [{"point": [113.0, 36.5]}, {"across": [[..], [..]], "extent": "place"}],
     "slowed": [{"along": [[..], [..]], "factor": 0.5}]}

A line is a list of [x, y] or a GeoJSON LineString, in the CRS of the network (longitude, latitude).
Where nothing but a line or an id is needed it may stand alone: `"added": [LineString]`, `"closed":
[id]`.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

import shapely

from geo.errors import InputError
from geo.modes import MODES

__all__ = ["EXTENTS", "NewRoad", "RoadEdits", "SlowedRoad", "Stretch", "read_road_edits"]

EXTENTS: Final = ("piece", "whole", "place")
"""How much of a road is meant: between two junctions, the whole road, or one spot of it."""

_HIGHWAYS: Final = frozenset(name for mode in MODES.values() for name in mode.speeds_mps)
_MOST_KMH: Final = 130.0
_MOST_FACTOR: Final = 5.0
_WAYS_TO_POINT: Final = ("road", "point", "across", "along")


@dataclass(frozen=True, kw_only=True)
class NewRoad:
    """A road to be built.

    Attributes
    ----------
    line
        Drawn from its beginning to its end.
    highway
        Class as in OpenStreetMap; says which modes may use it, and a car's speed.
    speed_kmh
        A car's speed; None: that of the class.
    oneway
        For wheels only from beginning to end; walkers go both ways.
    """

    line: shapely.LineString
    highway: str = "unclassified"
    speed_kmh: float | None = None
    oneway: bool = False


@dataclass(frozen=True, kw_only=True)
class Stretch:
    """Roads that an edit means; exactly one of `road point across along` is given.

    Attributes
    ----------
    road
        Id of a piece of road.
    point
        The piece nearest to it.
    across
        Every piece that this line crosses.
    along
        Every piece most of which runs along this line.
    extent
        `piece`: from junction to junction. `whole`: all pieces of the same road (`way_id`).
        `place`: only the spot itself (of `point` or `across`), the rest stays open on both sides.
    """

    road: object | None = None
    point: shapely.Point | None = None
    across: shapely.LineString | None = None
    along: shapely.LineString | None = None
    extent: str = "piece"


@dataclass(frozen=True, kw_only=True)
class SlowedRoad:
    """Roads whose speed is multiplied: below 1 slower, above 1 faster."""

    stretch: Stretch
    factor: float


@dataclass(frozen=True, kw_only=True)
class RoadEdits:
    """All changes of one scenario, in the order given."""

    added: tuple[NewRoad, ...] = ()
    closed: tuple[Stretch, ...] = ()
    slowed: tuple[SlowedRoad, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.added or self.closed or self.slowed)


def read_road_edits(data: object, *, where: str = "roads") -> RoadEdits:
    """Read edits in the JSON form of this module.

    Parameters
    ----------
    data
        What the JSON holds.
    where
        Name of this part in the whole file, for messages.

    Returns
    -------
    The edits.

    Raises
    ------
    InputError
        `edits_invalid`: a part is missing, unknown or not what it should be; `where` says which.
    """
    parts = _object(data, where, ("added", "closed", "slowed"))
    return RoadEdits(
        added=tuple(_added(one, at) for one, at in _items(parts, "added", where)),
        closed=tuple(_closed(one, at) for one, at in _items(parts, "closed", where)),
        slowed=tuple(_slowed(one, at) for one, at in _items(parts, "slowed", where)),
    )


def _added(one: object, at: str) -> NewRoad:
    if _is_line(one):
        return NewRoad(line=_line(one, at))
    parts = _object(one, at, ("line", "highway", "speed_kmh", "oneway", "name"))
    highway = parts.get("highway", "unclassified")
    if not isinstance(highway, str) or highway not in _HIGHWAYS:
        usual = "secondary、tertiary、unclassified、residential、path"
        raise _fault(f"{at}.highway", f"不认识道路等级“{highway}”，常用：{usual}")
    if not isinstance(parts.get("oneway", False), bool):
        raise _fault(f"{at}.oneway", "应为 true 或 false")
    speed = parts.get("speed_kmh")
    return NewRoad(
        line=_line(parts.get("line"), f"{at}.line"),
        highway=highway,
        speed_kmh=None if speed is None else _number(speed, f"{at}.speed_kmh", _MOST_KMH),
        oneway=parts.get("oneway", False),
    )


def _closed(one: object, at: str) -> Stretch:
    if isinstance(one, str | int) and not isinstance(one, bool):
        return Stretch(road=one)
    return _stretch(_object(one, at, (*_WAYS_TO_POINT, "extent", "name")), at, EXTENTS)


def _slowed(one: object, at: str) -> SlowedRoad:
    parts = _object(one, at, (*_WAYS_TO_POINT, "extent", "factor", "name"))
    if "factor" not in parts:
        raise _fault(f"{at}.factor", "没有填写，应为 0 到 1 之间的数，如 0.5 是慢一半")
    factor = _number(parts["factor"], f"{at}.factor", _MOST_FACTOR)
    return SlowedRoad(stretch=_stretch(parts, at, EXTENTS[:2]), factor=factor)


def _stretch(parts: Mapping[str, Any], at: str, extents: Sequence[str]) -> Stretch:
    given = [name for name in _WAYS_TO_POINT if parts.get(name) is not None]
    if len(given) != 1:
        offered = "road（道路编号）、point（点）、across（横切线）、along（沿路线）"
        raise _fault(at, f"应在 {offered}中恰好给出一项，现在有 {len(given)} 项")
    extent = parts.get("extent", "piece")
    if extent not in extents:
        raise _fault(f"{at}.extent", f"不能是“{extent}”，可选：{'、'.join(extents)}")
    name = given[0]
    if extent == "place" and name not in ("point", "across"):
        raise _fault(f"{at}.extent", "为 place 时要用 point 或 across 指明地点")
    value, place = parts[name], f"{at}.{name}"
    if name == "road":
        if isinstance(value, bool) or not isinstance(value, str | int):
            raise _fault(place, "应为道路编号")
        return Stretch(road=value, extent=extent)
    if name == "point":
        return Stretch(point=_point(value, place), extent=extent)
    line = _line(value, place)
    if name == "across":
        return Stretch(across=line, extent=extent)
    return Stretch(along=line, extent=extent)


def _object(data: object, at: str, known: Sequence[str]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise _fault(at, f"应为对象，含 {'、'.join(known)}")
    if strange := [str(name) for name in data if name not in known]:
        raise _fault(f"{at}.{strange[0]}", f"是不认识的项，可用：{'、'.join(known)}")
    return data


def _items(parts: Mapping[str, Any], name: str, where: str) -> list[tuple[object, str]]:
    listed = parts.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list | tuple):
        raise _fault(f"{where}.{name}", "应为列表")
    return [(one, f"{where}.{name}[{n}]") for n, one in enumerate(listed, start=1)]


def _is_line(value: object) -> bool:
    geojson = isinstance(value, Mapping) and value.get("type") == "LineString"
    return geojson or isinstance(value, list | tuple)


def _line(value: object, at: str) -> shapely.LineString:
    places = value.get("coordinates") if isinstance(value, Mapping) else value
    if not _is_line(value) or not isinstance(places, list | tuple) or len(places) < 2:
        raise _fault(at, "应为至少两个点的折线，如 [[113.01, 36.52], [113.02, 36.53]]")
    line = shapely.LineString([_xy(place, f"{at}[{n}]") for n, place in enumerate(places, start=1)])
    if line.length == 0:
        raise _fault(at, "各点在同一处，没有长度")
    return line


def _point(value: object, at: str) -> shapely.Point:
    if isinstance(value, Mapping) and value.get("type") == "Point":
        value = value.get("coordinates")
    return shapely.Point(_xy(value, at))


def _xy(value: object, at: str) -> tuple[float, float]:
    if isinstance(value, list | tuple) and len(value) == 2:
        x, y = map(_finite, value)
        if x is not None and y is not None:
            return x, y
    raise _fault(at, "应为 [经度, 纬度] 两个数")


def _number(value: object, at: str, most: float) -> float:
    number = _finite(value)
    if number is None or not 0 < number <= most:
        raise _fault(at, f"应大于 0、不超过 {most:g}，现在是“{value}”")
    return number


def _finite(value: object) -> float | None:
    """Read a number; None for whatever is none, truth values and NaN too."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        return None
    return float(value)


def _fault(at: str, reason: str) -> InputError:
    return InputError(f"方案中 {at} {reason}。", code="edits_invalid", where=at)
