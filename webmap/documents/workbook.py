"""Sheets that people print: a title, a head that repeats, widths for Chinese, the same bytes."""

from __future__ import annotations

import math
import unicodedata
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING

from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Border, Font, PatternFill, Side
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.properties import PageSetupProperties

from webmap.documents.dated import write_dated

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date
    from pathlib import Path

    from openpyxl import Workbook
    from openpyxl.worksheet.worksheet import Worksheet

__all__ = [
    "Column",
    "Footer",
    "lay_out",
    "save_dated",
    "text_width",
    "wrap_notes",
    "write_table",
    "write_text",
]

COUNT, SHARE, DECIMAL, TEXT = "#,##0", "0.0%", "0.0", "@"

_HEAD_ROW = 4
_FONT = "微软雅黑"
_INK, _SOFT, _NOTICE, _RULE = "2B2A28", "66625C", "B3261E", "BFBAB1"
_HEAD = PatternFill("solid", fgColor="E6EFED")
_TOTAL = PatternFill("solid", fgColor="F4F2EE")
_THIN = Side(style="thin", color=_RULE)


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of a printed table.

    Attributes
    ----------
    title
        Heading; a line break where it may be broken.
    meaning
        One sentence for the sheet of explanations.
    form
        Number format; text where it is `@`.
    width
        Half-width places; 0 takes what the heading and the cells need, at most 40.
    """

    title: str
    meaning: str
    form: str = TEXT
    width: float = 0.0

    @property
    def name(self) -> str:
        """The heading on one line."""
        return self.title.replace("\n", "")


@dataclass(frozen=True, kw_only=True)
class Footer:
    """What stands below every printed page."""

    left: str
    notice: str
    day: date


def write_table(
    sheet: Worksheet,
    columns: Sequence[Column],
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    subtitle: str,
    notice: str = "",
    total: Sequence[object] = (),
) -> None:
    """Write title, subtitle, notice, head, rows and total; all above the rows stays in sight.

    Parameters
    ----------
    sheet
        An empty sheet.
    columns
        Columns from left to right.
    rows
        Values; text is text whatever it starts with, None is an empty cell.
    title, subtitle
        First two rows.
    notice
        Third row, red; empty leaves it empty.
    total
        Last row, emphasised; empty leaves it out.
    """
    _heading(sheet, title, subtitle, notice)
    for place, column in enumerate(columns, start=1):
        cell = write_text(sheet, _HEAD_ROW, place, column.title, bold=True)
        cell.fill = _HEAD
        side = "left" if column.form == TEXT else "right"
        cell.alignment = Alignment(horizontal=side, vertical="center", wrap_text=True)
    lines = max(column.title.count("\n") + 1 for column in columns)
    sheet.row_dimensions[_HEAD_ROW].height = 6 + 15 * lines
    last = _HEAD_ROW
    for last, values in enumerate(rows, start=_HEAD_ROW + 1):
        _row(sheet, last, columns, values)
    if total:
        last += 1
        _row(sheet, last, columns, total, bold=True, fill=_TOTAL)
    for place, column in enumerate(columns, start=1):
        cells = (sheet.cell(number, place) for number in range(_HEAD_ROW + 1, last + 1))
        widest = max(
            (
                *(text_width(part) for part in column.title.split("\n")),
                *(text_width(_as_shown(cell.value, column.form)) for cell in cells),
            )
        )
        width = column.width or min(max(widest + 3, 8), 40)
        sheet.column_dimensions[get_column_letter(place)].width = width
    sheet.freeze_panes = f"A{_HEAD_ROW + 1}"
    sheet.print_title_rows = f"1:{_HEAD_ROW}"


def write_text(
    sheet: Worksheet,
    row: int,
    column: int,
    text: str,
    *,
    bold: bool = False,
    color: str = _INK,
    size: float = 10,
) -> Cell:
    """Write text into a cell as text, whatever it starts with.

    Parameters
    ----------
    sheet, row, column
        Where; not inside a merged range.
    text
        Characters that a workbook cannot hold are left out.
    bold, color, size
        How it looks.

    Returns
    -------
    The cell.
    """
    cell = _cell(sheet, row, column)
    cell.value = ILLEGAL_CHARACTERS_RE.sub("", text)
    cell.data_type = "s"
    cell.font = Font(name=_FONT, size=size, bold=bold, color=color)
    return cell


def lay_out(sheet: Worksheet, footer: Footer) -> None:
    """Prepare a sheet for paper: A4 landscape, one page wide, notice and day below each page.

    Parameters
    ----------
    sheet
        The sheet.
    footer
        What stands below.
    """
    sheet.page_setup.paperSize = 9  # A4
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.fitToWidth = 1
    sheet.page_setup.fitToHeight = 0
    sheet.sheet_properties.pageSetUpPr = PageSetupProperties(fitToPage=True)
    sheet.print_options.horizontalCentered = True
    margins = sheet.page_margins
    margins.left = margins.right = 0.5
    margins.top = margins.bottom = 0.7
    header, below = sheet.oddHeader, sheet.oddFooter
    if header is not None and footer.notice:
        header.right.text = _plain(footer.notice)
        header.right.color = _NOTICE
    if below is not None:
        below.left.text = _plain(footer.left)
        below.center.text = "第 &P 页，共 &N 页"
        below.right.text = f"资料截止 {footer.day:%Y-%m-%d}"


def save_dated(book: Workbook, path: Path, day: date) -> None:
    """Save a workbook whose times are the data's day: same data, same bytes.

    Parameters
    ----------
    book
        The workbook.
    path
        The file; written whole or not at all.
    day
        Day of the data, taken as 1980-01-01 if it is earlier.
    """
    written = BytesIO()
    book.save(written)
    write_dated(written, path, day)


def text_width(text: str) -> int:
    """Count half-width places: a Chinese character takes two."""
    return sum(2 if unicodedata.east_asian_width(letter) in "WFA" else 1 for letter in text)


def wrap_notes(sheet: Worksheet, columns: Sequence[Column]) -> None:
    """Let long sentences of the last column take as many lines as they need.

    Parameters
    ----------
    sheet
        As `write_table` wrote it.
    columns
        Its columns; the last one has a width.
    """
    for number in range(_HEAD_ROW + 1, sheet.max_row + 1):
        cell = sheet.cell(number, len(columns))
        cell.alignment = Alignment(vertical="top", wrap_text=True)
        lines = math.ceil(text_width(str(cell.value)) / columns[-1].width)
        sheet.row_dimensions[number].height = 4 + 15 * lines


def _heading(sheet: Worksheet, title: str, subtitle: str, notice: str) -> None:
    write_text(sheet, 1, 1, title, bold=True, size=14)
    sheet.row_dimensions[1].height = 24
    write_text(sheet, 2, 1, subtitle, color=_SOFT)
    sheet.row_dimensions[2].height = 18
    if notice:
        write_text(sheet, 3, 1, notice, bold=True, color=_NOTICE, size=12)
    sheet.row_dimensions[3].height = 20 if notice else 6


def _row(
    sheet: Worksheet,
    number: int,
    columns: Sequence[Column],
    values: Sequence[object],
    *,
    bold: bool = False,
    fill: PatternFill | None = None,
) -> None:
    for place, (column, value) in enumerate(zip(columns, values, strict=True), start=1):
        cell = _cell(sheet, number, place)
        if isinstance(value, str):
            write_text(sheet, number, place, value, bold=bold)
        elif isinstance(value, int | float):
            cell.value = value
            cell.font = Font(name=_FONT, size=10, bold=bold, color=_INK)
        cell.number_format = column.form
        side = "left" if column.form == TEXT else "right"
        cell.alignment = Alignment(horizontal=side, vertical="center")
        cell.border = Border(bottom=_THIN)
        if fill:
            cell.fill = fill


def _cell(sheet: Worksheet, row: int, column: int) -> Cell:
    cell = sheet.cell(row, column)
    if not isinstance(cell, Cell):
        raise TypeError(f"row {row}, column {column} is inside a merged range")
    return cell


def _as_shown(value: object, form: str) -> str:
    """Say about how a value looks, to measure it."""
    if isinstance(value, str) or value is None:
        return value or ""
    if isinstance(value, int | float):
        return {SHARE: f"{value:.1%}", DECIMAL: f"{value:.1f}"}.get(form, f"{value:,.0f}")
    return str(value)


def _plain(text: str) -> str:
    """Keep a text from being read as a code of header or footer."""
    return text.replace("&", "&&")
