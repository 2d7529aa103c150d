"""GeoPackage, streamed through GDAL."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pyogrio
import shapely

from layers.exporters.cells import json_text, list_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.exporters.tables import ExportTable

__all__ = ["write_gpkg"]

_SHAPE = "geom"
_NO_DAY = date(1970, 1, 1)
_CHANGE_COUNTERS = (24, 92)


def write_gpkg(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write one layer with typed columns; lists become text, a hidden count is null.

    Parameters
    ----------
    table
        What to write.
    path
        Where; the name ends in ``.gpkg``.
    on_rows
        Told how many rows are done.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import, for this format alone

    types = {
        "text": pa.string(),
        "list": pa.string(),
        "json": pa.string(),
        "integer": pa.int64(),
        "real": pa.float64(),
        "boolean": pa.bool_(),
        "date": pa.date32(),
    }
    packed = {"list": list_text, "json": json_text}
    columns = [(field.name, types[field.type]) for field in table.fields]
    schema = pa.schema([*columns, (_SHAPE, pa.binary())])

    def batches() -> Iterator[Any]:
        done = 0
        for block in table.blocks:
            values = [
                [None if v is None else packed[field.type](v) for v in block.columns[field.name]]
                if field.type in packed
                else block.columns[field.name]
                for field in table.fields
            ]
            wkb = shapely.to_wkb(block.geometry).tolist()
            yield pa.record_batch(
                [pa.array(v, t.type) for v, t in zip([*values, wkb], schema, strict=True)],
                schema=schema,
            )
            done += len(block)
            on_rows(done)

    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(schema, batches()),
        path,
        layer=table.name,
        driver="GPKG",
        geometry_name=_SHAPE,
        geometry_type=table.kinds[0] if len(table.kinds) == 1 else "Unknown",
        crs="EPSG:4490",
        layer_options={"IDENTIFIER": table.title, "DESCRIPTION": _description(table)},
    )
    _date_from_data(path, table.day or _NO_DAY)


def _description(table: ExportTable) -> str:
    stamp = table.provenance
    parts = [stamp.notice, *stamp.attributions, "含隐去的小数" if table.hidden else ""]
    return "；".join(part for part in parts if part)


def _date_from_data(path: Path, day: date) -> None:
    """Put the data's day where GDAL put the time of writing: same data, same bytes.

    SQLite counts the file's transactions in its header, twice (file format, section 1.3); how many
    GDAL makes depends on its threads, so the count starts anew.
    """
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "UPDATE gpkg_contents SET last_change = ?", [f"{day.isoformat()}T00:00:00.000Z"]
        )
    with path.open("r+b") as file:
        for place in _CHANGE_COUNTERS:
            file.seek(place)
            file.write((1).to_bytes(4, "big"))
