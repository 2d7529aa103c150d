from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from layers.findings import Findings
from layers.importers.values import parse_column, parse_list
from layers.schema import Field, layer_schema

BEDS = Field(name="beds", title="床位", type="integer", unit="张")
AREA = Field(name="area", title="面积", type="real")
OPENED = Field(name="opened", title="开业日期", type="date")
LEGAL = Field(name="legal", title="法定", type="boolean")
CODE = Field(name="code", title="代码", type="text", pattern="[0-9]{12}")
NAME = Field(name="name", title="名称", type="text")
KIND = layer_schema("care_facilities").fields["kind"]
SERVICES = layer_schema("care_facilities").fields["services"]
HIGHWAY = layer_schema("roads").fields["highway"]


def parsed(field, *cells, textual=True):
    """Values, and (row, code) of each finding."""
    findings = Findings()
    values = parse_column(cells, field, range(2, 2 + len(cells)), findings, textual=textual)
    return values, [(f.row, f.code) for f in findings.listed()]


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (BEDS, " 30 ", 30),
        (BEDS, "３０", 30),
        (BEDS, "30.0", 30),
        (BEDS, "", None),
        (AREA, "-0.5", -0.5),
        (OPENED, "2023-1-5", date(2023, 1, 5)),
        (OPENED, "2023/01/05", date(2023, 1, 5)),
        (OPENED, "2023年1月5日", date(2023, 1, 5)),
        (OPENED, "20230105", date(2023, 1, 5)),
        (OPENED, "2023/1/5 0:00:00", date(2023, 1, 5)),
        (LEGAL, "是", True),
        (LEGAL, "0", False),
        (NAME, "'=1", "=1"),
        (KIND, "养老服务驿站", "station"),
        (KIND, "Station", "station"),
        (HIGHWAY, "县道", "tertiary"),
        (HIGHWAY, "primary_link", "primary_link"),
        (SERVICES, "助餐、助洁", ["助餐", "助洁"]),
        (SERVICES, "助餐, 助洁", ["助餐", "助洁"]),
    ],
)
def test_a_cell_becomes_what_people_mean(field, cell, value):
    assert parsed(field, cell) == ([value], [])


@pytest.mark.parametrize(
    ("field", "cell", "code"),
    [
        (BEDS, "三十", "I04"),
        (BEDS, "30张", "I04"),
        (BEDS, "1,200", "I04"),
        (BEDS, "30.5", "I04"),
        (BEDS, "1.2E+03", "I20"),
        (BEDS, "99999999999999999999", "I06"),
        (AREA, "nan", "I04"),
        (AREA, "1e5", "I20"),
        (OPENED, "2023.13.45", "I04"),
        (OPENED, "2023-02-29", "I04"),
        (OPENED, "去年", "I04"),
        (LEGAL, "也许", "I04"),
        (CODE, "1.40423E+11", "I20"),
        (NAME, "=HYPERLINK(1)", "I21"),
        (NAME, " =1", "I21"),
        (BEDS, "=A1", "I21"),
        (KIND, "医院", "I05"),
        (SERVICES, "助餐、跳舞", "I05"),
        (SERVICES, "[1]", "I04"),
        (BEDS, "<5", "I04"),
    ],
)
def test_a_cell_that_means_nothing_is_a_finding(field, cell, code):
    assert parsed(field, cell) == ([None], [(2, code)])


def test_the_finding_says_row_field_value_and_remedy():
    findings = Findings()
    parse_column(["三十"], BEDS, [7], findings, textual=True)
    assert findings.listed()[0].to_json() == {
        "row": 7,
        "field": "beds",
        "value": "三十",
        "code": "I04",
        "level": "error",
        "message": "第 7 行“床位”的值“三十”不是整数，请只填数字，不写单位“张”。",
    }


@pytest.mark.parametrize(
    ("field", "cell", "value"),
    [
        (CODE, 140423100000, "140423100000"),
        (CODE, 140423100000.0, "140423100000"),
        (NAME, "=1", "=1"),
        (NAME, " a ", " a "),
        (NAME, "'a", "'a"),
        (NAME, date(2020, 1, 1), "2020-01-01"),
        (BEDS, 3.0, 3),
        (OPENED, datetime(2020, 1, 1, tzinfo=UTC), date(2020, 1, 1)),
        (LEGAL, 1, True),
        (SERVICES, ["助餐"], ["助餐"]),
    ],
)
def test_typed_files_keep_their_values(field, cell, value):
    assert parsed(field, cell, textual=False) == ([value], [])


@pytest.mark.parametrize(
    ("field", "cell"),
    [
        (BEDS, True),
        (BEDS, 1.5),
        (AREA, float("inf")),
        (NAME, ["a"]),
        (NAME, True),
        (OPENED, datetime(2020, 1, 1, 8, tzinfo=UTC)),
        (SERVICES, [1]),
    ],
)
def test_values_of_another_type_are_findings(field, cell):
    assert parsed(field, cell, textual=False) == ([None], [(2, "I04")])


def test_equal_cells_are_reported_in_every_row():
    assert parsed(BEDS, "x", "1", "x")[1] == [(2, "I04"), (4, "I04")]


def test_a_list_may_be_a_json_array():
    assert parse_list('["a、b", "c"]') == ["a、b", "c"]
