"""Columns of a store into a typed frame, fast: whole columns, never row by row."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store import Table

__all__ = ["frame_of"]

_Column = np.ndarray | pd.api.extensions.ExtensionArray


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
    if kind == "text":
        return pd.array(values, dtype="str")
    if kind == "integer":
        missing = np.fromiter((v is None for v in values), dtype=bool, count=len(values))
        if missing.any():
            values = [0 if v is None else v for v in values]
        return pd.arrays.IntegerArray(np.array(values, dtype="int64"), missing)
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
