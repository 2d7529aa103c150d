"""A planner's scenarios on the command line, on the county of `tests.layers.analysis.county`."""

from __future__ import annotations

import json

import openpyxl
import pytest

from layers.store import open_store
from tests.calling import xygeo
from tests.layers.analysis.county import CLERK, fill, place, station

SPOT = place(1500)
PLAN = {"name": "东边一处", "candidates": [{"lon": SPOT.x, "lat": SPOT.y, "name": "东站"}]}


@pytest.fixture
def data(tmp_path):
    folder = tmp_path / "data"
    folder.mkdir()
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill(store, care_facilities=[station("西站", 0, quality="synthetic")])
    return folder


def plan(folder, body=PLAN, name="plan.json"):
    file = folder / name
    file.write_text(body if isinstance(body, str) else json.dumps(body), "utf-8")
    return file


def test_a_scenario_is_told_before_and_after(data, tmp_path):
    answer = xygeo("scenario", "run", plan(tmp_path), "--json", data=data)
    body = answer.json
    assert (body["before"]["covered"], body["after"]["covered"], body["gained"]) == (30, 80, 50)
    assert body["rows"][0]["name"] == "乙镇"
    assert body["gained_villages"] == ["远村"]
    assert body["facilities"][0]["name"] == "东站"
    assert body["notice"] == "示意数据 非法定"
    assert body["scenario"] is None


def test_people_read_a_table_and_the_notice(data, tmp_path):
    said = xygeo("scenario", "run", plan(tmp_path), data=data).out
    assert "东边一处" in said
    assert "设施开设：东站" in said
    assert "+50" in said
    assert "示意数据 非法定" in said


def test_by_village_only_those_that_change_are_listed(data, tmp_path):
    said = xygeo("scenario", "run", plan(tmp_path), "--by", "village", data=data).out
    assert "远村" in said
    assert "其余 2 个村（社区）没有变化。" in said


def test_yaml_is_read_too_and_a_file_names_its_scenario(data, tmp_path):
    file = plan(tmp_path, "removed: [西站]\nroads:\n  closed: [1-1]\n", "关西站.yaml")
    body = xygeo("scenario", "run", file, "--json", data=data).json
    assert body["name"] == "关西站"
    assert body["lost"] == 30
    assert body["roads"][0]["roads"] == ["1-1"]


def test_a_kept_scenario_is_listed_shown_and_becomes_stale(data, tmp_path):
    words = ("scenario", "run", plan(tmp_path), "--save", "甲案", "--actor", "li", "--json")
    made = xygeo(*words, data=data).json["scenario"]
    assert xygeo(*words, data=data).json["scenario"] == made
    (listed,) = xygeo("scenario", "list", "--json", data=data).json["scenarios"]
    assert (listed["id"], listed["saved_by"], listed["version"]) == (made, "li", 1)
    assert listed["stale"] is False
    assert "有效" in xygeo("scenario", "list", data=data).out
    with open_store(f"gpkg:{data / 'county.gpkg'}") as store:
        store.put("care_facilities", [station("北站", 700)], actor=CLERK)
    shown = xygeo("scenario", "show", "甲案", "--json", data=data).json
    assert shown["stale"] is True
    assert shown["result"]["after"]["covered"] == 80
    said = xygeo("scenario", "show", made, data=data).out
    assert "已过期" in said
    assert "乙镇" in said


def test_a_planned_facility_that_moved_makes_a_scenario_stale(data, tmp_path):
    address = f"gpkg:{data / 'county.gpkg'}"
    with open_store(address) as store:
        row = station("中心", 1500, kind="planned", status="planned")
        made = store.put("care_facilities", [row], actor=CLERK).ids[0]
    file = plan(tmp_path, {"candidates": [{"id": "中心"}]})
    assert xygeo("scenario", "run", file, "--save", "中心", data=data).code == 0
    assert xygeo("scenario", "show", "中心", "--json", data=data).json["stale"] is False
    with open_store(address) as store:
        store.put("care_facilities", [{**row, "id": made, "geometry": place(1600)}], actor=CLERK)
    assert xygeo("scenario", "show", "中心", "--json", data=data).json["stale"] is True


