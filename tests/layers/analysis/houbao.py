"""A Houbao small enough to work out by hand: one road, a station, two villages and a plan.

The road runs east for 6 km. 侯堡镇 is all of it. At 1.1 m/s a quarter of an hour is 990 m. The
village at 500 m is served by the station at 0; those at 2,600 m (40 people) and 3,400 m (60) are
not; one place between them serves both, for they are 800 m apart.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import shapely

from layers.analysis.study import HOUBAO
from tests.layers.analysis.county import (
    CLERK,
    SOUTH,
    WEST,
    division,
    elders,
    road,
    station,
)

if TYPE_CHECKING:
    from layers.store import Store

VILLAGES = tuple(f"{HOUBAO[:9]}20{n}" for n in range(3))
STOPS_M = (0, 500, 1500, 2600, 3000, 3400, 4200, 6000)


def divisions() -> list[dict[str, Any]]:
    area = shapely.box(WEST - 0.01, SOUTH - 0.01, WEST + 0.08, SOUTH + 0.01)
    return [
        division("140423000000", "襄垣县", "county", geometry=area),
        division(HOUBAO, "侯堡镇", "township", geometry=area),
        *(division(code, f"村{n}", "village") for n, code in enumerate(VILLAGES)),
    ]


def people(*counts: int) -> list[dict[str, Any]]:
    places = (500, 2600, 3400)
    return [
        elders(code, count, east_m, age70=count // 2, age80=count // 4, disabled=count // 5)
        for code, count, east_m in zip(VILLAGES, counts, places, strict=True)
    ]


def plan(east_m: float = 6000) -> dict[str, Any]:
    return station("侯堡镇中心", east_m, id="P1", kind="planned", status="planned",
                   township_code=HOUBAO)  # fmt: skip


def fill_houbao(store: Store, **changes: Any) -> Store:
    layers = {
        "divisions": divisions(),
        "roads": road(*STOPS_M),
        "care_facilities": [station("西站", 0), plan()],
        "elders": people(30, 40, 60),
    }
    for layer, rows in {**layers, **changes}.items():
        store.put(layer, rows, actor=CLERK)
    return store
