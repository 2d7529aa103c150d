"""gaps.xlsx: who is left out, ranked; other modes, age bands and villages beside; what it means."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from openpyxl import Workbook

from layers.analysis.question import MODES
from webmap.cells import (
    shown_bands,
    shown_gaps,
    shown_mode_ranges,
    shown_modes,
    shown_summary,
    shown_villages,
)
from webmap.documents.gap_notes import write_notes
from webmap.documents.workbook import (
    COUNT,
    DECIMAL,
    SHARE,
    Column,
    Footer,
    lay_out,
    save_dated,
    write_table,
)
from webmap.wording import (
    AGE_TITLES,
    BAND_TITLES,
    DIRECTION_TITLES,
    UNIT_TITLES,
    UNKNOWN,
    question_parts,
    service_title,
)

if TYPE_CHECKING:
    from pathlib import Path

    import pandas as pd

    from layers.analysis.gaps import GapAnswer

__all__ = ["write_gaps"]

_RANGE = (
    "村里的人都在村的位置，和沿村里街道分布，两种算法中较{}的覆盖率；差得越多，越要到现场核实。"
)


def write_gaps(answer: GapAnswer, path: Path, *, full: bool = False, publisher: str = "") -> None:
    """Write a gap answer as a workbook for people.

    Parameters
    ----------
    answer
        The answer.
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
    footer = Footer(
        left=f"编制单位：{publisher}" if publisher else service_title(answer.question),
        notice=answer.provenance.notice,
        day=answer.data_date,
    )
    meanings: list[tuple[str, Column]] = []
    for name, make in (
        ("缺口排名", _ranking),
        ("方式对比", _modes),
        ("年龄段", _bands),
        ("村级明细", _villages),
    ):
        sheet = book.create_sheet(name)
        table = make(answer, full=full)
        write_table(
            sheet,
            table.columns,
            table.rows,
            title=f"{service_title(answer.question)} · {name}",
            subtitle=" · ".join(table.about),
            notice=answer.provenance.notice,
            total=table.total,
        )
        meanings += [(name, column) for column in table.columns]
        lay_out(sheet, footer)
    notes = book.create_sheet("说明")
    write_notes(notes, answer, meanings, publisher=publisher, full=full)
    lay_out(notes, footer)
    book.properties.title = service_title(answer.question)
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, answer.data_date)


_ENDS = ("share_low", "share_high")


@dataclass(frozen=True, kw_only=True)
class _Table:
    about: tuple[str, ...]
    columns: list[Column]
    rows: list[list[object]]
    total: list[object] = field(default_factory=list)


