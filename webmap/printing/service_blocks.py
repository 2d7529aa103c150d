"""Blocks of a service picture's panel: key figures and ranked gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.analysis.question import MODES
from webmap.cells import shown_summary
from webmap.printing.gap_cells import gap_cells, total_cells
from webmap.wording import AGE_TITLES, DIRECTION_TITLES, UNKNOWN, count_text

if TYPE_CHECKING:
    from layers.analysis.picture import ServicePicture
    from webmap.printing.panel_pen import PanelPen

__all__ = ["service_figures", "service_gaps"]

_REACHED = {"to_facility": "能到服务点的", "from_facility": "服务能上门的"}


def service_figures(pen: PanelPen, picture: ServicePicture) -> None:
    """Write key figures: covered, left out, and what a straight line would have claimed.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        The answer that is drawn.
    """
    question = picture.question
    who, mode = AGE_TITLES[question.age], MODES[question.mode]
    total, covered, uncovered, share, span, straight = total_cells(picture)
    fooled = count_text(shown_summary(picture.summary)["misled"])
    pace = f"步速 {question.speed_mps:g} 米/秒　" if question.mode == "walk" else ""
    note = pace + DIRECTION_TITLES[question.direction]
    pen.heading(f"{mode}{question.minutes:g}分钟可达", note)
    columns = (
        (share, "道路覆盖率", pen.layout.colors["accent"]),
        (uncovered, "未覆盖（人）", pen.style.gap_villages[-1].color),
        (straight, "直线1公里覆盖率", pen.layout.colors["muted"]),
    )
    pen.key_figures(columns)
    sentence = (
        f"{who}共 {total} 人，{mode}{question.minutes:g}分钟内"
        f"{_REACHED[question.direction]} {covered} 人；按直线1公里画圈，会把 {fooled} "
        "人误算为已覆盖。"
    )
    if span not in (share, UNKNOWN):
        sentence += f"人口若沿村里街道分布，道路覆盖率在 {span} 之间。"
    pen.paragraph(sentence, "body", pen.style.ink)
    pen.y += pen.mm(4.2)


def service_gaps(pen: PanelPen, picture: ServicePicture) -> None:
    """Write ranked gaps, as many rows as there is room for, and the sum.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        The answer that is drawn.
    """
    gaps = picture.gaps
    space = pen.bottom - pen.y - pen.mm(20)
    pitch = pen.mm(5.3)
    closer = space / (len(gaps) + 1)
    if pen.mm(4.6) <= closer < pitch:  # a row too many stands closer, rather than be left out
        pitch = closer
    room = int(space / pitch + 1e-9) - 1
    if not len(gaps) or room < 1:
        return
    pen.y += pen.mm(2.0)
    unit = "乡镇" if picture.question.by == "township" else "村"
    if not len(picture.townships) and not len(picture.county):
        unit = "范围"
    pen.heading("覆盖缺口排序", "按未覆盖人数，单位：人")
    shown = min(len(gaps), room)
    cells = gap_cells(picture)
    who = AGE_TITLES[picture.question.age]
    pen.table(
        ("", unit, who, "已覆盖", "未覆盖", "道路覆盖率", "区间", "直线覆盖率"),
        cells[:shown],
        widths=(5, 13.6, 11, 9.4, 9.4, 10.6, 14.8, 11),
        pitch=pitch,
        total=cells[-1] if len(gaps) > 1 else (),
    )
    pen.y += pen.mm(3.8)
    note = (
        "道路覆盖率：沿道路在时限内可达；区间：全村在一点、沿街道分布两种算法；"
        "直线覆盖率：1公里直线距离内。"
    )
    if shown < len(gaps):
        note += f"另有 {len(gaps) - shown} 行未列出。"
    pen.paragraph(note, "tiny", pen.layout.colors["muted"])
