"""Layers of a boundary-line sheet: both sides, the line, its markers and what they are tied to."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from webmap.printing.items import PathItem
from webmap.printing.page import clipped
from webmap.printing.symbols import line_item, lines_of, rings_of, symbol_item

if TYPE_CHECKING:
    from layers.analysis.line_picture import LinePicture
    from webmap.printing.map_pen import MapPen

__all__ = [
    "draw_line",
    "draw_markers",
    "draw_references",
    "draw_sides",
    "reference_words",
    "to_scale",
]

_OWN_TINT, _OTHER_TINT = 0, 2
"""Which of the style's tints the sides have: the store's own county, and the other."""

_SAME_MM = 0.3
"""Boundaries nearer than this to the line are the line."""

_NAME_REACH_MM, _NAME_AWAY_MM = 60.0, 3.0
"""A county's name stands so near to the line, and so far from it, on A3."""

_RAY_MM, _RAY_LEAST_MM, _RAY_SHARE = 7.0, 3.0, 0.3
"""Length of a reference's ray that is not to scale, its least, and its part of the way to the next
marker."""

_DOT_MM, _BEAD_MM = 0.42, 0.5
_TURN = np.linspace(0.0, 2.0 * np.pi, 25)
_CIRCLE = np.column_stack([np.cos(_TURN), np.sin(_TURN)])


def draw_sides(pen: MapPen, picture: LinePicture) -> None:
    """Lay the ground of both counties, and ask for their names near the line.

    Parameters
    ----------
    pen
        Draws the map; without `neighbours` only ground that the store has is drawn.
    picture
        What is drawn.
    """
    frame = pen.page.frame
    whole = shapely.box(*frame.bounds)
    muted = pen.style.areas["neighbour"].color
    pen.drawing.ground.append(
        PathItem(lines=tuple(rings_of([whole])), closed=True, fill=muted, layer="ground")
    )
    line = shapely.union_all(pen.shapes_mm(picture.line))
    grounds = _grounds(pen, picture, whole)
    reach = line.buffer(_NAME_REACH_MM * pen.page.unit)
    away = line.buffer(_NAME_AWAY_MM * pen.page.unit)
    room = shapely.box(*frame.grown(-2.0 * pen.page.unit).bounds)
    tints = [_OWN_TINT if stored else _OTHER_TINT for stored in picture.sides["stored"]]
    tints = [_OWN_TINT, _OTHER_TINT] if len({*tints}) == 1 else tints
    for (code, name), ground, tint in zip(
        picture.sides["name"].items(), grounds, tints, strict=True
    ):
        rings = rings_of([shapely.intersection(ground, whole)])
        if not rings:
            continue
        pen.drawing.ground.append(
            PathItem(
                lines=rings,
                closed=True,
                fill=pen.style.tints[tint],
                opacity=pen.layout.map["tint_opacity"],
                layer="sides",
            )
        )
        beside = shapely.intersection(shapely.intersection(ground, room), reach)
        _name(pen, "county", str(code), str(name), shapely.difference(beside, away))
    if pen.neighbours is not None:
        shapes = pen.shapes_mm(pen.neighbours)
        for code, name, shape in zip(
            pen.neighbours["code"], pen.neighbours["name"], shapes, strict=True
        ):
            if str(code) not in picture.sides.index:
                _name(pen, "neighbour", str(code), str(name), shapely.intersection(shape, room))


def _name(pen: MapPen, kind: str, code: str, name: str, room: Any) -> None:  # noqa: ANN401
    """Ask for a county's name on the largest piece of its room."""
    parts = [part for part in shapely.get_parts(room) if part.area > 0]
    if parts:
        largest = max(parts, key=lambda part: float(part.area))
        layer = "sides" if kind == "county" else "neighbours"
        pen.name(layer, code, name, pen.style.letters[kind], kind=kind, area=largest)


def _grounds(pen: MapPen, picture: LinePicture, whole: shapely.Polygon) -> list[Any]:
    """Give both sides' ground on the page; one that is not known is what lies across the line."""
    shapes = list(pen.shapes_mm(picture.sides))
    stored = picture.sides["stored"].to_numpy()
    if pen.neighbours is None:
        shapes = [
            shape if is_stored else shapely.Point()
            for shape, is_stored in zip(shapes, stored, strict=True)
        ]
    known = [shape for shape in shapes if shapely.get_dimensions(shape) == 2]
    if len(known) == 1:
        across = shapely.difference(whole, known[0])
        shapes = [one if shapely.get_dimensions(one) == 2 else across for one in shapes]
    return shapes


