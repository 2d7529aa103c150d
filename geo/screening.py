"""Every place looked at once: how many people each candidate would serve within the limit.

The search starts from the demand: a county has a few hundred villages but tens of thousands of
nodes, and each search costs only what it reaches.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.frames import (
    require_columns,
    require_direction,
    require_positive,
    require_unique_index,
    require_weights,
    sorted_positions,
)
from geo.reach import LIMIT_SLACK_S, access_legs, bounded_search, cost_matrix, nearest_for_points
from geo.snapping import snap

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["screen_candidates"]

_BLOCK_BYTES: Final = 64 * 2**20


def screen_candidates(
    network: Network,
    demand: gpd.GeoDataFrame,
    *,
    candidates: gpd.GeoDataFrame | None = None,
    facilities: gpd.GeoDataFrame | None = None,
    weight: str | None = None,
    minutes: float = 15,
    speed_mps: float = 1.1,
    direction: str = "to_facility",
    max_snap_m: float = 500.0,
) -> pd.DataFrame:
    """People within the limit of every candidate, and how many of them nobody serves yet.

    Parameters
    ----------
    network
        The roads.
    demand
        Points in `network.crs`, unique index. Too far from any road, or no place: in nobody's
        reach.
    candidates
        Points in `network.crs`, unique index; None takes every node of the network.
    facilities
        What stands already, points in `network.crs`; None or no rows: nothing.
    weight
        Column of `demand` that is summed, >= 0; None counts each point as 1.
    minutes
        Limit, > 0, inclusive.
    speed_mps, direction, max_snap_m
        As `geo.coverage.coverage`.

    Returns
    -------
    Index of the candidates (or `nodes.index`): `covered` weight within the limit, `gained` weight
    of it that no facility covers, `points` covered, `rank` by gained weight, then covered weight,
    then id, from 1.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, the column is missing, a weight is none, or an argument is out of its
        range.
    """
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    speed_mps = require_positive(speed_mps, "speed_mps")
    require_direction(direction)
    if candidates is not None:
        require_unique_index(candidates, "候选点")
    weights = np.ones(len(demand))
    if weight is not None:
        require_columns(demand, [weight], "需求点")
        weights = require_weights(demand[weight], "需求点")
    snapped = snap(network, demand, max_snap_m=max_snap_m)
    left = np.ones(len(demand), bool)
    if facilities is not None and len(facilities):
        near = nearest_for_points(
            network,
            facilities,
            demand,
            speed_mps=speed_mps,
            max_snap_m=max_snap_m,
            direction=direction,
        )
        left = near["seconds"].to_numpy() > limit_s
    if candidates is None:
        sums = _at_nodes(network, snapped, weights, left, limit_s, speed_mps, direction)
        index = network.nodes.index
    else:
        sums = _at_points(
            network, demand, candidates, weights, left, minutes, speed_mps, direction, max_snap_m
        )
        index = candidates.index
    table = pd.DataFrame(sums, index=index, columns=["covered", "gained", "points"])
    by_id = sorted_positions(index)
    order = by_id[np.lexsort((-sums[by_id, 0], -sums[by_id, 1]))]
    rank = np.empty(len(table), np.int64)
    rank[order] = np.arange(1, len(table) + 1)
    return table.astype({"points": "int64"}).assign(rank=rank)


def _at_nodes(
    network: Network,
    snapped: pd.DataFrame,
    weights: NDArray[np.float64],
    left: NDArray[np.bool_],
    limit_s: float,
    speed_mps: float,
    direction: str,
) -> NDArray[np.float64]:
    """Sum by node: one bounded search from each demand point, away from it or towards it."""
    # A search "to the facility" finds who comes to a point. Here the points are the elders: their
    # ways to a candidate are those "from the facility" of such a search.
    turned = "from_facility" if direction == "to_facility" else "to_facility"
    legs = access_legs(network, snapped, speed_mps=speed_mps, direction=turned)
    sums = np.zeros((3, len(network.nodes)))
    for row in np.flatnonzero(snapped["connected"].to_numpy(bool)):
        nodes, _ = bounded_search(
            network, legs, int(row), limit_s=limit_s, speed_mps=speed_mps, direction=turned
        )
        sums[0, nodes] += weights[row]
        sums[2, nodes] += 1
        if left[row]:
            sums[1, nodes] += weights[row]
    return sums.T


def _at_points(
    network: Network,
    demand: gpd.GeoDataFrame,
    candidates: gpd.GeoDataFrame,
    weights: NDArray[np.float64],
    left: NDArray[np.bool_],
    minutes: float,
    speed_mps: float,
    direction: str,
    max_snap_m: float,
) -> NDArray[np.float64]:
    """Sum by candidate from tables of seconds, a bounded part of them at a time."""
    size = max(1, _BLOCK_BYTES // (8 * max(1, len(demand))))
    figures = np.column_stack((weights, np.where(left, weights, 0.0), np.ones(len(weights))))
    sums = np.zeros((len(candidates), 3))
    for start in range(0, len(candidates), size):
        part = candidates.iloc[start : start + size]
        ends = (demand, part) if direction == "to_facility" else (part, demand)
        seconds = cost_matrix(
            network, *ends, minutes=minutes, speed_mps=speed_mps, max_snap_m=max_snap_m
        ).to_numpy()
        within = np.isfinite(seconds if direction == "to_facility" else seconds.T)
        sums[start : start + size] = within.T.astype(float) @ figures
    return sums
