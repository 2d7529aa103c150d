"""A small map for the document of a case: a boundary line with its markers, or where a place is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import shapely
from shapely.geometry import shape as geojson_shape

from geo.crs import STORED_CRS, print_crs
from webmap.printing.export import render_pdf, render_png
from webmap.printing.fonts import default_fonts
from webmap.printing.grid import grid_step_m, kilometre_grid
from webmap.printing.inset import Inset
from webmap.printing.items import Box, Item, PathItem, TextItem
from webmap.printing.labels import Label, Obstacles, place
from webmap.printing.page import SCALES, Page, clipped
from webmap.printing.recipe import load_recipe
from webmap.printing.svg import render_svg
from webmap.printing.symbols import area_item, dot_item, line_item, rings_of
from webmap.style import AreaStyle, DotStyle, load_style
from webmap.wording import BOUNDARY_NOTE

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from numpy.typing import NDArray

    from webmap.printing.fonts import FontBook
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["case_map"]

_ROOM_M = 1500.0
"""Around a single point with nothing near it, so much is shown on each side."""

_SOUND = frozenset({"", "intact", "replaced"})
_WORN, _POINT, _AREA_NAME = "#c5472e", "#4c3a5e", "#6f6477"
_MARKER_MM = 2.0
_AIR_MM, _LEAST_MM = 9.0, 60.0
_SMALLER = (250_000, 300_000, 400_000, 500_000, 800_000, 1_000_000, 2_000_000)


def case_map(
    content: Mapping[str, Any],
    *,
    width_mm: float,
    most_mm: float,
    day: date,
    notice: str = "",
    dpi: float = 200,
) -> Inset:
    """Draw the map of a document.

    Parameters
    ----------
    content
        The `map` of `layers.cases.document_rows`: lists `lines`, `areas`, `points` of names and
        GeoJSON geometries; an area with `context` may be cut off.
    width_mm, most_mm
        Width on paper, and the greatest height: a map is as high as what it shows needs.
    day
        Day of the document.
    notice
        Of the document, in red.
    dpi
        Resolution.

    Returns
    -------
    PNG, scale and distance of the grid lines; the same bytes for the same content.

    Raises
    ------
    SheetError
        If the map cannot be drawn.
    """
    layout, style, fonts = load_recipe("circles").layout("A3"), load_style(), default_fonts()
    shapes = {kind: _frame(content[kind]) for kind in ("areas", "lines", "points")}
    seen = _to_see(content, shapes)
    west, south, east, north = map(float, seen.total_bounds)
    crs = print_crs((west, south, east, north))
    page = _page(seen.to_crs(crs).total_bounds.tolist(), width_mm, most_mm)
    on_page = {
        kind: page.shapes(np.array(frame.to_crs(crs).geometry.array, dtype=object))
        for kind, frame in shapes.items()
    }
    pen = _Pen(page, layout, style, fonts)
    areas = list(zip(content["areas"], on_page["areas"], strict=True))
    told_apart = all(entry.get("context") for entry, _ in areas)
    own = shapely.union_all([ground for entry, ground in areas if not entry.get("context")])
    for entry, ground in sorted(areas, key=lambda one: not one[0].get("context")):
        if entry.get("context"):
            pen.area(entry, shapely.difference(ground, own), tinted=told_apart)
        else:
            pen.area(entry, ground, tinted=True)
    pen.grid()
    pen.lines(on_page["lines"])
    for entry, spot in zip(content["points"], on_page["points"], strict=True):
        pen.point(entry, spot)
    items = [*pen.items, *pen.names(), *pen.margin(notice)]
    report = fonts.check(items, strict=False)
    svg = render_svg(report.items, width=page.width, height=page.height)
    pdf = render_pdf(svg, fonts, width=page.width, height=page.height, day=day)
    return Inset(render_png(pdf, dpi=dpi), page.scale, grid_step_m(page) / 1000)


def _frame(entries: list[dict[str, Any]]) -> gpd.GeoSeries:
    return gpd.GeoSeries([geojson_shape(one["geometry"]) for one in entries], crs=STORED_CRS)


def _to_see(content: Mapping[str, Any], shapes: Mapping[str, gpd.GeoSeries]) -> gpd.GeoDataFrame:
    """Give what must be inside the frame: what the case is about, with some land around."""
    own = [not one.get("context") for one in content["areas"]]
    seen = [*shapes["lines"], *shapes["points"], *shapes["areas"][own]]
    if all(one.geom_type == "Point" for one in seen):
        around = [*shapes["areas"]] or _around(seen)
        seen = [*seen, *around]
    return gpd.GeoDataFrame(geometry=seen, crs=STORED_CRS)


def _around(points: list[Any]) -> list[Any]:
    middle = gpd.GeoSeries([shapely.MultiPoint(points).centroid], crs=STORED_CRS)
    plane = middle.estimate_utm_crs()
    return list(middle.to_crs(plane).buffer(_ROOM_M).to_crs(STORED_CRS))


def _page(bounds: list[float], width_mm: float, most_mm: float) -> Page:
    """Choose the largest scale at which all is seen, and make the page no higher than it needs."""
    west, south, east, north = bounds
    wide, high = width_mm - 2 * _AIR_MM, most_mm - 2 * _AIR_MM
    scales = (*SCALES, *_SMALLER)
    needed = max((east - west) * 1000 / wide, (north - south) * 1000 / high)
    scale = next((one for one in scales if one >= needed), scales[-1])
    height = min(max((north - south) * 1000 / scale + 2 * _AIR_MM, _LEAST_MM), most_mm)
    return Page(
        paper="",
        width=width_mm,
        height=height,
        frame=Box(0, 0, width_mm, height),
        scale=scale,
        centre=((west + east) / 2, (south + north) / 2),
    )


class _Pen:
    """Draws in page mm, and keeps the names for last."""

    def __init__(self, page: Page, layout: Layout, style: Style, fonts: FontBook) -> None:
        self.page, self.layout, self.style, self.fonts = page, layout, style, fonts
        self.frame = page.frame
        self.items: list[Item] = []
        self.labels: list[Label] = []
        self.symbols: list[Box] = [Box(0, 0, 34, 7), Box(0, self.frame.bottom - 6, 40, 6)]
        self.drawn: list[Any] = []
        self._tints = iter(style.tints * 4)

    def area(self, entry: Mapping[str, Any], shape: Any, *, tinted: bool) -> None:  # noqa: ANN401
        inside = clipped(np.array([shape], dtype=object), self.frame)[0]
        if inside.is_empty:
            return
        fill = self.style.areas["neighbour"]
        if tinted:
            fill = AreaStyle(title="", color=next(self._tints), opacity=0.8)
        self.items.append(area_item(rings_of([inside]), fill, layer="areas"))
        edges = self._cut(shapely.boundary(shape))
        pen = self.style.lines["county" if entry.get("context") and not tinted else "township"]
        self.items.append(line_item(edges, pen, self.layout.symbols, layer="areas"))
        self._name(entry, 3.4, area=max(_polygons(inside), key=lambda one: one.area))

    def lines(self, shapes: NDArray[Any]) -> None:
        edges = tuple(edge for shape in shapes for edge in self._cut(shape))
        if edges:
            county = self.style.lines["county"]
            band = PathItem(lines=edges, stroke="#dcc3e2", width=2.2, cap="round", layer="lines")
            self.items += [band, line_item(edges, county, 1.1, layer="lines")]
            self.drawn += list(shapes)

    def point(self, entry: Mapping[str, Any], shape: Any) -> None:  # noqa: ANN401
        at = (float(shape.x), float(shape.y))
        sound = entry.get("state", "") in _SOUND
        dot = DotStyle(
            title="",
            color=_POINT if sound else _WORN,
            outline=self.style.halo,
            size_mm=_MARKER_MM,
            size_px=0,
        )
        self.items.append(dot_item(at, dot, 1.0, layer="points"))
        half = _MARKER_MM / 2
        self.symbols.append(Box(at[0] - half, at[1] - half, _MARKER_MM, _MARKER_MM))
        self._name(entry, 2.5, at=at)

    def grid(self) -> None:
        pen = self.style.lines["grid"]
        net = kilometre_grid(
            self.page,
            self.layout,
            color=pen.color,
            ink=self.layout.colors["muted"],
            width=pen.width_mm * self.layout.symbols,
            sides="",
        )
        self.items += net.lines

    def names(self) -> list[Item]:
        obstacles = Obstacles(frame=self.frame, symbols=self.symbols, boundaries=self.drawn)
        out: list[Item] = []
        for placed in place(self.labels, obstacles).placed:
            label = placed.label
            if placed.leader is not None:
                leader = self.style.lines["leader"]
                out.append(
                    PathItem(
                        lines=(np.array(placed.leader),),
                        stroke=leader.color,
                        width=leader.width_mm,
                        layer="leaders",
                    )
                )
            out.append(
                TextItem(
                    x=placed.box.x,
                    y=placed.box.y + 0.88 * label.height,
                    text=label.name,
                    size=label.height,
                    fill=self.style.ink if label.area is None else _AREA_NAME,
                    halo=0.11 * label.height,
                    halo_color=self.style.halo,
                    layer=label.layer,
                    id=label.id,
                )
            )
        return out

    def margin(self, notice: str) -> list[Item]:
        x0, y0, x1, y1 = self.frame.bounds
        ring = np.array([(x0, y0), (x1, y0), (x1, y1), (x0, y1), (x0, y0)])
        out: list[Item] = [
            PathItem(
                lines=(ring,), closed=True, stroke=self.style.ink, width=0.4, join="miter",
                layer="frame",
            )
        ]  # fmt: skip
        for text, size, color, y in (
            (notice, 2.9, self.style.notice, 4.6),
            (BOUNDARY_NOTE, 2.1, self.style.ink, y1 - 2.0),
        ):
            if text:
                out.append(
                    TextItem(
                        x=2.0, y=y, text=text, size=size, fill=color, halo=0.35,
                        halo_color=self.style.halo, layer="imprint",
                    )
                )  # fmt: skip
        return out

    def _cut(self, shape: Any) -> tuple[NDArray[np.float64], ...]:  # noqa: ANN401
        inside = clipped(np.array([shape], dtype=object), self.frame)[0]
        merged = shapely.line_merge(inside) if inside.geom_type != "LineString" else inside
        return tuple(
            shapely.get_coordinates(part)
            for part in shapely.get_parts(merged)
            if part.geom_type in {"LineString", "LinearRing"}
        )

    def _name(
        self,
        entry: Mapping[str, Any],
        size: float,
        *,
        at: tuple[float, float] | None = None,
        area: Any = None,  # noqa: ANN401
    ) -> None:
        if not entry["name"]:
            return
        self.labels.append(
            Label(
                layer="areas" if area is not None else "points",
                id=f"{len(self.labels):04d}",
                name=entry["name"],
                priority=1 if area is not None else 0,
                weight=0.0,
                width=self.fonts.width(entry["name"], size=size, role="hei"),
                height=size,
                at=at,
                radius=_MARKER_MM / 2 if at else 0.0,
                area=area,
            )
        )


def _polygons(shape: Any) -> list[Any]:  # noqa: ANN401
    return [one for one in shapely.get_parts(shape) if one.geom_type == "Polygon"]
