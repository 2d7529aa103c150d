"""Layers of a service picture: circles, villages by what they lack, shares left uncovered."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

from webmap.cells import shown_gaps
from webmap.printing.items import PathItem
from webmap.printing.page import clipped
from webmap.printing.symbols import circle_items, dot_item, rings_of
from webmap.printing.typeset import short_name
from webmap.style import gained_villages, gap_class, village_key

if TYPE_CHECKING:
    from layers.analysis.picture import ServicePicture
    from webmap.printing.map_pen import MapPen

__all__ = ["draw_circles", "draw_shares", "draw_village_gaps", "draw_villages"]

_SIMPLE_MM = 0.02


def draw_circles(pen: MapPen, picture: ServicePicture) -> None:
    """Draw the land within reach of a facility.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn.
    """
    shapes = clipped(pen.shapes_mm(picture.circles), pen.page.frame)
    rings = rings_of(shapely.simplify(shapes, _SIMPLE_MM))
    if rings:
        pen.add(*circle_items(rings, pen.style, pen.layout, layer="circles"))
        pen.drawing.keys.add("area.circle")


def draw_villages(pen: MapPen, picture: ServicePicture) -> None:
    """Draw villages, the heaviest gaps first so that small ones stay in sight.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn.
    """
    demand, factor, style = picture.demand, pen.layout.symbols, pen.style
    named = len(picture.townships) > 0
    rows = list(
        zip(
            demand.index,
            demand["name"],
            demand["village_code"],
            demand["weight"],
            demand["covered"].astype(bool),
            gained_villages(demand),
            pen.shapes_mm(demand),
            strict=True,
        )
    )
    rows.sort(key=lambda row: (-float(row[3]) if not row[4] else 0.0, str(row[1]), row[6].wkb))
    for key, name, code, weight, covered, new, shape in rows:
        at = pen.inside(shape)
        if at is None:
            continue
        word = village_key(style, weight=weight, covered=covered, gained=bool(new))
        kind, step = word.split(".")
        dot = style.gap_villages[int(step)] if kind == "gap" else style.dots[step]
        pen.add(dot_item(at, dot, factor, layer="elders"))
        pen.drawing.keys.add(word)
        radius = pen.stand(at, dot.size_mm * factor)
        layer, label_id = (
            ("divisions", str(code)) if named and not pd.isna(code) else ("elders", str(key))
        )
        pen.name(
            layer,
            label_id,
            short_name(name) if isinstance(name, str) and name != code else "",
            style.letters["village"],
            kind="village",
            weight=0.0 if pd.isna(weight) else float(weight),
            at=at,
            radius=radius,
        )


def draw_village_gaps(pen: MapPen, picture: ServicePicture) -> None:
    """Draw villages only where the question ranks them; a sheet of townships has none.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn.
    """
    if picture.question.by == "village":
        draw_villages(pen, picture)


def draw_shares(pen: MapPen, picture: ServicePicture) -> None:
    """Fill each township by the share of its people that nothing covers.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn; where it ranks villages nothing is filled, for they are points.
    """
    if picture.question.by != "township":
        return
    rows = shown_gaps(picture.gaps)
    share = dict(zip(rows["code"], rows["share"].astype(float), strict=True))
    classes = pen.style.gap_shares
    for code, shape in zip(
        picture.townships["code"], clipped(pen.towns, pen.page.frame), strict=True
    ):
        # Rounded, so that 0.8 left uncovered is not 0.7999.
        step = gap_class(classes, round(1.0 - float(share.get(code, np.nan)), 9))
        rings = rings_of(np.array([shape]))
        if not rings:
            continue
        if step is None:
            fill, key = pen.style.areas["no_data"].color, "area.no_data"
        else:
            fill, key = classes[step].color, f"share.{step}"
        pen.drawing.ground.append(PathItem(lines=rings, closed=True, fill=fill, layer="shares"))
        pen.drawing.keys.add(key)
