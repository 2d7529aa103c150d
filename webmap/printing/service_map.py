"""What the map of a sheet shows, from a `ServicePicture` to items and names."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely

from layers.analysis.siting_picture import SitingPicture
from webmap.printing.displace import side_by_side
from webmap.printing.items import PathItem
from webmap.printing.labels import Obstacles
from webmap.printing.map_pen import MapDrawing, MapPen
from webmap.printing.page import clipped
from webmap.printing.site_layers import draw_reach, draw_sites
from webmap.printing.symbols import (
    circle_items,
    dot_item,
    line_item,
    lines_of,
    rings_of,
    symbol_item,
)
from webmap.style import gained_villages, village_key
from webmap.tints import tints

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import geopandas as gpd
    import pyproj

    from layers.analysis.picture import ServicePicture
    from webmap.printing.fonts import FontBook
    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["draw_map", "short_name"]

_SIMPLE_MM = 0.02
"""Roads are thinned to this: a fifth of the finest pen."""


def short_name(name: str) -> str:
    """Name as printed on the map: 村 and 社区 are dropped where two characters or more remain."""
    for tail in ("社区", "村"):
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            return name.removesuffix(tail)
    return name


def draw_map(
    picture: ServicePicture,
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
    """
    pen = _ServicePen(picture, page, layout, style, fonts, crs)
    layers: dict[str, Callable[[], None]] = {
        "ground": lambda: pen.ground(neighbours),
        "roads": pen.roads,
        "circles": pen.circles,
        "borders": lambda: pen.borders(neighbours),
        "villages": pen.villages,
        "facilities": pen.facilities,
    }
    if isinstance(picture, SitingPicture):
        sited = picture
        layers |= {"reach": lambda: draw_reach(pen, sited), "sites": lambda: draw_sites(pen, sited)}
    for layer in layout.layers:
        layers[layer]()
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


