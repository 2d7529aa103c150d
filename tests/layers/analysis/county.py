"""A county small enough to work out by hand: one straight road, one station, three villages.

The road runs east for 3 km from the station at its west end. At 1.1 m/s a quarter of an hour is
990 m: the first village (500 m) is covered; the second (1,400 m) is not, by road or circle.
"""

from __future__ import annotations

from datetime import date
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import shapely
from pyproj import Geod

from layers.store import Actor, Store

if TYPE_CHECKING:
    from collections.abc import Iterable

GEOD = Geod(ellps="GRS80")
WEST, SOUTH = 113.0, 36.5
CLERK = Actor("tester")
TOWN_A, TOWN_B = "140423100000", "140423101000"
NEAR, FAR, PLACELESS = "140423100201", "140423101201", "140423101202"


def place(east_m: float, north_m: float = 0.0) -> shapely.Point:
    """A point so many metres from the road's west end."""
    lon, lat, _ = GEOD.fwd(WEST, SOUTH, 90.0, east_m)
    if north_m:
        lon, lat, _ = GEOD.fwd(lon, lat, 0.0, north_m)
    return shapely.Point(lon, lat)


def road(*stops_m: float, **changes: Any) -> list[dict[str, Any]]:
    """One road row between each stop and the next."""
    rows = []
    for piece, (start, end) in enumerate(pairwise(stops_m)):
        row = {
            "way_id": 1,
            "piece": piece,
            "u": piece,
            "v": piece + 1,
            "highway": "residential",
            "walk": "both",
            "etrike": "both",
            "car": "both",
            "car_kmh": 30.0,
            "geometry": shapely.LineString([place(start), place(end)]),
            "quality": "approximate",
            "source": "测量",
        }
        rows.append({**row, **changes})
    return rows


def station(name: str, east_m: float | None, **changes: Any) -> dict[str, Any]:
    return {
        "name": name,
        "kind": "station",
        "status": "in_service",
        "geometry": None if east_m is None else place(east_m),
        "source": "登记",
        **changes,
    }


def elders(code: str, age60: int | None, east_m: float | None, **changes: Any) -> dict[str, Any]:
    return {
        "village_code": code,
        "year": 2020,
        "population": 1000,
        "age60": age60,
        "geometry": None if east_m is None else place(east_m),
        "source": "普查",
        **changes,
    }


def division(code: str, name: str, level: str, **changes: Any) -> dict[str, Any]:
    kind = {"county": "county", "township": "township", "village": "village"}[level]
    parent = {"county": None, "township": code[:6] + "000000", "village": code[:9] + "000"}[level]
    return {
        "code": code,
        "name": name,
        "level": level,
        "kind": kind,
        "parent_code": parent,
        "legal": True,
        "source": "名录",
        **changes,
    }


def divisions() -> list[dict[str, Any]]:
    return [
        division("140423000000", "襄垣县", "county"),
        division(TOWN_A, "甲镇", "township"),
        division(TOWN_B, "乙镇", "township"),
        division(NEAR, "近村", "village"),
        division(FAR, "远村", "village"),
        division(PLACELESS, "无位村", "village"),
    ]


def fill(store: Store, **changes: Iterable[dict[str, Any]]) -> Store:
    """Put the county into a store; a layer named in `changes` is put as given instead."""
    layers = {
        "divisions": divisions(),
        "roads": road(0, 500, 1400, 3000),
        "care_facilities": [station("西站", 0)],
        "elders": [elders(NEAR, 30, 500), elders(FAR, 50, 1400), elders(PLACELESS, 20, None)],
    }
    for layer, rows in {**layers, **changes}.items():
        store.put(layer, rows, actor=CLERK)
    return store


DAY = date(2024, 6, 30)
