"""Points onto roads: the nearest place on an edge.

Most points have a road close by. Those are looked up in squares of the roads by a compiled loop
(`geo.snapping_kernels`); for the others the spatial index finds the nearest, however far.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import import_module
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.crs import transform_xy
from geo.frames import require_not_negative, require_points

if TYPE_CHECKING:
    from types import ModuleType

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["TIE_M", "Places", "kernels", "snap", "snap_places"]

TIE_M: Final = 1e-6
"""Edges whose distances differ by less are equally near."""

_CLOSE_M: Final = 60.0
_SQUARES_PER_VERTEX: Final = 4


@dataclass(frozen=True, eq=False)
class Places:
    """Places on roads, one row a position that was snapped.

    Attributes
    ----------
    edge
        (n,) position of the edge in `network.edges`, -1 without one.
    fraction
        (n,) of the edge's planar length, from u; NaN without an edge.
    offset_m
        (n,) metres from the position to the road; NaN without an edge.
    connected
        (n,) whether the road is near enough.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    offset_m: NDArray[np.float64]
    connected: NDArray[np.bool_]


def snap(
    network: Network, points: gpd.GeoDataFrame | gpd.GeoSeries, *, max_snap_m: float = 500.0
) -> pd.DataFrame:
    """Nearest place on a road for each point.

    Parameters
    ----------
    network
        Where to.
    points
        Points in `network.crs`, unique index. Empty geometry: not connected.
    max_snap_m
        Farther points are not connected; >= 0.

    Returns
    -------
    Index of `points`: `edge_id` (Int64), `fraction` (of the planar length, u -> v), `offset_m`,
    `connected`, `component` (Int64). Motorways are not snapped to; between edges equally near
    (1e-6 m) the smaller id wins; a point is never moved to a bigger component. A point too far
    keeps its nearest edge and offset, for the report.

    Raises
    ------
    CrsError
        If the CRS of the points is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice or `max_snap_m` < 0.
    """
    xy = require_points(points, network.crs, "点")
    plane = transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs)
    places = snap_places(network, np.column_stack(plane), max_snap_m=max_snap_m)
    found = places.edge >= 0
    edge_ids = network.edges.index.to_numpy(np.int64)
    component = np.full(len(xy), -1, np.int64)
    first = network.edge_nodes[places.edge[found], 0]
    component[found] = network.nodes["component"].to_numpy(np.int64)[first]
    ids = np.where(found, edge_ids[places.edge] if len(edge_ids) else -1, -1)
    return pd.DataFrame(
        {
            "edge_id": pd.arrays.IntegerArray(ids, ~found),
            "fraction": places.fraction,
            "offset_m": places.offset_m,
            "connected": places.connected,
            "component": pd.arrays.IntegerArray(component, ~found),
        },
        index=points.index,
    )


def snap_places(network: Network, xy: NDArray[np.float64], *, max_snap_m: float = 500.0) -> Places:
    """Nearest place on a road for each position, as arrays: `snap` without its frame.

    Parameters
    ----------
    network
        Where to.
    xy
        (n, 2) positions in `network.metric_crs`; not finite where there is none.
    max_snap_m
        Farther positions are not connected; >= 0.

    Returns
    -------
    One row a position.

    Raises
    ------
    InputError
        If `max_snap_m` < 0.
    """
    reach = require_not_negative(max_snap_m, "max_snap_m")
    edge = np.full(len(xy), -1, np.int64)
    fraction, offset_m = np.full(len(xy), np.nan), np.full(len(xy), np.nan)
    there = np.flatnonzero(np.isfinite(xy[:, 0]))
    if len(network.snap_tree[1]) and len(there):
        edge[there], offset_m[there], along = _nearest_edges(network, xy[there])
        lengths = network.planar_m[edge[there]]
        fraction[there] = np.clip(along / np.where(lengths > 0, lengths, 1.0), 0.0, 1.0)
    return Places(edge, fraction, offset_m, (edge >= 0) & (offset_m <= reach))


