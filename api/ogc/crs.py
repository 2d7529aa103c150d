"""The coordinate reference systems that clients may ask for and send, by their URI.

Stored are longitude and latitude. CRS84 shows them as they are; the EPSG systems have the axis
order of their authority: latitude or northing first. WGS 84 is taken as CGCS2000.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

from geo.crs import STORED_CRS, transform_xy
from geo.errors import CrsError, InputError

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CRS84", "CRS_URIS", "STORAGE_CRS", "Crs", "content_crs", "read_crs"]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
"""Longitude, latitude: what is meant where nothing is said."""

_EPSG = "http://www.opengis.net/def/crs/EPSG/0/"

STORAGE_CRS = f"{_EPSG}4490"
"""CGCS2000, latitude first in this notation: what every layer is stored in."""

_PLANES = (4547, 4526)
CRS_URIS = (CRS84, *(f"{_EPSG}{code}" for code in (4490, 4326, *_PLANES)))
"""All that may be asked for, the default first."""


@dataclass(frozen=True, slots=True)
class Crs:
    """One of `CRS_URIS`.

    Attributes
    ----------
    uri
        Its name.
    plane
        EPSG code of a projected system; None for degrees.
    north_first
        Whether latitude or northing comes first.
    """

    uri: str
    plane: int | None
    north_first: bool

    @property
    def is_stored(self) -> bool:
        """Whether stored coordinates are shown as they are."""
        return self.plane is None and not self.north_first

    def shown(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Give stored geometries in this system.

        Parameters
        ----------
        geometries
            Longitude and latitude; None stays None.

        Returns
        -------
        New geometries in the axis order of the authority.

        Raises
        ------
        CrsError
            `crs_outside` where a place has no coordinates in it.
        """
        if self.is_stored:
            return geometries

        def change(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
            if self.plane is not None:
                x, y = transform_xy(x, y, STORED_CRS, _plane(self.plane))
            self._require_finite(x, y)
            return (y, x) if self.north_first else (x, y)

        return _transformed(geometries, change)

    def stored(self, geometries: NDArray[np.object_]) -> NDArray[np.object_]:
        """Give geometries of this system as longitude and latitude.

        Parameters
        ----------
        geometries
            In the axis order of the authority; None stays None.

        Returns
        -------
        New geometries.

        Raises
        ------
        CrsError
            `crs_outside` where a coordinate has no place on earth.
        """
        if self.is_stored:
            return geometries

        def change(x: NDArray[Any], y: NDArray[Any]) -> tuple[NDArray[Any], NDArray[Any]]:
            if self.north_first:
                x, y = y, x
            if self.plane is not None:
                x, y = transform_xy(x, y, _plane(self.plane), STORED_CRS)
            self._require_finite(x, y)
            return x, y

        return _transformed(geometries, change)

    @property
    def transformer(self) -> pyproj.Transformer | None:
        """What brings easting and northing to longitude and latitude; None for degrees."""
        return None if self.plane is None else _to_degrees(self.plane)

    def _require_finite(self, *coordinates: NDArray[Any]) -> None:
        if not all(np.isfinite(numbers).all() for numbers in coordinates):
            raise CrsError(
                f"坐标不在 {self.uri} 的范围内，请核对坐标和坐标系。", code="crs_outside"
            )


def read_crs(text: str) -> Crs:
    """Find the system of a URI.

    Parameters
    ----------
    text
        Of the parameters crs, bbox-crs and filter-crs, or of the header Content-Crs without its
        brackets.

    Returns
    -------
    The system.

    Raises
    ------
    InputError
        `crs_unsupported` for any other.
    """
    if text not in CRS_URIS:
        raise InputError(
            f"不提供坐标系“{text[:120]}”，可用：{'、'.join(CRS_URIS)}。", code="crs_unsupported"
        )
    code = int(text.removeprefix(_EPSG)) if text != CRS84 else None
    return Crs(text, code if code in _PLANES else None, north_first=code is not None)


def content_crs(crs: Crs) -> dict[str, str]:
    """Give the header that says in which system an answer's coordinates are."""
    return {"Content-Crs": f"<{crs.uri}>"}


@cache
def _plane(code: int) -> pyproj.CRS:
    return pyproj.CRS.from_epsg(code)


@cache
def _to_degrees(code: int) -> pyproj.Transformer:
    return pyproj.Transformer.from_crs(_plane(code), STORED_CRS, always_xy=True)


def _transformed(
    geometries: NDArray[np.object_],
    change: Any,  # noqa: ANN401 - a function of two arrays
) -> NDArray[np.object_]:
    there = shapely.is_geometry(geometries)
    found = geometries.copy()
    if there.any():
        found[there] = shapely.transform(geometries[there], change, interleaved=False)
    return found
