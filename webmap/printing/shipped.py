"""The outlines around the county that come with the program."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.picture import MapPicture

__all__ = ["shipped_neighbours"]


def shipped_neighbours(picture: MapPicture) -> gpd.GeoDataFrame | None:
    """Give the neighbours that come with the program, if the county is the one they surround.

    Parameters
    ----------
    picture
        What is drawn.

    Returns
    -------
    Polygons, columns `code name geometry`; None for another county.
    """
    from layers import facts  # noqa: PLC0415  (most sheets of other counties never need it)

    own = {row.code for row in facts.divisions() if row.level == "county"}
    return facts.neighbours() if own & set(picture.county["code"].astype(str)) else None
