"""Printed sheets: widths, text, dates."""

from __future__ import annotations

import zipfile
from datetime import date
from xml.etree import ElementTree as ET

import pytest
from openpyxl import Workbook, load_workbook

from webmap.documents.workbook import (
    Column,
    Footer,
    lay_out,
    save_dated,
    text_width,
    write_table,
    write_text,
)


def one_sheet(columns, rows, **more):
    book = Workbook()
    write_table(book.active, columns, rows, title="题", subtitle="副题", **more)
    return book.active


@pytest.mark.parametrize(("text", "places"), [("abc", 3), ("乡镇", 4), ("（12）", 6), ("", 0)])
def test_chinese_takes_two_places(text, places):
    assert text_width(text) == places


def test_width_follows_the_widest_cell_and_has_an_end():
    columns = [Column(title="a", meaning=""), Column(title="b", meaning="")]
    sheet = one_sheet(columns, [("示意日间照料中心01", "字" * 99)])
    assert sheet.column_dimensions["A"].width == 18 + 3
    assert sheet.column_dimensions["B"].width == 40


def test_total_is_the_last_row_and_bold():
    sheet = one_sheet([Column(title="人数", meaning="", form="#,##0")], [(1,), (2,)], total=(3,))
    assert [sheet.cell(row, 1).value for row in (5, 6, 7)] == [1, 2, 3]
    assert sheet.cell(7, 1).font.bold
    assert not sheet.cell(6, 1).font.bold


def test_a_table_without_rows_is_a_head():
    assert one_sheet([Column(title="甲", meaning="")], []).max_row == 4


def test_cells_inside_a_merged_range_are_refused():
    sheet = Workbook().active
    sheet.merge_cells("A1:B1")
    with pytest.raises(TypeError, match="row 1, column 2"):
        write_text(sheet, 1, 2, "x")


def test_footer_says_day_and_page():
    sheet = Workbook().active
    lay_out(sheet, Footer(left="甲", notice="", day=date(2024, 1, 31)))
    assert sheet.oddFooter.right.text == "资料截止 2024-01-31"
    assert sheet.oddFooter.center.text == "第 &P 页，共 &N 页"


def test_file_carries_the_day_of_the_data_alone(tmp_path):
    save_dated(Workbook(), tmp_path / "a.xlsx", date(2024, 1, 31))
    with zipfile.ZipFile(tmp_path / "a.xlsx") as parts:
        assert {info.date_time for info in parts.infolist()} == {(2024, 1, 31, 0, 0, 0)}
    assert [path.name for path in tmp_path.iterdir()] == ["a.xlsx"]


def test_a_day_before_zip_files_is_their_first(tmp_path):
    save_dated(Workbook(), tmp_path / "a.xlsx", date(1911, 10, 10))
    created = load_workbook(tmp_path / "a.xlsx").properties.created
    assert created.date() == date(1980, 1, 1)


def test_the_day_holds_whatever_prefix_another_library_gave_the_namespace(tmp_path, monkeypatch):
    monkeypatch.setitem(ET._namespace_map, "http://purl.org/dc/terms/", "dct")
    save_dated(Workbook(), tmp_path / "a.xlsx", date(2024, 1, 31))
    assert load_workbook(tmp_path / "a.xlsx").properties.created.date() == date(2024, 1, 31)
