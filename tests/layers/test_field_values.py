"""Values are taken strictly: what is not plainly of the type is refused with its reason."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.field_values import PYTHON_VALUES, Fault, has_unseen, reader_of
from layers.schema import Field

anything = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(), st.dates(), st.datetimes(),
    st.binary(), st.lists(st.text()),
)  # fmt: skip
STORED = {"text": str, "integer": int, "real": float, "boolean": bool, "date": str,
          "datetime": str, "list": list}  # fmt: skip


@pytest.mark.parametrize("kind", STORED)
@given(value=anything)
def test_a_value_is_stored_as_its_type_or_refused(kind, value):
    read = reader_of(Field(name="f", title="甲", type=kind))
    try:
        found = read(value)
    except Fault:
        return
    assert found is None or type(found) is STORED[kind]


@pytest.mark.parametrize("kind", ["integer", "real"])
@pytest.mark.parametrize(("value", "code"), [(0, None), (9, None), (-1, "I06"), (10, "I06")])
def test_bounds_are_inclusive(kind, value, code):
    read = reader_of(Field(name="f", title="甲", type=kind, minimum=0, maximum=9))
    if code is None:
        assert read(value) == value
        return
    with pytest.raises(Fault) as caught:
        read(value)
    assert caught.value.code == code


def test_codes_are_named_where_a_value_is_none_of_them():
    read = reader_of(Field(name="f", title="甲", type="text", codes={"a": "一", "b": "b"}))
    with pytest.raises(Fault) as caught:
        read("c")
    assert (caught.value.code, caught.value.reason) == ("I05", "不在代码表中，可选：a（一）、b")


def test_a_list_stored_as_text_reads_back():
    assert PYTHON_VALUES["list"]('["a"]') == ["a"]


@pytest.mark.parametrize("text", ["甲 A𠮷", "a\u0301", "<b>'\""])
def test_what_can_be_seen_passes(text):
    assert not has_unseen(text)


@pytest.mark.parametrize("text", ["a\u202e", "\n", "\x7f", "\ud800", "\u2028"])
def test_unseen_characters_are_told(text):
    assert has_unseen(text)
