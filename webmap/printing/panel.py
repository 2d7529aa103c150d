"""The panel beside the map: key figures, legend, table of gaps, norths, sources."""

from __future__ import annotations

from dataclasses import replace
from itertools import groupby
from typing import TYPE_CHECKING

import numpy as np

from layers.analysis.question import MODES
from layers.analysis.siting_picture import SitingPicture
from layers.privacy import SMALL_TEXT, SMALLEST_SHOWN
from webmap.printing.gap_cells import gap_cells, total_cells
from webmap.printing.items import Item
from webmap.printing.norths import convergence_text, norths
from webmap.printing.panel_pen import PanelPen
from webmap.printing.site_blocks import site_figures, site_modes, site_options
from webmap.printing.symbols import (
    area_item,
    circle_items,
    dot_item,
    line_item,
    symbol_box,
    symbol_item,
)
from webmap.printing.typeset import broken, counted
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
from webmap.wording import AGE_TITLES, DIRECTION_TITLES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from layers.analysis.picture import ServicePicture
    from webmap.printing.fonts import FontBook
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["panel"]

_SOURCE_LINES = 8

_REACHED = {"to_facility": "能到服务点的", "from_facility": "服务能上门的"}


def panel(
    picture: ServicePicture,
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
    """
    pen = _Panel(layout, style, fonts, road_factor)
    blocks: dict[str, Callable[[], None]] = {
        "figures": lambda: pen.figures(picture),
        "legend": lambda: pen.legend(legend_rows(style, keys)),
        "foot": lambda: pen.foot(picture, convergence_deg),
        "gaps": lambda: pen.gaps(picture),
    }
    if isinstance(picture, SitingPicture):
        sited = picture
        blocks |= {
            "site_figures": lambda: site_figures(pen, sited),
            "site_modes": lambda: site_modes(pen, sited),
            "site_options": lambda: site_options(pen, sited),
        }
    for block in layout.blocks:
        blocks[block]()
    return pen.items


class _Panel(PanelPen):
    """Blocks of a service picture."""

    def figures(self, picture: ServicePicture) -> None:
        """Key figures: covered, left out, and what a straight line would have claimed."""
        question = picture.question
        who, mode = AGE_TITLES[question.age], MODES[question.mode]
        total, covered, uncovered, share, straight = total_cells(picture)
        misled = float(picture.summary["misled"])
        fooled = SMALL_TEXT if 0 < misled < SMALLEST_SHOWN else counted(misled)
        pace = f"步速 {question.speed_mps:g} 米/秒　" if question.mode == "walk" else ""
        note = pace + DIRECTION_TITLES[question.direction]
        self.heading(f"{mode}{question.minutes:g}分钟可达", note)
        columns = (
            (share, "道路覆盖率", self.layout.colors["accent"]),
            (uncovered, "未覆盖（人）", self.style.gap_villages[-1].color),
            (straight, "直线1公里覆盖率", self.layout.colors["muted"]),
        )
        self.key_figures(columns)
        sentence = (
            f"{who}共 {total} 人，{mode}{question.minutes:g}分钟内"
            f"{_REACHED[question.direction]} {covered} 人；按直线1公里画圈，会把 {fooled} "
            "人误算为已覆盖。"
        )
        self.paragraph(sentence, "body", self.style.ink)
        self.y += self.mm(4.2)

    def legend(self, rows: tuple[LegendRow, ...]) -> None:
        """Two columns of groups; a group goes to the shorter column."""
        if not rows:
            return
        self.y += self.mm(2.0)
        self.heading("图例")
        top = self.y + self.mm(1.2)
        pitch, head = self.mm(4.9), self.mm(5.0)
        ends = [top, top]
        column = (self.right - self.left + self.mm(3)) / 2
        for name, group in groupby(rows, key=lambda row: row.heading):
            several = list(group)
            side = 0 if ends[0] <= ends[1] else 1
            x = self.left + side * column
            y = ends[side] + self.mm(3.4)
            self.text(x, y, name, "tiny", fill=self.layout.colors["muted"])
            for number, row in enumerate(several):
                self._swatch(row, x, y + self.mm(4.9) + number * pitch)
            ends[side] = y + head + len(several) * pitch - self.mm(2.0)
        self.y = max(ends) + self.mm(3.6)

    def _swatch(self, row: LegendRow, x: float, baseline: float) -> None:
        size = self.layout.sizes["body"]
        middle, width = baseline - 0.37 * size, self.mm(8.6)
        at, factor = (x + width / 2, middle), self.layout.symbols
        drawn = row.style
        if isinstance(drawn, SymbolStyle):
            west, north, east, south = symbol_box(drawn, factor)
            at = (at[0] - (west + east) / 2, at[1] - (north + south) / 2)
            self.items.append(symbol_item(at, drawn, factor, layer="legend"))
        elif isinstance(drawn, DotStyle | GapClass) and drawn.size_mm:
            self.items.append(dot_item(at, drawn, factor, layer="legend"))
        elif isinstance(drawn, AreaStyle | GapClass):
            self._area(drawn, x, middle, width)
        elif isinstance(drawn, LineStyle):
            line = np.array([(x, middle), (x + width, middle)])
            if drawn.band is not None:
                band = replace(drawn, color=drawn.band.color, width_mm=drawn.band.width_mm)
                below = line + np.array([0.0, drawn.band.width_mm * factor / 2])
                self.items.append(
                    replace(line_item((below,), band, factor, layer="legend"), dash=(), cap="butt")
                )
            wider = self.road_factor if isinstance(drawn, RoadStyle) else 1.0
            self.items.append(line_item((line,), drawn, factor * wider, layer="legend"))
        self.text(x + width + self.mm(1.8), baseline, row.title, "body")

    def _area(self, drawn: AreaStyle | GapClass, x: float, middle: float, width: float) -> None:
        half = self.mm(1.5)
        corners = [(x, middle - half), (x + width, middle - half)]
        corners += [(x + width, middle + half), (x, middle + half), (x, middle - half)]
        ring = np.array(corners)
        if drawn is self.style.areas["circle"]:
            self.items += circle_items((ring,), self.style, self.layout, layer="legend")
            return
        if isinstance(drawn, GapClass):
            drawn = AreaStyle(title=drawn.title, color=drawn.color)
        self.items.append(area_item((ring,), drawn, layer="legend"))

    def foot(self, picture: ServicePicture, convergence_deg: float) -> None:
        """Norths and sources, upwards from the foot of the panel."""
        muted, size = self.layout.colors["muted"], self.layout.sizes["tiny"]
        lines = self._sources(picture.provenance.attributions, size)
        y = self.bottom - 0.12 * size - (len(lines) - 1) * 1.5 * size
        for number, line in enumerate(lines):
            self.text(self.left, y + number * 1.5 * size, line, "tiny", fill=muted)
        y -= self.mm(4.2)
        self.rule(y)
        foot = y - self.mm(2.6)
        height = self.mm(15)
        self.items += norths(
            self.layout,
            self.style,
            x=self.left + self.mm(11),
            y=foot,
            height=height,
            convergence_deg=convergence_deg,
        )
        side = "东" if convergence_deg > 0 else "西"
        words = (
            f"子午线收敛角 {convergence_text(convergence_deg)}",
            f"坐标北偏于真北以{side}（图幅中心）" if convergence_deg else "坐标北与真北一致",
            "箭头夹角为示意，不按实际大小",
        )
        for number, line in enumerate(words):
            self.text(
                self.left + self.mm(28),
                foot - height + self.mm(4.4) + number * self.mm(4.2),
                line,
                "small",
                fill=self.style.ink if number == 0 else muted,
            )
        self.bottom = foot - height - self.mm(4.5)

    def _sources(self, attributions: tuple[str, ...], size: float) -> tuple[str, ...]:
        """Lines of the sources, licences first; where there are too many, the rest is counted."""
        ordered = sorted(attributions, key=lambda text: not text.startswith("©"))
        width = self.right - self.left
        for kept in range(len(ordered), 0, -1):
            rest = "" if kept == len(ordered) else f" 等 {len(ordered)} 个来源"
            text = "资料来源：" + "；".join(ordered[:kept]) + rest
            lines = broken(text, width, size=size, role="hei", fonts=self.fonts)
            if len(lines) <= _SOURCE_LINES:
                return lines
        return broken("资料来源：未载明", width, size=size, role="hei", fonts=self.fonts)

    def gaps(self, picture: ServicePicture) -> None:
        """Ranked gaps, as many rows as there is room for, and the sum."""
        gaps = picture.gaps
        space = self.bottom - self.y - self.mm(20)
        pitch = self.mm(5.3)
        closer = space / (len(gaps) + 1)
        if self.mm(4.6) <= closer < pitch:  # a row too many stands closer, rather than be left out
            pitch = closer
        room = int(space / pitch + 1e-9) - 1
        if not len(gaps) or room < 1:
            return
        self.y += self.mm(2.0)
        unit = "乡镇" if picture.question.by == "township" else "村"
        if not len(picture.townships) and not len(picture.county):
            unit = "范围"
        self.heading("覆盖缺口排序", "按未覆盖人数，单位：人")
        shown = min(len(gaps), room)
        cells = gap_cells(picture)
        who = AGE_TITLES[picture.question.age]
        self.table(
            ("", unit, who, "已覆盖", "未覆盖", "道路覆盖率", "直线覆盖率"),
            cells[:shown],
            widths=(6, 18, 12.6, 11.5, 12.3, 12.2, 12.2),
            pitch=pitch,
            total=cells[-1] if len(gaps) > 1 else (),
        )
        self.y += self.mm(3.8)
        note = "道路覆盖率：沿道路在时限内可达；直线覆盖率：1公里直线距离内。"
        if shown < len(gaps):
            note += f"另有 {len(gaps) - shown} 行未列出。"
        self.paragraph(note, "tiny", self.layout.colors["muted"])
