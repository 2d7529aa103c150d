"""Many counties, one answer: a task a county, on one machine or on a cluster."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.batch.cluster import run_tasks, usable_cores, workers
from layers.batch.results import county_row, provenance_of_answers, summary_of, write_results
from layers.batch.task import Work, answer_county, failed
from layers.errors import StoreError
from layers.system_errors import reason

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.batch.manifest import CountyTask, Manifest
    from layers.provenance import Provenance

__all__ = ["BatchAnswer", "run_counties"]

_PARTS = "counties"


@dataclass(frozen=True, kw_only=True)
class BatchAnswer:
    """What a run over many counties found.

    Attributes
    ----------
    rows
        One a county, by code: `layers.batch.columns.COUNTY_FIELDS`.
    summary
        `layers.batch.results.summary_of`.
    failures
        `code name error` of each county that has no figures.
    files
        The table as xlsx and csv, and the GeoPackage.
    provenance
        Worst quality and all sources of the counties answered.
    """

    rows: tuple[dict[str, Any], ...]
    summary: dict[str, Any]
    failures: tuple[dict[str, Any], ...]
    files: tuple[Path, ...]
    provenance: Provenance


def run_counties(
    manifest: Manifest,
    out: Path | str,
    *,
    count: int | None = None,
    scheduler: str | None = None,
    full: bool = False,
    again: bool = False,
    time_zone: str = "Asia/Shanghai",
    on_progress: Callable[[float, str], None] | None = None,
) -> BatchAnswer:
    """Answer the question of every county; one that fails does not stop the others.

    The answer is the same for any number of workers and any order in which they finish. Stopped
    or run again, it goes on from the counties that are finished and whose data have not changed.

    Parameters
    ----------
    manifest
        The counties.
    out
        Folder of the results, made if there is none; with a cluster one that all machines share.
    count
        Worker processes on this machine; None: one a core, never more than counties.
    scheduler
        Address of a running Dask scheduler instead.
    full
        Show counts of 1-4 people too; who may do so, and the record of it, is the caller's.
    again
        Compute finished counties again.
    time_zone
        Zone in which a store's latest event is a day.
    on_progress
        Called with 0..1 and Chinese words.

    Returns
    -------
    Figures a county and where they were written.

    Raises
    ------
    BatchError
        `layers.batch.cluster`: no Dask, no workers, the scheduler lost. Finished counties stay.
    StoreError
        `file_not_written`.
    """
    tell = on_progress or (lambda _share, _words: None)
    folder = Path(out).absolute()
    parts = folder / _PARTS
    try:
        parts.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"文件夹 {folder} 建不了（{reason(error)}）。",
            code="file_not_written",
            where=str(folder),
        ) from error
    tasks = manifest.counties
    answers: list[dict[str, Any]] = [{}] * len(tasks)
    done = 0
    work = Work(folder=parts, full=full, again=again, time_zone=time_zone)

    def take(number: int, answer: dict[str, Any] | BaseException) -> None:
        nonlocal done
        if isinstance(answer, BaseException):
            answer = _given_up(tasks[number], answer)
        answers[number] = answer
        done += 1
        tell(0.95 * done / len(tasks), f"{tasks[number].name}（{done}/{len(tasks)}）")

    tell(0.0, "启动工作进程")
    with workers(min(count or usable_cores(), len(tasks)), scheduler=scheduler) as client:
        run_tasks(client, answer_county, [(task, work) for task in tasks], on_done=take)
    tell(0.95, "汇总")
    files = write_results(folder, parts, tasks, answers)
    tell(1.0, "完成")
    return BatchAnswer(
        rows=tuple(county_row(task, a) for task, a in zip(tasks, answers, strict=True)),
        summary=summary_of(answers),
        failures=tuple(
            {name: answer[name] for name in ("code", "name", "error")}
            for answer in answers
            if answer["status"] == "failed"
        ),
        files=tuple(files),
        provenance=provenance_of_answers(answers),
    )


def _given_up(task: CountyTask, error: BaseException) -> dict[str, Any]:
    """Give the answer of a county that Dask gave up."""
    if type(error).__name__ == "KilledWorker":
        said = "算这个县的工作进程几次被系统中止，多半是内存不够，请换内存大的机器或拆分道路数据。"
        return failed(task, "worker_killed", said)
    said = f"工作进程出错（{type(error).__name__}：{error}），请确认各台机器装的是同一版本。"
    return failed(task, "worker", said)
