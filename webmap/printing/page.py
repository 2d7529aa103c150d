"""Paper, scale, frame, and the one affine from metres to page millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from webmap.printing.errors import SheetError
from webmap.printing.items import Box

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["PAPERS", "SCALES", "Page", "choose_scale", "clipped", "largest_scale"]

PAPERS: dict[str, tuple[float, float]] = {
    "A3": (420, 297),
    "A2": (594, 420),
    "A1": (841, 594),
    "A0": (1189, 841),
}
"""Paper -> width and height in mm, landscape."""

SCALES: tuple[int, ...] = tuple(
    sorted(
        denominator
        for step in (1.0, 1.2, 1.5, 1.8, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0)
        for decade in (1_000, 10_000, 100_000)
        if 2_000 <= (denominator := round(step * decade)) <= 200_000
    )
)
"""Denominators that a sheet chooses from, the largest scale first."""


@dataclass(frozen=True, kw_only=True)
class Page:
    """One sheet of paper with a map frame on it.

    Attributes
    ----------
    frame
        The map's frame, mm.
    scale
        The denominator S.
    centre
        Easting and northing in the middle of the frame, metres of the print CRS.
    unit
        Size of letters, symbols and margins against A3.
    """

    paper: str
    width: float
    height: float
    frame: Box
    scale: int
    centre: tuple[float, float]
    unit: float = 1.0

    @property
    def mm_per_m(self) -> float:
        """Millimetres on paper for a metre of the plane: 1000 / S."""
        return 1000.0 / self.scale

    @property
    def road_factor(self) -> float:
        """Roads grow a little as the scale does: hair lines suit a county, not a quarter."""
        return float(min(max((100_000 / self.scale) ** 0.25, 1.0), 1.9))

    @property
    def extent(self) -> tuple[float, float, float, float]:
        """Metres of the frame: west, south, east, north."""
        half_width = self.frame.width / 2 / self.mm_per_m
        half_height = self.frame.height / 2 / self.mm_per_m
        east, north = self.centre
        return east - half_width, north - half_height, east + half_width, north + half_height

    def to_mm(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Page place of (n, 2) eastings and northings: no rotation, equal in x and y."""
        middle = np.asarray(self.frame.centre)
        offset = (np.asarray(points, dtype=np.float64) - np.asarray(self.centre)) * self.mm_per_m
        placed: NDArray[np.float64] = middle + offset * np.array([1.0, -1.0])
        return placed

    def shapes(self, shapes: NDArray[Any]) -> NDArray[Any]:
        """Geometries of the print CRS in page mm."""
        moved: NDArray[Any] = shapely.transform(shapely.force_2d(shapes), self.to_mm)
        return moved


def clipped(shapes: NDArray[Any], frame: Box) -> NDArray[Any]:
    """Parts of page geometries inside a box; what lies outside becomes empty.

    Parameters
    ----------
    shapes
        Geometries in mm; missing ones stay missing.
    frame
        The box that nothing may leave.
    """
    inside: NDArray[Any] = shapely.intersection(shapes, shapely.box(*frame.bounds))
    return inside


def largest_scale(bounds: tuple[float, float, float, float], frame: Box) -> int | None:
    """Smallest denominator of `SCALES` at which the bounds fit the frame; None if none does.

    Parameters
    ----------
    bounds
        What must be seen: west, south, east, north in metres.
    frame
        The room for it, mm.
    """
    return next((scale for scale in SCALES if _fits(bounds, frame, scale)), None)


def choose_scale(
    bounds: tuple[float, float, float, float], frame: Box, *, asked: int | None, paper: str
) -> int:
    """Scale of a sheet: the one asked for if it fits, else the largest that does.

    Parameters
    ----------
    bounds
        What must be seen: west, south, east, north in metres.
    frame
        The room for it, mm.
    asked
        Denominator asked for; None leaves the choice to the sheet.
    paper
        Name of the paper, for the message.

    Raises
    ------
    SheetError
        ``scale_too_large``, naming the largest scale that fits.
    """
    best = largest_scale(bounds, frame)
    if asked is not None and asked < 1:
        raise SheetError(f"比例尺分母 {asked} 必须大于 0，请改 --scale。", where="scale")
    if asked is not None and _fits(bounds, frame, asked):
        return asked
    if best is None:
        raise SheetError(
            f"图幅范围在 {paper} 上以最小比例尺 1:{SCALES[-1]:,} 也放不下，请换更大的纸 --paper。",
            code="scale_too_large",
            where="scale",
        )
    if asked is not None:
        raise SheetError(
            f"比例尺 1:{asked:,} 在 {paper} 上放不下，最大可用 1:{best:,}，请改 --scale。",
            code="scale_too_large",
            where="scale",
        )
    return best


def _fits(bounds: tuple[float, float, float, float], frame: Box, scale: int) -> bool:
    west, south, east, north = bounds
    return (east - west) * 1000 / scale <= frame.width and (
        north - south
    ) * 1000 / scale <= frame.height
