"""A sheet of an Excel workbook, row by row, as a clerk filled it in.

Formulas, errors of the sheet and places inside merged cells stand for no value: they come as
`RefusedCell`, so that a column that is imported says so by row. openpyxl takes its XML through
defusedxml.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, islice, zip_longest
from pathlib import Path
from typing import Any

from openpyxl import load_workbook

from layers.findings import RefusedCell, UnreadableError
from layers.readers.archives import open_archive
from layers.readers.merges import Merges, read_merges
from layers.sheet_text import LONG_TEXTS, from_cell, referred

__all__ = ["BATCH_ROWS", "MAX_COLUMNS", "read_xlsx"]

BATCH_ROWS = 2_000
MAX_COLUMNS = 500
"""More columns than this are no table of a layer; the cells beyond are not even looked at."""

_DATA, _NOTES = "数据", "说明"  # the sheets of our own exports
_MOST_HEADING_ROWS = 4
_LOOKED_AT_ROWS = 50
_FORMULA = ("I21", "是公式，请改为计算结果再导入")
_ERROR = ("I04", "是表格程序的错误值，请改正公式或填写数值")
_LOST = ("I04", f"指向“{LONG_TEXTS}”表，表里没有这一号，请用未删改的导出文件")
_MERGED = ("I04", "在合并单元格里，请取消合并后逐行填写")

Row = tuple[int, list[Any]]
Page = Any  # openpyxl's types know no sheet that is streamed


def read_xlsx(path: Path, *, sheet: str | None, prefer: str) -> Iterator[dict[str, Any]]:
    """Read one sheet of a workbook; blank rows are skipped and still counted.

    Merged heading rows (a title over the table, groups over columns) are read as the lowest title
    of each column.

    Parameters
    ----------
    path
        The file.
    sheet
        Name of the sheet; None takes 数据, the one called `prefer`, or the only one with cells.
    prefer
        The platform's name of what is imported.

    Yields
    ------
    The heading message, then rows (see `layers.importers.child`).

    Raises
    ------
    UnreadableError
        I01: no workbook, a dangerous archive, no such sheet, several to choose from, no headings,
        too many columns; I04: a cell beyond the headings.
    """
    with open_archive(path) as archive:
        if "[Content_Types].xml" not in archive.namelist():
            raise UnreadableError(
                None, f"文件 {path.name} 的内容不是 xlsx，与扩展名不符，请改扩展名或重新导出。"
            )
        with closing(load_workbook(path, read_only=True, keep_links=False)) as book:
            page = _chosen(book.worksheets, sheet, prefer)
            merges = read_merges(archive, page._worksheet_path)  # noqa: SLF001 - no public way
            own = {_DATA, _NOTES} <= set(book.sheetnames)
            texts = _long_texts(book[LONG_TEXTS]) if LONG_TEXTS in book.sheetnames else {}
            with closing(_rows(page)) as every:
                heading_row, headings, rows = _headings(every, merges)
                yield {"headings": headings, "heading_row": heading_row}
                filled = _filled(rows, len(headings), merges, texts, own=own)
                while batch := list(islice(filled, BATCH_ROWS)):
                    yield _message(batch)


def _message(batch: Sequence[Row]) -> dict[str, Any]:
    return {
        "rows": [number for number, _ in batch],
        "columns": list(zip(*(cells for _, cells in batch), strict=True)),
    }


def _chosen(pages: Sequence[Page], sheet: str | None, prefer: str) -> Page:
    for page in pages:
        page.reset_dimensions()  # what a file says of its size is not always so
    named = {page.title: page for page in pages}
    for wanted in (sheet,) if sheet is not None else (_DATA, prefer):
        if wanted in named:
            return named[wanted]
    filled = [
        page
        for page in pages
        if page.sheet_state == "visible"
        and any(value is not None for _, row in _first(page) for value in row)
    ]
    if sheet is None and len(filled) == 1:
        return filled[0]
    if sheet is None and not filled:
        raise UnreadableError(None, "工作簿里没有填写内容的工作表，请检查导出是否完成。")
    listed = "、".join(named)
    wanted = f"没有工作表“{sheet}”" if sheet is not None else "不止一个工作表"
    raise UnreadableError(None, f"文件里{wanted}(有：{listed})，请用 --sheet 指定。")


def _first(page: Page) -> Iterator[Row]:
    for number, values in enumerate(
        page.iter_rows(max_row=_LOOKED_AT_ROWS, max_col=MAX_COLUMNS + 1, values_only=True), 1
    ):
        yield number, list(values)


def _rows(page: Page) -> Generator[Row, None, None]:
    """Give the rows that are not blank, each with its number in the sheet."""
    number = 0
    for number, cells in enumerate(page.iter_rows(max_col=MAX_COLUMNS + 1), 1):
        row = [_value(cell) for cell in cells]
        if any(_bare(value) is not None for value in row):
            yield number, row


def _value(cell: Any) -> Any:  # noqa: ANN401 - whatever a sheet holds
    value, kind = cell.value, cell.data_type
    if kind == "f":
        return RefusedCell(str(getattr(value, "text", value)), *_FORMULA)
    if kind == "e":
        return RefusedCell(str(value), *_ERROR)
    return from_cell(value) if isinstance(value, str) else value


def _bare(value: Any) -> Any:  # noqa: ANN401
    """Take the blanks off the ends of a text; nothing but blanks is nothing."""
    return value.strip() or None if isinstance(value, str) else value


def _long_texts(page: Page) -> dict[int, str]:
    """Join the texts of the sheet that holds what no cell holds."""
    found: dict[int, list[str]] = {}
    for row in page.iter_rows(min_row=2, max_col=3, values_only=True):
        number, _, text = (*row, None, None, None)[:3]
        if isinstance(number, int) and isinstance(text, str):
            found.setdefault(number, []).append(from_cell(text))
    return {number: "".join(parts) for number, parts in found.items()}


def _headings(rows: Iterator[Row], merges: Merges) -> tuple[int, list[str], Iterator[Row]]:
    """Read the heading rows, as many as merged cells hold together; gives the rest of the rows.

    Raises
    ------
    UnreadableError
        I01: there is none, or it has too many columns.
    """
    number, cells = next(rows, (0, []))
    if not cells:
        raise UnreadableError(1, "工作表是空的，请检查导出是否完成。")
    lowest = cells
    for _ in range(_MOST_HEADING_ROWS - 1):
        below = next(rows, None) if merges.go_on_below(number) else None
        if below is None:
            break
        if not all(cell is None or isinstance(cell, str) for cell in below[1]):
            rows = chain([below], rows)  # values already: the merged heading has none below
            break
        number, cells = below
        pairs = zip_longest(cells, lowest)
        lowest = [low if _bare(low) is not None else high for low, high in pairs]
    headings = ["" if cell is None else " ".join(str(cell).split()) for cell in lowest]
    while headings and not headings[-1]:
        headings.pop()
    if len(headings) > MAX_COLUMNS:
        raise UnreadableError(
            number, f"表头超过 {MAX_COLUMNS} 列，不像一张表，请删去多余的列再导入。"
        )
    return number, headings, rows


def _filled(
    rows: Iterator[Row], width: int, merges: Merges, texts: Mapping[int, str], *, own: bool
) -> Iterator[Row]:
    """Give the rows below the headings in the headings' width.

    Raises
    ------
    UnreadableError
        I04: a row has cells beyond the headings.
    """
    for number, row in rows:
        if any(_bare(value) is not None for value in row[width:]):
            raise UnreadableError(
                number,
                f"第 {number} 行在表头的 {width} 列之外还有内容，请补上表头或删去多余的格。",
                finding_code="I04",
            )
        cells = [*row[:width], *[None] * (width - len(row))]
        if not own:
            # People leave blanks at the ends of a cell; what we wrote ourselves is meant so.
            cells = [_bare(cell) for cell in cells]
        cells = [_whole(cell, texts) if isinstance(cell, str) else cell for cell in cells]
        for left, right in merges.hidden(number):
            for position in range(left - 1, min(right, width)):
                if cells[position] is None:
                    cells[position] = RefusedCell("", *_MERGED)
        yield number, cells


def _whole(cell: str, texts: Mapping[int, str]) -> str | RefusedCell:
    """Give the long text that a cell refers to."""
    number = referred(cell)
    if number is None:
        return cell
    return texts[number] if number in texts else RefusedCell(cell, *_LOST)
