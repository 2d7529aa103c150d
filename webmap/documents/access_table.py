"""access.xlsx: places within reach, who finds them full, each facility's load, the way onwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from layers.analysis.access_cells import shown_access, shown_access_summary, shown_load
from layers.provenance import QUALITY_TITLES
from layers.schema import layer_schema
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
from webmap.wording import AGE_TITLES, UNIT_TITLES, UNKNOWN, question_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.analysis.access import AccessAnswer

__all__ = ["access_method", "write_access"]

_ENDS = ("", "_low", "_high")
_TITLE = "{minutes:g} 分钟内的名额：可达性、容量与转介"


def access_method(answer: AccessAnswer) -> tuple[str, ...]:
    """Say in sentences how the figures came about.

    Parameters
    ----------
    answer
        What was computed.
    """
    parts = "、".join(f"{answer.question.minutes * part / 3:g}" for part in (1, 2, 3))
    return (
        "名额：敬老院、县中心按床位，驿站和日间照料按日间照料名额，社区中心没有名额时按床位。",
        f"可达名额（E2SFCA，Luo 和 Qi 2009）：每处名额按 {parts} 分钟三段分给够得着的人再累加。",
        "三段的权重是 1、0.68、0.22；可达名额乘以人数，合计等于用得上的全部名额。",
        "区间：村里的人都在村的位置，和沿村里街道分布，两种算法的结果；差得越多，越要到现场核实。",
        "容量：按路上时间由近到远占用名额，占满为止；一村可以只服务一部分，够得着而没有名额的单列。",
        "容量的算法取自世界卫生组织 AccessMod 的地理覆盖；不同的是各处设施同时占用，不分先后。",
        "基尼系数：0 为人人一样，越接近 1 越集中在少数人。",
        "转介：从最近的服务点到最近的区域养老院，再到县级养老服务中心，设施之间乘汽车。",
    )


def write_access(
    answer: AccessAnswer, path: Path, *, full: bool = False, publisher: str = ""
) -> None:
    """Write an access answer as a workbook for people.

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
    if book.active is not None:
        book.remove(book.active)
    footer = Footer(
        left=f"编制单位：{publisher}"
        if publisher
        else _TITLE.format(minutes=answer.question.minutes),
        notice=answer.provenance.notice,
        day=answer.data_date,
    )
    about = " · ".join(question_parts(answer.question))
    for name, columns, rows, total in (
        ("可达性与容量", _unit_columns(answer), *_unit_rows(answer, full=full)),
        ("设施负荷", _LOAD, _load_rows(answer, full=full), []),
        ("转介", _CHAIN, _chain_rows(answer), []),
        ("说明", _NOTES, _note_rows(answer, full=full), []),
    ):
        sheet = book.create_sheet(name)
        write_table(
            sheet,
            columns,
            rows,
            title=f"{_TITLE.format(minutes=answer.question.minutes)} · {name}",
            subtitle=about,
            notice=answer.provenance.notice,
            total=total,
        )
        lay_out(sheet, footer)
    wrap_notes(sheet, _NOTES)
    book.properties.title = _TITLE.format(minutes=answer.question.minutes)
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, answer.data_date)


def _unit_columns(answer: AccessAnswer) -> list[Column]:
    minutes, who = f"{answer.question.minutes:g}", AGE_TITLES[answer.question.age]
    unit = UNIT_TITLES[answer.question.by]
    return [
        Column(title="区划代码", meaning="12 位统计用区划代码。"),
        Column(title=unit, meaning=f"{unit}名称。"),
        Column(title="老年\n人口", meaning=f"{who}的人数，取最新一年。", form=COUNT),
        Column(title="已服务", meaning=f"{minutes} 分钟内占到名额的人数。", form=COUNT),
        Column(title="够得着\n没名额", meaning=f"{minutes} 分钟内有设施但名额已满。", form=COUNT),
        Column(
            title="其中容量\n未载明", meaning="其中够得着一处没有填名额的设施的人数。", form=COUNT
        ),
        Column(title="够不着", meaning=f"{minutes} 分钟内没有设施的人数。", form=COUNT),
        Column(title="服务率", meaning="已服务 ÷ 老年人口。", form=SHARE),
        *_range_columns("服务率"),
        Column(title="覆盖率", meaning="1 减去够不着的份额，不问有没有名额。", form=SHARE),
        *_range_columns("覆盖率"),
        Column(title="每千人\n可达名额", meaning="可达名额的人均值乘以 1000。", form=DECIMAL),
        Column(title="无可达\n名额", meaning="可达名额为零的人所占份额。", form=SHARE),
        Column(
            title="基尼\n系数", meaning="可达名额在人与人之间的不均；都为零时不列。", form="0.00"
        ),
    ]


def _range_columns(share: str) -> list[Column]:
    return [
        Column(
            title=f"{share}\n{end}",
            meaning=f"村里的人都在村的位置，和沿村里街道分布，两种算法中较{size}的{share}。",
            form=SHARE,
        )
        for end, size in (("下限", "小"), ("上限", "大"))
    ]


