"""The legend: what occurs on the map, drawn as it is drawn there."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

import numpy as np

from webmap.printing.symbols import (
    area_item,
    circle_items,
    dot_item,
    line_item,
    symbol_box,
    symbol_item,
)
from webmap.style import (
    AreaStyle,
    DotStyle,
    GapClass,
    LegendRow,
    LineStyle,
    RoadStyle,
    SymbolStyle,
    legend_rows,
)

if TYPE_CHECKING:
    from webmap.printing.panel_pen import PanelPen

__all__ = ["draw_legend"]


def draw_legend(pen: PanelPen, _picture: Any) -> None:  # noqa: ANN401  (any picture will do)
    """Draw two columns of groups; a group goes to the shorter column.

    Parameters
    ----------
    pen
        Stands where the block begins; its `keys` say what occurs.
    """
    rows = legend_rows(pen.style, pen.keys)
    if not rows:
        return
    pen.y += pen.mm(2.0)
    pen.heading("图例")
    top = pen.y + pen.mm(1.2)
    pitch, head = pen.mm(4.9), pen.mm(5.0)
    ends = [top, top]
    column = (pen.right - pen.left + pen.mm(3)) / 2
    for name, group in groupby(rows, key=lambda row: row.heading):
        several = list(group)
        side = 0 if ends[0] <= ends[1] else 1
        x = pen.left + side * column
        y = ends[side] + pen.mm(3.4)
        pen.text(x, y, name, "tiny", fill=pen.layout.colors["muted"])
        for number, row in enumerate(several):
            _swatch(pen, row, x, y + pen.mm(4.9) + number * pitch)
        ends[side] = y + head + len(several) * pitch - pen.mm(2.0)
    pen.y = max(ends) + pen.mm(3.6)


def _swatch(pen: PanelPen, row: LegendRow, x: float, baseline: float) -> None:
    size = pen.layout.sizes["body"]
    middle, width = baseline - 0.37 * size, pen.mm(8.6)
    at, factor = (x + width / 2, middle), pen.layout.symbols
    drawn = row.style
    if isinstance(drawn, SymbolStyle):
        west, north, east, south = symbol_box(drawn, factor)
        at = (at[0] - (west + east) / 2, at[1] - (north + south) / 2)
        pen.items.append(symbol_item(at, drawn, factor, layer="legend"))
    elif isinstance(drawn, DotStyle | GapClass) and drawn.size_mm:
        pen.items.append(dot_item(at, drawn, factor, layer="legend"))
    elif isinstance(drawn, AreaStyle | GapClass):
        _area(pen, drawn, x, middle, width)
    elif isinstance(drawn, LineStyle):
        line = np.array([(x, middle), (x + width, middle)])
        if drawn.band is not None:
            band = replace(drawn, color=drawn.band.color, width_mm=drawn.band.width_mm)
            below = line + np.array([0.0, drawn.band.width_mm * factor / 2])
            pen.items.append(
                replace(line_item((below,), band, factor, layer="legend"), dash=(), cap="butt")
            )
        wider = pen.road_factor if isinstance(drawn, RoadStyle) else 1.0
        pen.items.append(line_item((line,), drawn, factor * wider, layer="legend"))
    pen.text(x + width + pen.mm(1.8), baseline, row.title, "body")


def _area(
    pen: PanelPen, drawn: AreaStyle | GapClass, x: float, middle: float, width: float
) -> None:
    half = pen.mm(1.5)
    corners = [(x, middle - half), (x + width, middle - half)]
    corners += [(x + width, middle + half), (x, middle + half), (x, middle - half)]
    ring = np.array(corners)
    if drawn is pen.style.areas["circle"]:
        pen.items += circle_items((ring,), pen.style, pen.layout, layer="legend")
        return
    if isinstance(drawn, GapClass):
        drawn = AreaStyle(title=drawn.title, color=drawn.color)
    pen.items.append(area_item((ring,), drawn, layer="legend"))
