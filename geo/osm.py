"""OpenStreetMap .osm.pbf files to an edge frame: the complete reading rules.

A way is kept if its `highway` class is one of the mode's, `area` is not `yes`, and the first access
tag present in the mode's chain does not deny. It is cut where coordinates are missing and at every
node that occurs twice or more in all kept runs; each piece is one edge. Barriers, turn
restrictions, `maxspeed`, relations and node tags are not read. A ferry (`route=ferry`) is no road,
whatever its `highway`.

A truncated file is refused, but one cut exactly between two of its blocks looks whole, for the
format has no end mark: nodes missing from kept ways are counted, and then there are many.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import numpy as np
import osmium
import pandas as pd
import shapely
from osmium.osm import NODE, WAY

from geo.crs import STORED_CRS
from geo.errors import NetworkError
from geo.geodesy import geodesic_lengths_m
from geo.modes import CAR_KMH, MODES, Mode, require_mode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from os import PathLike

    from numpy.typing import NDArray

__all__ = ["read_edges", "read_pieces"]

_FORWARD: Final = 1
_BACKWARD: Final = 2
_DIRECTION_WORDS: Final = ("none", "forward", "backward", "both")
_DENIED: Final = frozenset(
    ("no", "private", "agricultural", "forestry", "military", "emergency", "use_sidepath")
)


def read_edges(
    path: str | PathLike[str], mode: str = "walk"
) -> tuple[gpd.GeoDataFrame, dict[str, float]]:
    """Read the road pieces of one mode.

    Parameters
    ----------
    path
        An .osm.pbf file, its objects in any order.
    mode
        `walk`, `etrike` or `car`.

    Returns
    -------
    Frame in EPSG:4490 (WGS 84 taken as CGCS2000), index `edge_id` 0..m-1 in file order, columns `u
    v way_id highway length_m speed_mps forward backward geometry`; and the counts `ways_kept
    ways_denied nodes_missing` (different nodes without coordinates in kept ways).

    Raises
    ------
    NetworkError
        `unknown_mode`, `file_missing`, `file_empty` (no byte in it), `file_unreadable` (damaged,
        truncated, or no .osm.pbf).
    """
    rules = require_mode(mode)
    ways = _read(path, _Ways((rules,)))
    cut = _cut(ways)
    source = cut.way
    speeds = np.array([rules.speeds_mps[highway] for highway in ways.highway], np.float64)
    edges = cut.frame(
        {
            "u": cut.u,
            "v": cut.v,
            "way_id": np.asarray(ways.way_id, np.int64)[source],
            "highway": pd.array(ways.highway, dtype="str").take(source),
            "length_m": geodesic_lengths_m(cut.lonlat, cut.sizes),
            "speed_mps": speeds[source],
            "forward": (ways.mode_ways(0) & _FORWARD).astype(bool)[source],
            "backward": (ways.mode_ways(0) & _BACKWARD).astype(bool)[source],
        }
    )
    counts: dict[str, float] = {"ways_kept": len(ways.way_id), "ways_denied": ways.denied}
    return edges, counts | {"nodes_missing": ways.nodes_missing()}


def read_pieces(path: str | PathLike[str]) -> gpd.GeoDataFrame:
    """Read the road pieces of all modes at once, for a store that serves every mode.

    Parameters
    ----------
    path
        An .osm.pbf file, its objects in any order.

    Returns
    -------
    Frame in EPSG:4490, RangeIndex in file order; a row per piece of a way that any mode may use,
    cut at every node that any mode needs. Columns `way_id piece` (0, 1 ... along the way) `u v
    highway name`, a column a mode (`none both forward backward`), `car_kmh` (NaN: no car class)
    and `geometry`. The rows a mode may use have the lengths and travel times of `read_edges`; where
    only another mode needed a cut, they meet in a node with two edges.

    Raises
    ------
    NetworkError
        As `read_edges`.
    """
    ways = _read(path, _Ways(tuple(MODES.values()), named=True))
    cut = _cut(ways)
    source = cut.way
    begins = np.ones(len(source), bool)
    begins[1:] = source[1:] != source[:-1]
    starts = np.flatnonzero(begins)
    kmh = [CAR_KMH.get(highway.removesuffix("_link"), np.nan) for highway in ways.highway]
    words = pd.array(_DIRECTION_WORDS, dtype="str")
    return cut.frame(
        {
            "way_id": np.asarray(ways.way_id, np.int64)[source],
            "piece": np.arange(len(source)) - starts[np.cumsum(begins) - 1],
            "u": cut.u,
            "v": cut.v,
            "highway": pd.array(ways.highway, dtype="str").take(source),
            "name": pd.array(ways.name, dtype="str").take(source),
            **{mode: words.take(ways.mode_ways(k)[source]) for k, mode in enumerate(MODES)},
            "car_kmh": np.asarray(kmh, np.float64)[source],
        }
    )


def _read(path: str | PathLike[str], ways: _Ways) -> _Ways:
    """Fill `ways` from a file.

    Raises
    ------
    NetworkError
        `file_missing`, `file_empty`, `file_unreadable`.
    """
    file = Path(path)
    if not file.is_file():
        raise NetworkError(
            f"找不到路网文件 {file.name}，请检查路径。", code="file_missing", where=file.name
        )
    if not file.stat().st_size:
        raise NetworkError(
            f"路网文件 {file.name} 是空的，请重新下载。", code="file_empty", where=file.name
        )
    try:
        for way in _highways(file):
            ways.take(way)
    except (RuntimeError, OSError, ValueError) as error:
        raise NetworkError(
            f"路网文件 {file.name} 读不下去，可能损坏、被截断或不是 .osm.pbf，请重新下载。",
            code="file_unreadable",
            where=file.name,
        ) from error
    return ways


@dataclass
class _Ways:
    """Kept ways as read: tags a way, nodes and coordinates end to end.

    `ways` holds two bits a mode, the first mode's lowest: travelled forward, backward.
    """

    modes: tuple[Mode, ...]
    named: bool = False
    way_id: list[int] = field(default_factory=list)
    highway: list[str] = field(default_factory=list)
    name: list[str | None] = field(default_factory=list)
    ways: list[int] = field(default_factory=list)
    refs: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    wkb: list[bytes] = field(default_factory=list)
    denied: int = 0
    _factory: Any = field(default_factory=osmium.geom.WKBFactory)

    def take(self, way: Any) -> None:  # noqa: ANN401  (osmium has no public way type)
        """Keep the way if the rules of any mode allow."""
        tags = way.tags
        highway = tags["highway"]
        ways = 0
        for k, mode in enumerate(self.modes):
            if highway in mode.speeds_mps:
                ways |= self._mode_ways(tags, highway, mode) << 2 * k
        if not ways:
            return
        self.way_id.append(way.id)
        self.highway.append(highway)
        self.ways.append(ways)
        if self.named:
            self.name.append(tags.get("name"))
        refs = [node.ref for node in way.nodes]
        self.refs += refs
        self.sizes.append(len(refs))
        self.wkb.append(self._coordinates(way))

    def _mode_ways(self, tags: Any, highway: str, mode: Mode) -> int:  # noqa: ANN401
        if tags.get("area") == "yes" or tags.get("route") == "ferry":
            return 0
        for key in mode.access:
            value = tags.get(key)
            if value is not None:
                if value in _DENIED:
                    self.denied += 1
                    return 0
                break
        return _directions(tags, highway) if mode.oneway else _FORWARD | _BACKWARD

    def mode_ways(self, k: int) -> NDArray[np.int64]:
        """Bits `_FORWARD` and `_BACKWARD` of each way in the k-th mode."""
        return np.asarray(self.ways, np.int64) >> 2 * k & 3

    def nodes_missing(self) -> int:
        """How many different nodes of kept ways have no coordinates."""
        lost = np.isnan(self.lonlat()[:, 0])
        return len(np.unique(np.asarray(self.refs, np.int64)[lost]))

    def lonlat(self) -> NDArray[np.float64]:
        """(k, 2) coordinates of `refs`; NaN where unknown."""
        return np.frombuffer(b"".join(self.wkb), "<f8").reshape(-1, 2)

    def _coordinates(self, way: Any) -> bytes:  # noqa: ANN401
        # The WKB factory copies a whole way at once, ten times faster than node by node, but
        # refuses ways with unknown places or of one place only. Its head is 9 bytes: order, type,
        # count.
        try:
            return bytes.fromhex(self._factory.create_linestring(way, osmium.geom.ALL))[9:]
        except (osmium.InvalidLocationError, RuntimeError):
            places = [node.location for node in way.nodes]
            known = [(p.lon, p.lat) if p.valid() else (np.nan, np.nan) for p in places]
            return np.asarray(known, "<f8").tobytes()


def _highways(file: Path) -> Iterator[Any]:
    """Ways with a `highway`, node places filled in, whatever the order of the file."""
    source = osmium.io.File(str(file), "pbf")
    places = osmium.NodeLocationsForWays(osmium.index.create_map("flex_mem"))
    places.ignore_errors()
    osmium.apply(osmium.io.Reader(source, NODE), places)
    roads = osmium.filter.KeyFilter("highway")
    yield from osmium.FileProcessor(source, WAY).with_filter(roads).with_filter(places)


def _directions(tags: Any, highway: str) -> int:  # noqa: ANN401
    oneway = tags.get("oneway")
    if oneway is None:
        ahead = tags.get("junction") in {"roundabout", "circular"} or highway == "motorway"
        return _FORWARD if ahead else _FORWARD | _BACKWARD
    if oneway in {"-1", "reverse"}:
        return _BACKWARD
    return _FORWARD if oneway in {"yes", "true", "1"} else _FORWARD | _BACKWARD


@dataclass
class _Cut:
    """Pieces in file order: end nodes, position of the way, vertices end to end."""

    u: NDArray[np.int64]
    v: NDArray[np.int64]
    way: NDArray[np.int64]
    lonlat: NDArray[np.float64]
    sizes: NDArray[np.int64]

    def frame(self, columns: dict[str, Any]) -> gpd.GeoDataFrame:
        """Put columns and lines together."""
        piece = np.repeat(np.arange(len(self.sizes)), self.sizes)
        return gpd.GeoDataFrame(
            columns,
            index=pd.RangeIndex(len(self.sizes), name="edge_id"),
            geometry=np.asarray(shapely.linestrings(self.lonlat, indices=piece), object),
            crs=STORED_CRS,
        )


def _cut(ways: _Ways) -> _Cut:
    """Cut ways at the graph nodes of every mode."""
    refs, lonlat, way, run = _runs(ways)
    is_node = np.ones(len(refs), bool)
    is_node[1:-1] = (run[1:-1] != run[:-2]) | (run[1:-1] != run[2:])
    _, number = np.unique(refs, return_inverse=True)
    for k in range(len(ways.modes)):
        used = ways.mode_ways(k)[way] > 0
        uses = np.bincount(number[used], minlength=len(refs))
        is_node |= uses[number] >= 2
    # A piece goes from a graph node to the next one of the same run.
    nodes = np.flatnonzero(is_node)
    same_run = run[nodes[:-1]] == run[nodes[1:]]
    first, last = nodes[:-1][same_run], nodes[1:][same_run]
    sizes = last - first + 1
    ends = np.cumsum(sizes)
    vertex = np.arange(sizes.sum()) + np.repeat(first - (ends - sizes), sizes)
    return _Cut(refs[first], refs[last], way[first], lonlat[vertex], sizes)


def _runs(
    ways: _Ways,
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.int64], NDArray[np.int64]]:
    """Nodes, places, way and run number of all vertices that are left, run after run."""
    refs, lonlat = np.asarray(ways.refs, np.int64), ways.lonlat()
    way = np.repeat(np.arange(len(ways.sizes)), ways.sizes)
    kept = np.ones(len(refs), bool)
    kept[1:] = (refs[1:] != refs[:-1]) | (way[1:] != way[:-1])
    refs, lonlat, way = refs[kept], lonlat[kept], way[kept]
    lost = np.isnan(lonlat[:, 0])
    begins = np.ones(len(refs), bool)
    begins[1:] = (way[1:] != way[:-1]) | lost[:-1]
    run = np.cumsum(begins) - 1
    size = np.bincount(run[~lost], minlength=len(refs))
    kept = ~lost & (size[run] >= 2)
    return refs[kept], lonlat[kept], way[kept], run[kept]
