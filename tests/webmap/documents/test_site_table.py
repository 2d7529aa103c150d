"""sites.xlsx as an office opens it."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.siting import siting_answer
from layers.analysis.siting_question import SitingQuestion
from layers.store import open_store
from tests.layers.analysis.county import FAR, NEAR, elders, fill
from webmap.documents import write_sites


@pytest.fixture
def answered(tmp_path):
    def made(**changes):
        with open_store(f"gpkg:{tmp_path / 'c.gpkg'}", create=True, min_free_mb=0) as store:
            inputs = read_inputs(fill(store, **changes), CareQuestion())
        return siting_answer(inputs, SitingQuestion())

    return made


def rows(sheet) -> list[tuple]:
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=5)]


def test_sheets_in_the_order_of_reading(answered, tmp_path):
    path = tmp_path / "sites.xlsx"
    write_sites(answered(), path)
    book = load_workbook(path)
    assert book.sheetnames == ["推荐选址", "前后对比", "备选方案", "说明"]
    assert rows(book["推荐选址"])[0][:3] == (FAR, "远村", "远村，相距 0 米")
    assert rows(book["推荐选址"])[0][5:] == (80, 50)
    assert rows(book["前后对比"])[0][1:] == (
        *("乙镇", 70, 0, 50),
        *(50, 50, 50),
        *(0, 0, 0),
        *(0.714, 0.714, 0.714),
    )
    assert rows(book["备选方案"])[0][:4] == (1, "远村", 0, 80)
    assert rows(book["说明"])[0] == ("结论", None, "已证明最优：没有别的选法更好。")


def test_made_up_inputs_are_told_on_every_sheet(answered, tmp_path):
    path = tmp_path / "sites.xlsx"
    write_sites(answered(elders=[elders(FAR, 50, 1400, quality="synthetic")]), path)
    book = load_workbook(path)
    assert {sheet["A3"].value for sheet in book} == {"示意数据 非法定"}


def test_small_counts_are_not_in_the_file(answered, tmp_path):
    hidden, full = tmp_path / "hidden.xlsx", tmp_path / "full.xlsx"
    answer = answered(elders=[elders(FAR, 3, 1400), elders(NEAR, 30, 500)])
    write_sites(answer, hidden)
    write_sites(answer, full, full=True)
    assert rows(load_workbook(hidden)["推荐选址"])[0][5:] == ("隐去", "<5")
    assert rows(load_workbook(full)["推荐选址"])[0][5:] == (33, 3)


def test_the_same_answer_gives_the_same_bytes(answered, tmp_path):
    answer, paths = answered(), [tmp_path / "a.xlsx", tmp_path / "b.xlsx"]
    for path in paths:
        write_sites(answer, path)
    assert paths[0].read_bytes() == paths[1].read_bytes()


def test_long_notes_take_the_lines_they_need(answered, tmp_path):
    path = tmp_path / "sites.xlsx"
    write_sites(answered(elders=[elders(FAR, 50, 1400, source="很长的来源" * 30)]), path)
    notes = load_workbook(path)["说明"]
    (number,) = [row[0].row for row in notes.iter_rows(min_row=5) if row[0].value == "来源"]
    assert notes.cell(number, 3).alignment.wrap_text
    assert notes.row_dimensions[number].height >= 4 * 15
