"""sites.xlsx: the recommended sites, before and after, what else is as good, and what it means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook

from layers.analysis.siting_cells import shown_change, shown_options, shown_rows, shown_sites
from layers.analysis.siting_places import shown_places
from layers.analysis.siting_question import MODEL_TITLES, siting_parts
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
from webmap.wording import UNIT_TITLES, UNKNOWN, question_parts, siting_status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from layers.analysis.siting import SitingAnswer

__all__ = ["write_sites"]

_RANGE = "村里的人都在村的位置，和沿村里街道分布，两种算法中较{}的；差得越多，越要到现场核实。"
_WHEN = {"before": "现状", "after": "选定后"}
_GAINED = "今天没有设施覆盖、选定后有的人数；减少时为负。"


_NOTES = [
    Column(title="表", meaning=""),
    Column(title="列", meaning=""),
    Column(title="含义", meaning="", width=80),
]


def write_sites(
    answer: SitingAnswer, path: Path, *, full: bool = False, publisher: str = ""
) -> None:
    """Write a siting answer as a workbook for people.

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
    title = f"养老服务设施选址 · {MODEL_TITLES[answer.question.model]}"
    footer = Footer(
        left=f"编制单位：{publisher}" if publisher else title,
        notice=answer.provenance.notice,
        day=answer.data_date,
    )
    about = " · ".join((f"{answer.care.minutes:g} 分钟", *question_parts(answer.care)))
    meanings: list[list[object]] = []
    for name, (columns, rows) in {
        "推荐选址": _sites(answer, full=full),
        "前后对比": _change(answer, full=full),
        "备选方案": _options(answer, full=full),
        **_places(answer, full=full),
    }.items():
        sheet = book.create_sheet(name)
        write_table(
            sheet,
            columns,
            rows,
            title=f"{title} · {name}",
            subtitle=about,
            notice=answer.provenance.notice,
        )
        lay_out(sheet, footer)
        meanings += [[name, column.name, column.meaning] for column in columns]
    notes = book.create_sheet("说明")
    said = [
        ["结论", "", siting_status(answer.solution)],
        *([["提示", "", one] for one in answer.warnings]),
        ["来源", "", "；".join(answer.provenance.attributions)],
        ["输入摘要", "", answer.inputs_hash],
        *(
            [["问题", "", "；".join(asked)]]
            if (asked := siting_parts(vars(answer.question)))
            else []
        ),
        *([] if full else [["隐去", "", "1–4 人的小数及可推出它们的数不显示。"]]),
    ]
    write_table(
        notes,
        _NOTES,
        [*said, *meanings],
        title=f"{title} · 说明",
        subtitle=about,
        notice=answer.provenance.notice,
    )
    wrap_notes(notes, _NOTES)
    lay_out(notes, footer)
    book.properties.title = title
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, answer.data_date)


def _sites(answer: SitingAnswer, *, full: bool) -> tuple[list[Column], list[list[object]]]:
    minutes = f"{answer.care.minutes:g}"
    columns = [
        Column(title="编号", meaning="候选点的编号。"),
        Column(title="候选点", meaning="候选点的名称。"),
        Column(title="位置", meaning="最近的村（社区）和直线距离。"),
        Column(title="经度", meaning="CGCS2000，度。", form="0.00000"),
        Column(title="纬度", meaning="CGCS2000，度。", form="0.00000"),
        Column(title="服务圈内\n人数", meaning=f"{minutes} 分钟内能到此处的人数。", form=COUNT),
        Column(title="新增覆盖", meaning="其中今天没有设施覆盖的人数；各处可有重叠。", form=COUNT),
    ]
    places = answer.sites.geometry
    rows: list[list[object]] = [
        [site, row["name"], row["place"], round(lon, 6), round(lat, 6),
         _count(row["people"]), _count(row["gained"])]
        for site, row, lon, lat in zip(
            answer.sites.index,
            shown_sites(answer, full=full).to_dict("records"),
            places.x,
            places.y,
            strict=True,
        )
    ]  # fmt: skip
    return columns, rows


def _change(answer: SitingAnswer, *, full: bool) -> tuple[list[Column], list[list[object]]]:
    unit = UNIT_TITLES[answer.care.by]
    columns = [
        Column(title="区划代码", meaning="12 位统计用区划代码。"),
        Column(title=unit, meaning=f"{unit}名称；末行为全县合计。"),
        Column(title="老年\n人口", meaning="取最新一年。", form=COUNT),
        Column(title="现状\n已覆盖", meaning="今天计入的设施覆盖的人数。", form=COUNT),
        Column(title="选定后\n已覆盖", meaning="选定的设施开放后覆盖的人数。", form=COUNT),
        Column(title="新增\n覆盖", meaning=_GAINED, form=COUNT),
        *_ends("新增", form=COUNT),
        Column(title="现状\n覆盖率", meaning="现状已覆盖 ÷ 老年人口。", form=SHARE),
        *_ends("现状率", form=SHARE),
        Column(title="选定后\n覆盖率", meaning="选定后已覆盖 ÷ 老年人口。", form=SHARE),
        *_ends("选定后率", form=SHARE),
    ]
    rows: list[list[object]] = [
        [row["code"], row["name"], _count(row["total"]), _count(row["before"]),
         _count(row["after"]), *_ranged(row, "gained", _count),
         *_ranged(row, "before_share", _share), *_ranged(row, "after_share", _share)]
        for row in shown_rows(answer, full=full).to_dict("records")
    ]  # fmt: skip
    change = shown_change(answer, full=full)
    before, after = change["before"], change["after"]
    rows.append(
        [None, "合计", *(_count(one) for one in (before["total"], before["covered"],
                                              after["covered"])),
         *_ranged(change["change"], "covered", _count),
         *_ranged(before, "share", _share), *_ranged(after, "share", _share)]
    )  # fmt: skip
    return columns, rows


