"""Which plane a sheet is drawn in, and what must be seen on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.crs import local_tm_crs, print_crs, to_crs

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from layers.analysis.picture import ServicePicture
    from layers.analysis.siting_picture import SitingPicture

__all__ = ["focus_bounds", "map_bounds", "map_crs"]


def map_crs(picture: ServicePicture) -> pyproj.CRS:
    """Plane of the sheet: a CGCS2000 3-degree zone where one fits, else the network's own."""
    area = picture.county if len(picture.county) else picture.townships
    frames = [area] if len(area) else [picture.circles, picture.facilities, picture.demand]
    bounds = _bounds(frames) or _bounds([picture.roads])
    roads = _bounds([picture.roads])
    otherwise = local_tm_crs((roads[0] + roads[2]) / 2) if roads else None
    return print_crs(bounds or (114.0, 36.5, 114.0, 36.5), otherwise=otherwise)


def map_bounds(
    picture: ServicePicture, crs: pyproj.CRS
) -> tuple[float, float, float, float] | None:
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
    for frames in (
        [picture.county],
        [picture.townships],
        [picture.circles, picture.facilities, picture.demand],
        [picture.roads],
    ):
        filled = [frame for frame in frames if len(frame)]
        found = _bounds([to_crs(frame, crs) for frame in filled])
        if found is not None:
            return found
    return None


def focus_bounds(
    picture: SitingPicture, crs: pyproj.CRS
) -> tuple[float, float, float, float] | None:
    """Extent of a siting sheet: the area asked about, the sites and the facilities named with it.

    Parameters
    ----------
    picture
        The answer that is drawn.
    crs
        The print CRS.

    Returns
    -------
    West, south, east, north; None if none of these has a place.
    """
    named = picture.facilities[picture.facilities.index.isin(picture.landmarks)]
    frames = [picture.focus, picture.sites, named]
    return _bounds([to_crs(frame, crs) for frame in frames if len(frame)])


def _bounds(frames: list[gpd.GeoDataFrame]) -> tuple[float, float, float, float] | None:
    found = [frame.total_bounds for frame in frames if len(frame)]
    found = [bounds for bounds in found if np.isfinite(bounds).all()]
    if not found:
        return None
    several = np.array(found)
    west, south = several[:, :2].min(axis=0)
    east, north = several[:, 2:].max(axis=0)
    return float(west), float(south), float(east), float(north)
