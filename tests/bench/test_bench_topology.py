"""10,000 divisions: clean, digitised apart, and as rows of the layer with their towns."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely

from geo.boundary import shared_lines, tripoints
from geo.topology import gaps, invalid, outside, overlaps
from layers.topology import check_divisions
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench

COUNT = 10_000
CORNER = (113.0, 36.0)


@pytest.fixture(scope="module")
def cells():
    """A coverage of Voronoi cells with 10 m between vertices at most 200 m."""
    places = np.random.default_rng(7).uniform(0, 1, (COUNT, 2)) + CORNER
    whole = shapely.box(*CORNER, CORNER[0] + 1, CORNER[1] + 1)
    raw = shapely.voronoi_polygons(shapely.multipoints(places), extend_to=whole)
    parts = shapely.intersection(shapely.get_parts(raw), whole)
    # Noded with each other, then bent alike on both sides, as a surveyed coverage is.
    bent = shapely.transform(
        shapely.segmentize(parts, 0.002),
        lambda xy: np.round(xy + 2e-4 * np.sin(xy[:, ::-1] * 900) * _inner(xy), 9),
    )
    index = [f"{number:05}" for number in range(len(bent))]
    return gpd.GeoSeries(bent, index=index, crs="EPSG:4490"), shapely.union_all(bent)


def _inner(xy):
    edge = np.minimum(xy - CORNER, 1 - (xy - CORNER)).min(axis=1)
    return np.clip(edge * 100, 0, 1)[:, None]


def all_faults(shapes, parent):
    return [
        *invalid(shapes),
        *overlaps(shapes),
        *gaps(parent, shapes, parent_id="all"),
        *outside(parent, shapes, parent_id="all"),
    ]


def test_a_clean_coverage(cells):
    shapes, parent = cells
    vertices = shapely.get_num_coordinates(np.asarray(shapes.array)).sum()
    array = np.asarray(shapes.array)

    def every_pair():
        one, other = shapely.STRtree(array).query(array, predicate="intersects")
        later = one < other
        shapely.area(shapely.intersection(array[one[later]], array[other[later]]))

    say(
        f"{len(shapes):,} polygons, {vertices:,} vertices, all faults",
        best_of(3, lambda: all_faults(shapes, parent)),
        every_pair_of_neighbours=best_of(1, every_pair),
        GEOS_coverage_is_valid=best_of(3, lambda: shapely.coverage_is_valid(array)),
    )
    print(f"{len(all_faults(shapes, parent))} faults")


def test_a_coverage_digitised_apart(cells):
    shapes, parent = cells
    shifts = np.random.default_rng(8).normal(0, 2e-6, (len(shapes), 2))
    moved = [
        shapely.transform(shape, lambda xy, by=by: xy + by)
        for shape, by in zip(shapes, shifts, strict=True)
    ]
    apart = gpd.GeoSeries(moved, index=shapes.index, crs=shapes.crs)
    seconds = best_of(1, lambda: all_faults(apart, parent))
    found = all_faults(apart, parent)
    say(f"each moved some 0.2 m: {len(found):,} faults", seconds)


def test_lines_and_tripoints(cells):
    shapes, _ = cells
    lines = shared_lines(shapes)
    say(f"{len(lines):,} shared lines", best_of(1, lambda: shared_lines(shapes)))
    say(f"{len(tripoints(lines)):,} tripoints", best_of(1, lambda: tripoints(lines)))


def test_rows_of_the_layer(cells):
    shapes, parent = cells
    middles = shapely.get_coordinates(shapely.point_on_surface(np.asarray(shapes.array)))
    town = np.floor((middles - CORNER) * 10).astype(int) @ [10, 1] + 100
    towns = [
        shapely.coverage_union_all(np.asarray(shapes.array)[town == number])
        for number in np.unique(town)
    ]
    numbers = np.unique(town)
    order = pd.Series(town).groupby(town).cumcount() + 100
    codes = [f"140423{t}{k % 1000:03}" for t, k in zip(town, order, strict=True)]
    frame = gpd.GeoDataFrame(
        {
            "code": ["140423000000", *(f"140423{t}000" for t in numbers), *codes],
            "name": "示意",
            "level": ["county"] + ["township"] * len(numbers) + ["village"] * len(codes),
            "parent_code": [
                None,
                *["140423000000"] * len(numbers),
                *(f"{code[:9]}000" for code in codes),
            ],
            "valid_from": pd.NaT,
            "valid_to": pd.NaT,
        },
        geometry=[parent, *towns, *shapes],
        crs="EPSG:4490",
    )
    frame.index = frame["code"]
    seconds = best_of(1, lambda: check_divisions(frame))
    say(f"{len(frame):,} rows on three levels: {len(check_divisions(frame))} findings", seconds)
