"""A sheet composed from a picture and a recipe: map, names, panel, margins.

The recipe says which layers the map has, which blocks the panel has and what must be seen; a new
sheet of the same kind is a new YAML file.
"""

from __future__ import annotations

from dataclasses import replace
from importlib.metadata import version
from typing import TYPE_CHECKING

import numpy as np

from geo.crs import STORED_CRS, convergence_deg, transform_xy
from layers.analysis.division_picture import DivisionPicture
from layers.analysis.line_picture import LinePicture
from layers.analysis.picture import MapPicture, ServicePicture
from layers.analysis.siting_picture import SitingPicture
from webmap.printing.extent import map_crs, seen_bounds
from webmap.printing.fonts import default_fonts
from webmap.printing.gates import number_lines, require_number, require_publishable
from webmap.printing.inset import free_corner, site_inset
from webmap.printing.items import TextItem
from webmap.printing.labels import place
from webmap.printing.map_face import map_face
from webmap.printing.marginalia import Imprint, crosses, footer, frames, title_row
from webmap.printing.page import Page, choose_scale
from webmap.printing.panel import panel
from webmap.printing.service_map import draw_map
from webmap.printing.sheets import Sheet, SheetOptions
from webmap.printing.shipped import shipped_neighbours
from webmap.style import load_style

if TYPE_CHECKING:
    import geopandas as gpd
    import pyproj

    from webmap.printing.map_pen import MapDrawing
    from webmap.printing.recipe import Layout, Recipe

__all__ = ["compose"]


def compose(
    picture: MapPicture,
    recipe: Recipe,
    options: SheetOptions | None = None,
    *,
    neighbours: gpd.GeoDataFrame | None = None,
) -> Sheet:
    """Draw a sheet from an answer; reads no store.

    Parameters
    ----------
    picture
        The answer that is drawn: of the kind that the recipe's layers and blocks need.
    recipe
        What the sheet shows and where its parts stand.
    options
        How it is wanted; None is the recipe's paper, for internal use.
    neighbours
        Polygons around the county, columns `code name geometry`; None takes the shipped ones where
        the county is theirs.

    Raises
    ------
    SheetError
        As `webmap.printing.sheet`, but for the store's bindings.
    """
    wanted = options or SheetOptions()
    require_number(wanted.publish, wanted.review_no, wanted.approval)
    if wanted.publish == "public":
        require_publishable(picture, None)
    layout, style = recipe.layout(wanted.paper), load_style()
    fonts = default_fonts(wanted.fonts)
    crs = map_crs(picture)
    page = _page(picture, recipe, crs, layout, wanted.scale)
    convergence = _convergence(page, crs)
    if neighbours is None and wanted.publish != "public":
        neighbours = shipped_neighbours(picture)
    drawing = draw_map(picture, page, layout, style, fonts, crs, neighbours=neighbours)
    small = None
    if isinstance(picture, SitingPicture) and len(picture.sites):
        taken = drawing.obstacles.symbols
        small = free_corner(page.frame, recipe.insets, taken, unit=layout.unit)
    if small is not None:
        kept = (*drawing.obstacles.symbols, small.grown(layout.unit))
        drawing.obstacles = replace(drawing.obstacles, symbols=kept)
    placement = place(
        drawing.labels,
        drawing.obstacles,
        pins={(pin.layer, pin.id): (pin.x_mm, pin.y_mm) for pin in wanted.pins},
    )
    number, approval = number_lines(wanted.publish, wanted.review_no, wanted.approval)
    imprint = Imprint(
        title=recipe.title.format(**_words(picture)),
        notice=picture.provenance.notice,
        number_line=number,
        approval=approval,
        publisher=wanted.publisher.strip(),
        day=wanted.date or picture.data_date,
        data_day=picture.data_date,
        as_of=picture.as_of,
        stamp=f"xygeo {version('xygeo')}　数据 {picture.data_hash[:16]}",
        test=wanted.crosses,
    )
    items = [
        *map_face(page, layout, style, crs, drawing, placement, graticules=wanted.graticule),
        *(
            site_inset(picture, small, layout, style, fonts, crs)
            if small is not None and isinstance(picture, SitingPicture)
            else ()
        ),
        *frames(layout, style),
        *title_row(layout, imprint, style, fonts),
        *footer(page, layout, imprint, crs, style, fonts),
        *panel(
            picture,
            layout,
            style,
            fonts,
            keys=drawing.keys,
            convergence_deg=convergence,
            road_factor=page.road_factor,
        ),
    ]
    at: tuple[tuple[float, float], ...] = ()
    if wanted.crosses:
        marks, at = crosses(page)
        items += marks
    report = fonts.check(items, strict=wanted.publish != "internal")
    titles = [i.text for i in report.items if isinstance(i, TextItem) and i.layer == "title"]
    return Sheet(
        name=recipe.sheet,
        title=titles[0],
        page=page,
        crs=crs,
        items=report.items,
        placement=placement,
        book=fonts,
        fonts=report.fonts,
        mode=wanted.publish,
        day=imprint.day,
        quality=picture.provenance.quality,
        convergence_deg=convergence,
        data_hash=picture.data_hash,
        warnings=(*report.substituted, *report.missing, *_idle_pins(wanted, drawing)),
        crosses=at,
    )


def _words(picture: MapPicture) -> dict[str, str]:
    """Words that a title may have."""
    within = list(picture.within["name"]) if isinstance(picture, DivisionPicture) else []
    return {
        "county": str(picture.county["name"].iloc[0]) if len(picture.county) == 1 else "",
        "township": "、".join(within),
        "minutes": f"{picture.question.minutes:g}" if isinstance(picture, ServicePicture) else "",
        "subject": _subject(picture),
    }


def _subject(picture: MapPicture) -> str:
    if isinstance(picture, LinePicture):
        return "—".join(picture.sides["name"])
    return picture.subject if isinstance(picture, SitingPicture) else ""


def _page(
    picture: MapPicture, recipe: Recipe, crs: pyproj.CRS, layout: Layout, scale: int | None
) -> Page:
    west, south, east, north = bounds = seen_bounds(picture, recipe.extent, crs)
    return Page(
        paper=layout.paper,
        width=layout.width,
        height=layout.height,
        frame=layout.frame,
        scale=choose_scale(bounds, layout.room, asked=scale or layout.scale, paper=layout.paper),
        centre=((west + east) / 2, (south + north) / 2),
        unit=layout.unit,
    )


def _idle_pins(wanted: SheetOptions, drawing: MapDrawing) -> list[str]:
    """Say which pins belong to no name on the sheet: a typing error must not pass in silence."""
    known = {label.key for label in drawing.labels}
    return [
        f"定位的 {pin.layer} {pin.id} 不在本图上，请检查 layer 和 id。"
        for pin in wanted.pins
        if (pin.layer, pin.id) not in known
    ]


def _convergence(page: Page, crs: pyproj.CRS) -> float:
    """Convergence in the middle of the map frame."""
    east, north = (np.array([value]) for value in page.centre)
    lon, lat = transform_xy(east, north, crs, STORED_CRS)
    return convergence_deg(crs, float(lon[0]), float(lat[0]))
