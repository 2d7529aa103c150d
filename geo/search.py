"""The search under every question of time: legs onto the roads, nodes in reach, parts of edges.

The compiled kernels live in `geo.reach_kernels` and are imported at the first search. A search
costs what it reaches, not what the network holds, and is safe to run from threads: each borrows
buffers from the network and gives them back clean.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.frames import DIRECTIONS
from geo.network import whole_ticks
from geo.search_records import ARC, NODE
from geo.snapping import Places

if TYPE_CHECKING:
    from types import ModuleType

    import pandas as pd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = [
    "AccessLegs",
    "EdgeParts",
    "Roads",
    "Scratch",
    "Searcher",
    "Searching",
    "access_legs",
    "bounded_search",
    "edge_parts",
    "kernels",
    "legs_at",
]

_MEDIAN_ARCS_WIDE: Final = 6.0
_SPEEDS_KEPT: Final = 8


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
    row
        (n, 2) rows of u and v in the search graph, -1 if not connected.
    node
        (n, 2) positions of u and v, -1 if not connected.
    seconds
        (n, 2) whole leg between the point and u, and v: offset and part of the edge; `inf` where
        the edge may not be travelled so.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    offset_s: NDArray[np.float64]
    row: NDArray[np.int32]
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
    ids = snapped["edge_id"].to_numpy(np.int64, na_value=-1)
    edge = np.searchsorted(network.edges.index.to_numpy(np.int64), ids)
    places = Places(
        np.where(ids >= 0, edge, -1),
        snapped["fraction"].to_numpy(np.float64),
        snapped["offset_m"].to_numpy(np.float64),
        snapped["connected"].to_numpy(bool),
    )
    return legs_at(network, places, speed_mps=speed_mps, direction=direction)


def legs_at(
    network: Network, places: Places, *, speed_mps: float, direction: str = "to_facility"
) -> AccessLegs:
    """Legs between places on roads and both ends of their edges: `access_legs` without a frame.

    Parameters
    ----------
    network
        The network of `places`.
    places
        What `geo.snapping.snap_places` answered.
    speed_mps, direction
        As in `access_legs`.

    Returns
    -------
    One row a place.
    """
    on = places.connected
    edge = np.where(on, places.edge, -1)
    fraction = np.where(on, places.fraction, np.nan)
    offset_s = np.where(on, whole_ticks(places.offset_m / speed_mps), np.nan)
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
    return AccessLegs(edge, fraction, offset_s, network.search_rank[node], node, seconds)


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
    (k,) node positions in no order, and (k,) their seconds.

    Raises
    ------
    IndexError
        If `legs` has no such row.
    """
    row, seconds, first, last = legs.row, legs.seconds, 0, len(legs.row)
    if isinstance(rows, np.ndarray):
        row, seconds, last = row[rows], seconds[rows], len(rows)
    elif 0 <= rows < last:  # as they are: taking a row takes time that a short search would notice
        first, last = int(rows), int(rows) + 1
    else:
        raise IndexError(rows)
    # Bare, without `Searching`, for the same reason.
    roads, idle, scratch = _lent(network, speed_mps, direction)
    found: tuple[NDArray[np.int32], NDArray[np.float64]] = kernels().bounded(
        roads.arcs,
        row,
        seconds,
        first,
        last,
        limit_s,
        roads.width_s,
        scratch.nodes,
        scratch.lists,
    )
    idle.append(scratch)
    return found


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
    own = _own_parts(legs, np.atleast_1d(rows), limit_s, beyond_u, beyond_v)
    room = int((graph.indptr[nodes + 1] - graph.indptr[nodes]).sum()) + len(own.edge)
    edge, start, stop = np.empty(room, np.int64), np.empty(room), np.empty(room)
    count = kernels().node_parts(
        graph.indptr, graph.arcs, nodes, seconds, limit_s, beyond_u, beyond_v, edge, start, stop
    )
    whole = count + len(own.edge)
    edge[count:whole], start[count:whole], stop[count:whole] = own.edge, own.start, own.stop
    order = np.argsort(edge[:whole])
    edge, start, stop = edge[order], start[order], stop[order]
    count = kernels().merge_parts(edge, start, stop)
    return EdgeParts(edge[:count], start[:count], stop[:count])


@lru_cache(maxsize=1)
def kernels() -> ModuleType:
    """Import the compiled kernels: numba costs a second, which only those who search shall pay."""
    return import_module("geo.reach_kernels")


