"""A run over many counties: the same answer however it is carried out, and nothing lost."""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import sqlite3
from contextlib import closing

import geopandas as gpd
import openpyxl
import psutil
import pyogrio
import pytest

from layers.batch import Manifest, read_manifest, run_counties
from layers.batch.columns import COUNTY_FIELDS
from tests.layers.batch.in_process import worker_in_process
from tests.layers.batch.machines import machines


def contents(answer):
    return {path.name: path.read_bytes() for path in answer.files}


@pytest.fixture
def in_process(monkeypatch):
    monkeypatch.setattr("layers.batch.running.workers", worker_in_process)


@pytest.fixture(scope="module")
def alone(province, tmp_path_factory):
    """The province by one worker in this process."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("layers.batch.running.workers", worker_in_process)
        return run_counties(read_manifest(province), tmp_path_factory.mktemp("alone"), count=1)


@pytest.mark.slow
def test_every_county_is_a_row_and_the_sums_are_theirs(alone):
    assert [row["code"] for row in alone.rows] == ["990001", "990002", "990003", "990004"]
    assert {row["status"] for row in alone.rows} == {"done"}
    for name in ("total", "covered", "uncovered", "misled", "twice"):
        assert alone.summary[name] == sum(row[name] for row in alone.rows)
    assert alone.summary["covered"] + alone.summary["uncovered"] == alone.summary["total"]
    assert alone.provenance.notice == "示意数据 非法定"


@pytest.mark.slow
@pytest.mark.parametrize("count", [2, pytest.param(4, marks=pytest.mark.walk)])
def test_more_workers_and_another_order_give_the_same_bytes(own_province, alone, tmp_path, count):
    listed = json.loads(own_province.read_text())
    listed["counties"].reverse()
    own_province.write_text(json.dumps(listed))
    answer = run_counties(read_manifest(own_province), tmp_path, count=count)
    assert answer.rows == alone.rows
    assert contents(answer) == contents(alone)


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_a_failed_county_is_its_row_and_the_others_stand(own_province, alone, tmp_path):
    (own_province.parent / "990002" / "elders.parquet").unlink()
    (own_province.parent / "990003" / "care_facilities.parquet").write_bytes(b"rubbish")
    answer = run_counties(read_manifest(own_province), tmp_path, count=2)
    assert [(f["name"], f["error"]["code"]) for f in answer.failures] == [
        ("示意县002", "file_missing"),
        ("示意县003", "file_unreadable"),
    ]
    assert [answer.rows[0], answer.rows[3]] == [alone.rows[0], alone.rows[3]]
    failed = answer.rows[1]
    assert failed["status"] == "failed"
    assert failed["total"] is None
    assert "elders.parquet" in failed["error"]
    assert answer.summary["done"] == 2
    assert answer.summary["total"] == alone.rows[0]["total"] + alone.rows[3]["total"]
    assert len(pyogrio.read_dataframe(answer.files[2], layer="counties")) == 4


@pytest.mark.slow
def test_nothing_is_lost_when_a_worker_is_killed_in_the_middle(province, alone, tmp_path):
    killed = []

    def kill_one(share, _words):
        if share > 0 and not killed:
            busy = [
                child
                for child in psutil.Process().children(recursive=True)
                if "spawn_main" in " ".join(child.cmdline())
            ]
            killed.append(busy[0].pid)
            os.kill(busy[0].pid, signal.SIGKILL)

    answer = run_counties(read_manifest(province), tmp_path, count=2, on_progress=kill_one)
    assert killed
    assert answer.rows == alone.rows
    assert contents(answer) == contents(alone)


@pytest.mark.slow
def test_somebody_elses_scheduler_gives_the_same(province, alone, tmp_path):
    with machines(tmp_path) as there:
        answer = run_counties(read_manifest(province), tmp_path / "o", scheduler=there.address)
    assert contents(answer) == contents(alone)


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_a_run_goes_on_where_another_stopped(own_province, alone, tmp_path):
    manifest = read_manifest(own_province)

    def stop(share, _words):
        if share > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run_counties(manifest, tmp_path, count=1, on_progress=stop)
    assert not list(tmp_path.glob("counties.*"))
    finished = len(list((tmp_path / "counties").glob("*/answer.json")))
    assert finished >= 1
    answer = run_counties(manifest, tmp_path, count=1)
    assert answer.summary["kept"] >= finished
    assert answer.rows == alone.rows
    assert contents(answer) == contents(alone)


@pytest.mark.slow
@pytest.mark.usefixtures("in_process")
def test_the_question_of_each_county_is_its_own(province, tmp_path):
    first, *_ = read_manifest(province).counties
    car = dataclasses.replace(
        first, code="990099", question=dataclasses.replace(first.question, mode="car")
    )
    answer = run_counties(Manifest("两问", (first, car)), tmp_path, count=1)
    walk, wheels = answer.rows
    assert (walk["mode"], wheels["mode"]) == ("walk", "car")
    assert walk["share"] < wheels["share"]


@pytest.mark.slow
def test_table_geopackage_and_answer_agree(alone):
    xlsx, csv, gpkg = alone.files
    sheet = openpyxl.load_workbook(xlsx)["数据"]
    heads, *rows = sheet.iter_rows(values_only=True)
    titles = {field.name: field.title for field in COUNTY_FIELDS}
    column = list(heads).index(titles["covered"])
    assert [row[column] for row in rows] == [row["covered"] for row in alone.rows]
    layers = {name for name, _ in pyogrio.list_layers(gpkg)}
    assert layers == {"counties", "gaps", "villages"}
    counties = gpd.read_file(gpkg, layer="counties")
    assert counties["covered"].to_list() == [row["covered"] for row in alone.rows]
    assert counties.geometry.is_valid.all()
    gaps = gpd.read_file(gpkg, layer="gaps")
    assert gaps["total"].sum() == alone.summary["total"]
    villages = gpd.read_file(gpkg, layer="villages")
    assert villages.loc[villages["covered"], "total"].sum() == alone.summary["covered"]
    for frame in (counties, gaps, villages):
        assert set(frame["notice"]) == {"示意数据 非法定"}
    assert "示意数据 非法定" in csv.read_text(encoding="utf-8-sig")
    with closing(sqlite3.connect(gpkg)) as book:
        assert book.execute("PRAGMA integrity_check").fetchone() == ("ok",)


@pytest.mark.slow
def test_no_part_files_are_left(alone):
    left = [path.name for path in alone.files[0].parent.rglob("*.part*")]
    assert not left
