"""Parameters are read as declared, and everything else is refused with name and reason."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.operations import Param
from api.parameters import read_parameters, read_value
from api.problems import Refused
from geo.errors import InputError

LIMIT = Param("limit", {"type": "integer", "minimum": 1, "maximum": 50, "default": 10})
AT = Param("at", {"type": "array", "items": {"type": "number"}, "minItems": 2, "maxItems": 2})
MODE = Param("mode", {"type": "string", "enum": ["walk", "car"], "default": "walk"})
DAY = Param("as_of", {"type": "string", "format": "date"})
ID = Param("id", {"type": "string"}, where="path")


def refusal(declared, query, path=None):
    with pytest.raises(Refused) as caught:
        read_parameters(declared, path or {}, query)
    assert caught.value.status == 400
    return caught.value


def test_values_have_the_declared_types():
    query = [("limit", "5"), ("at", "113.0, 36.5"), ("mode", "car"), ("as_of", "2026-02-28")]
    assert read_parameters([LIMIT, AT, MODE, DAY, ID], {"id": "a"}, query) == {
        "limit": 5,
        "at": [113.0, 36.5],
        "mode": "car",
        "as_of": date(2026, 2, 28),
        "id": "a",
    }


def test_what_is_not_given_takes_its_default_or_none():
    assert read_parameters([LIMIT, AT], {}, []) == {"limit": 10, "at": None}


def test_an_unknown_name_is_refused_and_the_known_ones_are_listed():
    error = refusal([LIMIT, ID], [("limits", "5")], {"id": "a"})
    assert (error.code, error.where) == ("unknown_parameter", "limits")
    assert "limit" in str(error)


def test_an_open_query_leaves_unknown_names_to_the_endpoint():
    assert read_parameters([LIMIT], {}, [("kind", "x")], open_query=True) == {"limit": 10}


def test_a_name_of_the_path_is_none_of_the_query():
    assert refusal([ID], [("id", "b")], {"id": "a"}).code == "unknown_parameter"


def test_a_name_given_twice_is_refused():
    assert refusal([LIMIT], [("limit", "1"), ("limit", "2")]).code == "repeated_parameter"


def test_a_list_of_fixed_length_says_how_many():
    assert "应为 2 个以逗号" in str(refusal([AT], [("at", "1")]))


def test_a_required_name_must_be_there():
    needed = Param("q", {"type": "string"}, "查询词", required=True)
    assert refusal([needed], []).code == "missing_parameter"


@pytest.mark.parametrize(
    ("param", "text"),
    [
        (LIMIT, "0"),
        (LIMIT, "51"),
        (LIMIT, "1.5"),
        (LIMIT, "１"),
        (LIMIT, ""),
        (LIMIT, "9" * 5000),
        (AT, "113"),
        (AT, "113,36,1"),
        (AT, "113,nan"),
        (AT, "113,1e999"),
        (AT, "113,"),
        (MODE, "bus"),
        (DAY, "2026-02-30"),
        (DAY, "20260228"),
        (DAY, "2026-2-28"),
        (Param("q", {"type": "string", "maxLength": 3}), "四个字了"),
        (Param("q", {"type": "string"}), "a\x00b"),
        (Param("q", {"type": "string", "pattern": "[a-z]+"}), "A"),
        (Param("b", {"type": "boolean"}), "yes"),
    ],
)
def test_a_value_that_is_none_is_refused_with_its_name(param, text):
    error = refusal([param], [(param.name, text)])
    assert (error.code, error.where) == ("bad_parameter", param.name)
    assert str(error).startswith(f"参数“{param.name}”")


def test_a_reader_of_a_room_below_speaks_for_itself():
    def read(text):
        raise InputError(f"没有“{text}”这种坐标系。", code="unknown_crs")

    error = refusal([Param("crs", {"type": "string"}, read=read)], [("crs", "x")])
    assert (error.code, str(error)) == ("unknown_crs", "没有“x”这种坐标系。")


@given(st.text(), st.sampled_from([LIMIT, AT, MODE, DAY]))
def test_no_text_breaks_the_reader(text, param):
    with contextlib.suppress(Refused):
        read_value(param, text)
