"""Tints: no two towns that touch share one."""

from __future__ import annotations

import geopandas as gpd
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import MultiPoint, Polygon, box, voronoi_polygons

from webmap.tints import tints


def towns(shapes) -> gpd.GeoDataFrame:
    codes = [f"{number:03d}" for number in range(len(shapes))]
    return gpd.GeoDataFrame({"code": codes}, geometry=list(shapes), crs=4490)


def shared(frame: gpd.GeoDataFrame, found) -> list[tuple[int, int]]:
    pairs = zip(*frame.sindex.query(frame.geometry, predicate="intersects"), strict=True)
    return [(a, b) for a, b in pairs if a != b and found.iloc[a] == found.iloc[b]]


def test_a_chessboard_needs_four_tints_because_corners_touch():
    frame = towns([box(x, y, x + 1, y + 1) for x in range(4) for y in range(4)])
    found = tints(frame)
    assert shared(frame, found) == []
    assert found.nunique() == 4


def test_towns_apart_take_the_first_tint():
    assert tints(towns([box(0, 0, 1, 1), box(3, 0, 4, 1)])).tolist() == [0, 0]


def test_order_of_the_rows_does_not_matter():
    frame = towns([box(x, y, x + 1, y + 1) for x in range(5) for y in range(3)])
    assert tints(frame.iloc[::-1]).sort_index().equals(tints(frame))


def test_no_towns_and_empty_towns_are_fine():
    assert tints(towns([])).empty
    assert tints(towns([Polygon(), box(0, 0, 1, 1)])).tolist() == [0, 0]


@given(st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), min_size=2, max_size=60))
@settings(max_examples=60)
def test_no_two_touching_towns_share_a_tint(places):
    frame = towns(voronoi_polygons(MultiPoint(places), extend_to=box(-9, -9, 70, 70)).geoms)
    assert shared(frame, tints(frame)) == []


def test_a_wheel_takes_three():
    wheel = [box(1, 1, 2, 2), box(0, 1, 1, 2), box(2, 1, 3, 2), box(0, 2, 3, 3), box(0, 0, 3, 1)]
    frame = towns(wheel)
    assert shared(frame, tints(frame)) == []
    assert tints(frame).nunique() == 3


def test_where_no_tint_is_free_the_least_used_one_is_taken():
    pie = [Polygon([(0, 0), (x, 1), (x + 1, 1)]) for x in range(6)]
    assert sorted(tints(towns(pie)).value_counts()) == [1, 1, 1, 1, 2]
