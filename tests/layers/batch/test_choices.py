"""Facilities to choose from are those within the limit, however the table is cut."""

from __future__ import annotations

import geopandas as gpd
import pytest
import shapely

from geo.coverage import coverage
from layers.batch.choices import facility_choices
from tests.build import ORIGIN, PLANE, grid


def points(*places):
    return gpd.GeoDataFrame(
        geometry=[
            shapely.Point(x + ORIGIN[0], y + ORIGIN[1]) if x is not None else None
            for x, y in places
        ],
        crs=PLANE,
    )


# Corners of a grid of 3 x 3 streets of 100 m, at 1 m/s.
FACILITIES = points((0, 0), (200, 0), (200, 200))
DEMAND = points((0, 0), (100, 0), (200, 200), (None, None))


@pytest.mark.parametrize("matrix_bytes", [1, 2 * 16 * 4, 10**9])
@pytest.mark.parametrize("direction", ["to_facility", "from_facility"])
def test_choices_are_counted_by_road(matrix_bytes, direction):
    counts = facility_choices(
        grid(),
        FACILITIES,
        DEMAND,
        minutes=200 / 60,
        speed_mps=1.0,
        direction=direction,
        matrix_bytes=matrix_bytes,
    )
    assert counts.to_list() == [2, 2, 2, 0]


def test_covered_means_a_choice():
    question = {"minutes": 99 / 60, "speed_mps": 1.0}
    counts = facility_choices(grid(), FACILITIES, DEMAND, **question)
    covered = coverage(grid(), FACILITIES, DEMAND, **question)["covered"]
    assert (counts > 0).to_list() == covered.to_list() == [True, False, True, False]
