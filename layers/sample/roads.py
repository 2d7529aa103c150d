"""Rows of layer roads: street nets and the roads between them, as one network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import cKDTree
from shapely import distance, points
from shapely.geometry import LineString

from layers.sample.classes import CLASSES, Trips, trips
from layers.sample.draws import Draws
from layers.sample.layout import COUNTY_SEAT, Layout, layout
from layers.sample.mesh import open_ground
from layers.sample.people import people
from layers.sample.plane import outline_plane, to_lonlat
from layers.sample.routes import Routes, routes
from layers.sample.stamp import sample_source
from layers.sample.streets import Net, town_net, village_net
from layers.sample.terrain import Terrain

__all__ = ["road_rows"]

_AREA_A_PERSON_M2 = 165.0
_REACH_M = 620.0
_FROM_OUTLINE_M = 70.0
_PATH_SHARE = 0.3
_LANE_PATH_SHARE = 0.25
_MAIN_STREET_COST = 0.75
_MINOR_COST = 1.3
# Speeds and access of analysis.md, section 1.
_CAR_KMH = {"secondary": 50.0, "tertiary": 40.0, "unclassified": 30.0, "residential": 25.0}


@dataclass(frozen=True)
class _Edge:
    """One piece of road between two junctions."""

    nodes: list[int]
    street: tuple[int, int] | None = None  # (net, street)
    rank: int = 0
    one_way: int = 0
    minor: bool = False
    path: bool = False


def _nets(draws: Draws, plan: Layout, seed: int) -> list[Net]:
    """Draw the town's grid, then a net for every village outside it, in the order of the codes."""
    persons = people(seed)["population"]
    nearest = np.asarray(cKDTree(plan.xy).query(plan.xy, 2)[0])[:, 1]
    border = distance(points(plan.xy), outline_plane().exterior)
    reach = np.minimum(np.minimum(nearest / 2 - 30.0, border - _FROM_OUTLINE_M), _REACH_M)
    nets = [town_net(draws, plan.seat_xy(COUNTY_SEAT))]
    for k, code in enumerate(plan.codes):
        if code[:10] != f"{COUNTY_SEAT[:9]}0":
            nets.append(village_net(draws, plan.xy[k], persons[k] * _AREA_A_PERSON_M2, reach[k]))
    return nets


def _chains(links: Routes, streets: int) -> list[tuple[list[int], bool]]:
    """Join links into roads from junction to junction; a street's crossing is always one."""
    beside: dict[int, list[int]] = {}
    for k, (a, b) in enumerate(links.links):
        beside.setdefault(int(a), []).append(k)
        beside.setdefault(int(b), []).append(k)
    done = np.zeros(len(links.links), dtype=bool)
    found = []
    for start in sorted(beside):
        if start >= streets and len(beside[start]) == 2:
            continue
        for first in beside[start]:
            if done[first]:
                continue
            nodes, link = [start], first
            while True:
                done[link] = True
                a, b = links.links[link]
                nodes.append(int(b if a == nodes[-1] else a))
                if nodes[-1] < streets or len(beside[nodes[-1]]) != 2:
                    break
                link = next(k for k in beside[nodes[-1]] if k != link)
            found.append((nodes, bool(links.minor[first])))
    return found


def _street_edges(nets: list[Net], draws: Draws, gates: set[int]) -> list[_Edge]:
    """Take the nets' pieces; some lanes that end nowhere are only paths."""
    edges = []
    first = 0
    for number, net in enumerate(nets):
        ends = net.ends + first
        lone = np.bincount(net.ends.ravel(), minlength=len(net.xy)) == 1
        lot = draws.unit(len(ends))
        for k, (a, b) in enumerate(ends):
            blind = any(lone[at - first] and at not in gates for at in (a, b))
            edges.append(
                _Edge(
                    [int(a), int(b)],
                    (number, int(net.street[k])),
                    int(net.rank[k]),
                    0 if blind else int(net.one_way[k]),
                    path=blind and net.rank[k] == 0 and bool(lot[k] < _LANE_PATH_SHARE),
                )
            )
        first += len(net.xy)
    return edges


