"""All published filters, counted in each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.cql2 import parse_filter
from layers.store_values import Query
from tests.layers.cql2.vectors import fill, read_vectors

if TYPE_CHECKING:
    from pathlib import Path

    from layers.store import Store


def test_every_published_filter_finds_what_the_data_hold(empty: Store, shared_data: Path) -> None:
    fill(empty, shared_data)
    wrong = []
    for row in read_vectors(shared_data):
        found = empty.count(row["collection"], Query(filter=parse_filter(row["filter"])))
        if found != row["count"]:
            wrong.append((row["id"], row["filter"], found, row["count"]))
    assert wrong == []
