"""What a service circle must obey, told apart from how it is drawn: exact roads by another search.

`roads_of` finds the reached (R) and the other road (U) with scipy and plain arithmetic; the laws
compare a circle with both at sampled places.
"""

from __future__ import annotations

from dataclasses import dataclass

import geopandas as gpd
import numpy as np
import shapely
from scipy.sparse import csr_array
from scipy.sparse.csgraph import dijkstra
from shapely.ops import substring

from geo.crs import transform_xy
from geo.network import Network, snap

SLACK_M = 0.25
EPS_S = 1e-6


@dataclass(frozen=True)
class Roads:
    """Reached and other road and the walk to it in the plane; metres as the edges say them."""

    leg: shapely.LineString
    reached: list[shapely.LineString]
    other: list[shapely.LineString]
    metres: float


def roads_of(
    network: Network,
    facility: gpd.GeoDataFrame,
    *,
    minutes: float,
    speed_mps: float = 1.1,
    direction: str = "to_facility",
) -> Roads:
    """Exact R and U of one facility."""
    place = snap(network, facility).iloc[0]
    edges = network.edges
    speed = edges["speed_mps"].fillna(speed_mps).to_numpy()
    along = edges["length_m"].to_numpy() / speed
    away = np.where(edges["forward"], along, np.inf), np.where(edges["backward"], along, np.inf)
    leave_u, leave_v = away if direction == "from_facility" else away[::-1]
    limit = 60 * minutes
    parts: dict[int, list[tuple[float, float]]] = {row: [] for row in range(len(edges))}
    if place["connected"]:
        row = edges.index.get_loc(place["edge_id"])
        left = limit - place["offset_m"] / speed_mps
        at, u, v = place["fraction"], *network.edge_nodes[row]
        if left >= 0:
            ahead, behind = _part(left, leave_u[row]), _part(left, leave_v[row])
            parts[row].append((max(at - behind, 0.0), min(at + ahead, 1.0)))
        # No way towards an end against the traffic, not even of no length.
        to_v = (1 - at) * leave_u[row] if np.isfinite(leave_u[row]) else np.inf
        to_u = at * leave_v[row] if np.isfinite(leave_v[row]) else np.inf
        seconds = _search(network, leave_u, leave_v, {u: to_u, v: to_v}) if left >= 0 else None
        if seconds is not None:
            for k, (a, b) in enumerate(network.edge_nodes):
                parts[k].append((0.0, _part(left - seconds[a], leave_u[k])))
                parts[k].append((1.0 - _part(left - seconds[b], leave_v[k]), 1.0))
    leg = shapely.LineString()
    if place["connected"]:
        line = network.lines[row]
        home = in_plane(network, facility.geometry.iloc[0])
        foot = shapely.line_interpolate_point(line, at, normalized=True)
        leg = substring(shapely.LineString([home, foot]), 0.0, limit * speed_mps)
    reached, other, metres = [], [], 0.0
    for k, line in enumerate(network.lines):
        done = 0.0
        if not any(stop > start for start, stop in parts[k]):
            other.append(line)
            continue
        for start, stop in [*sorted(p for p in parts[k] if p[1] > p[0]), (1.0, 1.0)]:
            if start > done:
                other.append(substring(line, done, start, normalized=True))
            if stop > max(done, start):
                reached.append(substring(line, max(done, start), stop, normalized=True))
                metres += (stop - max(done, start)) * edges["length_m"].iloc[k]
                done = stop
    return Roads(leg, reached, other, metres)


def _part(left_s: float, edge_s: float) -> float:
    if left_s < -EPS_S or not np.isfinite(edge_s):
        return 0.0
    return 1.0 if left_s >= edge_s else max(left_s, 0.0) / edge_s


