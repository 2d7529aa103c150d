"""A planner's first day: one command on the sample county, and what it leaves."""

from __future__ import annotations

import csv
import subprocess
import zipfile
from datetime import date

import geopandas as gpd
import openpyxl
import pdfplumber
import pytest

from tests.acceptance.towns import TOWNS
from tests.calling import xygeo

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def county(tmp_path_factory):
    """A data folder in which the demo has run once."""
    folder = tmp_path_factory.mktemp("county")
    answer = xygeo("demo", data=folder)
    assert answer.code == 0, answer.err
    return folder, answer.out


def test_the_demo_leaves_map_sheet_and_table(county):
    folder, _ = county
    assert sorted(path.name for path in (folder / "out").iterdir()) == [
        "circles-a3.pdf",
        "gaps.xlsx",
        "map.html",
    ]


def test_the_demo_prints_nine_ranked_towns_with_both_shares_and_the_notice(county):
    _, text = county
    assert "示意数据 非法定" in text
    assert "道路覆盖率" in text
    assert "直线覆盖率" in text
    ranks = [line.split()[:2] for line in text.splitlines() if len(line.split()) == 9][1:]
    assert [rank for rank, _ in ranks] == [str(n) for n in range(1, 10)]
    assert {town for _, town in ranks} == TOWNS


def test_gaps_add_up_to_the_census(county):
    folder, _ = county
    body = xygeo("gaps", "--json", data=folder).json
    assert sum(row["total"] for row in body["rows"]) == 49_415
    assert all(row["covered"] + row["uncovered"] == row["total"] for row in body["rows"])
    assert body["summary"]["share"] < body["summary"]["circle_share"]
    assert body["quality"] == "synthetic"
    assert set(body["modes"]) == {"walk", "etrike", "car"}


def test_the_table_says_the_same_as_the_command(county):
    folder, _ = county
    rows = xygeo("gaps", "--json", data=folder).json["rows"]
    sheet = openpyxl.load_workbook(folder / "out" / "gaps.xlsx")["缺口排名"]
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    for row in rows:
        line = next(line for line in cells if row["code"] in line)
        assert row["name"] in line
        assert row["total"] in line
        assert row["uncovered"] in line


def test_a_second_demo_gives_the_same_bytes(county, tmp_path):
    folder, text = county
    before = {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    again = xygeo("demo", data=folder)
    assert again.out == text
    assert before == {path.name: path.read_bytes() for path in (folder / "out").iterdir()}
    elsewhere = xygeo("demo", data=tmp_path / "another")
    assert elsewhere.code == 0
    for name, content in before.items():
        assert (tmp_path / "another" / "out" / name).read_bytes() == content, name


def test_the_sheet_is_one_a3_page_with_searchable_names(county):
    folder, _ = county
    with pdfplumber.open(folder / "out" / "circles-a3.pdf") as pdf:
        (page,) = pdf.pages
        assert float(page.width) * 25.4 / 72 == pytest.approx(420, abs=0.05)
        assert float(page.height) * 25.4 / 72 == pytest.approx(297, abs=0.05)
        text = page.extract_text()
    assert "示意数据 非法定" in text
    for town in TOWNS:
        assert town in text


def test_gdal_reads_the_store_with_crs_extent_and_index(county):
    folder, _ = county
    done = subprocess.run(
        ["ogrinfo", "-ro", "-so", folder / "county.gpkg", "divisions"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    assert "China Geodetic Coordinate System 2000" in done.stdout
    assert "Extent: (112." in done.stdout
    frame = gpd.read_file(folder / "county.gpkg", layer="roads", bbox=(113.0, 36.5, 113.05, 36.55))
    assert frame.crs.to_epsg() == 4490
    assert 0 < len(frame) < len(gpd.read_file(folder / "county.gpkg", layer="roads"))


@pytest.mark.parametrize("suffix", ["geojson", "gpkg", "csv", "xlsx"])
def test_a_layer_leaves_the_house_in_four_formats(county, tmp_path, suffix):
    folder, _ = county
    path = tmp_path / f"facilities.{suffix}"
    answer = xygeo("export", "care_facilities", path, "--json", data=folder)
    assert answer.code == 0, answer.out
    assert answer.json["rows"] == 29
    assert path.stat().st_size > 1000
    if suffix == "xlsx":
        assert zipfile.is_zipfile(path)


def test_what_was_exported_comes_back_unchanged(county, tmp_path):
    folder, _ = county
    path = tmp_path / "elders.csv"
    xygeo("export", "elders", path, "--full", data=folder)
    answer = xygeo("import", "elders", path, "--json", data=folder)
    assert answer.code == 0, answer.out
    assert answer.json["stored"] == 0
    assert answer.json["unchanged"] == 238


def test_small_counts_are_hidden_unless_asked_in_full(county, tmp_path):
    folder, _ = county
    xygeo("export", "elders", tmp_path / "shown.csv", data=folder)
    xygeo("export", "elders", tmp_path / "full.csv", "--full", data=folder)
    assert "<5" in (tmp_path / "shown.csv").read_text("utf-8-sig")
    assert "<5" not in (tmp_path / "full.csv").read_text("utf-8-sig")
    refused = xygeo("import", "elders", tmp_path / "shown.csv", "--json", data=folder)
    assert refused.code == 1
    assert refused.json["stored"] == 0


def test_check_finds_nothing_wrong_with_the_sample(county):
    folder, _ = county
    answer = xygeo("check", "--json", data=folder)
    assert answer.code == 0, answer.out


def test_circles_grow_with_their_limit(county, tmp_path):
    folder, _ = county
    path = tmp_path / "circles.gpkg"
    answer = xygeo("circles", "--minutes", "5,10,15", "--out", path, "--json", data=folder)
    areas = answer.json["area_km2_by_minutes"]
    assert areas["5"] < areas["10"] < areas["15"]
    assert len(gpd.read_file(path)) == 3 * answer.json["facilities"]


def test_the_day_before_the_merger_has_eleven_townships(county):
    folder, _ = county
    now = xygeo("gaps", "--json", data=folder).json
    then = xygeo("gaps", "--as-of", date(2020, 6, 30), "--json", data=folder)
    assert then.code == 0, then.out
    names = {row["name"] for row in then.json["rows"]}
    assert (len(now["rows"]), len(names)) == (9, 11)
    assert {"善福乡", "北底乡", "上马乡"} <= names
    assert then.json["summary"]["total"] == now["summary"]["total"] == 49_415
    assert sum(row["total"] for row in then.json["rows"]) == 49_415
    assert "42 条" in then.json["warnings"][0]
    assert now["warnings"] == []


def test_a_filled_store_is_not_filled_again(county):
    folder, _ = county
    answer = xygeo("init", "--sample", "--json", data=folder)
    assert answer.code == 1
    assert answer.json["error"]["code"] == "store_not_empty"


def test_the_table_as_csv_says_what_it_was_made_from_and_counts_whole_people(county, tmp_path):
    folder, _ = county
    file = tmp_path / "成果" / "gaps.csv"
    body = xygeo("gaps", "--out", file, "--json", data=folder).json
    assert body["files"] == [str(file)]
    with file.open(encoding="utf-8-sig", newline="") as text:
        rows = list(csv.DictReader(text))
    assert [int(row["total"]) for row in rows] == [row["total"] for row in body["rows"]]
    assert {(row["quality"], row["notice"]) for row in rows} == {("synthetic", "示意数据 非法定")}
