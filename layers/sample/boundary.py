"""Rows of layers boundary_lines (real, approximate) and boundary_markers (made up along them)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray
from shapely.geometry import LineString, Point

from geo.boundary import shared_lines, tripoints
from layers import facts
from layers.sample.draws import Draws
from layers.sample.plane import to_lonlat, to_plane
from layers.sample.stamp import sample_source

__all__ = ["line_rows", "marker_rows"]

_COUNTY = "140423"
_COUNTY_NAME = "襄垣县"
_SPACING_M = 5_000.0
_STRAY_M = 250.0  # to either side of even spacing: neighbours stay 4 to 6 km apart
_INTACT = 0.85
_WORN = ("damaged", "displaced", "lost")
_OBJECTS = ("独立树", "水塔", "电杆", "房角", "桥头", "路口", "铁塔", "石碑", "水井", "崖顶")
_OBJECTS_A_MARKER = 3


@dataclass(frozen=True)
class _Line:
    """A boundary line of the county, from its first marker to its last."""

    id: str
    neighbour: str
    neighbour_name: str
    source: str
    shape: LineString


@lru_cache(maxsize=1)
def _borders() -> tuple[tuple[_Line, ...], tuple[tuple[Point, tuple[str, ...]], ...]]:
    """Six lines by id, and the county's tripoints with the ids of its lines that end there."""
    around = facts.neighbours().set_index("code")
    own = gpd.GeoSeries({_COUNTY: facts.outline()}, crs=around.crs)
    shared = shared_lines(gpd.GeoSeries(pd.concat([own, around.geometry]), crs=around.crs))
    lines = sorted(
        (
            _Line(
                id="-".join(sorted((_COUNTY, code))),
                neighbour=code,
                neighbour_name=around["name"][code],
                source=around["source"][code],
                shape=_numbered(shape),
            )
            for left, code, shape in zip(
                shared["left"], shared["right"], shared.geometry, strict=True
            )
            if left == _COUNTY
        ),
        key=lambda line: line.id,
    )
    by_code = {line.neighbour: line.id for line in lines}
    found = tripoints(shared)
    points = tuple(
        (
            Point(shapely.get_coordinates(place)[0]),
            tuple(sorted(by_code[code] for code in ids if code != _COUNTY)),
        )
        for ids, place in zip(found["ids"], found.geometry, strict=True)
        if _COUNTY in ids
    )
    return tuple(lines), points


def _numbered(shape: shapely.Geometry) -> LineString:
    """Turn a line the way its markers are numbered: from west to east, or from north to south."""
    lonlat = shapely.get_coordinates(shape)
    east, north = to_plane(lonlat[-1:])[0] - to_plane(lonlat[:1])[0]
    forward = east > 0 if abs(east) >= abs(north) else north < 0
    return LineString(lonlat if forward else lonlat[::-1])


def line_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer boundary_lines.

    Parameters
    ----------
    seed
        The county's seed; nothing here is drawn.

    Returns
    -------
    Six rows by id. What the agreements say is unknown and stays empty.
    """
    del seed
    inspected = {found.neighbour_code: found for found in facts.boundary_inspections()}
    rows = []
    for line in _borders()[0]:
        found = inspected.get(line.neighbour)
        code_a, code_b = line.id.split("-")
        rows.append(
            {
                "id": line.id,
                "geometry": line.shape,
                "name": found.line if found else f"{_COUNTY_NAME}-{line.neighbour_name}",
                "code_a": code_a,
                "code_b": code_b,
                "last_inspected_year": found.year if found else None,
                "quality": "approximate",
                "source": f"{line.source}；{found.source}" if found else line.source,
            }
        )
    return rows


def marker_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer boundary_markers: one at each tripoint, one every 4 to 6 km between.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    Rows by id and number, 示-001 and on: line by line, the tripoints last.
    """
    draws = Draws(seed, "boundary_markers")
    lines, points = _borders()
    names = {line.id: line.neighbour_name for line in lines}
    places: list[tuple[Point, str, tuple[str, ...]]] = [
        (Point(place), "single", (line.id,))
        for line in lines
        for place in _along(draws, line.shape)
    ]
    places += [(point, "tripoint", ids) for point, ids in points]
    rows = []
    for number, (point, kind, ids) in enumerate(places, start=1):
        managers = [_COUNTY_NAME, names[ids[0]]]
        rows.append(
            {
                "id": f"XY-M{number:03d}",
                "geometry": point,
                "number": f"示-{number:03d}",
                "line_ids": list(ids),
                "kind": kind,
                "managed_by": managers[number % 2],
                "state": _state(draws),
                "refs": _references(draws),
                "quality": "synthetic",
                "source": sample_source(seed),
            }
        )
    return rows


def _along(draws: Draws, line: LineString) -> NDArray[np.float64]:
    """Draw the places of a line's markers, degrees; its ends are tripoints."""
    plane = LineString(to_plane(shapely.get_coordinates(line)))
    stretches = max(1, round(plane.length / _SPACING_M))
    even = plane.length / stretches * np.arange(1, stretches)
    at = even + draws.between(-_STRAY_M, _STRAY_M, len(even))
    return to_lonlat(shapely.get_coordinates(shapely.line_interpolate_point(plane, at)))


def _state(draws: Draws) -> str:
    fate, kind = draws.unit(2)
    return "intact" if fate < _INTACT else _WORN[int(kind * len(_WORN))]


def _references(draws: Draws) -> list[dict[str, Any]]:
    """Draw three objects that stand well apart in azimuth."""
    objects = draws.order(len(_OBJECTS))[:_OBJECTS_A_MARKER]
    first = draws.between(0.0, 120.0, 1)[0]
    azimuth = first + np.arange(_OBJECTS_A_MARKER) * 120.0
    azimuth += draws.between(-25.0, 25.0, _OBJECTS_A_MARKER)
    distance = draws.between(6.0, 60.0, _OBJECTS_A_MARKER)
    return [
        {
            "name": f"示意{_OBJECTS[which]}",
            "grid_azimuth_deg": round(float(angle) % 360.0, 1) % 360.0,
            "distance_m": round(float(metres), 1),
        }
        for which, angle, metres in zip(objects, azimuth, distance, strict=True)
    ]
