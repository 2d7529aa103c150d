"""Every shipped layer says all that a form needs: titles, units, the words of codes."""

from __future__ import annotations

import re

import pytest

from layers.analysis.question import MODES
from layers.json_schema import object_schema
from layers.schema import layer_names, layer_schema

CHINESE = re.compile("[\u4e00-\u9fff]")
COUNTED = {"piece", "u", "v", "way_id", "version", "p"}  # numbers of a thing, not of a measure


def described(schema):
    """Give name and description of every value, those within values too."""
    for name, body in schema.get("properties", {}).items():
        yield name, body
        yield from described(body)
        yield from described(body.get("items", {}))


@pytest.fixture(params=layer_names())
def form(request):
    schema = layer_schema(request.param)
    return dict(described(object_schema([*schema.system.values(), *schema.fields.values()])))


def test_every_value_has_a_chinese_title(form):
    assert [name for name, body in form.items() if not CHINESE.search(body.get("title", ""))] == []


def test_every_measure_has_a_unit(form):
    numbers = {n for n, body in form.items() if body.get("type") in {"integer", "number"}}
    assert {n for n in numbers - COUNTED if "x-unit" not in form[n]} == set()


def test_every_code_has_a_title(form):
    for name, body in form.items():
        codes = body.get("enum") or body.get("items", {}).get("enum", [])
        titles = body.get("x-titles", {})
        assert list(titles) == codes, name
        assert all(titles.values()), name


def test_a_mode_is_called_the_same_everywhere():
    question = layer_schema("siting_scenarios").fields["question"].shape
    assert question["properties"]["mode"]["titles"] == MODES
