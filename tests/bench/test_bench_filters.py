"""Filters: microseconds a parse beside the bare library, and what a filter costs on 100,000 points.

Times are of this process's CPU, so that other work on the machine does not count.
"""

from __future__ import annotations

from time import process_time
from typing import TYPE_CHECKING, Any

import cql2
import numpy as np
import pytest
import shapely

from layers.cql2 import fitted, parse_filter
from layers.store import Actor, Query, open_store
from tests.bench.timing import say
from tests.layers.cql2.things import THINGS
from tests.layers.cql2.vectors import read_vectors

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from layers.store import Store

pytestmark = pytest.mark.bench
NUMBER = 100_000


def busy(question: Callable[[], object], *, rounds: int = 7) -> float:
    times = []
    for _ in range(rounds):
        begin = process_time()
        question()
        times.append(process_time() - begin)
    return min(times)


def points() -> Iterator[dict[str, Any]]:
    draw = np.random.default_rng(7)
    for number, place in enumerate(shapely.points(draw.uniform((112, 36), (113, 37), (NUMBER, 2)))):
        yield {"name": f"村{number}", "size": number % 1000, "geometry": place}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    path = tmp_path_factory.mktemp("filters") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True) as store:
        store.add_layer(THINGS)
        store.put("things", points(), actor=Actor("bench"))
        yield store


def test_parsing_the_published_filters(shared_data: Path) -> None:
    texts = [row["filter"] for row in read_vectors(shared_data)]
    mine = busy(lambda: [parse_filter(text) for text in texts]) / len(texts)
    bare = busy(lambda: [cql2.parse_text(text).to_json() for text in texts]) / len(texts)
    say(f"a parse, mean of {len(texts)} filters", mine, library_alone=bare)
    node = parse_filter(
        "size > 7 AND ACCENTI(name) LIKE 'x%' AND S_WITHIN(geometry, BBOX(1,2,3,4))"
    )
    say("checking one against its layer", busy(lambda: fitted(node, THINGS)))


@pytest.mark.parametrize("core", ["a =", "open"])
def test_sixty_four_parentheses(core: str) -> None:
    def ask() -> None:
        try:
            parse_filter("(" * 64 + core + ")" * 64)
        except ValueError:
            return

    say(f"64 parentheses around “{core}”", busy(ask))


def test_filters_of_100_000_points(store: Store) -> None:
    box = (112.5, 36.5, 112.54, 36.54)
    ring = "112.5 36.5,112.54 36.5,112.54 36.54,112.5 36.54,112.5 36.5"
    plain = busy(lambda: store.find("things", Query(bbox=box, limit=1000)))
    for text in (
        "S_INTERSECTS(geometry, BBOX(112.5,36.5,112.54,36.54))",
        f"S_INTERSECTS(geometry, POLYGON(({ring})))",
        f"S_WITHIN(geometry, POLYGON(({ring}))) AND size > 500",
    ):
        node = parse_filter(text)
        found = store.find("things", Query(filter=node, limit=1000))
        mine = busy(lambda node=node: store.find("things", Query(filter=node, limit=1000)))
        say(f"{len(found)} found by {text[:40]}…", mine, bbox_parameter=plain)


@pytest.mark.parametrize(
    "text",
    [
        "size = 7",
        "name LIKE '%99%'",
        "CASEI(ACCENTI(name)) LIKE '村99%'",
        "NOT S_INTERSECTS(geometry, BBOX(112.5,36.5,112.54,36.54))",
        "S_DISJOINT(geometry, POLYGON((112.5 36.5,112.6 36.5,112.6 36.6,112.5 36.5)))",
        "S_INTERSECTS(geometry, BBOX(-180,-90,180,90))",
    ],
)
def test_counting_all_that_match(store: Store, text: str) -> None:
    node = parse_filter(text)
    found = store.count("things", Query(filter=node))
    mine = busy(lambda: store.count("things", Query(filter=node)), rounds=3)
    say(f"counting {found:,} of {NUMBER:,} by {text[:50]}", mine)
