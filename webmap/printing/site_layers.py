"""Layers of a siting sheet: how far a site reaches in each mode, and the sites themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import shapely

from layers.privacy import SMALLEST_SHOWN
from webmap.printing.items import Box
from webmap.printing.page import clipped
from webmap.printing.symbols import area_item, rings_of, symbol_box, symbol_item
from webmap.printing.typeset import counted

if TYPE_CHECKING:
    from layers.analysis.siting_picture import SitingPicture
    from webmap.printing.map_pen import MapPen

__all__ = ["draw_reach", "draw_sites"]

_SIMPLE_MM = 0.02
_DRAWN_LAST = ("chosen", "registered", "alternative")
"""The recommended site lies on top."""


def draw_reach(pen: MapPen, picture: SitingPicture) -> None:
    """Draw the circles of the site, the widest mode first.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn.
    """
    shapes = pen.shapes_mm(picture.reach)
    for number, mode in enumerate(picture.reach["mode"]):
        # What a nearer circle covers is left out, so that each class has one colour.
        nearer = shapely.union_all(shapes[number + 1 :])
        ring = clipped(np.array([shapely.difference(shapes[number], nearer)]), pen.page.frame)
        rings = rings_of(shapely.simplify(ring, _SIMPLE_MM))
        if rings:
            pen.add(area_item(rings, pen.style.reach[mode], layer="reach"))
            pen.drawing.keys.add(f"reach.{mode}")


def draw_sites(pen: MapPen, picture: SitingPicture) -> None:
    """Draw the sites and ask for their names; the tip of a pin is the place.

    Parameters
    ----------
    pen
        Draws the map.
    picture
        The answer that is drawn.
    """
    rows = [
        (role, str(key), _with_gain(role, name, gained), at)
        for role, key, name, gained, shape in zip(
            picture.sites["role"],
            picture.sites.index,
            picture.sites["name"],
            picture.sites["gained"],
            pen.shapes_mm(picture.sites),
            strict=True,
        )
        if (at := pen.inside(shape)) is not None
    ]
    rows.sort(key=lambda row: (-_DRAWN_LAST.index(row[0]), row[1]))
    for role, key, name, (x, y) in rows:
        symbol = pen.style.sites[role]
        pen.add(symbol_item((x, y), symbol, pen.layout.symbols, layer="sites"))
        pen.drawing.keys.add(f"site.{role}")
        west, north, east, south = symbol_box(symbol, pen.layout.symbols)
        pen.symbols.append(Box(x + west, y + north, east - west, south - north))
        pen.name(
            "care_facilities" if role == "registered" else "siting_scenarios",
            key,
            name,
            pen.style.letters["site"],
            kind="site",
            weight=symbol.size_mm,
            at=(x + (west + east) / 2, y + (north + south) / 2),
            radius=max(east - west, south - north) / 2,
        )


def _with_gain(role: str, name: str, gained: float) -> str:
    """Say beside a site that is compared how many people it gains."""
    shown = gained >= SMALLEST_SHOWN and role != "registered"
    return f"{name} +{counted(gained)}人" if shown else name
