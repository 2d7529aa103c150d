from __future__ import annotations

import numpy as np
import pytest
import shapely

from layers.findings import Findings
from layers.importers.county import County
from layers.schema import layer_schema
from tests.layers.importers.files import CLERK, put_county

CARE = layer_schema("care_facilities")


def found(store, *shapes):
    findings = Findings()
    county = County(store, CARE, findings)
    county.check_places(
        range(1, len(shapes) + 1), [None] * len(shapes), np.array(shapes, dtype=object)
    )
    return [(f.row, f.level) for f in findings.listed()]


@pytest.mark.parametrize(
    ("lon", "expected"),
    [
        (113.1, []),
        (113.2 + 0.021, []),  # 1.9 km
        (113.2 + 0.024, [(1, "warning")]),  # 2.1 km
        (113.2 + 0.55, [(1, "warning")]),  # 49 km
        (113.2 + 0.57, [(1, "error")]),  # 51 km
        (-70.0, [(1, "error")]),
    ],
)
def test_the_distance_to_the_county_counts(store, lon, expected):
    put_county(store)
    assert found(store, shapely.Point(lon, 36.5)) == expected


def test_a_road_that_reaches_into_the_county_is_inside(store):
    put_county(store)
    assert found(store, shapely.LineString([(113.1, 36.5), (116.0, 36.5)]), None) == []


def test_townships_make_the_county_where_it_has_no_shape(store):
    put_county(store)
    store.put(
        "divisions",
        [store.get("divisions", "140423000000") | {"geometry": None}],
        actor=CLERK,
    )
    assert found(store, shapely.Point(113.24, 36.5)) == [(1, "warning")]


def test_without_shapes_nothing_is_outside(store):
    put_county(store)
    for code in ("140423000000", "140423100000"):
        row = store.get("divisions", code) | {"geometry": None}
        store.put("divisions", [row], actor=CLERK)
    assert found(store, shapely.Point(0, 0)) == []


def test_codes_are_looked_for_when_all_rows_are_read(store):
    put_county(store)
    findings = Findings()
    county = County(store, CARE, findings)
    county.check_codes([2, 3], {"village_code": ["140423100001", "140423100009"]})
    county.check_codes([4], {"village_code": [None], "township_code": ["140423900000"]})
    assert findings.listed() == ()
    county.finish()
    assert [(f.row, f.field, f.code) for f in findings.listed()] == [
        (3, "village_code", "I09"),
        (4, "township_code", "I09"),
    ]
