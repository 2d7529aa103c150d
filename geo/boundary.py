"""Boundaries between neighbours: shared lines, tripoints, azimuths and distances of markers.

Everything is in EPSG:4490. Lengths and distances are geodesic. Of azimuths the name says which
north: *grid* azimuth 坐标方位角 counts from the northing axis of a projected CRS, *true* azimuth
真方位角 from the meridian; they differ by the convergence of the meridians, up to a degree here.
The words for a line's course are in `geo.course`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from geo.crs import COUNTY_CRS, STORED_CRS, require_crs, same_crs, transform_xy
from geo.errors import CrsError, GeometryError, InputError
from geo.frames import require_not_negative, require_unique_index
from geo.geodesy import GRS80, geodesic_lengths_m, metres_per_degree

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["bearings", "shared_lines", "tripoints"]

_MEETING = 3
_SAME_DEG = 1e-9  # a tenth of a millimetre: what an overlay may round away


def shared_lines(shapes: gpd.GeoSeries, *, tolerance_m: float = 0.0) -> gpd.GeoDataFrame:
    """Find the line that each two neighbours have in common.

    Parameters
    ----------
    shapes
        Valid polygons, EPSG:4490, unique index. Null and empty: no neighbours.
    tolerance_m
        0: only what both have exactly, to the last digit. Above: those parts of the first one's
        outline that lie within this distance of the second's, and are longer than four times it;
        for outlines that were digitised apart. An end may then be off by the tolerance.

    Returns
    -------
    One row a pair that shares a line, ordered as in the index: left, right (labels; the first one's
    ground lies to the left of the line), length_m, geometry (LineString, or MultiLineString of
    several stretches). Neighbours that touch in points only share none.

    Raises
    ------
    CrsError
        If the CRS is missing or not EPSG:4490.
    GeometryError
        If a shape is not a valid polygon (``not_areal``).
    InputError
        If the index is not unique or the tolerance negative.
    """
    tolerance_m = require_not_negative(tolerance_m, "tolerance_m")
    polygons, labels = _polygons(shapes)
    tree = shapely.STRtree(polygons)
    reach_deg = _degrees(polygons, tolerance_m).max() + _SAME_DEG
    one, other = tree.query(polygons, predicate="dwithin", distance=reach_deg)
    pairs = np.unique(np.column_stack([one, other])[one < other], axis=0)
    outlines = shapely.boundary(polygons)
    rows = []
    for a, b in pairs:
        if tolerance_m:
            line = _near(outlines[a], outlines[b], tolerance_m)
        else:
            line = _lines_only(shapely.intersection(outlines[a], outlines[b]))
        if not shapely.is_empty(line):
            rows.append((labels[a], labels[b], _left_of(line, polygons[a])))
    lines = [row[2] for row in rows]
    return gpd.GeoDataFrame(
        {
            "left": pd.array([row[0] for row in rows], dtype=object),
            "right": pd.array([row[1] for row in rows], dtype=object),
            "length_m": np.array([_length_m(line) for line in lines], dtype=float),
        },
        geometry=gpd.GeoSeries(lines, crs=STORED_CRS),
    )


def tripoints(lines: gpd.GeoDataFrame, *, tolerance_m: float = 0.0) -> gpd.GeoDataFrame:
    """Find the points where three or more neighbours meet.

    Parameters
    ----------
    lines
        As `shared_lines` gives them.
    tolerance_m
        Ends this near to each other are one point, the mean of them; for lines of a tolerance.

    Returns
    -------
    One row a point, from north to south: ids (tuple of the labels that meet, in the lines' order),
    geometry (Point). The end of a line at which no third neighbour is known is none.

    Raises
    ------
    CrsError, InputError
        As `shared_lines`.
    """
    _require_stored(lines.crs, "lines")
    tolerance_m = require_not_negative(tolerance_m, "tolerance_m")
    parts, owner = shapely.get_parts(np.asarray(lines.geometry.array), return_index=True)
    ends = np.concatenate([shapely.get_point(parts, 0), shapely.get_point(parts, -1)])
    owner = np.concatenate([owner, owner])
    left, right = lines["left"].to_numpy(), lines["right"].to_numpy()
    rows = []
    for members in _clusters(ends, tolerance_m):
        touching = np.unique(owner[members])
        ids: tuple[object, ...] = tuple(dict.fromkeys([*left[touching], *right[touching]]))
        if len(ids) >= _MEETING:
            places = np.unique(shapely.get_coordinates(ends[members]), axis=0)
            rows.append((ids, places.mean(axis=0)))  # of one place exactly that place
    rows.sort(key=lambda row: (-row[1][1], row[1][0]))
    points = [shapely.Point(row[1]) for row in rows]
    return gpd.GeoDataFrame(
        {"ids": pd.Series([row[0] for row in rows], dtype=object)},
        geometry=gpd.GeoSeries(points, crs=STORED_CRS),
    )


def bearings(
    origins: gpd.GeoSeries, targets: gpd.GeoSeries, *, crs: pyproj.CRS = COUNTY_CRS
) -> pd.DataFrame:
    """Measure from markers to their reference objects.

    Parameters
    ----------
    origins
        Points, EPSG:4490.
    targets
        Points, EPSG:4490, as many and in the same order; their index is not looked at.
    crs
        Projected CRS of the grid azimuth.

    Returns
    -------
    Index of `origins`; grid_azimuth_deg (坐标方位角, clockwise from the northing axis of `crs`),
    true_azimuth_deg (真方位角, clockwise from the meridian), both 0 <= a < 360 and NaN where there
    is no distance; distance_m (geodesic). Null and empty points give NaN.

    Raises
    ------
    CrsError
        If a CRS is missing or not EPSG:4490, or `crs` has no grid (``crs_not_projected``).
    GeometryError
        If a geometry is no point (``not_points``).
    InputError
        If the numbers differ (``lengths_differ``).
    """
    start, end = _places(origins, "origins"), _places(targets, "targets")
    if len(start) != len(end):
        raise InputError(
            f"界桩 {len(start)} 个、方位物 {len(end)} 个，应一一对应。",
            code="lengths_differ",
            where="targets",
        )
    if not crs.is_projected:
        raise CrsError(
            f"坐标系 {crs.name} 不是投影坐标系，没有坐标方位角，请改用 EPSG:4547 等。",
            code="crs_not_projected",
            where="crs",
        )
    true_deg, _, distance_m = GRS80.inv(*start.T, *end.T)
    grid = [
        np.column_stack(transform_xy(xy[:, 0], xy[:, 1], STORED_CRS, crs)) for xy in (start, end)
    ]
    east, north = (grid[1] - grid[0]).T
    apart = np.asarray(distance_m) > 0
    return pd.DataFrame(
        {
            "grid_azimuth_deg": np.where(apart, _turn(np.degrees(np.arctan2(east, north))), np.nan),
            "true_azimuth_deg": np.where(apart, _turn(np.asarray(true_deg)), np.nan),
            "distance_m": np.where(np.isnan(start + end).any(axis=1), np.nan, distance_m),
        },
        index=origins.index,
    )


def _polygons(shapes: gpd.GeoSeries) -> tuple[NDArray[np.object_], list[object]]:
    """Take the polygons out of a series, with their labels.

    Raises
    ------
    GeometryError
        If one is not a valid polygon.
    """
    _require_stored(shapes.crs, "shapes")
    require_unique_index(shapes, "shapes")
    array = np.asarray(shapes.array, dtype=object)
    there = ~shapely.is_missing(array) & ~shapely.is_empty(array)
    wrong = there & ~(np.isin(shapely.get_type_id(array), (3, 6)) & shapely.is_valid(array))
    if wrong.any():
        label = shapes.index[int(np.flatnonzero(wrong)[0])]
        raise GeometryError(
            f"“{label}”不是有效的面，请先修复再求共有界线。", code="not_areal", where=str(label)
        )
    return array[there], list(shapes.index[there])


def _require_stored(crs: object, where: str) -> None:
    """Refuse another CRS than the stored one.

    Raises
    ------
    CrsError
        If it is missing or another.
    """
    found = require_crs(crs, where)
    if not same_crs(found, STORED_CRS):
        raise CrsError(
            f"图形的坐标系是 {found.name}，界线计算要用 EPSG:4490，请先转换。",
            code="crs_differs",
            where=where,
        )


def _places(points: gpd.GeoSeries, where: str) -> NDArray[np.float64]:
    """(n, 2) degrees of points, NaN where there is none.

    Raises
    ------
    GeometryError
        If one is no point.
    """
    _require_stored(points.crs, where)
    array = np.asarray(points.array, dtype=object)
    if not np.isin(shapely.get_type_id(array), (-1, 0)).all():
        raise GeometryError("界桩和方位物应是点，请检查几何类型。", code="not_points", where=where)
    lonlat = np.full((len(array), 2), np.nan)
    there = ~shapely.is_missing(array) & ~shapely.is_empty(array)
    lonlat[there] = shapely.get_coordinates(array[there])
    return lonlat


def _turn(azimuth_deg: NDArray[np.float64]) -> NDArray[np.float64]:
    """0 <= azimuth < 360; a hair below zero must not become 360."""
    turned = np.mod(azimuth_deg, 360.0)
    return np.where(turned >= 360.0, 0.0, turned)


def _degrees(shapes: NDArray[np.object_], distance_m: float) -> NDArray[np.float64]:
    """(2,) degrees of longitude and latitude that a distance is at most within the shapes."""
    if not len(shapes) or not distance_m:
        return np.zeros(2)
    _, south, _, north = shapely.total_bounds(shapes)
    return distance_m / metres_per_degree(float(max(abs(south), abs(north))))


def _lines_only(shape: BaseGeometry) -> BaseGeometry:
    """Join the lines of an overlay's result; points are left out."""
    parts = shapely.get_parts(shape)
    lines = parts[shapely.get_dimensions(parts) == 1]
    return (
        shapely.line_merge(shapely.multilinestrings(lines)) if len(lines) else shapely.LineString()
    )


def _near(line: BaseGeometry, other: BaseGeometry, distance_m: float) -> BaseGeometry:
    """Those stretches of a line that run along another one."""
    scale = metres_per_degree(float(shapely.get_coordinates(line)[:, 1].mean()))
    room = shapely.buffer(shapely.transform(other, lambda xy: xy * scale), distance_m)
    along = shapely.intersection(line, shapely.transform(room, lambda xy: xy / scale))
    parts = shapely.get_parts(_lines_only(along))
    long_m = np.array([_length_m(part) for part in parts], dtype=float)
    # A line that only comes near, or crosses, is within reach for about twice the distance.
    kept = parts[long_m > 4 * distance_m]
    return _as_one(list(kept))


def _left_of(line: BaseGeometry, polygon: BaseGeometry) -> BaseGeometry:
    """Turn every stretch of a polygon's outline so that its ground lies to the left."""
    shapely.prepare(polygon)
    turned = []
    for part in shapely.get_parts(line):
        (x0, y0), (x1, y1) = shapely.get_coordinates(part)[:2]
        beside = ((x0 + x1) / 2 - (y1 - y0) * 1e-3, (y0 + y1) / 2 + (x1 - x0) * 1e-3)
        turned.append(part if polygon.contains(shapely.Point(beside)) else shapely.reverse(part))
    return _as_one(turned)


def _as_one(parts: list[BaseGeometry]) -> BaseGeometry:
    """Several stretches as one shape, a single one as itself."""
    if len(parts) == 1:
        return parts[0]
    return shapely.MultiLineString([part for part in parts if isinstance(part, shapely.LineString)])


def _length_m(line: BaseGeometry) -> float:
    parts = shapely.get_parts(line)
    sizes = shapely.get_num_coordinates(parts).astype(np.int64)
    return float(geodesic_lengths_m(shapely.get_coordinates(parts), sizes).sum())


def _clusters(points: NDArray[np.object_], distance_m: float) -> list[NDArray[np.int64]]:
    """Positions of points that hang together, by the first of each."""
    if not len(points):
        return []
    scale = metres_per_degree(float(shapely.get_y(points).mean()))
    plane = [shapely.Point(xy) for xy in shapely.get_coordinates(points) * scale]
    reach = max(distance_m, _SAME_DEG * float(scale[0]))
    one, other = shapely.STRtree(plane).query(plane, predicate="dwithin", distance=reach)
    graph = coo_array((np.ones(len(one), bool), (one, other)), shape=(len(points),) * 2)
    _, label = connected_components(graph, directed=False)
    order = np.argsort(label, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(label[order])) + 1)
