"""Shared lines, tripoints and azimuths, on paper and on the real outlines."""

from itertools import pairwise

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from shapely.geometry import Point, box

from geo.boundary import bearings, shared_lines, tripoints
from geo.crs import COUNTY_CRS, STORED_CRS, convergence_deg
from geo.errors import CrsError, GeometryError, InputError
from geo.geodesy import GRS80
from layers import facts
from tests.geo.parcels import METRE_DEG, SIDE, lattice, parcels

REAL_KM = {
    "140403": 3.37,
    "140405": 35.49,
    "140406": 32.55,
    "140426": 28.34,
    "140429": 39.45,
    "140430": 37.21,
}
"""Length of the county's line to each neighbour, as the source's description gives it."""


def series(**shapes):
    return gpd.GeoSeries(shapes, crs="EPSG:4490")


@pytest.fixture(scope="module")
def real():
    around = facts.neighbours().set_index("code").geometry
    own = gpd.GeoSeries({"140423": facts.outline()}, crs="EPSG:4490")
    return gpd.GeoSeries(pd.concat([own, around]), crs="EPSG:4490")


@pytest.fixture(scope="module")
def real_lines(real):
    return shared_lines(real)


def test_the_county_shares_its_whole_outline_with_six_neighbours(real, real_lines):
    ours = real_lines[real_lines["left"] == "140423"].set_index("right")
    assert {code: round(km, 2) for code, km in (ours["length_m"] / 1000).items()} == REAL_KM
    around = GRS80.geometry_length(real["140423"].exterior)
    assert ours["length_m"].sum() == pytest.approx(around, rel=1e-12)


def test_the_county_has_six_tripoints_and_each_ends_two_of_its_lines(real, real_lines):
    points = tripoints(real_lines)
    ours = points[[("140423" in ids) for ids in points["ids"]]]
    ring = ["140403", "140406", "140426", "140429", "140430", "140405", "140403"]
    pairs = {frozenset(pair) for pair in pairwise(ring)}
    assert {frozenset(ids) - {"140423"} for ids in ours["ids"]} == pairs
    for point, ids in zip(ours.geometry, ours["ids"], strict=True):
        assert all(shapely.dwithin(point, real[code].boundary, 1e-12) for code in ids)


def test_the_first_ones_ground_lies_left_of_the_line(real, real_lines):
    for left, right, line in real_lines[["left", "right", "geometry"]].itertuples(index=False):
        beside = shapely.offset_curve(line, 1e-5)  # to the left
        middle = shapely.line_interpolate_point(beside, 0.5, normalized=True)
        assert real[left].contains(middle)
        assert not real[right].contains(middle)


def test_two_squares_share_their_side():
    (row,) = shared_lines(series(a=box(0, 0, 1, 1), b=box(1, 0, 2, 1))).itertuples(index=False)
    assert (row.left, row.right) == ("a", "b")
    assert list(row.geometry.coords) == [(1, 0), (1, 1)]  # a lies to the left
    assert row.length_m == pytest.approx(110_574.4, abs=0.1)  # a degree of meridian at the equator


def test_touching_in_a_point_shares_no_line():
    lines = shared_lines(series(a=box(0, 0, 1, 1), b=box(1, 1, 2, 2)))
    assert (len(lines), lines.crs) == (0, STORED_CRS)
    assert len(tripoints(lines)) == 0


def test_an_enclave_shares_a_closed_line_and_no_tripoint():
    ring = box(0, 0, 3, 3).difference(box(1, 1, 2, 2))
    lines = shared_lines(series(ring=ring, enclave=box(1, 1, 2, 2)))
    assert lines.geometry.iloc[0].is_closed
    assert len(tripoints(lines)) == 0


def test_a_line_in_two_stretches_is_one_row():
    two = box(0, 0, 1, 3)
    bent = box(1, 0, 2, 3).difference(box(0.5, 1, 1.5, 2))
    lines = shared_lines(series(a=two, b=bent))
    assert lines.geometry.iloc[0].geom_type == "MultiLineString"
    assert lines.geometry.iloc[0].length == pytest.approx(2)


def test_four_at_one_place_are_one_point():
    quarters = series(a=box(0, 0, 1, 1), b=box(1, 0, 2, 1), c=box(0, 1, 1, 2), d=box(1, 1, 2, 2))
    (row,) = tripoints(shared_lines(quarters)).itertuples(index=False)
    assert set(row.ids) == {"a", "b", "c", "d"}
    assert row.geometry == Point(1, 1)


def test_outlines_drawn_apart_need_a_tolerance():
    shapes = parcels(lattice())
    apart = shapes.copy()
    apart.loc["p22"] = shapely.transform(shapes["p22"], lambda xy: xy + 3 * METRE_DEG)
    ours = lambda lines: lines[(lines["left"] == "p22") | (lines["right"] == "p22")]  # noqa: E731
    assert ours(shared_lines(apart)).empty
    lines = shared_lines(apart, tolerance_m=10)
    exact = shared_lines(shapes).set_index(["left", "right"])["length_m"]
    for left, right, length_m in ours(lines)[["left", "right", "length_m"]].itertuples(index=False):
        assert length_m == pytest.approx(exact[left, right], abs=35)
    assert len(ours(lines)) == 4
    points = tripoints(lines, tolerance_m=40)
    assert len(points) == len(tripoints(shared_lines(shapes)))


