"""A scenario as data: facilities opened, moved or closed, and roads changed.

    {"name": "侯堡中心与新路",
     "candidates": [{"lon": 113.01, "lat": 36.52, "name": "新站"}, {"id": "侯堡镇…中心"}],
     "moved":   [{"id": "示意日间照料中心03", "lon": 113.0, "lat": 36.5}],
     "removed": ["府前社区养老服务站"],
     "roads":   {"added": [...], "closed": [...], "slowed": [...]}}

A stored facility is named by its id or its full name; a candidate with an id opens a stored one
that does not serve yet, such as a planned one. Roads are as in `geo.road_edits`; `road` is the id
of a row of the layer.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.errors import InputError
from geo.road_edits import RoadEdits, read_road_edits
from layers.analysis.sited import with_sites
from layers.errors import NotFound
from layers.field_values import has_unseen

if TYPE_CHECKING:
    from layers.analysis.inputs import ServiceInputs

__all__ = ["FacilityChange", "PlacedEdit", "ScenarioEdits", "changed_facilities", "read_edits"]

_LONGEST_NAME = 200
_PARTS = ("name", "note", "candidates", "moved", "removed", "roads")


@dataclass(frozen=True, kw_only=True)
class PlacedEdit:
    """A facility opened or moved; without a place it stands where it is stored.

    Attributes
    ----------
    facility
        Id or name of a stored one; None for a new one.
    name
        Of a new one; "" takes a number.
    place
        Where it will be.
    """

    facility: str | None = None
    name: str = ""
    place: shapely.Point | None = None


@dataclass(frozen=True, kw_only=True)
class ScenarioEdits:
    """All changes of one scenario.

    Attributes
    ----------
    name
        What people call it; may be "".
    removed
        Ids or names of facilities that close.
    data
        The JSON it was read from.
    """

    name: str
    candidates: tuple[PlacedEdit, ...]
    moved: tuple[PlacedEdit, ...]
    removed: tuple[str, ...]
    roads: RoadEdits
    data: dict[str, Any]


@dataclass(frozen=True, kw_only=True)
class FacilityChange:
    """What became of one facility: `opened`, `moved` or `closed`."""

    kind: str
    id: str
    name: str
    place: shapely.Point | None


def read_edits(data: object) -> ScenarioEdits:
    """Read a scenario in the JSON form of this module.

    Parameters
    ----------
    data
        What the JSON or YAML holds.

    Returns
    -------
    The edits.

    Raises
    ------
    InputError
        `edits_invalid`, naming the part; `edits_empty` if nothing changes.
    """
    parts = _object(data, "方案", _PARTS)
    edits = ScenarioEdits(
        name=_name(parts, "方案"),
        candidates=tuple(
            _placed(one, f"candidates[{n}]", ("id", "lon", "lat", "name"))
            for n, one in enumerate(_list(parts, "candidates"), start=1)
        ),
        moved=tuple(
            _placed(one, f"moved[{n}]", ("id", "lon", "lat"))
            for n, one in enumerate(_list(parts, "moved"), start=1)
        ),
        removed=tuple(
            _facility(one, f"removed[{n}]")
            for n, one in enumerate(_list(parts, "removed"), start=1)
        ),
        roads=read_road_edits(parts.get("roads") or {}),
        data={str(key): value for key, value in parts.items()},
    )
    _check(edits)
    return edits


def changed_facilities(
    inputs: ServiceInputs, edits: ScenarioEdits, register: gpd.GeoDataFrame
) -> tuple[ServiceInputs, tuple[FacilityChange, ...]]:
    """Give the inputs with facilities opened, moved and closed, and what became of each.

    Parameters
    ----------
    inputs
        What stands; unchanged.
    edits
        The scenario.
    register
        All rows of `care_facilities`, planned ones too; index id.

    Raises
    ------
    InputError
        If a facility is named twice (`facility_twice`), its name is not unique
        (`facility_ambiguous`), or one that is opened serves already or has no place
        (`facility_serves`, `facility_placeless`).
    NotFound
        If a facility is none (`unknown_facility`), or one that moves or closes does not serve.
    """
    counted = inputs.counted
    changes = []
    for number, facility in enumerate(edits.removed, start=1):
        found = _find(counted, facility, f"removed[{number}]")
        changes.append(_change("closed", found, counted, None))
    for number, move in enumerate(edits.moved, start=1):
        found = _find(counted, move.facility or "", f"moved[{number}]")
        changes.append(_change("moved", found, counted, move.place))
    for number, one in enumerate(edits.candidates, start=1):
        changes.append(_opened(one, number, counted, register))
    ids = [change.id for change in changes]
    if twice := [one for one in ids if ids.count(one) > 1]:
        raise InputError(
            f"设施“{twice[0]}”在方案中改了两次，请只留一处。",
            code="facility_twice",
            where=twice[0],
        )
    gone = [change.id for change in changes if change.kind != "opened"]
    left = replace(inputs, facilities=inputs.facilities.drop(index=gone))
    opened = [change for change in changes if change.place is not None]
    if opened:
        sites = gpd.GeoDataFrame(
            {"name": [change.name for change in opened]},
            index=pd.Index([change.id for change in opened], dtype="str", name="id"),
            geometry=gpd.points_from_xy(
                [change.place.x for change in opened if change.place is not None],
                [change.place.y for change in opened if change.place is not None],
            ),
            crs=counted.crs,
        )
        left = with_sites(left, sites)
    return left, tuple(changes)


def _opened(
    one: PlacedEdit, number: int, counted: gpd.GeoDataFrame, register: gpd.GeoDataFrame
) -> FacilityChange:
    """Say what opens as a candidate.

    Raises
    ------
    InputError
        `facility_serves`, `facility_placeless`.
    """
    where = f"candidates[{number}]"
    if one.facility is None:
        name = one.name or f"新设施{number}"
        return FacilityChange(kind="opened", id=f"candidate-{number}", name=name, place=one.place)
    found = _find(register, one.facility, where)
    if found in counted.index:
        raise InputError(
            f"方案中 {where} 的设施“{one.facility}”已在服务，不必再开；要移动请写在 moved 里。",
            code="facility_serves",
            where=where,
        )
    place = one.place or register.geometry.loc[found]
    if not isinstance(place, shapely.Point) or place.is_empty:
        raise InputError(
            f"方案中 {where} 的设施“{one.facility}”没有位置，请补上 lon 和 lat。",
            code="facility_placeless",
            where=where,
        )
    return _change("opened", found, register, place)


def _change(
    kind: str, facility: str, frame: gpd.GeoDataFrame, place: shapely.Point | None
) -> FacilityChange:
    return FacilityChange(
        kind=kind, id=facility, name=str(frame["name"].loc[facility]), place=place
    )


def _find(frame: gpd.GeoDataFrame, facility: str, where: str) -> str:
    """Find a facility by id, else by name.

    Raises
    ------
    InputError
        `facility_ambiguous`.
    NotFound
        `unknown_facility`.
    """
    if facility in frame.index:
        return facility
    named = frame.index[(frame["name"] == facility).fillna(value=False)]
    if len(named) > 1:
        raise InputError(
            f"方案中 {where} 的设施名“{facility}”有 {len(named)} 处，请改用编号。",
            code="facility_ambiguous",
            where=where,
        )
    if not len(named):
        raise NotFound(
            f"方案中 {where} 的设施“{facility}”不存在或当日不在服务，请核对编号或名称。",
            code="unknown_facility",
            where=where,
        )
    return str(named[0])


def _check(edits: ScenarioEdits) -> None:
    """Refuse what changes nothing, and places off the globe.

    Raises
    ------
    InputError
        `edits_empty`, `edits_invalid`.
    """
    if not (edits.candidates or edits.moved or edits.removed or edits.roads):
        raise InputError(
            "方案没有任何改动，请写出 candidates、moved、removed 或 roads。",
            code="edits_empty",
            where="方案",
        )
    roads = edits.roads
    stretches = [*roads.closed, *(slow.stretch for slow in roads.slowed)]
    drawn: list[shapely.Geometry | None] = [road.line for road in roads.added]
    for one in stretches:
        drawn += (one.point, one.across, one.along)
    for lon, lat in shapely.get_coordinates(np.array(drawn, object)):
        _check_place(float(lon), float(lat), "roads")


def _placed(one: object, at: str, known: tuple[str, ...]) -> PlacedEdit:
    parts = _object(one, at, known)
    facility = parts.get("id")
    place = None
    if {"lon", "lat"} & set(parts) or facility is None:
        lon, lat = (_degrees(parts.get(name), f"{at}.{name}") for name in ("lon", "lat"))
        _check_place(lon, lat, at)
        place = shapely.Point(lon, lat)
    if facility is not None:
        facility = _facility(facility, f"{at}.id")
    if at.startswith("moved") and (facility is None or place is None):
        raise InputError(
            f"方案中 {at} 应有 id、lon 和 lat：哪一处设施移到哪里。", code="edits_invalid", where=at
        )
    return PlacedEdit(facility=facility, name=_name(parts, at), place=place)


def _name(parts: Mapping[str, Any], at: str) -> str:
    """Give the name of a part; "" if it has none.

    Raises
    ------
    InputError
        `edits_invalid`.
    """
    name = parts.get("name") or ""
    if not isinstance(name, str) or len(name) > _LONGEST_NAME or has_unseen(name):
        raise InputError(
            f"{at} 的 name 应为不超过 {_LONGEST_NAME} 字、没有控制字符的文字。",
            code="edits_invalid",
            where=f"{at}.name",
        )
    return name.strip()


def _facility(one: object, at: str) -> str:
    if not isinstance(one, str) or not one.strip():
        raise InputError(f"方案中 {at} 应为设施编号或名称。", code="edits_invalid", where=at)
    return one.strip()


def _degrees(value: object, at: str) -> float:
    good = isinstance(value, int | float) and not isinstance(value, bool)
    if not good or not math.isfinite(value):  # type: ignore[arg-type]
        raise InputError(
            f"方案中 {at} 应为经纬度数字（度），现在是“{value}”。", code="edits_invalid", where=at
        )
    return float(value)  # type: ignore[arg-type]


def _check_place(lon: float, lat: float, at: str) -> None:
    """Refuse a place off the globe.

    Raises
    ------
    InputError
        `edits_invalid`.
    """
    if not (abs(lon) <= 180 and abs(lat) <= 90):
        raise InputError(
            f"方案中 {at} 的位置（{lon:g}, {lat:g}）不是经度、纬度，可能写反了，请核对。",
            code="edits_invalid",
            where=at,
        )


def _object(data: object, at: str, known: tuple[str, ...]) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise InputError(f"{at} 应为对象，含 {'、'.join(known)}。", code="edits_invalid", where=at)
    if strange := [str(name) for name in data if name not in known]:
        raise InputError(
            f"{at} 有不认识的项 {strange[0]}，可用：{'、'.join(known)}。",
            code="edits_invalid",
            where=strange[0],
        )
    return data


def _list(parts: Mapping[str, Any], name: str) -> list[object]:
    listed = parts.get(name)
    if listed is None:
        return []
    if not isinstance(listed, list | tuple):
        raise InputError(f"方案的 {name} 应为列表。", code="edits_invalid", where=name)
    return list(listed)
