"""Lengths on the earth: CGCS2000's ellipsoid, and lines measured on it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pyproj

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["GRS80", "geodesic_lengths_m"]

GRS80: Final = pyproj.Geod(ellps="GRS80")
"""CGCS2000's ellipsoid: all lengths on the earth are measured on it."""


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
