"""gaps.xlsx as an office opens it."""

from __future__ import annotations

import os
import time
import zipfile
from dataclasses import replace

import pytest
from openpyxl import load_workbook

from layers.analysis.question import CareQuestion
from layers.provenance import Provenance
from tests.webmap.pictures import answer, demand
from webmap.documents import write_gaps


@pytest.fixture
def book(tmp_path):
    def written(given=None, **options):
        path = tmp_path / "gaps.xlsx"
        write_gaps(given or answer(), path, **options)
        return load_workbook(path)

    return written


def rows(sheet) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=5)]


def head(sheet) -> list[str]:
    return [cell.value.replace("\n", "") for cell in sheet[4]]


def test_sheets_in_the_order_of_reading(book):
    assert book().sheetnames == ["缺口排名", "方式对比", "年龄段", "村级明细", "说明"]


def test_ranking_has_a_row_a_township_and_a_total(book):
    sheet = book()["缺口排名"]
    assert rows(sheet) == [
        (
            *(1, "140423101000", "虒亭镇", 360, 300, 60, 0.833, 1, 60, 2, 1, 1, 10, "不可达"),
            *(0.417, 0.833),
        ),
        (2, "140423100000", "古韩镇", 160, 120, 40, 0.75, 0.75, 0, 2, 1, 0, 10, 25, 0.75, 0.812),
        (
            *(None, None, "合计", 520, 420, 100, 0.808, 0.923, 60, 4, 2, 1, 10, "不可达"),
            *(0.529, 0.808),
        ),
    ]
    assert head(sheet)[:8] == [
        "位次", "区划代码", "乡镇", "老年人口", "已覆盖", "未覆盖", "道路覆盖率", "直线覆盖率",
    ]  # fmt: skip


def test_codes_are_text_and_shares_are_percentages(book):
    sheet = book()["缺口排名"]
    assert sheet["B5"].data_type == "s"
    assert (sheet["G5"].number_format, sheet["D5"].number_format) == ("0.0%", "#,##0")


def test_modes_stand_beside_directions(book):
    assert rows(book(full=True)["方式对比"]) == [
        ("步行", 0.808, 0.808, 0.538, 0.808, 0.538, 0.808),
        ("汽车", 0.9, 0.006, 0.9, 0.95, 0, 0.006),
    ]


def test_share_that_would_tell_three_people_is_a_dash(book):
    assert rows(book()["方式对比"])[1] == ("汽车", 0.9, "—", 0.9, 0.952, "—", "—")


def test_bands_hide_a_count_of_three_and_its_complement(book):
    assert rows(book()["年龄段"])[1] == ("失能老年人", 0.5, 50, "<5", "隐去", "—", "—", "—")


def test_villages_name_their_township(book):
    assert rows(book()["村级明细"])[0] == (
        "古韩镇", "140423100201", "贾垴村", 120, 5, "是", 250, "是", "是", 1,
    )  # fmt: skip


def test_no_small_count_is_anywhere_in_the_file(book, tmp_path):
    book(answer(demand((3.0, 43.0, 300.0, 61.0))))
    with zipfile.ZipFile(tmp_path / "gaps.xlsx") as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "sheet" in name]
    assert not any("<v>3</v>" in text or "<v>43</v>" in text for text in sheets)


def test_full_shows_every_count(book):
    shown = rows(book(answer(demand((3.0, 43.0, 300.0, 61.0))), full=True)["村级明细"])
    assert [row[3] for row in shown] == [3, 43, 300, 61]


def test_every_sheet_says_that_the_data_are_made_up(book):
    for sheet in book():
        assert sheet.oddHeader.right.text == "示意数据 非法定"
    assert book()["缺口排名"]["A3"].value == "示意数据 非法定"


def test_real_data_carry_no_notice(book):
    given = replace(answer(), provenance=Provenance("surveyed", ("实测",)))
    shown = book(given)
    assert shown["缺口排名"]["A3"].value is None
    assert shown["说明"].oddHeader.right.text is None
    assert "示意数据" not in str(rows(shown["说明"]))


def test_every_sheet_prints_on_a4_landscape_with_its_head(book):
    for sheet in book(publisher="民政局 & 老龄办"):
        assert (sheet.page_setup.paperSize, sheet.page_setup.orientation) == (9, "landscape")
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert sheet.oddFooter.left.text == "编制单位：民政局 && 老龄办"
        if sheet.title != "说明":
            assert (sheet.freeze_panes, sheet.print_title_rows) == ("A5", "$1:$4")


def test_columns_are_as_wide_as_their_chinese(book):
    sheet = book()["村级明细"]
    for column in sheet.iter_cols(min_row=5):
        widest = max(len(str(cell.value)) for cell in column)
        chinese = any(letter >= "\u4e00" for letter in str(column[0].value))
        width = sheet.column_dimensions[column[0].column_letter].width
        assert width >= widest * (2 if chinese else 1)


def test_explanations_cover_every_column(book):
    shown = book()
    told = {row[1].value for row in shown["说明"].iter_rows() if row[0].value in shown.sheetnames}
    for name in shown.sheetnames[:-1]:
        assert set(head(shown[name])) <= told


def test_a_store_without_divisions_has_one_row(book):
    villages = demand().assign(unit="全部")
    given = answer(villages)
    given = replace(given, rows=given.rows.assign(code=None, name="全部"))
    assert [row[2] for row in rows(book(given)["缺口排名"])] == ["全部", "合计"]


def test_rows_of_villages_name_the_township_by_its_code(book):
    given = replace(answer(), question=CareQuestion(by="village"))
    assert rows(book(given)["村级明细"])[0][0] == "140423100000"


def test_text_that_looks_like_a_formula_stays_text(book):
    villages = demand()
    villages["name"] = ["=1+1", "+2", "@x", "\x07-3"]
    sheet = book(answer(villages))["村级明细"]
    assert [sheet.cell(row, 3).value for row in (5, 6, 7, 8)] == ["=1+1", "+2", "@x", "-3"]
    assert {sheet.cell(row, 3).data_type for row in (5, 6, 7, 8)} == {"s"}


def test_same_answer_same_bytes_wherever_and_whenever(tmp_path, monkeypatch):
    write_gaps(answer(), tmp_path / "a.xlsx")
    monkeypatch.setenv("TZ", "America/New_York")
    time.tzset()
    os.utime(tmp_path / "a.xlsx", (0, 0))
    write_gaps(answer(), tmp_path / "b.xlsx")
    monkeypatch.undo()
    time.tzset()
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()


def test_dates_inside_come_from_the_data(book):
    properties = book().properties
    assert f"{properties.created:%Y-%m-%d}" == f"{properties.modified:%Y-%m-%d}" == "2024-01-31"
