"""`xygeo site` as a planner types it."""

from __future__ import annotations

import json

import pytest
from openpyxl import load_workbook

from layers.store import open_store
from tests.calling import xygeo
from tests.layers.analysis.county import FAR, NEAR, TOWN_B, elders, fill, station


@pytest.fixture
def county(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill(store)
    return tmp_path


def test_it_recommends_and_proves(county):
    said = xygeo("site", data=county)
    assert said.code == 0
    assert "已证明最优" in said.out
    assert "远村" in said.out
    assert "前后对比" in said.out
    assert "有 2 个同样好" in said.out


def test_json_has_the_whole_answer(county):
    body = xygeo("site", "--json", data=county).json
    assert body["status"] == "optimal"
    assert body["objective"] == body["bound"] == 80
    assert [one["id"] for one in body["chosen"]] == [FAR]
    assert body["before"]["covered"] == 30
    assert body["after"]["covered"] == 80
    assert body["alternatives"][0]["rank"] == 1
    assert body["quality"] == "approximate"
    assert len(body["inputs_hash"]) == 64


def test_the_same_question_gives_the_same_answer(county):
    first, second = (xygeo("site", "--json", data=county).out for _ in range(2))
    assert first == second


def test_it_is_saved_as_a_scenario(county):
    body = xygeo("site", "--save", "甲案", "--reason", "会上要看", "--json", data=county).json
    with open_store(f"gpkg:{county / 'county.gpkg'}") as store:
        row = store.get("siting_scenarios", body["scenario"])
    assert row["name"] == "甲案"
    assert row["inputs_hash"] == body["inputs_hash"]
    again = xygeo("site", "--json", data=county).json
    assert again["inputs_hash"] == body["inputs_hash"]


def test_files_are_written(county, tmp_path):
    sites, book = tmp_path / "sites.geojson", tmp_path / "sites.xlsx"
    said = xygeo("site", "--out", sites, "--out", book, data=county)
    assert said.code == 0
    feature = json.loads(sites.read_text("utf-8"))["features"][0]
    assert feature["properties"]["gained"] == 50
    sheets = load_workbook(book)
    assert sheets.sheetnames == ["推荐选址", "前后对比", "备选方案", "说明"]
    assert [cell.value for cell in sheets["推荐选址"][5]][1] == "远村"
    assert [cell.value for cell in sheets["前后对比"][7]][1:6] == ["合计", 100, 30, 80, 50]


def test_candidates_come_from_a_file(county, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text("名称,经度,纬度\n老校舍,113.0156,36.5\n", "utf-8")
    body = xygeo("site", "--candidates", path, "--json", data=county).json
    assert [one["name"] for one in body["chosen"]] == ["老校舍"]


def priced(tmp_path, *prices):
    """Two places in the far village, and what they cost."""
    path = tmp_path / "priced.csv"
    rows = [f"地块{number},113.0156,36.5,{price}" for number, price in enumerate(prices, start=1)]
    path.write_text("\n".join(["名称,经度,纬度,投资", *rows, ""]), "utf-8")
    return path


def test_a_budget_buys_the_place_that_it_can_pay(county, tmp_path):
    path = priced(tmp_path, 900_000, 400_000)
    asked = ("site", "--candidates", path, "--budget", 500_000)
    body = xygeo(*asked, "--json", data=county).json
    assert [one["name"] for one in body["chosen"]] == ["地块2"]
    assert body["cost"] == 400_000
    assert "投资合计 400,000 元，预算 500,000 元。" in xygeo(*asked, data=county).out


def test_a_budget_too_small_buys_nothing(county, tmp_path):
    asked = ("--candidates", priced(tmp_path, 900_000), "--budget", 800_000, "--json")
    body = xygeo("site", *asked, data=county).json
    assert (body["chosen"], body["cost"]) == ([], 0)
    assert body["after"]["covered"] == body["before"]["covered"]


def test_a_budget_is_kept_with_its_question(county, tmp_path):
    asked = ("--candidates", priced(tmp_path, 400_000), "--budget", 500_000)
    body = xygeo("site", *asked, "--save", "乙案", "--json", data=county).json
    with open_store(f"gpkg:{county / 'county.gpkg'}") as store:
        question = store.get("siting_scenarios", body["scenario"])["question"]
    question = json.loads(question) if isinstance(question, str) else question
    assert question["options"]["budget"] == 500_000
    assert "p" not in question


@pytest.mark.parametrize("prices", [(400_000, ""), None])
def test_a_place_without_a_price_is_named(county, tmp_path, prices):
    places = "villages" if prices is None else priced(tmp_path, *prices)
    said = xygeo("site", "--candidates", places, "--budget", 1, "--json", data=county)
    assert said.code == 1
    assert said.json["error"]["code"] == "site_cost_missing"


def test_an_impossible_wish_ends_with_one_and_its_reason(county):
    said = xygeo("site", "--min-share", 0.9, data=county)
    assert said.code == 1
    assert "没有可行方案" in said.out


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--model", "best"), "--model"),
        (("--p", "0"), "--p"),
        (("--candidates", "nofile.csv"), "--candidates"),
        (("--model", "lscp", "--min-share", "0.5"), "--min-share"),
        (("--model", "lscp", "--budget", "5"), "--budget"),
        (("--budget", "-1"), "--budget"),
        (("--mode", "boat"), "--mode"),
        (("--out", "sites.pdf"), "--out"),
    ],
)
def test_wrong_words_are_refused(county, words, where):
    said = xygeo("site", *words, "--json", data=county)
    assert said.code == 2
    assert said.json["error"]["where"] == where


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("--township", "140423999000"), "unknown_township"),
        (("--p", "99"), "p_invalid"),
        (("--row", "nobody"), "no_candidates"),
        (("--forbid", "nobody"), "unknown_site"),
    ],
)
def test_what_the_data_do_not_have_is_told(county, words, code):
    said = xygeo("site", *words, "--json", data=county)
    assert (said.code, said.json["error"]["code"]) == (1, code)


