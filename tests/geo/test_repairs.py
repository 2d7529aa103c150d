"""Proposals mend the fault they were made for, and none is made where nothing can be proposed."""

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.repairs import proposals
from geo.topology import gaps, invalid, outside, overlaps
from tests.geo.parcels import METRE_DEG, inner_patch, lattice, parcels, whole, with_shape


def all_faults(shapes):
    return [
        *invalid(shapes),
        *overlaps(shapes),
        *gaps(whole(), shapes, parent_id="all"),
        *outside(whole(), shapes, parent_id="all"),
    ]


@given(st.sampled_from(["p11", "p00", "p42"]), st.floats(2, 300))
def test_extending_any_neighbour_closes_a_gap(label, size_m):
    shapes = parcels(lattice())
    hole = inner_patch(shapes[label], size_m)
    broken = with_shape(shapes, label, shapely.difference(shapes[label], hole))
    (fault,) = all_faults(broken)
    (repair,) = proposals(fault, broken)
    assert (repair.id, repair.action) == (label, "extend")
    assert repair.change_m2 == fault.area_m2
    assert all_faults(with_shape(broken, label, repair.shape)) == []


def test_each_neighbour_of_a_gap_is_offered_once_the_longest_line_first():
    shapes = parcels(lattice()).drop("p22")
    (fault,) = all_faults(shapes)
    repairs = proposals(fault, shapes)
    assert {repair.id for repair in repairs} == {"p12", "p32", "p21", "p23"}
    for repair in repairs:
        assert all_faults(with_shape(shapes, repair.id, repair.shape)) == []


@given(st.floats(1, 400))
def test_cutting_either_mends_an_overlap(reach_m):
    shapes = parcels(lattice())
    strip = shapely.box(*shapes["p11"].bounds)
    wide = shapely.union(
        strip, shapely.transform(strip, lambda xy: xy + np.array([reach_m * METRE_DEG, 0]))
    )
    broken = with_shape(shapes, "p11", wide)
    (fault,) = all_faults(broken)
    first, second = proposals(fault, broken)
    assert (first.id, first.action) == ("p11", "cut")  # the larger one
    assert second.id == "p21"
    assert first.change_m2 == -fault.area_m2
    for repair in (first, second):
        assert all_faults(with_shape(broken, repair.id, repair.shape)) == []


def test_clipping_brings_a_child_home():
    shapes = parcels(lattice())
    a, b, c, d = shapely.get_coordinates(shapes["p24"])[:4]
    tip = (c + d) / 2 + (0, 100 * METRE_DEG)
    broken = with_shape(shapes, "p24", shapely.Polygon([a, b, c, tip, d]))
    (fault,) = all_faults(broken)
    (repair,) = proposals(fault, with_shape(broken, "all", whole()))
    assert (repair.id, repair.action) == ("p24", "clip")
    assert all_faults(with_shape(broken, "p24", repair.shape)) == []


def test_a_point_outside_its_parent_has_no_proposal():
    village = gpd.GeoSeries({"v": shapely.Point(112, 36), "all": whole()}, crs="EPSG:4490")
    (fault,) = outside(whole(), village.loc[["v"]], parent_id="all")
    assert proposals(fault, village) == []


def test_a_crossed_polygon_is_rebuilt_valid():
    shapes = parcels(lattice())
    a, b, c, d = shapely.get_coordinates(shapes["p11"])[:4]
    broken = with_shape(shapes, "p11", shapely.Polygon([a, c, b, d]))
    (fault,) = all_faults(broken)
    (repair,) = proposals(fault, broken)
    assert repair.action == "rebuild"
    assert repair.shape.is_valid
    assert repair.shape.area == pytest.approx(shapes["p11"].area / 2)


def test_no_proposal_leaves_nothing_of_a_shape():
    shapes = parcels(lattice())
    twice = with_shape(shapes, "p00", shapes["p22"])
    (fault,) = overlaps(twice)
    assert proposals(fault, twice) == []


def test_the_shapes_are_not_changed():
    shapes = parcels(lattice())
    broken = with_shape(shapes, "p22", shapely.box(*(np.array(shapes["p22"].bounds) + 0.001)))
    before = broken.copy()
    for fault in all_faults(broken):
        proposals(fault, broken)
    assert broken.geom_equals_exact(before, 0).all()
