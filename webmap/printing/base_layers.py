"""Layers that every kind of map shares: the ground, roads, boundaries, facilities."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from webmap.printing.displace import side_by_side
from webmap.printing.items import PathItem
from webmap.printing.page import clipped
from webmap.printing.symbols import line_item, lines_of, rings_of, symbol_item
from webmap.tints import tints

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from layers.analysis.picture import MapPicture
    from webmap.printing.map_pen import MapPen

__all__ = ["draw_borders", "draw_facilities", "draw_ground", "draw_roads"]

_SIMPLE_MM = 0.02
"""Roads are thinned to this: a fifth of the finest pen."""

_SAME_MM = 0.05
"""Boundaries nearer than this are one, and the higher is drawn."""

_NAMED_ROADS = 3
"""Names better not cross the roads of the first groups."""


def draw_ground(pen: MapPen, picture: MapPicture) -> None:
    """Lay the land of the sheet on the grey of its surroundings; ask for the neighbours' names.

    Parameters
    ----------
    pen
        Draws the map; where it has an `own` area, all else is muted.
    picture
        What is drawn.
    """
    frame, colors, ground = pen.page.frame, pen.layout.colors, pen.drawing.ground
    whole = np.array(shapely.box(*frame.bounds).exterior.coords)
    land = pen.own if len(pen.own) else pen.county if len(pen.county) else pen.towns
    around = pen.style.areas["neighbour"].color if len(land) else colors["ground"]
    ground.append(PathItem(lines=(whole,), closed=True, fill=around, layer="ground"))
    if len(land):
        rings = rings_of(clipped(land, frame))
        ground.append(PathItem(lines=rings, closed=True, fill=colors["ground"], layer="county"))
    opacity = pen.layout.map["tint_opacity"]
    if len(pen.towns) and opacity:
        shares = tints(picture.townships, colours=len(pen.style.tints))
        for shape, tint, is_own in zip(
            clipped(pen.towns, frame), shares, pen.own_towns, strict=True
        ):
            if is_own:
                ground.append(
                    PathItem(
                        lines=rings_of([shape]),
                        closed=True,
                        fill=pen.style.tints[int(tint)],
                        opacity=opacity,
                        layer="townships",
                    )
                )
    _neighbour_names(pen, picture)


def _neighbour_names(pen: MapPen, picture: MapPicture) -> None:
    """Ask for the names of counties around, and on a township's sheet of the towns around it."""
    band = pen.style.lines["county"].band
    away = (band.width_mm if band else 0) * pen.layout.symbols + 0.5
    own = shapely.union_all(pen.county).buffer(away)
    if pen.neighbours is not None:
        for code, name, shape in zip(
            pen.neighbours["code"],
            pen.neighbours["name"],
            pen.shapes_mm(pen.neighbours),
            strict=True,
        ):
            _muted(pen, "neighbours", str(code), name, shapely.difference(shape, own))
    towns = picture.townships
    for key, name, shape, is_own in zip(
        towns.index, towns["name"], pen.towns, pen.own_towns, strict=True
    ):
        if not is_own:
            _muted(pen, "divisions", str(key), name, shape)


def _muted(pen: MapPen, layer: str, key: str, name: str, shape: Any) -> None:  # noqa: ANN401
    room = pen.page.frame.grown(-1.5 * pen.page.unit)
    free = clipped(np.array([shape]), room)[0]
    parts = [part for part in shapely.get_parts(free) if part.area > 0]
    if parts:
        letter = pen.style.letters["neighbour"]
        largest = max(parts, key=lambda part: float(part.area))
        # A sliver at the frame is no reason to write over the county's own boundary.
        if pen.fits(name, letter, largest, kind="neighbour"):
            pen.name(layer, key, name, letter, kind="neighbour", area=largest)


def draw_roads(pen: MapPen, picture: MapPicture) -> None:
    """Draw the roads, smallest first.

    Parameters
    ----------
    pen
        Draws the map; its recipe may ask for the first `road_groups` of the style only.
    picture
        What is drawn.
    """
    shapes = pen.shapes_mm(picture.roads)
    if not len(shapes):
        return
    group = np.array([pen.style.road(name) for name in picture.roads["highway"]])
    bounds, frame = shapely.bounds(shapes), pen.page.frame
    seen = (
        (bounds[:, 0] < frame.right)
        & (bounds[:, 2] > frame.x)
        & (bounds[:, 1] < frame.bottom)
        & (bounds[:, 3] > frame.y)
    )
    groups = int(pen.layout.map.get("road_groups", len(pen.style.roads)))
    for number in reversed(range(groups)):
        chosen = shapes[seen & (group == number)]
        if not len(chosen):
            continue
        merged = shapely.line_merge(shapely.multilinestrings(shapely.get_parts(chosen)))
        parts = shapely.get_parts(shapely.clip_by_rect(merged, *frame.bounds))
        parts = shapely.simplify(parts, _SIMPLE_MM, preserve_topology=False)
        lines = lines_of(parts)
        if lines:
            factor = pen.layout.symbols * pen.page.road_factor
            pen.add(line_item(lines, pen.style.roads[number], factor, layer="roads"))
            pen.drawing.keys.add(f"road.{number}")
            if number < _NAMED_ROADS:
                pen.ways += list(parts)
    if pen.layout.map.get("road_names") and "name" in picture.roads:
        _road_names(pen, picture.roads, shapes, seen & (group < _NAMED_ROADS))


