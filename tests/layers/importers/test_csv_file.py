from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.findings import UnreadableError
from layers.importers.csv_file import needs_guard, read_csv, unguarded
from tests.layers.importers.files import write_text


def _cells(path):
    table = read_csv(path)
    chunks = list(table.chunks)
    return table, [row for c in chunks for row in c.rows], chunks[0].cells if chunks else {}


def test_rows_have_the_numbers_of_the_sheet_and_blank_rows_are_skipped(tmp_path):
    path = write_text(tmp_path, "a.csv", 'name,note\n甲,"two\nlines"\n\n,\n乙,x\n')
    _, rows, cells = _cells(path)
    assert rows == [2, 5]
    assert cells["note"] == ["two\nlines", "x"]


@pytest.mark.parametrize("mark", ["\t", ";"])
def test_other_separators_are_seen(tmp_path, mark):
    _, _, cells = _cells(write_text(tmp_path, "a.csv", f"name{mark}beds\n甲{mark}3\n"))
    assert cells == {"name": ["甲"], "beds": ["3"]}


def test_short_rows_are_filled_and_long_ones_refused(tmp_path):
    _, _, cells = _cells(write_text(tmp_path, "a.csv", "name,beds\n甲\n乙,3,\n"))
    assert cells["beds"] == ["", "3"]
    with pytest.raises(UnreadableError, match="第 2 行有 3 格，表头只有 2 格") as caught:
        _cells(write_text(tmp_path, "b.csv", "name,beds\n甲,1,2\n"))
    assert caught.value.finding.code == "I04"


def test_an_unclosed_quote_is_refused_with_its_row(tmp_path):
    with pytest.raises(UnreadableError) as caught:
        _cells(write_text(tmp_path, "a.csv", 'name,beds\n甲,1\n"乙,2\n'))
    assert caught.value.finding.row == 3


def test_a_cell_may_hold_a_whole_outline(tmp_path):
    long = "POINT (1 2)" + " " * 200_000
    _, _, cells = _cells(write_text(tmp_path, "a.csv", f'wkt\n"{long}"\n'))
    assert cells["wkt"] == [long]


def test_an_empty_file_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="文件是空的"):
        read_csv(write_text(tmp_path, "a.csv", "\n \n"))


@given(st.text())
def test_every_text_comes_back_from_behind_its_guard(text):
    cell = f"'{text}" if needs_guard(text) else text
    assert unguarded(cell) == text


@pytest.mark.parametrize(("cell", "text"), [("'90s", "'90s"), ("'=1+1", "=1+1"), (" a ", "a")])
def test_foreign_apostrophes_stay_and_blanks_go(cell, text):
    assert unguarded(cell) == text


def test_blank_cells_are_nothing():
    assert unguarded("  \u3000") is None


@pytest.mark.parametrize("text", ["", "\n\n", " ,\n", "\ufeff"])
def test_a_file_without_headings_is_empty(tmp_path, text):
    with pytest.raises(UnreadableError, match="是空的"):
        read_csv(write_text(tmp_path, "a.csv", text))
