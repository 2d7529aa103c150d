"""A small map of one boundary line with its markers: for documents, and for the page's preview."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from geo.crs import print_crs, to_crs
from layers.analysis.line_picture import line_picture
from webmap.printing.export import render_pdf, render_png
from webmap.printing.fonts import default_fonts
from webmap.printing.grid import grid_step_m
from webmap.printing.inset import Inset, document_corners, document_drawing, inset_items
from webmap.printing.items import Box
from webmap.printing.page import SCALES, Page
from webmap.printing.recipe import load_recipe
from webmap.printing.shipped import shipped_neighbours
from webmap.printing.svg import render_svg
from webmap.style import load_style

if TYPE_CHECKING:
    from datetime import date

    from layers.store import Store
    from webmap.printing.fonts import FontBook

__all__ = ["LineInset", "line_inset"]

_AIR_MM = 9.0
_SMALLER = (250_000, 300_000, 400_000, 500_000, 800_000, 1_000_000, 2_000_000)
"""A map of a document may be smaller than a sheet: the steps below those of sheets."""


@dataclass(frozen=True, kw_only=True)
class LineInset:
    """A drawn map: the same bytes for the same data.

    Attributes
    ----------
    svg
        The drawing; `width_mm` and `height_mm` on paper.
    scale, grid_km
        Denominator of its scale; distance of its grid lines.
    """

    svg: str
    width_mm: float
    height_mm: float
    scale: int
    grid_km: float
    day: date
    book: FontBook

    def png(self, dpi: float = 220) -> bytes:
        """Give the drawing as PNG.

        Parameters
        ----------
        dpi
            Resolution.
        """
        pdf = render_pdf(
            self.svg, self.book, width=self.width_mm, height=self.height_mm, day=self.day
        )
        return render_png(pdf, dpi=dpi)

    def inset(self, dpi: float = 220) -> Inset:
        """Give PNG, scale and grid as `webmap.printing.inset.document_map` does."""
        return Inset(self.png(dpi), self.scale, self.grid_km)


def line_inset(
    store: Store,
    line_id: str,
    width_mm: float,
    height_mm: float,
    *,
    references: bool = False,
    as_of: date | None = None,
    time_zone: str = "Asia/Shanghai",
) -> LineInset:
    """Draw a boundary line with its markers and their numbers at a size of a page.

    Parameters
    ----------
    store
        An open store.
    line_id
        Id or name of a row of `boundary_lines`.
    width_mm, height_mm
        Size on paper: letters are readable at this size, not at a smaller one.
    references
        Draw azimuth and distance of the references too: for a map of half a page and more.
    as_of
        Rows valid on that day; None is the data's own.
    time_zone
        Zone in which the latest event's instant is a day.

    Raises
    ------
    NotFound
        As `layers.analysis.line_picture.line_picture`.
    SheetError
        If the map cannot be drawn.
    """
    picture = line_picture(store, line_id, as_of=as_of, time_zone=time_zone)
    layout, style, fonts = load_recipe("boundary-line").layout("A3"), load_style(), default_fonts()
    left_out = () if references else ("references",)
    layout = replace(
        layout, layers=tuple(layer for layer in layout.layers if layer not in left_out)
    )
    west, south, east, north = map(float, picture.line.total_bounds)
    crs = print_crs((west, south, east, north))
    west, south, east, north = map(float, to_crs(picture.line[["geometry"]], crs).total_bounds)
    frame = Box(0.0, 0.0, width_mm, height_mm)
    room = frame.grown(-min(_AIR_MM, width_mm / 4, height_mm / 4))
    needed = 1000 * max((east - west) / room.width, (north - south) / room.height)
    scales = (*SCALES, *_SMALLER)
    page = Page(
        paper="",
        width=width_mm,
        height=height_mm,
        frame=frame,
        scale=next((scale for scale in scales if scale >= needed), scales[-1]),
        centre=((west + east) / 2, (south + north) / 2),
    )
    items = inset_items(
        picture,
        page,
        layout,
        style,
        fonts,
        crs,
        reserved=document_corners(height_mm),
        neighbours=shipped_neighbours(picture),
    )
    drawn = document_drawing(items, page, layout, style, fonts, notice=picture.provenance.notice)
    return LineInset(
        svg=render_svg(drawn, width=width_mm, height=height_mm),
        width_mm=width_mm,
        height_mm=height_mm,
        scale=page.scale,
        grid_km=grid_step_m(page) / 1000,
        day=picture.data_date,
        book=fonts,
    )
