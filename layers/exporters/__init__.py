"""The store to files, whole or not at all.

`export_layer` writes a stored layer, `write_frame` a computed one. A format is a module that writes
a `tables.ExportTable` (`csv_file`, `parquet_file`, ...).
"""

from __future__ import annotations

from layers.exporters.exporting import SUFFIXES, ExportReport, export_layer, write_frame

__all__ = ["SUFFIXES", "ExportReport", "export_layer", "write_frame"]
