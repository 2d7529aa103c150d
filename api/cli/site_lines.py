"""A siting answer as lines for the terminal."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.analysis.siting import SitingAnswer

__all__ = ["site_lines"]

_LISTED = 30


def site_lines(answer: SitingAnswer, *, full: bool) -> list[str]:
    """Lay out what is recommended, what it changes and what else is as good.

    Parameters
    ----------
    answer
        Of `layers.analysis.siting.siting_answer`.
    full
        Whether counts of 1-4 are shown.
    """
    from api.cli.tables import table_lines
    from layers.analysis.siting_cells import shown_change, shown_options, shown_rows, shown_sites
    from layers.analysis.siting_question import MODEL_TITLES, siting_parts
    from webmap.wording import UNIT_TITLES, count_text, question_parts, siting_status

    care = answer.care
    title = f"选址：{MODEL_TITLES[answer.question.model]}，{care.minutes:g} 分钟"
    asked = (*question_parts(care), *siting_parts(vars(answer.question)))
    lines = [f"{title}（{'，'.join(asked)}）", siting_status(answer.solution)]
    if not answer.feasible:
        return [*lines, *_closing(answer)]
    if not len(answer.sites):
        lines.append("不需要新建设施。")
    else:
        sites = shown_sites(answer, full=full).to_dict("records")
        cells = [
            (site, row["name"], row["place"], count_text(row["people"]), count_text(row["gained"]))
            for site, row in zip(answer.sites.index, sites, strict=True)
        ]
        lines += ["", f"推荐 {len(cells)} 处："]
        headings = ("编号", "候选点", "位置", "圈内人数", "新增覆盖")
        lines += table_lines(headings, cells[:_LISTED], left=2)
        if len(cells) > _LISTED:
            lines.append(f"……另有 {len(cells) - _LISTED} 处，见 --json 或 --out 文件。")
    if answer.cost is not None:
        lines.append(f"投资合计 {answer.cost:,.0f} 元，预算 {answer.question.budget:,.0f} 元。")
    change = shown_change(answer, full=full)
    lines += ["", "前后对比："]
    rows = [
        (
            "全县",
            count_text(change["before"]["total"]),
            count_text(change["before"]["covered"]),
            count_text(change["after"]["covered"]),
            _gain(change["change"], "covered"),
            *(_share_and_range(change[when], "share") for when in ("before", "after")),
        ),
        *(
            (
                str(row["name"]),
                *(count_text(row[name]) for name in ("total", "before", "after")),
                _gain(row, "gained"),
                *(_share_and_range(row, f"{when}_share") for when in ("before", "after")),
            )
            for row in shown_rows(answer, full=full).to_dict("records")
        ),
    ]
    titles = (
        "老年人口",
        "现状覆盖",
        "选定后",
        "新增（区间）",
        "现状率（区间）",
        "选定后率（区间）",
    )
    lines += table_lines((UNIT_TITLES[care.by], *titles), rows, left=0)
    lines.append(
        "区间：村里的人都在村的位置，和沿村里街道分布，两种算法的结果（相同的不列）；差得越多，越要到现场核实。"
    )
    lines += _place_lines(answer, full=full)
    before, after = change["before"], change["after"]
    lines.append(
        f"平均 {_minutes(before['mean_seconds'])} → {_minutes(after['mean_seconds'])} 分钟，"
        f"最远 {_minutes(before['worst_seconds'])} → {_minutes(after['worst_seconds'])} 分钟。"
    )
    options = shown_options(answer, full=full).to_dict("records")
    equal = sum(row["status"] == "optimal" for row in options)
    lines += ["", f"备选方案（{_said(equal, len(options), answer.question.choices)}）："]
    lines += table_lines(
        (
            "位次",
            "选址",
            "与最优相差",
            "选定后覆盖",
            "新增（区间）",
            "选定后率（区间）",
            "平均分钟",
            "最远分钟",
        ),
        [
            (
                str(row["rank"]),
                _names(row["names"]),
                "同样好" if row["status"] == "optimal" else f"{100 * row['gap']:.2f}%",
                count_text(row["covered"]),
                _gain(row, "gained"),
                _share_and_range(row, "share"),
                _minutes(row["mean_seconds"]),
                _minutes(row["worst_seconds"]),
            )
            for row in options
        ],
    )
    return [*lines, *_closing(answer)]


def _place_lines(answer: SitingAnswer, *, full: bool) -> list[str]:
    """Lay out who finds a place, before and after, and how full the new sites are."""
    from api.cli.tables import table_lines
    from layers.analysis.siting_places import shown_places
    from webmap.wording import UNIT_TITLES, count_text

    told = shown_places(answer, full=full)
    if told is None:
        return []
    county = {
        f"{name}_{when}": value
        for when in ("before", "after")
        for name, value in told[when].items()
    }
    cells = [
        (
            str(row["name"]),
            *(
                count_text(row[f"{name}_{when}"])
                for name in ("served", "reachable_unserved")
                for when in ("before", "after")
            ),
            *(
                _share_and_range(
                    {
                        f"share{end}": row[f"served_share{end}_{when}"]
                        for end in ("", "_low", "_high")
                    },
                    "share",
                )
                for when in ("before", "after")
            ),
        )
        for row in ({"name": "全县", **county}, *told["rows"])
    ]
    titles = (
        "现状已服务",
        "选定后",
        "现状够得着没名额",
        "选定后",
        "现状服务率（区间）",
        "选定后（区间）",
    )
    names = answer.sites["name"].astype(str).to_dict()
    filled = "；".join(
        f"{names[site['id']]} {count_text(site['places'])} 个，占用 {count_text(site['filled'])} 个"
        for site in told["sites"]
    )
    return [
        "",
        f"名额（由近到远占用，{answer.care.minutes:g} 分钟以内）：",
        *table_lines((UNIT_TITLES[answer.care.by], *titles), cells, left=0),
        *([f"新建名额：{filled}。"] if filled else []),
    ]


def _share_and_range(figures: Mapping[Any, Any], share: str) -> str:
    from webmap.wording import bracketed_range, share_text

    span = bracketed_range(figures[f"{share}_low"], figures[f"{share}_high"])
    return share_text(figures[share]) + span


def _gain(figures: Mapping[Any, Any], name: str) -> str:
    from webmap.wording import bracketed_counts, count_text

    span = bracketed_counts(figures[f"{name}_low"], figures[f"{name}_high"])
    return count_text(figures[name]) + span


def _closing(answer: SitingAnswer) -> list[str]:
    lines = []
    if answer.unreached:
        some = "、".join(answer.unreached[:5])
        more = "等" if len(answer.unreached) > 5 else ""
        lines.append(
            f"提示：{len(answer.unreached)} 个村从哪个候选点或设施都服务不到（{some}{more}），"
            "不计入目标。"
        )
    return [*lines, *(f"提示：{warning}" for warning in answer.warnings)]


def _said(equal: int, shown: int, asked: int) -> str:
    if asked == 1:
        return "只要求列出最优"
    if equal > 1:
        least = "至少有" if equal == asked else "有"
        return f"{least} {equal} 个同样好，请结合土地和现场情况选择"
    return "最优只有这一个" if shown > 1 else "容差内没有别的方案"


def _names(names: tuple[str, ...]) -> str:
    some = "、".join(names[:6])
    return some if len(names) <= 6 else f"{some} 等 {len(names)} 处"


def _minutes(seconds: Any) -> str:  # noqa: ANN401 - a cell
    known = isinstance(seconds, int | float) and math.isfinite(seconds)
    return f"{seconds / 60:.1f}" if known else "—"
