"""Searches on Heidelberg's footpaths beside scipy, and pandana where it is installed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

from geo import reach_kernels
from geo.coverage import coverage
from geo.network import Network, read_osm, snap
from geo.reach import (
    access_legs,
    bounded_search,
    cost_matrix,
    edge_parts,
    nearest_facility,
)
from geo.search import Scratch
from tests.bench.timing import best_of, say

pytestmark = pytest.mark.bench

WALK_MPS = 1.1


@pytest.fixture(scope="module")
def network(shared_data) -> Network:
    return read_osm(shared_data / "osm" / "heidelberg.osm.pbf")


@pytest.fixture(scope="module")
def nodes(network) -> np.ndarray:
    """250 nodes of the town's main part: 50 facilities, then 200 homes."""
    big = np.flatnonzero(network.nodes["component"] == 0)
    return np.random.default_rng(7).choice(big, 250, replace=False)


@pytest.fixture(scope="module")
def beside(network, nodes) -> gpd.GeoDataFrame:
    """Points a few metres beside these nodes."""
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy()[nodes])
    at += np.random.default_rng(8).normal(0, 2e-4, at.shape)
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at.T), crs=network.crs)


@pytest.fixture(scope="module")
def matrix(network):
    """The same roads for scipy; parallel roads count once, the shorter."""
    graph, seconds = network.graph("to_facility"), network.arc_seconds(WALK_MPS, "to_facility")
    tails = np.repeat(network.search_order, np.diff(graph.indptr))
    heads = network.search_order[graph.heads]
    arcs = pd.DataFrame({"t": tails, "h": heads, "s": seconds})
    arcs = arcs.groupby(["t", "h"], as_index=False).s.min()
    shape = (len(network.nodes),) * 2
    return coo_array((arcs.s, (arcs.t, arcs.h)), shape=shape).tocsr()


@pytest.fixture(scope="module")
def pandana(network, nodes):
    try:
        import pandana as peer
    except ImportError:
        pytest.skip("pandana is missing: pip install -r bench.lock")
    at = network.node_xy
    u, v = network.edge_nodes.T
    weights = pd.DataFrame({"seconds": network.edge_seconds(WALK_MPS)[0].astype(np.float32)})
    roads = peer.Network(
        pd.Series(at[:, 0]), pd.Series(at[:, 1]), pd.Series(u), pd.Series(v), weights
    )
    there = at[nodes[:50]]
    roads.set_pois("care", 1e9, 1, pd.Series(there[:, 0]), pd.Series(there[:, 1]))
    return roads


class Kernel:
    """The bare search from nodes, as a question without frames."""

    def __init__(self, network: Network):
        self.graph = network.graph("to_facility")
        self.rank = network.search_rank
        self.seconds = network.arc_seconds(WALK_MPS, "to_facility")
        self.scratch = Scratch.fresh(len(network.nodes))
        self.width = 4 / float(np.median(self.seconds))

    def __call__(self, seeds: np.ndarray, limit_s: float) -> int:
        scratch, graph = self.scratch, self.graph
        count = reach_kernels.search(
            graph.indptr,
            graph.heads,
            self.seconds,
            self.rank[seeds],
            np.zeros(len(seeds)),
            np.arange(len(seeds), dtype=np.int32),
            limit_s,
            self.width,
            scratch.dist,
            scratch.links,
            scratch.ends,
        )
        reach_kernels.reset(count, scratch.dist, scratch.links)
        return count


@pytest.mark.parametrize("minutes", [None, 15])
def test_nearest_kernel(network, nodes, matrix, pandana, minutes):
    kernel = Kernel(network)
    limit_s = np.inf if minutes is None else 60.0 * minutes
    mine_s = best_of(20, lambda: kernel(nodes[:50], limit_s))
    say(
        f"nearest of 50, kernel, {minutes} min",
        mine_s,
        scipy=best_of(
            10, lambda: dijkstra(matrix, indices=nodes[:50], min_only=True, limit=limit_s)
        ),
        pandana=best_of(5, lambda: pandana.nearest_pois(min(limit_s, 1e6), "care", num_pois=1)),
    )


@pytest.mark.parametrize("minutes", [None, 15])
def test_nearest_facility(network, nodes, beside, matrix, pandana, minutes):
    at = beside.iloc[:50]
    nearest_facility(network, at)
    limit_s = np.inf if minutes is None else 60.0 * minutes
    mine_s = best_of(20, lambda: nearest_facility(network, at, minutes=minutes))
    say(
        f"nearest_facility, {minutes} min",
        mine_s,
        scipy=best_of(10, lambda: dijkstra(matrix, indices=nodes[:50], min_only=True)),
        one_to_crs=best_of(10, lambda: at.to_crs(network.metric_crs)),
        pandana=best_of(5, lambda: pandana.nearest_pois(min(limit_s, 1e6), "care", num_pois=1)),
    )


def test_one_bounded_search(network, nodes, beside, matrix):
    legs = access_legs(network, snap(network, beside), speed_mps=WALK_MPS)
    options = {"limit_s": 900.0, "speed_mps": WALK_MPS}
    rows = range(50)

    def searches():
        for row in rows:
            bounded_search(network, legs, row, **options)

    def kernels():
        for row in rows:
            kernel(nodes[row : row + 1], 900.0)

    def scipys():
        for row in rows:
            dijkstra(matrix, indices=nodes[row], limit=900.0)

    kernel = Kernel(network)
    scipy_s = best_of(5, scipys) / len(rows)
    say("one 15-minute search, kernel", best_of(10, kernels) / len(rows), scipy=scipy_s)
    say("one bounded_search", best_of(10, searches) / len(rows), scipy=scipy_s)
    found = [bounded_search(network, legs, row, **options) for row in rows]

    def parts():
        for row in rows:
            edge_parts(network, legs, row, *found[row], **options)

    say("its edge_parts", best_of(10, parts) / len(rows))
    print(f"nodes reached: {np.mean([len(nodes) for nodes, _ in found]):.0f}")


@pytest.mark.parametrize("minutes", [None, 15])
def test_cost_matrix_of_200_homes_and_50_facilities(network, nodes, beside, matrix, minutes):
    limit_s = np.inf if minutes is None else 60.0 * minutes
    homes, facilities = beside.iloc[50:], beside.iloc[:50]
    mine_s = best_of(5, lambda: cost_matrix(network, homes, facilities, minutes=minutes))
    scipy_s = best_of(3, lambda: dijkstra(matrix, indices=nodes[:50], limit=limit_s)[:, nodes[50:]])
    say(f"cost_matrix 200 x 50, {minutes} min", mine_s, scipy=scipy_s)


def test_coverage_of_5000_homes(network, nodes):
    rng = np.random.default_rng(9)
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    at = at[rng.integers(0, len(at), 5000)] + rng.normal(0, 5e-4, (5000, 2))
    homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at.T), crs=network.crs)
    places = network.nodes[["geometry"]].iloc[nodes[:50]]
    say("coverage 5,000 x 50", best_of(3, lambda: coverage(network, places, homes)))
