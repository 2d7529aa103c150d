"""Layer care_facilities: nine of the report, twenty made up."""

from collections import Counter

import numpy as np
import pytest
import shapely
from pyproj import Geod

from layers import facts
from layers.sample.plane import SEAT_LONLAT

GEOD = Geod(ellps="GRS80")


@pytest.fixture(scope="module")
def facilities(county):
    return {row["id"]: row for row in county["care_facilities"]}


def metres(row, lonlat):
    return GEOD.inv(*row["geometry"].coords[0], *lonlat)[2]


def test_the_nine_of_the_report_keep_their_facts(facilities):
    for fact in facts.facilities():
        row = facilities[fact.id]
        for field in ("name", "kind", "status", "village_code", "beds", "floor_area_m2"):
            assert row[field] == getattr(fact, field)
        assert fact.source in row["source"]
        assert row["quality"] == "synthetic"


def test_they_stand_near_their_community_or_seat(facilities, divisions):
    for fact in facts.facilities():
        row = facilities[fact.id]
        if fact.village_code:
            at = divisions[fact.village_code]["geometry"].coords[0]
        elif row["township_code"] == "140423100000":
            at = SEAT_LONLAT
        else:
            at = divisions[row["township_code"][:9] + "200"]["geometry"].coords[0]
        assert metres(row, at) < 100


def test_the_county_centre_says_that_its_place_is_unknown(facilities):
    assert facilities["XY-F001"]["township_code"] == "140423100000"
    assert "未载明" in facilities["XY-F001"]["note"]


def test_twenty_daycare_centres_stand_in_twenty_villages(facilities, divisions):
    rows = [row for row in facilities.values() if row["kind"] == "rural_daycare"]
    assert [row["name"] for row in rows] == [f"示意日间照料中心{k:02d}" for k in range(1, 21)]
    assert len({row["village_code"] for row in rows}) == 20
    for row in rows:
        village = divisions[row["village_code"]]
        assert village["kind"] == "village"
        assert row["township_code"] == village["parent_code"]
        assert metres(row, village["geometry"].coords[0]) < 100
        assert row["source"] == "示意数据（种子 7）"


def test_every_town_but_the_seats_has_at_least_two(facilities):
    towns = Counter(
        row["township_code"] for row in facilities.values() if row["kind"] == "rural_daycare"
    )
    others = [f"14042310{k}000" for k in range(1, 9)]
    assert min(towns[town] for town in others) >= 2


def test_ids_are_constants(facilities):
    assert sorted(facilities) == [
        *(f"XY-F{k:03d}" for k in range(1, 10)),
        *(f"XY-S{k:03d}" for k in range(1, 21)),
    ]


def test_every_facility_and_village_is_near_a_road(county, roads):
    tree = shapely.STRtree([row["geometry"] for row in roads])
    places = [row["geometry"] for row in (*county["care_facilities"], *county["elders"])]
    nearest = tree.nearest(places)
    for place, k in zip(places, nearest, strict=True):
        on_road = shapely.line_interpolate_point(
            roads[k]["geometry"], shapely.line_locate_point(roads[k]["geometry"], place)
        )
        assert GEOD.inv(*np.ravel(place.coords), *np.ravel(on_road.coords))[2] < 100
