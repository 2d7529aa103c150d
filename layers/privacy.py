"""Counts of people below five are hidden, and what would give them away.

A cell of 1-4 is small. Where a known total would reveal a hidden cell by subtraction, the next
smallest cell beside it is hidden too. Zero hides nobody and stays.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

__all__ = [
    "HIDDEN_TEXT",
    "SMALLEST_SHOWN",
    "SMALL_TEXT",
    "hidden_cells",
    "shown_range",
    "shown_span",
    "shown_values",
]

SMALLEST_SHOWN = 5
"""The smallest count above zero that everybody may see."""

SMALL_TEXT = "<5"
"""What tables show for a count of 1-4."""

HIDDEN_TEXT = "隐去"
"""What tables show for a larger count that would give a small one away."""

_FINEST_SHARE = 0.001


def hidden_cells(
    counts: pd.DataFrame,
    *,
    groups: pd.Series | Sequence[pd.Series] = (),
    sums: Sequence[tuple[str, ...]] = (),
    also: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Which cells of a table of counts must not be shown.

    Parameters
    ----------
    counts
        Numbers of people, a column a count; missing values hide nothing.
    groups
        Group of each row (a township) whose total of each column is known elsewhere; several
        where the rows are summed in several ways (by today's townships and by those before a
        merger). None are known: empty.
    sums
        Tuples (total, part, part, ...) of columns where the total is the sum of the parts in
        every row; names that are not in the table are an error.
    also
        True where a larger count must be hidden all the same, for it would tell a small one that
        is not in the table; the index and some columns of `counts`.

    Returns
    -------
    True where hidden; index and columns of `counts`.

    Source
    ------
    Hundepool et al., Statistical Disclosure Control (2012), chapter 4: primary suppression, then
    the cheapest secondary cell of each equation with a single unknown, until none has one.
    """
    values = counts.to_numpy(dtype=float, na_value=np.nan)
    small = (values > 0) & (values < SMALLEST_SHOWN)
    hidden = small.copy()
    if also is not None:
        hidden[:, counts.columns.get_indexer(also.columns)] |= also.to_numpy(bool)
    summed = (groups,) if isinstance(groups, pd.Series) else groups
    equations = _equations(counts, summed, sums)
    changed = bool(hidden.any())
    while changed:
        changed = False
        for rows, columns in equations:
            unknown = hidden[rows, columns]
            if np.count_nonzero(unknown) != 1:
                continue
            known = _next_smallest(values[rows, columns], unknown)
            if known is not None:
                hidden[rows[known], columns[known]] = True
                changed = True
    return pd.DataFrame(hidden, index=counts.index, columns=counts.columns)


def shown_values(counts: pd.DataFrame, hidden: pd.DataFrame) -> pd.DataFrame:
    """Give counts as text cells show them: numbers, `<5`, or 隐去 where a larger one is hidden.

    Parameters
    ----------
    counts
        Numbers of people; missing stays None.
    hidden
        Answer of `hidden_cells` for the same table.

    Returns
    -------
    Python objects, index and columns of `counts`.
    """
    shown = counts.astype(object).where(counts.notna(), None)
    small = counts.lt(SMALLEST_SHOWN).fillna(value=False).astype(bool)
    return shown.mask(hidden & small, SMALL_TEXT).mask(hidden & ~small, HIDDEN_TEXT)


def shown_range(
    share: float, low: float, high: float, total: float, *, full: bool = False
) -> tuple[float, float]:
    """Give a range of shares whose end along the streets is told no finer than five people.

    That end is a weighted sum over villages: told exactly, it would be an equation for hidden
    counts. It is moved outwards, so that the range still holds both shares.

    Parameters
    ----------
    share
        The share at the villages' points, one of the two ends, which is told as it is.
    low, high
        The ends.
    total
        People whom the shares are of.
    full
        Whether the reader may see small cells.

    Returns
    -------
    (low, high); NaN stays NaN.
    """
    if full or not total > 0 or math.isnan(low):
        return low, high
    step = max(_FINEST_SHARE, SMALLEST_SHOWN / total)
    low = low if low == share else round(max(math.floor(low / step) * step, 0.0), 6)
    high = high if high == share else round(min(math.ceil(high / step) * step, 1.0), 6)
    return low, high


def shown_span(count: float, along: float, *, full: bool = False) -> tuple[float, float]:
    """Give the range of a count, low before high, the end along the streets by fives, outwards.

    Parameters
    ----------
    count
        People at their villages' points: told as it is, or hidden by the caller.
    along
        The same people along the streets.
    full
        Whether the reader may see small cells.
    """
    low, high = min(count, along), max(count, along)
    if full:
        return low, high
    step = SMALLEST_SHOWN
    low = low if low == count else float(math.floor(low / step) * step)
    high = high if high == count else float(math.ceil(high / step) * step)
    return low, high


def _equations(
    counts: pd.DataFrame, groups: Sequence[pd.Series], sums: Sequence[tuple[str, ...]]
) -> list[tuple[NDArray[np.intp], NDArray[np.intp]]]:
    """Cells (rows, columns) whose sum is known or among which the total is known."""
    equations: list[tuple[NDArray[np.intp], NDArray[np.intp]]] = []
    for group in groups:
        for members in group.groupby(group, sort=True).indices.values():
            rows = np.asarray(members, dtype=np.intp)
            equations += [
                (rows, np.full(len(rows), column, dtype=np.intp))
                for column in range(counts.shape[1])
            ]
    for names in sums:
        columns = np.array([counts.columns.get_loc(name) for name in names], dtype=np.intp)
        equations += [
            (np.full(len(columns), row, dtype=np.intp), columns) for row in range(len(counts))
        ]
    return equations


def _next_smallest(values: NDArray[np.float64], unknown: NDArray[np.bool_]) -> int | None:
    """Position of the smallest shown count of five or more, else of a zero; None if there is none.

    Zeros come last: hiding one protects little, for who knows the total guesses it first.
    """
    cost = np.where(unknown | np.isnan(values), np.inf, values)
    cost[cost == 0] = np.finfo(float).max
    best = int(np.argmin(cost))
    return best if np.isfinite(cost[best]) else None
