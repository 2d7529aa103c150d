"""A store with one straight boundary line and three markers."""

from datetime import UTC, datetime

import shapely

from layers.store import Actor, open_store

ACTOR = Actor("王工", "reviewer")
KNOWN = {"quality": "surveyed", "source": "手工"}
LINE = shapely.LineString([(113.0, 36.5), (113.05, 36.5), (113.1, 36.5)])
ID = "140498-140499"


def marker(number, x, **more):
    return {
        "number": number,
        "line_ids": [ID],
        "kind": "single",
        "state": "intact",
        "geometry": shapely.Point(x, 36.5),
        **KNOWN,
        **more,
    }


def filled(path, *, markers=None, **line):
    path.mkdir(exist_ok=True)
    store = open_store(
        f"gpkg:{path / 'county.gpkg'}",
        create=True,
        clock=lambda: datetime(2026, 11, 1, 12, tzinfo=UTC),
    )
    county = {"code": "140499000000", "name": "示意县", "level": "county", "kind": "county"}
    area = shapely.box(112.95, 36.3, 113.15, 36.5)
    store.put(
        "divisions",
        [{**county, "legal": True, "geometry": area, **KNOWN}],
        actor=ACTOR,
        reason="测",
    )
    row = {"name": "示意县-邻县", "code_a": "140498", "code_b": "140499", "geometry": LINE, **KNOWN}
    store.put("boundary_lines", [{**row, **line}], actor=ACTOR, reason="测")
    refs = [{"name": "独立树", "grid_azimuth_deg": 30.5, "distance_m": 12.0}, {"name": "水塔"}]
    rows = (
        [
            marker("3", 113.08, state="lost", refs=refs),
            marker("1", 113.0, kind="tripoint", line_ids=["140497-140499", ID]),
            marker("2", 113.04, refs=refs),
        ]
        if markers is None
        else markers
    )
    store.put("boundary_markers", rows, actor=ACTOR, reason="测")
    return store
