"""xlsx for people: the sheet 数据 with Chinese titles, the sheet 说明 that says what it is."""

from __future__ import annotations

import re
import unicodedata
import zipfile
from collections.abc import Iterator
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.cell.cell import ERROR_CODES
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation

from layers.exporters.cells import json_text, list_text
from layers.exporters.tables import Block, ExportTable, shown_column
from layers.privacy import HIDDEN_TEXT, SMALL_TEXT
from layers.provenance import QUALITY_TITLES
from layers.schema import Field
from layers.sheet_text import LONG_TEXTS, fits_a_cell, pieces, reference, to_cell

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence


__all__ = ["write_xlsx"]

_FIRST_DAY = date(1900, 3, 1)  # before it sheet programs count days in different ways
_CHOICE_CHARACTERS = 253  # of a list written into its cell's rule
_ROWS_TO_COME = 1000  # that a clerk may add below and still choose from the lists
_A4 = 9  # as the format numbers it
_WIDTHS = (6, 48)
_HEAD = PatternFill("solid", fgColor="E8EEF4")
_LON = Field(name="lon", title="经度", type="real")
_LAT = Field(name="lat", title="纬度", type="real")
_WKT = Field(name="wkt", title="几何", type="text")
_NO_DAY = date(1980, 1, 1)
_TYPE_TITLES = {
    "text": "文字",
    "integer": "整数",
    "real": "小数",
    "boolean": "是否",
    "date": "日期",
    "datetime": "时刻",
    "list": "清单",
    "json": "结构",
}
_MODIFIED = re.compile(rb"(<\w+:(created|modified)\b[^>]*>)[^<]*")


def write_xlsx(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write a workbook, row by row.

    Codes are text cells, dates are dates, coded values show their titles and are chosen from a
    list, points have 经度 and 纬度, other geometry is WKT. What is longer than a cell (32,767
    characters) stands in the sheet 长文, to which the cell refers.

    Parameters
    ----------
    table
        What to write.
    path
        Where.
    on_rows
        Told how many rows are done.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet("数据")
    columns = [*table.fields, *_shape_fields(table.kinds)]
    blocks = iter(table.blocks)
    first = next(blocks, None)
    sample = [] if first is None else _rows(table, first)[:200]
    for number, width in enumerate(_column_widths(columns, sample), start=1):
        sheet.column_dimensions[get_column_letter(number)].width = width
    _lay_out(sheet, columns, table.count)
    sheet.append([_cell(sheet, field.title, head=True) for field in columns])
    long_texts = _LongTexts(book)
    done = 0
    for block in chain([] if first is None else [first], blocks):
        for values in _rows(table, block):
            short = map(long_texts.shortened, values)
            sheet.append([_cell(sheet, v, f) for f, v in zip(columns, short, strict=True)])
        done += len(block)
        on_rows(done)
    _write_notes(book.create_sheet("说明"), table, columns, long_texts.count)
    book.save(path)
    _date_from_data(path, table.day or _NO_DAY)


def _lay_out(sheet: Any, columns: list[Field], count: int) -> None:  # noqa: ANN401
    """Keep the heading in sight and on every page, offer filters and the lists of codes."""
    sheet.freeze_panes = "A2"
    sheet.auto_filter.ref = f"A1:{get_column_letter(len(columns))}{count + 1}"
    sheet.print_title_rows = "1:1"
    sheet.print_title_cols = "A:B"  # a wide layer takes several pages
    sheet.page_setup.orientation = "landscape"
    sheet.page_setup.paperSize = _A4
    for number, field in enumerate(columns, start=1):
        titles = ("是", "否") if field.type == "boolean" else tuple(field.codes.values())
        choice = ",".join(titles)
        one = field.type != "list" and not any(set(title) & {",", '"'} for title in titles)
        if titles and one and len(choice) <= _CHOICE_CHARACTERS:
            letter = get_column_letter(number)
            offered = DataValidation("list", formula1=f'"{choice}"', allow_blank=True)
            offered.showErrorMessage = True
            offered.errorTitle = field.title
            offered.error = f"请从列表中选择“{field.title}”，或留空。"
            offered.add(f"{letter}2:{letter}{count + 1 + _ROWS_TO_COME}")
            sheet.data_validations.append(offered)


def _shape_fields(kinds: tuple[str, ...]) -> list[Field]:
    if not kinds:
        return []
    return [_LON, _LAT] if kinds == ("Point",) else [_WKT]


def _rows(table: ExportTable, block: Block) -> list[tuple[Any, ...]]:
    columns = [
        [_shown(field, value) for value in shown_column(table, block, field)]
        for field in table.fields
    ]
    if table.kinds == ("Point",):
        there = ~shapely.is_missing(block.geometry)
        columns += [
            [value if known else None for value, known in zip(values, there, strict=True)]
            for values in (shapely.get_x(block.geometry), shapely.get_y(block.geometry))
        ]
    elif table.kinds:
        columns.append(shapely.to_wkt(block.geometry, rounding_precision=20).tolist())
    return list(zip(*columns, strict=True))


def _shown(field: Field, value: object) -> object:
    """Give a value as people read it."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if field.type == "json" and value is not None:
        return json_text(value)
    if isinstance(value, list):
        titled = [field.codes.get(item, item) for item in value]
        return list_text(titled if len(set(titled)) == len(titled) else value)
    if isinstance(value, str):
        return field.codes.get(value, value)
    return value


class _LongTexts:
    """The sheet of texts that are longer than a cell, made with the first of them."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._sheet: Any = None
        self.count = 0

    def shortened(self, value: Any) -> Any:  # noqa: ANN401 - a value of any field
        """Give what stands in the cell: the value, or where its text is."""
        if not isinstance(value, str) or fits_a_cell(value):
            return value
        if self._sheet is None:
            self._sheet = self._book.create_sheet(LONG_TEXTS)
            self._sheet.column_dimensions["C"].width = _WIDTHS[1]
            self._sheet.append([_cell(self._sheet, h, head=True) for h in ("编号", "段", "内容")])
        self.count += 1
        for number, piece in enumerate(pieces(value), start=1):
            self._sheet.append([self.count, number, _cell(self._sheet, piece)])
        return reference(self.count)


def _cell(sheet: Any, value: Any, field: Field | None = None, *, head: bool = False) -> Any:  # noqa: ANN401
    """Make one cell; text is a string cell whatever it starts with."""
    day = isinstance(value, date)
    if day and value < _FIRST_DAY:
        value, day = value.isoformat(), False
    text = isinstance(value, str)
    if text:
        value = to_cell(value)
    code = field is not None and field.pattern is not None
    if isinstance(value, float) and float(f"{value:.16g}") != value:
        # openpyxl writes 16 digits; the 17th is needed to bring this number back as it was.
        cell = WriteOnlyCell(sheet, value=repr(float(value)))
        cell.data_type = "n"
        return cell
    if not (head or day or (text and (code or value.startswith("=") or value in ERROR_CODES))):
        return value  # five times faster than a cell of its own
    cell = WriteOnlyCell(sheet, value=value)
    if text:
        cell.data_type = "s"
        cell.number_format = "@"
    elif day:
        cell.number_format = "yyyy-mm-dd"
    if head:
        cell.font = Font(bold=True)
        cell.fill = _HEAD
        cell.alignment = Alignment(vertical="center", wrap_text=True)
    return cell


def _column_widths(columns: list[Field], sample: Sequence[tuple[Any, ...]]) -> Iterator[float]:
    low, high = _WIDTHS
    for number, field in enumerate(columns):
        texts = (str(row[number]) for row in sample if row[number] is not None)
        widest = max(map(_text_width, (field.title, *texts)))
        yield float(min(max(widest + 2, low), high))


def _text_width(text: str) -> int:
    """Count half-width places; a Chinese character takes two."""
    first = text.split("\n", 1)[0][:64]
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in first)


