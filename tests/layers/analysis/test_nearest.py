"""The county of `county.py`: one straight road of 3 km, walked at 1.1 and at 0.8 m/s."""

from __future__ import annotations

import pytest
import shapely

from layers.analysis.inputs import read_inputs
from layers.analysis.nearest import nearest_answer
from layers.analysis.question import CareQuestion
from tests.layers.analysis.county import fill, place, road, station

ALL = ("station", "rural_daycare", "nursing_home")


def nearest(store, east_m, *, mode="walk", limit=3, north_m=0.0):
    inputs = read_inputs(store, CareQuestion(kinds=ALL, mode=mode))
    return nearest_answer(inputs, place(east_m, north_m), limit=limit)


def test_seconds_are_told_for_both_paces_with_the_way(store):
    (hit,) = nearest(fill(store), 550).hits
    assert (hit.name, hit.kind, hit.beds) == ("西站", "station", None)
    assert hit.seconds == pytest.approx({"60": 500.0, "80": 687.5}, abs=0.5)
    assert hit.length_m == pytest.approx(550, abs=0.5)
    assert hit.straight_m == pytest.approx(550, abs=0.5)
    ends = shapely.get_coordinates(hit.way)[[0, -1]]
    assert shapely.Point(ends[0]).distance(place(550)) < 1e-7
    assert shapely.Point(ends[1]).distance(place(0)) < 1e-7


def test_a_vehicle_is_as_fast_for_all(store):
    (hit,) = nearest(fill(store), 1100, mode="car").hits
    assert hit.seconds == pytest.approx({"all": 1100 / (30 / 3.6)}, abs=0.5)


def test_the_nearest_of_each_kind_come_first_and_no_more_than_asked(store):
    homes = [station(f"养老院{n}", 100 * n, kind="nursing_home", beds=20 + n) for n in (3, 1, 2)]
    fill(store, care_facilities=[station("西站", 0), *homes])
    hits = nearest(store, 0, limit=2).hits
    assert [hit.name for hit in hits] == ["养老院1", "养老院2", "西站"]
    assert hits[0].beds == 21


def test_kinds_come_as_the_schema_lists_them(store):
    kinds = ("rural_daycare", "station", None)
    rows = [station(f"{kind}", 10, kind=kind) for kind in kinds]
    fill(store, care_facilities=rows)
    inputs = read_inputs(store, CareQuestion())  # the usual kinds: one without counts too
    hits = nearest_answer(inputs, place(0)).hits
    assert [hit.kind for hit in hits] == ["station", "rural_daycare", None]


def test_beyond_an_hour_no_time_is_invented(store):
    fill(store, roads=road(0, 3000, 6000))
    (hit,) = nearest(store, 5000).hits
    assert hit.seconds == {"60": None, "80": None}
    assert (hit.length_m, hit.way) == (None, None)
    assert hit.straight_m == pytest.approx(5000, abs=1)


def test_the_slower_pace_may_be_too_late_where_the_faster_is_not(store):
    fill(store, roads=road(0, 3000, 6000))
    (hit,) = nearest(store, 3500).hits
    assert hit.seconds["60"] == pytest.approx(3500 / 1.1, abs=1)
    assert hit.seconds["80"] is None


def test_a_point_far_from_any_road_is_not_connected(store):
    found = nearest(fill(store), 1000, north_m=900)
    assert not found.connected
    assert found.offset_m == pytest.approx(900, abs=1)
    assert found.hits[0].seconds == {"60": None, "80": None}


def test_a_facility_without_a_place_is_nobodys_nearest(store):
    fill(store, care_facilities=[station("西站", 0), station("无位站", None)])
    assert [hit.name for hit in nearest(store, 10).hits] == ["西站"]


def test_the_answer_keeps_the_worst_quality(store):
    fill(store, care_facilities=[station("西站", 0, quality="synthetic")])
    assert nearest(store, 10).provenance.quality == "synthetic"
