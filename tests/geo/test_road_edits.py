from __future__ import annotations

import pytest
import shapely

from geo.errors import InputError
from geo.road_edits import RoadEdits, SlowedRoad, Stretch, read_road_edits

LINE = [[113.0, 36.5], [113.1, 36.5]]
GEOJSON = {"type": "LineString", "coordinates": LINE}


def test_no_edits_are_none():
    assert read_road_edits({}) == RoadEdits()
    assert not read_road_edits({"added": [], "closed": None})


def test_a_line_may_be_bare_or_geojson():
    for written in (LINE, GEOJSON, {"line": LINE}, {"line": GEOJSON}):
        (road,) = read_road_edits({"added": [written]}).added
        assert shapely.get_coordinates(road.line).tolist() == LINE
        assert (road.highway, road.speed_kmh, road.oneway) == ("unclassified", None, False)


def test_a_road_says_its_class_speed_and_direction():
    written = {"line": LINE, "highway": "tertiary", "speed_kmh": 40, "oneway": True, "name": "新路"}
    (road,) = read_road_edits({"added": [written]}).added
    assert (road.highway, road.speed_kmh, road.oneway) == ("tertiary", 40.0, True)


def test_a_closed_road_may_be_an_id_a_point_or_a_line():
    point = {"type": "Point", "coordinates": LINE[0]}
    listed = [
        "12-3",
        12,
        {"road": "12-3", "extent": "whole"},
        {"point": LINE[0], "extent": "place"},
        {"point": point},
        {"across": LINE},
        {"along": GEOJSON},
    ]
    edits = read_road_edits({"closed": listed})
    assert edits.closed[:3] == (
        Stretch(road="12-3"),
        Stretch(road=12),
        Stretch(road="12-3", extent="whole"),
    )
    assert edits.closed[3].point == edits.closed[4].point == shapely.Point(LINE[0])
    assert edits.closed[5].across == edits.closed[6].along == shapely.LineString(LINE)


def test_a_slowed_road_has_a_factor():
    (slow,) = read_road_edits({"slowed": [{"road": 3, "factor": 0.5}]}).slowed
    assert slow == SlowedRoad(stretch=Stretch(road=3), factor=0.5)


@pytest.mark.parametrize(
    ("data", "where"),
    [
        ([], "roads"),
        ({"opened": []}, "roads.opened"),
        ({"added": {}}, "roads.added"),
        ({"added": [[LINE[0]]]}, "roads.added[1]"),
        ({"added": [[LINE[0], LINE[0]]]}, "roads.added[1]"),
        ({"added": [LINE, [LINE[0], ["a", 1]]]}, "roads.added[2][2]"),
        ({"added": [[LINE[0], [float("nan"), 1]]]}, "roads.added[1][2]"),
        ({"added": [[LINE[0], [True, 1]]]}, "roads.added[1][2]"),
        ({"added": [[LINE[0], [1, 2, 3]]]}, "roads.added[1][2]"),
        ({"added": ["12-3"]}, "roads.added[1]"),
        ({"added": [{"highway": "path"}]}, "roads.added[1].line"),
        ({"added": [{"line": "x"}]}, "roads.added[1].line"),
        ({"added": [{"type": "Point", "coordinates": LINE[0]}]}, "roads.added[1].type"),
        ({"added": [{"line": LINE, "highway": "rail"}]}, "roads.added[1].highway"),
        ({"added": [{"line": LINE, "highway": ["path"]}]}, "roads.added[1].highway"),
        ({"added": [{"line": LINE, "speed_kmh": 0}]}, "roads.added[1].speed_kmh"),
        ({"added": [{"line": LINE, "speed_kmh": 500}]}, "roads.added[1].speed_kmh"),
        ({"added": [{"line": LINE, "oneway": "yes"}]}, "roads.added[1].oneway"),
        ({"closed": [True]}, "roads.closed[1]"),
        ({"closed": [1.5]}, "roads.closed[1]"),
        ({"closed": [{}]}, "roads.closed[1]"),
        ({"closed": [{"road": 1, "point": LINE[0]}]}, "roads.closed[1]"),
        ({"closed": [{"road": 1.5}]}, "roads.closed[1].road"),
        ({"closed": [{"point": "here"}]}, "roads.closed[1].point"),
        ({"closed": [{"road": 1, "extent": "half"}]}, "roads.closed[1].extent"),
        ({"closed": [{"road": 1, "extent": "place"}]}, "roads.closed[1].extent"),
        ({"closed": [{"along": LINE, "extent": "place"}]}, "roads.closed[1].extent"),
        ({"slowed": [{"road": 1}]}, "roads.slowed[1].factor"),
        ({"slowed": [{"road": 1, "factor": 0}]}, "roads.slowed[1].factor"),
        ({"slowed": [{"road": 1, "factor": "half"}]}, "roads.slowed[1].factor"),
        (
            {"slowed": [{"point": LINE[0], "factor": 1, "extent": "place"}]},
            "roads.slowed[1].extent",
        ),
    ],
)
def test_what_does_not_fit_is_refused_and_named(data, where):
    with pytest.raises(InputError) as refused:
        read_road_edits(data)
    assert (refused.value.code, refused.value.where) == ("edits_invalid", where)
    assert str(refused.value).startswith(f"方案中 {where} ")
