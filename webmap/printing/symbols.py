"""Styles to plain items: lines with their dashes, areas, dots and the symbols of facilities."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely

from webmap.printing.items import PathItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from webmap.printing.recipe import Layout
    from webmap.style import AreaStyle, DotStyle, GapClass, LineStyle, Style, SymbolStyle

__all__ = [
    "area_item",
    "circle_items",
    "dot_item",
    "line_item",
    "lines_of",
    "rings_of",
    "symbol_box",
    "symbol_item",
]

_TURN = np.linspace(0.0, 2.0 * np.pi, 49)
_CIRCLE = np.column_stack([np.cos(_TURN), np.sin(_TURN)])
_OUTLINE = 0.07
"""White rim of a symbol in symbol widths: keeps it readable on roads and on other symbols."""


def lines_of(shapes: Iterable[Any]) -> tuple[NDArray[np.float64], ...]:
    """Coordinates of every line string in the geometries, points and empty parts left out.

    Parameters
    ----------
    shapes
        Geometries in mm; rings of polygons count as lines.
    """
    parts = shapely.get_parts(np.asarray(list(shapes), dtype=object))
    kinds = shapely.get_type_id(parts)
    flat = [*parts[kinds != 7], *shapely.get_parts(parts[kinds == 7])]
    out: list[NDArray[np.float64]] = []
    for part in flat:
        if part.geom_type in {"LineString", "LinearRing"} and not part.is_empty:
            out.append(shapely.get_coordinates(part))
        elif part.geom_type == "Polygon":
            out += rings_of([part])
    return tuple(out)


def rings_of(shapes: Iterable[Any]) -> tuple[NDArray[np.float64], ...]:
    """Coordinates of every ring of the polygons in the geometries.

    Parameters
    ----------
    shapes
        Geometries in mm; what is no polygon is left out.
    """
    parts = shapely.get_parts(np.asarray(list(shapes), dtype=object))
    nested = shapely.get_parts(parts[shapely.get_type_id(parts) == 7])
    out: list[NDArray[np.float64]] = []
    for part in (*parts, *nested):
        if part is not None and part.geom_type == "Polygon" and not part.is_empty:
            out += [shapely.get_coordinates(ring) for ring in (part.exterior, *part.interiors)]
    return tuple(out)


def line_item(
    lines: tuple[NDArray[np.float64], ...], style: LineStyle, factor: float, *, layer: str
) -> PathItem:
    """Lines with one pen.

    Parameters
    ----------
    lines
        Coordinates, mm.
    style
        Colour, width and dashes, mm on A1.
    factor
        This paper's size against A1.
    layer
        Where they come from.
    """
    dotted = 0 in style.dash_mm
    return PathItem(
        lines=lines,
        stroke=style.color,
        width=style.width_mm * factor,
        dash=tuple(length * factor for length in style.dash_mm),
        cap="round" if dotted or not style.dash_mm else "butt",
        layer=layer,
    )


def area_item(rings: tuple[NDArray[np.float64], ...], style: AreaStyle, *, layer: str) -> PathItem:
    """Areas with one fill, holes left open."""
    return PathItem(lines=rings, closed=True, fill=style.color, opacity=style.opacity, layer=layer)


def circle_items(
    rings: tuple[NDArray[np.float64], ...], style: Style, layout: Layout, *, layer: str
) -> tuple[PathItem, PathItem]:
    """Fill and edge of service circles, on the map and in the legend alike."""
    area = replace(style.areas["circle"], opacity=layout.map["circle_opacity"])
    width = layout.symbols * layout.map["circle_edge"]
    edge = replace(line_item(rings, style.lines["circle"], width, layer=layer), closed=True)
    return area_item(rings, area, layer=layer), edge


def dot_item(
    at: tuple[float, float], style: DotStyle | GapClass, factor: float, *, layer: str
) -> PathItem:
    """Draw a round dot about a place, mm."""
    radius = style.size_mm * factor / 2
    return PathItem(
        lines=(np.asarray(at) + _CIRCLE * radius,),
        closed=True,
        fill=style.color,
        stroke=style.outline,
        width=0.14 * factor,
        layer=layer,
    )


def symbol_box(style: SymbolStyle, factor: float) -> tuple[float, float, float, float]:
    """Box of a symbol about its place: left, top, right, bottom, mm; a pin stands on its place."""
    half = style.size_mm * factor / 2
    if not style.ring:
        return -half, -half, half, half
    xs, ys = zip(*style.ring, strict=True)
    return min(xs) * half, min(ys) * half, max(xs) * half, max(ys) * half


def symbol_item(
    at: tuple[float, float], style: SymbolStyle, factor: float, *, layer: str
) -> PathItem:
    """Draw the symbol of a facility about a place, mm; hollow ones are light inside."""
    size = style.size_mm * factor
    ring = np.asarray(style.ring) if style.ring else _CIRCLE
    if not np.array_equal(ring[0], ring[-1]):
        ring = np.vstack([ring, ring[:1]])
    width = _OUTLINE * size
    scale = size / 2 - (width / 2 if style.hollow else 0)
    return PathItem(
        lines=(np.asarray(at) + ring * scale,),
        closed=True,
        fill=style.outline if style.hollow else style.color,
        stroke=style.color if style.hollow else style.outline,
        width=width * (1.6 if style.hollow else 1.0),
        join="miter" if style.ring else "round",
        layer=layer,
    )