def _ranking(answer: GapAnswer, *, full: bool) -> _Table:
    minutes = f"{answer.question.minutes:g}"
    who = AGE_TITLES[answer.question.age]
    unit = UNIT_TITLES[answer.question.by]
    columns = [
        Column(title="位次", meaning="未覆盖人数由多到少；相同时覆盖率低的在前。", form=COUNT),
        Column(title="区划代码", meaning="12 位统计用区划代码。"),
        Column(title=unit, meaning=f"{unit}名称；没有区划图层时只有一行“全部”。"),
        Column(title="老年\n人口", meaning=f"{who}的人数，取最新一年。", form=COUNT),
        Column(
            title="已覆盖",
            meaning=f"所在村能在 {minutes} 分钟内沿道路到达一处计入的设施的人数。",
            form=COUNT,
        ),
        Column(title="未覆盖", meaning="老年人口减已覆盖。", form=COUNT),
        Column(title="道路\n覆盖率", meaning="已覆盖 ÷ 老年人口。", form=SHARE),
        Column(
            title="直线\n覆盖率",
            meaning="直线 1 公里内有设施的人数 ÷ 老年人口，只作对照。",
            form=SHARE,
        ),
        Column(
            title="直线圈\n误判人数",
            meaning="直线 1 公里内有设施、沿道路却到不了的人数。",
            form=COUNT,
        ),
        Column(title="村数", meaning="有老年人口数的村（社区）数。", form=COUNT),
        Column(title="未覆盖\n村数", meaning="其中没有覆盖的村（社区）数。", form=COUNT),
        Column(
            title="未连路\n村数", meaning="其中附近没有道路、无法计算的村（社区）数。", form=COUNT
        ),
        Column(
            title="平均\n分钟",
            meaning="到最近设施的平均分钟数，按人数加权，不含到不了的。",
            form=DECIMAL,
        ),
        Column(title="最远\n分钟", meaning="最远一村到最近设施的分钟数。", form=DECIMAL),
        Column(title="覆盖率\n下限", meaning=_RANGE.format("小"), form=SHARE),
        Column(title="覆盖率\n上限", meaning=_RANGE.format("大"), form=SHARE),
    ]
    rows: list[list[object]] = [
        [
            int(row["rank"]),
            _text(row["code"]),
            _text(row["name"], "未载明"),
            *(_count(row[name]) for name in ("total", "covered", "uncovered")),
            *(_share(row[name]) for name in ("share", "circle_share")),
            _count(row["misled"]),
            *(int(row[name]) for name in ("points", "uncovered_points", "unconnected_points")),
            _minutes(row["mean_seconds"]),
            _minutes(row["worst_seconds"]),
            *(_share(row[name]) for name in _ENDS),
        ]
        for row in shown_gaps(answer.rows, full=full).to_dict("records")
    ]
    summary = shown_summary(answer.summary, full=full)
    points = [
        int(answer.rows[n].sum()) for n in ("points", "uncovered_points", "unconnected_points")
    ]
    total: list[object] = [
        None,
        None,
        "合计",
        *(_count(summary[name]) for name in ("total", "covered", "uncovered")),
        *(_share(summary[name]) for name in ("share", "circle_share")),
        _count(summary["misled"]),
        *points,
        _minutes(_mean_seconds(answer.villages)),
        _minutes(answer.villages["seconds"].max()),
        *(_share(summary[name]) for name in _ENDS),
    ]
    return _Table(about=question_parts(answer.question), columns=columns, rows=rows, total=total)


def _modes(answer: GapAnswer, *, full: bool) -> _Table:
    columns = [Column(title="出行方式", meaning="路上用什么走；离开道路的一段都按步行。", width=24)]
    directions = list(next(iter(answer.modes.values()), {}))
    columns += [
        Column(
            title=f"{DIRECTION_TITLES[direction]}\n覆盖率",
            meaning="同一批设施和人口，按此方式和方向算的全部覆盖率；单行道和坡道使两个方向不同。",
            form=SHARE,
            width=18,
        )
        for direction in directions
    ]
    columns += [
        Column(
            title=f"{DIRECTION_TITLES[direction]}\n{end}",
            meaning=_RANGE.format(size),
            form=SHARE,
            width=18,
        )
        for direction in directions
        for end, size in (("下限", "小"), ("上限", "大"))
    ]
    total = answer.summary["total"]
    shown = shown_modes(answer.modes, total, full=full)
    ranges = shown_mode_ranges(answer.mode_ranges, answer.modes, total, full=full)
    rows: list[list[object]] = [
        [
            MODES[mode],
            *(_share(shares[direction]) for direction in directions),
            *(_share(end) for way in directions for end in ranges[mode][way] or (None, None)),
        ]
        for mode, shares in shown.items()
    ]
    about = (f"时限 {answer.question.minutes:g} 分钟", AGE_TITLES[answer.question.age])
    return _Table(about=about, columns=columns, rows=rows)


