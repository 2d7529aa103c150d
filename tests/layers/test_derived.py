from __future__ import annotations

import pytest
import shapely
from pyproj import Geod

from layers.derived import MEASURES
from layers.schema import layer_names, layer_schema
from layers.store import Actor
from tests.layers.analysis.county import road

CLERK = Actor("tester")


def test_every_derived_field_names_a_known_measure():
    named = {f.derived for n in layer_names() for f in layer_schema(n).fields.values() if f.derived}
    assert named <= set(MEASURES)


def test_a_road_is_as_long_as_the_geodesic(store):
    store.put("roads", road(0, 500), actor=CLERK)
    row = store.get("roads", "1-0")
    lonlat = shapely.get_coordinates(row["geometry"])
    assert row["length_m"] == pytest.approx(Geod(ellps="GRS80").line_length(*lonlat.T), abs=5e-4)
    assert row["length_m"] == pytest.approx(500, abs=1e-3)


def test_a_length_in_the_row_is_not_believed(store):
    store.put("roads", road(0, 500, length_m=7.0), actor=CLERK)
    assert store.get("roads", "1-0")["length_m"] == pytest.approx(500, abs=1e-3)


def test_a_road_without_geometry_has_no_length(store):
    store.put("roads", road(0, 500, geometry=None), actor=CLERK)
    assert store.get("roads", "1-0")["length_m"] is None


def test_a_new_name_leaves_the_length_alone(store):
    store.put("roads", road(0, 500), actor=CLERK)
    store.put("roads", [{"way_id": 1, "piece": 0, "name": "路"}], actor=CLERK, merge=True)
    row = store.get("roads", "1-0")
    assert (row["name"], row["length_m"]) == ("路", pytest.approx(500, abs=1e-3))
