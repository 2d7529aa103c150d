"""Located faults of a coverage: planted one by one, found one by one."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.errors import CrsError, InputError
from geo.topology import Fault, gaps, invalid, outside, overlaps
from tests.geo.parcels import (
    METRE_DEG,
    SIDE,
    STEP_DEG,
    inner_patch,
    lattice,
    parcels,
    whole,
    with_shape,
)

BENDS = arrays(
    np.float64,
    (SIDE - 1, SIDE - 1, 2),
    elements=st.floats(-0.3, 0.3, allow_nan=False).map(lambda x: round(x, 3)),
)
LABELS = st.sampled_from([f"p{i}{j}" for i in range(SIDE) for j in range(SIDE)])


def faults(shapes, parent=None):
    """All faults of parcels in their parent."""
    parent = whole() if parent is None else parent
    return [
        *invalid(shapes),
        *overlaps(shapes),
        *gaps(parent, shapes, parent_id="all"),
        *outside(parent, shapes, parent_id="all"),
    ]


def on_fault(fault, shape):
    return shapely.dwithin(shapely.Point(fault.where), shape, 1e-9)


@given(BENDS)
def test_a_coverage_has_no_fault(bends):
    assert faults(parcels(lattice(bends))) == []


@given(BENDS, LABELS, st.floats(8, 300))
def test_a_planted_hole_is_one_gap(bends, label, size_m):
    shapes = parcels(lattice(bends))
    hole = inner_patch(shapes[label], size_m)
    holed = shapely.difference(shapes[label], hole)
    (fault,) = faults(with_shape(shapes, label, holed))
    assert (fault.code, fault.ids, fault.gap) == ("T01", ("all", label), True)
    assert fault.shape.equals(hole)
    assert on_fault(fault, hole)


@given(BENDS, LABELS, st.floats(0.3, 4.5))
def test_a_planted_slit_is_one_sliver(bends, label, width_m):
    shapes = parcels(lattice(bends))
    x, y = shapely.point_on_surface(shapes[label]).coords[0]
    slit = shapely.box(x - 100 * METRE_DEG, y, x + 100 * METRE_DEG, y + width_m * METRE_DEG)
    (fault,) = faults(with_shape(shapes, label, shapely.difference(shapes[label], slit)))
    assert (fault.code, fault.ids, fault.gap) == ("T03", ("all", label), True)
    assert on_fault(fault, slit)


@given(BENDS, st.integers(0, SIDE - 2), st.integers(0, SIDE - 1), st.floats(8, 200))
def test_a_planted_bulge_is_one_overlap(bends, i, j, reach_m):
    shapes = parcels(lattice(bends))
    left, right = f"p{i}{j}", f"p{i + 1}{j}"
    line = shapely.intersection(shapes[left], shapes[right])
    bulge = shapely.buffer(
        shapely.line_interpolate_point(line, 0.5, normalized=True), reach_m * METRE_DEG
    )
    bulge = shapely.intersection(bulge, shapes[right])
    (fault,) = faults(with_shape(shapes, left, shapely.union(shapes[left], bulge)))
    assert (fault.code, set(fault.ids), fault.gap) == ("T02", {left, right}, False)
    assert fault.area_m2 == pytest.approx(Fault("", (), bulge).area_m2, rel=1e-6)
    assert on_fault(fault, bulge)


@given(BENDS, LABELS)
def test_a_crossed_parcel_is_one_invalid_and_nothing_else(bends, label):
    shapes = parcels(lattice(bends))
    a, b, c, d = shapely.get_coordinates(shapes[label])[:4]
    crossed = shapely.Polygon([a, c, b, d])
    (fault,) = faults(with_shape(shapes, label, crossed))
    assert (fault.code, fault.ids, fault.area_m2) == ("T07", (label,), 0.0)
    assert on_fault(fault, shapely.boundary(crossed))


@given(BENDS, st.integers(0, SIDE - 1), st.floats(2, 500))
def test_a_parcel_that_reaches_out_is_one_fault(bends, j, reach_m):
    shapes = parcels(lattice(bends))
    label = f"p{j}{SIDE - 1}"
    a, b, c, d = shapely.get_coordinates(shapes[label])[:4]
    tip = (c + d) / 2 + (0, reach_m * METRE_DEG)
    (fault,) = faults(with_shape(shapes, label, shapely.Polygon([a, b, c, tip, d])))
    assert (fault.code, fault.ids) == ("T04", (label, "all"))
    assert on_fault(fault, shapely.Polygon([c, tip, d]))


def test_less_than_a_metre_outside_is_no_fault():
    shapes = parcels(lattice())
    a, b, c, d = shapely.get_coordinates(shapes["p04"])[:4]
    tip = (c + d) / 2 + (0, 0.9 * METRE_DEG)
    assert faults(with_shape(shapes, "p04", shapely.Polygon([a, b, c, tip, d]))) == []


def test_a_point_outside_is_a_fault_without_area():
    village = gpd.GeoSeries({"v": shapely.Point(112.99, 36.51)}, crs="EPSG:4490")
    (fault,) = outside(whole(), village, parent_id="all")
    assert (fault.code, fault.area_m2, fault.where) == ("T04", 0.0, (112.99, 36.51))


def test_width_is_measured_in_metres_in_every_direction():
    # A degree of longitude is a fifth shorter here: 4.5 m and 5.5 m both ways.
    for degrees, code in ((4.5 / 89_500, "T03"), (5.5 / 89_500, "T02")):
        left = shapely.box(113, 36.5, 113.01 + degrees, 36.51)
        pair = gpd.GeoSeries(
            {"a": left, "b": shapely.box(113.01, 36.5, 113.02, 36.51)}, crs="EPSG:4490"
        )
        assert [fault.code for fault in overlaps(pair)] == [code]


def test_a_parcel_inside_another_is_an_overlap():
    shapes = parcels(lattice())
    small = inner_patch(shapes["p22"], 50)
    (fault,) = overlaps(with_shape(shapes, "p00", small))
    assert set(fault.ids) == {"p00", "p22"}


def test_the_same_parcel_twice_is_an_overlap():
    shapes = parcels(lattice())
    (fault,) = overlaps(with_shape(shapes, "p00", shapes["p22"]))
    assert fault.shape.equals(shapes["p22"])


def test_a_vertex_on_a_straight_line_is_no_fault():
    shapes = parcels(lattice())
    assert faults(with_shape(shapes, "p22", shapely.segmentize(shapes["p22"], STEP_DEG / 3))) == []


def test_rounding_to_six_decimals_is_no_fault():
    points = lattice(np.full((SIDE - 1, SIDE - 1, 2), 0.123456))
    shapes = parcels(points)
    rounded = shapes.copy()
    rounded.iloc[::2] = shapely.transform(
        np.asarray(shapes.iloc[::2].array), lambda xy: np.round(xy, 6)
    )
    assert faults(rounded) == []


def test_the_neighbour_with_the_longest_common_line_comes_first():
    shapes = parcels(lattice()).drop(["p22", "p23"])
    (fault,) = gaps(whole(), shapes, parent_id="all")
    assert fault.ids[0] == "all"
    assert set(fault.ids[1:]) == {"p12", "p13", "p32", "p33", "p21", "p24"}
    assert set(fault.ids[1:3]) == {"p21", "p24"} or set(fault.ids[1:5]) == {
        "p12",
        "p13",
        "p32",
        "p33",
    }


def test_empty_null_and_point_children_are_passed_over():
    odd = gpd.GeoSeries(
        {"none": None, "empty": shapely.Polygon(), "point": shapely.Point(113.01, 36.51)},
        crs="EPSG:4490",
    )
    assert faults(odd) == []


def test_the_input_is_not_changed():
    shapes = parcels(lattice())
    crossed = with_shape(shapes, "p11", shapely.from_wkt("POLYGON((0 0,1 1,1 0,0 1,0 0))"))
    before = crossed.copy()
    faults(crossed)
    assert crossed.geom_equals_exact(before, 0).all()


def test_another_crs_is_refused():
    with pytest.raises(CrsError) as caught:
        overlaps(parcels(lattice()).to_crs("EPSG:4547"))
    assert caught.value.code == "crs_differs"


def test_a_repeated_label_is_refused():
    shapes = parcels(lattice())
    shapes.index = ["same"] * len(shapes)
    with pytest.raises(InputError):
        invalid(shapes)


@given(BENDS, st.integers(0, SIDE - 2), st.integers(0, SIDE - 2), st.floats(1, 300))
def test_a_corner_pulled_in_is_one_gap_that_tapers(bends, i, j, pull_m):
    shapes = parcels(lattice(bends))
    label = f"p{i}{j}"
    a, b, corner, d = shapely.get_coordinates(shapes[label])[:4]
    inward = (a - corner) / np.hypot(*(a - corner)) * pull_m * METRE_DEG
    (fault,) = faults(with_shape(shapes, label, shapely.Polygon([a, b, corner + inward, d])))
    assert fault.code in {"T01", "T03"}
    assert set(fault.ids) == {"all", label, f"p{i + 1}{j}", f"p{i}{j + 1}"}
    assert on_fault(fault, shapely.Polygon([b, corner, d, corner + inward]))


def test_a_sliver_of_ten_kilometres_is_placed_where_it_is_widest():
    north = shapely.Polygon(
        [(113, 36.5), (113.05, 36.5 + 2e-6), (113.1, 36.5), (113.1, 36.51), (113, 36.51)]
    )
    south = shapely.box(113, 36.49, 113.1, 36.5)
    pair = gpd.GeoSeries({"north": north, "south": south}, crs="EPSG:4490")
    (fault,) = gaps(shapely.box(113, 36.49, 113.1, 36.51), pair, parent_id="all")
    assert (fault.code, fault.area_m2) == ("T03", pytest.approx(0.22 * 8960 / 2, rel=0.02))
    assert fault.where == pytest.approx((113.05, 36.500001), abs=1e-3)
    assert on_fault(fault, fault.shape)
