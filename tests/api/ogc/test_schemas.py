import pytest
from jsonschema import Draft202012Validator

from api.ogc.schemas import queryables_document, schema_document
from api.ogc.visibility import view_of
from layers.schema import layer_names, layer_schema


@pytest.mark.parametrize("layer", layer_names())
@pytest.mark.parametrize("describe", [schema_document, queryables_document])
def test_documents_are_json_schema_with_titles_and_one_role_each(layer, describe):
    body = describe(view_of(layer_schema(layer), "clerk"), "http://h/x")
    Draft202012Validator.check_schema(body)
    assert body["$id"] == "http://h/x"
    assert all(told["title"] for told in body["properties"].values())
    roles = [told["x-ogc-role"] for told in body["properties"].values() if "x-ogc-role" in told]
    assert roles == ["id", "primary-geometry"][: 1 + bool(layer_schema(layer).geometry)]


@pytest.mark.parametrize(
    ("layer", "format"),
    [("care_facilities", "geometry-point"), ("roads", "geometry-linestring"),
     ("divisions", "geometry-any")],
)  # fmt: skip
def test_the_geometry_says_what_it_is(layer, format):
    body = schema_document(view_of(layer_schema(layer), "viewer"), "x")
    assert body["properties"]["geometry"]["format"] == format


def test_what_only_the_store_writes_is_read_only():
    body = schema_document(view_of(layer_schema("place_names"), "clerk"), "x")
    marked = [name for name, told in body["properties"].items() if told.get("readOnly")]
    assert marked == ["pinyin_plain", "version", "updated_at", "updated_by"]


def test_the_schema_names_what_a_form_must_have():
    assert schema_document(view_of(layer_schema("place_names"), "clerk"), "x")["required"] == [
        "name"
    ]


def test_hidden_counts_are_told_by_a_property_that_no_filter_names():
    view = view_of(layer_schema("elders"), "viewer")
    assert "suppressed" in schema_document(view, "x")["properties"]
    assert "suppressed" not in queryables_document(view, "x")["properties"]
