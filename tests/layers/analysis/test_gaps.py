from __future__ import annotations

import pytest

from layers.analysis.gaps import gap_answer
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from tests.layers.analysis.county import FAR, NEAR, TOWN_A, TOWN_B, elders, fill, road, station


def answer(store, **asked):
    return gap_answer(read_inputs(store, CareQuestion(**asked)))


def test_the_town_with_most_uncovered_elders_stands_first(store):
    rows = answer(fill(store)).rows
    assert list(rows["code"]) == [TOWN_B, TOWN_A]
    assert list(rows["name"]) == ["乙镇", "甲镇"]
    assert list(rows["uncovered"]) == [70, 0]
    assert list(rows["rank"]) == [1, 2]


def test_the_summary_is_the_whole_county(store):
    summary = answer(fill(store)).summary
    assert (summary["total"], summary["covered"], summary["uncovered"]) == (100, 30, 70)
    assert summary["share"] == pytest.approx(0.3)
    assert summary["circle_share"] == pytest.approx(0.3)


def test_a_detour_misleads_the_circle_but_not_the_road(store):
    """The village lies 500 m off, but its road leads there by the far end."""
    from shapely import LineString

    from tests.layers.analysis.county import place

    detour = road(0, 3000)[0]
    detour["geometry"] = LineString([place(0), place(0, 900), place(500, 900), place(500)])
    fill(store, roads=[detour], elders=[elders(NEAR, 30, 500)])
    got = answer(store)
    assert got.summary["misled"] == 30
    assert got.summary["circle_share"] == 1
    assert got.summary["share"] == 0


def test_wheels_reach_what_feet_do_not(store):
    modes = answer(fill(store)).modes
    assert modes["walk"]["to_facility"] == pytest.approx(0.3)
    assert modes["car"]["to_facility"] == pytest.approx(0.8)
    assert modes["etrike"]["from_facility"] == pytest.approx(0.8)


def test_a_one_way_street_parts_the_two_directions(store):
    fill(store, roads=road(0, 500, 1400, 3000, car="forward"))
    car = answer(store).modes["car"]
    assert car["from_facility"] == pytest.approx(0.8)
    assert car["to_facility"] < 0.4


def test_a_band_with_unknown_counts_is_left_out(store):
    rows = [elders(NEAR, 30, 500, age80=3), elders(FAR, 50, 1400)]
    assert list(answer(fill(store, elders=rows)).bands.index) == ["age60"]


def test_bands_are_counted_in_the_direction_that_is_asked(store):
    fill(store, roads=road(0, 500, 1400, 3000, car="forward"))
    shares = [
        answer(store, mode="car", direction=direction).bands.loc["age60", "share"]
        for direction in ("to_facility", "from_facility")
    ]
    assert shares[0] < 0.4
    assert shares[1] == pytest.approx(0.8)


def test_slower_elders_are_covered_less(store):
    fill(store, elders=[elders(NEAR, 30, 800, disabled=10)])
    assert answer(store).summary["share"] == 1
    assert answer(store, age="disabled").summary["share"] == 0


def test_a_store_without_divisions_has_one_row(store):
    rows = answer(fill(store, divisions=[])).rows
    assert list(rows["name"]) == ["全部"]
    assert list(rows["code"]) == [None]


def test_a_facility_five_kilometres_from_any_road_covers_nobody(store):
    fill(store, care_facilities=[station("远站", 8000)])
    assert answer(store).summary["covered"] == 0


def test_a_village_that_reaches_only_in_part_makes_a_range(store):
    """At 980 m all is covered; of its street, 480 to 1,480 m, only what lies before 990 m."""
    fill(store, roads=road(0, 3000), elders=[elders(NEAR, 30, 980)])
    got = answer(store)
    (along,) = got.villages["street_share"]
    assert along == pytest.approx(0.5, abs=0.06)
    assert got.summary["share"] == got.summary["share_high"] == 1
    assert got.summary["share_low"] == along
    assert got.rows[["share_low", "share_high"]].iloc[0].tolist() == [along, 1]
    assert got.mode_ranges["walk"]["to_facility"] == (along, 1)
    assert got.bands.loc["age60", ["share_low", "share_high"]].tolist() == [along, 1]


def test_both_ways_of_counting_lie_within_every_range(store):
    got = answer(fill(store), by="village")
    for table in (got.rows, got.bands):
        assert (table["share_low"] <= table["share"]).all()
        assert (table["share"] <= table["share_high"]).all()


def test_covered_and_uncovered_make_the_total_in_every_row(store):
    rows = answer(fill(store), by="village").rows
    assert (rows["covered"] + rows["uncovered"] == rows["total"]).all()
    assert len(rows) == 3
