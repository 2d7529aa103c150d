"""Kilometre grid and graticule, and their labels between the two frames."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely

from geo.crs import STORED_CRS, transform_xy
from webmap.printing.items import Item, PathItem, TextItem

if TYPE_CHECKING:
    import pyproj
    from numpy.typing import NDArray

    from webmap.printing.page import Page
    from webmap.printing.recipe import Layout

__all__ = ["Grid", "graticule", "grid_step_m", "kilometre_grid", "nice_step"]

_LEAST_MM = 36.0
"""Least distance of two grid lines on A3."""


@dataclass(frozen=True, kw_only=True)
class Grid:
    """Lines inside the frame, and ticks and labels outside it."""

    lines: tuple[Item, ...]
    labels: tuple[Item, ...]


def nice_step(least: float) -> float:
    """Smallest of 1, 2, 5 times a power of ten that is not below `least`."""
    decade = 10.0 ** math.floor(math.log10(least))
    return next(step * decade for step in (1, 2, 5, 10) if step * decade >= least * (1 - 1e-9))


def grid_step_m(page: Page) -> float:
    """Distance of the kilometre grid's lines on a page, metres."""
    return nice_step(_LEAST_MM * page.unit / page.mm_per_m)


def kilometre_grid(
    page: Page, layout: Layout, *, color: str, ink: str, width: float, sides: str = "nesw"
) -> Grid:
    """Grid of the print plane, labelled in whole or tenth kilometres.

    Parameters
    ----------
    page
        The sheet's affine.
    layout
        Its frames.
    color, ink
        Of the lines, and of ticks and labels.
    width
        Of the lines, mm.
    sides
        Which sides have labels: letters of n, e, s, w.
    """
    west, south, east, north = page.extent
    step = grid_step_m(page)
    frame = page.frame
    lines: list[NDArray[np.float64]] = []
    labels: list[Item] = []
    for number, value in enumerate(_multiples(west, east, step)):
        x = float(page.to_mm(np.array([[value, north]]))[0, 0])
        lines.append(np.array([(x, frame.y), (x, frame.bottom)]))
        text = f"{_kilometres(value)}{' km' if number == 0 else ''}"
        labels += _marks(layout, page, ink, x=x, text=text, sides=sides)
    for value in _multiples(south, north, step):
        y = float(page.to_mm(np.array([[west, value]]))[0, 1])
        lines.append(np.array([(frame.x, y), (frame.right, y)]))
        text = _kilometres(value)
        labels += _marks(layout, page, ink, y=y, text=text, sides=sides)
    drawn = PathItem(lines=tuple(lines), stroke=color, width=width, layer="grid")
    return Grid(lines=(drawn,), labels=tuple(labels))


def graticule(
    page: Page,
    layout: Layout,
    crs: pyproj.CRS,
    *,
    color: str,
    ink: str,
    width: float,
) -> Grid:
    """Meridians and parallels, labelled above and at the right.

    Parameters
    ----------
    page, layout
        The sheet.
    crs
        The print CRS.
    color, ink
        Of the lines, and of the labels.
    width
        Of the lines, mm.
    """
    corners = np.array(shapely.box(*page.extent).exterior.segmentize(page.scale / 50).coords)
    lon, lat = transform_xy(corners[:, 0], corners[:, 1], crs, STORED_CRS)
    metres_per_degree = 111_320.0
    least = _LEAST_MM * page.unit / page.mm_per_m / metres_per_degree * 60
    step = next((m for m in (0.5, 1, 2, 5, 10, 15, 20, 30) if m >= least), 60) / 60
    frame = page.frame
    lines: list[NDArray[np.float64]] = []
    labels: list[Item] = []
    for value in _multiples(float(lon.min()), float(lon.max()), step):
        run = np.linspace(lat.min() - step, lat.max() + step, 60)
        line = _inside(page, crs, np.full(len(run), value), run)
        if line is not None:
            lines.append(line)
            top = line[line[:, 1].argmin()]
            if abs(top[1] - frame.y) < 1e-3:
                text = _degrees(value)
                labels += _marks(layout, page, ink, x=float(top[0]), text=text, sides="n")
    for value in _multiples(float(lat.min()), float(lat.max()), step):
        run = np.linspace(lon.min() - step, lon.max() + step, 60)
        line = _inside(page, crs, run, np.full(len(run), value))
        if line is not None:
            lines.append(line)
            end = line[line[:, 0].argmax()]
            if abs(end[0] - frame.right) < 1e-3:
                text = _degrees(value)
                labels += _marks(layout, page, ink, y=float(end[1]), text=text, sides="e")
    drawn = PathItem(
        lines=tuple(lines), stroke=color, width=width, dash=(1.2, 0.8), layer="graticule"
    )
    return Grid(lines=(drawn,), labels=tuple(labels))


def _multiples(low: float, high: float, step: float) -> list[float]:
    first = math.ceil(low / step - 1e-9)
    return [k * step for k in range(first, math.floor(high / step + 1e-9) + 1)]


def _inside(
    page: Page, crs: pyproj.CRS, lon: NDArray[np.float64], lat: NDArray[np.float64]
) -> NDArray[np.float64] | None:
    x, y = transform_xy(lon, lat, STORED_CRS, crs)
    line = shapely.LineString(page.to_mm(np.column_stack([x, y])))
    part = shapely.clip_by_rect(line, *page.frame.bounds)
    coords = shapely.get_coordinates(part)
    return coords if len(coords) > 1 else None


def _marks(
    layout: Layout,
    page: Page,
    ink: str,
    *,
    text: str,
    sides: str,
    x: float | None = None,
    y: float | None = None,
) -> list[Item]:
    """Ticks across the band and the label in its middle, on the named sides."""
    frame, outer = page.frame, layout.outer
    band = frame.y - outer.y
    size = layout.sizes["tiny"]
    tick = band * 0.14
    out: list[Item] = []
    ticks: list[NDArray[np.float64]] = []
    if x is not None:
        for side, edge, way in (("n", frame.y, -1.0), ("s", frame.bottom, 1.0)):
            if side in sides and frame.x + 3 * size < x < frame.right - 3 * size:
                ticks.append(np.array([(x, edge), (x, edge + way * tick)]))
                middle = edge + way * (band + tick) / 2
                out.append(_label(x, middle + 0.36 * size, text, size, ink))
    if y is not None:
        for side, edge, way in (("w", frame.x, -1.0), ("e", frame.right, 1.0)):
            if side in sides and frame.y + 2 * size < y < frame.bottom - 2 * size:
                ticks.append(np.array([(edge, y), (edge + way * tick, y)]))
                middle = edge + way * (band + tick) / 2
                rows = [row for row in text.replace("°", "°\n").split("\n") if row]
                for number, row in enumerate(rows):
                    down = (number - (len(rows) - 1) / 2) * size * 1.15
                    out.append(_label(middle, y + 0.36 * size + down, row, size, ink))
    if ticks:
        out.append(
            PathItem(lines=tuple(ticks), stroke=ink, width=layout.pens["inner"], layer="grid-ticks")
        )
    return out


def _label(x: float, y: float, text: str, size: float, ink: str) -> TextItem:
    return TextItem(x=x, y=y, text=text, size=size, fill=ink, anchor="middle", layer="grid")


def _kilometres(metres: float) -> str:
    return f"{metres / 1000:.10g}".replace("-", "−")


def _degrees(value: float) -> str:
    halves = round(value * 120)
    degrees, rest = divmod(halves, 120)
    seconds = "30″" if rest % 2 else ""
    return f"{degrees}°{rest // 2:02d}′{seconds}"
