"""The way itself: from one point over the roads to a few facilities, as lines to draw.

Seconds along roads are whole ticks (`geo.network.whole_ticks`), so their sums are exact: a way is
found by walking back from the facility over edges whose seconds are exactly the difference, and
needs no memory of the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import geopandas as gpd
import numpy as np
import shapely
from shapely.ops import substring

from geo.crs import transform_xy
from geo.errors import InputError
from geo.frames import require_positive
from geo.reach import PlacedPoints, cost_matrix
from geo.search import bounded_search

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["ways"]

_SAME_S: Final = 1e-9


def ways(
    network: Network,
    origin: gpd.GeoDataFrame,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
) -> gpd.GeoDataFrame:
    """Give the quickest way from a point to each facility.

    Parameters
    ----------
    network
        The roads.
    origin
        One point in `network.crs`.
    facilities
        Points in `network.crs`, unique index: a few, for each way is traced and drawn.
    minutes, speed_mps, max_snap_m
        As in `geo.reach.cost_matrix`.

    Returns
    -------
    Index of `facilities`, in `network.crs`: `seconds` (as `geo.reach.cost_matrix`; inf where there
    is no way), `length_m` (with the steps to and from the road; NaN without a way) and `geometry`,
    the line from the point to the facility (None without a way, or where both are one place).

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If there is not exactly one origin, an id occurs twice, or an argument is out of its range.
    """
    if len(origin) != 1:
        raise InputError(f"起点应恰好一个，现有 {len(origin)} 个。", where="origin")
    speed_mps = require_positive(speed_mps, "speed_mps")
    seconds = cost_matrix(
        network,
        origin,
        facilities,
        minutes=minutes,
        speed_mps=speed_mps,
        max_snap_m=max_snap_m,
    ).to_numpy()[0]
    reached = np.isfinite(seconds)
    start = PlacedPoints.of(network, origin, speed_mps, max_snap_m, "from_facility", "起点")
    end = PlacedPoints.of(network, facilities, speed_mps, max_snap_m, "to_facility", "终点")
    tracer = _Tracer(network, start, end, speed_mps, float(seconds[reached].max(initial=0.0)))
    traced = [
        tracer.way(row, total) if there else _NO_WAY
        for row, (total, there) in enumerate(zip(seconds.tolist(), reached, strict=True))
    ]
    lines = np.empty(len(traced), object)
    lines[:] = [_line(network, way.xy) for way in traced]
    return gpd.GeoDataFrame(
        {"seconds": seconds, "length_m": [way.length_m for way in traced]},
        geometry=lines,
        index=facilities.index,
        crs=network.crs,
    )


class _Way(NamedTuple):
    """Vertices in the plane of the network, and metres travelled."""

    xy: NDArray[np.float64]
    length_m: float


_NO_WAY = _Way(np.empty((0, 2)), float("nan"))


@dataclass(frozen=True, eq=False)
class _Leg:
    """Part of an edge from one fraction to another, possibly against its direction."""

    edge: int
    start: float
    stop: float


class _Tracer:
    """One search round the origin, walked back from each facility."""

    def __init__(
        self,
        network: Network,
        start: PlacedPoints,
        end: PlacedPoints,
        speed_mps: float,
        limit_s: float,
    ) -> None:
        self._network, self._start, self._end = network, start, end
        self._speed_mps = speed_mps
        self._both_s = np.column_stack(network.edge_seconds(speed_mps)).ravel()
        nodes, seconds = bounded_search(
            network,
            start.legs,
            0,
            limit_s=limit_s,
            speed_mps=speed_mps,
            direction="from_facility",
        )
        self._reached = dict(zip(nodes.tolist(), seconds.tolist(), strict=True))

    def way(self, row: int, total_s: float) -> _Way:
        """Trace the way to one facility, whose seconds are known.

        Raises
        ------
        AssertionError
            Never: sums of ticks are exact, so that some way adds up.
        """
        here, there = self._start.place[0], self._end.place[row]
        apart_m = float(np.hypot(*(there[3:] - here[3:])))
        near = apart_m <= np.nanmax([here[2], there[2]])
        if near and abs(apart_m / self._speed_mps - total_s) < _SAME_S:
            return _Way(np.array([here[3:], there[3:]]), apart_m)
        legs = self._over_nodes(row, total_s)
        if legs is None:  # one edge, straight along it: there is no other way left
            if self._start.legs.edge[0] != self._end.legs.edge[row]:
                raise AssertionError("no way adds up to its seconds")
            legs = [_Leg(int(self._start.legs.edge[0]), float(here[0]), float(there[0]))]
        return self._drawn(legs, row)

    def _over_nodes(self, row: int, total_s: float) -> list[_Leg] | None:
        """Legs by way of nodes; None where the way along one edge is the quickest."""
        end = self._end.legs
        for side in (0, 1):
            node = int(end.node[row, side])
            if self._reached.get(node, np.inf) + end.seconds[row, side] == total_s:
                last = _Leg(int(end.edge[row]), float(side), float(end.fraction[row]))
                return [*self._back(node), last]
        return None

    def _back(self, node: int) -> list[_Leg]:
        """Legs from the origin to a node that was reached.

        Raises
        ------
        AssertionError
            Never: what was reached was reached over some edge.
        """
        steps = [self._before(node)]
        legs: list[_Leg] = []
        seen = {node}
        while steps:
            first = self._first_leg(node)
            if first is not None:
                return [first, *legs[::-1]]
            # Over edges of no length one may come to where nothing leads on: then back a step.
            onward = next(((leg, other) for leg, other in steps[-1] if other not in seen), None)
            if onward is None:
                steps.pop()
                node = self._tail(legs.pop()) if legs else node
                continue
            leg, node = onward
            legs.append(leg)
            seen.add(node)
            steps.append(self._before(node))
        raise AssertionError(f"no edge leads to node {node}")

    def _first_leg(self, node: int) -> _Leg | None:
        """Give the leg from the origin if it ends at this node as early as it is reached."""
        start = self._start.legs
        for side in (0, 1):
            if start.node[0, side] == node and start.seconds[0, side] == self._reached[node]:
                return _Leg(int(start.edge[0]), float(start.fraction[0]), float(side))
        return None

    def _before(self, node: int) -> Iterator[tuple[_Leg, int]]:
        """Edges over which a node was reached, with the nodes that they come from."""
        graph = self._network.incident
        here_s = self._reached[node]
        for arc in graph.arcs[graph.indptr[node] : graph.indptr[node + 1]].tolist():
            edge, against = divmod(arc, 2)
            # An even arc leaves u: one comes to u over its twin, from v.
            other = int(self._network.edge_nodes[edge, 1 - against])
            if self._reached.get(other, np.inf) + self._both_s[arc ^ 1] == here_s:
                yield _Leg(edge, 1.0 - against, float(against)), other

    def _tail(self, leg: _Leg) -> int:
        """Node at which a whole edge ends."""
        return int(self._network.edge_nodes[leg.edge, int(leg.stop)])

    def _drawn(self, legs: list[_Leg], row: int) -> _Way:
        here, there = self._start.place[0], self._end.place[row]
        parts = [here[None, 3:], *(self._part(leg) for leg in legs), there[None, 3:]]
        xy = np.concatenate(parts)
        apart = np.ones(len(xy), bool)
        apart[1:] = (xy[1:] != xy[:-1]).any(axis=1)
        along_m = sum(abs(leg.stop - leg.start) * self._network.length_m[leg.edge] for leg in legs)
        return _Way(xy[apart], float(along_m + here[2] + there[2]))

    def _part(self, leg: _Leg) -> NDArray[np.float64]:
        network = self._network
        if {leg.start, leg.stop} == {0.0, 1.0}:  # most are whole, and cut nowhere
            first, end = network.line_offsets[leg.edge : leg.edge + 2]
            whole = network.line_xy[first:end]
            return whole if leg.start < leg.stop else whole[::-1]
        line = substring(network.lines[leg.edge], leg.start, leg.stop, normalized=True)
        return np.asarray(shapely.get_coordinates(line), np.float64)


def _line(network: Network, xy: NDArray[np.float64]) -> shapely.LineString | None:
    if len(xy) < 2 or not (xy[1:] != xy[0]).any():
        return None
    x, y = transform_xy(xy[:, 0], xy[:, 1], network.metric_crs, network.crs)
    return shapely.LineString(np.column_stack((x, y)))
