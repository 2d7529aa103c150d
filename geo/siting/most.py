"""The most weight that sites cover within all that limits a choice: number, money, minimum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from scipy import sparse

from geo.siting.missed import fewest_missed
from geo.siting.programs import Program, cut_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.siting.minimum import Minimum
    from geo.siting.programs import Clock

    _Condition = tuple[NDArray[np.float64], NDArray[np.float64]]  # rows, what they stay below

__all__ = ["Limits", "most_covered"]


@dataclass(frozen=True, eq=False)
class Limits:
    """What a choice has to keep to.

    Attributes
    ----------
    most
        At most so many new sites; None: any number.
    budget
        At most so much money; None: any.
    price
        (m,) of each site.
    minimum
        What is owed to every group; None: nothing.
    excluded
        Choices, none of which may be held as a whole.
    """

    most: int | None
    budget: float | None
    price: NDArray[np.float64]
    minimum: Minimum | None
    excluded: Sequence[NDArray[np.integer]]

    @property
    def plain(self) -> bool:
        """Whether nothing but the number of sites limits the choice."""
        priced = self.budget is not None or self.minimum is not None
        return bool(self.most) and not priced and not self.excluded


def most_covered(
    within: NDArray[np.bool_],
    weights: NDArray[np.float64],
    served: NDArray[np.bool_],
    candidates: NDArray[np.intp],
    limits: Limits,
    clock: Clock,
) -> tuple[NDArray[np.intp] | None, float]:
    """Choose new sites.

    Parameters
    ----------
    within
        (n, m) which site covers which row.
    weights
        (n,) of the rows.
    served
        (n,) rows that are covered already.
    candidates
        Positions of the sites to choose from, ascending.
    limits
        What the choice has to keep to.
    clock
        Time and gap allowed.

    Returns
    -------
    Positions (None: no choice keeps to the limits), and the weight that no choice can beat.

    Raises
    ------
    TimeIsUpError
        If nothing was found in time.
    """
    base, minimum = float(weights[served].sum()), limits.minimum
    gains = np.flatnonzero(~served & (weights > 0) & within[:, candidates].any(axis=1))
    if not len(gains):  # nobody is left to be won
        there = minimum is None or bool(minimum.met(weights, served))
        return (candidates[:0] if there else None), base
    # People whom the same sites would miss, of one group, are one row.
    pattern = within[np.ix_(gains, candidates)]
    group = np.full(len(gains), -1) if minimum is None else minimum.group[gains]
    key = np.column_stack((np.packbits(pattern, axis=1), _bytes(group)))
    _, first, which = np.unique(key, axis=0, return_index=True, return_inverse=True)
    together = np.bincount(which.ravel(), weights[gains], len(first)).astype(np.float64)
    if limits.plain:
        most = min(int(limits.most or 0), len(candidates))
        guess = fewest_missed(pattern[first], together, most, clock, covered=base)
        sites, bound, proven = guess.columns, guess.bound, guess.proven
    else:
        conditions = _conditions(limits, candidates, len(first))
        if minimum is not None:
            conditions.append(_owed(minimum, weights, served, group[first], together, candidates))
        found = _program(pattern[first], together, conditions).solve(clock)
        if found.values is None:
            return None, np.nan
        sites, bound = np.flatnonzero(found.values[: len(candidates)] > 0.5), found.bound
        proven = found.finished and not clock.gap
    chosen = candidates[sites]
    reached = float(weights[gains][pattern[:, sites].any(axis=1)].sum())
    return chosen, base + (reached if proven else max(float(together.sum()) - bound, reached))


def _program(
    pattern: NDArray[np.bool_], together: NDArray[np.float64], conditions: list[_Condition]
) -> Program:
    """Write a variable a candidate, and one for the people of each row, 1 if they are missed."""
    r, k = pattern.shape
    covers = sparse.hstack(
        [sparse.csr_array(pattern.astype(float)), sparse.csr_array(sparse.eye_array(r))]
    )
    rows = sparse.vstack([covers, *(sparse.csr_array(rows) for rows, _ in conditions)]).tocsr()
    high = np.concatenate([np.full(r, np.inf), *(high for _, high in conditions)])
    low = np.where(np.arange(len(high)) < r, 1.0, -np.inf)
    return Program(np.r_[np.zeros(k), together], k, rows, low, high)


def _conditions(limits: Limits, candidates: NDArray[np.intp], missed: int) -> list[_Condition]:
    """Give what limits the candidates themselves."""
    conditions = [cut_rows(limits.excluded, candidates, len(candidates) + missed)]
    for each, most in (
        (np.ones(len(candidates)), limits.most),
        (limits.price[candidates], limits.budget),
    ):
        if most is not None:
            conditions.append((np.r_[each, np.zeros(missed)][None, :], np.array([float(most)])))
    return conditions


def _owed(
    minimum: Minimum,
    weights: NDArray[np.float64],
    served: NDArray[np.bool_],
    group: NDArray[np.intp],
    together: NDArray[np.float64],
    candidates: NDArray[np.intp],
) -> _Condition:
    """Limit the share of each group that is missed."""
    of_group = minimum.weights(weights)
    numbers = np.flatnonzero(of_group.sum(axis=1))
    of_group = of_group[numbers]
    total = of_group.sum(axis=1)
    missed = np.equal.outer(numbers, group) * together
    rows = np.hstack((np.zeros((len(numbers), len(candidates))), missed / total[:, None]))
    return rows, (missed.sum(axis=1) + of_group @ served) / total - minimum.share


def _bytes(group: NDArray[np.intp]) -> NDArray[np.uint8]:
    return np.ascontiguousarray(group, np.int64).view(np.uint8).reshape(len(group), 8)
