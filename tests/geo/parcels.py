"""A small coverage in degrees, and faults to plant in it."""

from __future__ import annotations

import geopandas as gpd
import numpy as np
import shapely

SIDE = 5
STEP_DEG = 0.01
CORNER = np.array([113.0, 36.5])
METRE_DEG = 1 / 111_000
"""A metre northward, nearly."""


def lattice(bends: np.ndarray | None = None) -> np.ndarray:
    """Corner points of SIDE x SIDE parcels; `bends` shifts the inner ones, in steps."""
    points = np.stack(
        np.meshgrid(np.arange(SIDE + 1.0), np.arange(SIDE + 1.0), indexing="ij"), axis=-1
    )
    if bends is not None:
        points[1:-1, 1:-1] += bends
    return CORNER + points * STEP_DEG


def parcels(points: np.ndarray) -> gpd.GeoSeries:
    """The parcels between the points, `p00` in the south-west, `p10` east of it."""
    shapes = {
        f"p{i}{j}": shapely.Polygon(
            [points[i, j], points[i + 1, j], points[i + 1, j + 1], points[i, j + 1]]
        )
        for i in range(SIDE)
        for j in range(SIDE)
    }
    return gpd.GeoSeries(list(shapes.values()), index=list(shapes), crs="EPSG:4490")


def whole() -> shapely.Polygon:
    """The parent of all parcels, with a vertex at every parcel."""
    return shapely.segmentize(shapely.box(*CORNER, *(CORNER + SIDE * STEP_DEG)), STEP_DEG)


def with_shape(shapes: gpd.GeoSeries, label: str, shape: shapely.Geometry) -> gpd.GeoSeries:
    """A copy in which one parcel has another shape."""
    changed = shapes.copy()
    changed.loc[label] = shape
    return changed


def inner_patch(shape: shapely.Geometry, size_m: float) -> shapely.Polygon:
    """A square within a parcel, about its middle."""
    middle = shapely.point_on_surface(shape)
    return shapely.buffer(middle, size_m * METRE_DEG / 2, cap_style="square")
