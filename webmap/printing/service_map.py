"""The map of a sheet: the layers that its recipe names, drawn in turn."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.analysis.division_picture import DivisionPicture
from layers.analysis.line_picture import LinePicture
from layers.analysis.picture import MapPicture, ServicePicture
from layers.analysis.siting_picture import SitingPicture
from webmap.printing.base_layers import draw_borders, draw_facilities, draw_ground, draw_roads
from webmap.printing.division_layers import draw_units
from webmap.printing.errors import SheetError
from webmap.printing.labels import Obstacles
from webmap.printing.line_layers import (
    draw_line,
    draw_markers,
    draw_references,
    draw_sides,
)
from webmap.printing.map_pen import MapDrawing, MapPen
from webmap.printing.service_layers import (
    draw_circles,
    draw_shares,
    draw_village_gaps,
    draw_villages,
)
from webmap.printing.site_layers import draw_reach, draw_sites

if TYPE_CHECKING:
    from collections.abc import Callable

    import geopandas as gpd
    import pyproj

    from webmap.printing.fonts import FontBook
    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["MAP_LAYERS", "draw_map"]

MAP_LAYERS: dict[str, tuple[type[MapPicture], Callable[[MapPen, Any], None]]] = {
    "ground": (MapPicture, draw_ground),
    "roads": (MapPicture, draw_roads),
    "borders": (MapPicture, draw_borders),
    "facilities": (MapPicture, draw_facilities),
    "units": (DivisionPicture, draw_units),
    "circles": (ServicePicture, draw_circles),
    "villages": (ServicePicture, draw_villages),
    "shares": (ServicePicture, draw_shares),
    "village_gaps": (ServicePicture, draw_village_gaps),
    "reach": (SitingPicture, draw_reach),
    "sites": (SitingPicture, draw_sites),
    "sides": (LinePicture, draw_sides),
    "boundary_line": (LinePicture, draw_line),
    "references": (LinePicture, draw_references),
    "markers": (LinePicture, draw_markers),
}
"""Layer, as recipes name it: what it needs, and what draws it."""


def draw_map(
    picture: MapPicture,
    page: Page,
    layout: Layout,
    style: Style,
    fonts: FontBook,
    crs: pyproj.CRS,
    *,
    neighbours: gpd.GeoDataFrame | None = None,
) -> MapDrawing:
    """Draw everything inside the frame but the names, and say which names belong there.

    Parameters
    ----------
    picture
        The answer that is drawn.
    page, layout
        Affine and sizes; `layout.layers` are drawn in turn.
    style
        Colours and symbols, shared with the browser map.
    fonts
        For the widths of the names.
    crs
        The print CRS of `page`.
    neighbours
        Polygons around the county, columns `code name geometry`; None where they are not known.

    Raises
    ------
    SheetError
        ``recipe`` if a layer is not known, or shows what the picture does not have.
    """
    pen = MapPen(picture, page, layout, style, fonts, crs, neighbours=neighbours)
    for layer in layout.layers:
        needed, draw = MAP_LAYERS.get(layer, (None, None))
        if draw is None or not isinstance(picture, needed or MapPicture):
            fit = [name for name, (kind, _) in MAP_LAYERS.items() if isinstance(picture, kind)]
            raise SheetError(
                f"图幅配置的 layers 中“{layer}”画不了，可用：{'、'.join(fit)}。",
                code="recipe",
                where=layer,
            )
        draw(pen, picture)
    drawing = pen.drawing
    drawing.obstacles = Obstacles(
        frame=page.frame.grown(-0.8 * page.unit),
        symbols=tuple(pen.symbols),
        boundaries=pen.edges,
        roads=pen.ways,
        gap=0.22 * page.unit,
        aside=1.1 * page.unit,
    )
    return drawing
