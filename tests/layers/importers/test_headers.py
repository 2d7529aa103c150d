from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.findings import Findings
from layers.importers.headers import match_headers
from layers.schema import layer_schema

CARE = layer_schema("care_facilities")


def matched(*headings, mapping=None):
    findings = Findings()
    match = match_headers(headings, CARE, mapping, findings)
    return match, [(f.field, f.code, f.level) for f in findings.listed()]


def test_names_titles_and_aliases_are_known_in_any_case():
    match, found = matched("NAME", "床位（张）", "设施类型", "Lon", "纬度", "WKT", "标识")
    assert match.fields == {"name": "NAME", "beds": "床位（张）", "kind": "设施类型", "id": "标识"}
    assert match.places == {"lon": "Lon", "lat": "纬度", "wkt": "WKT"}
    assert found == []


def test_an_unknown_heading_is_a_warning_and_may_be_mapped():
    assert matched("名称", "机构")[1] == [("机构", "I02", "warning")]
    match, found = matched("机构", mapping={"机构": "名称"})
    assert (match.fields, found) == ({"name": "机构"}, [])


def test_what_the_store_writes_itself_is_passed_over():
    match, found = matched("name", "version", "更新时间", "updated_by", "fid")
    assert (match.fields, found) == ({"name": "name"}, [])


def test_two_columns_for_one_field_are_an_error():
    assert matched("名称", "name")[1] == [("name", "I07", "error")]


@pytest.mark.parametrize("heading", ["身份证号", "姓名", "联系电话", "手机", "phone", "负责人姓名"])
def test_a_persons_column_is_an_error_even_if_unknown(heading):
    assert matched("name", heading)[1] == [(heading, "I18", "error")]


def test_a_required_column_must_be_there():
    assert matched("beds")[1] == [("name", "I03", "error")]


def test_a_mapping_of_what_is_not_there_is_wrong_use():
    with pytest.raises(InputError) as caught:
        matched("name", mapping={"机构": "name"})
    assert caught.value.code == "unknown_heading"
    with pytest.raises(InputError) as caught:
        matched("name", mapping={"name": "owner"})
    assert caught.value.code == "unknown_field"


def test_an_unknown_heading_is_told_once_and_a_blank_one_by_its_place():
    findings = Findings()
    match_headers(("名称", "", "小计", "小计", ""), CARE, None, findings)
    assert [finding.message for finding in findings.listed()] == [
        "第 2 列没有表头，未导入；如需导入请写上表头。",
        "列“小计”不认识，未导入；如需导入请用 --map 小计=字段。",
        "第 5 列没有表头，未导入；如需导入请写上表头。",
    ]


def test_a_mapped_heading_that_comes_twice_is_an_error():
    assert matched("名称", "小计", "小计", mapping={"小计": "beds"})[1] == [
        ("beds", "I07", "error")
    ]
