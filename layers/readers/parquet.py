"""A GeoParquet file, or a plain Parquet table, streamed by pyarrow."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from layers.findings import UnreadableError
from layers.readers.gpkg import BATCH_ROWS

__all__ = ["read_parquet"]

_RFC_CRS = "OGC:CRS84"  # what the format means where a file names no CRS
_ENCODING = "WKB"


def read_parquet(
    path: Path,
    *,
    sheet: str | None,  # noqa: ARG001 - readers are called alike
    prefer: str,  # noqa: ARG001
) -> Iterator[dict[str, Any]]:
    """Read the rows of a Parquet file.

    Parameters
    ----------
    path
        The file. Without the metadata of GeoParquet it is a table whose columns may hold
        coordinates, as in a csv.
    sheet, prefer
        Not used: the format has one table.

    Yields
    ------
    The heading message, then rows (see `layers.importers.child`).

    Raises
    ------
    UnreadableError
        I01: not Parquet, damaged, or a geometry that is not WKB.
    MemoryError
        If a part of it is too large for the child.

    Source
    ------
    GeoParquet 1.1.0 (geoparquet.org).
    """
    first = 1
    try:
        with pq.ParquetFile(path, buffer_size=2**20, pre_buffer=False) as file:
            said = file.metadata.metadata or {}
            geo = _read(said, b"geo")
            shape, crs = _geometry(geo, path)
            left_out = {shape, *_coverings(geo)}
            names = [str(name) for name in file.schema_arrow.names]
            if shape is not None and shape not in names:
                raise UnreadableError(None, f"“{path.name}”缺少几何列“{shape}”，请重新导出。")
            yield {
                "headings": [name for name in names if name not in left_out],
                "crs": crs,
                "total": file.metadata.num_rows,
                "suppressed": _read(said, b"xygeo").get("suppressed") is True,
            }
            for batch in file.iter_batches(batch_size=BATCH_ROWS, use_threads=False):
                if batch.num_rows:
                    yield _message(batch, shape, left_out, first)
                first += batch.num_rows
    except MemoryError:
        raise
    except (pa.ArrowException, OSError) as error:
        where = f"读到第 {first} 条后中断，文件已损坏" if first > 1 else "不是完整的 Parquet"
        raise UnreadableError(None, f"“{path.name}”{where}，请重新导出。") from error


def _read(metadata: Mapping[bytes, bytes], key: bytes) -> dict[str, Any]:
    """Give one entry of a file's metadata; whatever is no JSON object says nothing."""
    try:
        found = json.loads(metadata.get(key, b"{}"))
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _geometry(geo: Mapping[str, Any], path: Path) -> tuple[str | None, str | None]:
    """Give the geometry column and its CRS; None where the file has no such.

    Raises
    ------
    UnreadableError
        I01: the geometry is not WKB.
    """
    if not geo:
        return None, None
    name = str(geo.get("primary_column"))
    columns = geo.get("columns")
    column = columns.get(name) if isinstance(columns, dict) else None
    if not isinstance(column, dict) or column.get("encoding") != _ENCODING:
        raise UnreadableError(
            None, f"“{path.name}”的几何不是 WKB 编码，请另存为 WKB 的 GeoParquet 再导入。"
        )
    if "crs" not in column:
        return name, _RFC_CRS
    if column["crs"] is None:  # the format's way to say that nobody knows
        return name, None
    return name, _named(column["crs"])


def _named(crs: object) -> str:
    """Give the code of a CRS that is spelled out, as far as it has one."""
    known = crs.get("id") if isinstance(crs, dict) else None
    if isinstance(known, dict) and {"authority", "code"} <= known.keys():
        return f"{known['authority']}:{known['code']}"
    return json.dumps(crs, ensure_ascii=False)


def _coverings(geo: Mapping[str, Any]) -> set[str]:
    """Name the columns that only repeat the bounds of the shapes, for readers of a part."""
    columns = geo.get("columns")
    found = set()
    for column in columns.values() if isinstance(columns, dict) else ():
        covering = column.get("covering") if isinstance(column, dict) else None
        boxes = covering.get("bbox") if isinstance(covering, dict) else None
        for steps in boxes.values() if isinstance(boxes, dict) else ():
            found |= {str(steps[0])} if isinstance(steps, list) and steps else set()
    return found


def _message(
    batch: pa.RecordBatch, shape: str | None, left_out: Collection[str | None], first: int
) -> dict[str, Any]:
    message: dict[str, Any] = {"rows": list(range(first, first + batch.num_rows)), "columns": []}
    for name, column in zip(batch.schema.names, batch.columns, strict=True):
        if name == shape:
            message["wkb"] = column.to_pylist()
        elif name not in left_out:
            message["columns"].append(column.to_pylist())
    return message