def _unit_rows(answer: AccessAnswer, *, full: bool) -> tuple[list[list[object]], list[object]]:
    rows: list[list[object]] = [
        [_text(row["code"]), _text(row["name"], "未载明"), *_figures(row)]
        for row in shown_access(answer, full=full).to_dict("records")
    ]
    return rows, [None, "合计", *_figures(shown_access_summary(answer, full=full))]


def _figures(row: Mapping[Any, Any]) -> list[object]:
    names = ("total", "served", "reachable_unserved", "perhaps", "uncovered")
    mean = _number(row["mean_access"])
    return [
        *(_count(row[name]) for name in names),
        *(_rounded(row[f"served_share{end}"], 4) for end in _ENDS),
        *(_rounded(row[f"share{end}"], 3) for end in _ENDS),
        UNKNOWN if mean is None else round(1000 * mean, 1),
        _rounded(row["share_without"], 3),
        _rounded(row["gini"], 2),
    ]


_LOAD = [
    Column(title="设施", meaning="设施名称。"),
    Column(title="类型", meaning="设施类型。"),
    Column(title="名额", meaning="床位或日间照料名额；没有填的为“未载明”，不计入。", form=COUNT),
    Column(title="够得着\n的人", meaning="时限内能到这处设施的人数，不论由谁服务。", form=COUNT),
    Column(title="已占", meaning="由近到远占用的名额。", form=COUNT),
    Column(title="余", meaning="没有占用的名额。", form=COUNT),
    Column(title="占用率", meaning="已占 ÷ 名额。", form=SHARE),
]
_CHAIN = [
    Column(title="村级代码", meaning="12 位统计用区划代码。"),
    Column(title="村（社区）", meaning="名称。"),
    Column(title="最近\n服务点", meaning="沿道路最近的一处计入的设施。"),
    Column(title="到服务点\n（分钟）", meaning="按题目的方式和步速。", form=DECIMAL),
    Column(title="区域\n养老院", meaning="离服务点最近的一处。"),
    Column(title="到养老院\n（分钟）", meaning="乘汽车。", form=DECIMAL),
    Column(title="到县中心\n（分钟）", meaning="由养老院乘汽车。", form=DECIMAL),
    Column(title="转介合计\n（分钟）", meaning="服务点到养老院再到县中心。", form=DECIMAL),
    Column(title="断在", meaning="没有设施或没有路的第一段。"),
]
_NOTES = [
    Column(title="项", meaning="", width=14),
    Column(title="内容", meaning="", width=112),
]
_BROKEN = {"station": "服务点", "home": "区域养老院", "centre": "县级养老服务中心"}


def _load_rows(answer: AccessAnswer, *, full: bool) -> list[list[object]]:
    kinds = layer_schema("care_facilities").fields["kind"].codes or {}
    return [
        [
            _text(row["name"]),
            kinds.get(str(row["kind"]), "未载明"),
            "未载明" if _number(row["capacity"]) is None else _count(row["capacity"]),
            _count(row["reachable"]),
            _count(row["filled"]),
            _count(row["left"]),
            _rounded(row["load"], 3),
        ]
        for row in shown_load(answer, full=full).to_dict("records")
    ]


def _chain_rows(answer: AccessAnswer) -> list[list[object]]:
    names = answer.facility_names
    return [
        [
            _text(row["village_code"]),
            _text(row["name"]),
            _text(names.get(row["station_id"])),
            _minutes(row["door_seconds"]),
            _text(names.get(row["home_id"])),
            *(_minutes(row[f"{leg}_seconds"]) for leg in ("home", "centre", "referral")),
            _BROKEN.get(str(row["missing"]), ""),
        ]
        for row in answer.villages.sort_values("village_code", kind="stable").to_dict("records")
    ]


def _note_rows(answer: AccessAnswer, *, full: bool) -> list[list[object]]:
    stamp = answer.provenance
    facts = [
        ("注意", stamp.notice),
        ("资料截止", f"{answer.data_date:%Y-%m-%d}"),
        ("精度", QUALITY_TITLES[stamp.quality]),
        ("来源", "；".join(stamp.attributions) or "未载明"),
        *(("方法", sentence) for sentence in access_method(answer)),
        ("小数隐去", "" if full else "1 至 4 人显示为“<5”；能推出它的数显示为“隐去”或“—”。"),
        *(("提醒", warning) for warning in answer.warnings),
        *((column.name, column.meaning) for column in [*_unit_columns(answer), *_LOAD, *_CHAIN]),
    ]
    return [[name, text] for name, text in facts if text]


def _number(value: object) -> float | None:
    if not isinstance(value, int | float) or math.isnan(value):
        return None
    return float(value)


def _count(value: object) -> object:
    if isinstance(value, str):
        return value
    number = _number(value)
    return UNKNOWN if number is None else round(number)


def _rounded(value: object, digits: int) -> object:
    number = _number(value)
    return UNKNOWN if number is None else round(number, digits)


def _minutes(value: object) -> object:
    number = _number(value)
    if number is None:
        return UNKNOWN
    return "不可达" if math.isinf(number) else round(number / 60, 1)


def _text(value: object, missing: str = UNKNOWN) -> str:
    return value if isinstance(value, str) and value else missing
