"""access.xlsx as an office opens it."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from tests.layers.analysis.test_access_cells import made
from webmap.documents.access_table import access_method, write_access


@pytest.fixture
def book(tmp_path):
    def written(given=None, **options):
        path = tmp_path / "access.xlsx"
        write_access(given or made(), path, **options)
        return load_workbook(path)

    return written


def rows(sheet):
    return [tuple(cell.value for cell in row) for row in sheet.iter_rows(min_row=5)]


def test_sheets_in_the_order_of_reading(book):
    assert book().sheetnames == ["可达性与容量", "设施负荷", "转介", "说明"]


def test_a_row_a_town_and_a_total(book):
    assert rows(book()["可达性与容量"]) == [
        ("140423101000", "虒亭镇", 250, 40, 10, 0, 200,
         0.16, 0.16, 0.16, 0.2, 0.18, 0.2, 123.5, 0.5, 0.51),
        ("140423100000", "古韩镇", 180, 60, 20, 0, 100,
         0.3333, 0.3333, 0.3333, 0.444, 0.389, 0.444, 200, 0.25, 0.4),
        (None, "合计", 430, 100, 30, 0, 300,
         0.2, 0.2, 0.2209, 0.3, 0.267, 0.3, 150, 0.4, 0.45),
    ]  # fmt: skip


def test_a_broken_chain_is_named(book):
    assert rows(book()["转介"]) == [
        ("140423101201", "王村", "甲站", 10, "—", "不可达", "不可达", "不可达", "区域养老院")
    ]


def test_small_counts_are_in_no_cell(book):
    given = made(served=(3.0, 60.0))
    assert rows(book(given)["设施负荷"])[0] == ("甲站", "养老服务驿站", 50, 50, "<5", "—", "—")
    assert rows(book(given, full=True)["设施负荷"])[0][4] == 3


def test_the_notes_say_what_is_made_up_and_how_it_was_computed(book):
    shown = book()
    said = [row[1] for row in rows(shown["说明"])]
    assert said[0] == "示意数据 非法定"
    assert set(access_method(made())) <= set(said)
    assert "甲站没有填名额。" in said
    assert all(sheet.oddHeader.right.text == "示意数据 非法定" for sheet in shown)


def test_the_same_answer_is_the_same_bytes(tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_access(made(), tmp_path / name, publisher="民政局")
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
