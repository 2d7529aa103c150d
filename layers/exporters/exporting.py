"""A layer or a result into a file, whole or not at all."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.catalog import listed_schema
from layers.errors import StoreError
from layers.exporters.tables import ExportTable, frame_table, stored_table
from layers.system_errors import reason
from layers.whole_files import whole_file

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from layers.provenance import Provenance
    from layers.store import Query, Store

__all__ = ["SUFFIXES", "ExportReport", "export_layer", "write_frame"]

Progress = Callable[[float, str], None]
_OF_GDAL = (".fgb", ".gpkg")

SUFFIXES = (".csv", ".fgb", ".geojson", ".gpkg", ".jsonld", ".parquet", ".shp.zip", ".xlsx")
"""Endings of the files that can be written."""


@dataclass(frozen=True, kw_only=True)
class ExportReport:
    """What was written.

    Attributes
    ----------
    layer, path, rows
        Which layer, into which file, how many rows.
    suppressed
        How many small counts of people (and larger ones that would give them away) are hidden.
    provenance
        Quality and sources of the rows.
    notes
        What the format could not hold, in sentences.
    """

    layer: str
    path: Path
    rows: int
    suppressed: int
    provenance: Provenance
    notes: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the answer of `xygeo export --json`."""
        return {
            "layer": self.layer,
            "file": str(self.path),
            "rows": self.rows,
            "suppressed": self.suppressed,
            **self.provenance.to_json(),
            **({"notes": list(self.notes)} if self.notes else {}),
        }


def export_layer(
    store: Store,
    layer: str,
    path: str | Path,
    *,
    at: date | None = None,
    full: bool = False,
    query: Query | None = None,
    on_progress: Progress | None = None,
) -> ExportReport:
    """Write a stored layer into a file; its ending says how.

    Parameters
    ----------
    store
        An open store.
    layer
        Name of the layer.
    path
        Where; one of `SUFFIXES`. An old file is replaced once the new one is whole.
    at
        Only rows valid on this day; None: all periods.
    full
        Show small counts of people too; who may do so, and the record of it, is the caller's.
    query
        Which rows instead of `at`; see `stored_table`.
    on_progress
        Called with 0..1 and Chinese words.

    Returns
    -------
    What was written. Same rows, same bytes.

    Raises
    ------
    InputError
        `format_unknown`, `folder_missing`.
    NotFound
        If there is no such layer.
    StoreError
        `file_not_written` if the disk refuses.
    """
    file = Path(path)
    _require_format(file)
    listed_schema(store, layer)
    table = stored_table(store, layer, at=at, full=full, query=query)
    tell = on_progress or (lambda _share, _words: None)
    notes = _write(
        table, file, lambda done: tell(min(done / max(table.count, 1), 1.0), f"已写出 {done} 行")
    )
    return ExportReport(
        layer=layer,
        path=file,
        rows=table.count,
        suppressed=table.hidden_cells,
        provenance=table.provenance,
        notes=notes,
    )


def write_frame(frame: gpd.GeoDataFrame, path: str | Path, *, layer: str) -> Path:
    """Write a computed frame into a file; its ending says how.

    Parameters
    ----------
    frame
        In EPSG:4490, with columns `quality` and `source`; the index is not written.
    path
        Where; one of `SUFFIXES`.
    layer
        Name of the layer in the file.

    Returns
    -------
    The path.

    Raises
    ------
    InputError
        `format_unknown`, `folder_missing`.
    StoreError
        `file_not_written` if the disk refuses.
    """
    file = Path(path)
    _require_format(file)
    _write(frame_table(frame, layer), file, lambda _done: None)
    return file


def _require_format(file: Path) -> None:
    """Refuse a file that cannot be written, before anything is read.

    Raises
    ------
    InputError
        `format_unknown`, `folder_missing`.
    """
    if _ending(file) is None:
        raise InputError(
            f"不能导出为 {file.name}，可用的扩展名：{'、'.join(SUFFIXES)}。",
            code="format_unknown",
            where=file.name,
        )
    if not file.absolute().parent.is_dir():
        raise InputError(
            f"文件夹 {file.parent} 不存在，请先建立。", code="folder_missing", where=str(file)
        )


def _ending(file: Path) -> str | None:
    name = file.name.casefold()
    return next((ending for ending in SUFFIXES if name.endswith(ending)), None)


def _write(table: ExportTable, file: Path, on_rows: Callable[[int], None]) -> tuple[str, ...]:
    """Write beside the file and put it in its place when whole; gives the writer's notes.

    Raises
    ------
    StoreError
        `file_not_written`.
    """
    from layers.exporters.writers import GDAL_ERRORS, WRITERS  # noqa: PLC0415 - slow to load

    suffix = _ending(file) or ""
    try:
        # GDAL wants the ending of its format.
        with whole_file(file, suffix=suffix if suffix in _OF_GDAL else "") as part:
            return WRITERS[suffix](table, part, on_rows) or ()
    except GDAL_ERRORS as error:
        raise StoreError(
            f"文件 {file.name} 写不进去，请检查磁盘空间和权限。",
            code="file_not_written",
            where=str(file),
        ) from error
    except OSError as error:
        raise StoreError(
            f"文件 {file.name} 写不进去（{reason(error)}），请检查路径、磁盘空间和权限。",
            code="file_not_written",
            where=str(file),
        ) from error
