"""Layer roads: one network for every mode, that behaves like a county's."""

from collections import Counter, defaultdict
from dataclasses import replace

import numpy as np
import pytest
import shapely
from pyproj import Geod
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.facts import outline
from layers.sample import mesh, roads, sample_rows

GEOD = Geod(ellps="GRS80")


@pytest.fixture(scope="module", params=[7, 1, 4])
def rows(request):
    return sample_rows("roads", seed=request.param)


@pytest.fixture(scope="module")
def lines(rows):
    return np.array([row["geometry"] for row in rows])


@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_everybody_gets_everywhere_and_back(rows, mode):
    ways = [row for row in rows if row[mode] != "none"]
    arcs = [(r["u"], r["v"]) for r in ways if r[mode] != "backward"]
    arcs += [(r["v"], r["u"]) for r in ways if r[mode] != "forward"]
    count = max(map(max, arcs)) + 1
    graph = coo_array((np.ones(len(arcs)), np.array(arcs).T), shape=(count, count))
    part = connected_components(graph, connection="strong")[1]
    assert len(set(part[np.unique(arcs)])) == 1


def test_there_are_4000_to_8000_pieces_of_five_classes(rows):
    assert 4_000 <= len(rows) <= 8_000
    assert set(Counter(row["highway"] for row in rows)) == {
        "secondary",
        "tertiary",
        "unclassified",
        "residential",
        "path",
    }


def test_a_node_has_one_place(rows):
    places = defaultdict(set)
    for row in rows:
        places[row["u"]].add(row["geometry"].coords[0])
        places[row["v"]].add(row["geometry"].coords[-1])
    assert {len(found) for found in places.values()} == {1}
    assert len({next(iter(found)) for found in places.values()}) == len(places)


def test_roads_meet_at_their_nodes_and_nowhere_else(rows, lines):
    a, b = shapely.STRtree(lines).query(lines, predicate="intersects")
    a, b = a[a < b], b[a < b]
    for one, two, met in zip(a, b, shapely.intersection(lines[a], lines[b]), strict=True):
        shared = {rows[one]["u"], rows[one]["v"]} & {rows[two]["u"], rows[two]["v"]}
        assert shapely.get_type_id(met) in {0, 4}
        assert len(shapely.get_coordinates(met)) == len(shared)


def test_every_line_is_simple_and_in_the_county(lines):
    assert shapely.is_simple(lines).all()
    assert shapely.contains_properly(outline(), lines).all()


def test_a_key_is_one_piece(rows):
    assert len({(row["way_id"], row["piece"]) for row in rows}) == len(rows)
    assert all(row["id"] == f"{row['way_id']}-{row['piece']}" for row in rows)
    assert min(row["piece"] for row in rows) == 0


def test_wheels_go_where_the_class_allows(rows):
    speeds = {"secondary": 50, "tertiary": 40, "unclassified": 30, "residential": 25, "path": None}
    for row in rows:
        assert row["walk"] == "both"
        assert row["car_kmh"] == speeds[row["highway"]]
        assert (row["car"] == "none") == (row["etrike"] == "none") == (row["highway"] == "path")


def test_some_streets_are_one_way(rows):
    ways = Counter(row["car"] for row in rows)
    assert ways["forward"] > 3
    assert ways["backward"] > 3


def test_roads_between_villages_bend(rows):
    long = [row["geometry"] for row in rows if len(row["geometry"].coords) > 10]
    detour = [
        GEOD.geometry_length(line) / GEOD.inv(*line.coords[0], *line.coords[-1])[2]
        for line in long
        if line.coords[0] != line.coords[-1]
    ]
    assert len(detour) > 200
    assert 1.02 < np.median(detour) < 1.5


def test_made_up_roads_say_so(rows):
    assert {row["quality"] for row in rows} == {"synthetic"}
    assert all(row["source"].startswith("示意数据") for row in rows)
    assert all(row["name"] is None or row["name"].startswith("示意") for row in rows)


def test_most_streets_are_short_and_some_end_blind(rows):
    streets = [row for row in rows if len(row["geometry"].coords) == 2]
    assert len(streets) > 0.7 * len(rows)
    degree = Counter(end for row in rows for end in (row["u"], row["v"]))
    assert sum(count == 1 for count in degree.values()) > 200


@pytest.mark.slow
def test_a_nanometre_of_another_machines_rounding_changes_nothing(monkeypatch):
    noise = np.random.default_rng(1)

    def shaken(xy):
        return xy + noise.uniform(-1e-9, 1e-9, xy.shape)

    before = sample_rows("roads")
    town, village, open_mesh = roads.town_net, roads.village_net, mesh._mesh

    def off(net):
        return replace(net, xy=shaken(net.xy))

    monkeypatch.setattr(roads, "town_net", lambda *args: off(town(*args)))
    monkeypatch.setattr(roads, "village_net", lambda *args: off(village(*args)))
    monkeypatch.setattr(mesh, "_mesh", lambda *args: shaken(open_mesh(*args)))
    roads._network.cache_clear()
    after = sample_rows("roads")
    roads._network.cache_clear()
    assert after == before
