"""Shortest times on a road network: to the nearest facility, between places, within a limit.

The compiled kernels live in `geo.reach_kernels` and are imported at the first search.
Every search costs what it reaches, not what the network holds, and is safe to run from threads.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.crs import transform_xy
from geo.frames import (
    require_direction,
    require_points,
    require_positive,
    sorted_positions,
    take_ids,
)
from geo.network import snap, whole_ticks

if TYPE_CHECKING:
    from types import ModuleType

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Graph, Network

__all__ = [
    "AGE_SPEEDS_MPS",
    "LIMIT_SLACK_S",
    "AccessLegs",
    "EdgeParts",
    "access_legs",
    "bounded_search",
    "cost_matrix",
    "edge_parts",
    "nearest_facility",
    "nearest_for_points",
    "warm_up",
]

AGE_SPEEDS_MPS: Final = {"60": 1.1, "70": 1.0, "80": 0.8, "disabled": 0.5}
"""Walking speed on the level by age band, m/s; `disabled`: disabled elders of any age."""

LIMIT_SLACK_S: Final = 1e-6
"""Limits are inclusive: within m minutes is `seconds <= 60 * m + LIMIT_SLACK_S`."""

_BUCKETS: Final = 4096
_BUCKETS_PER_MEDIAN_ARC: Final = 4


@dataclass(frozen=True, eq=False)
class AccessLegs:
    """How each snapped point gets on the network (or off it), one row a point.

    Attributes
    ----------
    edge
        (n,) position of its edge, -1 if not connected.
    fraction
        (n,) where on it, of the planar length from u; NaN if not connected.
    offset_s
        (n,) seconds of the walk between the point and the road; NaN if not connected.
    node
        (n, 2) positions of u and v, -1 if not connected.
    seconds
        (n, 2) whole leg between the point and u, and v: offset and part of the edge; `inf` where
        the edge may not be travelled so.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    offset_s: NDArray[np.float64]
    node: NDArray[np.int32]
    seconds: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EdgeParts:
    """Parts of edges within a limit, cut exactly; an edge reached from both ends has two rows.

    Attributes
    ----------
    edge
        (k,) positions of edges, ascending.
    start, stop
        (k,) fractions from u, start < stop; parts of one edge ascend and do not touch.
    """

    edge: NDArray[np.int64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]


def access_legs(
    network: Network, snapped: pd.DataFrame, *, speed_mps: float, direction: str = "to_facility"
) -> AccessLegs:
    """Legs between snapped points and both ends of their edges.

    Parameters
    ----------
    network
        The network of `snapped`.
    snapped
        What `geo.network.snap` answered.
    speed_mps
        Walking speed on the level, m/s: the offset is walked in every mode.
    direction
        `to_facility`: legs end at the point. `from_facility`: they begin there.

    Returns
    -------
    One row a row of `snapped`.
    """
    on = snapped["connected"].to_numpy(bool)
    ids = snapped["edge_id"].to_numpy(np.int64, na_value=-1)
    edge = np.where(on, np.searchsorted(network.edges.index.to_numpy(np.int64), ids), -1)
    fraction = np.where(on, snapped["fraction"].to_numpy(np.float64), np.nan)
    offset_s = whole_ticks(snapped["offset_m"].to_numpy(np.float64) / speed_mps)
    offset_s = np.where(on, offset_s, np.nan)
    node = np.full((len(edge), 2), -1, np.int32)
    node[on] = network.edge_nodes[edge[on]]
    forward, backward = network.edge_seconds(speed_mps)
    # To get to the point from u one goes forward, from it to u backward; with v the other way.
    beside_u, beside_v = (forward, backward) if direction == "to_facility" else (backward, forward)
    seconds = np.full((len(edge), 2), np.inf)
    for side, whole, part in ((0, beside_u, fraction[on]), (1, beside_v, 1 - fraction[on])):
        along = whole[edge[on]]
        allowed = np.isfinite(along)
        along = np.where(allowed, whole_ticks(np.where(allowed, along, 0.0) * part), np.inf)
        seconds[on, side] = offset_s[on] + along
    return AccessLegs(edge, fraction, offset_s, node, seconds)


