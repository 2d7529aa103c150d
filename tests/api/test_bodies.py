"""JSON is read strictly, and every fault of a body is named."""

from __future__ import annotations

import contextlib
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field

from api.bodies import Body, read_json, read_model, require_media
from api.problems import Refused
from layers.errors import InvalidRecord


class Visit(Body):
    place: str = Field(min_length=1, max_length=5)
    number: int = Field(ge=0)
    on: date | None = None
    share: float = 0.0


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"{",
        b'{"a": NaN}',
        b'{"a": Infinity}',
        b'{"a": 1e999}',
        b'{"a": 1, "a": 2}',
        b'{"a": {"b": 1, "b": 1}}',
        b"\xff",
        b"[" * 100_000,
        b"1" * 5000,
        b"\xef\xbb\xbf{}",
    ],
)
def test_json_that_programs_read_differently_is_refused(raw):
    with pytest.raises(Refused) as caught:
        read_json(raw)
    assert (caught.value.status, caught.value.code) == (400, "bad_json")


def test_a_body_becomes_its_model():
    made = read_model(Visit, '{"place": "侯堡", "number": 3, "on": "2026-01-31"}'.encode())
    assert made == Visit(place="侯堡", number=3, on=date(2026, 1, 31))


def test_every_fault_of_a_body_is_a_finding_in_chinese():
    with pytest.raises(InvalidRecord) as caught:
        read_model(Visit, b'{"place": "", "number": "3", "on": "2026-02-30", "colour": 1}')
    fields = {finding["field"]: finding["message"] for finding in caught.value.findings}
    assert set(fields) == {"place", "number", "on", "colour"}
    assert fields["number"] == "“number”应为整数。"
    assert fields["colour"] == "“colour”没有这一项，请删去。"


@pytest.mark.parametrize(
    "raw", [b"[]", b"3", b"null", b'"\\ud800"', b'{"place": "\\ud800", "number": 1}']
)
def test_what_is_no_such_object_is_refused(raw):
    with pytest.raises(InvalidRecord):
        read_model(Visit, raw)


@given(st.binary(max_size=40))
def test_no_bytes_break_the_reader(raw):
    with contextlib.suppress(Refused, InvalidRecord):
        read_model(Visit, raw)


def test_a_media_type_is_compared_without_its_parameters():
    assert require_media("Application/JSON; charset=utf-8", ("application/json",))
    with pytest.raises(Refused) as caught:
        require_media("text/plain", ("application/json",))
    assert caught.value.status == 415
