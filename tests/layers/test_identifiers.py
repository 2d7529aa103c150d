"""Made ids sort by time and do not repeat."""

from __future__ import annotations

from datetime import UTC, datetime
from itertools import islice

from layers.identifiers import new_ulid, ulids


def test_the_first_ten_characters_are_the_time():
    # 1469918176385 ms is the example of the ULID specification: 01ARYZ6S41.
    moment = datetime.fromtimestamp(1469918176.385, UTC)
    assert new_ulid(moment)[:10] == "01ARYZ6S41"


def test_ids_of_one_moment_differ():
    moment = datetime(2024, 6, 30, tzinfo=UTC)
    assert len({new_ulid(moment) for _ in range(1000)}) == 1000


def test_ids_made_in_a_row_have_the_time_and_rise_one_by_one():
    moment = datetime.fromtimestamp(1469918176.385, UTC)
    made = list(islice(ulids(moment), 1000))
    assert made == sorted(set(made))
    assert {(one[:10], len(one)) for one in made} == {("01ARYZ6S41", 26)}
    assert not set("".join(made)) & set("ILOU")
