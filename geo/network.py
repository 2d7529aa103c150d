"""The road network: nodes, edges, and the arrays that searches and circles run on.

A `Network` is made by `read_osm` or `from_edges` and never changes. What is slow to make (projected
lines, the spatial index, the search graph) is made once, on first use, and kept with it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, TypeVar

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import COUNTY_CRS, local_tm_crs, require_measuring_crs, transform_xy
from geo.edges import clean_edges, end_nodes, slope_cost_m
from geo.errors import NetworkError
from geo.modes import require_mode
from geo.osm import read_edges
from geo.snapping import snap

if TYPE_CHECKING:
    from os import PathLike

    import pyproj
    from numpy.typing import NDArray

__all__ = ["Graph", "Network", "from_edges", "read_osm", "snap", "whole_ticks"]

_MAX_SPAN_DEG = 6.0
_TICKS_PER_SECOND = 2.0**34
_SPEEDS_KEPT = 8
_WAYS = ("forward", "backward")

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")


@dataclass(frozen=True, eq=False)
class Graph:
    """Arcs in compressed rows: those of row i lie at `indptr[i]:indptr[i + 1]`.

    Attributes
    ----------
    indptr
        (n + 1,) int64.
    heads
        (arcs,) int32, row of the node that an arc leads to.
    arcs
        (arcs,) int64, 2 x edge position + (0 travelled u -> v, 1 travelled v -> u).
    """

    indptr: NDArray[np.int64]
    heads: NDArray[np.int32]
    arcs: NDArray[np.int64]


@dataclass(frozen=True, eq=False, repr=False)
class Network:
    """A road network of one mode of travel. Positions below are row numbers of the two frames.

    Attributes
    ----------
    mode
        `walk`, `etrike` or `car`.
    crs
        CRS of both frames; EPSG:4490 for longitude and latitude.
    metric_crs
        The plane of snapping and buffers, metres.
    nodes
        Index `node_id` (ascending), columns `component` (undirected: nodes joined by roads that may
        be travelled one way at least; 0 has most nodes), `geometry` (Point).
    edges
        Index `edge_id` (ascending), a row per piece of road and not per direction: `u v way_id
        highway length_m speed_mps forward backward geometry` (LineString u -> v).
    report
        `ways_kept ways_denied nodes_missing components total_m`.
    slope
        How `edges.ascent_m` changes walking: None, `tobler` or `naismith`.
    """

    mode: str
    crs: pyproj.CRS
    metric_crs: pyproj.CRS
    nodes: gpd.GeoDataFrame
    edges: gpd.GeoDataFrame
    report: dict[str, float]
    slope: str | None = None

    def __repr__(self) -> str:
        size = f"{len(self.nodes)} nodes, {len(self.edges)} edges"
        return f"<Network {self.mode}: {size}, {self.crs.name}>"

    @cached_property
    def edge_nodes(self) -> NDArray[np.int32]:
        """(m, 2) positions of u and v in `nodes`."""
        ends = self.edges[["u", "v"]].to_numpy(np.int64)
        return np.searchsorted(self.nodes.index.to_numpy(np.int64), ends).astype(np.int32)

    @cached_property
    def node_xy(self) -> NDArray[np.float64]:
        """(n, 2) node coordinates in `metric_crs`."""
        xy = shapely.get_coordinates(self.nodes.geometry.to_numpy())
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], self.crs, self.metric_crs))

    @cached_property
    def line_xy(self) -> NDArray[np.float64]:
        """(k, 2) vertices of all edges in `metric_crs`, edge after edge, each from u to v."""
        xy = shapely.get_coordinates(self.edges.geometry.to_numpy())
        return np.column_stack(transform_xy(xy[:, 0], xy[:, 1], self.crs, self.metric_crs))

    @cached_property
    def line_offsets(self) -> NDArray[np.int64]:
        """(m + 1,) where each edge's vertices begin in `line_xy`."""
        counts = shapely.get_num_coordinates(self.edges.geometry.to_numpy())
        return np.concatenate(([0], np.cumsum(counts))).astype(np.int64)

    @cached_property
    def lines(self) -> NDArray[np.object_]:
        """(m,) edges as LineStrings in `metric_crs`."""
        owner = np.repeat(np.arange(len(self.edges)), np.diff(self.line_offsets))
        return np.asarray(shapely.linestrings(self.line_xy, indices=owner), object)

    @cached_property
    def length_m(self) -> NDArray[np.float64]:
        """(m,) column `length_m` of `edges`; reading a frame's column takes as long as a search."""
        return self.edges["length_m"].to_numpy(np.float64)

    @cached_property
    def planar_m(self) -> NDArray[np.float64]:
        """(m,) lengths of `lines`: what fractions are fractions of."""
        return np.asarray(shapely.length(self.lines), np.float64)

    @cached_property
    def snap_tree(self) -> tuple[shapely.STRtree, NDArray[np.int64]]:
        """Spatial index of the edges that may be snapped to, and their positions."""
        open_to_all = ~self.edges["highway"].isin(("motorway", "motorway_link")).to_numpy()
        rows = np.flatnonzero(open_to_all)
        return shapely.STRtree(self.lines[rows]), rows

    @cached_property
    def incident(self) -> Graph:
        """Edges at each node whatever their direction, a row a position; loops are there twice."""
        u, v = self.edge_nodes.T
        return _graph(np.concatenate((u, v)), np.concatenate((v, u)), len(self.nodes), _both(u))

    @cached_property
    def search_order(self) -> NDArray[np.int32]:
        """(n,) positions of nodes in the order of searches: neighbours on the ground in memory too.

        Ids say nothing about place, and a search that jumps through memory waits for it.
        """
        return np.argsort(_z_order(self.node_xy), kind="stable").astype(np.int32)

    @cached_property
    def search_rank(self) -> NDArray[np.int32]:
        """(n + 1,) inverse of `search_order`; the last is -1, so that no node (-1) stays none."""
        rank = np.full(len(self.nodes) + 1, -1, np.int32)
        rank[self.search_order] = np.arange(len(self.nodes), dtype=np.int32)
        return rank

    def graph(self, direction: str) -> Graph:
        """Arcs to search: out of facilities (`from_facility`) or backwards into them.

        Row i is the node at position `search_order[i]`.

        Parameters
        ----------
        direction
            `to_facility` or `from_facility`.
        """
        return self._graph_to if direction == "to_facility" else self._graph_from

    def edge_seconds(self, speed_mps: float) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Seconds along each edge, u -> v and v -> u; `inf` where it may not be travelled so.

        Seconds are whole multiples of 2**-34: sums are exact and do not depend on the order of
        addition, so that ties are ties.

        Parameters
        ----------
        speed_mps
            Walking speed for edges without a speed of their own.
        """
        found = self._seconds_kept.get(speed_mps)
        if found is None:
            own = self.edges["speed_mps"].to_numpy(np.float64)
            speeds_mps = np.where(np.isnan(own), speed_mps, own)
            if "speed_factor" in self.edges:
                speeds_mps = speeds_mps * self.edges["speed_factor"].to_numpy(np.float64)
            up_m, down_m = slope_cost_m(self.edges, self.slope)
            forward, backward = (self.edges[name].to_numpy(bool) for name in _WAYS)
            found = (
                np.where(forward, whole_ticks(up_m / speeds_mps), np.inf),
                np.where(backward, whole_ticks(down_m / speeds_mps), np.inf),
            )
            _keep(self._seconds_kept, speed_mps, found)
        return found

    def arc_seconds(self, speed_mps: float, direction: str) -> NDArray[np.float64]:
        """(arcs,) seconds of `graph(direction).arcs`, kept for the last few speeds.

        Parameters
        ----------
        speed_mps
            As in `edge_seconds`.
        direction
            As in `graph`.
        """
        key = (speed_mps, direction)
        found = self._arc_seconds_kept.get(key)
        if found is None:
            both = np.column_stack(self.edge_seconds(speed_mps)).ravel()
            found = both[self.graph(direction).arcs]
            _keep(self._arc_seconds_kept, key, found)
        return found

    @cached_property
    def kept(self) -> dict[str, Any]:
        """What other modules made once for this network, each under its own module's name."""
        return {}

    @cached_property
    def _graph_from(self) -> Graph:
        u, v = self.edge_nodes.T
        return self._directed(np.concatenate((u, v)), np.concatenate((v, u)))

    @cached_property
    def _graph_to(self) -> Graph:
        u, v = self.edge_nodes.T
        return self._directed(np.concatenate((v, u)), np.concatenate((u, v)))

    def _directed(self, tails: NDArray[np.int32], heads: NDArray[np.int32]) -> Graph:
        allowed = np.concatenate([self.edges[name].to_numpy(bool) for name in _WAYS])
        arcs = _both(self.edge_nodes[:, 0])
        rank = self.search_rank
        return _graph(rank[tails[allowed]], rank[heads[allowed]], len(self.nodes), arcs[allowed])

    @cached_property
    def _seconds_kept(self) -> dict[float, tuple[NDArray[np.float64], NDArray[np.float64]]]:
        return {}

    @cached_property
    def _arc_seconds_kept(self) -> dict[tuple[float, str], NDArray[np.float64]]:
        return {}


