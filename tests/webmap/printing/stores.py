"""A small store: a county with one town, one road, one centre and one village."""

from datetime import UTC, datetime
from pathlib import Path

import shapely

from layers.store import Actor, open_store
from tests.webmap.printing.build import small_picture

ACTOR = Actor("王工", "reviewer")
TOWN = "140499101000"


def fill(store, quality: str) -> None:
    """The roads, a town with one village and a centre of `small_picture`, as a store has them."""
    picture = small_picture()
    known = {"quality": quality, "source": "手工"}
    code = "140499000000"
    store.put(
        "divisions",
        [
            {
                "code": code,
                "name": "示意县",
                "level": "county",
                "kind": "county",
                "legal": True,
                "geometry": picture.county.geometry.iloc[0],
                **known,
            },
            {
                "code": TOWN,
                "name": "虒亭镇",
                "level": "township",
                "kind": "township",
                "parent_code": code,
                "legal": True,
                **known,
                "geometry": picture.townships.geometry.iloc[0],
            },
        ],
        actor=ACTOR,
        reason="测试",
    )
    x, y = 113.02, 36.52
    line = shapely.LineString([(x - 0.03, y), (x + 0.03, y + 0.002)])
    road = {"way_id": 1, "piece": 0, "u": 1, "v": 2, "highway": "residential", "geometry": line}
    modes = {"walk": "both", "etrike": "both", "car": "both"}
    store.put("roads", [{**road, **modes, **known}], actor=ACTOR, reason="测试")
    centre = {"name": "虒亭驿站", "kind": "station", "status": "in_service"}
    spot = shapely.Point(x - 0.01, y + 0.0005)
    store.put(
        "care_facilities", [{**centre, **known, "geometry": spot}], actor=ACTOR, reason="测试"
    )
    people = {"village_code": "140499101200", "year": 2020, "population": 400, "age60": 120}
    place = shapely.Point(x - 0.008, y + 0.0005)
    store.put("elders", [{**people, **known, "geometry": place}], actor=ACTOR, reason="测试")


def opened(path: Path, quality: str):
    store = open_store(
        f"gpkg:{path / 'county.gpkg'}",
        create=True,
        clock=lambda: datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    fill(store, quality)
    return store
