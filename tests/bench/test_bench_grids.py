"""Grids of 10,000 to 1,000,000 nodes: cost a node, memory an edge, one bounded search."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.network import Network, from_edges, snap
from geo.reach import access_legs, bounded_search, nearest_facility
from tests.bench.timing import best_of

pytestmark = pytest.mark.bench

STEP_M = 100.0
ORIGIN = (300_000.0, 4_000_000.0)
WALK_MPS = 1.1


def big_grid(side: int, *, shuffled: bool) -> Network:
    """A square grid of side x side nodes, 100 m apart; shuffled: ids say nothing about place."""
    row, column = np.divmod(np.arange(side * side), side)
    u = np.concatenate((np.flatnonzero(column < side - 1), np.flatnonzero(row < side - 1)))
    v = np.concatenate((u[: side * (side - 1)] + 1, u[side * (side - 1) :] + side))
    at = np.column_stack((column, row)) * STEP_M + ORIGIN
    lines = shapely.linestrings(np.stack((at[u], at[v]), axis=1))
    ids = np.random.default_rng(7).permutation(len(at)) if shuffled else np.arange(len(at))
    frame = gpd.GeoDataFrame({"u": ids[u], "v": ids[v]}, geometry=lines, crs="EPSG:4547")
    return from_edges(frame)


def resident_bytes() -> int:
    with open("/proc/self/statm", encoding="ascii") as file:  # noqa: PTH123
        return int(file.read().split()[1]) * 4096


@pytest.mark.parametrize("side", [100, 316, 1000])
@pytest.mark.parametrize("shuffled", [False, True])
def test_a_grid(side, shuffled):
    before = resident_bytes()
    network = big_grid(side, shuffled=shuffled)
    middle = shapely.Point(np.array(ORIGIN) + STEP_M * side / 2 + 30)
    at = gpd.GeoDataFrame(geometry=[middle], crs="EPSG:4547")
    build_s = best_of(1, lambda: nearest_facility(network, at))
    bytes_an_edge = (resident_bytes() - before) / len(network.edges)
    all_s = best_of(5, lambda: nearest_facility(network, at))
    legs = access_legs(network, snap(network, at), speed_mps=WALK_MPS)

    def search():
        return bounded_search(network, legs, 0, limit_s=900.0, speed_mps=WALK_MPS)

    search_s = best_of(50, search)
    n = len(network.nodes)
    name = "shuffled " if shuffled else ""
    # Of a small network the allocator tells nothing: it lends out what others gave back.
    memory = f", {bytes_an_edge:,.0f} bytes an edge" if side == 1000 else ""
    print(
        f"\n{n:,} {name}nodes: all nodes {all_s / n * 1e6:.2f} us a node (first call"
        f" {build_s:.2f} s){memory}, one 15-minute search"
        f" {search_s * 1e6:.0f} us for {len(search()[0])} nodes"
    )
