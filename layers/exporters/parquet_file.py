"""GeoParquet 1.1, streamed."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyproj
import shapely

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from layers.exporters.tables import Block, ExportTable

__all__ = ["write_parquet"]

_SHAPE = "geometry"
_CRS = "EPSG:4490"


def write_parquet(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write one layer with typed columns; lists stay lists, a hidden count is null.

    Coordinates are x, y (longitude, latitude) as the format asks, whatever the axes of the CRS.
    Title, quality, sources and notice stand in the file's metadata under ``xygeo``.

    Parameters
    ----------
    table
        What to write.
    path
        Where.
    on_rows
        Told how many rows are done.

    Source
    ------
    GeoParquet 1.1.0 (geoparquet.org): WKB, PROJJSON, types and bounds of the column.
    """
    import pyarrow.parquet as pq  # noqa: PLC0415 - slow to import, for files of columns alone

    from layers.exporters.batches import batch_of, columns_of  # noqa: PLC0415

    columns = columns_of(table, _SHAPE, lists=True)
    seen = _Seen()
    done = 0
    with pq.ParquetWriter(path, columns, compression="zstd") as writer:
        for block in table.blocks:
            writer.write_batch(batch_of(table, block, columns))
            seen.add(block)
            done += len(block)
            on_rows(done)
        writer.add_key_value_metadata(
            {"geo": _text(seen.metadata()), "xygeo": _text(_about(table))}
        )


class _Seen:
    """Kinds and bounds of the geometries written, as the metadata must state them."""

    def __init__(self) -> None:
        self.kinds: set[str] = set()
        self.bounds: NDArray[np.float64] = np.full(4, np.nan)

    def add(self, block: Block) -> None:
        shapes = block.geometry[~shapely.is_missing(block.geometry)]
        self.kinds |= {shape.geom_type for shape in shapes}
        if len(shapes):
            low, high = self.bounds[:2], self.bounds[2:]
            west, south, east, north = shapely.total_bounds(shapes)
            low, high = np.fmin(low, (west, south)), np.fmax(high, (east, north))
            self.bounds = np.concatenate([low, high])

    def metadata(self) -> dict[str, Any]:
        column: dict[str, Any] = {
            "encoding": "WKB",
            "geometry_types": sorted(self.kinds),
            "crs": pyproj.CRS(_CRS).to_json_dict(),
        }
        if np.isfinite(self.bounds).all():
            column["bbox"] = self.bounds.tolist()
        return {"version": "1.1.0", "primary_column": _SHAPE, "columns": {_SHAPE: column}}


def _about(table: ExportTable) -> dict[str, Any]:
    about = {"name": table.name, "title": table.title, **table.provenance.to_json()}
    return about if table.hidden is None else {**about, "suppressed": bool(table.hidden)}


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
