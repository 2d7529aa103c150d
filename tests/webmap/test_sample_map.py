"""Map and table of the sample county, from the store to the files."""

from __future__ import annotations

import re

import pytest
from openpyxl import load_workbook

from layers.analysis.gaps import gap_answer
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.services import picture_of
from layers.sample import fill_sample
from layers.store import open_store
from webmap.documents import write_gaps
from webmap.folium_map import render_map

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def inputs(tmp_path_factory):
    with open_store(f"gpkg:{tmp_path_factory.mktemp('map')}/county.gpkg", create=True) as store:
        fill_sample(store)
        return read_inputs(store, CareQuestion())


@pytest.fixture(scope="module")
def page(inputs):
    return render_map(picture_of(inputs))


def test_page_is_under_a_megabyte_and_lists_nine_towns(page):
    assert len(page.encode()) < 1_000_000
    table = re.search(r"<table>(.*?)</table>", page, re.DOTALL)[0]
    assert len(re.findall(r"<tr data-code=\"\d{12}\">", table)) == 9


def test_page_and_workbook_tell_the_same_figures(inputs, page, tmp_path):
    write_gaps(gap_answer(inputs), tmp_path / "gaps.xlsx")
    sheet = load_workbook(tmp_path / "gaps.xlsx")["缺口排名"]
    first = [cell.value for cell in sheet[5]]
    row = re.search(r"<tr data-code=.*?</tr>", page, re.DOTALL)[0]
    shown = re.findall(r">([^<>\s]+)</(?:td|button)>", row)
    assert shown == [
        str(first[0]),
        first[2],
        *(f"{count:,}" for count in first[3:6]),
        f"{first[6]:.1%}",
        f"{first[14]:.1%}".replace("%", "") + f"–{first[15]:.1%}",
        f"{first[7]:.1%}",
    ]


def test_workbook_adds_up_to_the_census(inputs, tmp_path):
    write_gaps(gap_answer(inputs), tmp_path / "gaps.xlsx", full=True)
    book = load_workbook(tmp_path / "gaps.xlsx")
    ranking, villages = book["缺口排名"], book["村级明细"]
    totals = [row[3].value for row in ranking.iter_rows(min_row=5)]
    assert sum(totals[:-1]) == totals[-1] == 49_415
    assert sum(row[3].value for row in villages.iter_rows(min_row=5)) == 49_415
