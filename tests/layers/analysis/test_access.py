from __future__ import annotations

import pytest

from layers.analysis.access import access_answer, facility_capacity
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.errors import NotFound
from tests.layers.analysis.county import FAR, NEAR, elders, fill, road, station


def answer(store, **asked):
    return access_answer(read_inputs(store, CareQuestion(**asked)))


def chain(*more):
    """A station of 12 places at the west end, a home at 1,400 m, the centre at 3,000 m."""
    return [
        station("西站", 0, day_places=12),
        station("敬老院", 1400, kind="regional_home", beds=20),
        station("县中心", 3000, kind="county_centre", beds=100),
        *more,
    ]


def test_elders_near_a_full_station_are_a_gap_of_their_own(store):
    rows = answer(fill(store, care_facilities=chain())).rows.set_index("name")
    near = rows.loc["甲镇"]
    assert near[["total", "served", "reachable_unserved", "uncovered"]].tolist() == [30, 12, 18, 0]
    assert near["mean_access"] == pytest.approx(12 / 30)
    far = rows.loc["乙镇"]
    assert far[["total", "served", "uncovered", "share_without"]].tolist() == [70, 0, 70, 1]


def test_the_county_sums_its_towns(store):
    summary = answer(fill(store, care_facilities=chain())).summary
    assert (summary["served"], summary["reachable_unserved"], summary["uncovered"]) == (12, 18, 70)
    assert (summary["capacity"], summary["unknown_capacity"]) == (12, 0)
    assert summary["mean_access"] == pytest.approx(0.12)
    # All that there is goes to the 30 of 100.
    assert summary["gini"] == pytest.approx(0.7)
    assert summary["share_without"] == pytest.approx(0.7)


def test_both_shares_have_the_ends_at_the_points_and_along_the_streets(store):
    got = answer(fill(store, care_facilities=chain()))
    near = got.rows.set_index("name").loc["甲镇"]
    assert near[["share_low", "share_high"]].tolist() == [1, 1]
    assert near[["served_share_low", "served_share_high"]].tolist() == pytest.approx([0.4, 0.4])
    assert got.summary["share"] == pytest.approx(0.3)
    assert got.summary["share_low"] == got.summary["share_high"] == pytest.approx(0.3)


def test_a_village_at_the_limit_is_covered_in_part_along_its_streets(store):
    facilities = chain()
    people = [elders(NEAR, 30, 900), elders(FAR, 50, 1400)]
    got = answer(fill(store, care_facilities=facilities, elders=people))
    near = got.rows.set_index("name").loc["甲镇"]
    # 990 m are reached: all of it at its point, a part of its street.
    assert near["share"] == near["share_high"] == 1
    assert 0.3 < near["share_low"] < 1
    assert near["served_share_low"] == pytest.approx(0.4)


def test_a_station_that_does_not_say_its_places_is_told_and_serves_nobody(store):
    facilities = chain(station("新站", 400))
    got = answer(fill(store, care_facilities=facilities))
    assert got.summary["served"] == 12
    assert got.summary["perhaps"] == 18
    assert got.summary["unknown_capacity"] == 1
    assert any("新站" in warning for warning in got.warnings)


def test_no_capacity_at_all_is_refused(store):
    with pytest.raises(NotFound) as refused:
        answer(fill(store))
    assert refused.value.code == "no_capacity"


def test_referral_is_driven_from_the_station_to_the_home_and_on_to_the_centre(store):
    got = answer(fill(store, care_facilities=chain()))
    near = got.villages.set_index("village_code").loc[NEAR]
    assert got.facility_names[near["home_id"]] == "敬老院"
    assert near["door_seconds"] == pytest.approx(500 / 1.1, rel=1e-3)
    assert near["referral_seconds"] == pytest.approx(3000 / (30 / 3.6), rel=1e-3)
    assert got.referral["mean_minutes"] == pytest.approx(6, rel=1e-3)
    # The village without a place has no way to the door.
    assert (got.referral["whole"], got.referral["without"]) == (80, 20)


def test_a_missing_home_breaks_the_chain_and_is_said(store):
    facilities = [station("西站", 0, day_places=12)]
    got = answer(fill(store, care_facilities=facilities))
    assert got.referral["mean_minutes"] is None
    assert got.referral["homes"] == {}
    assert any("区域养老院" in warning for warning in got.warnings)


def test_a_one_way_street_parts_the_two_directions(store):
    roads = road(0, 500, 1400, 3000, car="forward")
    fill(store, roads=roads, care_facilities=chain())
    assert answer(store, mode="car", direction="from_facility").summary["served"] == 12
    # Nobody may drive west to the station; the near village has farther than a quarter to walk it.
    assert answer(store, mode="car").summary["covered"] < 80


def test_rows_by_village_sum_to_those_by_town(store):
    fill(store, care_facilities=chain(), elders=[elders(NEAR, 30, 500), elders(FAR, 50, 800)])
    villages, towns = (answer(store, by=by) for by in ("village", "township"))
    for name in ("total", "served", "reachable_unserved", "uncovered"):
        assert villages.rows[name].sum() == towns.rows[name].sum()


def test_capacity_is_what_the_kind_needs(store):
    rows = [
        station("a", 0, kind="regional_home", beds=20, day_places=5),
        station("b", 0, kind="rural_daycare", beds=20, day_places=5),
        station("c", 0, kind="community_centre", beds=25),
        station("d", 0, kind="community_centre", beds=25, day_places=8),
        station("e", 0, beds=20),
    ]
    inputs = read_inputs(fill(store, care_facilities=rows), CareQuestion())
    capacity = facility_capacity(inputs.facilities)
    by_name = dict(zip(inputs.facilities["name"], capacity, strict=True))
    assert {name: by_name[name] for name in "abcd"} == {"a": 20, "b": 5, "c": 25, "d": 8}
    assert by_name["e"] != by_name["e"]


def test_the_answer_keeps_its_quality_and_sources(store):
    got = answer(fill(store, care_facilities=chain()))
    assert got.provenance.quality == "approximate"
    assert "登记" in got.provenance.sources
