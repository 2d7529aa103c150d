"""A clerk's lines without nodes: 1 m is about 1.1e-5 degrees of longitude here."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString

from layers.analysis.roads import network_of
from layers.importers import import_file
from layers.importers.plain_roads import EndNodes
from layers.store import open_store, read_frame
from tests.layers.importers.files import CLERK, codes, write_features

METRE = 1 / 111_320 / math.cos(math.radians(36.5))  # of longitude


def line(*places):
    return {"type": "LineString", "coordinates": [list(place) for place in places]}


def road(*places, **properties):
    return {"highway": "村道", "geometry": line(*places)} | properties


def roads(store, tmp_path, *features, name="in.geojson", **options):
    path = write_features(tmp_path, *features, name=name)
    return import_file(store, "roads", path, actor=CLERK, **options)


WEST, MIDDLE, EAST = (113.0, 36.5), (113.01, 36.5), (113.02, 36.5)


@pytest.mark.parametrize(("gap_m", "joined"), [(0.0, True), (0.45, True), (0.6, False)])
def test_ends_within_half_a_metre_are_one_node(store, tmp_path, gap_m, joined):
    near = (MIDDLE[0] + gap_m * METRE, MIDDLE[1])
    assert roads(store, tmp_path, road(WEST, MIDDLE), road(near, EAST)).stored == 2
    first, second = store.find("roads")
    assert (first["v"] == second["u"]) is joined
    assert first["u"] != second["v"]
    network = network_of(read_frame(store, "roads"), "walk")
    assert network.report["components"] == (1 if joined else 2)


def test_lines_that_cross_are_not_joined_unless_asked(store, tmp_path):
    across = road((113.01, 36.49), (113.01, 36.51))
    roads(store, tmp_path, road(WEST, EAST), across)
    assert network_of(read_frame(store, "roads"), "walk").report["components"] == 2
    assert store.count("roads") == 2


def test_node_lines_joins_crossings_and_touches(store, tmp_path):
    across = road((113.01, 36.49), (113.01, 36.51))
    touching = road((113.015, 36.5), (113.015, 36.51))
    report = roads(store, tmp_path, road(WEST, EAST), across, touching, node_lines=True)
    assert report.stored == 3 + 2 + 1
    network = network_of(read_frame(store, "roads"), "walk")
    assert network.report["components"] == 1
    assert sorted(network.edges.groupby("way_id").size()) == [1, 2, 3]


def test_modes_and_speeds_follow_the_class(store, tmp_path):
    roads(store, tmp_path, road(WEST, EAST, highway="县道"), road(MIDDLE, EAST, highway="小路"))
    rows = {row["highway"]: row for row in store.find("roads")}
    assert [rows["tertiary"][n] for n in ("walk", "etrike", "car", "car_kmh")] == [
        "both",
        "both",
        "both",
        40.0,
    ]
    assert [rows["path"][n] for n in ("walk", "etrike", "car", "car_kmh")] == [
        "both",
        "none",
        "none",
        None,
    ]


def test_what_the_file_says_of_a_mode_wins(store, tmp_path):
    roads(store, tmp_path, road(WEST, EAST, car="顺向", 汽车车速=20))
    row = store.find("roads")[0]
    assert (row["walk"], row["car"], row["car_kmh"]) == ("both", "forward", 20.0)


def test_an_unknown_class_is_an_error(store, tmp_path):
    assert codes(roads(store, tmp_path, road(WEST, EAST, highway="土路"))) == [
        (1, "highway", "I05")
    ]


def test_the_same_lines_again_are_unchanged_in_any_order_and_file(store, tmp_path):
    lines = [road(WEST, MIDDLE), road((MIDDLE[0] + 0.4 * METRE, 36.5), EAST)]
    roads(store, tmp_path, *lines)
    report = roads(store, tmp_path, *reversed(lines), name="other.geojson")
    assert (report.unchanged, report.stored) == (2, 0)


def test_a_second_file_meets_the_stored_nodes(store, tmp_path):
    roads(store, tmp_path, road(WEST, MIDDLE))
    roads(store, tmp_path, road((MIDDLE[0] + 0.3 * METRE, 36.5), EAST), name="second.geojson")
    assert network_of(read_frame(store, "roads"), "walk").report["components"] == 1


def test_collections_become_pieces_and_rows_without_geometry_stay(store, tmp_path):
    parts = {"type": "MultiLineString", "coordinates": [[WEST, MIDDLE], [MIDDLE, EAST]]}
    report = roads(store, tmp_path, {"highway": "村道", "geometry": parts}, road(WEST, EAST))
    assert report.stored == 3
    pieces = sorted((row["way_id"], row["piece"]) for row in store.find("roads"))
    assert sorted(piece for _, piece in pieces) == [0, 0, 1]


def test_own_way_ids_are_kept(store, tmp_path):
    roads(store, tmp_path, road(WEST, MIDDLE, way_id=7), road(MIDDLE, EAST, way_id=7))
    assert sorted(row["id"] for row in store.find("roads")) == ["7-0", "7-1"]


def test_a_line_without_way_id_and_geometry_cannot_be_named(store, tmp_path):
    report = roads(store, tmp_path, {"highway": "村道", "geometry": None})
    assert report.failed
    assert store.count("roads") == 0


@pytest.fixture(scope="module")
def bare_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("bare") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        yield opened


METRES = st.tuples(st.floats(0, 3), st.floats(0, 3))


@given(st.lists(st.tuples(METRES, METRES), min_size=1, max_size=12))
def test_a_node_is_no_wider_than_from_edges_allows_and_as_wide_as_it_may(bare_store, pairs):
    ends = EndNodes(bare_store)
    lines = [LineString([_degrees(a), _degrees(b)]) for a, b in pairs]
    u, v = ends.ends(lines)
    assert ends.ends(lines) == (u, v)
    first: dict[int, tuple[float, float]] = {}
    for place, node in zip([p for pair in pairs for p in pair], _mixed(u, v), strict=True):
        nearest_m = min((math.dist(place, other) for other in first.values()), default=math.inf)
        if node in first:
            assert math.dist(place, first[node]) <= 0.5 + 1e-4
        else:
            assert nearest_m >= 0.5 - 1e-4
            first[node] = place


def _degrees(place):
    return 113 + place[0] * METRE, 36.5 + place[1] / 111_320


def _mixed(u, v):
    return [node for pair in zip(u, v, strict=True) for node in pair]
