"""csv for people's programs: UTF-8 with mark, field names as headings, geometry as WKT.

The format has no place for a remark, so that each synthetic row says of itself that it is one, in a
column of its own; an import passes over it.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING

import shapely

from layers.exporters.cells import cell_text, json_text
from layers.exporters.tables import shown_column
from layers.importers.csv_file import needs_guard
from layers.importers.headers import NOTICE

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.exporters.tables import ExportTable
    from layers.schema import Field

__all__ = ["write_csv"]

_WKT_DECIMALS = 20  # after the point: enough for every coordinate to come back as it was


def write_csv(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write a csv file; a hidden count shows `<5` or 隐去 and is named in `suppressed`.

    Text that a sheet program would run, or an import would trim, stands behind an apostrophe. Where
    there are synthetic rows, the last column, 数据说明, has the notice in each of them.

    Parameters
    ----------
    table
        What to write.
    path
        Where.
    on_rows
        Told how many rows are done.
    """
    done = 0
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\r\n")
        shape = ["wkt"] if table.kinds else []
        notice = table.provenance.notice
        said = [NOTICE] if notice else []
        writer.writerow([*(field.name for field in table.fields), *shape, *said])
        for block in table.blocks:
            columns = [
                [_cell(field, value) for value in shown_column(table, block, field)]
                for field in table.fields
            ]
            if table.kinds:
                texts = shapely.to_wkt(block.geometry, rounding_precision=_WKT_DECIMALS)
                columns.append([text or "" for text in texts])
            if notice:
                qualities = block.columns.get("quality") or ["synthetic"] * len(block)
                columns.append([notice if q == "synthetic" else "" for q in qualities])
            writer.writerows(zip(*columns, strict=True))
            done += len(block)
            on_rows(done)


def _cell(field: Field, value: object) -> str:
    if field.type == "json" and value is not None:
        return json_text(value)
    text = cell_text(value)
    free = field.type in {"text", "list"} and value is not None
    return f"'{text}" if free and needs_guard(text) else text
