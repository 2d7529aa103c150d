"""The county's real data: counts and dates as SOURCE.md states them."""

import hashlib
from datetime import date

import pytest
from pyproj import Geod
from shapely.geometry import Point

from layers import facts


def villages(day):
    return [unit for unit in facts.divisions_on(day) if unit.level == "village"]


def townships(day):
    return [unit for unit in facts.divisions_on(day) if unit.kind == "township"]


@pytest.mark.parametrize(
    ("day", "units", "towns"),
    [
        (date(2019, 6, 30), 332, 11),
        (date(2020, 6, 30), 238, 11),
        (date(2021, 12, 31), 238, 9),
        (date(2024, 6, 30), 239, 9),
    ],
)
def test_each_day_has_the_units_of_its_list(day, units, towns):
    assert (len(villages(day)), len(townships(day))) == (units, towns)


def test_living_and_former_units_and_changes_are_complete():
    counts = (len(facts.divisions()), len(facts.former_divisions()), len(facts.changes()))
    assert counts == (250, 155, 157)


def test_a_period_ends_before_its_last_day():
    former = {unit.code: unit for unit in facts.former_divisions()}["140423200200"]
    assert former.valid_on(date(2020, 12, 31))
    assert not former.valid_on(date(2021, 1, 1))


def test_the_placeholder_and_its_zone_are_not_legal():
    assert [unit.code for unit in facts.divisions() if not unit.legal] == [
        "140423402000",
        "140423402498",
    ]


@pytest.mark.parametrize(
    ("code", "now"),
    [
        ("140423200200", ("140423108200",)),
        ("140423201000", ("140423100000", "140423108000")),
        ("140423102001", ("140423102002", "140423102003")),
        ("140423101222", ("140423101222",)),
        ("140423100206", ()),
    ],
)
def test_a_former_unit_leads_to_its_living_successors(code, now):
    assert facts.successors(code) == now


def test_every_successor_of_a_change_exists():
    known = {unit.code for unit in (*facts.divisions(), *facts.former_divisions())}
    assert {row.new_code for row in facts.changes() if row.new_code} <= known
    assert all((row.new_code is None) == (row.kind == "abolish") for row in facts.changes())


def test_census_totals_are_those_of_2020():
    assert {row.age_from: row.persons for row in facts.census()} == {
        0: 260_081,
        60: 49_415,
        65: 33_368,
        80: 5_046,
    }


def test_what_the_report_leaves_open_stays_unknown():
    centre, kaiyuan = facts.facilities()[:2]
    assert (centre.township_code, centre.beds, centre.operation) == (None, 100, "public_private")
    assert (kaiyuan.village_code, kaiyuan.floor_area_m2) == ("140423100012", 1200)
    assert [row.beds for row in facts.facilities()[4:]] == [None] * 5


def test_approximate_numbers_keep_the_words_of_the_report():
    assert "100余张" in facts.facilities()[0].about


def test_a_village_had_another_township_before_each_change():
    codes = ["140423108200", "140423100007"]  # of 善福镇, once 善福乡; of 古韩镇 since ever
    states = facts.townships_through_time(codes)
    assert states[0] == {codes[0]: "140423108000", codes[1]: "140423100000"}
    assert {codes[0]: "140423200000", codes[1]: "140423100000"} in states
    assert len(states) == len({tuple(sorted(state.items())) for state in states})
    assert facts.townships_through_time(["990000001001"]) == ({"990000001001": "990000001000"},)


def test_the_report_counts_nine_named_facilities_and_twenty_daycare_centres():
    assert (len(facts.facilities()), facts.rural_daycare_count()) == (9, 20)


def test_outline_has_the_countys_area_and_its_seat():
    area_m2, _ = Geod(ellps="GRS80").geometry_area_perimeter(facts.outline())
    assert area_m2 / 1e6 == pytest.approx(1178.16, abs=0.01)
    assert facts.outline().contains(Point(113.02528, 36.53547))


def test_neighbours_share_their_vertices_with_the_outline():
    frame = facts.neighbours()
    assert list(frame["name"]) == ["潞州区", "屯留区", "潞城区", "黎城县", "武乡县", "沁县"]
    lengths_km = [
        Geod(ellps="GRS80").geometry_length(facts.outline().boundary & other.boundary) / 1e3
        for other in frame.geometry
    ]
    expected = [3.37, 35.49, 32.55, 28.34, 39.45, 37.21]
    assert lengths_km == pytest.approx(expected, abs=0.01)


def test_the_data_files_are_those_of_the_source(shared_data):
    from layers.facts.files import data_file

    for path in sorted((shared_data / "xiangyuan").glob("*.*")):
        if path.suffix != ".md":
            mine = hashlib.sha256(data_file(path.name).read_bytes()).hexdigest()
            assert mine == hashlib.sha256(path.read_bytes()).hexdigest(), path.name
