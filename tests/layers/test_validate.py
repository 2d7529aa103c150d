from __future__ import annotations

from datetime import date

import pytest

from layers.schema import layer_schema
from layers.store import Actor, read_frame
from layers.validate import Findings, check_frame, check_values

CARE = layer_schema("care_facilities")
DIVISIONS = layer_schema("divisions")


def values(schema=CARE, **columns):
    findings = Findings()
    count = len(next(iter(columns.values())))
    check_values(schema, range(1, count + 1), columns, findings)
    return [(f.row, f.field, f.code, f.level) for f in findings.listed()]


def test_good_rows_have_no_findings():
    assert values(name=["甲"], kind=["station"], beds=[3], opened=[date(2020, 1, 1)]) == []


@pytest.mark.parametrize(
    ("column", "value", "code"),
    [
        ("name", None, "I03"),
        ("name", "", "I03"),
        ("name", 5, "I04"),
        ("name", "x" * 201, "I06"),
        ("name", "a\nb", "I06"),
        ("name", "a\u202eb", "I06"),
        ("kind", "hospital", "I05"),
        ("beds", 3.5, "I04"),
        ("beds", True, "I04"),
        ("beds", -1, "I06"),
        ("floor_area_m2", float("nan"), "I04"),
        ("opened", "2020-01-01", "I04"),
        ("township_code", "140423100001", "I06"),
        ("services", ["唱歌"], "I05"),
        ("services", "助餐", "I04"),
        ("services", [1], "I04"),
        ("note", "证件 11010519491231002X", "I18"),
        ("note", "13912345678", "I18"),
        ("note", "电话 139 1234 5678", "I18"),
        ("note", "139-1234-5678", "I18"),
        ("note", "１３９１２３４５６７８", "I18"),
    ],
)
def test_a_bad_value_is_found(column, value, code):
    assert values(**{column: [value]}) == [(1, column, code, "error")]


@pytest.mark.parametrize(
    "text",
    ["14042310000012345678", "1391234567890", "2023-13912345678x", "139 12345678", "0355-7222222"],
)
def test_other_long_numbers_are_not_people(text):
    assert values(note=[text]) == []


def test_a_wished_for_field_is_a_warning():
    assert values(kind=[None]) == [(1, "kind", "I03", "warning")]


def test_a_field_may_be_required_only_of_some_rows():
    found = values(DIVISIONS, level=["county", "village"], parent_code=[None, None])
    assert found == [(2, "parent_code", "I03", "error")]


def test_rules_pass_over_missing_values():
    assert values(beds=[3, None, 3], care_beds=[3, 9, None]) == []
    assert values(beds=[3], care_beds=[4]) == [(1, "care_beds", "I06", "error")]
    found = values(valid_from=[date(2020, 1, 1)], valid_to=[date(2020, 1, 1)])
    assert found == [(1, "valid_from", "I06", "error")]


def test_stored_rows_are_checked_as_a_frame(store):
    rows = [
        {"name": "甲", "kind": "station", "beds": 3, "services": ["助餐"]},
        {"id": "F2", "name": "乙"},
    ]
    store.put("care_facilities", rows, actor=Actor("clerk"))
    found = check_frame(read_frame(store, "care_facilities"), CARE)
    assert [(f.row, f.field, f.code, f.level) for f in found] == [(2, "kind", "I03", "warning")]
    assert found[0].message == "标识 F2 没有“类型”，建议补上。"
