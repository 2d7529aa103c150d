"""Fields that follow from the geometry: the store computes them, nobody types them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.geodesy import geodesic_lengths_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["MEASURES", "length"]

_DECIMALS = 3  # millimetres: the same on every machine


def length(shapes: NDArray[np.object_]) -> NDArray[np.float64]:
    """Geodesic length of lines, metres to the millimetre.

    Parameters
    ----------
    shapes
        (n,) LineStrings in longitude and latitude, EPSG:4490.

    Returns
    -------
    (n,) metres on CGCS2000's ellipsoid.
    """
    sizes = shapely.get_num_coordinates(shapes).astype(np.int64)
    return geodesic_lengths_m(shapely.get_coordinates(shapes), sizes).round(_DECIMALS)


MEASURES: dict[str, Callable[[NDArray[np.object_]], NDArray[np.float64]]] = {"length": length}
"""Name in a schema file -> what it computes from the shapes that are there."""
