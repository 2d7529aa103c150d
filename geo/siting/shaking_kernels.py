"""The compiled loop of `geo.siting.missed`; imported on first use, for numba costs a second."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from geo.compiled import kernel

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["shaken"]


@kernel("f8(i8[::1], i8[::1], i8[::1], i8[::1], f8[::1], b1[::1], i8, f8)")
def shaken(
    row_start: NDArray[np.int64],
    row_column: NDArray[np.int64],
    column_start: NDArray[np.int64],
    column_row: NDArray[np.int64],
    weight: NDArray[np.float64],
    opened: NDArray[np.bool_],
    rounds: int,
    urge: float,
) -> float:
    """Close a column, open another, again and again; returns the least weight ever missed.

    Closed is what is missed least; opened, what wins most among the columns of some row that is
    missed. A row that stays missed grows in importance by `urge` of its weight a round, so that no
    choice holds the search for long. `opened` becomes the best choice. The table is given by its
    rows and by its columns, as sparse matrices are.
    """
    m = len(column_start) - 1
    covers = np.zeros(len(weight), np.int64)  # open columns of each row
    counts = weight.copy()  # what a row counts for now
    # What opening a column would win, or closing an open one would lose.
    stake = np.zeros(m)
    moved = np.full(m, -1, np.int64)  # when a column was last opened or closed
    waiting = np.zeros(len(weight), np.int64)  # rows that are missed, in any order
    place = np.zeros(len(weight), np.int64)
    waits, missed = 0, 0.0
    for i in range(len(weight)):
        for k in range(row_start[i], row_start[i + 1]):
            covers[i] += opened[row_column[k]]
        if covers[i] == 0:
            missed += weight[i]
            waiting[waits], place[i] = i, waits
            waits += 1
        for k in range(row_start[i], row_start[i + 1]):
            j = row_column[k]
            if covers[i] == opened[j]:
                stake[j] += counts[i]
    here, best, least = opened.copy(), opened.copy(), missed
    drawn = np.uint64(1)
    for now in range(rounds):
        if waits == 0:
            break
        out = -1
        for j in range(m):
            if here[j] and moved[j] < now - 1:
                less = out < 0 or stake[j] < stake[out]
                if less or (stake[j] == stake[out] and moved[j] < moved[out]):
                    out = j
        if out < 0:
            continue
        here[out], moved[out] = False, now
        for a in range(column_start[out], column_start[out + 1]):
            i = column_row[a]
            covers[i] -= 1
            if covers[i] == 0:
                missed += weight[i]
                waiting[waits], place[i] = i, waits
                waits += 1
            if covers[i] > 1:
                continue
            for k in range(row_start[i], row_start[i + 1]):
                j = row_column[k]
                if j != out and covers[i] == here[j]:
                    stake[j] += counts[i]
        drawn = drawn * np.uint64(6364136223846793005) + np.uint64(1442695040888963407)
        row = waiting[np.int64((drawn >> np.uint64(33)) % np.uint64(waits))]
        comer = -1
        for k in range(row_start[row], row_start[row + 1]):
            j = row_column[k]
            if moved[j] < now - 1:
                more = comer < 0 or stake[j] > stake[comer]
                if more or (stake[j] == stake[comer] and moved[j] < moved[comer]):
                    comer = j
        if comer < 0:
            comer = out
        here[comer], moved[comer] = True, now
        for a in range(column_start[comer], column_start[comer + 1]):
            i = column_row[a]
            covers[i] += 1
            if covers[i] == 1:
                missed -= weight[i]
                waits -= 1
                last = waiting[waits]
                waiting[place[i]], place[last] = last, place[i]
            if covers[i] > 2:
                continue
            for k in range(row_start[i], row_start[i + 1]):
                j = row_column[k]
                # The first cover takes the chance from the closed, the second the need of the open.
                if j != comer and covers[i] - 1 == here[j]:
                    stake[j] -= counts[i]
        if missed < least:
            least = missed
            best[:] = here
        for place_of in range(waits):
            i = waiting[place_of]
            growth = urge * weight[i]
            counts[i] += growth
            for k in range(row_start[i], row_start[i + 1]):
                stake[row_column[k]] += growth
    opened[:] = best
    return least
