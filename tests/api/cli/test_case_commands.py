"""`xygeo case` as a clerk types it."""

from __future__ import annotations

import json

import pytest

from api.cli.case_words import case_data
from layers.cases import workflow
from layers.store import Actor, open_store
from tests.calling import xygeo

LINE = "140423-140430"


@pytest.fixture
def data(tmp_path):
    """A store with one line and one marker, on paper."""
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        line = {"name": "襄垣县-沁县", "code_a": "140423", "code_b": "140430"}
        store.put("boundary_lines", [{**line, "last_inspected_year": 2018}], actor=Actor("甲"))
    return tmp_path


@pytest.fixture
def opened(data):
    words = ("--set", f"line_id={LINE}", "--set", "年份=2024", "--set", "lead_code=140423")
    answer = xygeo("case", "open", "inspection", *words, "--on", "2024-03-01", "--json", data=data)
    assert answer.code == 0, answer.out
    return answer.json


def test_opening_takes_titles_and_types_of_the_form(opened):
    assert opened["data"] == {"line_id": LINE, "year": 2024, "lead_code": "140423"}
    assert (opened["state_title"], opened["title"]) == ("已排期", "2024年襄垣县-沁县界线联检")


def test_step_takes_lists_and_days(data, opened):
    words = ("计划开始=2024-04-01", "plan_to=2024-05-01", "members_a=襄垣县民政局、自然资源局")
    settings = [part for word in (*words, "members_b=沁县民政局") for part in ("--set", word)]
    answer = xygeo(
        "case", "act", opened["id"], "draft_plan", *settings, "--on", "2024-03-02", "--json",
        data=data,
    )  # fmt: skip
    assert answer.code == 0, answer.out
    assert answer.json["data"]["members_a"] == ["襄垣县民政局", "自然资源局"]


def test_step_takes_a_file(data, opened, tmp_path):
    file = tmp_path / "plan.yaml"
    file.write_text(
        "计划开始: 2024-04-01\nplan_to: 2024-05-01\nmembers_a: [甲局]\nmembers_b: [乙局]\n",
        encoding="utf-8",
    )
    answer = xygeo(
        "case", "act", opened["id"], "draft_plan", "--file", file, "--on", "2024-03-02", data=data
    )
    assert (answer.code, answer.out.splitlines()[0].split("：")[1][:4]) == (0, "拟订方案")


def test_words_in_a_file_are_read_as_words_on_the_command_line(tmp_path):
    file = tmp_path / "marker.yaml"
    file.write_text("甲方在场: 是\npresent_b: 否\n界桩: m1\n", encoding="utf-8")
    fields = workflow("inspection").collects["record_marker"].form.fields
    found = case_data((), file, fields)
    assert found == {"present_a": True, "present_b": False, "marker_id": "m1"}


def test_refusal_is_one_sentence_and_exit_1(data, opened):
    answer = xygeo("case", "act", opened["id"], "archive", "--on", "2024-03-02", data=data)
    assert answer.code == 1
    assert answer.err.startswith("行政区域界线联合检查“归档”须由审核（reviewer）办理")


def test_refusal_with_json_has_a_code(data, opened):
    answer = xygeo("case", "act", opened["id"], "draft_plan", "--json", data=data)
    assert answer.json["error"]["code"] == "case_data"
    assert answer.json["error"]["where"] == "plan_from"


def test_word_without_equals_sign_is_wrong_use(data):
    answer = xygeo("case", "open", "inspection", "--set", "year", data=data)
    assert (answer.code, "字段=值" in answer.err) == (2, True)


def test_file_that_holds_no_mapping_is_wrong_use(data, tmp_path):
    file = tmp_path / "list.json"
    file.write_text(json.dumps([1]), encoding="utf-8")
    assert xygeo("case", "open", "inspection", "--file", file, data=data).code == 2


def test_list_names_the_next_deadline(data, opened):
    answer = xygeo("case", "list", "--on", "2024-03-01", data=data)
    assert opened["id"] in answer.out
    assert "2023-12-31 本轮联检（已逾期）" in answer.out


def test_list_without_cases_says_so(data):
    assert xygeo("case", "list", "--type", "heritage", data=data).out == "没有符合条件的办件。\n"


def test_show_says_in_words_what_happened_and_what_may_be_done(data, opened):
    answer = xygeo("case", "show", opened["id"], "--on", "2024-03-01", data=data)
    assert "  牵头方：140423" in answer.out
    assert "立案排期" in answer.out
    assert "draft_plan（拟订实施方案），需要：计划开始 plan_from" in answer.out


def test_show_gives_programs_the_events_and_the_schema_of_each_step(data, opened):
    body = xygeo("case", "show", opened["id"], "--json", data=data).json
    assert [event["action"] for event in body["events"]] == ["open"]
    assert body["actions"][0]["needs"]["properties"]["plan_from"]["format"] == "date"


def test_photo_says_what_its_position_tells(data, opened, tmp_path):
    from PIL import Image

    from layers.store import open_store

    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        marker = {"id": "m1", "number": "示-001", "line_ids": [LINE], "kind": "single"}
        store.put("boundary_markers", [marker], actor=Actor("甲"))
    picture = tmp_path / "示意.jpg"
    Image.new("RGB", (9, 9)).save(picture)
    words = (opened["id"], picture, "--marker", "m1", "--on", "2024-03-02")
    early = xygeo("case", "photo", *words, data=data)
    assert (early.code, "已排期" in early.err) == (1, True)


def test_calendar_says_when_each_line_is_due(data):
    answer = xygeo("case", "calendar", "--on", "2023-01-01", "--json", data=data)
    (line,) = answer.json["lines"]
    assert (line["due"], line["reminders"][0], line["late"]) == ("2023-12-31", "2022-12-31", False)


def test_bureaus_own_list_of_forbidden_words_holds_in_a_case(data):
    (data / "name_lists.yaml").write_text("persons: [示意某人]\nbrands: []\n", encoding="utf-8")
    words = {
        "name": "示意某人路", "kind": "street", "pinyin_tone": "Shìyìmǒurén Lù",
        "division_code": "140423104000", "meaning": "无", "origin": "无", "reason": "无",
    }  # fmt: skip
    settings = [part for name, value in words.items() for part in ("--set", f"{name}={value}")]
    opened = xygeo(
        "case", "open", "place_name", *settings, "--on", "2024-03-01", "--json", data=data
    )
    answer = xygeo("case", "act", opened.json["id"], "check", "--on", "2024-03-01", data=data)
    assert (answer.code, "示意某人" in answer.err) == (1, True)


@pytest.mark.parametrize(
    "words", [("export", "cases", "out.xlsx"), ("check", "cases"), ("history", "cases", "x"),
              ("import", "cases", "out.xlsx")]
)  # fmt: skip
def test_cases_are_no_layer_to_work_with(data, words, tmp_path):
    answer = xygeo(*(tmp_path / w if w.endswith("xlsx") else w for w in words), data=data)
    assert answer.code != 0
    assert "办件" in answer.err
    assert not (tmp_path / "out.xlsx").exists()
