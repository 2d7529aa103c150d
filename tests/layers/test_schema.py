"""One YAML file a layer is the source of everything that is said of it."""

from __future__ import annotations

import copy
import subprocess
import sys

import pytest

from geo.errors import InputError
from layers.errors import NotFound
from layers.provenance import QUALITIES, QUALITY_TITLES
from layers.schema import TYPES, layer_names, layer_schema, parse_schema

WELLS = {
    "name": "wells",
    "title": "水井",
    "geometry": ["Point"],
    "key": "{code}",
    "fields": {
        "code": {"title": "编号", "type": "text", "required": True},
        "depth_m": {"title": "深度", "type": "real", "unit": "m", "aliases": ["井深"]},
        "water_m": {"title": "水深", "type": "real", "unit": "m"},
    },
    "rules": ["0 <= water_m <= depth_m"],
}


def test_the_layers_of_the_county_are_there():
    # `cases` is kept like a layer but is none that people see.
    assert {name for name in layer_names() if layer_schema(name).listed} == {
        "boundary_lines",
        "boundary_markers",
        "care_facilities",
        "divisions",
        "elders",
        "findings",
        "heritage_names",
        "inspections",
        "place_names",
        "roads",
        "siting_scenarios",
    }


@pytest.mark.parametrize("name", layer_names())
def test_every_layer_says_what_forms_and_exports_need(name):
    schema = layer_schema(name)
    assert schema.name == name
    assert schema.title
    for field in schema.fields.values():
        assert field.title
        assert field.type in TYPES
        assert all(field.codes.values())
    titles = [f.title for f in (*schema.system.values(), *schema.fields.values())]
    assert len(titles) == len(set(titles))


@pytest.mark.parametrize("name", layer_names())
def test_every_layer_has_the_common_fields_last(name):
    fields = list(layer_schema(name).fields.values())
    common = ["quality", "source", "valid_from", "valid_to", "date_precision", "note"]
    assert [f.name for f in fields[-6:]] == common
    assert all(f.common for f in fields[-6:])


def test_quality_has_the_codes_and_titles_of_provenance():
    codes = layer_schema("roads").fields["quality"].codes
    assert set(codes) == set(QUALITIES)
    assert dict(codes) == QUALITY_TITLES


def test_an_unknown_layer_is_not_found_and_the_known_ones_are_named():
    with pytest.raises(NotFound, match="divisions"):
        layer_schema("nowhere")


def test_parent_code_is_asked_of_all_but_counties():
    field = layer_schema("divisions").fields["parent_code"]
    assert field.is_required({"level": "village"})
    assert not field.is_required({"level": "county"})


@pytest.mark.parametrize(
    ("field", "text", "fits"),
    [
        ("code", "140423101222", True),
        ("code", "14042310122", False),
        ("code", "14042310122２", False),
        ("parent_code", "140423000000", True),
        ("parent_code", "140423101000", True),
        ("parent_code", "140423101222", False),
        ("name", "任意", True),
    ],
)
def test_forms_hold_for_the_whole_text(field, text, fits):
    assert layer_schema("divisions").fields[field].matches(text) is fits


@pytest.mark.parametrize(
    ("row", "broken"),
    [
        ({"age80": 1, "age70": 2, "age65": 2, "age60": 3, "population": 9}, None),
        ({"age80": 3, "age70": 2}, ("age80", "age70")),
        ({"age80": 3, "age70": None, "age65": float("nan"), "age60": 2}, ("age80", "age60")),
        ({"age80": -1}, (0.0, "age80")),
        ({}, None),
    ],
)
def test_rules_pass_over_what_is_missing(row, broken):
    assert layer_schema("elders").rules[0].broken(row) == broken


@pytest.mark.parametrize(
    ("kind", "lines", "fits"),
    [("tripoint", 2, True), ("tripoint", 1, False), ("single", 1, True), ("double", 2, False)],
)
def test_a_rule_may_be_for_some_rows_and_count_items(kind, lines, fits):
    row = {"kind": kind, "line_ids": ["140423-140430"] * lines}
    broken = [rule.text for rule in layer_schema("boundary_markers").rules if rule.broken(row)]
    assert (not broken) is fits


