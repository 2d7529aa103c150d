"""The plane in which the sample county is laid out, and the lattice on which it is kept."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Polygon

from layers.facts import outline

__all__ = [
    "DECIMALS",
    "LATTICE_DEG",
    "SEAT_LONLAT",
    "outline_plane",
    "seat_plane",
    "to_lonlat",
    "to_plane",
]

DECIMALS = 6
"""Decimals of a degree that every coordinate is rounded to, about 0.1 m."""

LATTICE_DEG = 1e-6
"""Spacing of the lattice that this makes."""

SEAT_LONLAT = (113.02528, 36.53547)
"""The county seat, degrees: the one position of the county that is real."""

# A plain scaling in the middle of the county: within 0.3 % everywhere in it, and the same bits on
# every machine, which a map projection's sines are not.
_ORIGIN_DEG = np.array([113.0, 36.55])
_METRES_PER_DEGREE = np.array([89_533.0, 110_969.0])


def to_plane(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take degrees to metres east and north of the county's middle.

    Parameters
    ----------
    lonlat
        (n, 2) degrees.

    Returns
    -------
    (n, 2) metres.
    """
    return np.asarray((lonlat - _ORIGIN_DEG) * _METRES_PER_DEGREE)


def to_lonlat(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Take metres back to degrees on the lattice.

    Parameters
    ----------
    xy
        (n, 2) metres.

    Returns
    -------
    (n, 2) degrees, rounded to `DECIMALS`.
    """
    return np.asarray(np.round(xy / _METRES_PER_DEGREE + _ORIGIN_DEG, DECIMALS))


def outline_plane() -> Polygon:
    """Take the county's outline to the plane.

    Returns
    -------
    Polygon in metres.
    """
    return Polygon(to_plane(np.asarray(outline().exterior.coords)))


def seat_plane() -> NDArray[np.float64]:
    """Take the county seat to the plane.

    Returns
    -------
    (2,) metres.
    """
    return to_plane(np.array([SEAT_LONLAT])).reshape(2)
