from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.schema import layer_names, layer_schema
from layers.short_names import short_names


def test_a_long_name_is_cut_and_told_from_its_likes():
    names = ["township_code", "township_coding", "township_c", "beds"]
    assert short_names(names) == {
        "township_code": "township_1",
        "township_coding": "township_2",
        "township_c": "township_c",
        "beds": "beds",
    }


@given(st.lists(st.text("ab_", min_size=1, max_size=14), unique=True))
def test_short_names_differ_and_fit(names):
    short = short_names(names)
    assert sorted(short) == sorted(names)
    assert len(set(short.values())) == len(names)
    assert all(len(name) <= 10 for name in short.values())


def test_every_layer_understands_its_own_short_names():
    for layer in layer_names():
        schema = layer_schema(layer)
        headings = schema.headings()
        for name, short in short_names(("id", *schema.fields)).items():
            assert headings[short] == name
