"""The arrow: true north, grid north and the convergence between them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from webmap.printing.items import Item, PathItem, TextItem

if TYPE_CHECKING:
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["convergence_text", "norths"]

_SHOWN_DEG = 9.0
"""The drawn angle: a convergence of half a degree could not be seen."""


def convergence_text(convergence_deg: float) -> str:
    """Convergence in degrees and minutes with its sign: east of true north is positive."""
    minutes = round(abs(convergence_deg) * 600) / 10
    degrees, rest = divmod(minutes, 60)
    sign = "−" if convergence_deg < 0 and minutes else ""
    return f"{sign}{degrees:.0f}°{rest:04.1f}′"


def norths(
    layout: Layout, style: Style, *, x: float, y: float, height: float, convergence_deg: float
) -> list[Item]:
    """Two arrows from one foot: grid north upright, true north on its true side.

    Parameters
    ----------
    layout, style
        Sizes and colours.
    x, y
        The foot, mm.
    height
        Of the arrows, mm.
    convergence_deg
        Grid north against true north, positive east; only its sign changes the drawing.
    """
    size = layout.sizes["tiny"]
    # Grid north east of true north: true north is drawn on its left.
    lean = -math.copysign(math.radians(_SHOWN_DEG), convergence_deg) if convergence_deg else 0.0
    tip = np.array([x + height * math.sin(lean), y - height * math.cos(lean)])
    grid_tip = np.array([x, y - height])
    foot = np.array([x, y])
    pen = layout.pens["rule"]
    star = _star(tip, 1.5 * layout.unit)
    out: list[Item] = [
        PathItem(
            lines=(np.array([foot, grid_tip]), np.array([foot, tip])),
            stroke=style.ink,
            width=pen,
            layer="norths",
        ),
        PathItem(lines=(star,), closed=True, fill=style.ink, layer="norths"),
        PathItem(
            lines=(_head(grid_tip, 1.0 * layout.unit),),
            closed=True,
            fill=style.ink,
            layer="norths",
        ),
    ]
    right = lean >= 0
    gap = 1.1 * layout.unit
    for text, at, anchor in (
        ("真北", tip, "start" if right else "end"),
        ("坐标北", grid_tip, "end" if right else "start"),
    ):
        shift = (gap + 0.9 * layout.unit) * (1 if anchor == "start" else -1)
        out.append(
            TextItem(
                x=float(at[0]) + shift,
                y=float(at[1]) + 0.5 * size,
                text=text,
                size=size,
                fill=style.ink,
                anchor=anchor,
                layer="norths",
            )
        )
    return out


def _star(at: NDArray[np.float64], radius: float) -> NDArray[np.float64]:
    turn = np.radians(np.arange(0, 361, 36))
    reach = np.where(np.arange(11) % 2 == 0, radius, radius * 0.42)
    star: NDArray[np.float64] = at + np.column_stack([np.sin(turn), -np.cos(turn)]) * reach[:, None]
    return star


def _head(tip: NDArray[np.float64], half: float) -> NDArray[np.float64]:
    shape = [(0, -1.2), (0.75, 1.6), (0, 1.0), (-0.75, 1.6)]
    head: NDArray[np.float64] = tip + np.array(shape) * half
    return head
