"""The panel beside the map: the blocks that its recipe names, from the top down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.analysis.division_picture import DivisionPicture
from layers.analysis.line_picture import LinePicture
from layers.analysis.picture import MapPicture, ServicePicture
from layers.analysis.siting_picture import SitingPicture
from webmap.printing.division_blocks import division_figures, division_table, facility_table
from webmap.printing.errors import SheetError
from webmap.printing.items import Item
from webmap.printing.legend import draw_legend
from webmap.printing.line_blocks import azimuths, line_course, line_facts
from webmap.printing.norths import convergence_text, norths
from webmap.printing.panel_pen import PanelPen
from webmap.printing.service_blocks import service_figures, service_gaps
from webmap.printing.site_blocks import site_figures, site_modes, site_options
from webmap.printing.typeset import broken

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from webmap.printing.fonts import FontBook
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["PANEL_BLOCKS", "panel"]

_SOURCE_LINES = 8


def panel(
    picture: MapPicture,
    layout: Layout,
    style: Style,
    fonts: FontBook,
    *,
    keys: Iterable[str],
    convergence_deg: float,
    road_factor: float = 1.0,
) -> list[Item]:
    """Draw the whole panel, the recipe's blocks in turn; norths and sources stand on its foot.

    Parameters
    ----------
    picture
        The answer that is drawn.
    layout, style, fonts
        Sizes, colours, advances.
    keys
        Legend keys of what occurs on the map.
    convergence_deg
        At the middle of the sheet.
    road_factor
        By which the map's roads are wider than their style.

    Raises
    ------
    SheetError
        ``recipe`` if a block is not known, or shows what the picture does not have.
    """
    pen = PanelPen(layout, style, fonts, road_factor)
    pen.keys, pen.convergence_deg = frozenset(keys), convergence_deg
    for block in layout.blocks:
        needed, draw = PANEL_BLOCKS.get(block, (None, None))
        if draw is None or not isinstance(picture, needed or MapPicture):
            fit = [name for name, (kind, _) in PANEL_BLOCKS.items() if isinstance(picture, kind)]
            raise SheetError(
                f"图幅配置的 blocks 中“{block}”画不了，可用：{'、'.join(fit)}。",
                code="recipe",
                where=block,
            )
        draw(pen, picture)
    return pen.items


def _foot(pen: PanelPen, picture: MapPicture) -> None:
    """Norths and sources, upwards from the foot of the panel."""
    muted, size = pen.layout.colors["muted"], pen.layout.sizes["tiny"]
    convergence = pen.convergence_deg
    lines = _sources(pen, picture.provenance.attributions, size)
    y = pen.bottom - 0.12 * size - (len(lines) - 1) * 1.5 * size
    for number, line in enumerate(lines):
        pen.text(pen.left, y + number * 1.5 * size, line, "tiny", fill=muted)
    y -= pen.mm(4.2)
    pen.rule(y)
    foot = y - pen.mm(2.6)
    height = pen.mm(15)
    pen.items += norths(
        pen.layout,
        pen.style,
        x=pen.left + pen.mm(11),
        y=foot,
        height=height,
        convergence_deg=convergence,
    )
    side = "东" if convergence > 0 else "西"
    words = (
        f"子午线收敛角 {convergence_text(convergence)}",
        f"坐标北偏于真北以{side}（图幅中心）" if convergence else "坐标北与真北一致",
        "箭头夹角为示意，不按实际大小",
    )
    for number, line in enumerate(words):
        pen.text(
            pen.left + pen.mm(28),
            foot - height + pen.mm(4.4) + number * pen.mm(4.2),
            line,
            "small",
            fill=pen.style.ink if number == 0 else muted,
        )
    pen.bottom = foot - height - pen.mm(4.5)


def _sources(pen: PanelPen, attributions: tuple[str, ...], size: float) -> tuple[str, ...]:
    """Lines of the sources, licences first; where there are too many, the rest is counted."""
    ordered = sorted(attributions, key=lambda text: not text.startswith("©"))
    width = pen.right - pen.left
    for kept in range(len(ordered), 0, -1):
        rest = "" if kept == len(ordered) else f" 等 {len(ordered)} 个来源"
        text = "资料来源：" + "；".join(ordered[:kept]) + rest
        lines = broken(text, width, size=size, role="hei", fonts=pen.fonts)
        if len(lines) <= _SOURCE_LINES:
            return lines
    return broken("资料来源：未载明", width, size=size, role="hei", fonts=pen.fonts)


PANEL_BLOCKS: dict[str, tuple[type[MapPicture], Callable[[PanelPen, Any], None]]] = {
    "legend": (MapPicture, draw_legend),
    "foot": (MapPicture, _foot),
    "divisions": (DivisionPicture, division_figures),
    "division_table": (DivisionPicture, division_table),
    "facility_table": (DivisionPicture, facility_table),
    "figures": (ServicePicture, service_figures),
    "gaps": (ServicePicture, service_gaps),
    "site_figures": (SitingPicture, site_figures),
    "site_modes": (SitingPicture, site_modes),
    "site_options": (SitingPicture, site_options),
    "line_facts": (LinePicture, line_facts),
    "line_course": (LinePicture, line_course),
    "azimuths": (LinePicture, azimuths),
}
"""Block, as recipes name it: what it needs, and what writes it."""
