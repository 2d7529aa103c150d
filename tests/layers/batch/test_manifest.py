"""A list of counties is read in three forms; a wrong one is refused whole, every fault named."""

from __future__ import annotations

import textwrap
from datetime import date
from pathlib import Path

import pytest

from layers.batch import read_manifest
from layers.errors import InvalidRecord, NotFound

STORE = {"code": "140423", "name": "甲县", "store": "a/county.gpkg"}


def refusal(listing, body, name="counties.json"):
    with pytest.raises(InvalidRecord) as caught:
        read_manifest(listing(body, name))
    assert caught.value.code == "manifest_invalid"
    return caught.value


def test_yaml_json_and_csv_mean_the_same(listing):
    as_json = {
        "defaults": {"minutes": 10, "roads": "all.parquet"},
        "counties": [STORE, {"code": "140421", "name": "乙县", "store": "b", "mode": "car"}],
    }
    as_yaml = """
defaults: {minutes: 10, roads: all.parquet}
counties:
  - {code: 140423, name: 甲县, store: a/county.gpkg}
  - {code: "140421", name: 乙县, store: b, mode: car}
"""
    as_csv = (
        "code,name,store,roads,minutes,mode\r\n"
        "140423,甲县,a/county.gpkg,all.parquet,10,\r\n"
        "140421,乙县,b,all.parquet,10,car\r\n"
    )
    first = read_manifest(listing(as_json)).counties
    assert read_manifest(listing(as_yaml, "c.yaml")).counties == first
    assert read_manifest(listing(as_csv, "c.csv")).counties == first
    assert [task.code for task in first] == ["140421", "140423"]


def test_paths_are_beside_the_manifest_and_a_folder_means_its_store(listing, tmp_path):
    body = {"counties": [{"code": "140421", "store": "b"}]}
    (task,) = read_manifest(listing(body)).counties
    assert task.store == tmp_path / "b" / "county.gpkg"
    assert task.name == "140421"


def test_a_county_goes_before_the_defaults_and_the_command_before_both(listing):
    body = {"defaults": {"minutes": 10, "age": "80"}, "counties": [{**STORE, "minutes": 20}]}
    (task,) = read_manifest(listing(body)).counties
    assert (task.question.minutes, task.question.age) == (20, "80")
    (task,) = read_manifest(listing(body), override={"minutes": 5}).counties
    assert task.question.minutes == 5


def test_lists_and_days_are_read_from_text(listing):
    rows = "code,store,kinds,as_of\n140423,a,station；canteen,2020-06-30\n"
    (task,) = read_manifest(listing(rows, "c.csv")).counties
    assert task.question.kinds == ("station", "canteen")
    assert task.question.as_of == date(2020, 6, 30)
    text = "counties: [{code: 140423, store: a, kinds: [station], as_of: 2020-06-30}]"
    (task,) = read_manifest(listing(text, "c.yml")).counties
    assert task.question.kinds == ("station",)
    assert task.question.as_of == date(2020, 6, 30)


def test_a_sheet_programs_gbk_is_read(tmp_path):
    file = tmp_path / "c.csv"
    file.write_bytes("code,name,store\n140423,襄垣县,a\n".encode("gbk"))
    assert read_manifest(file).counties[0].name == "襄垣县"


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"store": "a"}, "不是 6 位数字"),
        ({"code": "14042", "store": "a"}, "14042"),
        ({**STORE, "path": "x"}, "不认识“path”"),
        ({"code": "140423"}, "care_facilities"),
        ({"code": "140423", "care_facilities": "c", "elders": "e"}, "没有 roads"),
        ({**STORE, "minutes": "soon"}, "不是数"),
        ({**STORE, "minutes": 0}, "时限"),
        ({**STORE, "mode": "rocket"}, "rocket"),
        ({**STORE, "as_of": "2020-13-01"}, "2020-13-01"),
        ({**STORE, "store": 7}, "文件路径"),
    ],
)
def test_a_bad_row_is_named_with_its_number(listing, row, words):
    error = refusal(listing, {"counties": [{"code": "140421", "store": "b"}, row]})
    assert "第 2 行" in str(error)
    assert words in str(error)
    assert [finding.row for finding in error.findings] == [2]


def test_every_fault_is_found_at_once(listing):
    rows = [{"code": "1"}, STORE, STORE, {"code": "140421", "store": "a", "age": "50"}]
    error = refusal(listing, {"counties": rows})
    assert [finding.row for finding in error.findings] == [1, 3, 4]
    assert "出现了两次" in str(error)


@pytest.mark.parametrize(
    ("body", "name", "words"),
    [
        ({"counties": []}, "c.json", "没有列出任何县"),
        ([], "c.json", "counties"),
        ({"counties": [STORE], "county": 1}, "c.json", "不认识“county”"),
        ({"counties": [STORE], "defaults": {"store": "x"}}, "c.json", "defaults 里不认识“store”"),
        ({"counties": [STORE], "defaults": [1]}, "c.json", "defaults 应是"),
        ({"counties": ["甲"]}, "c.json", "第 1 项"),
        ("{", "c.json", "JSON"),
        ("counties: [\n  {a", "c.yaml", "YAML"),
        ("code,store\n140423,a,b\n", "c.csv", "多于表头"),
    ],
)
def test_a_list_of_another_form_is_refused(listing, body, name, words):
    assert words in str(refusal(listing, body, name))


def test_a_missing_list_is_told(tmp_path):
    with pytest.raises(NotFound) as caught:
        read_manifest(tmp_path / "no.yaml")
    assert caught.value.code == "manifest_missing"


def test_bytes_that_are_no_text_are_refused(tmp_path):
    file = tmp_path / "c.csv"
    file.write_bytes(b"\xff\xfe\x80\xff\xff")
    with pytest.raises(InvalidRecord, match="编码"):
        read_manifest(file)


def test_the_example_of_the_manual_is_a_list(listing):
    page = Path(__file__).parents[3] / "docs" / "data-formats.md"
    text = page.read_text("utf-8").partition("## 县清单")[2]
    example = [line for line in text.splitlines()[:20] if line.startswith("    ")]
    manifest = read_manifest(listing(textwrap.dedent("\n".join(example)), "c.yaml"))
    assert [task.code for task in manifest.counties] == ["140421", "140423"]
    assert [task.question.minutes for task in manifest.counties] == [20, 15]
