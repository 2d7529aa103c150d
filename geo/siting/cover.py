"""Set covering: the cheapest sites that reach every row, after all that is obvious is done."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np
from scipy import sparse

from geo.siting.programs import Program, TimeIsUpError, cut_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.siting.programs import Clock

__all__ = ["Cover", "cheapest_cover", "few_enough", "implied_rows", "needless_columns"]

_COMPARED: Final = 4000
"""Up to so many rows or columns are compared with each other; the solver takes the rest."""


class Cover(NamedTuple):
    """Columns that cover all rows, and a lower bound of their price; None if there are none."""

    columns: NDArray[np.intp] | None
    bound: float


def cheapest_cover(
    within: NDArray[np.bool_],
    price: NDArray[np.float64],
    clock: Clock,
    *,
    excluded: Sequence[NDArray[np.integer]] = (),
) -> Cover:
    """Cover every row at the least price.

    Parameters
    ----------
    within
        (n, m) which column covers which row.
    price
        (m,) of each column, >= 0.
    clock
        Time and gap allowed.
    excluded
        Sets of columns, none of which may be in the choice as a whole.

    Returns
    -------
    Columns, ascending.

    Raises
    ------
    TimeIsUpError
        If no cover was found in time.
    """
    if not within.any(axis=1).all():
        return Cover(None, np.inf)
    rows, columns = _reduced(within, price, compare_columns=not excluded)
    left = within[np.ix_(rows, columns)]
    if not len(rows):
        return Cover(np.empty(0, np.intp), 0.0)
    cuts, high = cut_rows(excluded, columns, len(columns))
    found = Program(
        price[columns],
        len(columns),
        sparse.vstack([sparse.csr_array(left.astype(float)), sparse.csr_array(cuts)]).tocsr(),
        np.concatenate((np.ones(len(rows)), np.full(len(cuts), -np.inf))),
        np.concatenate((np.full(len(rows), np.inf), high)),
    ).solve(clock)
    if found.values is None:
        return Cover(None, np.inf)
    chosen = columns[found.values > 0.5]
    total = float(price[chosen].sum())
    bound = total if found.finished and not clock.gap else min(found.bound, total)
    if (price == np.round(price)).all():
        bound = min(float(np.ceil(bound - 1e-6)), total)
    return Cover(chosen, bound)


def few_enough(
    within: NDArray[np.bool_],
    most: int,
    clock: Clock,
    *,
    excluded: Sequence[NDArray[np.integer]] = (),
) -> NDArray[np.intp] | None:
    """Find at most so many columns that cover every row; None if it takes more.

    Parameters
    ----------
    within, clock, excluded
        As `cheapest_cover`.
    most
        How many columns are allowed.

    Raises
    ------
    TimeIsUpError
        If that was not settled in time.
    """
    if not within.any(axis=1).all():
        return None
    if _need_apart(within, most) > most:
        return None
    chosen = _greedy(within)
    barred = any(np.isin(one, chosen).all() for one in excluded)
    if len(chosen) <= most and not barred:
        return chosen
    exact = replace(clock, gap=0.0)
    found = cheapest_cover(within, np.ones(within.shape[1]), exact, excluded=excluded)
    if found.columns is None or found.bound > most:
        return None
    if len(found.columns) > most:
        raise TimeIsUpError
    return found.columns


def needless_columns(within: NDArray[np.bool_], price: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(m,) columns that another one replaces: as many rows and more, at no higher price."""
    size = within.sum(axis=0)
    if within.shape[1] > _COMPARED:
        return np.asarray(size == 0)
    shares = within.astype(np.float32)
    inside = (shares.T @ shares) >= size[:, None] - 0.5  # column j lies in column l
    order = np.arange(len(size))
    better = (size[None, :] > size[:, None]) | (
        (size[None, :] == size[:, None])
        & ((price[None, :] < price[:, None]) | (order[None, :] < order[:, None]))
    )
    needless = inside & better & (price[None, :] <= price[:, None])
    return np.asarray(needless.any(axis=1) | (size == 0))


def implied_rows(
    within: NDArray[np.bool_], must: NDArray[np.bool_] | None = None
) -> NDArray[np.bool_]:
    """(n,) rows that are covered whenever another one is, that must be; None: all of them must."""
    size = within.sum(axis=1)
    if len(within) > _COMPARED:
        return np.zeros(len(within), bool)
    shares = within.astype(np.float32)
    holds = (shares @ shares.T) >= size[None, :] - 0.5  # row i holds all columns of row k
    order = np.arange(len(size))
    needed = np.ones(len(size), bool) if must is None else must
    smaller = (size[None, :] < size[:, None]) | (
        (size[None, :] == size[:, None]) & ((order[None, :] < order[:, None]) | ~needed[:, None])
    )
    return np.asarray((holds & smaller & needed[None, :]).any(axis=1))


def _reduced(
    within: NDArray[np.bool_], price: NDArray[np.float64], *, compare_columns: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows and columns that decide; what covers them at best covers all."""
    _, rows = np.unique(np.packbits(within, axis=1), axis=0, return_index=True)
    rows, columns = np.sort(rows), np.arange(within.shape[1])
    while True:
        before = len(rows), len(columns)
        left = within[np.ix_(rows, columns)]
        rows = rows[~implied_rows(left)]
        if compare_columns:
            left = within[np.ix_(rows, columns)]
            columns = columns[~needless_columns(left, price[columns])]
        if (len(rows), len(columns)) == before:
            return rows, columns


def _greedy(within: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Cover by taking what covers most of the rest; then drop what turned out needless."""
    chosen: list[int] = []
    open_rows = np.ones(len(within), bool)
    while open_rows.any():
        best = int(within[open_rows].sum(axis=0).argmax())
        chosen.append(best)
        open_rows &= ~within[:, best]
    for column in list(chosen):
        rest = [one for one in chosen if one != column]
        if within[:, rest].any(axis=1).all():
            chosen = rest
    return np.sort(np.array(chosen, np.intp))


def _need_apart(within: NDArray[np.bool_], most: int) -> int:
    """Rows no two of which share a column: each needs one of its own."""
    order = np.argsort(within.sum(axis=1), kind="stable")
    taken = np.zeros(within.shape[1], bool)
    count = 0
    for row in order:
        if not (within[row] & taken).any():
            taken |= within[row]
            count += 1
            if count > most:
                break
    return count
