"""A map with its grid and its names, ready for its frame."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from webmap.printing.grid import graticule, kilometre_grid
from webmap.printing.items import Item, PathItem, TextItem

if TYPE_CHECKING:
    import pyproj

    from webmap.printing.labels import Placement
    from webmap.printing.map_pen import MapDrawing
    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["drawn_names", "map_face"]


def map_face(
    page: Page,
    layout: Layout,
    style: Style,
    crs: pyproj.CRS,
    drawing: MapDrawing,
    placement: Placement,
    *,
    graticules: bool,
) -> list[Item]:
    """Put grid, map and names on each other, and the grid's labels around them.

    Parameters
    ----------
    page, layout, style, crs
        As for `webmap.printing.service_map.draw_map`.
    drawing, placement
        The map, and where its names stand.
    graticules
        Whether meridians and parallels are drawn too.
    """
    ink, pen = layout.colors["muted"], style.lines["grid"]
    width = pen.width_mm * layout.symbols
    sides = "sw" if graticules else "nesw"
    nets = [kilometre_grid(page, layout, color=pen.color, ink=ink, width=width, sides=sides)]
    if graticules:
        nets.append(graticule(page, layout, crs, color=pen.color, ink=ink, width=width))
    return [
        *drawing.ground,
        *(item for net in nets for item in net.lines),
        *drawing.items,
        *drawn_names(layout, style, drawing, placement),
        *(item for net in nets for item in net.labels),
    ]


def drawn_names(
    layout: Layout, style: Style, drawing: MapDrawing, placement: Placement
) -> list[Item]:
    """Draw leaders, then names: the last placed lowest, so that towns stand on top.

    Parameters
    ----------
    layout, style
        Sizes and colours.
    drawing, placement
        The map, and where its names stand.
    """
    leader = style.lines["leader"]
    out: list[Item] = [
        PathItem(
            lines=(np.array(placed.leader),),
            stroke=leader.color,
            width=leader.width_mm * layout.symbols * layout.map["leader"],
            layer="leaders",
        )
        for placed in placement.placed
        if placed.leader is not None
    ]
    for placed in reversed(placement.placed):
        label = placed.label
        kind, letter = drawing.letters[label.key]
        out.append(
            TextItem(
                x=placed.box.x,
                y=placed.box.y + 0.88 * label.height,
                text=label.name,
                size=label.height,
                family=letter.family,
                fill=letter.color,
                halo=0.0 if kind == "neighbour" else 0.11 * label.height,
                halo_color=style.halo,
                spacing=drawing.spacing(label),
                layer=label.layer,
                id=label.id,
            )
        )
    return out
