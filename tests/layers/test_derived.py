from __future__ import annotations

from datetime import date

import pytest
import shapely
from pyproj import Geod

from layers.derived import FORMULAS, MEASURES, inspection_due, plain_pinyin
from layers.schema import layer_names, layer_schema
from layers.store import Actor
from tests.layers.analysis.county import road

CLERK = Actor("tester")


def test_every_derived_field_names_a_known_measure():
    named = {f.derived for n in layer_names() for f in layer_schema(n).fields.values() if f.derived}
    assert named <= {*MEASURES, *FORMULAS}
    assert not set(MEASURES) & set(FORMULAS)


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


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Sītíng Zhèn", "Siting Zhen"), ("Xī'ān", "Xi'an"), ("Lǜchéng", "Lücheng"), ("", "")],
)
def test_plain_pinyin_keeps_letters_and_the_dots_of_u(text, plain):
    assert plain_pinyin(text) == plain


def test_a_line_is_due_at_the_end_of_the_fifth_year():
    assert inspection_due(2023) == "2028-12-31"


LINE = {"code_a": "140423", "code_b": "140430", "name": "襄沁线", "last_inspected_year": 2023}


def test_a_field_follows_from_another_whatever_the_row_says(store):
    store.put("boundary_lines", [{**LINE, "next_due": "2099-01-01"}], actor=CLERK)
    assert store.get("boundary_lines", "140423-140430")["next_due"] == date(2028, 12, 31)


def test_a_row_that_leaves_the_other_field_out_changes_nothing(store):
    store.put("boundary_lines", [LINE], actor=CLERK)
    rest = {name: LINE[name] for name in ("code_a", "code_b")}
    store.put("boundary_lines", [{**rest, "name": "襄沁"}], actor=CLERK, merge=True)
    assert store.get("boundary_lines", "140423-140430")["next_due"] == date(2028, 12, 31)
    store.put("boundary_lines", [{**rest, "last_inspected_year": None}], actor=CLERK, merge=True)
    assert store.get("boundary_lines", "140423-140430")["next_due"] is None
