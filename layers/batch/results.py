"""Counties' answers in one table and one GeoPackage."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow.parquet as pq
import shapely
from pyogrio.errors import DataLayerError, DataSourceError

from layers.batch.columns import COUNTY_FIELDS, GAP_FIELDS, VILLAGE_FIELDS
from layers.batch.tables import table_of
from layers.errors import StoreError
from layers.exporters.csv_file import write_csv
from layers.exporters.gpkg_file import write_gpkg
from layers.exporters.tables import Block
from layers.exporters.xlsx_file import write_xlsx
from layers.provenance import Provenance, merge
from layers.system_errors import reason
from layers.whole_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from layers.batch.manifest import CountyTask
    from layers.exporters.tables import ExportTable
    from layers.schema import Field

__all__ = ["county_row", "provenance_of_answers", "summary_of", "write_results"]

_STEM = "counties"
_SUMMED = ("total", "covered", "uncovered", "misled", "twice")


def county_row(task: CountyTask, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Give a county's row of the table: its figures, or why there are none."""
    said = answer["provenance"]
    stamp: dict[str, Any] = {"quality": None, "source": None, "notice": None}
    if said is not None:
        stamp = Provenance(said["quality"], tuple(said["sources"])).to_json()
    error = answer["error"] or {}
    question = task.question
    row = {
        **answer["figures"],
        "code": task.code,
        "name": task.name,
        "status": answer["status"],
        "minutes": question.minutes,
        "mode": question.mode,
        "age": question.age,
        "direction": question.direction,
        "warnings": "".join(answer["warnings"]) or None,
        "error_code": error.get("code"),
        "error": error.get("message"),
        **{name: stamp[name] for name in ("quality", "source", "notice")},
    }
    return {field.name: row.get(field.name) for field in COUNTY_FIELDS}


def provenance_of_answers(answers: Sequence[Mapping[str, Any]]) -> Provenance:
    """Worst quality and all sources of the counties that were answered."""
    found = [
        Provenance(said["quality"], tuple(said["sources"]))
        for answer in answers
        if (said := answer["provenance"]) is not None
    ]
    return merge(*found) if found else Provenance("approximate")


def summary_of(answers: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Give the totals of the counties that were answered.

    Returns
    -------
    `counties done failed kept`, `total covered uncovered misled twice share` and the range of the
    share, `share_low share_high`; a sum of which a county's part is hidden is None, for it would
    tell it.
    """
    done = [answer for answer in answers if answer["status"] == "done"]
    sums: dict[str, Any] = {}
    for name in _SUMMED:
        parts = [answer["figures"][name] for answer in done]
        sums[name] = None if None in parts else sum(parts)
    known = sums["total"] and sums["covered"] is not None
    share = sums["covered"] / sums["total"] if known else None
    along = _along(done, sums["total"]) if known else None
    ends = () if share is None or along is None else (share, along)
    return {
        "counties": len(answers),
        "done": len(done),
        "failed": len(answers) - len(done),
        "kept": sum(bool(answer["kept"]) for answer in answers),
        **sums,
        "share": share,
        "share_low": min(ends, default=None),
        "share_high": max(ends, default=None),
    }


def _along(done: Sequence[Mapping[str, Any]], total: float) -> float | None:
    """Share of all people along their streets; None where a county's is hidden.

    A county's range is its share at the points and the one along the streets: that end of it which
    is not the share.
    """
    people = 0.0
    for figures in (answer["figures"] for answer in done if answer["figures"]["total"]):
        share, low, high = (figures[name] for name in ("share", "share_low", "share_high"))
        if low is None or high is None:
            return None
        people += figures["total"] * (low if high == share else high)
    return people / total


def write_results(
    folder: Path, parts: Path, tasks: Sequence[CountyTask], answers: Sequence[Mapping[str, Any]]
) -> list[Path]:
    """Write the table (xlsx and csv) and the GeoPackage (counties, gaps, villages).

    Parameters
    ----------
    folder
        Where the files go; old ones are replaced once the new ones are whole.
    parts
        Folder of the counties' own files.
    tasks, answers
        In the order of the rows.

    Returns
    -------
    The files.

    Raises
    ------
    StoreError
        `file_not_written`.
    """
    rows = [county_row(task, answer) for task, answer in zip(tasks, answers, strict=True)]
    done = [answer["code"] for answer in answers if answer["status"] == "done"]
    provenance = provenance_of_answers(answers)
    outlines = {code: _shapes(pq.read_table(parts / code / "outline.parquet"))[0] for code in done}

    def counties(kinds: tuple[str, ...]) -> ExportTable:
        shapes = np.empty(len(rows), dtype=object)
        shapes[:] = [outlines.get(row["code"]) if kinds else None for row in rows]
        block = Block({f.name: [row[f.name] for row in rows] for f in COUNTY_FIELDS}, shapes)
        return table_of(
            _STEM, "各县覆盖", COUNTY_FIELDS, [block], provenance, count=len(rows), kinds=kinds
        )

    def joined(part: str, title: str, fields: Sequence[Field]) -> ExportTable:
        files = [parts / code / f"{part}.parquet" for code in done]
        count = sum(pq.read_metadata(file).num_rows for file in files)
        blocks = (_block(file, fields) for file in files)
        return table_of(part, title, fields, blocks, provenance, count=count)

    files = [folder / f"{_STEM}{suffix}" for suffix in (".xlsx", ".csv", ".gpkg")]
    try:
        with whole_file(files[0]) as part:
            write_xlsx(counties(()), part, _nobody)
        with whole_file(files[1]) as part:
            write_csv(counties(()), part, _nobody)
        with whole_file(files[2], suffix=".gpkg") as part:
            write_gpkg(counties(("Polygon", "MultiPolygon")), part, _nobody)
            write_gpkg(joined("gaps", "覆盖缺口", GAP_FIELDS), part, _nobody)
            write_gpkg(joined("villages", "分村覆盖", VILLAGE_FIELDS), part, _nobody)
    except (OSError, DataLayerError, DataSourceError) as error:  # GDAL has errors of its own
        why = f"（{reason(error)}）" if isinstance(error, OSError) else ""
        raise StoreError(
            f"结果写不进 {folder}{why}，请检查磁盘空间和权限。",
            code="file_not_written",
            where=str(folder),
        ) from error
    return files


def _block(file: Path, fields: Sequence[Field]) -> Block:
    table = pq.read_table(file)
    return Block({f.name: table.column(f.name).to_pylist() for f in fields}, _shapes(table))


def _shapes(table: Any) -> Any:  # noqa: ANN401 - pyarrow is untyped
    return shapely.from_wkb(table.column("geometry").to_numpy(zero_copy_only=False))


def _nobody(_done: int) -> None:
    """Nobody counts the rows."""