def bounded_search(
    network: Network,
    legs: AccessLegs,
    rows: NDArray[np.integer] | int,
    *,
    limit_s: float,
    speed_mps: float,
    direction: str = "to_facility",
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Nodes within a limit of one facility, or of the nearest of several.

    Parameters
    ----------
    network, legs, speed_mps, direction
        As in `access_legs`, and the same there and here.
    rows
        Row number(s) of `legs`: the facilities searched from together.
    limit_s
        Seconds, inclusive; `inf` for all that can be reached.

    Returns
    -------
    (k,) node positions, ascending, and (k,) their seconds.
    """
    seeds = legs.node[rows].reshape(-1), legs.seconds[rows].reshape(-1)
    with _Searching(network, speed_mps, direction) as searcher:
        count = searcher.run(*seeds, np.zeros(len(seeds[0]), np.int32), limit_s)
        nodes = np.sort(searcher.scratch.links[4, :count])
        return nodes, searcher.scratch.dist[nodes]


def edge_parts(
    network: Network,
    legs: AccessLegs,
    rows: NDArray[np.integer] | int,
    nodes: NDArray[np.int32],
    seconds: NDArray[np.float64],
    *,
    limit_s: float,
    speed_mps: float,
    direction: str = "to_facility",
) -> EdgeParts:
    """Parts of edges within a limit, given what `bounded_search` answered.

    Parameters
    ----------
    network, legs, rows, speed_mps, direction
        As in `bounded_search`.
    nodes, seconds
        The answer of `bounded_search`.
    limit_s
        Seconds; not above that of the search.

    Returns
    -------
    The parts, cut exactly where the limit is used up; parts of one point are left out.
    """
    forward, backward = network.edge_seconds(speed_mps)
    beyond_u, beyond_v = (backward, forward) if direction == "to_facility" else (forward, backward)
    graph = network.incident
    room = int((graph.indptr[nodes + 1] - graph.indptr[nodes]).sum())
    edge, start, stop = np.empty(room, np.int64), np.empty(room), np.empty(room)
    count = _kernels().node_parts(
        graph.indptr, graph.arcs, nodes, seconds, limit_s, beyond_u, beyond_v, edge, start, stop
    )
    own = _own_parts(legs, np.atleast_1d(rows), limit_s, beyond_u, beyond_v)
    edge = np.concatenate((edge[:count], own.edge))
    start = np.concatenate((start[:count], own.start))
    stop = np.concatenate((stop[:count], own.stop))
    order = np.lexsort((start, edge))
    edge, start, stop = edge[order], start[order], stop[order]
    count = _kernels().merge_parts(edge, start, stop)
    return EdgeParts(edge[:count], start[:count], stop[:count])


def nearest_facility(
    network: Network,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
    direction: str = "to_facility",
) -> pd.DataFrame:
    """Nearest facility of every node, and the seconds to it.

    Parameters
    ----------
    network
        The roads.
    facilities
        Points in `network.crs`, unique index. Empty geometry, or too far from roads: left out.
    minutes
        Limit, > 0, inclusive; None for all that can be reached.
    speed_mps
        Walking speed on the level, m/s, > 0; other modes use it off the road only.
    max_snap_m
        Farthest walk to a road, >= 0.
    direction
        `to_facility`: the elder comes. `from_facility`: service comes home. They differ on one-way
        streets and slopes.

    Returns
    -------
    Index `nodes.index`; `facility_id` (nullable, the facilities' kind of id) and `seconds`. Past
    the limit or cut off: `<NA>` and inf. Of facilities equally near the smaller id. The snap frame
    of the facilities is in `.attrs["snap"]`.

    Raises
    ------
    CrsError
        If the CRS of the facilities is missing or not the network's.
    GeometryError
        If a facility is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    limit_s = _limit_s(minutes)
    speed_mps = require_positive(speed_mps, "speed_mps")
    require_direction(direction)
    snapped = snap(network, facilities, max_snap_m=max_snap_m)
    by_id = sorted_positions(facilities.index)
    legs = access_legs(network, snapped, speed_mps=speed_mps, direction=direction)
    n = len(network.nodes)
    with _Searching(network, speed_mps, direction) as searcher:
        count = searcher.run_labelled(legs, by_id, limit_s)
        reached = searcher.scratch.links[4, :count]
        label = np.full(n, -1, np.int64)
        label[reached] = searcher.scratch.links[3, reached]
        seconds = searcher.scratch.dist.copy()
    answer = pd.DataFrame(
        {"facility_id": take_ids(facilities.index[by_id], label), "seconds": seconds},
        index=network.nodes.index,
    )
    answer.attrs["snap"] = snapped
    return answer


def nearest_for_points(
    network: Network,
    facilities: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    *,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
    direction: str = "to_facility",
) -> pd.DataFrame:
    """Nearest facility of every point by the costs of `cost_matrix`, in one search.

    Parameters
    ----------
    network, facilities, speed_mps, max_snap_m, direction
        As in `nearest_facility`.
    points
        Points in `network.crs`, unique index. Empty geometry: inf.

    Returns
    -------
    Index of `points`: `facility_id` (nullable), `seconds`, and `connected`, `offset_m` of `snap`.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    speed_mps = require_positive(speed_mps, "speed_mps")
    require_direction(direction)
    by_id = sorted_positions(facilities.index)
    back = "from_facility" if direction == "to_facility" else "to_facility"
    sorted_facilities = facilities.iloc[by_id]
    there = _Places.of(network, sorted_facilities, speed_mps, max_snap_m, direction, "设施")
    here = _Places.of(network, points, speed_mps, max_snap_m, back, "需求点")
    ahead, behind = network.edge_seconds(speed_mps)
    if direction == "from_facility":
        ahead, behind = behind, ahead
    seconds, label = np.empty(len(points)), np.empty(len(points), np.int32)
    with _Searching(network, speed_mps, direction) as searcher:
        searcher.run_labelled(there.legs, np.arange(len(facilities)), np.inf)
        _kernels().point_seconds(
            here.legs.node,
            here.legs.seconds,
            here.legs.edge,
            here.place,
            there.legs.edge,
            there.place,
            ahead,
            behind,
            speed_mps,
            searcher.scratch.dist,
            searcher.scratch.links,
            seconds,
            label,
        )
    return pd.DataFrame(
        {
            "facility_id": take_ids(facilities.index[by_id], label),
            "seconds": seconds,
            "connected": here.snapped["connected"],
            "offset_m": here.snapped["offset_m"],
        },
        index=points.index,
    )


def cost_matrix(
    network: Network,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
) -> pd.DataFrame:
    """Seconds from every origin to every destination: both legs and the network.

    Two points on one edge may also go directly along it, and two points closer together than one
    of them is to its road walk straight (a house beside the station does not walk to the road and
    back; the same place is 0), even where no road is near.

    Parameters
    ----------
    network
        The roads.
    origins, destinations
        Points in `network.crs`, unique index. Empty geometry: inf.
    minutes
        Limit, > 0, inclusive; longer ways are inf. None: no limit.
    speed_mps
        Walking speed on the level, m/s, > 0.
    max_snap_m
        Farthest walk to a road, >= 0.

    Returns
    -------
    float64 seconds, rows origins, columns destinations; inf where there is no way.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    limit_s = _limit_s(minutes)
    speed_mps = require_positive(speed_mps, "speed_mps")
    start = _Places.of(network, origins, speed_mps, max_snap_m, "from_facility", "起点")
    end = _Places.of(network, destinations, speed_mps, max_snap_m, "to_facility", "终点")
    forward, backward = network.edge_seconds(speed_mps)
    # One search a member of the smaller side; from destinations the roads are searched backwards.
    turned = len(destinations) < len(origins)
    near, far = (end.legs, start.legs) if turned else (start.legs, end.legs)
    seconds = np.empty((len(near.edge), len(far.edge)))
    direction = "to_facility" if turned else "from_facility"
    with _Searching(network, speed_mps, direction) as searcher:
        searcher.run_each(near, far, limit_s, seconds)
    seconds = np.ascontiguousarray(seconds.T) if turned else seconds
    _kernels().direct_seconds(
        start.legs.edge,
        start.place,
        end.legs.edge,
        end.place,
        forward,
        backward,
        speed_mps,
        limit_s,
        seconds,
    )
    return pd.DataFrame(seconds, index=origins.index, columns=destinations.index)


def warm_up() -> None:
    """Load the compiled kernels now, so that the first question of a process need not wait."""
    _kernels()


@lru_cache(maxsize=1)
def _kernels() -> ModuleType:
    """Import the compiled kernels: numba costs a second, which only those who search shall pay."""
    return import_module("geo.reach_kernels")


@dataclass(eq=False)
class _Scratch:
    """Buffers of one running search, clean between searches."""

    dist: NDArray[np.float64]
    links: NDArray[np.int32]
    ends: NDArray[np.int32]

    @classmethod
    def fresh(cls, n: int) -> _Scratch:
        links = np.zeros((5, n), np.int32)
        links[2] = -1
        return cls(np.full(n, np.inf), links, np.full((2, _BUCKETS), -1, np.int32))


@dataclass(eq=False)
class _Kept:
    """What this module keeps with a network: idle buffers, and bucket widths already chosen."""

    idle: list[_Scratch] = field(default_factory=list)
    buckets_per_s: dict[float, float] = field(default_factory=dict)


@dataclass(eq=False)
class _Searcher:
    """A search graph with its seconds and the buffers of one search."""

    graph: Graph
    seconds: NDArray[np.float64]
    buckets_per_s: float
    scratch: _Scratch
    count: int = 0

    def run(
        self,
        node: NDArray[np.int32],
        seconds: NDArray[np.float64],
        label: NDArray[np.int32],
        limit_s: float,
    ) -> int:
        """Search once; the answer lies in the scratch until the searcher is given back."""
        scratch = self.scratch
        self.count = _kernels().search(
            self.graph.indptr,
            self.graph.heads,
            self.seconds,
            node,
            seconds,
            label,
            limit_s,
            self.buckets_per_s,
            scratch.dist,
            scratch.links,
            scratch.ends,
        )
        return self.count

    def run_labelled(self, legs: AccessLegs, order: NDArray[np.intp], limit_s: float) -> int:
        """Search from all legs together, labelled by their place in `order`."""
        label = np.repeat(np.arange(len(order), dtype=np.int32), 2)
        return self.run(legs.node[order].ravel(), legs.seconds[order].ravel(), label, limit_s)

    def run_each(
        self, near: AccessLegs, far: AccessLegs, limit_s: float, out: NDArray[np.float64]
    ) -> None:
        """Search from each near point by itself and write its seconds to all far ones."""
        _kernels().search_each(
            self.graph.indptr,
            self.graph.heads,
            self.seconds,
            near.node,
            near.seconds,
            far.node,
            far.seconds,
            limit_s,
            self.buckets_per_s,
            self.scratch.dist,
            self.scratch.links,
            self.scratch.ends,
            out,
        )


class _Searching:
    """Lends buffers to one search and takes them back clean; dropped if the search fails."""

    def __init__(self, network: Network, speed_mps: float, direction: str) -> None:
        self.kept: _Kept = network.kept.setdefault("geo.reach", _Kept())
        seconds = network.arc_seconds(speed_mps, direction)
        width = self.kept.buckets_per_s.get(speed_mps)
        if width is None:
            width = self.kept.buckets_per_s[speed_mps] = _buckets_per_s(seconds)
        try:
            scratch = self.kept.idle.pop()
        except IndexError:
            scratch = _Scratch.fresh(len(network.nodes))
        self.searcher = _Searcher(network.graph(direction), seconds, width, scratch)

    def __enter__(self) -> _Searcher:
        return self.searcher

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            scratch = self.searcher.scratch
            _kernels().reset(self.searcher.count, scratch.dist, scratch.links)
            self.kept.idle.append(scratch)


def _buckets_per_s(seconds: NDArray[np.float64]) -> float:
    """Buckets a quarter of the usual arc wide: few nodes are then taken too early."""
    some = seconds[:: max(1, len(seconds) // 10_000)]
    some = some[some > 0]
    return _BUCKETS_PER_MEDIAN_ARC / float(np.median(some)) if len(some) else 1.0


@dataclass(frozen=True, eq=False)
class _Places:
    """Points as the kernels want them: legs, and (n, 5) fraction, offset s, offset m, x, y."""

    snapped: pd.DataFrame
    legs: AccessLegs
    place: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        network: Network,
        points: gpd.GeoDataFrame,
        speed_mps: float,
        max_snap_m: float,
        direction: str,
        where: str,
    ) -> _Places:
        xy = require_points(points, network.crs, where)
        snapped = snap(network, points, max_snap_m=max_snap_m)
        legs = access_legs(network, snapped, speed_mps=speed_mps, direction=direction)
        x, y = transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs)
        offset_m = snapped["offset_m"].to_numpy(np.float64)
        place = np.column_stack((legs.fraction, legs.offset_s, offset_m, x, y))
        return cls(snapped, legs, place)


def _own_parts(
    legs: AccessLegs,
    rows: NDArray[np.integer],
    limit_s: float,
    beyond_u: NDArray[np.float64],
    beyond_v: NDArray[np.float64],
) -> EdgeParts:
    """Parts round the facilities themselves, on their own edges."""
    rows = rows[legs.edge[rows] >= 0]
    rows = rows[legs.offset_s[rows] <= limit_s]
    edge, fraction, left = legs.edge[rows], legs.fraction[rows], limit_s - legs.offset_s[rows]
    # Towards v one moves as from u onwards, towards u as from v onwards.
    share = []
    for whole in (beyond_v[edge], beyond_u[edge]):
        finite = np.where(np.isfinite(whole), whole, np.inf)
        reach = np.divide(left, finite, out=np.ones(len(edge)), where=finite > left)
        share.append(np.where(np.isfinite(whole), reach, 0.0))
    start, stop = np.maximum(fraction - share[0], 0.0), np.minimum(fraction + share[1], 1.0)
    real = start < stop
    return EdgeParts(edge[real], start[real], stop[real])


def _limit_s(minutes: float | None) -> float:
    if minutes is None:
        return np.inf
    return 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
