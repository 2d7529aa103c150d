"""Rows and sums of a run's table."""

from __future__ import annotations

import pytest

from layers.batch.columns import COUNTY_FIELDS
from layers.batch.results import county_row, provenance_of_answers, summary_of, write_results
from layers.batch.running import _given_up
from layers.batch.task import failed
from layers.errors import StoreError

SUMMED = ("total", "covered", "uncovered", "misled", "twice")


def _shares(total, covered):
    """Half of those covered live along streets that are not."""
    share = None if covered is None else covered / total
    return {"share": share, "share_low": share and share / 2, "share_high": share}


def done(*counts, quality="surveyed", source="甲"):
    return {
        "code": "140423",
        "name": "甲县",
        "status": "done",
        "figures": dict(zip(SUMMED, counts, strict=True)) | _shares(*counts[:2]),
        "provenance": {"quality": quality, "sources": [source]},
        "warnings": ["一处存疑。"],
        "error": None,
        "kept": False,
    }


def test_sums_are_of_the_counties_that_were_answered(tasks):
    summary = summary_of([done(10, 6, 4, 1, 2), failed(tasks[0], "x", "y"), done(30, 6, 24, 0, 0)])
    assert summary == {
        "counties": 3,
        "done": 2,
        "failed": 1,
        "kept": 0,
        "total": 40,
        "covered": 12,
        "uncovered": 28,
        "misled": 1,
        "twice": 2,
        "share": 0.3,
        "share_low": 0.15,
        "share_high": 0.3,
    }


def test_a_sum_that_would_tell_a_hidden_count_is_hidden():
    summary = summary_of([done(10, None, None, 1, 2), done(30, 6, 24, 0, 0)])
    assert (summary["total"], summary["covered"], summary["share"]) == (40, None, None)


def test_a_range_that_a_county_hides_is_hidden_for_all():
    hidden = done(10, 6, 4, 1, 2)
    hidden["figures"]["share_low"] = None
    summary = summary_of([hidden, done(30, 6, 24, 0, 0)])
    assert (summary["share"], summary["share_low"], summary["share_high"]) == (0.3, None, None)


def test_nothing_answered_has_sums_of_nothing(tasks):
    summary = summary_of([failed(tasks[0], "x", "y")])
    assert (summary["done"], summary["total"], summary["share"]) == (0, 0, None)
    assert provenance_of_answers([failed(tasks[0], "x", "y")]).sources == ()


def test_the_worst_quality_and_all_sources_stand_for_the_whole():
    whole = provenance_of_answers(
        [done(1, 1, 0, 0, 0), done(1, 1, 0, 0, 0, quality="synthetic", source="乙")]
    )
    assert (whole.quality, whole.sources) == ("synthetic", ("甲", "乙"))


def test_a_failed_county_has_its_reason_and_no_figures(tasks):
    row = county_row(tasks[0], failed(tasks[0], "file_missing", "文件不见了。"))
    assert list(row) == [field.name for field in COUNTY_FIELDS]
    assert (row["status"], row["error_code"], row["error"]) == (
        "failed",
        "file_missing",
        "文件不见了。",
    )
    assert row["total"] is row["quality"] is row["notice"] is None


def test_warnings_of_a_county_stand_in_its_row(tasks):
    assert county_row(tasks[0], done(1, 1, 0, 0, 0))["warnings"] == "一处存疑。"


def test_what_dask_gives_up_is_a_failed_county(tasks):
    from distributed.scheduler import KilledWorker

    killed = _given_up(tasks[0], KilledWorker("task", None, 3))
    assert killed["error"]["code"] == "worker_killed"
    other = _given_up(tasks[0], ModuleNotFoundError("layers"))
    assert other["error"]["code"] == "worker"
    assert "ModuleNotFoundError" in other["error"]["message"]


def test_a_run_of_failures_still_has_its_files(tasks, tmp_path):
    answers = [failed(task, "file_missing", "文件不见了。") for task in tasks]
    files = write_results(tmp_path, tmp_path / "counties", tasks, answers)
    assert [file.exists() for file in files] == [True, True, True]


def test_results_that_cannot_be_written_are_told(tasks, tmp_path):
    (tmp_path / "counties.csv").mkdir()
    answers = [failed(task, "file_missing", "文件不见了。") for task in tasks]
    with pytest.raises(StoreError) as caught:
        write_results(tmp_path, tmp_path / "counties", tasks, answers)
    assert caught.value.code == "file_not_written"
