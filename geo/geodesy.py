"""Lengths and areas on the earth: CGCS2000's ellipsoid, and shapes measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["GRS80", "area_m2", "geodesic_lengths_m", "metres_per_degree"]

GRS80: Final = pyproj.Geod(ellps="GRS80")
"""CGCS2000's ellipsoid: all lengths on the earth are measured on it."""

_SMALL_DEG: Final = 0.01


def geodesic_lengths_m(
    lonlat: NDArray[np.float64], sizes: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Geodesic lengths of lines given as (k, 2) vertices end to end, `sizes` of them a line."""
    if not len(sizes):
        return np.empty(0)
    lon, lat = lonlat.T
    _, _, segment_m = GRS80.inv(lon[:-1], lat[:-1], lon[1:], lat[1:])
    begins = np.cumsum(sizes) - sizes
    segment_m = np.append(segment_m, 0.0)
    segment_m[begins[1:] - 1] = 0.0
    return np.add.reduceat(segment_m, begins)


def area_m2(shape: BaseGeometry) -> float:
    """Geodesic area of a shape in degrees; 0 for points and lines.

    Edges are straight in longitude and latitude, as every map draws them: long ones are cut first,
    since a geodesic of 10 km would bulge a metre off and make a sliver several times itself.
    Exact to some 0.1 m² a vertex, as GeographicLib says of its polygons; shapes within a kilometre
    are measured by the lengths of a degree at their middle instead, exact to 0.01 m².
    """
    if not shape.area:
        return 0.0
    west, south, east, north = shape.bounds
    if max(east - west, north - south) <= _SMALL_DEG:
        return float(shape.area * metres_per_degree(shape.centroid.y).prod())
    # Rings must turn against each other, else holes count twice.
    cut = shapely.normalize(shapely.segmentize(shape, _SMALL_DEG / 2))
    return abs(float(GRS80.geometry_area_perimeter(cut)[0]))


def metres_per_degree(lat: float) -> NDArray[np.float64]:
    """(2,) length of a degree of longitude and of latitude at a latitude."""
    _, _, east_m = GRS80.inv(0.0, lat, 0.01, lat)
    _, _, north_m = GRS80.inv(0.0, lat - 0.005, 0.0, lat + 0.005)
    return np.array([east_m, north_m]) / 0.01