@dataclass(frozen=True, eq=False)
class Scratch:
    """Buffers of one running search, clean between searches.

    Attributes
    ----------
    nodes
        (n + 1,) `geo.search_records.NODE`, in the order of the search graph.
    lists
        (3, k) rows: two lists of nodes to go on from, and the nodes reached.
    """

    nodes: NDArray[np.void]
    lists: NDArray[np.uint32]

    @classmethod
    def fresh(cls, network: Network, direction: str) -> Scratch:
        """Make clean buffers for the searches of a network in one direction."""
        start = network.graph(direction).indptr
        nodes = np.zeros(len(start), NODE)
        nodes["seconds"] = np.inf
        nodes["start"] = start
        nodes["position"][:-1] = network.search_order
        # Every node once, and then what any of them adds, must have room.
        return cls(nodes, np.empty((3, len(start) + int(start[-1])), np.uint32))


@dataclass(frozen=True, eq=False)
class Roads:
    """A network as one speed and direction are searched.

    Attributes
    ----------
    arcs
        `geo.search_records.ARC`, row by row.
    width_s
        How far ahead of the nearest node a search goes on from nodes in any order.
    """

    arcs: NDArray[np.void]
    width_s: float

    @classmethod
    def of(cls, network: Network, speed_mps: float, direction: str) -> Roads:
        """Pack the arcs of a network."""
        graph = network.graph(direction)
        arcs = np.empty(len(graph.heads), ARC)
        arcs["head"] = graph.heads
        arcs["seconds"] = network.arc_seconds(speed_mps, direction)
        return cls(arcs, _width_s(arcs["seconds"]))


@dataclass(eq=False)
class _Kept:
    """What this module keeps with a network: idle buffers by direction, and roads packed."""

    idle: dict[str, list[Scratch]] = field(default_factory=lambda: {to: [] for to in DIRECTIONS})
    roads: dict[tuple[float, str], Roads] = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class Searcher:
    """Roads and the buffers of one search, all in the order of the search graph."""

    roads: Roads
    scratch: Scratch
    count: int = 0

    def run_labelled(self, legs: AccessLegs, order: NDArray[np.intp], limit_s: float) -> int:
        """Search from all legs together, labelled by their place in `order`; returns how many.

        The scratch holds the answer until it is given back.
        """
        roads, scratch = self.roads, self.scratch
        self.count = kernels().labelled_search(
            roads.arcs,
            legs.row[order].ravel(),
            legs.seconds[order].ravel(),
            limit_s,
            roads.width_s,
            scratch.nodes,
            scratch.lists,
        )
        return self.count

    def run_each(
        self, near: AccessLegs, far: AccessLegs, limit_s: float, out: NDArray[np.float64]
    ) -> None:
        """Search from each near point by itself and write its seconds to all far ones."""
        roads, scratch = self.roads, self.scratch
        kernels().search_each(
            roads.arcs,
            near.row,
            near.seconds,
            far.row,
            far.seconds,
            limit_s,
            roads.width_s,
            scratch.nodes,
            scratch.lists,
            out,
        )


class Searching:
    """Lends buffers to one search and takes them back clean; dropped if the search fails."""

    __slots__ = ("_idle", "searcher")

    def __init__(self, network: Network, speed_mps: float, direction: str) -> None:
        roads, self._idle, scratch = _lent(network, speed_mps, direction)
        self.searcher = Searcher(roads, scratch)

    def __enter__(self) -> Searcher:
        return self.searcher

    def __exit__(self, kind: type[BaseException] | None, *rest: object) -> None:
        if kind is None:
            searcher = self.searcher
            if searcher.count:
                scratch = searcher.scratch
                kernels().reset(searcher.count, scratch.nodes, scratch.lists)
            self._idle.append(searcher.scratch)


def _lent(
    network: Network, speed_mps: float, direction: str
) -> tuple[Roads, list[Scratch], Scratch]:
    """Give roads, and clean buffers with the list to which they go back clean."""
    kept: _Kept | None = network.kept.get("geo.search")
    if kept is None:
        kept = network.kept.setdefault("geo.search", _Kept())
    key = (speed_mps, direction)
    roads = kept.roads.get(key)
    if roads is None:
        roads = Roads.of(network, speed_mps, direction)
        for oldest in list(kept.roads)[: 1 - _SPEEDS_KEPT]:
            kept.roads.pop(oldest, None)
        kept.roads[key] = roads
    idle = kept.idle[direction]
    try:
        return roads, idle, idle.pop()
    except IndexError:
        return roads, idle, Scratch.fresh(network, direction)


def _width_s(seconds: NDArray[np.float64]) -> float:
    """Give some usual arcs: lists are then seldom changed, and few nodes taken too early."""
    some = seconds[:: max(1, len(seconds) // 10_000)]
    some = some[some > 0]
    return _MEDIAN_ARCS_WIDE * float(np.median(some)) if len(some) else 1.0


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