def _nearest_edges(
    network: Network, xy: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
    """Edge position, distance and metres along it; among edges equally near the smallest."""
    squares = network.kept.get("geo.snapping")
    if squares is None:
        squares = network.kept.setdefault("geo.snapping", _Squares.of(network))
    edge, offset_m, along_m = squares.nearest(xy)
    far = np.flatnonzero(offset_m > _CLOSE_M - TIE_M)
    if len(far):
        tree, rows = network.snap_tree
        shapes = np.asarray(shapely.points(xy[far]), object)
        _, nearest_m = tree.query_nearest(shapes, return_distance=True, all_matches=False)
        edge[far], offset_m[far] = _least_within(tree, rows, shapes, nearest_m + TIE_M)
        along_m[far] = shapely.line_locate_point(network.lines[edge[far]], shapes)
    return edge, offset_m, along_m


@dataclass(frozen=True, eq=False)
class _Squares:
    """The roads that may be snapped to in equal squares, see `geo.snapping_kernels`."""

    corner: NDArray[np.float64]
    side_m: float
    size: NDArray[np.int64]
    """Columns and rows."""
    owner: NDArray[np.int32]
    along_m: NDArray[np.float64]
    start: NDArray[np.int64]
    piece: NDArray[np.int32]
    ends: NDArray[np.float64]
    """(k, 4) of each of `piece`."""

    @classmethod
    def of(cls, network: Network) -> _Squares:
        """Lay the roads into squares, not many more than there are pieces."""
        xy = network.line_xy
        may = np.zeros(len(network.edges), bool)
        may[network.snap_tree[1]] = True
        owner = np.repeat(np.where(may, np.arange(len(may)), -1), np.diff(network.line_offsets))
        owner = owner.astype(np.int32)
        corner, extent = xy.min(axis=0), np.ptp(xy, axis=0) + _CLOSE_M
        side_m = max(_CLOSE_M, float(np.sqrt(extent.prod() / (_SQUARES_PER_VERTEX * len(xy)))))
        at = (xy - corner) / side_m + 1.0  # an empty margin all round
        size = at.max(axis=0).astype(np.int64) + 2
        square, piece = np.empty(0, np.int64), np.empty(0, np.int32)
        for _ in range(2):  # to count, then to write
            count = kernels().squares_touched(at, owner, size[0], square, piece)
            if len(square) < count:
                square, piece = np.empty(count, np.int64), np.empty(count, np.int32)
        order = np.argsort(square, kind="stable")
        start = np.cumsum(np.bincount(square + 1, minlength=int(size.prod()) + 1))
        along_m = kernels().metres_along(xy, owner)
        piece = piece[order]
        ends = np.hstack((xy[piece], xy[piece + 1]))
        return cls(corner - side_m, side_m, size, owner, along_m, start, piece, ends)

    def nearest(
        self, xy: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Nearest edge, distance and metres along; right where closer than `_CLOSE_M`, or inf."""
        edge, offset_m, along_m = np.empty(len(xy), np.int64), np.empty(len(xy)), np.empty(len(xy))
        kernels().nearest_close(
            np.ascontiguousarray(xy),
            self.corner,
            self.side_m,
            _CLOSE_M,
            self.size,
            self.start,
            self.piece,
            self.ends,
            self.owner,
            self.along_m,
            TIE_M,
            edge,
            offset_m,
            along_m,
        )
        return edge, offset_m, along_m


@lru_cache(maxsize=1)
def kernels() -> ModuleType:
    """Import the compiled kernels: as `geo.search.kernels`, those of snapping."""
    return import_module("geo.snapping_kernels")


def _least_within(
    tree: shapely.STRtree,
    rows: NDArray[np.int64],
    shapes: NDArray[np.object_],
    radius_m: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Edge and distance within a radius; looks at all ties, for GEOS breaks them as it likes."""
    which, hits = tree.query(shapes, predicate="dwithin", distance=radius_m)
    away_m = np.asarray(shapely.distance(shapes[which], tree.geometries[hits]), np.float64)
    offset_m = np.full(len(shapes), np.inf)
    np.minimum.at(offset_m, which, away_m)
    tied = away_m <= offset_m[which] + TIE_M
    edge = np.full(len(shapes), np.iinfo(np.int64).max)
    np.minimum.at(edge, which[tied], rows[hits[tied]])
    return edge, offset_m
