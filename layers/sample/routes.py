"""Roads between villages, routed one after the other so that later ones use what is there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra, minimum_spanning_tree
from scipy.spatial import Delaunay, cKDTree

from geo.errors import InputError
from layers.sample.draws import Draws
from layers.sample.mesh import Ground
from layers.sample.streets import Net
from layers.sample.terrain import Terrain

__all__ = ["Routes", "routes"]

_EXTRA_SHARE = 0.95
_USED_SHARE = 0.65
_WAYS_OUT = 3
_TOWN_WAYS_OUT = 9
_SAME_WAY = 0.35
_SAME_TOWN_WAY = 0.85
_NEAR_CM = 1_500_000.0


@dataclass(frozen=True)
class Routes:
    """Where the roads between villages run.

    Attributes
    ----------
    links
        (k, 2) pairs of places of the ground that a road joins, ascending.
    minor
        (k,) True where only a road runs that the county could do without.
    """

    links: NDArray[np.int64]
    minor: NDArray[np.bool_]


def routes(draws: Draws, nets: list[Net], ground: Ground, terrain: Terrain) -> Routes:
    """Join the villages: a spanning tree first, then part of the Gabriel graph.

    Parameters
    ----------
    draws
        Stream of the roads.
    nets
        Street nets of the places.
    ground
        Mesh over the open ground between them.
    terrain
        Relief; a ridge between two places makes their road less likely.

    Returns
    -------
    Links in use. A place has one to three ways out, the town up to nine.

    Raises
    ------
    InputError
        If the streets of a place are shut in.
    """
    town = max(range(len(nets)), key=lambda k: len(nets[k].xy))
    joins, needed = _joins(draws, np.array([net.centre for net in nets]), town, terrain)
    gates = _gates(joins, nets, town, ground)
    net_of = ground.net_of[ground.links]
    chosen = np.zeros(len(ground.xy), dtype=bool)
    chosen[list({gate for pair in gates for gate in pair})] = True
    open_link = ((net_of < 0) | chosen[ground.links]).all(axis=1)
    walk = _Walk(len(ground.xy), ground.links[open_link], ground.cost[open_link])
    busy = np.zeros(len(walk.links), dtype=bool)
    minor = np.zeros(len(walk.links), dtype=bool)
    for (begin, end), tree in zip(gates, needed, strict=True):
        if begin == end:
            continue
        for link in walk.route(begin, end):
            fresh = not busy[link]
            busy[link] = True
            minor[link] = not tree and (fresh or minor[link])
            walk.share(link)
    return Routes(walk.links[busy], minor[busy])


def _joins(
    draws: Draws, centres: NDArray[np.float64], town: int, terrain: Terrain
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Choose which places get a road: spanning tree, then Gabriel pairs by lot and relief."""
    corners = Delaunay(centres).simplices.astype(np.int64)
    pairs = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs, axis=0)
    begin, end = centres[pairs[:, 0]], centres[pairs[:, 1]]
    step = end - begin
    length = np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1])
    ridge = np.max([terrain.height(begin + step * part) for part in (0.25, 0.5, 0.75)], axis=0)
    gabriel = cKDTree(centres).query(begin + step / 2)[0] >= length / 2 - 0.01
    # Whole metres, made unique: a tie would be broken by how a machine happens to sort.
    weight = np.floor(length * (1.0 + 2.0 * ridge)) * len(pairs) + np.arange(len(pairs)) + 1.0
    count = len(centres)
    tree = minimum_spanning_tree(
        csr_array((weight, pairs.T.astype(np.int32)), shape=(count, count))
    ).tocoo()
    at = {(int(a), int(b)): k for k, (a, b) in enumerate(pairs)}
    needed = np.zeros(len(pairs), dtype=bool)
    needed[[at[int(a), int(b)] for a, b in zip(tree.row, tree.col, strict=True)]] = True
    wanted = draws.unit(len(pairs)) < _EXTRA_SHARE * (1.6 - ridge)
    extra = gabriel & (wanted | (pairs == town).any(axis=1))
    use = np.flatnonzero(needed | extra)
    order = use[np.lexsort((length[use], ~needed[use]))]
    return pairs[order], needed[order]


def _gates(
    joins: NDArray[np.int64], nets: list[Net], town: int, ground: Ground
) -> list[tuple[int, int]]:
    """Choose at which crossings a road leaves its places: few ways out, each in its direction.

    Raises
    ------
    InputError
        If the streets of a place are shut in.
    """
    doors: dict[int, set[int]] = {}
    for end in ground.links.ravel():
        if ground.net_of[end] >= 0:
            doors.setdefault(int(ground.net_of[end]), set()).add(int(end))
    if len(doors) < len(nets):
        raise InputError(
            "种子排出的村庄没有出路，请换一个 --seed。", code="sample_seed", where="seed"
        )
    first = int(np.flatnonzero(ground.net_of == town)[0])
    main = {first + int(at) for at in nets[town].ends[nets[town].rank > 0].ravel()}
    doors[town] = doors[town] & main or doors[town]
    taken: dict[int, list[int]] = {}

    def towards(place: int, other: int) -> int:
        to = nets[other].centre - nets[place].centre
        to /= np.sqrt(to[0] * to[0] + to[1] * to[1])

        def part(gate: int) -> tuple[float, float]:
            out = ground.xy[gate] - nets[place].centre
            along = float(out[0] * to[0] + out[1] * to[1])
            return along, along / (1.0 + float(np.sqrt(out[0] * out[0] + out[1] * out[1])))

        have = taken.setdefault(place, [])
        limit = _TOWN_WAYS_OUT if place == town else _WAYS_OUT
        same = _SAME_TOWN_WAY if place == town else _SAME_WAY
        best = max(have, key=lambda gate: part(gate)[1], default=None)
        if best is not None and (len(have) >= limit or part(best)[1] > same):
            return best
        new = max(sorted(doors[place]), key=lambda gate: part(gate)[0])
        if new not in have:
            have.append(new)
        return new

    return [(towards(int(a), int(b)), towards(int(b), int(a))) for a, b in joins]


class _Walk:
    """Cheapest ways over links whose cost falls once they carry a road."""

    def __init__(self, count: int, links: NDArray[np.int64], cost: NDArray[np.float64]) -> None:
        self.links = links
        self._full = cost
        both = np.vstack([links, links[:, ::-1]]).astype(np.int32)
        number = np.tile(np.arange(len(links)), 2)
        graph = csr_array((np.arange(1.0, len(both) + 1), both.T), shape=(count, count))
        entry = graph.data.astype(np.int64) - 1
        self._entries = np.argsort(entry, kind="stable").reshape(2, -1)
        self._graph = csr_array((cost[number[entry]], graph.indices, graph.indptr), graph.shape)
        self._link_of = {(int(a), int(b)): k for k, (a, b) in enumerate(links)}

    def route(self, begin: int, end: int) -> list[int]:
        """Positions of the links on the cheapest way."""
        for limit in (_NEAR_CM, np.inf):
            _, before = dijkstra(
                self._graph, indices=[begin], return_predecessors=True, limit=limit
            )
            if before[0, end] >= 0:
                break
        way = []
        at = end
        while at != begin:
            last = int(before[0, at])
            way.append(self._link_of[min(at, last), max(at, last)])
            at = last
        return way

    def share(self, link: int) -> None:
        """Make a link cheaper for the roads to come."""
        self._graph.data[self._entries[:, link]] = np.floor(self._full[link] * _USED_SHARE) + 1.0
