from __future__ import annotations

import zipfile

import pytest

from layers.findings import UnreadableError
from layers.readers.merges import Merge, Merges, read_merges
from tests.layers.readers.files import write_book


def test_merged_cells_are_found_without_reading_rows(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["a"], merged=["A1:C1", "A2:A4"])
    with zipfile.ZipFile(path) as archive:
        merges = read_merges(archive, "xl/worksheets/sheet1.xml")
    assert [merges.go_on_below(row) for row in range(1, 6)] == [True, True, True, False, False]
    assert merges.hidden(1) == [(2, 3)]
    assert (merges.hidden(2), merges.hidden(3), merges.hidden(5)) == ([], [(1, 1)], [])


def test_a_merge_over_the_border_of_two_blocks_is_found(tmp_path, monkeypatch):
    monkeypatch.setattr("layers.readers.merges._BLOCK_BYTES", 7)
    path = write_book(tmp_path / "a.xlsx", ["a"], merged=["A1:B1", "C1:D1"])
    with zipfile.ZipFile(path) as archive:
        merges = read_merges(archive, "xl/worksheets/sheet1.xml")
    assert sorted(merges.hidden(1)) == [(2, 2), (4, 4)]


def test_merges_over_a_million_rows_are_refused():
    with pytest.raises(UnreadableError, match="合并单元格太多"):
        Merges([Merge(1, 1, 1_048_576, 1)])