def _write_notes(
    sheet: Any,  # noqa: ANN401
    table: ExportTable,
    columns: list[Field],
    long_texts: int,
) -> None:
    """Say what the data are, whence, and what each column means."""
    for letter, width in zip("ABCDE", (22, 60, 10, 10, 60), strict=True):
        sheet.column_dimensions[letter].width = width
    stamp = table.provenance
    facts: list[tuple[str, object]] = [("图层", f"{table.title} {table.name}")]
    if stamp.notice:
        facts.append(("注意", stamp.notice))
    facts += [
        ("行数", table.count),
        ("数据日期", table.day),
        ("有效于", table.at),
        ("最低精度", QUALITY_TITLES[stamp.quality]),
        ("来源", "；".join(stamp.attributions)),
        ("坐标系", "CGCS2000 经纬度(EPSG:4490)" if table.kinds else None),
    ]
    if table.hidden is not None:
        what = (
            f"共 {table.hidden_cells} 格：1 至 4 人显示 {SMALL_TEXT}，"
            f"为防推算另隐去的显示“{HIDDEN_TEXT}”；有隐去的文件不能再导入。"
        )
        facts.append(("隐去小数", what))
    if long_texts:
        what = (
            f"{long_texts} 格的文字放不进一格，写在“{LONG_TEXTS}”表，格里是编号；再导入时请保留。"
        )
        facts.append((LONG_TEXTS, what))
    for name, value in facts:
        if value is not None:
            sheet.append([_cell(sheet, name, head=True), _cell(sheet, value)])
    sheet.append([])
    heads = ("列", "字段", "类型", "单位", "代码")
    sheet.append([_cell(sheet, head, head=True) for head in heads])
    for field in columns:
        codes = "、".join(t if t == c else f"{t}({c})" for c, t in field.codes.items())
        kind = _TYPE_TITLES[field.type]
        cells = (field.title, field.name, kind, field.unit or None, codes or None)
        sheet.append([_cell(sheet, cell) for cell in cells])


def _date_from_data(path: Path, day: date) -> None:
    """Put the data's day where the time of writing stands: same data, same bytes."""
    day = max(day, _NO_DAY)  # the earliest that a zip file can say
    stamp = f"{day.isoformat()}T00:00:00Z".encode()
    with zipfile.ZipFile(path) as book:
        members = [(name, book.read(name)) for name in book.namelist()]
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as book:
        for name, body in members:
            info = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            info.compress_type = zipfile.ZIP_DEFLATED
            dated = _MODIFIED.sub(rb"\g<1>" + stamp, body) if name == "docProps/core.xml" else body
            book.writestr(info, dated)
