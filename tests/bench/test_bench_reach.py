"""Searches on Heidelberg's footpaths beside scipy, and pandana where it is installed."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from scipy.sparse import coo_array, csr_array
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
from geo.search import Roads, Scratch
from tests.bench.timing import best_of, medians, say

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
    """The same roads for scipy, 32-bit indices; parallel roads count once, the shorter."""
    graph, seconds = network.graph("to_facility"), network.arc_seconds(WALK_MPS, "to_facility")
    tails = np.repeat(network.search_order, np.diff(graph.indptr))
    heads = network.search_order[graph.heads]
    arcs = pd.DataFrame({"t": tails, "h": heads, "s": seconds})
    arcs = arcs.groupby(["t", "h"], as_index=False).s.min()
    shape = (len(network.nodes),) * 2
    return coo_array((arcs.s, (arcs.t, arcs.h)), shape=shape).tocsr()


@pytest.fixture(scope="module")
def array64(matrix):
    """What `csr_array` makes of 64-bit positions: dijkstra converts them at every call."""
    arcs = matrix.tocoo()
    at = arcs.row.astype(np.int64), arcs.col.astype(np.int64)
    return csr_array((arcs.data, at), shape=matrix.shape)


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
        self.rank = network.search_rank
        self.roads = Roads.of(network, WALK_MPS, "to_facility")
        self.scratch = Scratch.fresh(network, "to_facility")

    def __call__(self, seeds: np.ndarray, limit_s: float) -> int:
        roads, scratch = self.roads, self.scratch
        rows = np.full((len(seeds), 2), -1, np.int32)
        rows[:, 0] = self.rank[seeds]
        count = reach_kernels.labelled_search(
            roads.arcs,
            rows.ravel(),
            np.zeros(2 * len(seeds)),
            limit_s,
            roads.width_s,
            scratch.nodes,
            scratch.lists,
        )
        reach_kernels.reset(count, scratch.nodes, scratch.lists)
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


def test_one_bounded_search(network, nodes, beside, matrix, array64):
    legs = access_legs(network, snap(network, beside), speed_mps=WALK_MPS)
    options = {"limit_s": 900.0, "speed_mps": WALK_MPS}
    rows = range(50)
    kernel = Kernel(network)

    def searches():
        for row in rows:
            bounded_search(network, legs, row, **options)

    def kernels():
        for row in rows:
            kernel(nodes[row : row + 1], 900.0)

    def scipys(graph):
        for row in rows:
            dijkstra(graph, indices=nodes[row], limit=900.0)

    # 50 origins one after the other: no peer may learn one of them by heart.
    one = medians(
        40,
        mine=searches,
        kernel=kernels,
        int32=lambda: scipys(matrix),
        int64=lambda: scipys(array64),
    )
    mine_s, kernel_s, *scipy_s = (seconds / len(rows) for seconds in one.values())
    beside_it = dict(zip(("dijkstra_int32", "dijkstra_csr_array_int64"), scipy_s, strict=True))
    say("one 15-minute search, kernel", kernel_s, **beside_it)
    say("one bounded_search", mine_s, **beside_it)
    found = [bounded_search(network, legs, row, **options) for row in rows]

    def parts():
        for row in rows:
            edge_parts(network, legs, row, *found[row], **options)

    say("its edge_parts", best_of(10, parts) / len(rows))
    print(f"nodes reached: {np.mean([len(nodes) for nodes, _ in found]):.0f}")


@pytest.mark.parametrize("minutes", [None, 15])
def test_cost_matrix_of_200_homes_and_50_facilities(
    network, nodes, beside, matrix, array64, minutes
):
    limit_s = np.inf if minutes is None else 60.0 * minutes
    homes, facilities = beside.iloc[50:], beside.iloc[:50]

    def scipys(graph):
        return dijkstra(graph, indices=nodes[:50], limit=limit_s)[:, nodes[50:]]

    cost_matrix(network, homes, facilities, minutes=minutes)
    all_s = medians(
        10,
        mine=lambda: cost_matrix(network, homes, facilities, minutes=minutes),
        snapping=lambda: (snap(network, homes), snap(network, facilities)),
        int32=lambda: scipys(matrix),
        int64=lambda: scipys(array64),
    )
    mine_s = all_s.pop("mine")
    say(f"cost_matrix 200 x 50, {minutes} min", mine_s, **all_s)


def test_coverage_of_5000_homes(network, nodes):
    rng = np.random.default_rng(9)
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    at = at[rng.integers(0, len(at), 5000)] + rng.normal(0, 5e-4, (5000, 2))
    homes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at.T), crs=network.crs)
    places = network.nodes[["geometry"]].iloc[nodes[:50]]
    say("coverage 5,000 x 50", best_of(3, lambda: coverage(network, places, homes)))
