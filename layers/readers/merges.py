"""Merged cells of a sheet. They stand behind the rows in the file, so they are looked up first."""

from __future__ import annotations

import re
import zipfile
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openpyxl.utils import column_index_from_string

from layers.findings import UnreadableError

__all__ = ["Merge", "Merges", "read_merges"]

MAX_MERGED_ROWS = 500_000

_BLOCK_BYTES = 2**20
_LONGEST_TAG = 256
_MERGE = re.compile(
    rb"<(?:\w+:)?mergeCell\s[^<>]*?\bref=[\"']([A-Z]{1,3})([0-9]{1,7}):([A-Z]{1,3})([0-9]{1,7})[\"']"
)


@dataclass(frozen=True)
class Merge:
    """Rows and columns of one merged cell, from 1, both ends included."""

    top: int
    left: int
    bottom: int
    right: int


class Merges:
    """The merged cells of one sheet.

    Parameters
    ----------
    merges
        In any order.

    Raises
    ------
    UnreadableError
        I01: they cover more rows than a table has.
    """

    def __init__(self, merges: Sequence[Merge]) -> None:
        if sum(m.bottom - m.top + 1 for m in merges) > MAX_MERGED_ROWS:
            raise UnreadableError(None, "工作表里的合并单元格太多，请取消合并后再导入。")
        self._rows: defaultdict[int, list[Merge]] = defaultdict(list)
        for merge in merges:
            for row in range(merge.top, merge.bottom + 1):
                self._rows[row].append(merge)

    def go_on_below(self, row: int) -> bool:
        """Whether a heading row has more headings below: a merged title, or one over two rows."""
        return any(m.right > m.left or m.bottom > row for m in self._rows.get(row, ()))

    def hidden(self, row: int) -> list[tuple[int, int]]:
        """Columns (first, last) of a row that merged cells cover with a value from elsewhere."""
        return [
            (m.left + (row == m.top), m.right)
            for m in self._rows.get(row, ())
            if row > m.top or m.right > m.left
        ]


def read_merges(archive: zipfile.ZipFile, member: str) -> Merges:
    """Find the merged cells of a sheet without parsing its rows.

    Parameters
    ----------
    archive
        The workbook.
    member
        Path of the sheet in it.
    """
    return Merges(list(_found(archive, member)))


def _found(archive: zipfile.ZipFile, member: str) -> Iterator[Merge]:
    rest = b""
    with archive.open(member) as sheet:
        while block := sheet.read(_BLOCK_BYTES):
            text = rest + block
            end = 0
            for found in _MERGE.finditer(text):
                left, top, right, bottom = (part.decode("ascii") for part in found.groups())
                end = found.end()
                yield Merge(
                    int(top),
                    column_index_from_string(left),
                    int(bottom),
                    column_index_from_string(right),
                )
            rest = text[max(end, len(text) - _LONGEST_TAG) :]
