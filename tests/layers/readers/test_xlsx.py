from __future__ import annotations

from datetime import date, datetime

import pytest

from layers.findings import RefusedCell, UnreadableError
from layers.importers.child import read_in_child
from layers.readers.xlsx import read_xlsx
from tests.layers.readers.files import read, write_book, write_zip


def opened(path, sheet=None):
    return read_in_child("xlsx", path, sheet=sheet, prefer="care_facilities")


def messages(path, sheet=None):
    return list(read_xlsx(path, sheet=sheet, prefer="care_facilities"))


def refusal(path, sheet=None):
    with pytest.raises(UnreadableError) as caught:
        messages(path, sheet)
    return str(caught.value)


def test_cells_keep_what_a_clerk_sees(tmp_path):
    path = write_book(
        tmp_path / "a.xlsx",
        ["名称", "代码", "床位", "开业日期", "法定"],
        [" 甲 ", "0140", 3, date(2020, 1, 2), True],
        [],
        ["  ", 140423100000, 2.5, "2020-01-02", False],
    )
    table = opened(path)
    assert (table.heading_row, table.textual) == (1, False)
    assert read(table) == (
        [2, 4],
        {
            "名称": ["甲", None],
            "代码": ["0140", 140423100000],
            "床位": [3, 2.5],
            "开业日期": [datetime(2020, 1, 2), "2020-01-02"],  # noqa: DTZ001
            "法定": [True, False],
        },
    )


def test_a_title_and_two_merged_heading_rows_are_read_as_the_lower_title(tmp_path):
    path = write_book(
        tmp_path / "a.xlsx",
        ["襄垣县一览表"],
        ["名称", "床位", None, "位置", None],
        [None, "床位数", "护理床位", "经度", "纬度"],
        ["甲", 3, 2, 113.0, 36.5],
        merged=["A1:E1", "A2:A3", "B2:C2", "D2:E2"],
    )
    head, rows = messages(path)
    assert head == {
        "headings": ["名称", "床位数", "护理床位", "经度", "纬度"],
        "heading_row": 3,
    }
    assert rows["rows"] == [4]


def test_a_merged_heading_over_values_is_the_only_heading(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["名称", "位置"], ["甲", 113.0, 36.5], merged=["B1:C1"])
    assert "之外还有内容" in refusal(path)


def test_formulas_and_errors_stand_for_no_value(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["a", "b"], ["=1+1", "#REF!"])
    _, rows = messages(path)
    (formula,), (error,) = rows["columns"]
    assert formula == RefusedCell("=1+1", "I21", "是公式，请改为计算结果再导入")
    assert (error.text, error.code) == ("#REF!", "I04")


def test_rows_under_one_merged_cell_say_so(tmp_path):
    path = write_book(
        tmp_path / "a.xlsx", ["乡镇", "名称"], ["古韩镇", "甲"], [None, "乙"], merged=["A2:A3"]
    )
    _, rows = messages(path)
    assert rows["columns"][0][0] == "古韩镇"
    assert rows["columns"][0][1].code == "I04"


@pytest.mark.parametrize("title", ["数据", "care_facilities"])
def test_the_sheet_of_the_data_is_found_among_others(tmp_path, title):
    path = write_book(tmp_path / "a.xlsx", ["名称"], ["甲"], title=title, others=["说明", "备忘"])
    assert messages(path)[0]["headings"] == ["名称"]
    assert messages(path, "备忘")[0]["headings"] == ["x"]


def test_the_only_sheet_with_cells_is_taken(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["名称"], ["甲"])
    assert messages(path)[0]["headings"] == ["名称"]


def test_several_sheets_must_be_chosen_from(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["名称"], others=["Sheet2"])
    assert "有：Sheet1、Sheet2" in refusal(path)
    assert "没有工作表“表三”" in refusal(path, "表三")


def test_our_own_export_keeps_blanks_at_the_ends_of_text(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["名称"], [" 甲 "], title="数据", others=["说明"])
    assert messages(path)[1]["columns"] == [(" 甲 ",)]


def test_a_thousand_columns_are_no_table(tmp_path):
    path = write_book(tmp_path / "a.xlsx", [f"c{i}" for i in range(1000)], ["x"])
    assert "超过 500 列" in refusal(path)


def test_an_empty_sheet_is_refused(tmp_path):
    assert "没有填写内容" in refusal(write_book(tmp_path / "a.xlsx"))


def test_another_archive_is_no_workbook(tmp_path):
    assert "不是 xlsx" in refusal(write_zip(tmp_path / "a.xlsx", **{"a.shp": b"1"}))


def test_an_entity_bomb_in_a_sheet_is_refused(tmp_path):
    import zipfile

    path = write_book(tmp_path / "a.xlsx", ["名称"], ["甲"])
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    sheet = "xl/worksheets/sheet1.xml"
    bomb = b'<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>'
    members[sheet] = bomb + members[sheet].split(b"?>")[-1]
    with pytest.raises(UnreadableError, match="已损坏"):
        opened(write_zip(path, **members))


def test_escaped_control_characters_are_read_as_excel_means_them(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["备注"], ["a_x000D_\nb"], ["_x005F_x000D_"])
    _, rows = messages(path)
    assert rows["columns"] == [("a\r\nb", "_x000D_")]


def test_a_reference_to_a_long_text_that_is_gone_stands_for_no_value(tmp_path):
    path = write_book(tmp_path / "a.xlsx", ["几何"], ["〔长文 3〕"])
    _, rows = messages(path)
    ((cell,),) = rows["columns"]
    assert isinstance(cell, RefusedCell)
    assert (cell.code, str(cell)) == ("I04", "〔长文 3〕")