class _ServicePen(MapPen):
    """The layers of a service picture; `edges` and `ways` are lines that names better not cross."""

    edges: Sequence[Any] = ()
    ways: Sequence[Any] = ()

    def ground(self, neighbours: gpd.GeoDataFrame | None) -> None:
        frame, colors = self.page.frame, self.layout.colors
        whole = np.array(shapely.box(*frame.bounds).exterior.coords)
        land = self.county if len(self.county) else self.towns
        ground = self.style.areas["neighbour"].color if len(land) else colors["ground"]
        self.drawing.ground.append(
            PathItem(lines=(whole,), closed=True, fill=ground, layer="ground")
        )
        if len(land):
            rings = rings_of(clipped(land, frame))
            self.drawing.ground.append(
                PathItem(lines=rings, closed=True, fill=colors["ground"], layer="county")
            )
        if len(self.towns):
            shares = tints(self.picture.townships, colours=len(self.style.tints))
            for shape, tint in zip(clipped(self.towns, frame), shares, strict=True):
                self.drawing.ground.append(
                    PathItem(
                        lines=rings_of([shape]),
                        closed=True,
                        fill=self.style.tints[int(tint)],
                        opacity=self.layout.map["tint_opacity"],
                        layer="townships",
                    )
                )
        if neighbours is not None:
            self._neighbour_names(neighbours)

    def _neighbour_names(self, neighbours: gpd.GeoDataFrame) -> None:
        letter = self.style.letters["neighbour"]
        band = self.style.lines["county"].band
        away = (band.width_mm if band else 0) * self.layout.symbols + 0.5
        own = shapely.union_all(self.county).buffer(away)
        room = self.page.frame.grown(-1.5 * self.page.unit)
        for code, name, shape in zip(
            neighbours["code"], neighbours["name"], self.shapes_mm(neighbours), strict=True
        ):
            free = shapely.difference(clipped(np.array([shape]), room)[0], own)
            parts = [part for part in shapely.get_parts(free) if part.area > 0]
            if parts:
                largest = max(parts, key=lambda part: float(part.area))
                self.name("neighbours", str(code), name, letter, kind="neighbour", area=largest)

    def roads(self) -> None:
        """Draw the roads, smallest first."""
        shapes = self.shapes_mm(self.picture.roads)
        if not len(shapes):
            return
        group = np.array([self.style.road(name) for name in self.picture.roads["highway"]])
        bounds, frame = shapely.bounds(shapes), self.page.frame
        seen = (
            (bounds[:, 0] < frame.right)
            & (bounds[:, 2] > frame.x)
            & (bounds[:, 1] < frame.bottom)
            & (bounds[:, 3] > frame.y)
        )
        out: list[Any] = []
        for number in reversed(range(len(self.style.roads))):
            chosen = shapes[seen & (group == number)]
            if not len(chosen):
                continue
            merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(chosen)))
            parts = shapely.get_parts(shapely.clip_by_rect(merged, *frame.bounds))
            parts = shapely.simplify(parts, _SIMPLE_MM, preserve_topology=False)
            lines = lines_of(parts)
            if lines:
                road = self.style.roads[number]
                factor = self.layout.symbols * self.page.road_factor
                self.add(line_item(lines, road, factor, layer="roads"))
                self.drawing.keys.add(f"road.{number}")
                if number < 3:
                    out += list(parts)
        self.ways = out

    def circles(self) -> None:
        shapes = clipped(self.shapes_mm(self.picture.circles), self.page.frame)
        shapes = shapely.simplify(shapes, _SIMPLE_MM)
        rings = rings_of(shapes)
        if rings:
            self.add(*circle_items(rings, self.style, self.layout, layer="circles"))
            self.drawing.keys.add("area.circle")

    def borders(self, neighbours: gpd.GeoDataFrame | None) -> None:
        """Draw each boundary once, the higher rank winning."""
        frame, factor, lines = self.page.frame, self.layout.symbols, self.style.lines
        county = shapely.union_all(self.county)
        near = county.boundary.buffer(0.05) if not county.is_empty else county
        out: list[Any] = []
        ranks = [("township", self.towns)]
        if neighbours is not None:
            ranks.insert(0, ("neighbour", self.shapes_mm(neighbours)))
        for name, shapes in ranks:
            edges: Any = shapely.union_all(shapely.boundary(shapes))
            edges = shapely.difference(shapely.clip_by_rect(edges, *frame.bounds), near)
            edges = shapely.line_merge(edges)
            drawn = lines_of([edges])
            if drawn:
                self.add(line_item(drawn, lines[name], factor, layer=name))
                self.drawing.keys.add(f"line.{name}")
                out.append(edges)
        if not county.is_empty:
            band = lines["county"].band
            if band is not None:
                outside = shapely.difference(county.buffer(band.width_mm * factor), county)
                rings = rings_of(clipped(np.array([outside]), frame))
                self.add(PathItem(lines=rings, closed=True, fill=band.color, layer="county"))
            edge = shapely.clip_by_rect(county.boundary, *frame.bounds)
            self.add(line_item(lines_of([edge]), lines["county"], factor, layer="county"))
            self.drawing.keys.add("line.county")
            out.append(edge)
        for name, key, shape in zip(
            self.picture.townships["name"],
            self.picture.townships.index,
            clipped(self.towns, frame),
            strict=True,
        ):
            parts = [part for part in shapely.get_parts(shape) if part.area > 0]
            if parts:
                self.name(
                    "divisions",
                    str(key),
                    name,
                    self.style.letters["township"],
                    kind="township",
                    area=max(parts, key=lambda part: float(part.area)),
                )
        self.edges = out

    def villages(self) -> None:
        """Draw villages, the heaviest gaps first so that small ones stay in sight."""
        demand, factor, style = self.picture.demand, self.layout.symbols, self.style
        named = len(self.picture.townships) > 0
        rows = list(
            zip(
                demand.index,
                demand["name"],
                demand["village_code"],
                demand["weight"],
                demand["covered"].astype(bool),
                gained_villages(demand),
                self.shapes_mm(demand),
                strict=True,
            )
        )
        rows.sort(key=lambda row: (-float(row[3]) if not row[4] else 0.0, str(row[1]), row[6].wkb))
        for key, name, code, weight, covered, new, shape in rows:
            at = self.inside(shape)
            if at is None:
                continue
            word = village_key(style, weight=weight, covered=covered, gained=bool(new))
            kind, step = word.split(".")
            dot = style.gap_villages[int(step)] if kind == "gap" else style.dots[step]
            self.add(dot_item(at, dot, factor, layer="elders"))
            self.drawing.keys.add(word)
            radius = self.stand(at, dot.size_mm * factor)
            layer, label_id = (
                ("divisions", str(code)) if named and not pd.isna(code) else ("elders", str(key))
            )
            self.name(
                layer,
                label_id,
                short_name(name) if isinstance(name, str) and name != code else "",
                style.letters["village"],
                kind="village",
                weight=0.0 if pd.isna(weight) else float(weight),
                at=at,
                radius=radius,
            )

    def facilities(self) -> None:
        """Draw facilities and ask for their names; those on one place stand side by side."""
        frame, style, factor = self.picture.facilities, self.style, self.layout.symbols
        rows = []
        for key, name, kind, counted, shape in zip(
            frame.index,
            frame["name"],
            frame["kind"],
            frame["counted"].astype(bool),
            self.shapes_mm(frame),
            strict=True,
        ):
            at = self.inside(shape)
            if at is not None:
                known = isinstance(kind, str) and kind in style.facilities
                word = f"facility.{kind if known else 'other'}"
                self.drawing.keys.add(word if counted else f"{word}.idle")
                symbol = style.facility(kind, hollow=not counted)
                rows.append((at, str(key), name, symbol))
        # By name and place, not by id: ids may be made anew for the same data.
        rows.sort(key=lambda row: (-row[3].size_mm, str(row[2]), row[0]))
        sizes = [symbol.size_mm * factor for *_, symbol in rows]
        places = side_by_side([at for at, *_ in rows], sizes)
        for at, size, (_, key, name, symbol) in zip(places, sizes, rows, strict=True):
            self.add(symbol_item(at, symbol, factor, layer="care_facilities"))
            self.name(
                "care_facilities",
                key,
                name if isinstance(name, str) else "",
                style.letters["facility"],
                kind="facility",
                weight=symbol.size_mm,
                at=at,
                radius=self.stand(at, size),
            )