def _bands(answer: GapAnswer, *, full: bool) -> _Table:
    columns = [
        Column(title="人群", meaning="年龄段互相包含，不可相加；有村未填的人群不列。", width=20),
        Column(title="步行速度\n（米/秒）", meaning="该人群在平地上的步行速度。", form=DECIMAL),
        Column(title="人数", meaning="该人群的人数，取最新一年。", form=COUNT),
        Column(
            title="已覆盖",
            meaning="老人前往设施，按该人群的速度算，能在时限内到达的人数。",
            form=COUNT,
        ),
        Column(title="未覆盖", meaning="人数减已覆盖。", form=COUNT),
        Column(title="覆盖率", meaning="已覆盖 ÷ 人数。", form=SHARE),
        Column(title="覆盖率\n下限", meaning=_RANGE.format("小"), form=SHARE),
        Column(title="覆盖率\n上限", meaning=_RANGE.format("大"), form=SHARE),
    ]
    rows: list[list[object]] = [
        [
            BAND_TITLES.get(str(band), str(band)),
            float(row["speed_mps"]),
            *(_count(row[name]) for name in ("total", "covered", "uncovered")),
            *(_share(row[name]) for name in ("share", *_ENDS)),
        ]
        for band, row in shown_bands(answer.bands, full=full).iterrows()
    ]
    about = (
        f"时限 {answer.question.minutes:g} 分钟",
        MODES[answer.question.mode],
        DIRECTION_TITLES["to_facility"],
    )
    return _Table(about=about, columns=columns, rows=rows)


def _villages(answer: GapAnswer, *, full: bool) -> _Table:
    columns = [
        Column(title="乡镇", meaning="所属乡镇；名称不详时为乡镇代码。"),
        Column(title="村级代码", meaning="12 位统计用区划代码。"),
        Column(title="村（社区）", meaning="名称；没有区划图层时为代码。"),
        Column(
            title="老年\n人口", meaning=f"{AGE_TITLES[answer.question.age]}的人数。", form=COUNT
        ),
        Column(
            title="到最近设施\n（分钟）", meaning="沿道路到最近一处计入设施的分钟数。", form=DECIMAL
        ),
        Column(title="覆盖", meaning="是否在时限内。"),
        Column(title="直线距离\n（米）", meaning="到最近设施的直线距离。", form=COUNT),
        Column(title="直线\n1 公里内", meaning="直线 1 公里内是否有设施。"),
        Column(title="连路", meaning="村的位置附近是否有道路。"),
        Column(
            title="沿街\n覆盖率",
            meaning="村里的人沿村里街道均匀分布时，时限内能到的份额；附近没有街道的村按村的位置算。",
            form=SHARE,
        ),
    ]
    villages = answer.villages.assign(people=shown_villages(answer.villages, full=full))
    names = {
        code: name
        for code, name in zip(answer.rows["code"], answer.rows["name"], strict=True)
        if answer.question.by == "township" and isinstance(name, str)
    }
    rows: list[list[object]] = [
        [
            _text(names.get(row["township_code"], row["township_code"])),
            _text(row["village_code"]),
            _text(row["name"]),
            _count(row["people"]),
            _minutes(row["seconds"]),
            _yes(row["covered"]),
            _metres(row["straight_m"]),
            _yes(row["circle_covered"]),
            _yes(row["connected"]),
            _share(row["street_share"]),
        ]
        for row in villages.sort_values("village_code", kind="stable").to_dict("records")
    ]
    return _Table(about=question_parts(answer.question), columns=columns, rows=rows)


def _mean_seconds(villages: pd.DataFrame) -> float:
    """Weigh the seconds of all people who reach a facility at all, NaN if nobody does."""
    reached = villages[villages["seconds"].map(math.isfinite) & (villages["weight"] > 0)]
    people = float(reached["weight"].sum())
    return float((reached["seconds"] * reached["weight"]).sum()) / people if people else math.nan


def _count(value: object) -> object:
    return round(value) if isinstance(value, int | float) else value


def _share(value: object) -> object:
    """Round to a tenth of a percent, as it is shown: the cell tells no more than is seen."""
    if not isinstance(value, int | float) or math.isnan(value):
        return UNKNOWN
    return round(float(value), 3)


def _minutes(seconds: float) -> object:
    if math.isnan(seconds):
        return UNKNOWN
    return "不可达" if math.isinf(seconds) else round(seconds / 60, 1)


def _metres(metres: float) -> object:
    return round(metres) if math.isfinite(metres) else UNKNOWN


def _yes(value: object) -> str:
    return "是" if value else "否"


def _text(value: object, missing: str = UNKNOWN) -> str:
    return value if isinstance(value, str) and value else missing
