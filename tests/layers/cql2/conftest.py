"""A store of each kind with what the tests of filters ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.store import open_store
from layers.store_values import Actor
from tests.layers.cql2.things import THINGS, rows

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.store import Store


@pytest.fixture(scope="module", params=["gpkg", pytest.param("postgis", marks=pytest.mark.postgis)])
def empty(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Store]:
    """Give a store of each kind."""
    url = f"gpkg:{tmp_path_factory.mktemp('filters') / 'county.gpkg'}"
    if request.param == "postgis":
        url = request.getfixturevalue("postgis_url")
    with open_store(url, create=True) as store:
        yield store


@pytest.fixture(scope="module")
def things(empty: Store) -> Store:
    """Give a store of each kind with `THINGS`."""
    empty.add_layer(THINGS)
    empty.put("things", rows(), actor=Actor("test"))
    return empty
