"""New roads onto a network: where their ends join, and how roads are cut there."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import count, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.crs import transform_xy

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["Cut", "Joins", "Piece", "cut_line", "join_roads", "plane_line"]


@dataclass(frozen=True)
class Cut:
    """A place where a line is cut: its part before ends at one node, its part after at another.

    The same node twice is a junction; two nodes leave the line open no longer.
    """

    fraction: float
    before: int
    after: int


@dataclass(frozen=True, eq=False)
class Piece:
    """Part of a cut line: end nodes, vertices, and its share of the whole length."""

    u: int
    v: int
    xy: NDArray[np.float64]
    share: float


@dataclass(eq=False)
class Joins:
    """How new roads hang on a network.

    Attributes
    ----------
    ends
        Node at the beginning and at the end of each new road.
    places
        Node -> where it is, for ends that must move there.
    old_cuts, new_cuts
        Row of an edge, or of a new road -> its cuts.
    joined
        Ends of each new road that join another road.
    reached
        Whether each new road hangs on the network, perhaps over other new ones.
    crossed
        Open edges that each new road crosses without joining them.
    """

    ends: list[tuple[int, int]] = field(default_factory=list)
    places: dict[int, NDArray[np.float64]] = field(default_factory=dict)
    old_cuts: dict[int, list[Cut]] = field(default_factory=dict)
    new_cuts: dict[int, list[Cut]] = field(default_factory=dict)
    joined: list[int] = field(default_factory=list)
    reached: list[bool] = field(default_factory=list)
    crossed: list[int] = field(default_factory=list)


def plane_line(network: Network, line: shapely.Geometry) -> Any:  # noqa: ANN401 - its own kind
    """Give a geometry of the network's CRS in its plane."""

    def moved(xy: NDArray[np.float64]) -> NDArray[np.float64]:
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs))

    return shapely.transform(line, moved)


def cut_line(
    xy: NDArray[np.float64],
    plane_xy: NDArray[np.float64],
    ends: tuple[int, int],
    cuts: Sequence[Cut],
) -> list[Piece]:
    """Cut a line into pieces.

    Parameters
    ----------
    xy, plane_xy
        (n, 2) vertices as they are stored, and in the plane that fractions are measured in.
    ends
        Nodes at its beginning and end.
    cuts
        In any order.

    Returns
    -------
    The pieces from the beginning on; together they are the line.
    """
    order = sorted(cuts, key=lambda cut: cut.fraction)
    at = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(plane_xy, axis=0).T))))
    stops = [0.0, *(min(max(cut.fraction, 0.0), 1.0) * at[-1] for cut in order), at[-1]]
    nodes = [ends[0], *(node for cut in order for node in (cut.before, cut.after)), ends[1]]
    spots = np.column_stack([np.interp(stops, at, xy[:, axis]) for axis in (0, 1)])
    spots[0], spots[-1] = xy[0], xy[-1]
    pieces = []
    for place, (start, stop) in enumerate(pairwise(stops)):
        inside = xy[(at > start) & (at < stop)]
        share = (stop - start) / at[-1] if at[-1] > 0 else float(place == 0)
        whole = np.vstack((spots[place], inside, spots[place + 1]))
        pieces.append(Piece(nodes[2 * place], nodes[2 * place + 1], whole, share))
    return pieces


def join_roads(
    network: Network,
    lines: Sequence[shapely.LineString],
    open_: NDArray[np.bool_],
    join_m: float,
    nodes: count[int],
) -> Joins:
    """Find where the ends of new roads join.

    Parameters
    ----------
    network
        What they join.
    lines
        The new roads in `network.crs`.
    open_
        Edges that may be joined.
    join_m
        Tolerance, metres.
    nodes
        Gives ids that no node has yet.

    Returns
    -------
    The joins. Each end joins the nearest edge within the tolerance (of equals the smaller id), at
    its junction if that is within the tolerance too; else the nearest other new road; else nothing.
    """
    return _Joining(network, lines, open_, join_m, nodes).joins()


