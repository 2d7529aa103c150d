"""A scenario as lines for the terminal: computed just now, or kept."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

    from layers.analysis.saved_scenarios import SavedScenario
    from layers.analysis.scenario import ScenarioAnswer

__all__ = ["kept_siting_lines", "list_lines", "saved_day", "scenario_lines", "scenario_title"]


def scenario_title(name: str, answer: ScenarioAnswer) -> str:
    """Say what was asked, in one line."""
    from webmap.wording import question_parts

    question = answer.question
    asked = "，".join((f"{question.minutes:g} 分钟", *question_parts(question)))
    return f"方案前后对比：{name}（{asked}）"


def scenario_lines(body: Mapping[str, Any], by: str) -> list[str]:
    """Lay out what was changed and what it does, unit by unit.

    Parameters
    ----------
    body
        As `layers.analysis.scenario_cells.scenario_body` gives it, or as it was kept.
    by
        township or village.
    """
    from api.cli.tables import table_lines
    from webmap.wording import UNIT_TITLES

    before, after = body["before"], body["after"]
    county = {
        "name": "全县",
        "total": before.get("total"),
        **{f"{name}_before": value for name, value in before.items()},
        **{f"{name}_after": value for name, value in after.items()},
        **{name: body.get(name) for name in ("gained", "lost", "change")},
    }
    headings = (UNIT_TITLES[by], "老年人口", "现状覆盖", "方案覆盖", "新增", "失去", "变化",
                "现状率（区间）", "方案率（区间）", "现状误判", "方案误判")  # fmt: skip
    # Of many villages only those that change are listed here; files and --json have all.
    turned = [
        row for row in body["rows"] if by == "township" or row.get("gained") or row.get("lost")
    ]
    rows = [county, *turned]
    lines = [*_changes(body), "", *table_lines(headings, map(_cells, rows), left=0), ""]
    lines.append(
        f"平均 {_minutes(before.get('mean_seconds'))} → {_minutes(after.get('mean_seconds'))}；"
        f"最远 {_worst(before['worst'])} → {_worst(after['worst'])}。"
    )
    if len(turned) < len(body["rows"]):
        lines.append(f"其余 {len(body['rows']) - len(turned)} 个村（社区）没有变化。")
    for name, said in (("gained_villages", "新覆盖"), ("lost_villages", "失去覆盖")):
        if villages := body[name]:
            more = f"等 {len(villages)} 个" if len(villages) > 8 else ""
            lines.append(f"{said}的村：{'、'.join(villages[:8])}{more}")
    return lines


def list_lines(rows: Iterable[tuple[SavedScenario, bool | None]], zone: str) -> list[str]:
    """Lay out kept scenarios, each with whether the data have moved since (None: not known)."""
    from api.cli.tables import table_lines

    cells = [
        (
            kept.id,
            kept.name,
            str(kept.question.get("model", "")),
            f"{saved_day(kept, zone):%Y-%m-%d}",
            kept.saved_by,
            {True: "已过期", False: "有效", None: "无法核对"}[stale],
        )
        for kept, stale in rows
    ]
    if not cells:
        return [
            "还没有保存的方案；用 xygeo scenario run 文件 --save 名称，或 xygeo site --save 名称。"
        ]
    return table_lines(("标识", "名称", "模型", "保存日期", "保存人", "状态"), cells, left=5)


def kept_siting_lines(kept: SavedScenario) -> list[str]:
    """Lay out what a kept siting asked and chose; a study keeps its own figures."""
    from layers.analysis.siting_question import MODEL_TITLES, siting_parts
    from webmap.wording import count_text, question_parts

    asked = kept.question
    title = MODEL_TITLES.get(str(asked.get("model")), str(asked.get("model")))
    care = kept.care_question
    parts = (
        f"{care.minutes:g} 分钟",
        *question_parts(care),
        *siting_parts(asked.get("options", {})),
    )
    lines = [f"{title}：{'，'.join(parts)}。"]
    lines += [
        f"  {site['name']}（{site['place']}）：新增覆盖 {count_text(site['gained'])} 人"
        for site in kept.result.get("chosen", ())
    ]
    return [*lines, "全部数字见 --json；重新计算用 xygeo site。"]


def saved_day(kept: SavedScenario, zone: str) -> date:
    """Give the day on which a scenario was saved, in the bureau's time zone."""
    from zoneinfo import ZoneInfo

    return kept.saved_at.astimezone(ZoneInfo(zone)).date()


def _changes(body: Mapping[str, Any]) -> list[str]:
    from layers.analysis.scenario import FACILITY_CHANGES, ROAD_CHANGES

    lines = [f"  {FACILITY_CHANGES[one['change']]}：{one['name']}" for one in body["facilities"]]
    for road in body["roads"]:
        what = "、".join(road["roads"][:6]) or f"第 {road['number']} 条"
        more = f" 等 {len(road['roads'])} 段" if len(road["roads"]) > 6 else ""
        length = f"（{road['length_m']:,.0f} 米）" if road["length_m"] else "（此处断开）"
        lines.append(f"  {ROAD_CHANGES[road['change']]}：{what}{more}{length}")
    return ["改动：", *lines]


def _cells(row: Mapping[str, Any]) -> tuple[str, ...]:
    from webmap.wording import count_text

    return (
        str(row.get("name", "")),
        *(count_text(row.get(name)) for name in ("total", "covered_before", "covered_after")),
        *(count_text(row.get(name)) for name in ("gained", "lost")),
        _signed(row.get("change")),
        *(_share(row, when) for when in ("before", "after")),
        *(count_text(row.get(name)) for name in ("misled_before", "misled_after")),
    )


def _share(row: Mapping[str, Any], when: str) -> str:
    """Give a share with its range; a scenario kept by an earlier version has none."""
    from webmap.wording import bracketed_range, share_text

    low, high = (row.get(f"share_{end}_{when}") for end in ("low", "high"))
    return share_text(row.get(f"share_{when}")) + bracketed_range(low, high)


def _signed(value: object) -> str:
    from webmap.wording import count_text

    above = isinstance(value, int | float) and value > 0
    return f"+{count_text(value)}" if above else count_text(value)


def _minutes(seconds: object) -> str:
    if not isinstance(seconds, int | float) or math.isnan(seconds):
        return "—"
    return f"{seconds / 60:.1f} 分钟"


def _worst(worst: Mapping[str, Any]) -> str:
    seconds = worst.get("seconds")
    reached = isinstance(seconds, int | float) and math.isfinite(seconds)
    return f"{worst['village']} {_minutes(seconds) if reached else '不可达'}"