def _smooth(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the corners of a line twice (Chaikin); its ends stay."""
    for _ in range(2):
        if len(xy) < 3:
            return xy
        near = 0.75 * xy[:-1] + 0.25 * xy[1:]
        far = 0.25 * xy[:-1] + 0.75 * xy[1:]
        cut = np.stack([near, far], axis=1).reshape(-1, 2)[1:-1]
        xy = np.vstack([xy[:1], cut, xy[-1:]])
    return xy


def _length_cm(xy: NDArray[np.float64]) -> float:
    step = np.diff(xy, axis=0)
    return float(np.floor(100.0 * np.sqrt((step * step).sum(axis=1))).sum()) + 1.0


def _cost(edge: _Edge, xy: NDArray[np.float64]) -> float:
    if edge.path:
        return float("inf")
    factor = _MAIN_STREET_COST if edge.rank else _MINOR_COST if edge.minor else 1.0
    return float(np.floor(_length_cm(xy[edge.nodes]) * factor)) + 1.0


def _highway(edge: _Edge, trip: int) -> str:
    if edge.path:
        return "path"
    # Town streets: 1 is a 县道, 2 a 干线, whoever uses them; all else is at least a 村道.
    return CLASSES[max(trip, 1, edge.rank + 2 if edge.rank else 0)]


def _ways(highway: str, one_way: int) -> dict[str, Any]:
    wheels = {0: "both", 1: "forward", -1: "backward"}[one_way] if highway != "path" else "none"
    return {"walk": "both", "etrike": wheels, "car": wheels, "car_kmh": _CAR_KMH.get(highway)}


def _parts(edges: list[_Edge], connection: Literal["weak", "strong"]) -> NDArray[np.int32]:
    """Give each place the number of its part for wheels; `strong`: there and back again."""
    rows, columns = [], []
    for edge in edges:
        begin, end = edge.nodes[0], edge.nodes[-1]
        if not edge.path and edge.one_way >= 0:
            rows.append(begin)
            columns.append(end)
        if not edge.path and edge.one_way <= 0:
            rows.append(end)
            columns.append(begin)
    count = max(edge.nodes[k] for edge in edges for k in (0, -1)) + 1
    graph = csr_array((np.ones(len(rows)), (rows, columns)), shape=(count, count))
    return np.asarray(connected_components(graph, connection=connection)[1])


def _untrapped(edges: list[_Edge]) -> list[_Edge]:
    """Make one network for wheels: no island behind paths, no one-way without a way back."""
    part = _parts(edges, "weak")
    main = np.bincount(part).argmax()
    edges = [
        edge if part[edge.nodes[0]] == main or edge.path else replace(edge, path=True)
        for edge in edges
    ]
    while True:
        part = _parts(edges, "strong")
        trapped = [
            edge.one_way != 0 and part[edge.nodes[0]] != part[edge.nodes[-1]] for edge in edges
        ]
        if not any(trapped):
            return edges
        edges = [
            replace(edge, one_way=0) if caught else edge
            for edge, caught in zip(edges, trapped, strict=True)
        ]


@lru_cache(maxsize=2)
def _network(seed: int) -> tuple[NDArray[np.float64], list[_Edge], Trips]:
    draws = Draws(seed, "roads")
    plan, terrain = layout(seed), Terrain(seed)
    nets = _nets(draws, plan, seed)
    streets = sum(len(net.xy) for net in nets)
    ground = open_ground(draws, nets, terrain)
    chains = _chains(routes(draws, nets, ground, terrain), streets)
    gates = {end for nodes, _ in chains for end in (nodes[0], nodes[-1])}
    lot = draws.unit(len(chains))
    edges = _street_edges(nets, draws, gates)
    for (nodes, minor), chance in zip(chains, lot, strict=True):
        off_town = nodes[0] >= len(nets[0].xy) and nodes[-1] >= len(nets[0].xy)
        path = minor and off_town and bool(chance < _PATH_SHARE)
        edges.append(_Edge(nodes, minor=minor, path=path))
    edges = _untrapped(edges)
    ends = np.array([(edge.nodes[0], edge.nodes[-1]) for edge in edges])
    cost = np.array([_cost(edge, ground.xy) for edge in edges])
    return ground.xy, edges, trips(plan, ground.xy, ends, cost)


def road_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer roads.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    Pieces between junctions, by id; one network in every mode.
    """
    xy, edges, used = _network(seed)
    source = sample_source(seed)
    nodes = sorted({end for edge in edges for end in (edge.nodes[0], edge.nodes[-1])})
    node_id = {node: number for number, node in enumerate(nodes, start=1)}
    way_of: dict[object, int] = {}
    pieces: dict[int, int] = {}
    rows = []
    for k, edge in enumerate(edges):
        way = way_of.setdefault(edge.street or k, len(way_of) + 1)
        piece = pieces[way] = pieces.get(way, -1) + 1
        highway = _highway(edge, int(used.rank[k]))
        rows.append(
            {
                "id": f"{way}-{piece}",
                "geometry": LineString(to_lonlat(_smooth(xy[edge.nodes]))),
                "way_id": way,
                "piece": piece,
                "u": node_id[edge.nodes[0]],
                "v": node_id[edge.nodes[-1]],
                "highway": highway,
                "name": used.name[k] or None,
                **_ways(highway, edge.one_way),
                "quality": "synthetic",
                "source": source,
            }
        )
    return sorted(rows, key=lambda row: str(row["id"]))
