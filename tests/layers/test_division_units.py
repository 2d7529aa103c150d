"""Divisions as arrays: periods, the parent that a code names, a name for a sentence."""

from __future__ import annotations

import geopandas as gpd
import pandas as pd
import pytest
import shapely

from layers.division_units import ALWAYS, EVER, DivisionUnits

ROWS = [
    # id, code, name, level, parent_code, valid_from, valid_to, geometry
    ("140423000000", "140423000000", "县", "county", None, None, None, shapely.box(0, 0, 1, 1)),
    ("140423100000", "140423100000", "镇", "township", "140423000000", None, "2021-01-01", None),
    ("140423100201", "140423100201", "村", "village", "140423999000", "2021-01-01", None, None),
]


@pytest.fixture
def units():
    names = ("id", "code", "name", "level", "parent_code", "valid_from", "valid_to", "geometry")
    frame = pd.DataFrame([dict(zip(names, row, strict=True)) for row in ROWS]).set_index("id")
    for name in ("valid_from", "valid_to"):
        frame[name] = pd.to_datetime(frame[name])
    return DivisionUnits(gpd.GeoDataFrame(frame, geometry="geometry", crs="EPSG:4490"))


def test_a_period_is_half_open_and_may_have_no_end(units):
    assert (units.begin[0], units.end[0]) == (ALWAYS, EVER)
    assert units.end[1] == units.begin[2]
    assert (units.together(0, 1), units.together(1, 2)) == (True, False)


def test_a_code_names_its_parent(units):
    assert units.by_code == ["", "140423000000", "140423100000"]
    assert units.contradicts.tolist() == [False, False, True]


def test_a_place_is_that_of_the_first_unit_that_has_one(units):
    assert units.place([1, 2]) is None
    assert units.place([1, 0]) == (0.5, 0.5)


def test_of_many_units_the_first_four_are_named(units):
    assert units.labels([0, 1]) == "县（140423000000）、镇（140423100000）"
    assert units.labels([1, 2, 2, 2, 0]).endswith("、村（140423100201）等 5 个")
