"""`xygeo access` as a planner asks it."""

from __future__ import annotations

import pytest
from openpyxl import load_workbook

from layers.store import open_store
from tests.calling import xygeo
from tests.layers.analysis.county import FAR, NEAR, elders, fill, station


def county(folder, places=12):
    """A county of so many places for 30 near and 50 far elders."""
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True) as store:
        facilities = [
            station("西站", 0, day_places=places, quality="synthetic"),
            station("敬老院", 1400, kind="regional_home", beds=20),
            station("县中心", 3000, kind="county_centre", beds=100),
        ]
        people = [elders(NEAR, 30, 500), elders(FAR, 50, 1400)]
        fill(store, care_facilities=facilities, elders=people)
    return folder


@pytest.fixture
def data(tmp_path):
    return county(tmp_path)


def test_json_gives_rows_summary_load_and_referral(data):
    body = xygeo("access", "--json", data=data).json
    assert [row["name"] for row in body["rows"]] == ["乙镇", "甲镇"]
    assert (body["summary"]["served"], body["summary"]["reachable_unserved"]) == (12, 18)
    (load,) = body["facilities"]
    assert (load["name"], load["filled"], load["load"]) == ("西站", 12, 1)
    assert [home["name"] for home in body["referral"]["homes"]] == ["敬老院"]
    assert (body["quality"], body["notice"]) == ("synthetic", "示意数据 非法定")
    assert body["files"] == []


def test_the_table_names_what_is_full_and_how_it_was_computed(data):
    answer = xygeo("access", data=data)
    assert answer.code == 0
    for words in ("够得着没名额", "每千人可达名额", "转介", "AccessMod", "示意数据 非法定"):
        assert words in answer.out


def test_the_workbook_says_the_same_as_the_command(data, tmp_path):
    path = tmp_path / "new" / "access.xlsx"
    body = xygeo("access", "--out", path, "--json", data=data).json
    assert body["files"] == [str(path)]
    sheet = load_workbook(path)["可达性与容量"]
    told = [[cell.value for cell in row][2:7] for row in sheet.iter_rows(min_row=5)]
    names = ("total", "served", "reachable_unserved", "perhaps", "uncovered")
    assert told == [[row[name] for name in names] for row in [*body["rows"], body["summary"]]]


def test_small_counts_are_null_unless_asked_in_full(tmp_path):
    data = county(tmp_path, places=3)
    body = xygeo("access", "--json", data=data).json
    near = body["rows"][1]
    assert near["served"] is None
    assert "served" in near["suppressed"]
    assert near["mean_access"] is None
    assert body["facilities"][0]["filled"] is None
    full = xygeo("access", "--full", "--json", data=data).json
    assert full["rows"][1]["served"] == 3


def test_no_capacity_is_a_sentence_and_exit_code_1(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True) as store:
        fill(store)
    answer = xygeo("access", "--json", data=tmp_path)
    assert (answer.code, answer.json["error"]["code"]) == (1, "no_capacity")


def test_another_ending_than_xlsx_is_wrong_use(data):
    assert xygeo("access", "--out", "a.pdf", data=data).code == 2
