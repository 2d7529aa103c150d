"""The sheet *15分钟养老服务圈与覆盖缺口*, composed from a `ServicePicture`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webmap.printing.compose import compose
from webmap.printing.recipe import load_recipe

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.picture import ServicePicture
    from webmap.printing.sheets import Sheet, SheetOptions

__all__ = ["circles_sheet"]


def circles_sheet(
    picture: ServicePicture,
    options: SheetOptions | None = None,
    *,
    neighbours: gpd.GeoDataFrame | None = None,
) -> Sheet:
    """Draw the sheet from an answer; reads no store.

    Parameters
    ----------
    picture
        The answer that is drawn.
    options
        How it is wanted; None is A3, for internal use.
    neighbours
        Polygons around the county, columns `code name geometry`; None takes the shipped ones where
        the county is theirs.

    Raises
    ------
    SheetError
        As `webmap.printing.sheet`, but for the store's bindings.
    """
    return compose(picture, load_recipe("circles"), options, neighbours=neighbours)
