"""The main job on real roads: an extract, 50 facilities and demand points from csv files."""

from __future__ import annotations

import csv
import random

import pandas as pd
import pytest

from tests.calling import xygeo

pytestmark = pytest.mark.slow

WEST, SOUTH, EAST, NORTH = 8.64, 49.37, 8.72, 49.43


def write_csv(path, header, rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)
    return path


@pytest.fixture(scope="module")
def town(tmp_path_factory, shared_data):
    """A store with Heidelberg's roads, 50 facilities and 200 demand points."""
    folder = tmp_path_factory.mktemp("heidelberg")
    chance = random.Random(4)

    def place():
        return f"{chance.uniform(WEST, EAST):.6f}", f"{chance.uniform(SOUTH, NORTH):.6f}"

    facilities = write_csv(
        folder / "facilities.csv",
        ("名称", "类型", "状态", "经度", "纬度"),
        [(f"站点{n:02}", "驿站", "在用", *place()) for n in range(50)],
    )
    elders = write_csv(
        folder / "elders.csv",
        ("village_code", "year", "population", "age60", "lon", "lat"),
        [(f"140423100{n:03}", 2020, 500, chance.randint(10, 200), *place()) for n in range(200)],
    )
    data = folder / "data"
    for words in (
        ("init",),
        ("import", "roads", shared_data / "osm" / "heidelberg.osm.pbf"),
        ("import", "care_facilities", facilities),
        ("import", "elders", elders),
    ):
        answer = xygeo(*words, data=data)
        assert answer.code == 0, answer.out + answer.err
    return data


def test_gaps_have_one_row_for_a_store_without_divisions(town):
    body = xygeo("gaps", "--json", data=town).json
    (row,) = body["rows"]
    assert row["name"] == "全部"
    assert row["total"] == body["summary"]["total"]
    assert "© OpenStreetMap contributors (ODbL)" in body["source"]


def test_circles_map_and_sheet_work_on_real_roads(town, tmp_path):
    circles = xygeo("circles", "--json", data=town).json
    assert circles["facilities"] == 50
    assert circles["connected"] > 40
    assert circles["area_km2"] > 10
    page = tmp_path / "map.html"
    assert xygeo("map", "--out", page, data=town).code == 0
    assert "OpenStreetMap contributors" in page.read_text("utf-8")
    answer = xygeo("print", "circles", "--out", tmp_path / "a.pdf", "--json", data=town)
    assert answer.code == 0, answer.out
    assert answer.json["quality"] == "approximate"


def test_the_same_import_again_changes_nothing(town, shared_data):
    again = xygeo(
        "import", "roads", shared_data / "osm" / "heidelberg.osm.pbf", "--json", data=town
    )
    assert again.code == 0
    assert again.json["stored"] == 0
    assert again.json["unchanged"] > 40_000


def test_a_csv_row_names_its_fault(town, tmp_path):
    path = tmp_path / "bad.csv"
    pd.DataFrame({"名称": ["甲"], "床位": ["十张"], "经度": [8.68], "纬度": [49.4]}).to_csv(
        path, index=False, encoding="gb18030"
    )
    answer = xygeo("import", "care_facilities", path, "--json", data=town)
    assert answer.code == 1
    (finding,) = [f for f in answer.json["findings"] if f["level"] == "error"]
    assert (finding["row"], finding["field"], finding["code"]) == (2, "beds", "I04")
