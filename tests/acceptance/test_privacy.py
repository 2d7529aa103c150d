"""Counts of 1-4 people appear nowhere on the command line, nor can they be worked out."""

from __future__ import annotations

import csv
import json
import re
import shutil
from collections import Counter

import geopandas as gpd
import openpyxl
import pandas as pd
import pyarrow.parquet as pq
import pytest

from layers.exporters import SUFFIXES
from layers.schema import layer_schema
from layers.store import Actor, open_store
from tests.calling import xygeo

pytestmark = pytest.mark.slow

COUNTS = layer_schema("elders").privacy_counts
TITLES = {field.title: name for name, field in layer_schema("elders").fields.items()}
PARTS = ("total", "covered", "uncovered")


@pytest.fixture(scope="module")
def sample(tmp_path_factory):
    folder = tmp_path_factory.mktemp("sample")
    assert xygeo("init", "--sample", data=folder).code == 0
    return folder


@pytest.fixture(scope="module")
def truth(sample, tmp_path_factory):
    """All counts, by id: what a planner may see."""
    path = tmp_path_factory.mktemp("full") / "elders.parquet"
    assert xygeo("export", "elders", path, "--full", data=sample).code == 0
    table = pq.read_table(path).to_pandas().set_index("id")
    assert "suppressed" not in table
    return table[list(COUNTS)]


def shown(path):
    """Counts as the file shows them, by id; None where hidden."""
    name = path.name
    if name.endswith(".csv"):
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file))
    elif name.endswith(".xlsx"):
        head, *body = openpyxl.load_workbook(path)["数据"].values
        heads = ["id" if title == "标识" else TITLES.get(title, title) for title in head]
        rows = [dict(zip(heads, line, strict=True)) for line in body]
    elif name.endswith(".geojson"):
        features = json.loads(path.read_text(encoding="utf-8"))["features"]
        rows = [{"id": f["id"], **f["properties"]} for f in features]
    elif name.endswith(".parquet"):
        rows = pq.read_table(path).to_pylist()
    else:
        place = f"/vsizip/{path}/elders.shp" if name.endswith(".zip") else path
        rows = gpd.read_file(place).to_dict("records")
    found = {row["id"]: {field: _number(row[field]) for field in COUNTS} for row in rows}
    return pd.DataFrame.from_dict(found, orient="index").astype("Float64")


def _number(value):
    if pd.isna(value) or value in {"<5", "隐去", ""}:
        return None
    return float(value)


@pytest.mark.parametrize("ending", [e for e in SUFFIXES if e != ".jsonld"])
def test_no_format_shows_a_small_count_or_gives_it_away(sample, truth, tmp_path, ending):
    path = tmp_path / f"elders{ending}"
    answer = xygeo("export", "elders", path, "--json", data=sample)
    assert answer.code == 0, answer.err
    table = shown(path).reindex(truth.index)
    hidden = table.isna()
    assert hidden.to_numpy().sum() == answer.json["suppressed"]
    assert hidden[(truth > 0) & (truth < 5)].stack().dropna().all()
    assert (
        table[~hidden].stack() == truth[~hidden].stack().reindex(table[~hidden].stack().index)
    ).all()
    # The total of each township is public: one hidden cell in it would be no secret.
    by_town = hidden.groupby(hidden.index.str[:9]).sum()
    people = (truth > 0).groupby(truth.index.str[:9]).sum()
    alone = (by_town == 1) & (people > 1)
    assert not alone.to_numpy().any()


def test_jsonld_does_not_carry_people(sample, tmp_path):
    answer = xygeo("export", "elders", tmp_path / "elders.jsonld", "--json", data=sample)
    assert (answer.code, answer.json["error"]["code"]) == (1, "format_unfit")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("by", ["township", "village"])
