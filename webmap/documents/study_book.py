"""The workbook of a siting study: every figure of the report, and what each column means."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openpyxl import Workbook
from openpyxl.styles import Alignment

from webmap.documents.workbook import (
    Footer,
    lay_out,
    save_dated,
    text_width,
    write_table,
    write_text,
)
from webmap.wording import question_parts

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.analysis.study import StudyAnswer
    from webmap.documents.study_cells import StudyTable

__all__ = ["write_study_book"]

_SHEETS = {
    "change": "前后对比",
    "options": "站址比较",
    "townships": "各乡镇",
    "modes": "出行方式",
    "bands": "年龄段",
    "models": "三种准则",
    "robustness": "稳健性",
    "access": "均衡程度",
    "quality": "数据精度",
}


def write_study_book(
    answer: StudyAnswer,
    tables: Mapping[str, StudyTable],
    path: Path,
    *,
    publisher: str = "",
) -> None:
    """Write all tables of a study, one a sheet.

    Parameters
    ----------
    answer
        The study.
    tables
        `webmap.documents.study_tables.study_tables`.
    path
        The file, whose folder exists; written whole or not at all, the same bytes for the same
        study.
    publisher
        编制单位; empty leaves it out.
    """
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    title = f"{answer.subject}选址研究"
    footer = Footer(
        left=f"编制单位：{publisher}" if publisher else title,
        notice=answer.provenance.notice,
        day=answer.data_date,
    )
    care = answer.siting.care
    about = " · ".join((f"时限 {care.minutes:g} 分钟", *question_parts(care)))
    for key, table in tables.items():
        sheet = book.create_sheet(_SHEETS[key])
        write_table(
            sheet,
            table.columns,
            table.rows,
            title=f"{title} · {table.title}",
            subtitle=about,
            notice=answer.provenance.notice,
            total=table.total,
        )
        lay_out(sheet, footer)
    notes = book.create_sheet("说明")
    facts = [
        ("题目", title),
        ("注意", answer.provenance.notice),
        ("问题", about),
        ("资料截止", f"{answer.data_date:%Y-%m-%d}"),
        ("来源", "；".join(answer.provenance.attributions) or "未载明"),
        ("程序", f"xygeo {answer.version}"),
        ("输入摘要", answer.inputs_hash),
        ("随机种子", str(answer.seed)),
        ("小数隐去", "1 至 4 人显示为“<5”；能由其他数推出它的数显示为“隐去”，相应的比率不列出。"),
        *(
            (f"{_SHEETS[key]}：{column.name}", column.meaning)
            for key, table in tables.items()
            for column in table.columns
        ),
        *((_SHEETS[key], table.note) for key, table in tables.items()),
    ]
    notes.column_dimensions["A"].width, notes.column_dimensions["B"].width = 34, 92
    for number, (name, text) in enumerate([fact for fact in facts if fact[1]], start=1):
        write_text(notes, number, 1, name, bold=True)
        write_text(notes, number, 2, text)
        for place in (1, 2):
            notes.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
        notes.row_dimensions[number].height = 4 + 15 * -(-text_width(text) // 88)
    lay_out(notes, footer)
    book.properties.title = title
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, answer.data_date)
