"""GeoPackage, streamed through GDAL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio

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
    import pyarrow as pa  # noqa: PLC0415 - slow to import, for files of columns alone

    from layers.exporters.batches import batches, columns_of, described  # noqa: PLC0415

    columns = columns_of(table, _SHAPE)
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(columns, batches(table, columns, on_rows)),
        path,
        layer=table.name,
        driver="GPKG",
        geometry_name=_SHAPE,
        geometry_type=table.kinds[0] if len(table.kinds) == 1 else "Unknown",
        crs="EPSG:4490",
        layer_options={"IDENTIFIER": table.title, "DESCRIPTION": described(table)},
    )
    _date_from_data(path, table.day or _NO_DAY)


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