@pytest.mark.parametrize("age", ["80", "disabled"])
def test_gaps_hide_what_is_small_and_what_gives_it_away(sample, tmp_path, by, age):
    files = [tmp_path / "gaps.xlsx", tmp_path / "gaps.csv"]
    words = [word for file in files for word in ("--out", file)]
    question = ("gaps", "--by", by, "--age", age)
    body = xygeo(*question, *words, "--json", data=sample).json
    rows = [*body["rows"], body["summary"]]
    for row in rows:
        known = [row[name] for name in PARTS if row[name] is not None]
        assert not any(0 < value < 5 for value in known)
        assert sum(row[name] is None for name in PARTS) != 1
    for name in PARTS:
        assert sum(row[name] is None for row in body["rows"]) != 1
    small = sum("suppressed" in row for row in body["rows"])
    assert small > 0 or by == "township"

    sheet = openpyxl.load_workbook(files[0])["缺口排名"]
    table = list(sheet.iter_rows(min_row=5, values_only=True))
    assert not any(isinstance(cell, int) and 0 < cell < 5 for line in table for cell in line[3:6])
    with files[1].open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            assert not any(row[name] in {"1", "2", "3", "4"} for name in PARTS)
    text = xygeo(*question, data=sample).out
    if small:
        assert "<5" in text
        assert any("<5" in map(str, line) for line in table)


def test_the_map_shows_no_small_village(sample, truth, tmp_path):
    path = tmp_path / "map.html"
    assert xygeo("map", "--age", "80", "--out", path, data=sample).code == 0
    text = path.read_text(encoding="utf-8").replace("\\u003c", "<").replace("&lt;", "<")
    said = Counter(re.findall(r'"老年人口", ?"([^"]*) 人"', text))
    assert said.total() == 238 + 9  # villages and townships
    assert not {"1", "2", "3", "4"} & said.keys()
    assert said["<5"] == int(((truth["age80"] > 0) & (truth["age80"] < 5)).sum())


@pytest.fixture(scope="module")
def few(sample, tmp_path_factory):
    """The county with three very old people within reach in 王村镇, and 40 out of it."""
    folder = tmp_path_factory.mktemp("few") / "county"
    shutil.copytree(sample, folder)
    villages = xygeo("gaps", "--by", "village", "--age", "70", "--full", "--json", data=sample)
    here = [row for row in villages.json["rows"] if row["code"].startswith("140423106")]
    near = next(row["code"] for row in here if row["covered"] > 3)
    far = next(row["code"] for row in here if row["uncovered"] > 40)
    with open_store(f"gpkg:{folder / 'county.gpkg'}", min_free_mb=0) as store:
        changed = [
            row | {"age80": {near: 3, far: 40}.get(row["village_code"], 0)}
            for row in store.find("elders")
            if row["village_code"].startswith("140423106")
        ]
        store.put("elders", changed, actor=Actor("clerk"), merge=True)
    return folder


def test_a_small_count_of_a_township_is_on_no_sheet_table_or_map(few, tmp_path):
    question = ("--age", "80")
    files = [tmp_path / "gaps.xlsx", tmp_path / "gaps.csv"]
    words = [word for file in files for word in ("--out", file)]
    body = xygeo("gaps", *question, *words, "--json", data=few).json
    (row,) = (row for row in body["rows"] if row["name"] == "王村镇")
    assert (row["total"], row["covered"], row["uncovered"]) == (43, None, None)
    sheet = openpyxl.load_workbook(files[0])["缺口排名"]
    (line,) = (line for line in sheet.iter_rows(values_only=True) if line[2] == "王村镇")
    assert line[3:6] == (43, "<5", "隐去")
    assert "王村镇" in files[1].read_text(encoding="utf-8-sig")
    assert ",43.0,<5,隐去," in files[1].read_text(encoding="utf-8-sig").replace(",43,", ",43.0,")

    path = tmp_path / "sheet.svg"
    assert xygeo("print", "circles", *question, "--out", path, data=few).code == 0
    text = path.read_text(encoding="utf-8").replace("&lt;", "<")
    table = re.findall(r"<text[^>]*>(.*?)</text>", text)
    table = table[table.index("直线覆盖率") :]
    at = table.index("王村镇")
    assert table[at + 1 : at + 4] == ["43", "<5", "隐去"]

    path = tmp_path / "map.html"
    assert xygeo("map", *question, "--out", path, data=few).code == 0
    text = path.read_text(encoding="utf-8").replace("\\u003c", "<").replace("&lt;", "<")
    assert '"43 人"],["已覆盖","<5 人"],["未覆盖","隐去 人"]' in text.replace(", ", ",")


def test_history_shows_no_count(sample, truth):
    made = truth.index[0]
    (version,) = xygeo("history", "elders", made, "--json", data=sample).json["versions"]
    assert all(version["properties"][name] is None for name in COUNTS)
