from __future__ import annotations

import subprocess
import sys

import pytest

from layers.sample.divisions import division_rows
from layers.store import Actor, open_store
from tests.calling import xygeo, xygeo_process


@pytest.fixture(scope="module")
def data(tmp_path_factory):
    folder = tmp_path_factory.mktemp("names")
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        store.put("divisions", division_rows(7), actor=Actor("tester", "reviewer"))
    return folder


def test_search_answers_programs_with_the_body_of_the_specification(data):
    answer = xygeo("search", "北底乡", "--limit", 2, "--json", data=data)
    assert answer.code == 0
    assert (answer.json["query"], answer.json["count"]) == ("北底乡", 2)
    assert answer.json["hits"][0]["now"] == [
        {"code": "140423108000", "name": "善福镇"},
        {"code": "140423100000", "name": "古韩镇"},
    ]


def test_search_shows_people_a_table(data):
    lines = xygeo("search", "虒亭", data=data).out.splitlines()
    assert lines[0].split() == ["序", "名称", "拼音", "所在", "代码", "匹配", "现状"]
    assert lines[2].split() == [
        "1",
        "虒亭镇",
        "Sītíng",
        "Zhèn",
        "襄垣县",
        "140423104000",
        "专名",
        "现用",
    ]
    assert "今 善福镇（140423108000）" in xygeo("search", "善福乡", data=data).out


def test_search_of_a_day_in_the_past(data):
    answer = xygeo("search", "善福村", "--as-of", "2020-06-30", "--json", data=data)
    assert answer.json["hits"][0]["code"] == "140423200200"
    assert xygeo("search", "善福村", "--as-of", "2020-6", data=data).code == 2


def test_search_that_finds_nothing_says_so(data):
    answer = xygeo("search", "*", data=data)
    assert (answer.code, "没有找到" in answer.out) == (0, True)
    assert xygeo("search", "虒亭", "--limit", 0, data=data).code == 2


def test_check_of_a_proposed_name_gives_findings_and_spellings(data):
    words = ("check", "place_names", "--name", "侯堡路", "--kind", "street")
    answer = xygeo(*words, "--pinyin", "Hóubāo Lù", "--json", data=data)
    assert answer.code == 1
    assert [f["code"] for f in answer.json["findings"]] == ["N07"]
    assert [p["pinyin"] for p in answer.json["proposals"]] == ["Hóubǎo Lù", "Hóubǔ Lù"]
    fine = xygeo(*words, "--pinyin", "Hóubǔ Lù", data=data)
    assert fine.code == 0
    assert "请确认读音：堡 bǔ" in fine.out


def test_check_of_the_stored_names_tells_the_doubles(data):
    answer = xygeo("check", "place_names", "--json", data=data)
    assert (answer.code, answer.json["checked"]) == (1, 0)
    assert [(f["code"], f["level"], f["name"]) for f in answer.json["findings"]] == [
        ("N01", "warning", "崔家庄村"),
        ("N01", "warning", "王家沟村"),
    ]


def test_the_bureaus_lists_are_read_from_the_data_folder(data):
    path = data / "name_lists.yaml"
    path.write_text("brands: [示意牌]\n", encoding="utf-8")
    try:
        answer = xygeo("check", "place_names", "--name", "示意牌路", "--json", data=data)
    finally:
        path.unlink()
    assert [f["code"] for f in answer.json["findings"]] == ["N04"]


@pytest.mark.parametrize(
    "words",
    [
        ("check", "elders", "--name", "新安路"),
        ("check", "place_names", "--kind", "street"),
        ("check", "place_names", "--file", "a.csv"),
    ],
)
def test_options_that_do_not_belong_together_are_wrong_use(data, words):
    assert xygeo(*words, data=data).code == 2


def test_help_opens_no_dictionary():
    answer = xygeo_process("--help")
    assert answer.code == 0
    opened = "bool({'opencc', 'pypinyin'} & set(sys.modules))"
    code = f"import api.cli.program, layers.names, sys; sys.exit({opened})"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
