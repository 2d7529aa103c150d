"""Which plane a sheet is drawn in, and what must be seen on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np
import pyproj

from geo.crs import local_tm_crs, print_crs, to_crs
from layers.analysis.division_picture import DivisionPicture
from layers.analysis.line_picture import LinePicture
from layers.analysis.picture import MapPicture, ServicePicture
from layers.analysis.siting_picture import SitingPicture
from webmap.printing.errors import SheetError

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = [
    "EXTENTS",
    "focus_bounds",
    "line_bounds",
    "map_bounds",
    "map_crs",
    "seen_bounds",
    "township_bounds",
]


def map_crs(picture: MapPicture) -> pyproj.CRS:
    """Plane of the sheet: a CGCS2000 3-degree zone where one fits, else the network's own."""
    area = picture.county if len(picture.county) else picture.townships
    if isinstance(picture, LinePicture) and not len(area):
        area = picture.line
    frames = [area] if len(area) else _things(picture)
    bounds = _bounds(frames) or _bounds([picture.roads])
    roads = _bounds([picture.roads])
    otherwise = local_tm_crs((roads[0] + roads[2]) / 2) if roads else None
    return print_crs(bounds or (114.0, 36.5, 114.0, 36.5), otherwise=otherwise)


def seen_bounds(
    picture: MapPicture, extent: str, crs: pyproj.CRS
) -> tuple[float, float, float, float]:
    """Extent that a recipe wants seen.

    Parameters
    ----------
    picture
        The answer that is drawn.
    extent
        `county`: all there is. `focus`: the area, sites and facilities of a siting question.
        `township`: the township of a division picture. `line`: a boundary line and its markers.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north in metres.

    Raises
    ------
    SheetError
        ``nothing_to_draw`` if nothing of that has a place; ``recipe`` if the extent is not known.
    """
    if extent not in EXTENTS:
        raise SheetError(
            f"图幅配置的 extent“{extent}”不认识，可用：{'、'.join(EXTENTS)}。",
            code="recipe",
            where="extent",
        )
    found = EXTENTS[extent](picture, crs)
    if found is None:
        raise SheetError(
            "没有可以画的内容：所问范围没有带图形的区划、道路、设施或老年人口点，请先导入。",
            code="nothing_to_draw",
            where="store",
        )
    return found


def map_bounds(picture: MapPicture, crs: pyproj.CRS) -> tuple[float, float, float, float] | None:
    """Extent that must be seen: county, else townships, else circles and points, else roads.

    Parameters
    ----------
    picture
        The answer that is drawn.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north; None if there is nothing to draw.
    """
    for frames in ([picture.county], [picture.townships], _things(picture), [picture.roads]):
        found = _bounds([to_crs(frame, crs) for frame in frames if len(frame)])
        if found is not None:
            return found
    return None


def focus_bounds(picture: MapPicture, crs: pyproj.CRS) -> tuple[float, float, float, float] | None:
    """Extent of a siting sheet: the area asked about, the sites and the facilities named with it.

    Parameters
    ----------
    picture
        The answer that is drawn.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north; that of `map_bounds` if none of these has a place.
    """
    found = None
    if isinstance(picture, SitingPicture):
        named = picture.facilities[picture.facilities.index.isin(picture.landmarks)]
        frames = [picture.focus, picture.sites, named]
        found = _bounds([to_crs(frame, crs) for frame in frames if len(frame)])
    return found or map_bounds(picture, crs)


def township_bounds(
    picture: MapPicture, crs: pyproj.CRS
) -> tuple[float, float, float, float] | None:
    """Extent of a township's sheet: its outline, else its villages.

    Parameters
    ----------
    picture
        What is drawn.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north; None if neither has a place.
    """
    if not isinstance(picture, DivisionPicture) or not len(picture.within):
        return map_bounds(picture, crs)
    for frame in (picture.within, picture.villages):
        found = _bounds([to_crs(frame, crs)]) if len(frame) else None
        if found is not None:
            return found
    return None


def line_bounds(picture: MapPicture, crs: pyproj.CRS) -> tuple[float, float, float, float] | None:
    """Extent of a boundary line's sheet: the line and its markers.

    Parameters
    ----------
    picture
        What is drawn.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north; that of `map_bounds` if the picture has no line.
    """
    if not isinstance(picture, LinePicture):
        return map_bounds(picture, crs)
    frames = (picture.line, picture.markers)
    return _bounds([to_crs(frame[["geometry"]], crs) for frame in frames if len(frame)])


EXTENTS: dict[str, Callable[[MapPicture, pyproj.CRS], tuple[float, float, float, float] | None]] = {
    "county": map_bounds,
    "focus": focus_bounds,
    "township": township_bounds,
    "line": line_bounds,
}
"""Extent, as recipes name it, and what finds its bounds."""


def _things(picture: MapPicture) -> list[gpd.GeoDataFrame]:
    """Give what stands on the land, where there is no outline of it."""
    if isinstance(picture, ServicePicture):
        return [picture.circles, picture.facilities, picture.demand]
    if isinstance(picture, DivisionPicture):
        return [picture.facilities, picture.villages]
    return [picture.facilities]


def _bounds(frames: list[gpd.GeoDataFrame]) -> tuple[float, float, float, float] | None:
    found = [frame.total_bounds for frame in frames if len(frame)]
    found = [bounds for bounds in found if np.isfinite(bounds).all()]
    if not found:
        return None
    several = np.array(found)
    west, south = several[:, :2].min(axis=0)
    east, north = several[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)
