"""The sheet 说明 of gaps.xlsx: question, method, sources, and what each column means."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from openpyxl.styles import Alignment

from layers.provenance import QUALITY_TITLES
from webmap.documents.workbook import text_width, write_text
from webmap.wording import question_parts, service_title

if TYPE_CHECKING:
    from openpyxl.worksheet.worksheet import Worksheet

    from layers.analysis.gaps import GapAnswer
    from webmap.documents.workbook import Column

__all__ = ["write_notes"]

_METHOD = (
    "设施和村都接到最近的道路上，沿道路走最快的路线，走向道路的一段也计时。"
    "村里的人口按村的位置整体计算：能在 {minutes}内到达一处计入的设施，全村算覆盖。"
    "这样非全即无，所以另把人口沿村里的街道（居住街道；没有的村用等级外公路；离村 500 米以内，"
    "归直线最近的村）按长度分布再算一遍，两个结果的大小就是覆盖率的下限和上限。"
    "直线覆盖率不看道路，只看 1 公里内有没有设施，列出来是为了看出直线圈会误判多少人。"
)


def write_notes(
    sheet: Worksheet,
    answer: GapAnswer,
    meanings: list[tuple[str, Column]],
    *,
    publisher: str,
    full: bool,
) -> None:
    """Say what was asked, how it was computed and what each column means.

    Parameters
    ----------
    sheet
        An empty sheet.
    answer
        The answer that the workbook holds.
    meanings
        Name of the sheet and column, for every column of the workbook.
    publisher
        编制单位; empty leaves it out.
    full
        Whether counts of 1-4 are shown.
    """
    question, stamp = answer.question, answer.provenance
    minutes = f"{question.minutes:g} 分钟"
    facts = [
        ("题目", service_title(question)),
        ("注意", stamp.notice),
        ("问题", "；".join((f"时限 {minutes}", *question_parts(question)))),
        ("资料截止", f"{answer.data_date:%Y-%m-%d}"),
        ("编制单位", publisher),
        ("精度", QUALITY_TITLES[stamp.quality]),
        ("来源", "；".join(stamp.attributions) or "未载明"),
        ("方法", _METHOD.format(minutes=minutes)),
        (
            "小数隐去",
            ""
            if full
            else "1 至 4 人显示为“<5”；能由其他数推出它的数显示为“隐去”，相应的比率不列出。",
        ),
        *(("提醒", warning) for warning in answer.warnings),
    ]
    for letter, width in zip("ABC", (14, 18, 96), strict=True):
        sheet.column_dimensions[letter].width = width
    number = 0
    for name, text in facts:
        if text:
            number += 1
            write_text(sheet, number, 1, name, bold=True)
            write_text(sheet, number, 2, text)
            sheet.merge_cells(start_row=number, end_row=number, start_column=2, end_column=3)
            _wrap(sheet, number, text, places=110)
    number += 2
    for place, head in enumerate(("工作表", "列", "含义"), start=1):
        write_text(sheet, number, place, head, bold=True)
    for name, column in meanings:
        number += 1
        write_text(sheet, number, 1, name)
        write_text(sheet, number, 2, column.name)
        write_text(sheet, number, 3, column.meaning)
        _wrap(sheet, number, column.meaning, places=92)


def _wrap(sheet: Worksheet, number: int, text: str, *, places: int) -> None:
    for place in (1, 2, 3):
        sheet.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
    sheet.row_dimensions[number].height = 4 + 15 * math.ceil(text_width(text) / places)