def test_a_township_is_asked_about(county):
    body = xygeo("site", "--township", TOWN_B, "--json", data=county).json
    assert [one["township_code"] for one in body["chosen"]] == [TOWN_B]


def test_small_gains_are_hidden_unless_asked_in_full(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill(store, elders=[elders(FAR, 3, 1400), elders(NEAR, 30, 500)])
    hidden = xygeo("site", "--out", tmp_path / "s.geojson", "--json", data=tmp_path)
    assert hidden.json["chosen"][0]["gained"] == "<5"
    assert hidden.json["after"]["covered"] == "隐去"
    assert hidden.json["alternatives"][0]["objective"] is None
    feature = json.loads((tmp_path / "s.geojson").read_text("utf-8"))["features"][0]
    assert feature["properties"].get("gained") is None
    full = xygeo("site", "--full", "--json", data=tmp_path)
    assert full.json["chosen"][0]["gained"] == 3


@pytest.fixture
def placed(tmp_path):
    """The county with 12 places at its station."""
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        fill(store, care_facilities=[station("西站", 0, day_places=12)])
    return tmp_path


PLACES = ("site", "--model", "p_median", "--places", "40", "--unserved", "15")


def test_places_say_who_finds_one_and_who_finds_them_taken(placed):
    body = xygeo(*PLACES, "--json", data=placed).json
    assert body["status"] == "optimal"
    before, after = body["places"]["before"], body["places"]["after"]
    assert (before["served"], before["reachable_unserved"], before["uncovered"]) == (12, 18, 70)
    assert (after["served"], after["reachable_unserved"]) == (52, 28)
    assert after["served_share_low"] <= after["served_share"] <= after["served_share_high"]
    assert body["places"]["sites"] == [{"id": FAR, "places": 40, "filled": 40}]
    said = xygeo(*PLACES, data=placed).out
    assert "够得着没名额" in said
    assert "新建名额：远村 40 个，占用 40 个。" in said


def test_the_workbook_has_a_sheet_of_places(placed, tmp_path):
    book = tmp_path / "sites.xlsx"
    assert xygeo(*PLACES, "--out", book, data=placed).code == 0
    sheet = load_workbook(book)["名额"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=5)]
    assert cells[-1][:4] == [None, "合计", 12, 18]
    assert cells[-1][7:9] == [52, 28]


def test_places_and_their_price_are_kept_and_read_back(placed):
    xygeo(*PLACES, "--save", "床位案", data=placed)
    kept = xygeo("scenario", "show", "床位案", "--json", data=placed).json
    assert kept["question"]["options"]["places"] == 40
    assert kept["question"]["options"]["unserved_minutes"] == 15
    assert kept["result"]["places"]["after"]["served"] == 52
    said = xygeo("scenario", "show", "床位案", data=placed).out
    assert "新建每处 40 个名额" in said
    assert "没有名额的人按 15 分钟算" in said


def test_a_candidates_own_places_go_before_those_of_all(placed, tmp_path):
    path = tmp_path / "places.csv"
    path.write_text(
        "名称,经度,纬度,日间照料名额\n大院,113.0156,36.5,50\n小院,113.0157,36.5,\n", "utf-8"
    )
    body = xygeo(*PLACES, "--candidates", path, "--json", data=placed).json
    assert [one["name"] for one in body["chosen"]] == ["大院"]
    assert body["places"]["sites"][0]["places"] == 50


def test_too_few_places_for_all_are_no_choice_with_its_reason(placed):
    said = xygeo(*PLACES[:-2], data=placed)
    assert said.code == 1
    assert "容量不够" in said.out
    assert "unserved" in said.out


@pytest.mark.parametrize(
    ("words", "where"),
    [
        (("--places", "40"), "--places"),
        (("--model", "p_median", "--places", "0"), "--places"),
        (("--model", "p_median", "--places", "nan"), "--places"),
        (("--model", "lscp", "--unserved", "5"), "--unserved"),
        (("--model", "p_median", "--unserved", "-1"), "--unserved"),
    ],
)
def test_wrong_words_about_places_are_refused(placed, words, where):
    said = xygeo("site", *words, "--json", data=placed)
    assert (said.code, said.json["error"]["where"]) == (2, where)


def test_three_more_served_are_hidden(placed):
    asked = ("site", "--model", "p_median", "--places", "3", "--unserved", "15", "--json")
    told = xygeo(*asked, data=placed).json["places"]
    assert told["before"]["served"] == 12
    assert told["after"]["served"] == "隐去"
    assert told["after"]["served_share"] is None
    assert told["sites"][0]["filled"] == "<5"
    full = xygeo(*asked, "--full", data=placed).json["places"]
    assert full["after"]["served"] == 15


def test_a_role_that_is_none_is_told_before_anything_is_calculated(county):
    said = xygeo("site", "--role", "bogus", "--json", data=county)
    assert (said.code, said.json["error"]["where"]) == (2, "--role")
