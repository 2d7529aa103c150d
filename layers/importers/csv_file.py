"""Comma, tab or semicolon separated text, as people's programs write it."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from layers.findings import UnreadableError
from layers.importers.decoding import text_encoding
from layers.importers.tables import CHUNK_ROWS, Chunk, Table

__all__ = ["needs_guard", "read_csv", "unguarded"]

_GUARDED = frozenset("=+-@\t\r'")
_CELL_CHARACTERS = 2**31 - 1  # a village's outline is one cell of text: 131,072 is too few


def needs_guard(text: str) -> bool:
    """Whether csv must carry this text behind an apostrophe to bring it back as it was.

    A sheet program would run it (`= + - @`), or this reader would trim it, take it for nothing or
    take its own apostrophe for the guard.
    """
    return not text or text[0] in _GUARDED or text[0].isspace() or text[-1].isspace()


def unguarded(cell: str) -> str | None:
    """Give the text that a csv cell stands for; blank cells are None.

    An apostrophe goes only where `needs_guard` would have put it, so `'90s` keeps its own.
    """
    if cell.startswith("'") and needs_guard(cell[1:]):
        return cell[1:]
    return cell.strip() or None


def read_csv(path: Path) -> Table:
    """Open a csv file; blank rows are skipped and still counted.

    Raises
    ------
    UnreadableError
        I01: an empty file, a wrong encoding, an unclosed quote; I04: a row longer than the
        headings (raised while reading).
    """
    encoding = text_encoding(path)
    csv.field_size_limit(_CELL_CHARACTERS)  # the module's own switch; larger harms nobody
    rows = _counted(path, encoding)
    number, headings = next(rows, (1, []))
    if not headings:
        raise UnreadableError(1, "文件是空的，请检查导出是否完成。")
    while headings and not headings[-1].strip():
        headings.pop()
    return Table(
        headings=tuple(heading.strip() for heading in headings),
        chunks=_chunks(rows, tuple(heading.strip() for heading in headings)),
        textual=True,
        heading_row=number,
        total=max(_line_count(path) - number, 1),
    )


def _delimiter(text: Iterable[str]) -> str:
    """Find the separator that splits the first line into most headings; a comma when in doubt."""
    first = next((line for line in text if line.strip("\r\n")), "")
    lines = first.splitlines()[:1]
    return max(",\t;", key=lambda mark: len(next(csv.reader(lines, delimiter=mark), [])))


def _line_count(path: Path) -> int:
    """Count lines nearly: a quoted cell may hold several."""
    count, last = 0, b""
    with path.open("rb") as file:
        while block := file.read(2**20):
            count += block.count(b"\n")
            last = block[-2:]
    return count + (b"\n" not in last)  # of two bytes, where a character has two


def _counted(path: Path, encoding: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not blank, each with its number in the sheet.

    Raises
    ------
    UnreadableError
        I01: an unclosed quote.
    """
    with path.open(encoding=encoding, newline="") as text:
        delimiter = _delimiter(text)
        text.seek(0)
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        number = 0
        while True:
            number += 1
            try:
                row = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                raise UnreadableError(
                    number, f"第 {number} 行的引号没有成对，请检查该行后再导入。"
                ) from error
            if any(cell.strip() for cell in row):
                yield number, row


def _chunks(rows: Iterator[tuple[int, list[str]]], headings: tuple[str, ...]) -> Iterator[Chunk]:
    width = len(headings)
    while block := list(islice(rows, CHUNK_ROWS)):
        cells = []
        for number, row in block:
            if len(row) != width:
                if any(cell.strip() for cell in row[width:]):
                    raise UnreadableError(
                        number,
                        f"第 {number} 行有 {len(row)} 格，表头只有 {width} 格，"
                        "请检查多余的分隔符，含逗号的文字应加引号。",
                        finding_code="I04",
                    )
                row = [*row[:width], *[""] * (width - len(row))]  # noqa: PLW2901
            cells.append(row)
        columns = zip(*cells, strict=True)
        yield Chunk(
            rows=[number for number, _ in block],
            cells={h: list(column) for h, column in zip(headings, columns, strict=True)},
        )
