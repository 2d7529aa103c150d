"""scenario.xlsx: a county before and after, what was changed, and what each column means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, Final

from openpyxl import Workbook

from layers.analysis.scenario import FACILITY_CHANGES, ROAD_CHANGES
from layers.analysis.scenario_cells import shown_county, shown_rows
from webmap.documents.workbook import (
    COUNT,
    DECIMAL,
    SHARE,
    Column,
    Footer,
    lay_out,
    save_dated,
    wrap_notes,
    write_table,
)
from webmap.wording import UNIT_TITLES, UNKNOWN, question_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.analysis.scenario import ScenarioAnswer

__all__ = ["write_scenario"]

_WHEN: Final = {"before": "现状", "after": "方案"}
_RANGE: Final = (
    "村里的人都在村的位置，和沿村里街道分布，两种算法的覆盖率中较小的为下限、较大的为上限。"
)


def write_scenario(
    answer: ScenarioAnswer, path: Path, *, full: bool = False, publisher: str = ""
) -> None:
    """Write a scenario answer as a workbook for people.

    Parameters
    ----------
    answer
        Of `layers.analysis.scenario.scenario_answer`.
    path
        The file, whose folder exists; written whole or not at all, the same bytes for the same
        answer.
    full
        Whether counts of 1-4 are shown (only for those who may see them).
    publisher
        编制单位; empty leaves it out.
    """
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    title = f"方案前后对比 · {answer.edits.name}" if answer.edits.name else "方案前后对比"
    footer = Footer(
        left=f"编制单位：{publisher}" if publisher else title,
        notice=answer.provenance.notice,
        day=answer.data_date,
    )
    about = " · ".join((f"{answer.question.minutes:g} 分钟", *question_parts(answer.question)))
    columns = _columns(answer)
    rows = [_row(row) for row in shown_rows(answer, full=full).to_dict("records")]
    total = _row({"code": None, "name": "合计", **shown_county(answer, full=full)})
    notes = [
        ["提示", "", "已有道路和设施没有改动，这里只是设想。"],
        *(["提示", "", one] for one in answer.warnings),
        ["来源", "", "；".join(answer.provenance.attributions)],
        ["输入摘要", "", answer.inputs_hash],
        *([] if full else [["隐去", "", "1–4 人的小数及可推出它们的数不显示。"]]),
        *(["前后对比", column.name, column.meaning] for column in columns),
    ]
    for name, heads, cells, last in (
        ("前后对比", columns, rows, total),
        ("改动", _CHANGE_COLUMNS, _changes(answer), []),
        ("说明", _NOTE_COLUMNS, notes, []),
    ):
        sheet = book.create_sheet(name)
        write_table(
            sheet,
            heads,
            cells,
            title=title if name == "前后对比" else f"{title} · {name}",
            subtitle=about,
            notice=answer.provenance.notice,
            total=last,
        )
        if heads is _NOTE_COLUMNS:
            wrap_notes(sheet, heads)
        lay_out(sheet, footer)
    book.properties.title = title
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, answer.data_date)


_CHANGE_COLUMNS: Final = [
    Column(title="改动", meaning=""),
    Column(title="对象", meaning="", width=60),
    Column(title="长度（米）", meaning="", form=COUNT),
]
_NOTE_COLUMNS: Final = [
    Column(title="表", meaning=""),
    Column(title="列", meaning=""),
    Column(title="含义", meaning="", width=80),
]


def _columns(answer: ScenarioAnswer) -> list[Column]:
    unit = UNIT_TITLES[answer.question.by]
    columns = [
        Column(title="区划代码", meaning="12 位统计用区划代码。"),
        Column(title=unit, meaning=f"{unit}名称；末行为全县合计。"),
        Column(title="老年\n人口", meaning="取最新一年。", form=COUNT),
    ]
    for what, meaning, form in (
        ("已覆盖", "时限内能到一处计入设施的人数。", COUNT),
        ("未覆盖", "老年人口减已覆盖。", COUNT),
        ("覆盖率", "已覆盖 ÷ 老年人口。", SHARE),
    ):
        columns += [
            Column(title=f"{said}\n{what}", meaning=f"{said}：{meaning}", form=form)
            for said in _WHEN.values()
        ]
    columns += [
        Column(title="新增\n覆盖", meaning="现状没有覆盖、方案中有的人数。", form=COUNT),
        Column(title="失去\n覆盖", meaning="现状有覆盖、方案中没有的人数。", form=COUNT),
        Column(title="变化", meaning="新增覆盖减失去覆盖。", form="+#,##0;-#,##0;0"),
    ]
    columns += [
        Column(title=f"{said}覆盖率\n{what}", meaning=f"{said}：{_RANGE}", form=SHARE)
        for said in _WHEN.values()
        for what in ("下限", "上限")
    ]
    for what, meaning, form in (
        ("误判人数", "直线 1 公里内有设施、沿道路却到不了的人数。", COUNT),
        ("平均分钟", "到最近设施的平均分钟数，按人数加权，不含到不了的。", DECIMAL),
        ("最远分钟", "最远一村到最近设施的分钟数。", DECIMAL),
    ):
        columns += [
            Column(title=f"{said}\n{what}", meaning=f"{said}：{meaning}", form=form)
            for said in _WHEN.values()
        ]
    return columns


def _row(row: Mapping[Any, Any]) -> list[object]:
    cells: list[object] = [row["code"], row["name"], _count(row["total"])]
    cells += [_count(row[f"{name}_{when}"]) for name in ("covered", "uncovered") for when in _WHEN]
    cells += [_share(row[f"share_{when}"]) for when in _WHEN]
    cells += [_count(row[name]) for name in ("gained", "lost", "change")]
    cells += [_share(row[f"share_{end}_{when}"]) for when in _WHEN for end in ("low", "high")]
    cells += [_count(row[f"misled_{when}"]) for when in _WHEN]
    times = ("mean_seconds", "worst_seconds")
    return cells + [_minutes(row[f"{name}_{when}"]) for name in times for when in _WHEN]


def _changes(answer: ScenarioAnswer) -> list[list[object]]:
    rows: list[list[object]] = [
        [FACILITY_CHANGES[one.kind], one.name, None] for one in answer.facilities
    ]
    for road in answer.roads:
        what = "、".join(road.roads) or f"第 {road.number} 条，{road.joined} 端接上路网"
        rows.append([ROAD_CHANGES[road.kind], what, round(road.length_m)])
    return rows


def _count(value: Any) -> object:  # noqa: ANN401 - a cell
    return round(value) if isinstance(value, int | float) and not math.isnan(value) else value


def _share(value: Any) -> object:  # noqa: ANN401 - a cell
    known = isinstance(value, int | float) and not math.isnan(value)
    return round(float(value), 3) if known else UNKNOWN


def _minutes(seconds: Any) -> object:  # noqa: ANN401 - a cell
    if not isinstance(seconds, int | float) or math.isnan(seconds):
        return UNKNOWN
    return "不可达" if math.isinf(seconds) else round(seconds / 60, 1)
