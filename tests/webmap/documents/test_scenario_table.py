from __future__ import annotations

import openpyxl
import pytest

from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.scenario import scenario_answer
from layers.analysis.scenario_edits import read_edits
from layers.store import open_store, read_frame
from tests.layers.analysis.county import fill, place
from webmap.documents import write_scenario

SPOT = place(1500)
EDITS = {
    "name": "东边",
    "candidates": [{"lon": SPOT.x, "lat": SPOT.y, "name": "=1+1"}],
    "roads": {"closed": ["1-0"]},
}


@pytest.fixture
def answer(tmp_path):
    url = f"gpkg:{tmp_path / 'county.gpkg'}"
    with open_store(url, create=True, min_free_mb=0) as store:
        inputs = read_inputs(fill(store), CareQuestion())
        return scenario_answer(inputs, read_edits(EDITS), read_frame(store, "care_facilities"))


def rows(book, name):
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


def test_every_column_has_its_value_and_its_meaning(answer, tmp_path):
    write_scenario(answer, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    _, _, _, head, *units, total = rows(book, "前后对比")
    names = [str(title).replace("\n", "") for title in head]
    far = dict(zip(names, units[0], strict=True))
    assert (far["乡镇"], far["现状已覆盖"], far["方案已覆盖"], far["变化"]) == ("乙镇", 0, 50, 50)
    county = dict(zip(names, total, strict=True))
    assert (county["新增覆盖"], county["失去覆盖"], county["变化"]) == (50, 30, 20)
    assert county["方案最远分钟"] == "不可达"
    explained = {row[1] for row in rows(book, "说明")}
    assert set(names) <= explained


def test_what_was_changed_is_listed_and_stays_text(answer, tmp_path):
    write_scenario(answer, tmp_path / "a.xlsx")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    changes = rows(book, "改动")[4:]
    assert changes == [["设施开设", "=1+1", None], ["道路封闭", "1-0", 500]]
    assert book["改动"]["B5"].data_type == "s"


def test_the_same_answer_gives_the_same_bytes(answer, tmp_path):
    for name in ("a.xlsx", "b.xlsx"):
        write_scenario(answer, tmp_path / name)
    assert (tmp_path / "a.xlsx").read_bytes() == (tmp_path / "b.xlsx").read_bytes()
