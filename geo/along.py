"""Places along a line: how far from its start, and the stretch between two of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.errors import GeometryError, InputError
from geo.geodesy import GRS80, metres_per_degree

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

__all__ = ["length_along_m", "positions_m", "stretch"]


def length_along_m(line: BaseGeometry) -> float:
    """Length of a line of one or several stretches.

    Parameters
    ----------
    line
        EPSG:4490; stretches follow each other as they are stored.

    Returns
    -------
    Geodesic; what lies between two stretches does not count.

    Raises
    ------
    GeometryError
        If it is no line, or one without length (``not_a_line``).
    """
    return float(_measured(line)[2][-1])


def positions_m(line: BaseGeometry, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Measure how far along a line the places next to some points are.

    Parameters
    ----------
    line
        As `length_along_m`.
    points
        (n, 2) degrees.

    Returns
    -------
    (n,) geodesic metres from the line's start; of several nearest places the first.

    Raises
    ------
    GeometryError
        As `length_along_m`.
    """
    start, end, along = _measured(line)
    lonlat = np.asarray(points, dtype=np.float64).reshape(-1, 2)
    scale = metres_per_degree(float(start[:, 1].mean()))
    run = (end - start) * scale
    square = np.maximum((run**2).sum(axis=1), 1e-30)
    out = np.empty(len(lonlat))
    for number, point in enumerate(lonlat):
        offset = (point - start) * scale
        share = np.clip((offset * run).sum(axis=1) / square, 0.0, 1.0)
        away = ((offset - share[:, None] * run) ** 2).sum(axis=1)
        nearest = int(away.argmin())
        out[number] = along[nearest] + share[nearest] * (along[nearest + 1] - along[nearest])
    return out


def stretch(line: BaseGeometry, low_m: float, high_m: float) -> BaseGeometry:
    """Cut out the stretch between two places of a line.

    Parameters
    ----------
    line
        As `length_along_m`.
    low_m, high_m
        Geodesic metres from its start; beyond the ends is the end.

    Returns
    -------
    LineString, or MultiLineString where the line has several stretches between the places; empty
    if there is nothing between them.

    Raises
    ------
    GeometryError
        As `length_along_m`.
    InputError
        If the places are not in order (``not_in_order``).
    """
    if not low_m <= high_m:
        raise InputError(
            f"线段的起点 {low_m:g} 米在终点 {high_m:g} 米之后，请对调。",
            code="not_in_order",
            where="low_m",
        )
    start, end, along = _measured(line)
    run = np.diff(along)
    kept: list[list[NDArray[np.float64]]] = []
    for a, b, at, size in zip(start, end, along[:-1], run, strict=True):
        low, high = (float(np.clip((m - at) / size, 0.0, 1.0)) for m in (low_m, high_m))
        if high <= low:
            continue
        first, last = (a + share * (b - a) if 0 < share < 1 else (a, b)[int(share)]
                       for share in (low, high))  # fmt: skip
        if kept and np.array_equal(kept[-1][-1], first):
            kept[-1].append(last)
        else:
            kept.append([first, last])
    lines = [shapely.LineString(np.array(part)) for part in kept]
    if len(lines) == 1:
        return lines[0]
    return shapely.MultiLineString(lines) if lines else shapely.LineString()


def _measured(
    line: BaseGeometry,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]:
    """Give starts and ends of the segments, and the metres before, between and after them.

    Raises
    ------
    GeometryError
        If it is no line, or one without length.
    """
    parts = shapely.get_parts(line) if line.geom_type == "MultiLineString" else [line]
    if line.geom_type not in {"LineString", "MultiLineString"} or not line.length:
        raise GeometryError("应是一条有长度的线，请检查图形。", code="not_a_line")
    coordinates = [shapely.get_coordinates(part) for part in parts]
    start = np.concatenate([xy[:-1] for xy in coordinates])
    end = np.concatenate([xy[1:] for xy in coordinates])
    _, _, steps = GRS80.inv(*start.T, *end.T)
    moving = np.asarray(steps) > 0
    along = np.concatenate([[0.0], np.cumsum(np.asarray(steps)[moving])])
    return start[moving], end[moving], along
