"""Made ids sort by time and do not repeat."""

from __future__ import annotations

from datetime import UTC, datetime

from layers.identifiers import new_ulid


def test_the_first_ten_characters_are_the_time():
    # 1469918176385 ms is the example of the ULID specification: 01ARYZ6S41.
    moment = datetime.fromtimestamp(1469918176.385, UTC)
    assert new_ulid(moment)[:10] == "01ARYZ6S41"


def test_ids_of_one_moment_differ():
    moment = datetime(2024, 6, 30, tzinfo=UTC)
    assert len({new_ulid(moment) for _ in range(1000)}) == 1000
