"""Documents of cases as .xlsx: the same rows as the paper, a sheet a table."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

from openpyxl import Workbook
from openpyxl.styles import Alignment, Border, PatternFill, Side
from openpyxl.utils import get_column_letter

from webmap.documents.filled import Form, FormTable, Lines, Signatures, Words
from webmap.documents.workbook import (
    Footer,
    lay_out,
    save_dated,
    text_width,
    write_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date
    from pathlib import Path

    from openpyxl.cell.cell import Cell
    from openpyxl.worksheet.worksheet import Worksheet

    from webmap.documents.filled import Filled

__all__ = ["write_case_book"]

_SHEETS = {
    "markers": "逐桩记录",
    "findings": "问题",
    "plates": "标志牌",
    "names": "地名",
    "chosen": "站址",
    "options": "方案比较",
    "change": "建成前后",
    "rows": "各单位",
}
"""Table -> name of its sheet."""
_PLACES_A_MM = 0.52
"""Half-width places of a column for a millimetre on paper."""
_HEAD_ROW = 4
_NOTICE = "B3261E"
_HEAD = PatternFill("solid", fgColor="E6EFED")
_THIN = Side(style="thin", color="8A867F")
_BOX = Border(left=_THIN, right=_THIN, top=_THIN, bottom=_THIN)


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
    """Write a table as wide as its template has it on paper, so that both print alike."""
    widths = [max(one.width * _PLACES_A_MM, 4.5) for one in block.columns]
    write_text(sheet, 1, 1, title, bold=True, size=14)
    write_text(sheet, 2, 1, rows["case_title"])
    write_text(sheet, 3, 1, rows["notice"], bold=True, color=_NOTICE, size=12)
    first = _heads(sheet, block)
    for number, row in enumerate(block.rows, start=first):
        for place, (column, cell) in enumerate(zip(block.columns, row, strict=True), start=1):
            written = write_text(sheet, number, place, cell.text, size=block.size)
            if cell.number is not None:
                written.value = cell.number
                written.number_format = column.form or "0"
            side = "right" if cell.number is not None and column.side == "left" else column.side
            _ruled(written, side)
        lines = max(
            sum(-(-max(text_width(part), 1) // int(width)) for part in cell.text.split("\n"))
            for cell, width in zip(row, widths, strict=True)
        )
        sheet.row_dimensions[number].height = min(5 + 1.35 * block.size * lines, 400)
    if not block.rows:
        write_text(sheet, first, 1, block.empty)
    for place, width in enumerate(widths, start=1):
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"A{first}"
    sheet.print_title_rows = f"1:{first - 1}"


def _heads(sheet: Worksheet, block: FormTable) -> int:
    """Write the titles, in two rows where columns stand in groups; give the row below them."""
    grouped = any(one.group for one in block.columns)
    below = _HEAD_ROW + grouped
    for place, column in enumerate(block.columns, start=1):
        single = grouped and not column.group
        for number in range(_HEAD_ROW, below + 1):
            here = column.title if number == below else column.group
            text = here if not single else column.title if number == _HEAD_ROW else ""
            cell = write_text(sheet, number, place, text, bold=True, size=block.size)
            cell.fill = _HEAD
            _ruled(cell, "center")
        if single:
            sheet.merge_cells(None, _HEAD_ROW, place, below, place)
    if grouped:
        sheet.row_dimensions[_HEAD_ROW].height = 16
    for group, several in groupby(enumerate(block.columns, start=1), key=lambda one: one[1].group):
        places = [place for place, _ in several]
        if group and len(places) > 1:
            sheet.merge_cells(None, _HEAD_ROW, places[0], _HEAD_ROW, places[-1])
    sheet.row_dimensions[below].height = 30
    return below + 1


def _ruled(cell: Cell, side: str) -> None:
    cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    cell.border = _BOX


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
    write_text(sheet, 2, 1, notice, bold=True, color=_NOTICE, size=12)
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 28, 96
    for number, (name, text) in enumerate(pairs, start=3):
        write_text(sheet, number, 1, name, bold=True)
        write_text(sheet, number, 2, text)
        for place in (1, 2):
            sheet.cell(number, place).alignment = Alignment(vertical="top", wrap_text=True)
            sheet.cell(number, place).border = _BOX
        lines = sum(-(-max(text_width(part), 1) // 92) for part in text.split("\n"))
        sheet.row_dimensions[number].height = min(4 + 15 * lines, 400)
    sheet.print_title_rows = "1:2"
