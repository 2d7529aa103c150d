"""Fixtures of the stored county: an empty store, a clock that does not run."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from layers.store import open_store

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.store import Store


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


@pytest.fixture(params=["gpkg"])
def store_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """Address of a store of each kind that does not exist yet."""
    return {"gpkg": f"gpkg:{tmp_path / 'county.gpkg'}"}[request.param]


@pytest.fixture
def store(store_url: str, clock: Clock) -> Iterator[Store]:
    """An empty store of each kind; the suite of `test_store` holds for all of them."""
    with open_store(store_url, create=True, clock=clock, min_free_mb=0) as opened:
        yield opened


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
