from datetime import UTC, datetime

import orjson

from api.ogc.feature_pages import cells_of, version_rows
from api.ogc.visibility import view_of
from layers.schema import layer_schema

VIEW = view_of(layer_schema("elders"), "viewer")


def test_cells_have_titles_and_show_what_stands_for_a_hidden_count():
    cells = dict(cells_of(VIEW, {"year": 2020, "age80": None, "age60": 7}, {"age80": "<5"}))
    assert cells == {"年份": "2020", "80岁及以上": "<5", "60岁及以上": "7"}


def test_lists_that_are_still_json_are_read():
    view = view_of(layer_schema("care_facilities"), "viewer")
    cells = cells_of(view, {"services": orjson.Fragment('["助餐","助洁"]')})
    assert cells == [("服务内容", "助餐、助洁")]


def test_versions_stand_newest_first_with_what_they_hold():
    at = datetime(2024, 6, 30, tzinfo=UTC)
    versions = [
        {"version": 1, "at": at, "action": "create", "properties": {"year": 2020, "note": None}},
        {"version": 2, "at": at, "action": "delete", "properties": None, "actor": "甲"},
    ]
    rows = version_rows(VIEW, versions)
    assert [(r["version"], r["action_title"], r["actor"]) for r in rows] == [
        (2, "删除", "甲"), (1, "新建", "")
    ]  # fmt: skip
    assert rows[1]["cells"] == [("年份", "2020")]
