"""Documents of cases as .xlsx: the same rows as the paper, a sheet a table."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment

from webmap.documents.filled import Form, FormTable, Lines, Signatures, Words
from webmap.documents.workbook import (
    TEXT,
    Column,
    Footer,
    lay_out,
    save_dated,
    text_width,
    write_table,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from openpyxl.worksheet.worksheet import Worksheet

    from webmap.documents.filled import Filled

__all__ = ["write_case_book"]

_SHEETS = {"markers": "逐桩记录", "findings": "问题", "plates": "标志牌", "names": "地名"}


def write_case_book(
    filled: Filled, rows: Mapping[str, Any], path: Path, *, day: date, publisher: str = ""
) -> None:
    """Write a document.

    Parameters
    ----------
    filled, rows
        The document in words, and its rows.
    path
        The file, whose folder exists; written whole or not at all.
    day
        On which it was made.
    publisher
        编制单位, below every page.
    """
    book = Workbook()
    first = book.active
    if first is not None:
        book.remove(first)
    footer = Footer(left=publisher or filled.title, notice=rows["notice"], day=day)
    for block in filled.blocks:
        if isinstance(block, FormTable):
            sheet = book.create_sheet(_SHEETS.get(block.key, block.key))
            _table(sheet, block, filled.title, rows)
            lay_out(sheet, footer)
    pairs = list(_pairs(filled, rows))
    if pairs:
        sheet = book.create_sheet("登记")
        _facts(sheet, filled.title, rows["notice"], pairs)
        lay_out(sheet, footer)
    book.properties.title = filled.title
    book.properties.creator = publisher or "xygeo"
    save_dated(book, path, day)


def _table(sheet: Worksheet, block: FormTable, title: str, rows: Mapping[str, Any]) -> None:
    columns = [
        Column(
            title=f"{one.group}\n{one.title}" if one.group else one.title,
            meaning=one.title,
            form=_form(block, place),
        )
        for place, one in enumerate(block.columns)
    ]
    write_table(
        sheet,
        columns,
        [[cell.text if cell.number is None else cell.number for cell in row] for row in block.rows],
        title=title,
        subtitle=rows["case_title"],
        notice=rows["notice"],
    )
    if not block.rows:
        write_text(sheet, 5, 1, block.empty)


def _form(block: FormTable, place: int) -> str:
    """Give the number format of a column: text where no cell is a number."""
    if all(row[place].number is None for row in block.rows):
        return TEXT
    return block.columns[place].form or "0"


def _pairs(filled: Filled, rows: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Give all that is no table as titles and values."""
    for block in filled.blocks:
        match block:
            case Form(form):
                for row in form:
                    yield from row
            case Words(text):
                yield "", text
            case Signatures(parties):
                for who, on in parties:
                    yield f"{who}签字日期", on
            case Lines(lines):
                for line in lines:
                    yield "", line
            case _:
                continue
    if rows["source"]:
        yield "来源", rows["source"]


def _facts(sheet: Worksheet, title: str, notice: str, pairs: list[tuple[str, str]]) -> None:
    write_text(sheet, 1, 1, title, bold=True, size=14)
    write_text(sheet, 2, 1, notice, bold=True, color="B3261E", size=12)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 96
    for number, (name, text) in enumerate(pairs, start=3):
        write_text(sheet, number, 1, name, bold=True)
        write_text(sheet, number, 2, text)
        for place in (1, 2):
            sheet.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
        lines = sum(-(-max(text_width(part), 1) // 92) for part in text.split("\n"))
        sheet.row_dimensions[number].height = min(4 + 15 * lines, 400)
    sheet.print_title_rows = "1:2"
