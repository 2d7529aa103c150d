"""What each road is for: classes by the trips that use it."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from scipy.spatial import Delaunay, cKDTree

from layers.sample.layout import COUNTY_SEAT, Layout

__all__ = ["CLASSES", "Trips", "trips"]

CLASSES = ("path", "residential", "unclassified", "tertiary", "secondary")
"""小路, 村道, 乡道, 县道, 干线: a piece's class is its position here, the busiest trip decides."""

_SHARED = 0.7


@dataclass(frozen=True)
class Trips:
    """Trips that each edge carries.

    Attributes
    ----------
    rank
        (m,) position in `CLASSES` of the busiest trip; 0 if nobody's daily way leads here.
    name
        (m,) name of the 干线 or 县道 that runs here, else "".
    """

    rank: NDArray[np.int64]
    name: list[str]


def trips(
    plan: Layout, xy: NDArray[np.float64], ends: NDArray[np.int64], cost: NDArray[np.float64]
) -> Trips:
    """Send everybody on their way: seat to towns, town to next town, village to its town.

    Parameters
    ----------
    plan
        Villages and seats.
    xy
        (n, 2) places that `ends` count.
    ends
        (m, 2) edges.
    cost
        (m,) whole centimetres, > 0; `inf` where no wheel goes.

    Returns
    -------
    Rank and name of each edge.
    """
    open_edge = np.flatnonzero(np.isfinite(cost))
    used = np.unique(ends[open_edge])
    towns = [COUNTY_SEAT, *plan.seats]
    seats = np.array([plan.seat_xy(town) for town in towns])
    find = cKDTree(xy[used])
    seat_at = used[find.query(seats)[1]]
    village_at = used[find.query(plan.xy)[1]]
    field = _Field(len(xy), ends[open_edge], cost[open_edge])
    for number, place in enumerate(seat_at[1:], start=1):
        field.travel(int(seat_at[0]), [int(place)], 4, f"示意干线{number}")
    for number, (a, b) in enumerate(_next_towns(seats), start=1):
        field.travel(int(seat_at[a]), [int(seat_at[b])], 3, f"示意县道{number}")
    for town, place in zip(towns, seat_at, strict=True):
        own = [
            int(at) for at, code in zip(village_at, plan.codes, strict=True) if code[:9] == town[:9]
        ]
        field.travel(int(place), own, 2, "")
    rank = np.zeros(len(ends), dtype=np.int64)
    rank[open_edge] = field.rank
    name = [""] * len(ends)
    for edge, found in zip(open_edge, field.name, strict=True):
        name[edge] = found
    return Trips(rank, name)


def _next_towns(seats: NDArray[np.float64]) -> list[tuple[int, int]]:
    """Pairs of seats with no third seat between them (Gabriel), the county seat's left out."""
    pairs = {
        (int(min(a, b)), int(max(a, b)))
        for corner in Delaunay(seats).simplices
        for a, b in ((corner[0], corner[1]), (corner[1], corner[2]), (corner[0], corner[2]))
    }
    near = []
    for a, b in sorted(pairs):
        middle = (seats[a] + seats[b]) / 2
        square = ((seats - middle) ** 2).sum(axis=1)
        if a > 0 and square.min() >= square[a] - 1.0:
            near.append((a, b))
    return near


class _Field:
    """Edges that trips may use; those of a busy road get cheaper, so that trips gather there."""

    def __init__(self, count: int, ends: NDArray[np.int64], cost: NDArray[np.float64]) -> None:
        self._count = count
        self._ends = ends
        self._cost = cost
        self.rank = np.zeros(len(ends), dtype=np.int64)
        self.name = [""] * len(ends)

    def travel(self, begin: int, goals: list[int], rank: int, name: str) -> None:
        """Take the cheapest way to each goal and mark its edges."""
        now = np.where(self.rank > 2, np.floor(self._cost * _SHARED) + 1.0, self._cost)
        best = self._best_edges(now)
        edge_of = {
            (int(a), int(b)): int(k)
            for (a, b), k in zip(np.sort(self._ends[best], axis=1), best, strict=True)
        }
        rows, columns = self._ends[best].T.astype(np.int32)
        graph = csr_array((now[best], (rows, columns)), shape=(self._count, self._count))
        _, before = dijkstra(graph, directed=False, indices=[begin], return_predecessors=True)
        for goal in goals:
            at = goal
            while at != begin:
                last = int(before[0, at])
                edge = edge_of[min(at, last), max(at, last)]
                if self.rank[edge] < rank:
                    self.rank[edge], self.name[edge] = rank, name
                at = last

    def _best_edges(self, cost: NDArray[np.float64]) -> NDArray[np.int64]:
        """One edge a pair of places, the cheapest; no loops."""
        pairs = np.sort(self._ends, axis=1)
        order = np.lexsort((cost, pairs[:, 1], pairs[:, 0]))
        _, first = np.unique(pairs[order], axis=0, return_index=True)
        best = order[first]
        return np.asarray(best[pairs[best, 0] != pairs[best, 1]])
