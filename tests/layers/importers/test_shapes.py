from __future__ import annotations

import numpy as np
import pyproj
import pytest
import shapely

from layers.findings import Findings
from layers.importers.headers import HeaderMatch
from layers.importers.shapes import read_shapes, stored_shapes
from layers.importers.tables import Chunk
from layers.schema import layer_schema

CARE = layer_schema("care_facilities")
DIVISIONS = layer_schema("divisions")
GEOGRAPHIC = pyproj.CRS.from_epsg(4490)


def stored(*shapes, schema=CARE, crs=GEOGRAPHIC):
    findings = Findings()
    rows = list(range(1, len(shapes) + 1))
    made = stored_shapes(rows, np.array(shapes, dtype=object), crs, schema, findings)
    return made.tolist(), [(f.row, f.code, f.level) for f in findings.listed()]


def test_wkt_wins_over_coordinates_and_both_may_be_blank():
    chunk = Chunk(
        [2, 3, 4], {"w": ["POINT (1 2)", "", ""], "x": ["3", "3", ""], "y": ["4", "4", ""]}
    )
    match = HeaderMatch({}, {"wkt": "w", "lon": "x", "lat": "y"})
    shapes = read_shapes(chunk, match, Findings(), textual=True)
    assert shapes.tolist() == [shapely.Point(1, 2), shapely.Point(3, 4), None]


def test_a_file_without_places_has_no_geometry():
    assert read_shapes(Chunk([2], {}), HeaderMatch({}, {}), Findings(), textual=True) is None


def test_an_empty_geometry_is_a_fault_and_no_geometry_is_none():
    shapes, faults = stored(shapely.Point(), None)
    assert shapes == [None, None]
    assert [fault[-2:] for fault in faults] == [("I16", "error")]


def test_the_only_part_of_a_collection_is_taken_where_the_layer_holds_single_ones():
    one = shapely.MultiPoint([(1, 2)])
    two = shapely.MultiPoint([(1, 2), (3, 4)])
    assert stored(one, two)[0] == [shapely.Point(1, 2), two]
    area = shapely.MultiPolygon([shapely.box(1, 2, 3, 4)])
    assert stored(area, schema=DIVISIONS)[0] == [area]


def test_heights_are_dropped_with_one_warning():
    shapes, found = stored(shapely.Point(1, 2), shapely.Point(1, 2, 3), shapely.Point(4, 5, 6))
    assert [shape.has_z for shape in shapes] == [False] * 3
    assert found == [(2, "I16", "warning")]


def test_measures_along_a_line_are_dropped_too():
    shapes, found = stored(shapely.from_wkt("POINT M (1 2 3)"))
    assert not shapes[0].has_m
    assert found == [(1, "I16", "warning")]


@pytest.mark.parametrize("epsg", [4547, 3857, 4326])
def test_coordinates_are_brought_into_the_stored_crs(epsg):
    place = pyproj.Transformer.from_crs(4326, epsg, always_xy=True).transform(113.03, 36.53)
    shapes, _ = stored(shapely.Point(place), crs=pyproj.CRS.from_epsg(epsg))
    assert shapes[0].x == pytest.approx(113.03, abs=1e-7)
    assert shapes[0].y == pytest.approx(36.53, abs=1e-7)


def test_the_input_is_left_alone():
    shapes = np.array([shapely.Point()], dtype=object)
    stored_shapes([1], shapes, GEOGRAPHIC, CARE, Findings())
    assert shapes[0] is not None
