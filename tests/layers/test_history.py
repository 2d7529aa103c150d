"""Digests, hashes and the two times are the same everywhere and for ever."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta, timezone
from hashlib import sha256

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.history import (
    canonical_json,
    digest,
    event_detail,
    event_hash,
    stamp,
    unstamp,
    valid_on,
)

EVENT = (1, 1, "2024-06-30T08:00:00.000Z", "甲", "create", "roads", "7-0", 1, "{}", "d", "p")


def test_canonical_json_sorts_keys_and_keeps_characters():
    assert canonical_json({"b": 1, "a": ["虒", 0.1]}) == '{"a":["虒",0.1],"b":1}'


def test_canonical_json_refuses_what_json_has_not():
    with pytest.raises(ValueError, match="Out of range"):
        canonical_json({"a": float("nan")})


def test_a_digest_is_the_sha256_of_the_body():
    assert digest('{"a":1}') == sha256(b'{"a":1}').hexdigest()


def test_an_event_hash_is_the_sha256_of_its_columns_as_a_list():
    text = json.dumps(EVENT, ensure_ascii=False, separators=(",", ":"))
    assert event_hash(*EVENT) == sha256(text.encode()).hexdigest()


@pytest.mark.parametrize("place", range(len(EVENT)))
def test_every_column_counts_in_the_hash(place):
    other = list(EVENT)
    other[place] = 9 if isinstance(other[place], int) else other[place] + "x"
    assert event_hash(*other) != event_hash(*EVENT)


def test_text_moved_to_the_next_column_is_another_hash():
    moved = [*EVENT[:3], "甲c", "reate", *EVENT[5:]]
    assert event_hash(*moved) != event_hash(*EVENT)


def test_a_detail_holds_the_reason_only_where_there_is_one():
    assert json.loads(event_detail("clerk", verified=False, reason="")) == {
        "role": "clerk",
        "verified": False,
    }
    assert json.loads(event_detail("clerk", verified=True, reason="更正"))["reason"] == "更正"


def test_a_stamp_is_utc_with_milliseconds():
    moment = datetime(2024, 6, 30, 8, 15, 0, 123456, timezone(timedelta(hours=8)))
    assert stamp(moment) == "2024-06-30T00:15:00.123Z"


moments = st.datetimes(min_value=datetime(1900, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


@given(moments, moments)
def test_stamps_sort_as_moments_and_read_back(a, b):
    assert unstamp(stamp(a)) == a.replace(microsecond=a.microsecond // 1000 * 1000)
    assert (stamp(a) <= stamp(b)) or a > b


def test_a_moment_without_zone_is_refused():
    with pytest.raises(ValueError, match="time zone"):
        stamp(datetime(2024, 1, 1))  # noqa: DTZ001


@pytest.mark.parametrize(
    ("start", "end", "valid"),
    [
        (None, None, True),
        (date(2024, 6, 30), None, True),
        (date(2024, 7, 1), None, False),
        (None, date(2024, 6, 30), False),
        (None, date(2024, 7, 1), True),
    ],
)
def test_valid_time_is_half_open(start, end, valid):
    assert valid_on({"valid_from": start, "valid_to": end}, date(2024, 6, 30)) is valid