def _search(network, leave_u, leave_v, seeds):
    u, v = network.edge_nodes.astype(np.int64).T
    n = len(network.nodes)
    start = [node for node, s in seeds.items() if np.isfinite(s)]
    tail = np.concatenate((u, v, np.full(len(start), n)))
    head = np.concatenate((v, u, start)).astype(np.int64)
    cost = np.concatenate((leave_u, leave_v, [seeds[node] for node in start]))
    keep = np.isfinite(cost)
    tail, head, cost = tail[keep], head[keep], cost[keep] + 1e-11  # scipy: zero is no arc
    order = np.lexsort((cost, head, tail))  # scipy would add parallel arcs up
    tail, head, cost = tail[order], head[order], cost[order]
    first = np.append(True, (np.diff(tail) != 0) | (np.diff(head) != 0)) if len(tail) else []
    arcs = csr_array((cost[first], (tail[first], head[first])), shape=(n + 1, n + 1))
    return dijkstra(arcs, indices=n)[:n]


def in_plane(network: Network, shape: shapely.Geometry) -> shapely.Geometry:
    return shapely.transform(
        shape,
        lambda xy: np.column_stack(transform_xy(*xy.T, network.crs, network.metric_crs)),
    )


def sampled(lines, every_m: float) -> np.ndarray:
    """Points along lines, both ends included."""
    spots = [
        shapely.line_interpolate_point(
            line, np.linspace(0, 1, 2 + int(line.length / every_m)), normalized=True
        )
        for line in lines
        if line.geom_type == "LineString"  # `substring` makes points of what has no length
    ]
    return np.concatenate(spots) if spots else np.zeros(0, object)


def worst_other_inside(circle, roads: Roads, *, every_m: float = 3.0, besides=None) -> float:
    """Law 1: how far from R the farthest place of U inside lies (`besides`: added corridor)."""
    near = shapely.intersects(shapely.box(*circle.bounds), roads.other)
    spots = sampled(np.array(roads.other, object)[near], every_m)
    spots = spots[shapely.contains(_ready(circle), spots)]
    if besides is not None:
        spots = spots[~shapely.intersects(_ready(besides), spots)]
    return _farthest(spots, [*roads.reached, roads.leg])


def worst_reached_outside(circle, roads: Roads, *, every_m: float = 3.0) -> float:
    """Law 2: how far from the circle the farthest place of R lies, the walk to it included."""
    spots = sampled([*roads.reached, roads.leg], every_m)
    return float(shapely.distance(spots, circle).max(initial=0.0))


def misplaced_land(
    circle, roads: Roads, *, step_m: float, off_road_m: float, count: int, seed: int, besides=None
) -> np.ndarray:
    """Law 3: random places that are in but nearer to U, or out but nearer to R."""
    t = step_m / 2 + SLACK_M
    area = circle if not circle.is_empty else shapely.union_all(roads.other)
    x0, y0, x1, y1 = area.buffer(2 * off_road_m).bounds
    rng = np.random.default_rng(seed)
    spots = shapely.points(rng.uniform((x0, y0), (x1, y1), (count, 2)))
    to_r, to_u = _distance(spots, roads.reached), _distance(spots, roads.other)
    inside = shapely.contains(_ready(circle), spots)
    must = (to_r + t < to_u) & (to_r < off_road_m - t)
    never = to_u + t < np.minimum(to_r, shapely.distance(spots, roads.leg))
    if besides is not None:
        never &= ~shapely.intersects(_ready(besides), spots)
    assert (must | never).any() or circle.is_empty, "the sample says nothing"
    return spots[(must & ~inside) | (never & inside)]


def _ready(shape):
    shapely.prepare(shape)
    return shape


def _distance(spots, lines):
    if not lines:
        return np.full(len(spots), np.inf)
    (which, _), found = shapely.STRtree(lines).query_nearest(
        spots, return_distance=True, all_matches=False
    )
    out = np.full(len(spots), np.inf)
    out[which] = found
    return out


def _farthest(spots, lines) -> float:
    return float(_distance(spots, lines).max(initial=0.0)) if len(spots) else 0.0
