"""Divisions as arrays, for questions about all of them at once: who, where, when, under whom."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from geo.topology import Fault

__all__ = ["ALWAYS", "EVER", "PARENT_DIGITS", "DivisionUnits"]

PARENT_DIGITS = {"township": 6, "village": 9}
"""Digits of a code that name the parent, by level; the county has none."""

ALWAYS = np.iinfo(np.int64).min
"""Day of a unit's begin that is not known."""

EVER = np.iinfo(np.int64).max
"""Day of a unit's end that is not known."""

_CODE_DIGITS = 12
_NAMED = 4
_AREAL = (int(shapely.GeometryType.POLYGON), int(shapely.GeometryType.MULTIPOLYGON))


class DivisionUnits:
    """The rows as arrays; a unit is its position, since ids of a file may repeat.

    Parameters
    ----------
    frame
        EPSG:4490; index id (may repeat), columns code, name, level, parent_code, valid_from,
        valid_to (datetime64) of layer divisions.

    Attributes
    ----------
    ids, names, codes, levels, parents
        As in the frame; "" where there is nothing.
    begin, end
        Days since 1970 of the half-open period; `ALWAYS` and `EVER` where it is open.
    shapes, crs
        Geometries and their CRS.
    placed, areal, valid
        Whether a unit has a geometry, one that is a polygon, a valid one.
    by_code
        The parent that the code itself names; "" of a county.
    contradicts
        Whether that is another parent than the row's.
    by_own_code
        Code -> the units that bear it.
    """

    def __init__(self, frame: gpd.GeoDataFrame) -> None:
        self.ids = [str(label) for label in frame.index]
        self.names = _texts(frame["name"])
        self.codes = _texts(frame["code"])
        self.levels = np.array(_texts(frame["level"]), dtype=object)
        self.parents = _texts(frame["parent_code"])
        self.begin = _days(frame["valid_from"], ALWAYS)
        self.end = _days(frame["valid_to"], EVER)
        self.crs = frame.crs
        self.shapes = array = np.asarray(frame.geometry.array, dtype=object)
        self.placed = ~(shapely.is_missing(array) | shapely.is_empty(array))
        self.areal = self.placed & np.isin(shapely.get_type_id(array), _AREAL)
        self.valid = shapely.is_valid(array)
        self.by_code = [
            code[:digits].ljust(_CODE_DIGITS, "0") if (digits := PARENT_DIGITS.get(level)) else ""
            for code, level in zip(self.codes, self.levels, strict=True)
        ]
        self.contradicts = np.array(
            [
                bool(should and says and should != says)
                for should, says in zip(self.by_code, self.parents, strict=True)
            ],
            dtype=bool,
        )
        self.by_own_code: dict[str, list[int]] = defaultdict(list)
        for unit, code in enumerate(self.codes):
            self.by_own_code[code].append(unit)

    def ground(self, units: Sequence[int] | NDArray[np.int64]) -> gpd.GeoSeries:
        """Give the geometries of some units, by unit."""
        return gpd.GeoSeries(self.shapes[units], index=pd.Index(units, dtype=int), crs=self.crs)

    def together(self, one: int, other: int) -> bool:
        """Tell whether two units have a day in common."""
        return bool(max(self.begin[one], self.begin[other]) < min(self.end[one], self.end[other]))

    def label(self, unit: int) -> str:
        """Name a unit in a sentence."""
        return f"{self.names[unit]}（{self.ids[unit]}）"

    def labels(self, units: Sequence[int]) -> str:
        """Name several units in a sentence, the first few of many."""
        more = f"等 {len(units)} 个" if len(units) > _NAMED else ""
        return "、".join(self.label(unit) for unit in units[:_NAMED]) + more

    def place(self, units: Sequence[int]) -> tuple[float, float] | None:
        """Give a place on the first unit that has a valid geometry."""
        for unit in units:
            if self.placed[unit] and self.valid[unit]:
                return Fault("", (), self.shapes[unit]).where
        return None


def _texts(column: pd.Series) -> list[str]:
    return ["" if pd.isna(value) else str(value) for value in column]


def _days(column: pd.Series, missing: int) -> NDArray[np.int64]:
    days = pd.to_datetime(column).to_numpy().astype("datetime64[D]")
    found: NDArray[np.int64] = np.where(np.isnat(days), missing, days.astype(np.int64))
    return found
