"""A new layer is a YAML file and nothing else: imported, checked, searched, exported, kept."""

from __future__ import annotations

import json
import shutil
from importlib.resources import files
from pathlib import Path

import pytest

from api.cli.program import run

WELLS = """
name: wells
title: 水井
geometry: [Point]
key: "{number}"
search: 9
fields:
  name: {title: 井名, type: text}
  number: {title: 井号, type: text, required: true, pattern: 'W[0-9]+', form: W 加数字}
  kind: {title: 类型, type: text, required: true, codes: {dug: 大口井, drilled: 机井}}
  depth_m: {title: 井深, type: real, unit: m, minimum: 0}
  water_m: {title: 水深, type: real, unit: m}
  pumps: {title: 水泵, type: list}
  tests:
    title: 化验
    type: json
    shape:
      type: array
      items:
        type: object
        required: [year]
        properties: {year: {type: integer}, ph: {type: number}}
rules:
  - 0 <= water_m <= depth_m
  - "kind = drilled: 1 <= count(pumps)"
"""
HEAD = "井名,井号,类型,井深(m),水深,水泵,化验,经度,纬度,精度等级,来源\n"
GOOD = """虒泉井,W1,机井,80,30,"潜水泵、备用泵","[{""year"": 2023, ""ph"": 7}]",113.05,36.53,,示意
,W2,大口井,9.5,,,,,,,示意
"""
BAD = """,W1,机井,8,30,潜水泵,,,,,
,X2,手压井,a,,,,,,,
,W3,大口井,,,,"[{""ph"": 7}]",,,,
"""


@pytest.fixture
def xygeo(tmp_path, monkeypatch, capsys):
    """The program with one more schema file beside the shipped ones."""
    schemas = tmp_path / "installed" / "schemas"
    shutil.copytree(Path(str(files("layers"))) / "schemas", schemas)
    (schemas / "wells.yaml").write_text(WELLS, encoding="utf-8")
    monkeypatch.setattr("layers.schema.files", lambda _: schemas.parent)

    def call(*words: str):
        code = run([*words, "--data", str(tmp_path / "data"), "--json"])
        return code, json.loads(capsys.readouterr().out)

    assert call("init")[1]["layers"]["wells"] == 0
    return call


def write(path: Path, rows: str) -> str:
    path.write_text(HEAD + rows, encoding="utf-8")
    return str(path)


@pytest.mark.parametrize("ending", ["csv", "geojson", "gpkg"])
def test_rows_go_in_and_out_and_in_again_unchanged(xygeo, tmp_path, ending):
    assert xygeo("import", "wells", write(tmp_path / "wells.csv", GOOD))[1]["new"] == 2
    assert xygeo("check", "wells") == (0, {"layer": "wells", "checked": 2, "findings": []})
    out = str(tmp_path / f"out.{ending}")
    assert xygeo("export", "wells", out)[1]["rows"] == 2
    _, again = xygeo("import", "wells", out)
    assert (again["unchanged"], again["findings"]) == (2, [])


def test_rows_that_break_its_rules_are_told_by_row_and_field(xygeo, tmp_path):
    code, body = xygeo("import", "wells", write(tmp_path / "wells.csv", BAD))
    found = {(f["row"], f["field"], f["code"]) for f in body["findings"] if f["level"] == "error"}
    assert (code, body["stored"]) == (1, 0)
    assert found == {
        (2, "water_m", "I06"),
        (3, "number", "I06"),
        (3, "kind", "I05"),
        (3, "depth_m", "I04"),
        (4, "tests", "I06"),
    }


def test_a_workbook_shows_its_titles(xygeo, tmp_path):
    from openpyxl import load_workbook

    xygeo("import", "wells", write(tmp_path / "wells.csv", GOOD))
    out = tmp_path / "out.xlsx"
    xygeo("export", "wells", str(out))
    head, first, _ = load_workbook(out)["数据"].values
    row = dict(zip(head, first, strict=True))
    assert (row["井号"], row["类型"], row["水泵"]) == ("W1", "机井", "潜水泵、备用泵")
    assert json.loads(row["化验"]) == [{"year": 2023, "ph": 7.0}]


def test_its_names_are_searched_because_its_file_says_so(xygeo, tmp_path):
    xygeo("import", "wells", write(tmp_path / "wells.csv", GOOD))
    hits = [xygeo("search", text)[1]["hits"] for text in ("虒泉", "siquan", "sqj", "W1", "w2")]
    assert [[(h["layer"], h["id"]) for h in found] for found in hits[:4]] == [[("wells", "W1")]] * 4
    assert hits[4] == []  # it has no name


def test_every_version_of_a_row_is_kept_and_told(xygeo, tmp_path):
    xygeo("import", "wells", write(tmp_path / "wells.csv", GOOD))
    xygeo("import", "wells", write(tmp_path / "wells.csv", GOOD.replace("80", "95")))
    versions = xygeo("history", "wells", "W1")[1]["versions"]
    assert [v["properties"]["depth_m"] for v in versions] == [80, 95]
    assert xygeo("verify")[0] == 0


def test_casework_layers_take_no_import(xygeo, tmp_path):
    code, body = xygeo("import", "inspections", write(tmp_path / "x.csv", GOOD))
    assert (code, body["error"]["code"]) == (1, "by_case_only")