@given(st.floats(-0.3, 0.3))
def test_inner_lines_of_a_coverage_are_all_found(bend):
    shapes = parcels(lattice(np.full((SIDE - 1, SIDE - 1, 2), bend)))
    lines = shared_lines(shapes)
    inner = sum(shape.length for shape in shapes) / 2 - shapely.length(shapes.union_all()) / 2
    assert len(lines) == 2 * SIDE * (SIDE - 1)
    assert shapely.length(lines.geometry.array).sum() == pytest.approx(inner, rel=1e-9)
    assert len(tripoints(lines)) == (SIDE - 1) ** 2


def test_null_and_empty_shapes_are_nobodys_neighbours():
    lines = shared_lines(series(a=box(0, 0, 1, 1), none=None, empty=shapely.Polygon()))
    assert lines.empty
    assert shared_lines(gpd.GeoSeries([], crs="EPSG:4490")).empty


@pytest.mark.parametrize(
    ("shapes", "error", "code"),
    [
        (gpd.GeoSeries([box(0, 0, 1, 1)], crs="EPSG:4547"), CrsError, "crs_differs"),
        (series(a=Point(0, 0)), GeometryError, "not_areal"),
        (series(a=shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])), GeometryError, "not_areal"),
        (gpd.GeoSeries([box(0, 0, 1, 1)] * 2, ["a", "a"], crs=4490), InputError, "duplicate_id"),
    ],
)
def test_what_has_no_shared_lines_is_refused(shapes, error, code):
    with pytest.raises(error) as caught:
        shared_lines(shapes)
    assert caught.value.code == code


def test_grid_and_true_azimuth_differ_by_the_convergence():
    here, there = Point(112.8, 36.6), Point(112.801, 36.6015)
    (row,) = bearings(series(m=here), series(r=there)).itertuples()
    convergence = convergence_deg(COUNTY_CRS, 112.8, 36.6)
    assert row.Index == "m"
    assert convergence == pytest.approx(-0.715, abs=0.001)  # (112.8 - 114) * sin(36.6), nearly
    # The line itself bends by less than an arc second on so short a way.
    assert row.grid_azimuth_deg == pytest.approx(row.true_azimuth_deg - convergence, abs=1 / 3600)


def test_the_four_winds_and_their_distances():
    step = 0.001
    middle = Point(114, 36.5)  # on the central meridian both norths are one
    ends = [Point(114, 36.5 + step), Point(114 + step, 36.5), Point(114, 36.5 - step)]
    ends += [Point(114 - step, 36.5), middle]
    found = bearings(
        gpd.GeoSeries([middle] * 5, list("NESW0"), crs=4490), gpd.GeoSeries(ends, crs=4490)
    )
    for column in ("grid_azimuth_deg", "true_azimuth_deg"):
        np.testing.assert_allclose(found[column], [0, 90, 180, 270, np.nan], atol=1e-3)
    np.testing.assert_allclose(
        found["distance_m"], [110.968, 89.591, 110.968, 89.591, 0], atol=1e-3
    )
    assert list(found.index) == list("NESW0")


@given(
    st.tuples(st.floats(112.6, 113.3), st.floats(36.3, 36.8)),
    st.tuples(st.floats(112.6, 113.3), st.floats(36.3, 36.8)),
)
def test_azimuths_are_within_a_circle_and_opposite_on_the_way_back(start, end):
    marks = gpd.GeoSeries([Point(start), Point(end)], crs=4490)
    found = bearings(marks, marks[::-1])
    if found["distance_m"].min() > 1:
        assert ((found >= 0) & (found.iloc[:, :2].max(axis=None) < 360)).all(axis=None)
        turn = (found["grid_azimuth_deg"].iloc[1] - found["grid_azimuth_deg"].iloc[0]) % 360
        assert turn == pytest.approx(180, abs=1e-9)


def test_a_marker_or_object_without_a_place_has_no_numbers():
    found = bearings(series(a=None, b=Point(113, 36)), series(x=Point(113, 36), y=Point()))
    assert found.isna().all(axis=None)


def test_wrong_partners_are_refused():
    one, two = series(a=Point(113, 36)), series(a=Point(113, 36), b=Point(113, 36))
    for arguments, options, code in (
        ((one, two), {}, "lengths_differ"),
        ((one, one), {"crs": STORED_CRS}, "crs_not_projected"),
        ((series(a=box(0, 0, 1, 1)), one), {}, "not_points"),
    ):
        with pytest.raises((CrsError, GeometryError, InputError)) as caught:
            bearings(*arguments, **options)
        assert caught.value.code == code
