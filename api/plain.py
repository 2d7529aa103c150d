"""Frames and scalars as plain JSON values."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
from shapely.geometry import mapping

from layers.privacy import HIDDEN_TEXT, SMALL_TEXT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shapely.geometry.base import BaseGeometry

__all__ = ["geometry_json", "nulled", "plain", "records"]


def plain(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its kinds
    """Turn numbers of numpy and pandas into Python's; nothing, NaN and infinity become null.

    Whole floats (people are counted in floats by `geo`) become integers.
    """
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(item) for item in value]
    if value is None or value is pd.NA or value is pd.NaT:
        return None
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        if not math.isfinite(value):
            return None
        return int(value) if value.is_integer() else value
    if isinstance(value, dt.date):
        return value.isoformat()
    return value


def records(frame: pd.DataFrame) -> list[Mapping[str, Any]]:
    """Rows of a table as dicts of plain values."""
    return [plain(row) for row in frame.to_dict("records")]


def nulled(row: Mapping[str, Any]) -> dict[str, Any]:
    """Replace counts hidden as text by null, and name them in `suppressed`."""
    texts = {SMALL_TEXT, HIDDEN_TEXT}
    hidden = [name for name, value in row.items() if isinstance(value, str) and value in texts]
    return {**row, **dict.fromkeys(hidden), **({"suppressed": hidden} if hidden else {})}


def geometry_json(shape: BaseGeometry | None) -> dict[str, Any] | None:
    """Give a geometry as GeoJSON has it; null where there is none."""
    return None if shape is None or shape.is_empty else dict(mapping(shape))
