"""Fields that follow from the geometry or another field: the store computes them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from geo.geodesy import geodesic_lengths_m

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

__all__ = ["FORMULAS", "MEASURES", "Formula", "inspection_due", "length", "plain_pinyin"]

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

_INSPECTION_YEARS = 5
_TONES = frozenset("\u0300\u0301\u0304\u030c")  # falling, rising, level, dipping


@dataclass(frozen=True)
class Formula:
    """How a field follows from another one of the same row.

    Attributes
    ----------
    of
        The other field; where a row leaves it out, what is stored stays.
    compute
        From its storage form, never None, to the storage form of the derived field.
    """

    of: str
    compute: Callable[[Any], Any]


def inspection_due(last_year: int) -> str:
    """Day until which a boundary line must be inspected again.

    Parameters
    ----------
    last_year
        Year of the last inspection.

    Returns
    -------
    31 December five years later, ISO.

    Source
    ------
    State Council order 353, article 12: every five years; counted by calendar years.
    """
    return date(last_year + _INSPECTION_YEARS, 12, 31).isoformat()


def plain_pinyin(text: str) -> str:
    """Take the tone marks off a romanised name; ü keeps its dots.

    Parameters
    ----------
    text
        Such as ``Sītíng Zhèn``.

    Returns
    -------
    ``Siting Zhen``.
    """
    letters = unicodedata.normalize("NFD", text)
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in _TONES))


FORMULAS: dict[str, Formula] = {
    "inspection_due": Formula("last_inspected_year", inspection_due),
    "plain_pinyin": Formula("pinyin_tone", plain_pinyin),
}
"""Name in a schema file -> the field it follows from and how."""
