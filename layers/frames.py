"""Columns of a store into a typed frame, fast: whole columns, never row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import pyarrow as pa
import shapely

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store_values import Table

__all__ = ["frame_of"]

_Column = np.ndarray | pd.api.extensions.ExtensionArray
_NULLABLE: dict[str, tuple[Any, Any]] = {
    "text": (pa.large_string(), pd.StringDtype(na_value=np.nan)),
    "integer": (pa.int64(), pd.Int64Dtype()),
}


def frame_of(schema: LayerSchema, table: Table) -> gpd.GeoDataFrame:
    """Make the frame that `layers.store.read_frame` promises.

    Parameters
    ----------
    schema
        Gives each column its type.
    table
        Equally long columns in storage form: dates ISO text, truth values 0 or 1, lists JSON text.

    Returns
    -------
    Index `id`, columns geometry (EPSG:4490), the schema's fields, `version updated_at updated_by`.
    """
    types = {name: field.type for name, field in {**schema.system, **schema.fields}.items()}
    index = pd.Index(table.columns["id"], dtype="str", name="id")
    columns: dict[str, Any] = {
        name: _column(types[name], values) for name, values in table.columns.items() if name != "id"
    }
    shapes = shapely.from_wkb(np.array(table.wkb, dtype=object))
    geometry = gpd.GeoSeries(shapes, index=index, crs="EPSG:4490")
    return gpd.GeoDataFrame(pd.DataFrame(columns, index=index), geometry=geometry, crs="EPSG:4490")[
        ["geometry", *columns]
    ]


def _column(kind: str, values: list[Any]) -> _Column:
    if kind in _NULLABLE:
        arrow_type, dtype = _NULLABLE[kind]
        found: _Column = dtype.__from_arrow__(pa.array(values, arrow_type))
        return found
    if kind == "boolean":
        missing = np.fromiter((v is None for v in values), dtype=bool, count=len(values))
        return pd.arrays.BooleanArray(np.array([bool(v) for v in values], dtype=bool), missing)
    if kind == "real":
        return np.array(values, dtype="float64")  # None becomes NaN
    if kind == "date":
        return pd.array(np.array(values, dtype="datetime64[s]"), dtype="datetime64[s]")
    if kind == "datetime":
        bare = [None if v is None else v[:-1] for v in values]  # numpy knows no zone; all are UTC
        moments = pd.DatetimeIndex(np.array(bare, dtype="datetime64[ms]"))
        return moments.tz_localize("UTC").array
    listed = np.empty(len(values), dtype=object)
    listed[:] = [None if v is None else json.loads(v) for v in values]
    return listed
