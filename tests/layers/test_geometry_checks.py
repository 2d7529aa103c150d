from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.findings import Findings
from layers.geometry_checks import check_geometry
from layers.schema import layer_schema

CARE = layer_schema("care_facilities")
DIVISIONS = layer_schema("divisions")
ROADS = layer_schema("roads")


def places(*shapes, schema=CARE):
    findings = Findings()
    good = check_geometry(
        schema, range(1, len(shapes) + 1), np.array(shapes, dtype=object), findings
    )
    return [(f.row, f.code) for f in findings.listed()], good.tolist()


def test_good_and_missing_geometry_has_no_findings():
    assert places(shapely.Point(113, 36), None) == ([], [True, True])


@pytest.mark.parametrize(
    ("shape", "code"),
    [
        (shapely.LineString([(113, 36), (113, 37)]), "I16"),
        (shapely.Point(float("nan"), 36), "I16"),
        (shapely.Point(float("inf"), 36), "I16"),
        (shapely.Point(0, 0), "I19"),
        (shapely.Point(36.5, 113), "I13"),
        (shapely.Point(49.4, 108.7), "I13"),
        (shapely.Point(38413055, 4044811), "I11"),
        (shapely.Point(181, 36), "I11"),
    ],
)
def test_a_bad_place_is_found(shape, code):
    assert places(shapely.Point(113, 36), shape) == ([(2, code)], [True, False])


def test_the_place_of_a_self_crossing_is_named():
    bow = shapely.Polygon([(113, 36), (114, 37), (114, 36), (113, 37)])
    findings = Findings()
    check_geometry(DIVISIONS, [4], np.array([bow], dtype=object), findings)
    assert "边界自相交，在 (113.5, 36.5) 处" in findings.listed()[0].message


def test_a_road_of_no_length_is_a_road():
    assert places(shapely.LineString([(113, 36), (113, 36)]), schema=ROADS)[0] == []


def test_european_places_are_not_swapped():
    assert places(shapely.Point(8.7, 49.4))[0] == []
