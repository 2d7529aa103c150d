"""The reading rules and shortest paths once more, written plainly: dictionaries, loops and scipy.

Shares no line with `geo`: pyosmium handler, pyproj and shapely one thing at a time.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import numpy as np
import osmium
import pyproj
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import dijkstra

SMALL = ["unclassified", "residential", "living_street", "service", "road", "track"]
BIG = ["motorway", "trunk", "primary", "secondary", "tertiary"]
CAR = dict(
    zip(
        [*BIG, *SMALL],
        [100, 70, 60, 50, 40, 30, 25, 10, 15, 30, 15],
        strict=True,
    )
)
DENIED = ["no", "private", "agricultural", "forestry", "military", "emergency", "use_sidepath"]
CHAINS = {
    "walk": ["foot", "access"],
    "etrike": ["motor_vehicle", "vehicle", "access"],
    "car": ["motorcar", "motor_vehicle", "vehicle", "access"],
}


def speed_of(highway: str, mode: str) -> float | None:
    """m/s, NaN on foot, None where the mode may not go."""
    name = highway.removesuffix("_link") if highway.removesuffix("_link") in BIG else highway
    if mode == "car":
        return CAR[name] / 3.6 if name in CAR else None
    usable = [*BIG[1:], *SMALL, "cycleway"]
    if mode == "walk":
        usable += ["pedestrian", "footway", "path", "steps", "bridleway", "corridor"]
    if name not in usable:
        return None
    return float("nan") if mode == "walk" else 15 / 3.6


@dataclass
class Plain(osmium.SimpleHandler):
    """Kept ways of one mode."""

    mode: str
    ways: list = field(default_factory=list)
    denied: int = 0

    def __post_init__(self):
        super().__init__()

    def way(self, way):
        tags = {tag.k: tag.v for tag in way.tags}
        speed = speed_of(tags.get("highway", ""), self.mode)
        if speed is None or tags.get("area") == "yes":
            return
        present = [tags[key] for key in CHAINS[self.mode] if key in tags]
        if present and present[0] in DENIED:
            self.denied += 1
            return
        forward = backward = True
        if self.mode != "walk":
            if "oneway" in tags:
                forward = tags["oneway"] not in ("-1", "reverse")
                backward = tags["oneway"] not in ("yes", "true", "1")
            elif (
                tags.get("junction") in ("roundabout", "circular") or tags["highway"] == "motorway"
            ):
                backward = False
        places = [
            (n.ref, (n.location.lon, n.location.lat) if n.location.valid() else None)
            for n in way.nodes
        ]
        self.ways.append((way.id, tags["highway"], places, forward, backward, speed))


@dataclass
class PlainGraph:
    """Edges as (u, v, way_id, highway, lon/lat list, forward, backward, speed, length_m)."""

    edges: list
    node_at: dict
    denied: int


def plain_graph(path, mode) -> PlainGraph:
    """Read a file by the rules, one way after the other."""
    handler = Plain(mode)
    handler.apply_file(str(path), locations=True)
    runs = []
    for way_id, highway, places, *rest in handler.ways:
        run = []
        last = None
        for ref, at in places:
            if ref == last:
                continue
            last = ref
            if at is None:
                runs.append((run, way_id, highway, rest))
                run = []
            else:
                run.append((ref, at))
        runs.append((run, way_id, highway, rest))
    runs = [run for run in runs if len(run[0]) >= 2]
    uses = Counter(ref for run, *_ in runs for ref, _ in run)
    geod = pyproj.Geod(ellps="GRS80")
    edges, node_at = [], {}
    for run, way_id, highway, (forward, backward, speed) in runs:
        piece = [run[0]]
        for i, stop in enumerate(run[1:], 1):
            piece.append(stop)
            if uses[stop[0]] >= 2 or i == len(run) - 1:
                line = [at for _, at in piece]
                length = geod.line_length(*zip(*line, strict=True))
                edges.append(
                    (piece[0][0], stop[0], way_id, highway, line, forward, backward, speed, length)
                )
                node_at |= {piece[0][0]: line[0], stop[0]: line[-1]}
                piece = [stop]
    return PlainGraph(edges, node_at, handler.denied)


def plain_nearest(
    graph: PlainGraph, lonlat, *, speed_mps=1.1, max_snap_m=500.0, direction="to_facility"
):
    """Seconds from every node (ascending id) to the nearest place, or back, by scipy."""
    ids = sorted(graph.node_at)
    number = {node: i for i, node in enumerate(ids)}
    lons = [at[0] for at in graph.node_at.values()]
    plane = pyproj.Transformer.from_crs(
        "EPSG:4490",
        f"+proj=tmerc +lat_0=0 +lon_0={(min(lons) + max(lons)) / 2!r} +k=1 +ellps=GRS80",
        always_xy=True,
    )
    flat = [plane.transform(*zip(*edge[4], strict=True)) for edge in graph.edges]
    lines = shapely.linestrings(
        np.concatenate([np.column_stack(xy) for xy in flat]),
        indices=np.repeat(np.arange(len(flat)), [len(xy[0]) for xy in flat]),
    )
    may_snap = np.array([not edge[3].startswith("motorway") for edge in graph.edges])
    best = {}

    def arc(tail, head, seconds):
        best[tail, head] = min(seconds, best.get((tail, head), np.inf))

    for u, v, _, _, _, forward, backward, speed, length in graph.edges:
        seconds = length / (speed_mps if np.isnan(speed) else speed)
        if forward:
            arc(number[u], number[v], seconds)
        if backward:
            arc(number[v], number[u], seconds)
    home = len(ids)
    for lon, lat in lonlat:
        point = shapely.Point(plane.transform(lon, lat))
        away = np.where(may_snap, shapely.distance(lines, point), np.inf)
        if away.min() > max_snap_m:
            continue
        chosen = int(np.flatnonzero(away <= away.min() + 1e-6)[0])
        u, v, _, _, _, forward, backward, speed, length = graph.edges[chosen]
        line = lines[chosen]
        part = line.project(point) / line.length if line.length else 0.0
        whole = length / (speed_mps if np.isnan(speed) else speed)
        walk = away[chosen] / speed_mps
        if direction == "to_facility":
            if forward:
                arc(number[u], home, walk + part * whole)
            if backward:
                arc(number[v], home, walk + (1 - part) * whole)
        else:
            if backward:
                arc(home, number[u], walk + part * whole)
            if forward:
                arc(home, number[v], walk + (1 - part) * whole)
    tails, heads = np.array(list(best)).T
    matrix = coo_array((list(best.values()), (tails, heads)), shape=(home + 1, home + 1)).tocsr()
    if direction == "to_facility":
        matrix = matrix.T.tocsr()
    return np.array(ids), dijkstra(matrix, indices=home)[:-1]