def test_a_standard_name_must_have_its_pinyin():
    field = layer_schema("place_names").fields["pinyin_tone"]
    assert field.is_required({"status": "standard"})
    assert not field.is_required({"status": "proposed"})
    assert not field.is_required({})


def test_periods_are_half_open_so_a_day_is_too_short():
    rule = layer_schema("roads").rules[-1]
    assert rule.broken({"valid_from": "2020-01-01", "valid_to": "2020-01-01"})
    assert not rule.broken({"valid_from": "2020-01-01", "valid_to": "2020-01-02"})


def test_headings_are_names_titles_and_aliases_in_any_case():
    headings = layer_schema("care_facilities").headings()
    for heading in ("beds", "床位", "床位数", "id", "标识"):
        assert heading in headings
    assert headings["开业日期"] == "opened"
    assert headings["备注"] == "note"


def test_counts_of_elders_are_private():
    schema = layer_schema("elders")
    assert schema.privacy_below == 5
    assert set(schema.privacy_counts) == {"age60", "age65", "age70", "age80", "alone", "disabled"}


def test_a_schema_is_read_from_a_plain_mapping():
    schema = parse_schema(WELLS)
    assert schema.key_fields == ("code",)
    assert [f.name for f in schema.own_fields] == ["code", "depth_m", "water_m"]
    assert schema.headings()["井深"] == "depth_m"


def spoil(**changes: object) -> dict:
    return copy.deepcopy(WELLS) | changes


@pytest.mark.parametrize(
    "source",
    [
        spoil(name="Wells"),
        spoil(name="xg_wells"),
        spoil(name="county_info"),
        spoil(fields={"a": {"title": "备注", "type": "text"}}),
        spoil(colour="red"),
        spoil(key="{number}"),
        spoil(rules=["depth_m > 0"]),
        spoil(rules=["0 <= depth_m < 9"]),
        spoil(rules=["0 <= width_m"]),
        spoil(fields={"a": {"title": "甲", "type": "float"}}),
        spoil(fields={"a": {"type": "text"}}),
        spoil(fields={"a": {"title": "甲", "type": "text", "requird": True}}),
        spoil(fields={"geom": {"title": "甲", "type": "text"}}),
        spoil(fields={"A b": {"title": "甲", "type": "text"}}),
        spoil(fields={"a": {"title": "甲", "type": "integer", "codes": {"1": "一"}}}),
        spoil(fields={"a": {"title": "甲", "type": "text", "missing": "maybe"}}),
        spoil(privacy={"below": 5, "counts": ["people"]}),
        spoil(fields={"a": {"title": "甲", "type": "json"}}),
        spoil(fields={"a": {"title": "甲", "type": "json", "shape": {"type": "string"}}}),
        spoil(fields={"a": {"title": "甲", "type": "json", "shape": {"type": "array", "min": 1}}}),
        spoil(fields={"a": {"title": "甲", "type": "text", "shape": {"type": "array"}}}),
        spoil(fields={"code": {"title": "甲", "type": "text", "required_when": {"b": "c"}}}),
        spoil(
            fields={"a": {"title": "甲", "type": "text", "codes": {"b": "乙"}, "by_cases": ["c"]}}
        ),
        spoil(rules=["state = old: 0 <= depth_m"]),
        spoil(rules=["0 <= count(depth_m)"]),
    ],
)
def test_a_fault_in_a_schema_names_the_layer(source):
    with pytest.raises(InputError, match="图层定义") as caught:
        parse_schema(source)
    assert caught.value.code == "schema"


def test_schemas_load_without_pandas_or_numpy():
    code = """
import sys
from layers.schema import layer_schema
layer_schema("roads")
sys.exit(bool({"numpy", "pandas", "shapely"} & set(sys.modules)))
"""
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
