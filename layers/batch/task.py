"""What a worker does for one county: read, answer, write, and tell in a few figures."""

from __future__ import annotations

import json
import shutil
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.errors import PlatformError
from geo.network import snap
from layers.analysis.gap_cells import county_and_towns, hidden_gaps, shown_ranges
from layers.analysis.gaps import gap_rows, gap_summary, ranged_demand
from layers.batch.choices import facility_choices
from layers.batch.columns import GAP_FIELDS, OUTLINE_FIELDS, VILLAGE_FIELDS
from layers.batch.rows import county_inputs, county_stamps
from layers.batch.tables import (
    blanked,
    block_of,
    hidden_figures,
    hidden_villages,
    stamped,
    table_of,
)
from layers.exporters.parquet_file import write_parquet
from layers.system_errors import reason
from layers.whole_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.batch.manifest import CountyTask
    from layers.schema import Field

__all__ = ["PARTS", "Work", "answer_county", "failed"]

PARTS = ("outline", "gaps", "villages")
"""Files of a county: `PART.parquet`."""

_FORMAT = 2
_RECORD = "answer.json"


@dataclass(frozen=True, kw_only=True)
class Work:
    """How all counties of a run are answered.

    Attributes
    ----------
    folder
        Each county gets a folder in it; on a cluster, one that all machines share.
    full
        Whether counts of 1-4 people are shown.
    again
        Whether finished counties are computed again.
    time_zone
        Zone in which a store's latest event is a day.
    """

    folder: Path
    full: bool = False
    again: bool = False
    time_zone: str = "Asia/Shanghai"


def answer_county(task: CountyTask, work: Work) -> dict[str, Any]:
    """Answer one county's question; a fault is its answer, not an exception.

    Parameters
    ----------
    task
        Paths and parameters.
    work
        Where and how to write.

    Returns
    -------
    `code name status figures provenance warnings error kept`: status `done` or `failed`; `kept`
    where nothing that the county reads has changed since it was last answered.
    """
    place = work.folder / task.code
    try:
        signature = _signature(task, work)
        found = None if work.again else _kept(place, signature)
        if found is not None:
            return {**found, "name": task.name, "kept": True}
        answer = _answer(task, work, place)
        _write_record(place, {"signature": signature, "answer": answer})
    except PlatformError as error:
        shutil.rmtree(place, ignore_errors=True)  # what an earlier run said of it holds no more
        return failed(task, error.code, str(error))
    except OSError as error:
        shutil.rmtree(place, ignore_errors=True)
        where = str(error.filename or place)
        return failed(task, "file", f"文件 {where} 无法读写（{reason(error)}）。")
    except Exception as error:  # noqa: BLE001 - one county's fault, whatever it is
        shutil.rmtree(place, ignore_errors=True)
        said = f"程序内部出错（{type(error).__name__}：{error}），请把这个县的数据交给维护人员。"
        return failed(task, "internal", said)
    return {**answer, "kept": False}


def failed(task: CountyTask, code: str, message: str) -> dict[str, Any]:
    """Give the answer of a county that could not be computed."""
    return {
        "code": task.code,
        "name": task.name,
        "status": "failed",
        "figures": {},
        "provenance": None,
        "warnings": [],
        "error": {"code": code, "message": message},
        "kept": False,
    }


def _answer(task: CountyTask, work: Work, place: Path) -> dict[str, Any]:
    inputs = county_inputs(task, time_zone=work.time_zone)
    question, network, counted = task.question, inputs.network(), inputs.counted
    villages = ranged_demand(inputs)
    villages["choices"] = facility_choices(
        network,
        counted,
        inputs.demand,
        minutes=question.minutes,
        speed_mps=question.speed_mps,
        direction=question.direction,
    )
    weight = villages["weight"]
    twice = float(weight[villages["choices"] > 1].sum())
    summary = gap_summary(villages)
    reached = np.isfinite(villages["seconds"])
    people = float(weight[reached].sum())
    figures = {
        **summary,
        "twice": twice,
        "twice_share": twice / summary["total"],
        "mean_minutes": _mean_minutes(villages[reached], people),
        "facilities": len(counted),
        "facilities_connected": int(snap(network, counted)["connected"].sum()),
        "villages": len(villages),
        "villages_unconnected": int((~villages["connected"]).sum()),
    }
    shutil.rmtree(place, ignore_errors=True)
    place.mkdir(parents=True)
    _write(place, "outline", "县域", OUTLINE_FIELDS, _outline(task, inputs), inputs)
    _write(place, "gaps", "覆盖缺口", GAP_FIELDS, _gaps(task, inputs, villages, work), inputs)
    _write(place, "villages", "分村", VILLAGE_FIELDS, _villages(task, villages, work), inputs)
    return {
        "code": task.code,
        "name": task.name,
        "status": "done",
        "figures": _shown(figures, full=work.full),
        "provenance": {
            "quality": inputs.provenance.quality,
            "sources": list(inputs.provenance.sources),
        },
        "warnings": list(inputs.warnings),
        "error": None,
    }


