"""A small map of a siting picture's neighbourhood: in a document, or in the corner of a sheet."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from geo.crs import to_crs
from webmap.printing.export import render_pdf, render_png
from webmap.printing.extent import map_crs
from webmap.printing.fonts import default_fonts
from webmap.printing.grid import grid_step_m, kilometre_grid
from webmap.printing.items import Box, Item, PathItem, TextItem
from webmap.printing.labels import place
from webmap.printing.map_face import drawn_names
from webmap.printing.page import Page, largest_scale
from webmap.printing.recipe import load_recipe
from webmap.printing.service_map import draw_map
from webmap.printing.svg import render_svg
from webmap.style import load_style
from webmap.wording import BOUNDARY_NOTE

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd
    import pyproj

    from layers.analysis.picture import MapPicture
    from layers.analysis.siting_picture import SitingPicture
    from webmap.printing.fonts import FontBook
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = [
    "Inset",
    "document_corners",
    "document_drawing",
    "document_map",
    "free_corner",
    "inset_items",
    "inset_page",
    "site_inset",
]

_AIR_MM = 5.0
_CORNER_AIR_MM = 2.0


class Inset(NamedTuple):
    """A map for a document: PNG, denominator of its scale, distance of its grid lines in km."""

    png: bytes
    scale: int
    grid_km: float


def document_map(
    picture: SitingPicture, *, width_mm: float, height_mm: float, dpi: float = 220
) -> Inset:
    """Draw the townships asked about with the sites, for a page of a document.

    Parameters
    ----------
    picture
        The answer that is drawn.
    width_mm, height_mm
        Size on paper: letters are readable at this size, not at a smaller one.
    dpi
        Resolution.

    Raises
    ------
    SheetError
        If the map cannot be drawn.
    """
    layout, style, fonts = load_recipe("siting").layout("A3"), load_style(), default_fonts()
    crs = map_crs(picture)
    page = inset_page(Box(0, 0, width_mm, height_mm), [picture.focus, picture.sites], crs)
    items = inset_items(
        picture, page, layout, style, fonts, crs, reserved=document_corners(height_mm)
    )
    drawn = document_drawing(items, page, layout, style, fonts, notice=picture.provenance.notice)
    pdf = render_pdf(
        render_svg(drawn, width=width_mm, height=height_mm, title=picture.subject),
        fonts,
        width=width_mm,
        height=height_mm,
        day=picture.data_date,
        title=picture.subject,
    )
    return Inset(render_png(pdf, dpi=dpi), page.scale, grid_step_m(page) / 1000)


def document_corners(height_mm: float) -> tuple[Box, Box]:
    """Where `document_drawing` writes: no name may stand there."""
    return Box(1.0, 1.0, 32.0, 6.0), Box(1.0, height_mm - 5.5, 32.0, 5.0)


def document_drawing(
    items: Sequence[Item],
    page: Page,
    layout: Layout,
    style: Style,
    fonts: FontBook,
    *,
    notice: str,
) -> tuple[Item, ...]:
    """Write on a small map what a map in a document must say, and check its letters.

    Parameters
    ----------
    items
        The map.
    page, layout, style, fonts
        As for `inset_items`.
    notice
        示意数据 非法定, or nothing.
    """
    size = layout.sizes["stamp"]
    notes = [(notice, size, style.notice, 1.6 + size)]
    notes.append((BOUNDARY_NOTE, layout.sizes["small"], style.ink, page.height - 1.8))
    said = [
        TextItem(
            x=2.0,
            y=y,
            text=text,
            size=height,
            fill=color,
            halo=0.35,
            halo_color=style.halo,
            layer="imprint",
        )
        for text, height, color, y in notes
        if text
    ]
    return fonts.check([*items, *said], strict=False).items


def free_corner(
    frame: Box, sizes: Sequence[tuple[float, float]], taken: Sequence[Box], *, unit: float = 1.0
) -> Box | None:
    """Find a corner of a map where nothing stands: the largest size first, the upper left first.

    Parameters
    ----------
    frame
        The map's frame, mm.
    sizes
        Width and height, mm on A3.
    taken
        Boxes of symbols.
    unit
        Size against A3.

    Returns
    -------
    The box; None if every corner is taken.
    """
    for width, height in ((width * unit, height * unit) for width, height in sizes):
        if width > frame.width / 2 or height > frame.height / 2:
            continue
        for x, y in (
            (frame.x, frame.y),
            (frame.right - width, frame.y),
            (frame.x, frame.bottom - height),
            (frame.right - width, frame.bottom - height),
        ):
            box = Box(x, y, width, height)
            if not any(box.grown(_CORNER_AIR_MM).meets(other) for other in taken):
                return box
    return None


def site_inset(
    picture: SitingPicture,
    box: Box,
    layout: Layout,
    style: Style,
    fonts: FontBook,
    crs: pyproj.CRS,
) -> list[Item]:
    """Draw the surroundings of the sites in a corner of a sheet, with their scale.

    Parameters
    ----------
    picture
        The answer that is drawn.
    box
        The corner.
    layout, style, fonts
        Sizes, colours, advances.
    crs
        The print CRS.
    """
    near = picture.chosen if len(picture.chosen) else picture.sites
    page = inset_page(box, [near, picture.reach[picture.reach["mode"] == "walk"]], crs)
    size = layout.sizes["body"]
    text = f"站址附近　1:{page.scale:,}"
    room = Box(box.x, box.y, fonts.width(text, size=size, role="hei") + 4 * size, 2.2 * size)
    items = inset_items(picture, page, layout, style, fonts, crs, reserved=(room,))
    title = TextItem(
        x=box.x + 0.8 * size,
        y=box.y + 1.5 * size,
        text=text,
        size=size,
        fill=style.ink,
        halo=0.16 * size,
        halo_color=style.halo,
        layer="inset",
    )
    return [*items, title]


def inset_page(box: Box, frames: list[gpd.GeoDataFrame], crs: pyproj.CRS) -> Page:
    """Choose the largest scale at which the frames fit a box.

    Parameters
    ----------
    box
        Where the map goes, mm.
    frames
        What must be seen; at least one has a place.
    crs
        The print CRS.
    """
    found = np.array([to_crs(frame, crs).total_bounds for frame in frames if len(frame)])
    west, south = found[:, :2].min(axis=0)
    east, north = found[:, 2:].max(axis=0)
    bounds = (float(west), float(south), float(east), float(north))
    return Page(
        paper="",
        width=box.right,
        height=box.bottom,
        frame=box,
        scale=largest_scale(bounds, box.grown(-_AIR_MM)) or 200_000,
        centre=((bounds[0] + bounds[2]) / 2, (bounds[1] + bounds[3]) / 2),
    )


def inset_items(
    picture: MapPicture,
    page: Page,
    layout: Layout,
    style: Style,
    fonts: FontBook,
    crs: pyproj.CRS,
    *,
    reserved: Sequence[Box] = (),
    neighbours: gpd.GeoDataFrame | None = None,
) -> list[Item]:
    """Draw a map with grid lines, names and a frame; nothing around it.

    Parameters
    ----------
    picture
        The answer that is drawn.
    page, crs
        As `inset_page` made it, and its CRS.
    layout, style, fonts
        Sizes, colours, advances.
    reserved
        Boxes that no name may cover.
    neighbours
        As `webmap.printing.service_map.draw_map`.
    """
    drawing = draw_map(picture, page, layout, style, fonts, crs, neighbours=neighbours)
    kept = replace(drawing.obstacles, symbols=(*drawing.obstacles.symbols, *reserved))
    placement = place(drawing.labels, kept)
    pen = style.lines["grid"]
    grid = kilometre_grid(
        page,
        layout,
        color=pen.color,
        ink=layout.colors["muted"],
        width=pen.width_mm * layout.symbols,
        sides="",
    )
    x0, y0, x1, y1 = page.frame.bounds
    ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
    frame = PathItem(
        lines=(ring,),
        closed=True,
        stroke=style.ink,
        width=layout.pens["outer"] / 2,
        join="miter",
        layer="inset",
    )
    return [
        *drawing.ground,
        *grid.lines,
        *drawing.items,
        *drawn_names(layout, style, drawing, placement),
        frame,
    ]
