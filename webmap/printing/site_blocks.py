"""Blocks of a siting sheet's panel: what the site gains, by which mode, and what else was near."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.analysis.question import MODES
from webmap.cells import people_shown
from webmap.printing.typeset import counted, percent
from webmap.site_facts import change_is_small, people_span, share_range
from webmap.wording import AGE_TITLES, DIRECTION_TITLES, range_text

if TYPE_CHECKING:
    from layers.analysis.siting_picture import SitingPicture
    from webmap.printing.panel_pen import PanelPen

__all__ = ["site_figures", "site_modes", "site_options"]


def site_figures(pen: PanelPen, picture: SitingPicture) -> None:
    """Write what the recommended site gains; without one, what is covered today.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        The answer that is drawn.
    """
    question, colors = picture.question, pen.layout.colors
    mode, minutes = MODES[question.mode], f"{question.minutes:g}分钟"
    who, area = AGE_TITLES[question.age], "、".join(picture.focus["name"]) or "全县"
    pace = f"步速 {question.speed_mps:g} 米/秒　" if question.mode == "walk" else ""
    pen.heading(f"{mode}{minutes}可达", pace + DIRECTION_TITLES[question.direction])
    before, after = picture.focus_before, picture.focus_after
    gained = picture.gained
    if len(picture.chosen):
        pen.key_figures(
            (
                (f"+{_people(gained)}", "新增覆盖（人）", pen.style.sites["chosen"].color),
                (percent(after["share"]), f"{area}覆盖率", colors["accent"]),
                (percent(picture.summary["share"]), "全县覆盖率", colors["muted"]),
            )
        )
        sentence = (
            f"{who}共 {_people(picture.summary['total'])} 人。推荐站址建成后，{mode}{minutes}内能到"
            f"服务点的人新增 {_people(gained)} 人"
        )
        if not change_is_small(picture):
            sentence += (
                f"，由 {_people(picture.before['covered'])} 人增至 "
                f"{_people(picture.summary['covered'])} 人；{area}覆盖率由 "
                f"{percent(before['share'])} 升至 {percent(after['share'])}，全县由 "
                f"{percent(picture.before['share'])} 升至 {percent(picture.summary['share'])}"
            )
        sentence += f"。{_along(picture, area)}"
    else:
        uncovered = before["total"] - before["covered"]
        pen.key_figures(
            (
                (percent(before["share"]), f"{area}现覆盖率", colors["accent"]),
                (_people(uncovered), f"{area}未覆盖（人）", pen.style.gap_villages[-1].color),
                (percent(picture.before["share"]), "全县现覆盖率", colors["muted"]),
            )
        )
        sentence = (
            f"{who}：{area} {_people(before['total'])} 人，{mode}{minutes}内能到服务点的 "
            f"{_people(before['covered'])} 人。尚未选定站址，圈为登记位置的可达范围。"
            f"{_along(picture, area)}"
        )
    pen.paragraph(sentence, "body", pen.style.ink)
    pen.y += pen.mm(4.2)


def site_modes(pen: PanelPen, picture: SitingPicture) -> None:
    """Write how far the site reaches in each mode, and for how many.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        The answer that is drawn.
    """
    if not len(picture.reach):
        return
    pen.y += pen.mm(2.0)
    about = "推荐站址" if len(picture.chosen) else "登记位置"
    pen.heading(f"{about}{picture.question.minutes:g}分钟服务圈", "单位：平方千米、人")
    reach = picture.reach.iloc[::-1]
    rows = [
        (
            "",
            MODES[row["mode"]],
            f"{row['area_m2'] / 1e6:.1f}",
            *(people_span(row[name], row[f"{name}_along"]) for name in ("people", "gained")),
        )
        for row in reach.to_dict("records")
    ]
    pen.table(
        ("", "方式", "可达面积", "圈内老年人", "其中新增覆盖"),
        rows,
        widths=(0, 20, 17, 24, 24),
        pitch=pen.mm(5.3),
    )
    pen.y += pen.mm(4.4)


def site_options(pen: PanelPen, picture: SitingPicture) -> None:
    """Write the sites in their order, as many as there is room for.

    Parameters
    ----------
    pen
        Stands where the block begins.
    picture
        The answer that is drawn.
    """
    ranked = picture.sites[picture.sites["gained"].notna()].sort_values(["rank"], kind="stable")
    pitch = pen.mm(4.7)
    space = pen.bottom - pen.y - pen.mm(12)
    room = int(space / pitch + 1e-9)
    if room < len(ranked):  # then a line says how many are not listed
        room = int((space - pen.mm(6)) / pitch + 1e-9)
    if len(ranked) < 2 or room < 2:  # one site is compared with nothing
        return
    pen.y += pen.mm(2.0)
    pen.heading("站址比较", "按新增覆盖人数，单位：人")
    shown = ranked.head(room)
    columns = (shown[name] for name in ("place", "role", "gained", "gained_along"))
    rows = [
        (str(number), str(place), pen.style.sites[role].title, people_span(*gained))
        for number, (place, role, *gained) in enumerate(zip(*columns, strict=True), start=1)
    ]
    pen.table(("", "位置", "", "新增覆盖"), rows, widths=(6, 38, 19, 22), pitch=pitch)
    if len(ranked) > room:
        pen.y += pen.mm(3.8)
        pen.paragraph(f"另有 {len(ranked) - room} 处未列出。", "tiny", pen.layout.colors["muted"])


def _along(picture: SitingPicture, area: str) -> str:
    """Say the ranges of the figures, where they are ranges; small changes are not told."""
    told = []
    if len(picture.chosen) and not change_is_small(picture):
        span = people_span(picture.gained, picture.gained_along)
        told += [f"新增 {span} 人"] if "–" in span else []
    if not change_is_small(picture):
        for name, figures in ((area, picture.focus_after), ("全县", picture.summary)):
            span = range_text(*share_range(figures))
            told += [f"{name}覆盖率 {span}"] if "–" in span and figures["total"] else []
    return f"区间（人口在村的位置、沿村里街道）：{'，'.join(dict.fromkeys(told))}。" if told else ""


def _people(value: float) -> str:
    shown = people_shown(value)
    return shown if isinstance(shown, str) else counted(shown)