def _mean_minutes(reached: gpd.GeoDataFrame, people: float) -> float | None:
    if people == 0:
        return None
    return float((reached["seconds"] * reached["weight"]).sum()) / people / 60.0


def _shown(figures: dict[str, Any], *, full: bool) -> dict[str, Any]:
    """Give the county's figures as plain values, small counts left out."""
    row = pd.DataFrame([figures]).drop(columns="misled_share")
    hidden = hidden_figures(row)
    row = shown_ranges(row, hidden["share"], full=full)
    shown = blanked(row, hidden, full=full).iloc[0].to_dict()
    whole = ("total", "covered", "uncovered", "misled", "twice")
    for name, value in shown.items():
        if value is None or (isinstance(value, float) and not np.isfinite(value)):
            shown[name] = None
        elif name in whole:
            shown[name] = int(value)
        elif isinstance(value, np.generic):
            shown[name] = value.item()
    return {str(name): value for name, value in shown.items()}


def _outline(task: CountyTask, inputs: ServiceInputs) -> pd.DataFrame:
    """One row with the county's polygon, if it is known."""
    areas = inputs.divisions[
        (inputs.divisions["level"] == "county")
        & inputs.divisions.geometry.geom_type.isin(["Polygon", "MultiPolygon"])
    ]
    own = areas[areas["code"].str.startswith(task.code)].geometry.to_numpy()
    shape = own[0] if len(own) else None
    row = {"code": [task.code], "name": [task.name], "geometry": [shape]}
    return pd.DataFrame(row)


def _gaps(
    task: CountyTask, inputs: ServiceInputs, villages: gpd.GeoDataFrame, work: Work
) -> pd.DataFrame:
    rows = gap_rows(inputs, villages)
    shapes = dict(zip(inputs.divisions["code"], inputs.divisions.geometry, strict=True))
    hidden = hidden_gaps(rows, county_and_towns(rows["code"]))
    rows = shown_ranges(rows, hidden["share"], full=work.full)
    shown = blanked(rows, hidden, full=work.full)
    shown["geometry"] = [shapes.get(code) for code in rows["code"]]
    return shown.assign(
        county_code=task.code, county=task.name, mean_minutes=rows["mean_seconds"] / 60.0
    )


def _villages(task: CountyTask, villages: gpd.GeoDataFrame, work: Work) -> pd.DataFrame:
    rows = villages.sort_index().assign(
        county_code=task.code,
        county=task.name,
        code=villages["village_code"],
        total=villages["weight"],
        minutes=villages["seconds"] / 60.0,
    )
    return blanked(rows, hidden_villages(rows), full=work.full)


def _write(
    place: Path,
    part: str,
    title: str,
    fields: Sequence[Field],
    rows: pd.DataFrame,
    inputs: ServiceInputs,
) -> None:
    shapes = np.empty(len(rows), dtype=object)
    shapes[:] = list(rows["geometry"])
    block = block_of(stamped(rows, inputs.provenance), fields, shapes)
    table = table_of(part, title, fields, [block], inputs.provenance, count=len(rows))
    with whole_file(place / f"{part}.parquet") as file:
        write_parquet(table, file, lambda _done: None)


def _signature(task: CountyTask, work: Work) -> dict[str, Any]:
    """Everything that the answer depends on, taken before it is computed."""
    try:
        program = version("xygeo")
    except PackageNotFoundError:  # run from a plain checkout
        program = ""
    question = {name: _json(value) for name, value in asdict(task.question).items()}
    return {
        "format": _FORMAT,
        "program": program,
        "full": work.full,
        "name": task.name,
        "time_zone": work.time_zone,
        "question": question,
        "inputs": county_stamps(task),
    }


def _json(value: object) -> object:
    if isinstance(value, tuple):
        return list(value)
    return value if value is None or isinstance(value, float | int | str) else str(value)


def _kept(place: Path, signature: dict[str, Any]) -> dict[str, Any] | None:
    """Give the answer of an earlier run, if it still holds and its files are there."""
    try:
        record = json.loads((place / _RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    if not isinstance(record, dict) or record.get("signature") != signature:
        return None
    if not all((place / f"{part}.parquet").is_file() for part in PARTS):
        return None
    answer = record.get("answer")
    return answer if isinstance(answer, dict) else None


def _write_record(place: Path, record: dict[str, Any]) -> None:
    with whole_file(place / _RECORD) as part:
        part.write_text(
            json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True), encoding="utf-8"
        )