def draw_line(pen: MapPen, picture: LinePicture) -> None:
    """Draw the line on its pale band, stretches not agreed on by their own symbol, others thinner.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    frame, factor, lines = pen.page.frame, pen.layout.symbols, pen.style.lines
    whole = shapely.union_all(pen.shapes_mm(picture.line))
    _faint(pen, picture, whole)
    style = lines["county"]
    agreed = lines_of(clipped(pen.shapes_mm(_frame(picture.determined)), frame))
    if agreed:
        if style.band is not None:
            pen.add(
                PathItem(
                    lines=agreed,
                    stroke=style.band.color,
                    width=2 * style.band.width_mm * factor,
                    layer="line-band",
                )
            )
        pen.add(line_item(agreed, style, factor, layer="boundary_lines"))
        pen.drawing.keys.add("line.county")
    unsettled = lines_of(clipped(pen.shapes_mm(_frame(picture.undetermined)), frame))
    if unsettled:
        pen.add(line_item(unsettled, lines["undetermined"], factor, layer="undetermined"))
        pen.drawing.keys.add("line.undetermined")
    pen.edges.append(shapely.clip_by_rect(whole, *frame.bounds))


def _faint(pen: MapPen, picture: LinePicture, line: Any) -> None:  # noqa: ANN401
    """Draw what is not the subject: towns, the counties around, the other lines."""
    frame, near = pen.page.frame, line.buffer(_SAME_MM)
    ranks: list[tuple[str, Any]] = [("county", pen.shapes_mm(picture.others))]
    if pen.neighbours is not None:
        ranks.append(("neighbour", shapely.boundary(pen.shapes_mm(pen.neighbours))))
    ranks.append(("township", shapely.boundary(pen.towns)))
    drawn = []
    for name, shapes in ranks:
        edges = shapely.clip_by_rect(shapely.union_all(shapes), *frame.bounds)
        edges = shapely.difference(edges, near)
        found = lines_of([shapely.line_merge(edges)])
        if found:
            drawn.append(line_item(found, pen.style.lines[name], pen.layout.symbols, layer=name))
            pen.drawing.keys.add(f"line.{name}")
            pen.edges.append(edges)
            near = shapely.union_all([near, edges.buffer(_SAME_MM)])
    pen.add(*reversed(drawn))


def draw_markers(pen: MapPen, picture: LinePicture) -> None:
    """Draw the markers and ask for their numbers.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    layout, style = pen.layout, pen.style
    places = _places(pen, picture)
    rows = picture.markers[picture.markers.index.astype(str).isin(list(places))]
    for key, number, kind, worn in zip(
        rows.index.astype(str), rows["number"], rows["kind"], rows["worn"], strict=True
    ):
        symbol = style.marker(kind, worn=bool(worn))
        pen.add(symbol_item(places[key], symbol, layout.symbols, layer="boundary_markers"))
        known = isinstance(kind, str) and kind in style.markers
        pen.drawing.keys.add(f"marker.{kind}" if known else "marker.other")
        if worn:
            pen.drawing.keys.add("marker.worn")
        pen.name(
            "boundary_markers",
            key,
            str(number),
            style.letters["marker"],
            kind="marker",
            weight=symbol.size_mm,
            at=places[key],
            radius=pen.stand(places[key], symbol.size_mm * layout.symbols),
        )


def draw_references(pen: MapPen, picture: LinePicture) -> None:
    """Draw from each marker a ray to each reference at its grid azimuth, and ask for the figures.

    The page has grid north at its top, so a ray's direction is the azimuth itself. Its length is
    the distance where `to_scale`, else a sign.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    unit, places = pen.page.unit, _places(pen, picture)
    scaled = to_scale(picture, pen.page.mm_per_m)
    style = "reference_scaled" if scaled else "reference"
    line = pen.style.lines[style]
    columns = ("marker", "place", "grid_azimuth_deg", "distance_m")
    for marker, number, azimuth, distance in zip(
        *(picture.references[name] for name in columns), strict=True
    ):
        at = places.get(str(marker))
        if at is None or math.isnan(azimuth):
            continue
        if scaled:
            length = float(distance) * pen.page.mm_per_m
        else:
            others = [math.dist(at, other) for other in places.values() if other != at]
            near = _RAY_SHARE * min(others, default=math.inf)
            length = max(min(_RAY_MM * unit, near), _RAY_LEAST_MM * unit)
        turn = math.radians(azimuth)
        way = np.array([math.sin(turn), -math.cos(turn)])
        tip = np.array(at) + length * way
        if pen.inside(shapely.Point(tip)) is None:
            continue
        pen.add(line_item((np.array([at, tip]),), line, pen.layout.symbols, layer="references"))
        ring = tip + _DOT_MM * unit * _CIRCLE
        pen.add(PathItem(lines=(ring,), closed=True, fill=line.color, layer="references"))
        pen.drawing.keys.add(f"line.{style}")
        for step in np.arange(_BEAD_MM * unit, length, _BEAD_MM * unit):
            x, y = np.array(at) + step * way
            pen.stand((float(x), float(y)), 0.3 * unit)
        end = (float(tip[0]), float(tip[1]))
        pen.name(
            "references",
            f"{marker}/{number}",
            f"{number}. {reference_words(azimuth, distance)}",
            pen.style.letters["reference"],
            kind="reference",
            at=end,
            radius=pen.stand(end, 2 * _DOT_MM * unit),
        )


def _places(pen: MapPen, picture: LinePicture) -> dict[str, tuple[float, float]]:
    """Page places of the markers inside the frame, by id."""
    keys = picture.markers.index.astype(str)
    shapes = pen.shapes_mm(picture.markers[["geometry"]])
    found = {key: pen.inside(shape) for key, shape in zip(keys, shapes, strict=True)}
    return {key: at for key, at in found.items() if at is not None}


def to_scale(picture: LinePicture, mm_per_m: float) -> bool:
    """Tell whether the distances of references can be drawn at the scale of the map.

    Parameters
    ----------
    picture
        What is drawn.
    mm_per_m
        Of the page.
    """
    distances = picture.references["distance_m"].to_numpy(dtype=float)
    return bool(len(distances) and (distances * mm_per_m >= _RAY_LEAST_MM).all())


def reference_words(azimuth_deg: float, distance_m: float) -> str:
    """Azimuth and distance as they are recorded: 28.9° 42米.

    Parameters
    ----------
    azimuth_deg, distance_m
        Of one reference; NaN where not recorded.
    """
    azimuth = "" if math.isnan(azimuth_deg) else f"{azimuth_deg:.6g}°"
    distance = "" if math.isnan(distance_m) else f"{distance_m:.6g}米"
    return " ".join(word for word in (azimuth, distance) if word)


def _frame(series: Any) -> Any:  # noqa: ANN401
    return series.to_frame("geometry").set_geometry("geometry")