def test_no_scenario_yet_is_said(data):
    assert "还没有保存的方案" in xygeo("scenario", "list", data=data).out
    assert xygeo("scenario", "list", "--json", data=data).json == {"scenarios": []}


def test_files_say_what_the_answer_says(data, tmp_path):
    book, places = tmp_path / "o" / "p.xlsx", tmp_path / "o" / "p.geojson"
    words = ("scenario", "run", plan(tmp_path), "--out", book, "--out", places, "--json")
    body = xygeo(*words, data=data).json
    assert body["files"] == [str(book), str(places)]
    sheet = openpyxl.load_workbook(book)["前后对比"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert [cells[0][1], *cells[0][3:5]] == ["乙镇", 0, 50]
    assert cells[-1][1:5] == ["合计", 100, 30, 80]
    assert sheet["A3"].value == "示意数据 非法定"
    rows = json.loads(places.read_text("utf-8"))["features"]
    changes = {row["properties"]["name"]: row["properties"]["change"] for row in rows}
    assert changes == {"近村": "不变", "远村": "新增覆盖", "无位村": "不变"}
    assert "people" not in rows[0]["properties"]


def test_full_tells_people_and_is_logged(data, tmp_path):
    places = tmp_path / "p.geojson"
    xygeo("scenario", "run", plan(tmp_path), "--out", places, "--full", data=data)
    rows = json.loads(places.read_text("utf-8"))["features"]
    assert sorted(row["properties"]["people"] for row in rows) == [20, 30, 50]
    assert (data / "accounts.sqlite").exists()


@pytest.mark.parametrize(
    ("name", "body", "code", "exit_code"),
    [
        ("p.json", "{", "scenario_unreadable", 1),
        ("p.json", "[" * 100_000, "scenario_unreadable", 1),
        ("p.json", "[]", "edits_invalid", 1),
        ("p.json", "{}", "edits_empty", 1),
        ("p.yaml", "a: [", "scenario_unreadable", 1),
        ("p.yaml", "a: &x [1]\nremoved: *x", "scenario_unreadable", 1),
        ("p.yaml", "!!python/object/apply:os.getcwd []", "scenario_unreadable", 1),
        ("p.txt", "{}", "usage", 2),
        ("p.json", '{"roads": {"closed": ["9-9"]}}', "unknown_road", 1),
        ("p.json", '{"removed": ["东站"]}', "unknown_facility", 1),
    ],
)
def test_a_bad_file_is_refused_with_a_reason(data, tmp_path, name, body, code, exit_code):
    answer = xygeo("scenario", "run", plan(tmp_path, body, name), "--json", data=data)
    assert (answer.code, answer.json["error"]["code"]) == (exit_code, code)


def test_a_missing_file_and_another_encoding_are_named(data, tmp_path):
    answer = xygeo("scenario", "run", tmp_path / "no.json", data=data)
    assert answer.code == 1
    assert "打不开" in answer.err
    (tmp_path / "gbk.json").write_bytes('{"name": "侯堡"}'.encode("gbk"))
    assert "UTF-8" in xygeo("scenario", "run", tmp_path / "gbk.json", data=data).err


def test_an_unknown_scenario_is_named(data):
    answer = xygeo("scenario", "show", "乙案", data=data)
    assert answer.code == 1
    assert "乙案" in answer.err


def test_a_role_that_is_none_is_told_before_anything_is_calculated(data, tmp_path):
    said = xygeo("scenario", "run", plan(tmp_path), "--role", "bogus", "--json", data=data)
    assert (said.code, said.json["error"]["where"]) == (2, "--role")
