"""Points onto roads: the nearest place on an edge."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.crs import transform_xy
from geo.frames import require_not_negative, require_points

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["TIE_M", "Places", "snap", "snap_places"]

TIE_M: Final = 1e-6
"""Edges whose distances differ by less are equally near."""

_CLOSE_M: Final = 30.0


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
    tree, rows = network.snap_tree
    there = np.flatnonzero(np.isfinite(xy[:, 0]))
    if len(rows) and len(there):
        shapes = np.asarray(shapely.points(xy[there]), object)
        edge[there], offset_m[there] = _nearest_edges(tree, rows, shapes)
        along = shapely.line_locate_point(network.lines[edge[there]], shapes)
        lengths = network.planar_m[edge[there]]
        fraction[there] = np.clip(along / np.where(lengths > 0, lengths, 1.0), 0.0, 1.0)
    return Places(edge, fraction, offset_m, (edge >= 0) & (offset_m <= reach))


def _nearest_edges(
    tree: shapely.STRtree, rows: NDArray[np.int64], shapes: NDArray[np.object_]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Edge position and distance of each shape; among edges equally near the smallest."""
    # Most points have a road close by, and all roads that close are found faster than the nearest.
    edge, offset_m = _least_within(tree, rows, shapes, np.full(len(shapes), _CLOSE_M))
    far = np.flatnonzero(offset_m > _CLOSE_M - TIE_M)
    if len(far):
        _, nearest_m = tree.query_nearest(shapes[far], return_distance=True, all_matches=False)
        edge[far], offset_m[far] = _least_within(tree, rows, shapes[far], nearest_m + TIE_M)
    return edge, offset_m


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