def _options(answer: SitingAnswer, *, full: bool) -> tuple[list[Column], list[list[object]]]:
    columns = [
        Column(title="位次", meaning="由优到劣；相同的并列显示，不隐去。", form=COUNT),
        Column(title="选址", meaning="各候选点的名称。"),
        Column(title="与最优\n相差", meaning="目标值与最优值的相对差；0 为同样好。", form="0.00%"),
        Column(title="选定后\n已覆盖", meaning="全县在时限内的人数。", form=COUNT),
        Column(title="新增\n覆盖", meaning="今天没有覆盖、选定后有的人数。", form=COUNT),
        *_ends("新增", form=COUNT),
        Column(title="选定后\n覆盖率", meaning="选定后已覆盖 ÷ 老年人口。", form=SHARE),
        *_ends("选定后率", form=SHARE),
        Column(title="平均\n分钟", meaning="到最近设施，按人数加权，不含到不了的。", form=DECIMAL),
        Column(title="最远\n分钟", meaning="最远一村到最近设施的分钟数。", form=DECIMAL),
    ]
    rows: list[list[object]] = [
        [int(row["rank"]), "、".join(row["names"]), float(row["gap"]), _count(row["covered"]),
         *_ranged(row, "gained", _count), *_ranged(row, "share", _share),
         _minutes(row["mean_seconds"]),
         _minutes(row["worst_seconds"])]
        for row in shown_options(answer, full=full).to_dict("records")
    ]  # fmt: skip
    return columns, rows


def _places(
    answer: SitingAnswer, *, full: bool
) -> dict[str, tuple[list[Column], list[list[object]]]]:
    """Sheet of who finds a place before and after; none where nobody asked for places."""
    told = shown_places(answer, full=full)
    if told is None:
        return {}
    unit, limit = UNIT_TITLES[answer.care.by], f"{answer.care.minutes:g} 分钟"
    columns = [
        Column(title="区划代码", meaning="12 位统计用区划代码。"),
        Column(title=unit, meaning=f"{unit}名称；末行为全县合计。"),
    ]
    for said in _WHEN.values():
        columns += [
            Column(
                title=f"{said}\n已服务",
                meaning=f"{said}：{limit}内由近到远占到名额的人数。",
                form=COUNT,
            ),
            Column(
                title=f"{said}够得\n着没名额",
                meaning=f"{said}：{limit}内有设施但名额已满。",
                form=COUNT,
            ),
            Column(title=f"{said}\n服务率", meaning=f"{said}：已服务 ÷ 老年人口。", form=SHARE),
            *_ends(f"{said}服务率", form=SHARE),
        ]
    county = {f"{name}_{when}": value for when in _WHEN for name, value in told[when].items()}
    rows: list[list[object]] = [
        [
            row["code"],
            row["name"],
            *(cell for when in _WHEN for cell in _placed(row, when)),
        ]
        for row in (*told["rows"], {"code": None, "name": "合计", **county})
    ]
    return {"名额": (columns, rows)}


def _placed(row: Mapping[str, Any], when: str) -> list[object]:
    people = (_count(row[f"{name}_{when}"]) for name in ("served", "reachable_unserved"))
    shares = (_fine(row[f"served_share{end}_{when}"]) for end in ("", "_low", "_high"))
    return [*people, *shares]


def _fine(value: Any) -> object:  # noqa: ANN401 - a cell
    known = isinstance(value, int | float) and not math.isnan(value)
    return round(float(value), 4) if known else UNKNOWN


def _ends(what: str, *, form: str) -> list[Column]:
    """Columns of the two ends of a range."""
    return [
        Column(title=f"{what}\n{end}", meaning=_RANGE.format(size), form=form)
        for end, size in (("下限", "小"), ("上限", "大"))
    ]


def _ranged(row: Mapping[Any, Any], name: str, cell: Callable[[object], object]) -> list[object]:
    """Cells of a figure and its two ends."""
    return [cell(row[f"{name}{end}"]) for end in ("", "_low", "_high")]


def _count(value: Any) -> object:  # noqa: ANN401 - a cell
    if isinstance(value, str):
        return value
    known = isinstance(value, int | float) and not math.isnan(value)
    return round(value) if known else UNKNOWN


def _share(value: Any) -> object:  # noqa: ANN401 - a cell
    known = isinstance(value, int | float) and not math.isnan(value)
    return round(float(value), 3) if known else UNKNOWN


def _minutes(seconds: Any) -> object:  # noqa: ANN401 - a cell
    known = isinstance(seconds, int | float) and math.isfinite(seconds)
    return round(seconds / 60, 1) if known else UNKNOWN
