"""`xygeo study houbao` and `xygeo print siting` as a planner types them."""

from __future__ import annotations

import pathlib

import pytest

from layers.store import open_store
from tests.calling import xygeo
from tests.layers.analysis.county import CLERK, station
from tests.layers.analysis.houbao import fill_houbao, people

pytestmark = pytest.mark.slow


@pytest.fixture
def county(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill_houbao(store)
    return tmp_path


def test_json_names_files_numbers_hash_quality_and_version(county):
    body = xygeo("study", "houbao", "--out", county / "out", "--json", data=county).json
    assert {"files", "numbers", "inputs_hash", "quality", "version"} <= set(body)
    assert [(county / "out" / name.rsplit("/", 1)[-1]).exists() for name in body["files"]] == [
        True
    ] * 4
    assert body["numbers"]["options"][0]["gained"] == 100
    assert len(body["inputs_hash"]) == 64
    assert body["quality"] == "approximate"


def test_again_is_the_same_answer_and_the_same_bytes(county):
    words = ("study", "houbao", "--json", "--out")
    first = xygeo(*words, county / "a", data=county).json
    again = xygeo(*words, county / "b", data=county).json
    assert {**first, "files": 0} == {**again, "files": 0}
    for one, other in zip(first["files"], again["files"], strict=True):
        with pathlib.Path(one).open("rb") as old, pathlib.Path(other).open("rb") as new:
            assert old.read() == new.read()


def test_the_scenario_is_kept_once_and_printed_by_its_id(county):
    body = xygeo("study", "houbao", "--json", data=county).json
    listed = xygeo("scenario", "list", "--json", data=county).json
    assert body["scenario"] in str(listed)
    sheet = xygeo("print", "siting", "--scenario", body["scenario"], "--json", data=county).json
    names = [placed["name"] for placed in sheet["placed"]]
    assert "推荐站址 +100人" in names
    assert "侯堡镇中心" in names
    assert sheet["sheet"] == "siting"


def test_without_saving_no_scenario_is_kept(county):
    body = xygeo("study", "houbao", "--no-save", "--json", data=county).json
    assert body["scenario"] is None


def test_it_tells_people_the_place_and_the_gain(county):
    said = xygeo("study", "houbao", data=county)
    assert said.code == 0
    assert "新增覆盖 100 人" in said.out
    assert "侯堡镇覆盖率：23.1% → 100.0%" in said.out
    assert "houbao-study.docx" in said.out


def test_a_stale_scenario_is_told_on_the_sheet(county):
    scenario = xygeo("study", "houbao", "--json", data=county).json["scenario"]
    with open_store(f"gpkg:{county / 'county.gpkg'}") as store:
        store.put("elders", people(30, 40, 61), actor=CLERK)
    sheet = xygeo("print", "siting", "--scenario", scenario, "--json", data=county).json
    assert any("已有变化" in warning for warning in sheet["warnings"])


def test_print_siting_without_a_scenario_shows_what_is_planned(county):
    sheet = xygeo("print", "siting", "--json", data=county).json
    assert "侯堡镇中心" in [placed["name"] for placed in sheet["placed"]]
    assert not any("推荐" in placed["name"] for placed in sheet["placed"])


def test_a_plan_that_was_saved_by_site_is_printed_too(county):
    made = xygeo("site", "--save", "甲案", "--json", data=county)
    assert made.code == 0
    sheet = xygeo("print", "siting", "--scenario", "甲案", "--json", data=county)
    assert sheet.code == 0
    assert sheet.json["title"] == "侯堡镇中心选址与15分钟服务圈"


@pytest.mark.parametrize(
    ("words", "code", "error"),
    [
        (("study", "nope"), 2, "usage"),
        (("study", "houbao", "--minutes", "0"), 2, "usage"),
        (("print", "siting", "--scenario", "没有"), 1, "unknown_scenario"),
        (("print", "circles", "--scenario", "没有"), 1, None),
    ],
)
def test_wrong_words_are_refused_with_a_sentence(county, words, code, error):
    said = xygeo(*words, "--json", data=county)
    assert said.code == code
    assert said.json["error"]["message"].endswith("。")
    assert error is None or said.json["error"]["code"] == error


def test_out_must_be_a_folder(county):
    (county / "a.txt").write_text("x")
    assert xygeo("study", "houbao", "--out", county / "a.txt", data=county).code == 2


def test_a_county_without_plans_has_no_siting_sheet_of_its_own(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill_houbao(store, care_facilities=[station("西站", 0)])
    said = xygeo("print", "siting", "--json", data=tmp_path)
    assert said.code == 1
    assert said.json["error"]["code"] == "no_sites"
