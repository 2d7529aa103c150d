"""Fields as JSON Schema, for every layer and for hand-made fields."""

from __future__ import annotations

import pytest

from layers.json_schema import field_schema, object_schema
from layers.schema import Field, layer_names, layer_schema


def test_code_list_is_an_enum_with_titles():
    field = Field(name="kind", title="类型", type="text", codes={"dug": "大口井"})
    assert field_schema(field) == {
        "title": "类型",
        "type": "string",
        "enum": ["dug"],
        "x-titles": {"dug": "大口井"},
    }


def test_bounds_and_unit_of_a_number_are_said():
    field = Field(name="depth_m", title="井深", type="real", unit="m", minimum=0)
    assert field_schema(field) == {"title": "井深", "type": "number", "minimum": 0, "x-unit": "m"}


def test_pattern_holds_for_the_whole_text():
    field = Field(name="code", title="代码", type="text", pattern="a|b", form="a 或 b")
    schema = field_schema(field)
    assert (schema["pattern"], schema["x-form"]) == ("^(?:a|b)$", "a 或 b")


def test_list_describes_its_items():
    field = Field(name="tags", title="标签", type="list", codes={"x": "甲"})
    assert field_schema(field)["items"] == {"type": "string", "enum": ["x"]}


def test_nested_units_are_x_members():
    shape = {"type": "array", "items": {"type": "object", "properties": {
        "deg": {"type": "number", "title": "角", "unit": "°"}}}}  # fmt: skip
    field = Field(name="refs", title="方位物", type="json", shape=shape)
    assert field_schema(field)["items"]["properties"]["deg"] == {
        "type": "number",
        "title": "角",
        "x-unit": "°",
    }


def test_object_takes_no_other_fields_and_says_what_it_needs():
    fields = [Field(name=n, title=n, type="boolean") for n in ("a", "b")]
    schema = object_schema(fields, required=["b", "c"])
    assert list(schema["properties"]) == ["a", "b"]
    assert (schema["required"], schema["additionalProperties"]) == (["b"], False)


@pytest.mark.parametrize("layer", layer_names())
def test_every_field_of_every_layer_is_described(layer):
    for field in layer_schema(layer).fields.values():
        assert field_schema(field)["title"] == field.title
