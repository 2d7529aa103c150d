"""Nested values: what fits a description, and what is said where it does not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.nested import fitted, shape_faults, texts_in
from layers.schema import layer_schema

REFS = layer_schema("boundary_markers").fields["refs"].shape
REF = {"name": "水塔", "grid_azimuth_deg": 120, "distance_m": 35.5}


def test_one_number_has_one_text():
    one = fitted([{**REF, "grid_azimuth_deg": 120}], REFS)
    other = fitted(({**REF, "grid_azimuth_deg": 120.0},), REFS)
    assert json.dumps(one) == json.dumps(other)


def test_parts_that_are_none_are_left_out():
    assert fitted([{"name": "水塔", "distance_m": None}], REFS) == [{"name": "水塔"}]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({}, "应为列表"),
        ([REF] * 4, "有 4 项"),
        ([{"distance_m": 1}], r"\[1\].*缺少名称"),
        ([{**REF, "distance_m": 0}], r"\[1\].distance_m 应大于 0"),
        ([{**REF, "grid_azimuth_deg": 361}], "大于上限 360"),
        ([{**REF, "grid_azimuth_deg": -1}], "小于下限 0"),
        ([{**REF, "distance_m": float("nan")}], "不是有限的数"),
        ([{**REF, "distance_m": True}], "应为数"),
        ([{**REF, "name": "水" * 201}], "超过 200"),
        ([{**REF, "azimuth": 3}], "不认识的项 azimuth"),
        ([{3: 4}], "键应为文字"),
        (["水塔"], "应为对象"),
    ],
)
def test_a_misfit_is_told_with_its_place(value, said):
    with pytest.raises(ValueError, match=said):
        fitted(value, REFS)


def test_a_choice_outside_the_list_is_told():
    with pytest.raises(ValueError, match="p_median"):
        fitted({"model": "guess"}, layer_schema("siting_scenarios").fields["question"].shape)


def test_what_is_not_json_is_refused_where_nothing_is_described():
    with pytest.raises(ValueError, match="不是 JSON"):
        fitted({"a": object()}, {"type": "object"})


def test_a_bottomless_value_is_refused():
    deep: list = []
    deep.append(deep)
    with pytest.raises(ValueError, match="过深"):
        fitted(deep, {"type": "array"})


def test_every_text_is_found_keys_too():
    assert list(texts_in({"a": ["b", {"c": "d"}, 1]})) == ["a", "b", "c", "d"]


@pytest.mark.parametrize(
    "shape",
    [
        {"type": "list"},
        {"type": "array", "items": {"type": "text"}},
        {"type": "object", "properties": {"a": {"type": "string", "min": 1}}},
        {"type": "object", "properties": {}, "required": ["a"]},
        {"type": "boolean", "enum": ["a"]},
        {"type": "string", "enum": ["a", "b"], "titles": {"a": "甲"}},
        {"type": "string", "titles": {"a": "甲"}},
    ],
)
def test_a_wrong_description_is_found(shape):
    assert list(shape_faults(shape))


LEAF = st.booleans() | st.integers(-(2**62), 2**62) | st.floats(-1e9, 1e9) | st.text(max_size=9)
JSON = st.recursive(
    LEAF,
    lambda p: st.lists(p, max_size=3) | st.dictionaries(st.text(max_size=5), p, max_size=3),
    max_leaves=9,
)


@given(st.dictionaries(st.text(max_size=5), JSON, max_size=4))
def test_what_is_stored_survives_json_and_a_second_fitting(value):
    made = fitted(value, {"type": "object"})
    assert fitted(json.loads(json.dumps(made)), {"type": "object"}) == made
