"""Fixtures of the stored county: an empty store, a clock that does not run."""

from __future__ import annotations

import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from layers.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.store import Store


_NUMBERS = itertools.count(1)


class Clock:
    """Gives 2024-06-30 08:00 UTC, one second later at each call."""

    def __init__(self) -> None:
        self.now = datetime(2024, 6, 30, 8, tzinfo=UTC)

    def __call__(self) -> datetime:
        self.now += timedelta(seconds=1)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def store_url(tmp_path: Path) -> str:
    """Address of a store that does not exist yet; a suite for all kinds gives `each_store_url`."""
    return f"gpkg:{tmp_path / 'county.gpkg'}"


@pytest.fixture(params=["gpkg", pytest.param("postgis", marks=pytest.mark.postgis)])
def each_store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a store of each kind that does not exist yet."""
    if request.param == "gpkg":
        return f"gpkg:{tmp_path / 'county.gpkg'}"
    return request.getfixturevalue("empty_place")


@pytest.fixture
def store(store_url: str, clock: Clock, tmp_path: Path) -> Iterator[Store]:
    """An empty store."""
    with open_store(store_url, create=True, clock=clock, min_free_mb=0, folder=tmp_path) as opened:
        yield opened


@pytest.fixture
def empty_place(postgis_url: str) -> Iterator[str]:
    """Address of an empty schema; gone after the test, before its files get to the disk."""
    import psycopg

    name = f"s{next(_NUMBERS)}"
    with psycopg.connect(postgis_url, autocommit=True) as connection:
        connection.execute(f"CREATE SCHEMA {name}")
        yield f"{postgis_url}&options=-csearch_path%3D{name}%2Cpublic"
        connection.execute("SET lock_timeout = '10s'; SET client_min_messages = 'warning'")
        connection.execute(f"DROP SCHEMA {name} CASCADE")


@pytest.fixture
def store_maker(tmp_path: Path, clock: Clock) -> Iterator[Callable[[], Store]]:
    """A maker of further empty stores."""
    made: list[Store] = []

    def make() -> Store:
        url = f"gpkg:{tmp_path / f'other{len(made)}.gpkg'}"
        made.append(open_store(url, create=True, clock=clock, min_free_mb=0))
        return made[-1]

    yield make
    for store in made:
        store.close()
