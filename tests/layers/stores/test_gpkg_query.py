"""A box is answered in three ways, with one answer."""

from __future__ import annotations

from dataclasses import replace

import pytest
import shapely

from layers.cql2 import parse_filter
from layers.store import Actor, Query
from layers.stores.gpkg_query import crowded_of, select, way_of

NUMBER = 6000
CROWDED = Query(bbox=(112.0, 35, 112.55, 37), limit=100)


@pytest.fixture
def layer(store):
    """Points along a parallel, one without place."""
    rows = [{"id": "none", "name": "无址"}]
    rows += [
        {"id": f"f{i}", "name": "示意", "geometry": shapely.Point(112 + i / 10_000, 36)}
        for i in range(NUMBER)
    ]
    store.put("care_facilities", rows, actor=Actor("甲"))
    return store


def way(store, query: Query) -> str:
    with store._connections.reading() as connection:
        return way_of(connection, store.schema("care_facilities"), query)


@pytest.mark.slow
def test_the_way_follows_the_box(layer):
    assert way(layer, CROWDED) == "scan"
    assert way(layer, replace(CROWDED, limit=None)) == "index"
    assert way(layer, replace(CROWDED, bbox=(112.0, 35, 112.1, 37))) == "index"
    assert way(layer, replace(CROWDED, bbox=(112.0, 35, 113, 37))) == "all"
    assert way(layer, Query(limit=9)) == "index"


@pytest.mark.slow
def test_every_way_gives_the_same_rows(layer):
    schema = layer.schema("care_facilities")
    found = []
    with layer._connections.reading() as connection:
        for one in ("index", "scan"):
            statement = select(schema, CROWDED, way=one)
            found.append(connection.execute(statement.sql, statement.parameters).fetchall())
    assert found[0] == found[1]
    assert len(found[0]) == CROWDED.limit


@pytest.mark.slow
def test_pages_of_a_crowded_box_join_to_the_whole(layer):
    query, ids = replace(CROWDED, limit=1000), []
    while True:
        page = layer.find("care_facilities", query)
        ids += [row["id"] for row in page]
        if page.after is None:
            break
        query = replace(query, after=page.after)
    assert ids == [f"f{i}" for i in range(5501)]


@pytest.mark.slow
def test_a_filter_goes_the_way_of_its_box_and_finds_the_same(layer):
    node = parse_filter("S_INTERSECTS(geometry, BBOX({},{},{},{}))".format(*CROWDED.bbox))
    query = replace(CROWDED, bbox=None, filter=node)
    assert layer.find("care_facilities", query) == layer.find("care_facilities", CROWDED)
    with layer._connections.reading() as connection:
        schema = layer.schema("care_facilities")
        crowded = crowded_of(connection, schema, query)
        assert crowded(CROWDED.bbox)
        assert not crowded((112.0, 35, 112.1, 37))
        assert "rtree" not in select(schema, query, crowded=crowded).sql
        assert "rtree" in select(schema, query, crowded=lambda _: False).sql
