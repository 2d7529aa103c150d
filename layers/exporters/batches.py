"""Rows as Arrow batches, for the writers that stream columns."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyarrow as pa
import shapely

from layers.exporters.cells import json_text, list_text
from layers.readers.gpkg import HIDDEN_NOTE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from layers.exporters.tables import Block, ExportTable

__all__ = ["batch_of", "batches", "columns_of", "described"]

_PACKED: dict[str, Callable[[Any], str]] = {"list": list_text, "json": json_text}
_TYPES = {
    "text": pa.string(),
    "list": pa.string(),
    "json": pa.string(),
    "integer": pa.int64(),
    "real": pa.float64(),
    "boolean": pa.bool_(),
    "date": pa.date32(),
}


def columns_of(table: ExportTable, shape: str, *, lists: bool = False) -> pa.Schema:
    """Give the Arrow schema of a table: its fields, then the geometry as WKB.

    Parameters
    ----------
    table
        What will be written.
    shape
        Name of the geometry column.
    lists
        Whether the format has lists; else they become text that an import reads as the same list.
    """
    kinds = {**_TYPES, "list": pa.list_(pa.string())} if lists else _TYPES
    fields = [(field.name, kinds[field.type]) for field in table.fields]
    return pa.schema([*fields, (shape, pa.binary())])


def batches(
    table: ExportTable, columns: pa.Schema, on_rows: Callable[[int], None]
) -> Iterator[pa.RecordBatch]:
    """Turn the table's blocks into batches.

    Parameters
    ----------
    table
        What to write; its blocks are used up.
    columns
        Answer of `columns_of`.
    on_rows
        Told how many rows are done.

    Yields
    ------
    One batch a block.
    """
    done = 0
    for block in table.blocks:
        yield batch_of(table, block, columns)
        done += len(block)
        on_rows(done)


def batch_of(table: ExportTable, block: Block, columns: pa.Schema) -> pa.RecordBatch:
    """Turn one block into a batch.

    Parameters
    ----------
    table, block, columns
        The block's table and the answer of `columns_of`.
    """
    values = []
    for field in table.fields:
        cells = block.columns[field.name]
        packed = None if pa.types.is_list(columns.field(field.name).type) else field.type
        if pack := _PACKED.get(packed or ""):
            cells = [None if cell is None else pack(cell) for cell in cells]
        values.append(cells)
    values.append(shapely.to_wkb(block.geometry).tolist())
    arrays = [pa.array(v, kind.type) for v, kind in zip(values, columns, strict=True)]
    return pa.record_batch(arrays, schema=columns)


def described(table: ExportTable) -> str:
    """Say in one line what a GIS shows beside the layer: notice, sources, whether counts lack."""
    stamp = table.provenance
    parts = [stamp.notice, *stamp.attributions, HIDDEN_NOTE if table.hidden else ""]
    return "；".join(part for part in parts if part)
