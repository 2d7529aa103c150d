"""All 351 published filters, counted in each store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.cql2 import parse_filter
from layers.store import open_store
from layers.store_values import Query
from tests.layers.cql2.vectors import fill, read_vectors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from layers.store import Store


@pytest.fixture(scope="module")
def store(shared_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("vectors") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True) as store:
        fill(store, shared_data)
        yield store


def test_every_published_filter_finds_what_the_data_hold(store: Store, shared_data: Path) -> None:
    wrong = []
    for row in read_vectors(shared_data):
        found = store.count(row["collection"], Query(filter=parse_filter(row["filter"])))
        if found != row["count"]:
            wrong.append((row["id"], row["filter"], found, row["count"]))
    assert wrong == []
