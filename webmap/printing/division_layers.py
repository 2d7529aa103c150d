"""Layer of a division picture: villages and communities with their names."""

from __future__ import annotations

from typing import TYPE_CHECKING

import shapely

from webmap.printing.page import clipped
from webmap.printing.symbols import dot_item
from webmap.printing.typeset import short_name

if TYPE_CHECKING:
    from layers.analysis.division_picture import DivisionPicture
    from webmap.printing.map_pen import MapPen

__all__ = ["draw_units"]


def draw_units(pen: MapPen, picture: DivisionPicture) -> None:
    """Draw village-level units and ask for their names, and for that of the county.

    A legal unit without a place has no room on the map either: it is asked for, so that it is
    among the names that found no place.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        What is drawn.
    """
    style, factor = pen.style, pen.layout.symbols
    villages = picture.villages
    for key, name, kind, shape in zip(
        villages.index, villages["name"], villages["kind"], pen.shapes_mm(villages), strict=True
    ):
        word = "community" if kind == "community" else "village"
        letter = style.letters["village"]
        short = short_name(name)
        if shape.is_empty:
            pen.name("divisions", str(key), short, letter, kind="village")
        elif shape.geom_type == "Point":
            at = pen.inside(shape)
            if at is None:
                continue
            dot = style.dots[word]
            pen.add(dot_item(at, dot, factor, layer="divisions"))
            pen.drawing.keys.add(f"dot.{word}")
            radius = pen.stand(at, dot.size_mm * factor)
            pen.name("divisions", str(key), short, letter, kind="village", at=at, radius=radius)
        else:
            inside = clipped(shape, pen.page.frame)
            parts = [part for part in shapely.get_parts(inside) if part.area > 0]
            if parts:
                area = max(parts, key=lambda part: float(part.area))
                pen.name("divisions", str(key), short, letter, kind="village", area=area)
    if not len(picture.within):
        county = picture.county
        for key, name, shape in zip(county.index, county["name"], pen.county, strict=True):
            parts = [part for part in shapely.get_parts(shape) if part.area > 0]
            if parts:
                area = max(parts, key=lambda part: float(part.area))
                letter = style.letters["county"]
                pen.name("divisions", str(key), name, letter, kind="county", area=area)
