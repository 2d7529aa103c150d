"""Layers kept as GeoParquet files, read as the store would give them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.crs import STORED_CRS, same_crs
from geo.errors import InputError
from layers.errors import NotFound
from layers.schema import layer_schema
from layers.system_errors import reason
from layers.validate import check_frame

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from layers.schema import Field, LayerSchema

__all__ = ["file_stamp", "read_layer_file"]

_CRS = "EPSG:4490"
_ROAD_ENDS = ("way_id", "piece", "u", "v")


def file_stamp(path: Path) -> str:
    """Tell the present state of a file, without reading it.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    Its name, size and time of the last change.

    Raises
    ------
    NotFound
        `file_missing`.
    """
    try:
        state = path.stat()
    except OSError as error:
        _refuse_missing(path, reason(error))
    return f"{path.name} {state.st_size} {state.st_mtime_ns}"


def read_layer_file(
    path: Path | None,
    layer: str,
    *,
    at: date | None = None,
    box: tuple[float, float, float, float] | None = None,
) -> gpd.GeoDataFrame:
    """Read a layer from a GeoParquet file, such as `xygeo export` writes.

    Parameters
    ----------
    path
        The file; None: no rows.
    layer
        Name of the layer: its schema says which columns there may be; others are passed over.
    at
        Only rows valid on this day; None: those that have not ended.
    box
        Only what touches this box, degrees. A file that has the boxes of its rows (GeoParquet's
        `covering`) is read in parts, another one whole.

    Returns
    -------
    As `layers.store.read_frame`, but without version and recording time.

    Raises
    ------
    InputError
        `file_unreadable` if it is no GeoParquet; `file_crs` if it is not in degrees of CGCS2000 or
        WGS 84; `file_rows` if a row breaks the schema.
    NotFound
        `file_missing`.
    """
    schema = layer_schema(layer)
    if path is None:
        raw = gpd.GeoDataFrame({"geometry": []}, geometry="geometry", crs=_CRS)
    else:
        raw = _read(path, box)
        _require_degrees(raw, path)
    frame = _typed(raw, schema, path)
    if at is None:
        frame = frame[frame["valid_to"].isna()]
    else:
        day = pd.Timestamp(at)
        begun = frame["valid_from"].isna() | (frame["valid_from"] <= day)
        frame = frame[begun & (frame["valid_to"].isna() | (day < frame["valid_to"]))]
    if path is not None:
        _require_rows(frame, schema, path)
    return frame


def _read(path: Path, box: tuple[float, float, float, float] | None) -> gpd.GeoDataFrame:
    """Read the file, only the box if there is one.

    Raises
    ------
    InputError
        `file_unreadable`.
    NotFound
        `file_missing`.
    """
    import pyarrow as pa  # noqa: PLC0415 - slow to import, for counties kept as files alone

    if not path.is_file():
        _refuse_missing(path, "没有这个文件")
    try:
        part = box if box is not None and _has_boxes(path) else None
        frame = gpd.read_parquet(path, bbox=part)
    except (pa.ArrowException, OSError, ValueError, TypeError, KeyError) as error:
        raise InputError(
            f"文件 {path.name} 不是完好的 GeoParquet，请用 xygeo export 重新导出。",
            code="file_unreadable",
            where=str(path),
        ) from error
    if box is not None:
        frame = frame[frame.geometry.intersects(shapely.box(*box))]
    return frame


def _has_boxes(path: Path) -> bool:
    import json  # noqa: PLC0415

    import pyarrow.parquet as pq  # noqa: PLC0415

    about = json.loads((pq.read_schema(path).metadata or {}).get(b"geo", b"{}"))
    column = about.get("columns", {}).get(about.get("primary_column"), {})
    return "bbox" in column.get("covering", {})


def _refuse_missing(path: Path, why: str) -> NoReturn:
    """Say that a file cannot be opened.

    Raises
    ------
    NotFound
        `file_missing`.
    """
    raise NotFound(
        f"文件 {path} 打不开（{why}），请检查清单里的路径；用集群时，各台机器都要能读到它。",
        code="file_missing",
        where=str(path),
    )


def _require_degrees(frame: gpd.GeoDataFrame, path: Path) -> None:
    """Refuse other coordinates than degrees of CGCS2000 or WGS 84.

    Raises
    ------
    InputError
        `file_crs`.
    """
    if frame.crs is None or not same_crs(frame.crs, STORED_CRS):
        raise InputError(
            f"文件 {path.name} 的坐标系应是 2000 国家大地坐标系或 WGS 84 的经纬度。",
            code="file_crs",
            where=str(path),
        )


def _typed(frame: gpd.GeoDataFrame, schema: LayerSchema, path: Path | None) -> gpd.GeoDataFrame:
    """Give the columns of the schema, each in its type; what the file lacks is missing.

    Raises
    ------
    InputError
        `file_rows` if a value is of another type, or an id occurs twice.
    """
    number = np.arange(1, len(frame) + 1).astype(str)
    ids = frame["id"].astype("str") if "id" in frame else pd.Series(number, dtype="str")
    index = pd.Index(ids.to_numpy(), dtype="str", name="id")
    file = "" if path is None else path.name
    if not index.is_unique:
        raise InputError(
            f"文件 {file} 里标识 {index[index.duplicated()][0]} 出现了两次。",
            code="file_rows",
            where="id",
        )
    columns = {}
    for field in schema.fields.values():
        try:
            columns[field.name] = _column(frame, field)
        except (ValueError, TypeError) as error:
            raise InputError(
                f"文件 {file} 的 {field.name}（{field.title}）有不合类型的值，请重新导出。",
                code="file_rows",
                where=field.name,
            ) from error
    geometry = np.asarray(frame.geometry.array, dtype=object)
    table = pd.DataFrame(columns).set_axis(index)
    return gpd.GeoDataFrame(
        table, geometry=gpd.GeoSeries(geometry, index=index, crs=_CRS), crs=_CRS
    )


_DTYPES: dict[str, Any] = {
    "text": "str",
    "integer": "Int64",
    "real": "float64",
    "boolean": "boolean",
    "date": "datetime64[s]",
}


def _column(frame: gpd.GeoDataFrame, field: Field) -> pd.Series:
    dtype = _DTYPES.get(field.type, "object")
    if field.name not in frame:
        return pd.Series([None] * len(frame), dtype=dtype)
    column = frame[field.name].reset_index(drop=True)
    if dtype == "float64":
        column = pd.to_numeric(column)
    if dtype == "datetime64[s]":
        column = pd.to_datetime(column)
    return column.astype(dtype)


def _require_rows(frame: gpd.GeoDataFrame, schema: LayerSchema, path: Path) -> None:
    """Refuse a file whose rows break the schema, roads that have no end nodes too.

    Roads are many: their lines are looked at where the network is built.

    Raises
    ------
    InputError
        `file_rows`.
    """
    if schema.name == "roads":
        lacking = [name for name in _ROAD_ENDS if frame[name].isna().any()]
        faults = [f"{schema.fields[name].title}（{name}）有空值。" for name in lacking]
    else:
        found = check_frame(frame, schema)
        faults = [finding.message for finding in found if finding.level == "error"]
    if faults:
        raise InputError(
            f"文件 {path.name} 有 {len(faults)} 处错误：{faults[0]}",
            code="file_rows",
            where=path.name,
        )