class _Joining:
    """Work of `join_roads`."""

    def __init__(
        self,
        network: Network,
        lines: Sequence[shapely.LineString],
        open_: NDArray[np.bool_],
        join_m: float,
        nodes: count[int],
    ) -> None:
        self.network, self.join_m = network, join_m
        self.lines = [plane_line(network, line) for line in lines]
        self.stored = [shapely.get_coordinates(line) for line in lines]
        no_motorway = np.zeros(len(open_), bool)
        no_motorway[network.snap_tree[1]] = True
        self.rows = np.flatnonzero(open_ & no_motorway)
        self.tree = shapely.STRtree(network.lines[self.rows])
        self.ends = [(next(nodes), next(nodes)) for _ in lines]
        self.same: dict[int, int] = {}  # a node -> the one that it is, step by step
        self.groups = list(range(len(lines) + 1))  # the last is the network
        self.met: list[set[int]] = [set() for _ in lines]
        self.linked: set[int] = set()
        self.found = Joins()

    def joins(self) -> Joins:
        for road in range(len(self.lines)):
            for side in (0, 1):
                self._join_end(road, side)
        found = self.found
        found.ends = [(self._node(u), self._node(v)) for u, v in self.ends]
        for road, ends in enumerate(self.ends):
            for node, place in zip(
                ends, (self.stored[road][0], self.stored[road][-1]), strict=True
            ):
                found.places.setdefault(self._node(node), place)
        for cuts in (found.old_cuts, found.new_cuts):
            for row, some in cuts.items():
                cuts[row] = [
                    Cut(cut.fraction, self._node(cut.before), self._node(cut.after)) for cut in some
                ]
        found.joined = [sum(node in self.linked for node in ends) for ends in self.ends]
        found.reached = [self._group(road) == self._group(-1) for road in range(len(self.lines))]
        found.crossed = [self._crossed(road) for road in range(len(self.lines))]
        return found

    def _join_end(self, road: int, side: int) -> None:
        node = self.ends[road][side]
        end = shapely.Point(shapely.get_coordinates(self.lines[road])[-side])
        row = self._nearest(end)
        if row is not None:
            self._join_edge(node, end, row)
            self.met[road].add(row)
            self._together(road, -1)
        else:
            others = [other for other in range(len(self.lines)) if other != road]
            away = [float(shapely.distance(end, self.lines[other])) for other in others]
            if not away or min(away) > self.join_m:
                return
            other = others[int(np.argmin(away))]
            self._join_other(node, end, other)
            self._together(road, other)
        self.linked.add(node)

    def _nearest(self, end: shapely.Point) -> int | None:
        hits = self.rows[np.sort(self.tree.query(end, "dwithin", distance=self.join_m))]
        if not len(hits):
            return None
        return int(hits[int(np.argmin(shapely.distance(end, self.network.lines[hits])))])

    def _join_edge(self, node: int, end: shapely.Point, row: int) -> None:
        network = self.network
        ends = network.edge_nodes[row]
        away = np.hypot(*(network.node_xy[ends] - shapely.get_coordinates(end)).T)
        near = int(np.argmin(away))
        if away[near] <= self.join_m:
            junction = int(network.nodes.index[ends[near]])
            self.same[node] = junction
            self.found.places[junction] = shapely.get_coordinates(
                network.nodes.geometry.iloc[int(ends[near])]
            )[0]
            return
        line = network.lines[row]
        fraction = float(shapely.line_locate_point(line, end, normalized=True))
        first, stop = network.line_offsets[row : row + 2]
        stored = shapely.get_coordinates(network.edges.geometry.iloc[row])
        self._cut(self.found.old_cuts, row, fraction, node, stored, network.line_xy[first:stop])

    def _join_other(self, node: int, end: shapely.Point, other: int) -> None:
        line = self.lines[other]
        away = [float(shapely.distance(end, shapely.get_point(line, at))) for at in (0, -1)]
        near = int(np.argmin(away))
        if away[near] <= self.join_m:
            mine, its = self._node(node), self._node(self.ends[other][near])
            if mine != its:
                self.same[max(mine, its)] = min(mine, its)  # ids of the network are the smaller
            self.linked.add(self.ends[other][near])
            return
        fraction = float(shapely.line_locate_point(line, end, normalized=True))
        plane = shapely.get_coordinates(line)
        self._cut(self.found.new_cuts, other, fraction, node, self.stored[other], plane)

    def _cut(
        self,
        cuts: dict[int, list[Cut]],
        row: int,
        fraction: float,
        node: int,
        stored: NDArray[np.float64],
        plane: NDArray[np.float64],
    ) -> None:
        cut = Cut(fraction, node, node)
        cuts.setdefault(row, []).append(cut)
        self.found.places[node] = cut_line(stored, plane, (-1, -1), [cut])[0].xy[-1]

    def _crossed(self, road: int) -> int:
        hits = self.rows[self.tree.query(self.lines[road], "crosses")]
        return len(set(hits.tolist()) - self.met[road])

    def _node(self, node: int) -> int:
        while node in self.same:
            node = self.same[node]
        return node

    def _group(self, road: int) -> int:
        road %= len(self.groups)
        while self.groups[road] != road:
            road = self.groups[road]
        return road

    def _together(self, road: int, other: int) -> None:
        self.groups[self._group(road)] = self._group(other)
