from __future__ import annotations

import pytest

from layers.cql2 import queryables
from layers.cql2.errors import FilterError
from layers.cql2.nodes import Property
from layers.cql2.queryables import property_of
from layers.schema import layer_schema

DIVISIONS = layer_schema("divisions")


def test_fields_system_properties_and_geometry_can_be_asked_for() -> None:
    found = queryables(DIVISIONS)
    assert found["id"] == "text"
    assert found["geometry"] == "geometry"
    assert found["version"] == "integer"
    assert found["updated_at"] == "datetime"
    assert found["valid_from"] == "date"
    assert DIVISIONS.fields.keys() <= found.keys()


def test_a_layer_without_geometry_has_none_to_ask_for() -> None:
    cases = layer_schema("cases")
    assert ("geometry" in queryables(cases)) is bool(cases.geometry)


def test_letter_case_does_not_matter_where_no_name_is_so_written() -> None:
    assert property_of(DIVISIONS, "NAME") == Property("name", "text")


@pytest.mark.parametrize("name", ["geom", "GEOM", "geometry"])
def test_the_geometry_has_two_names(name: str) -> None:
    assert property_of(DIVISIONS, name) == Property("geometry", "geometry")


@pytest.mark.parametrize("name", ["fid", "nmae", "t.name", 'name" OR 1=1 --', "", "rowid"])
def test_any_other_name_is_unknown(name: str) -> None:
    with pytest.raises(FilterError, match="可用：id、geometry、code") as caught:
        property_of(DIVISIONS, name)
    assert caught.value.code == "unknown_property"


def test_what_somebody_may_not_see_is_unknown_to_them() -> None:
    with pytest.raises(FilterError) as caught:
        property_of(DIVISIONS, "Updated_By", hidden={"updated_by"})
    assert caught.value.code == "unknown_property"
    assert "updated_by" not in str(caught.value).split("可用：")[1]
