"""`read_osm` beside a plain pyosmium loop that only collects tags, nodes and places."""

from __future__ import annotations

import subprocess
import sys

import osmium
import pytest

from geo.network import from_edges, read_osm
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench


def plain_loop(path):
    """What a script would write first: all highways with their nodes and places."""
    return [
        (way.id, dict(way.tags), [(n.ref, n.lon, n.lat) for n in way.nodes if n.location.valid()])
        for way in osmium.FileProcessor(str(path)).with_locations()
        if way.is_way() and "highway" in way.tags
    ]


@pytest.mark.parametrize("town", ["heidelberg", "liechtenstein"])
@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_reading_a_town(shared_data, town, mode):
    path = shared_data / "osm" / f"{town}.osm.pbf"
    mine_s = best_of(3, lambda: read_osm(path, mode))
    say(f"read_osm {town} {mode}", mine_s, plain_loop=best_of(3, lambda: plain_loop(path)))


def test_building_from_edges(shared_data):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    say("from_edges heidelberg", best_of(3, lambda: from_edges(network.edges)))


def test_cold_start():
    def start(code: str) -> float:
        return best_of(5, lambda: subprocess.run([sys.executable, "-c", code], check=True))

    say("import geo.coverage", start("import geo.coverage"), geopandas=start("import geopandas"))
    kernels_s = start("import geo.reach; geo.reach.warm_up()")
    say("with the kernels", kernels_s, geopandas=start("import geopandas"))
