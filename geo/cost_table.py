"""A table of travel times, its demand and its facilities, checked and in the order of their ids.

Sums are taken in that order, so that an answer does not depend on the order of rows and columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.frames import as_numbers, require_unique_ids, require_weights, sorted_positions

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CostTable"]


@dataclass(frozen=True, eq=False)
class CostTable:
    """Seconds from demand to facilities in ascending order of both ids.

    Attributes
    ----------
    seconds
        (n, m), rows demand, columns facilities, both sorted; inf where there is no way.
    row, column
        Positions in the caller's table of the sorted rows and columns.
    demand_ids, facility_ids
        The caller's labels, in the caller's order.
    """

    seconds: NDArray[np.float64]
    row: NDArray[np.intp]
    column: NDArray[np.intp]
    demand_ids: pd.Index
    facility_ids: pd.Index

    @classmethod
    def of(cls, cost_seconds: pd.DataFrame) -> CostTable:
        """Check a table of seconds and sort it.

        Parameters
        ----------
        cost_seconds
            Rows demand, columns facilities, labels unique; inf where there is no way.

        Returns
        -------
        The sorted table.

        Raises
        ------
        InputError
            If a label is missing or occurs twice, or a cost is not a number or negative
            (`cost_invalid`).
        """
        require_unique_ids(cost_seconds.index, "出行时间表的需求点")
        require_unique_ids(cost_seconds.columns, "出行时间表的设施")
        row = sorted_positions(cost_seconds.index)
        column = sorted_positions(cost_seconds.columns)
        seconds = _sorted(_numbers(cost_seconds), row, column)
        with np.errstate(invalid="ignore"):
            bad = ~(seconds >= 0)
        if bad.any():
            at = np.unravel_index(int(np.argmax(bad)), bad.shape)
            who = cost_seconds.index[row[at[0]]]
            where = cost_seconds.columns[column[at[1]]]
            raise InputError(
                f"从“{who}”到“{where}”的出行时间是空的、负的或不是数字；到不了的请填无穷大（inf）。",
                code="cost_invalid",
                where=str(who),
            )
        return cls(seconds, row, column, cost_seconds.index, cost_seconds.columns)

    def people(self, demand: pd.Series) -> NDArray[np.float64]:
        """People of each sorted row.

        Raises
        ------
        InputError
            `labels_unmatched`; `weight_invalid` if one is missing, negative or not finite.
        """
        aligned = _aligned(demand, self.demand_ids, "需求")
        return require_weights(aligned, "需求点")[self.row]

    def places(self, capacity: pd.Series, *, unknown: bool = False) -> NDArray[np.float64]:
        """Places of each sorted column.

        Parameters
        ----------
        capacity
            By facility, >= 0.
        unknown
            Whether it may be missing; it is NaN then.

        Returns
        -------
        (m,) places.

        Raises
        ------
        InputError
            `labels_unmatched`; `capacity_invalid` if one is missing though it may not, negative,
            infinite or not a number.
        """
        aligned = _aligned(capacity, self.facility_ids, "容量")
        numbers = as_numbers(aligned)
        bad = ~((numbers >= 0) & np.isfinite(numbers))
        if unknown:
            bad &= aligned.notna().to_numpy()
        if bad.any():
            facility = aligned.index[int(np.argmax(bad))]
            raise InputError(
                f"设施“{facility}”的容量是空的、负的或不是数字，请填 0 或正数。",
                code="capacity_invalid",
                where=str(facility),
            )
        return np.asarray(numbers[self.column], np.float64)


def _numbers(table: pd.DataFrame) -> NDArray[np.float64]:
    try:
        return table.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(
            "出行时间表里有不是数字的值，请改为秒数。", code="cost_invalid", where="cost_seconds"
        ) from error


def _sorted(
    values: NDArray[np.float64], row: NDArray[np.intp], column: NDArray[np.intp]
) -> NDArray[np.float64]:
    """Rows and columns taken; most tables are in order already and are not copied."""
    if not np.array_equal(row, np.arange(len(row))):
        values = values[row]
    if not np.array_equal(column, np.arange(len(column))):
        values = values[:, column]
    return np.ascontiguousarray(values)


def _aligned(values: pd.Series, labels: pd.Index, what: str) -> pd.Series:
    """Values in the order of the labels, each label once and no other.

    Raises
    ------
    InputError
        `labels_unmatched`, naming the first one.
    """
    if values.index.equals(labels):
        return values
    require_unique_ids(values.index, what)
    lacking, strange = ~labels.isin(values.index), ~values.index.isin(labels)
    if lacking.any() or strange.any():
        first, tail = (
            (labels[int(np.argmax(lacking))], "没有值")
            if lacking.any()
            else (values.index[int(np.argmax(strange))], "不在出行时间表里")
        )
        raise InputError(
            f"{what}的编号与出行时间表对不上：“{first}”{tail}，请核对编号。",
            code="labels_unmatched",
            where=str(first),
        )
    return values.reindex(labels)
