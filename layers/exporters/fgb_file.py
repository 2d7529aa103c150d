"""FlatGeobuf with its spatial index, through GDAL."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pyogrio

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.exporters.tables import ExportTable

__all__ = ["write_fgb"]


def write_fgb(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write one layer with typed columns; lists become text, a hidden count is null.

    Features stand in the order of the index (a Hilbert curve). The format's index knows no feature
    without geometry: where there is one, the file has no index and keeps the table's order.

    Parameters
    ----------
    table
        What to write.
    path
        Where; the name ends in ``.fgb``.
    on_rows
        Told how many rows are done.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import, for files of columns alone

    from layers.exporters.batches import batches, columns_of, described  # noqa: PLC0415

    columns = columns_of(table, "geometry")
    pyogrio.write_arrow(
        pa.RecordBatchReader.from_batches(columns, batches(table, columns, on_rows)),
        path,
        layer=table.name,
        driver="FlatGeobuf",
        geometry_name="geometry",
        geometry_type=table.kinds[0] if len(table.kinds) == 1 else "Unknown",
        crs="EPSG:4490",
        layer_options={
            "SPATIAL_INDEX": "YES" if table.all_placed else "NO",
            "TITLE": table.title,
            "DESCRIPTION": described(table),
        },
    )
