"""Areas on the earth, of shapes and of many small pieces of a plane; and shapes made areas only."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pyproj
import shapely
from scipy.interpolate import RegularGridInterpolator

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["areal_scale", "geodesic_m2", "only_areas"]

SCALE_KNOTS = 64  # areal scale is smooth: interpolated to 1e-8 in a county, 3e-7 over 6 degrees


def only_areas(geometry: BaseGeometry) -> BaseGeometry:
    """Repair a crossing outline; lines and points that this leaves are dropped.

    Parameters
    ----------
    geometry
        (Multi)Polygon, perhaps crossing itself by a rounding error.
    """
    if not shapely.is_valid(geometry):
        geometry = shapely.make_valid(geometry, method="structure", keep_collapsed=False)
    if geometry.geom_type in {"Polygon", "MultiPolygon"}:
        return geometry
    parts = shapely.get_parts(geometry)
    return shapely.union_all(parts[shapely.get_dimensions(parts) == 2])


def geodesic_m2(geometry: BaseGeometry, crs: pyproj.CRS) -> float:
    """Area on the ellipsoid.

    Parameters
    ----------
    geometry
        (Multi)Polygon, holes allowed.
    crs
        Its CRS, geographic or projected.
    """
    if crs.is_projected:
        lonlat = pyproj.Proj(crs)
        geometry = shapely.transform(
            geometry, lambda xy: np.column_stack(lonlat(xy[:, 0], xy[:, 1], inverse=True))
        )
    geod = crs.get_geod()
    if geod is None or geometry.is_empty:
        return 0.0
    area, _ = geod.geometry_area_perimeter(shapely.orient_polygons(geometry))
    return abs(float(area))


def areal_scale(plane: pyproj.CRS, xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Planar area over true area at each position, to 3e-7 or better.

    Parameters
    ----------
    plane
        A projected CRS.
    xy
        (n, 2) positions in it, n > 0.
    """
    low, high = xy.min(axis=0) - 1.0, xy.max(axis=0) + 1.0
    knots = [np.linspace(low[k], high[k], SCALE_KNOTS) for k in range(2)]
    x, y = np.meshgrid(*knots, indexing="ij")
    lon, lat = pyproj.Proj(plane)(x, y, inverse=True)
    scale = np.asarray(pyproj.Proj(plane).get_factors(lon, lat).areal_scale, np.float64)
    return np.asarray(RegularGridInterpolator(knots, scale)(xy))
