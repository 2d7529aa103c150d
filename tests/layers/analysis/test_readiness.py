from __future__ import annotations

import pytest

from layers.analysis.readiness import check_layers
from layers.errors import NotFound
from tests.layers.analysis.county import NEAR, elders, fill, road, station


def findings(store, layer):
    (report,) = check_layers(store, layer)
    return [(finding.code, finding.row) for finding in report.findings]


def test_a_sound_county_has_no_findings(store):
    fill(store, elders=[elders(NEAR, 30, 500)])
    assert all(not report.findings for report in check_layers(store))


def test_roads_in_two_parts_are_named_for_every_mode(store):
    fill(store, roads=[*road(0, 500), *road(2000, 2500, way_id=2, u=8, v=9)])
    assert [code for code, _ in findings(store, "roads")] == ["R01", "R01", "R01"]


def test_a_facility_without_a_place_and_one_far_off_are_told_apart(store):
    fill(store, care_facilities=[station("无位", None), station("远站", 8000), station("西站", 0)])
    assert sorted(code for code, _ in findings(store, "care_facilities")) == ["R02", "R03"]


def test_an_unknown_layer_is_refused(store):
    with pytest.raises(NotFound) as refused:
        check_layers(store, "raods")
    assert refused.value.code == "unknown_layer"
