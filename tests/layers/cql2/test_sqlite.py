from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from layers.cql2 import parse_filter
from layers.cql2.errors import FilterError
from layers.cql2.sqlite import where
from layers.store import open_store
from layers.store_values import Actor, Query
from layers.stores import gpkg
from tests.layers.cql2.things import THINGS

if TYPE_CHECKING:
    from pathlib import Path


def sql_of(text: str, *, crowded: bool | None = None) -> str:
    ask = None if crowded is None else lambda _: crowded
    return where(parse_filter(text), THINGS, crowded=ask)[0]


BOX = "S_INTERSECTS(geometry, BBOX(1, 2, 3, 4))"


def test_a_relation_asks_the_index_where_only_truth_counts() -> None:
    for text in (BOX, f"{BOX} AND open", f"{BOX} OR open", BOX.replace("INTERSECTS", "WITHIN")):
        assert "rtree_things_geom" in sql_of(text)


def test_a_relation_leaves_the_index_where_unknown_and_untrue_differ() -> None:
    for text in (
        f"NOT {BOX}",
        f"{BOX} = FALSE",
        f"NOT ({BOX} OR open)",
        BOX.replace("INTERSECTS", "DISJOINT"),
    ):
        assert "rtree_things_geom" not in sql_of(text)


def test_a_crowded_box_leaves_the_index() -> None:
    assert "rtree_things_geom" in sql_of(BOX, crowded=False)
    assert "rtree_things_geom" not in sql_of(BOX, crowded=True)


def test_each_part_of_a_scattered_geometry_is_looked_up_alone() -> None:
    text = "S_INTERSECTS(geometry, MULTIPOINT((1 1), (100 50)))"
    assert sql_of(text).count("rtree_things_geom") == 2
    many = ",".join([f"({n} 1)" for n in range(20)])
    assert sql_of(f"S_INTERSECTS(geometry, MULTIPOINT({many}))").count("rtree_things_geom") == 1


def test_whole_numbers_are_bound_as_such() -> None:
    assert where(parse_filter("size = 7 OR share = 0.5"), THINGS)[1] == [7, 0.5]
    assert where(parse_filter("size < 1e15"), THINGS)[1] == [10**15]
    assert where(parse_filter("size < 1e20"), THINGS)[1] == [1e20]


def test_a_filter_that_takes_too_long_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    node = parse_filter(" AND ".join(["CASEI(name) LIKE '%x%'"] * 60))
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        store.add_layer(THINGS)
        store.put("things", [{"name": "x"}] * 500, actor=Actor("test"))
        assert store.count("things", Query(filter=node)) == 500
        monkeypatch.setattr(gpkg, "_FILTER_SECONDS", 0.0)
        with pytest.raises(FilterError, match="太费时间"):
            store.count("things", Query(filter=node))
        assert store.count("things") == 500
