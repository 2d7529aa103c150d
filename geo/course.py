"""The course of a boundary in words: sixteen directions from true north, and how far.

The words are those of a boundary's description 界线走向说明; the numbers behind them are geodesic.
"""

from __future__ import annotations

from itertools import groupby
from typing import Final

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.errors import GeometryError, InputError
from geo.frames import require_not_negative
from geo.geodesy import GRS80, metres_per_degree

__all__ = ["DIRECTIONS", "describe_line", "direction_name", "line_legs"]

DIRECTIONS: Final = (
    *("北", "北偏东北", "东北", "东偏东北", "东", "东偏东南", "东南", "南偏东南"),
    *("南", "南偏西南", "西南", "西偏西南", "西", "西偏西北", "西北", "北偏西北"),
)
"""The sixteen directions of a line's description, clockwise from true north, 22.5 degrees each."""

_SECTOR_DEG = 360 / len(DIRECTIONS)


def direction_name(true_azimuth_deg: float) -> str:
    """Name one of sixteen directions.

    Parameters
    ----------
    true_azimuth_deg
        Clockwise from true north, any finite number.

    Returns
    -------
    One of `DIRECTIONS`; 11.25 degrees is already the next one.

    Raises
    ------
    InputError
        If the azimuth is not finite (``not_finite``).

    Source
    ------
    Sixteen directions on true north for descriptions of administrative boundaries, as the training
    texts on GB/T 17796 行政区域界线测绘规范 give them (the standard itself was not seen).
    """
    if not np.isfinite(true_azimuth_deg):
        raise InputError(
            f"方位角 {true_azimuth_deg} 不是有限的数，请检查线的坐标。",
            code="not_finite",
            where="true_azimuth_deg",
        )
    return DIRECTIONS[int((true_azimuth_deg / _SECTOR_DEG + 0.5) % len(DIRECTIONS))]


def line_legs(line: shapely.LineString, *, tolerance_m: float = 200.0) -> pd.DataFrame:
    """Cut a line into legs of one direction each.

    Parameters
    ----------
    line
        EPSG:4490, in the direction of the description.
    tolerance_m
        Bends within this distance of a straight leg are not told.

    Returns
    -------
    One row a leg in order: direction, true_azimuth_deg (from its first to its last place) and
    length_m (geodesic, along the line itself: they add up to the line's). Legs that follow each
    other in one direction are one.

    Raises
    ------
    GeometryError
        If it is no line, or one without length (``not_a_line``).
    InputError
        If the tolerance is negative.

    Source
    ------
    Corners by Douglas and Peucker 1973, as `shapely.simplify` has it.
    """
    tolerance_m = require_not_negative(tolerance_m, "tolerance_m")
    lonlat = shapely.get_coordinates(line)
    if line.geom_type != "LineString" or not line.length:
        raise GeometryError("界线说明要用一条有长度的线，请先合并各段。", code="not_a_line")
    scale = metres_per_degree(float(lonlat[:, 1].mean()))
    plane = shapely.LineString(lonlat * scale)
    kept = shapely.get_coordinates(shapely.simplify(plane, tolerance_m))
    corners = _positions(lonlat * scale, kept)
    _, _, steps = GRS80.inv(*lonlat[:-1].T, *lonlat[1:].T)
    along = np.concatenate([[0.0], np.cumsum(steps)])
    azimuth = np.asarray(GRS80.inv(*lonlat[corners[:-1]].T, *lonlat[corners[1:]].T)[0])
    named = zip(corners[:-1], corners[1:], map(direction_name, azimuth), strict=True)
    rows = []
    for direction, legs in groupby(named, key=lambda leg: leg[2]):
        of_one = list(legs)
        first, last = of_one[0][0], of_one[-1][1]
        bearing, _, _ = GRS80.inv(*lonlat[first], *lonlat[last])
        rows.append((direction, bearing % 360, along[last] - along[first]))
    return pd.DataFrame(rows, columns=["direction", "true_azimuth_deg", "length_m"])


def describe_line(
    line: shapely.LineString, *, start: str, end: str, tolerance_m: float = 200.0
) -> str:
    """Describe the course of a boundary in words.

    Parameters
    ----------
    line
        EPSG:4490, from `start` to `end`.
    start, end
        Names of its ends, such as marker numbers.
    tolerance_m
        As `line_legs`.

    Returns
    -------
    Such as 从示-001起，向北偏东北行 1.20 千米，转向东行 0.85 千米，至示-002，全长 2.05 千米。
    Directions refer to true north.

    Raises
    ------
    GeometryError, InputError
        As `line_legs`.
    """
    legs = line_legs(line, tolerance_m=tolerance_m)
    lengths_km = legs["length_m"].to_numpy(dtype=float) / 1000
    course = "，转".join(
        f"向{direction}行 {length_km:.2f} 千米"
        for direction, length_km in zip(legs["direction"], lengths_km, strict=True)
    )
    return f"从{start}起，{course}，至{end}，全长 {lengths_km.sum():.2f} 千米。"


def _positions(xy: NDArray[np.float64], kept: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions of kept places among all, in order; a place may occur twice in a closed line."""
    positions = [0]
    for place in kept[1:-1]:
        ahead = xy[positions[-1] + 1 :]
        positions.append(positions[-1] + 1 + int(np.abs(ahead - place).sum(axis=1).argmin()))
    return np.array([*positions, len(xy) - 1], dtype=np.int64)
