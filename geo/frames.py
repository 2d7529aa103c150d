"""Checks at the door of `geo`: every public function calls these first and computes afterwards."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
import shapely

from geo.crs import require_same_crs
from geo.errors import GeometryError, InputError

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    import pyproj
    from numpy.typing import NDArray
    from pandas.api.extensions import ExtensionArray

__all__ = [
    "DIRECTIONS",
    "as_numbers",
    "nullable",
    "require_columns",
    "require_direction",
    "require_not_negative",
    "require_points",
    "require_positive",
    "require_unique_ids",
    "require_unique_index",
    "require_weights",
    "sorted_positions",
    "take_ids",
]

DIRECTIONS: Final = ("to_facility", "from_facility")
"""The elder comes to the service, or it comes home: they differ on one-way streets and slopes."""


def require_positive(value: float, name: str) -> float:
    """Return the value as float if it is finite and above zero.

    Raises
    ------
    InputError
        `not_positive`, naming the argument.
    """
    number = _number(value, name)
    if not (math.isfinite(number) and number > 0):
        raise InputError(f"{name} 必须大于 0，现在是 {value}。", code="not_positive", where=name)
    return number


def require_not_negative(value: float, name: str) -> float:
    """Return the value as float if it is zero or more; infinity is allowed.

    Raises
    ------
    InputError
        `negative`, naming the argument.
    """
    number = _number(value, name)
    if not number >= 0:
        raise InputError(f"{name} 不能小于 0，现在是 {value}。", code="negative", where=name)
    return number


def require_direction(direction: str) -> None:
    """Refuse a direction other than `to_facility` and `from_facility`.

    Raises
    ------
    InputError
        `unknown_direction`.
    """
    if direction not in DIRECTIONS:
        raise InputError(
            f"direction 不能是“{direction}”，可选：{'、'.join(DIRECTIONS)}。",
            code="unknown_direction",
            where="direction",
        )


def require_columns(frame: pd.DataFrame, names: Iterable[str], where: str) -> None:
    """Refuse a frame that lacks one of the columns.

    Raises
    ------
    InputError
        `column_missing`, naming the columns that are missing.
    """
    missing = [name for name in names if name not in frame.columns]
    if missing:
        raise InputError(
            f"{where}缺少列 {'、'.join(missing)}，请补上后重试。",
            code="column_missing",
            where=missing[0],
        )


def require_unique_index(frame: pd.DataFrame | gpd.GeoSeries, where: str) -> None:
    """Refuse an index in which an id occurs twice or is missing.

    Raises
    ------
    InputError
        `duplicate_id` or `id_missing`, naming the first one.
    """
    require_unique_ids(frame.index, where)


def require_unique_ids(ids: pd.Index, where: str) -> None:
    """Refuse ids of which one occurs twice or is missing: `require_unique_index` of a bare index.

    Raises
    ------
    InputError
        `duplicate_id` or `id_missing`, naming the first one.
    """
    if ids.hasnans:
        raise InputError(
            f"{where}有没有编号的行，请给每行一个编号。", code="id_missing", where=where
        )
    if not ids.is_unique:
        twice = ids[ids.duplicated()][0]
        raise InputError(
            f"{where}的编号“{twice}”出现两次以上，请让编号唯一。",
            code="duplicate_id",
            where=str(twice),
        )


def require_points(
    points: gpd.GeoDataFrame | gpd.GeoSeries, crs: pyproj.CRS, where: str
) -> NDArray[np.float64]:
    """Coordinates of a point frame, after checking its index, CRS and geometry.

    Parameters
    ----------
    points
        Points with a unique index.
    crs
        The CRS they must be in.
    where
        The argument's name, for messages.

    Returns
    -------
    (n, 2) coordinates; NaN in rows whose geometry is null or empty.

    Raises
    ------
    CrsError
        If the CRS is missing or differs.
    GeometryError
        `not_a_point` or `not_finite`, naming the row.
    InputError
        If an id is missing or occurs twice.
    """
    require_unique_index(points, where)
    geometry = points.geometry
    require_same_crs(geometry, crs, where)
    shapes = geometry.to_numpy()
    xy = _coordinates(shapes)
    if xy is not None:
        return xy
    there = ~(shapely.is_missing(shapes) | shapely.is_empty(shapes))
    wrong = there & (shapely.get_type_id(shapes) != 0)
    if wrong.any():
        row = points.index[int(np.argmax(wrong))]
        kind = shapes[int(np.argmax(wrong))].geom_type
        raise GeometryError(
            f"{where}第“{row}”行的图形是 {kind}，应为点，请改为点后重试。",
            code="not_a_point",
            where=str(row),
        )
    xy = np.full((len(shapes), 2), np.nan)
    xy[there] = shapely.get_coordinates(shapes[there])
    bad = there & ~np.isfinite(xy).all(axis=1)
    if bad.any():
        row = points.index[int(np.argmax(bad))]
        raise GeometryError(
            f"{where}第“{row}”行的坐标不是有效数字，请检查坐标。", code="not_finite", where=str(row)
        )
    return xy


def require_weights(weights: pd.Series, where: str) -> NDArray[np.float64]:
    """Weights as floats, none missing and none negative.

    Raises
    ------
    InputError
        `weight_invalid`, naming the row.
    """
    numbers = as_numbers(weights)
    bad = ~(numbers >= 0) | np.isinf(numbers)
    if bad.any():
        row = weights.index[int(np.argmax(bad))]
        raise InputError(
            f"{where}第“{row}”行的人数是空的、负的或不是数字，请填 0 或正数。",
            code="weight_invalid",
            where=str(row),
        )
    return numbers


def as_numbers(values: pd.Series) -> NDArray[np.float64]:
    """Values as floats in a new array, NaN where one is missing or no number."""
    plain = values.dtype
    if isinstance(plain, np.dtype) and plain.kind in "biuf":  # `to_numeric` takes 20 us to see it
        return np.array(values.to_numpy(), np.float64)
    numbers = pd.to_numeric(values, errors="coerce").to_numpy(np.float64, na_value=np.nan)
    return np.asarray(numbers, np.float64)


def sorted_positions(index: pd.Index) -> NDArray[np.intp]:
    """Positions of an index in ascending order of its ids; ids of mixed kinds sort as text."""
    try:
        if index.is_monotonic_increasing:  # kept with the index
            return np.arange(len(index))
        return np.asarray(index.argsort(), np.intp)
    except TypeError:
        return np.argsort(index.astype(str).to_numpy(object), kind="stable")


def nullable(ids: pd.Index | pd.Series) -> ExtensionArray:
    """Ids as a nullable array of their kind: integers `Int64`, text `string`, the rest as is.

    Objects of which none is there are taken as text.
    """
    kind = pd.api.types.infer_dtype(ids, skipna=True)
    if kind == "string" or (kind == "empty" and ids.dtype == object):
        return pd.array(ids.to_numpy(object), dtype=pd.StringDtype(na_value=pd.NA))
    array: ExtensionArray = ids.array
    return pd.array(ids.to_numpy()) if isinstance(ids.dtype, np.dtype) else array


def take_ids(index: pd.Index, positions: NDArray[np.integer]) -> ExtensionArray:
    """Ids at these positions in a nullable array of the index's kind; -1 is `<NA>`."""
    plain = index.dtype
    if isinstance(plain, np.dtype) and plain.kind in "iu":  # what is below takes five times as long
        missing = positions < 0
        ids: NDArray[np.integer] = np.zeros(len(positions), plain)
        ids[~missing] = index.to_numpy()[positions[~missing]]
        return pd.arrays.IntegerArray(ids, missing)
    return nullable(index).take(positions, allow_fill=True, fill_value=pd.NA)


def _coordinates(shapes: NDArray[np.object_]) -> NDArray[np.float64] | None:
    """Coordinates if every shape is a point somewhere; two passes that settle nearly all frames."""
    if (shapely.get_type_id(shapes) != 0).any():
        return None
    xy = np.asarray(shapely.get_coordinates(shapes), np.float64)
    return xy if len(xy) == len(shapes) and np.isfinite(xy).all() else None


def _number(value: float, name: str) -> float:
    try:
        return float(value)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{name} 应为数字，现在是“{value}”。", code="not_a_number", where=name
        ) from error
