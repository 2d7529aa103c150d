"""`xygeo counties`: many counties in one command, and its refusals."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from layers.accesslog import AccessLog
from layers.sample.province import SampleProvince
from layers.sample.province_files import write_province
from tests.calling import xygeo, xygeo_process
from tests.layers.batch.in_process import worker_in_process
from tests.layers.batch.machines import until

SMALL = SampleProvince(counties=3, side=12, villages=12)


@pytest.fixture(scope="module")
def province(tmp_path_factory):
    return write_province(tmp_path_factory.mktemp("province"), SMALL)


def test_the_sample_says_what_it_is(tmp_path):
    answer = xygeo("counties", "--make-sample", tmp_path / "a", "--counties", 2, "--json")
    listed = json.loads(Path(answer.json["manifest"]).read_text())
    assert [county["name"] for county in listed["counties"]] == ["示意县001", "示意县002"]
    assert answer.json["notice"] == "示意数据 非法定"
    answer = xygeo("counties", "--make-sample", tmp_path / "b", "--counties", 1, "--seed", 8)
    assert "示意数据 非法定" in answer.out


@pytest.mark.slow
def test_counties_are_answered_in_a_process_that_says_nothing_else(province, tmp_path):
    answer = xygeo_process("counties", province, "--workers", 2, "--out", tmp_path, "--json")
    assert (answer.code, answer.err) == (0, "")
    body = answer.json
    assert body["summary"]["done"] == 3
    assert body["notice"] == "示意数据 非法定"
    assert [row["status"] for row in body["counties"]] == ["done"] * 3
    assert [Path(file).suffix for file in body["files"]] == [".xlsx", ".csv", ".gpkg"]
    assert all(Path(file).exists() for file in body["files"])


@pytest.fixture
def in_process(monkeypatch):
    monkeypatch.setattr("layers.batch.running.workers", worker_in_process)


@pytest.mark.usefixtures("in_process")
def test_a_failed_county_is_named_and_the_exit_code_is_one(province, tmp_path):
    listed = json.loads(province.read_text())
    listed["counties"][1]["elders"] = "no.parquet"
    manifest = province.parent / "broken.json"
    manifest.write_text(json.dumps(listed))
    answer = xygeo("counties", manifest, "--workers", 1, "--out", tmp_path)
    assert answer.code == 1
    assert "未完成：示意县002（990002）：" in answer.out
    assert "no.parquet" in answer.out
    assert "示意县003" in answer.out
    assert "合计" in answer.out
    assert (tmp_path / "counties.gpkg").exists()


@pytest.mark.usefixtures("in_process")
def test_the_commands_words_go_first_and_full_counts_are_recorded(province, tmp_path):
    words = ("--minutes", 5, "--age", "80", "--mode", "etrike", "--by", "village", "--full")
    answer = xygeo(
        *("counties", province, "--workers", 1, "--out", tmp_path / "o", "--json", *words),
        data=tmp_path / "d",
    )
    row = answer.json["counties"][0]
    assert (row["minutes"], row["age"], row["mode"]) == (5, "80", "etrike")
    with AccessLog(tmp_path / "d" / "accounts.sqlite") as log:
        assert [entry.action for entry in log.entries()] == ["counties_full"]


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("a.json", "--make-sample", "x"),
        ("a.json", "--workers", "0"),
        ("a.json", "--minutes", "-1"),
        ("a.json", "--mode", "rocket"),
        ("a.json", "--kind", "pub"),
        ("a.json", "--as-of", "yesterday"),
        ("--make-sample", "x", "--counties", "0"),
    ],
)
def test_wrong_use_is_told_before_anything_is_read(words, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    answer = xygeo("counties", *words)
    assert answer.code == 2
    assert answer.err.endswith("。\n")
    assert not list(tmp_path.iterdir())


def test_help_is_for_people():
    answer = xygeo("counties", "--help")
    assert "一个县出错不影响其他县" in answer.out
    assert "Raises" not in answer.out


def test_a_bad_list_is_refused_with_its_faults(tmp_path):
    manifest = tmp_path / "c.csv"
    manifest.write_text("code,name,store\n140423,甲,a\n14042,乙,b\n", encoding="utf-8")
    answer = xygeo("counties", manifest, "--json")
    assert answer.code == 1
    assert answer.json["error"]["code"] == "manifest_invalid"
    assert "第 3 行" in answer.json["error"]["message"]


def test_without_dask_the_extra_is_named(province, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    answer = xygeo("counties", province, "--out", tmp_path)
    assert answer.code == 1
    assert 'pip install "xygeo[scale]"' in answer.err


def test_a_scheduler_that_is_not_there_is_told(province, tmp_path, monkeypatch):
    monkeypatch.setattr("layers.batch.cluster._CONNECT_S", 0.5)
    address = ("--scheduler", "tcp://127.0.0.1:9")
    answer = xygeo("counties", province, "--out", tmp_path, *address, "--json")
    assert answer.json["error"]["code"] == "scheduler_unreachable"


@pytest.mark.slow
def test_ctrl_c_ends_all_processes_with_one_sentence(province, tmp_path):
    """As a terminal does it: every process of the group gets the signal."""
    listed = json.loads(province.read_text())
    listed["counties"] = [
        {**county, "code": f"{990_010 + 10 * turn + number}"}
        for turn in range(90)
        for number, county in enumerate(listed["counties"])
    ]
    manifest = province.parent / "many.json"
    manifest.write_text(json.dumps(listed))
    process = subprocess.Popen(
        [
            *(sys.executable, "-c", "from api.cli import main; main()"),
            *("counties", str(manifest), "--workers", "2", "--out", str(tmp_path)),
        ],
        cwd=Path(__file__).resolve().parents[3],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        encoding="utf-8",
        start_new_session=True,
    )
    until(lambda: list(tmp_path.glob("counties/*/answer.json")))
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    out, err = process.communicate(timeout=120)
    assert (process.returncode, out) == (1, "")
    assert err == "已中止，没有做完的部分未写入。\n"
    _, alive = psutil.wait_procs(family, timeout=20)
    assert not alive
    assert not (tmp_path / "counties.xlsx").exists()
