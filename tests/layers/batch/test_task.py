"""One county's task: figures, files, and faults that are answers."""

from __future__ import annotations

import dataclasses
import json
import pickle

import geopandas as gpd
import pytest

from layers.analysis.gaps import gap_answer
from layers.batch.rows import county_inputs
from layers.batch.task import PARTS, Work, answer_county
from layers.privacy import SMALLEST_SHOWN


@pytest.fixture
def work(tmp_path):
    return Work(folder=tmp_path / "out")


def files_of(work, task):
    return {part: work.folder / task.code / f"{part}.parquet" for part in PARTS}


def test_figures_are_those_of_the_gap_table(tasks, work):
    answer = answer_county(tasks[0], work)
    alone = gap_answer(county_inputs(tasks[0]))
    assert answer["status"] == "done"
    for name in ("total", "covered", "uncovered", "share", "circle_share", "misled"):
        assert answer["figures"][name] == pytest.approx(alone.summary[name])
    low, high = (answer["figures"][name] for name in ("share_low", "share_high"))
    step = max(0.001, SMALLEST_SHOWN / alone.summary["total"])
    assert 0 <= alone.summary["share_low"] - low <= step
    assert 0 <= high - alone.summary["share_high"] <= step
    assert low < high
    assert answer["provenance"]["quality"] == "synthetic"


def test_a_task_and_its_answer_are_small(tasks, work):
    sent = pickle.dumps((tasks[0], work))
    assert len(sent) < 4_000
    assert len(json.dumps(answer_county(tasks[0], work))) < 4_000


def test_files_are_geoparquet_with_their_stamp(tasks, work):
    answer_county(tasks[0], work)
    for part, file in files_of(work, tasks[0]).items():
        frame = gpd.read_parquet(file)
        assert frame.crs.to_epsg() == 4490
        assert set(frame["notice"]) == {"示意数据 非法定"}, part
    villages = gpd.read_parquet(files_of(work, tasks[0])["villages"])
    assert len(villages) == 12
    assert ((villages["choices"] > 0) == villages["covered"]).all()
    assert gpd.read_parquet(files_of(work, tasks[0])["outline"]).geom_type.tolist() == ["Polygon"]


def test_a_county_that_has_not_changed_is_kept(tasks, work):
    first = answer_county(tasks[0], work)
    stamp = files_of(work, tasks[0])["gaps"].stat().st_mtime_ns
    second = answer_county(tasks[0], work)
    assert (first["kept"], second["kept"]) == (False, True)
    assert {**second, "kept": False} == first
    assert files_of(work, tasks[0])["gaps"].stat().st_mtime_ns == stamp


@pytest.mark.parametrize("change", ["question", "again", "full", "file", "lost part", "record"])
def test_a_county_that_has_changed_is_computed_again(own_province, tasks, work, change):
    task = dataclasses.replace(tasks[0], elders=own_province.parent / "990001" / "elders.parquet")
    answer_county(task, work)
    if change == "question":
        question = dataclasses.replace(task.question, minutes=20)
        task = dataclasses.replace(task, question=question)
    elif change in {"again", "full"}:
        work = dataclasses.replace(work, **{change: True})
    elif change == "file":
        elders = gpd.read_parquet(task.elders)
        elders.iloc[1:].to_parquet(task.elders)
    elif change == "lost part":
        files_of(work, task)["villages"].unlink()
    else:
        (work.folder / task.code / "answer.json").write_text("[1")
    answer = answer_county(task, work)
    assert (answer["status"], answer["kept"]) == ("done", False)


def test_a_fault_is_the_answer_and_leaves_no_old_files(own_province, tasks, work):
    task = dataclasses.replace(tasks[0], elders=own_province.parent / "990001" / "elders.parquet")
    answer_county(task, work)
    task.elders.write_bytes(b"rubbish")
    answer = answer_county(task, work)
    assert answer["status"] == "failed"
    assert answer["error"]["code"] == "file_unreadable"
    assert "elders.parquet" in answer["error"]["message"]
    assert not (work.folder / task.code).exists()


def test_an_unforeseen_fault_is_told_too(tasks, work, tmp_path):
    answer = answer_county(dataclasses.replace(tasks[0], question=None), work)
    assert answer["error"]["code"] == "internal"
    assert "TypeError" in answer["error"]["message"]
    (tmp_path / "file").write_text("")
    answer = answer_county(tasks[0], Work(folder=tmp_path / "file"))
    assert answer["error"]["code"] == "file"


def test_small_counts_are_in_no_file(own_province, tasks, work):
    path = own_province.parent / "990001" / "elders.parquet"
    elders = gpd.read_parquet(path)
    for band, count in (("age60", 3), ("age65", 2), ("age70", 1), ("age80", 0)):
        elders.loc[elders.index[:2], band] = count
    elders[["alone", "disabled"]] = 0
    elders.to_parquet(path)
    task = dataclasses.replace(tasks[0], elders=path)
    answer_county(task, work)
    villages = gpd.read_parquet(files_of(work, task)["villages"])
    shown = villages["total"].dropna()
    assert (shown >= SMALLEST_SHOWN).all()
    hidden = villages["suppressed"] == "total"
    assert (hidden == villages["total"].isna()).all()
    assert hidden.sum() >= 2
    gaps = gpd.read_parquet(files_of(work, task)["gaps"])
    for name in ("total", "covered", "uncovered", "misled"):
        assert not gaps[name].between(1, SMALLEST_SHOWN - 1).any()
    full = Work(folder=work.folder, full=True)
    answer_county(task, full)
    assert gpd.read_parquet(files_of(full, task)["villages"])["total"].min() == 3
