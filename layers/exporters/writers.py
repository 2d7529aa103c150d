"""The writer of each format; loaded when something is written, with GDAL and the rest."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from pyogrio.errors import DataLayerError, DataSourceError

from layers.exporters.csv_file import write_csv
from layers.exporters.fgb_file import write_fgb
from layers.exporters.geojson_file import write_geojson
from layers.exporters.gpkg_file import write_gpkg
from layers.exporters.jsonld_file import write_jsonld
from layers.exporters.parquet_file import write_parquet
from layers.exporters.shp_file import write_shp
from layers.exporters.tables import ExportTable
from layers.exporters.xlsx_file import write_xlsx

__all__ = ["GDAL_ERRORS", "WRITERS", "Writer"]

Writer = Callable[[ExportTable, Path, Callable[[int], None]], tuple[str, ...] | None]

WRITERS: dict[str, Writer] = {
    ".csv": write_csv,
    ".fgb": write_fgb,
    ".geojson": write_geojson,
    ".gpkg": write_gpkg,
    ".jsonld": write_jsonld,
    ".parquet": write_parquet,
    ".shp.zip": write_shp,
    ".xlsx": write_xlsx,
}
"""Ending -> writer."""

GDAL_ERRORS = (DataLayerError, DataSourceError)
"""What it raises where it could not write, on a full disk too."""