def _road_names(
    pen: MapPen, roads: gpd.GeoDataFrame, shapes: NDArray[Any], chosen: NDArray[np.bool_]
) -> None:
    """Ask for each road's name once, beside its longest piece that is as long as the name."""
    letter, frame = pen.style.letters["road"], pen.page.frame
    named = roads["name"][chosen].dropna().astype(str)
    places = np.flatnonzero(chosen & roads["name"].notna().to_numpy())
    for name in sorted(named.unique()):
        rows = np.flatnonzero(named == name)
        merged = shapely.line_merge(
            shapely.multilinestrings(shapely.get_parts(shapes[places[rows]]))
        )
        parts = shapely.get_parts(shapely.clip_by_rect(merged, *frame.bounds))
        longest = max(parts, key=lambda part: float(part.length), default=None)
        wide = pen.fonts.width(name, size=pen.layout.letter(letter.size_mm), role=letter.family)
        if longest is not None and longest.length >= wide:
            pen.name("roads", str(min(named.index[rows])), name, letter, kind="road", line=longest)


def draw_borders(pen: MapPen, picture: MapPicture) -> None:
    """Draw each boundary once, the higher rank winning, and ask for the towns' names.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    frame, factor, lines = pen.page.frame, pen.layout.symbols, pen.style.lines
    county = shapely.union_all(pen.county)
    higher: Any = shapely.MultiLineString() if county.is_empty else county.boundary
    ranks = [("township", pen.towns), ("village", pen.village_areas)]
    if pen.neighbours is not None:
        ranks.insert(0, ("neighbour", pen.shapes_mm(pen.neighbours)))
    drawn_later = []
    for name, shapes in ranks:
        edges: Any = shapely.clip_by_rect(
            shapely.union_all(shapely.boundary(shapes)), *frame.bounds
        )
        if not higher.is_empty:
            edges = shapely.difference(edges, higher.buffer(_SAME_MM))
        edges = shapely.line_merge(edges)
        found = lines_of([edges])
        if found:
            drawn_later.append(line_item(found, lines[name], factor, layer=name))
            pen.drawing.keys.add(f"line.{name}")
            pen.edges.append(edges)
            higher = shapely.union_all([higher, edges])
    pen.add(*reversed(drawn_later))
    if not county.is_empty:
        band = lines["county"].band
        if band is not None:
            outside = shapely.difference(county.buffer(band.width_mm * factor), county)
            rings = rings_of(clipped(np.array([outside]), frame))
            pen.add(PathItem(lines=rings, closed=True, fill=band.color, layer="county"))
        edge = shapely.clip_by_rect(county.boundary, *frame.bounds)
        open_parts = shapely.union_all(pen.undetermined)
        # An undetermined stretch is never drawn solid, so the line beneath it is left out.
        for name, part in (
            ("county", shapely.difference(edge, open_parts.buffer(_SAME_MM))),
            ("undetermined", clipped(np.array([open_parts]), frame)[0]),
        ):
            found = lines_of([shapely.line_merge(part)])
            if found:
                pen.add(line_item(found, lines[name], factor, layer=name))
                pen.drawing.keys.add(f"line.{name}")
        pen.edges.append(edge)
    towns = picture.townships
    for name, key, shape, is_own in zip(
        towns["name"], towns.index, clipped(pen.towns, frame), pen.own_towns, strict=True
    ):
        parts = [part for part in shapely.get_parts(shape) if part.area > 0]
        if parts and is_own:
            pen.name(
                "divisions",
                str(key),
                name,
                pen.style.letters["township"],
                kind="township",
                area=max(parts, key=lambda part: float(part.area)),
            )


def draw_facilities(pen: MapPen, picture: MapPicture) -> None:
    """Draw facilities and ask for their names; those on one place stand side by side.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    frame, style, factor = picture.facilities, pen.style, pen.layout.symbols
    rows = []
    for key, name, kind, counted, shape in zip(
        frame.index,
        frame["name"],
        frame["kind"],
        frame["counted"].astype(bool),
        pen.shapes_mm(frame),
        strict=True,
    ):
        at = pen.inside(shape)
        if at is not None:
            known = isinstance(kind, str) and kind in style.facilities
            word = f"facility.{kind if known else 'other'}"
            pen.drawing.keys.add(word if counted else f"{word}.idle")
            symbol = style.facility(kind, hollow=not counted)
            rows.append((at, str(key), name, symbol))
    # By name and place, not by id: ids may be made anew for the same data.
    rows.sort(key=lambda row: (-row[3].size_mm, str(row[2]), row[0]))
    sizes = [symbol.size_mm * factor for *_, symbol in rows]
    places = side_by_side([at for at, *_ in rows], sizes)
    for at, size, (_, key, name, symbol) in zip(places, sizes, rows, strict=True):
        pen.add(symbol_item(at, symbol, factor, layer="care_facilities"))
        pen.name(
            "care_facilities",
            key,
            name if isinstance(name, str) else "",
            style.letters["facility"],
            kind="facility",
            weight=symbol.size_mm,
            at=at,
            radius=pen.stand(at, size),
        )