def whole_ticks(seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """Seconds rounded to multiples of 2**-34 s, whose sums are exact below six days."""
    return np.round(seconds * _TICKS_PER_SECOND) / _TICKS_PER_SECOND


def _keep(kept: dict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep a value, and let the oldest go where there are many."""
    for oldest in list(kept)[: 1 - _SPEEDS_KEPT]:
        kept.pop(oldest, None)
    kept[key] = value


def _z_order(xy: NDArray[np.float64]) -> NDArray[np.uint64]:
    """Keys along a Z-order curve: the bits of both coordinates in turn, 16 each."""
    if not len(xy):
        return np.empty(0, np.uint64)
    corner = xy.min(axis=0)
    size = max(float((xy.max(axis=0) - corner).max()), 1.0)
    keys = ((xy - corner) * (65_535 / size)).astype(np.uint64)
    for shift, mask in ((8, 0x00FF00FF), (4, 0x0F0F0F0F), (2, 0x33333333), (1, 0x55555555)):
        keys = (keys | (keys << np.uint64(shift))) & np.uint64(mask)
    along: NDArray[np.uint64] = keys[:, 0] | (keys[:, 1] << np.uint64(1))
    return along


def _both(one: NDArray[np.int32]) -> NDArray[np.int64]:
    edges = np.arange(len(one), dtype=np.int64)
    return np.concatenate((2 * edges, 2 * edges + 1))


def _graph(
    tails: NDArray[np.int32], heads: NDArray[np.int32], n: int, arcs: NDArray[np.int64]
) -> Graph:
    order = np.argsort(tails, kind="stable")
    indptr = np.concatenate(([0], np.cumsum(np.bincount(tails, minlength=n)))).astype(np.int64)
    return Graph(indptr, np.ascontiguousarray(heads[order]), np.ascontiguousarray(arcs[order]))


def read_osm(path: str | PathLike[str], mode: str = "walk") -> Network:
    """Read the road network of one mode from an OpenStreetMap .osm.pbf file.

    Parameters
    ----------
    path
        The file. The reading rules are those of `geo.osm.read_edges`.
    mode
        `walk`, `etrike` or `car`.

    Returns
    -------
    The network in EPSG:4490; OpenStreetMap's WGS 84 is taken as CGCS2000. A file without roads
    gives a valid network that connects nothing.

    Raises
    ------
    NetworkError
        If the mode is unknown, the file is missing, empty, truncated or unreadable, or its roads
        span more than 6 degrees of longitude.
    """
    edges, report = read_edges(path, mode)
    return _network(edges, mode, None, report)


def from_edges(edges: gpd.GeoDataFrame, *, mode: str = "walk", slope: str | None = None) -> Network:
    """Build a network from road pieces.

    Parameters
    ----------
    edges
        A row per piece of road: integer columns `u v` (end nodes), LineStrings u -> v, a CRS, a
        unique integer index (kept as `edge_id`). Optional: `length_m` (else geodesic, planar if
        projected), `speed_mps` (else walking speed; 15 km/h in `etrike`; required in `car`),
        `speed_factor` (that speed times this: a road slowed or made better),
        `forward backward` (True), `highway`, `way_id`, `ascent_m` (signed rise u -> v).
    mode
        `walk`, `etrike` or `car`.
    slope
        For `walk`: `tobler` (speed by slope), `naismith` (climb as extra length), or None.

    Returns
    -------
    The network, edges in ascending `edge_id`. No edges: a valid network that connects nothing.

    Raises
    ------
    CrsError
        If the CRS is missing, refused, or no plane to measure in.
    GeometryError
        If a geometry is no LineString or has coordinates that are not finite.
    InputError
        If a column is missing, an id twice, or a value not what the column needs.
    NetworkError
        If mode or slope is unknown, a geometry empty, a length negative, a speed not positive, one
        node at places more than 1 m apart, or the network wider than 6 degrees.
    """
    require_mode(mode)
    crs = require_measuring_crs(edges.crs, "路网")
    clean = clean_edges(edges, mode, slope, crs)
    report: dict[str, float] = {"ways_kept": len(clean), "ways_denied": 0, "nodes_missing": 0}
    return _network(clean, mode, slope, report)


def _network(
    edges: gpd.GeoDataFrame, mode: str, slope: str | None, report: dict[str, float]
) -> Network:
    """Put the network together from clean edges in ascending order of their ids."""
    crs = require_measuring_crs(edges.crs, "路网")
    ids, xy, u, v = end_nodes(edges)
    # Closed both ways, a road is there to be met but connects nothing.
    open_ = (edges["forward"] | edges["backward"]).to_numpy(bool)
    u, v = u[open_], v[open_]
    links = coo_array((np.ones(len(u), np.int8), (u, v)), shape=(len(ids), len(ids)))
    component = _by_size(np.asarray(connected_components(links, directed=False)[1]))
    nodes = gpd.GeoDataFrame(
        {"component": component},
        index=pd.Index(ids, name="node_id"),
        geometry=shapely.points(xy),
        crs=crs,
    )
    report = report | {
        "components": int(component.max(initial=-1)) + 1,
        "total_m": float(edges["length_m"].sum()),
    }
    return Network(mode, crs, _plane(crs, xy), nodes, edges, report, slope)


def _by_size(labels: NDArray[np.integer]) -> NDArray[np.int64]:
    """Component numbers anew: 0 has most nodes; of equals, the one with the smallest node id."""
    _, first, inverse, sizes = np.unique(
        labels, return_index=True, return_inverse=True, return_counts=True
    )
    rank = np.empty(len(first), np.int64)
    rank[np.lexsort((first, -sizes))] = np.arange(len(first))
    return rank[inverse]


def _plane(crs: pyproj.CRS, xy: NDArray[np.float64]) -> pyproj.CRS:
    if crs.is_projected:
        return crs
    if not len(xy):
        return COUNTY_CRS
    west, east = float(xy[:, 0].min()), float(xy[:, 0].max())
    if east - west > _MAX_SPAN_DEG:
        raise NetworkError(
            f"路网东西跨 {east - west:.1f} 度，超过 {_MAX_SPAN_DEG:g} 度，"
            "不能用一个平面量算，请分片。",
            code="network_too_wide",
            where="路网",
        )
    return local_tm_crs((west + east) / 2, crs)
