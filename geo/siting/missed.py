"""The choice of p sites that misses the fewest people: a good one, a bound, and the rest by HiGHS.

Every row has a price, at most its weight, that sites earn by covering it. For any prices, the sum
of them less what the p best sites earn is missed at least; the dual of the linear program gives the
best ones. A choice is bettered by swaps and by shaking. What the prices show that no better choice
does (open this site, miss that row) leaves the table, and with it what it makes needless.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import numpy as np
from scipy import sparse
from scipy.optimize import linprog

from geo.siting.cover import implied_rows, needless_columns
from geo.siting.interchange import greedy, improved
from geo.siting.programs import Program, TimeIsUpError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.programs import Clock

__all__ = ["Guess", "fewest_missed"]

_SHAKES: Final = 30_000
_URGES: Final = (0.02, 0.1)  # how fast a row that is missed grows in importance, of its weight
_ROUNDING: Final = 1e-9


class Guess(NamedTuple):
    """Columns, ascending, the weight that they miss, and what any choice misses at least."""

    columns: NDArray[np.intp]
    missed: float
    bound: float

    @property
    def proven(self) -> bool:
        """Whether no choice is better."""
        return self.missed - self.bound <= _ROUNDING * max(self.missed, 1.0)


def fewest_missed(
    within: NDArray[np.bool_],
    weight: NDArray[np.float64],
    p: int,
    clock: Clock,
    *,
    covered: float = 0.0,
) -> Guess:
    """Choose p columns that leave the least weight uncovered.

    Parameters
    ----------
    within
        (n, m) which column covers which row.
    weight
        (n,) > 0.
    p
        How many, 1 <= p <= m.
    clock
        Time and gap (of the covered weight) allowed.
    covered
        Weight that is covered in any case, for the gap.

    Returns
    -------
    A choice and a valid bound in any case: rounded up to whole people where all weights are whole.

    Source
    ------
    Church, ReVelle (1974), The maximal covering location problem, as least weight missed; shaking
    as Gao, Weise, Li (2014), An efficient local search heuristic with row weighting for the
    unicost set covering problem, with weights of its own.
    """
    return _Question(within, weight, p, clock).answer(covered + float(weight.sum()))


class _Question:
    """Who is covered by what, and how many columns there may be."""

    def __init__(
        self, within: NDArray[np.bool_], weight: NDArray[np.float64], p: int, clock: Clock
    ) -> None:
        self.within, self.weight, self.p, self.clock = within, weight, p, clock
        self.whole = bool((weight == np.round(weight)).all())
        self.ways = np.ascontiguousarray((weight[:, None] * ~within).T)  # what each site misses

    def answer(self, everybody: float) -> Guess:
        """Look longer as long as it pays."""
        guess = self._guess(greedy(self.ways, self.p), 0.0)
        if guess.proven:
            return guess
        price = self._prices()
        earned = price @ self.within
        order = np.argsort(-earned, kind="stable")
        bound = float(price.sum() - earned[order[: self.p]].sum())
        guess = self._guess(guess.columns, bound)
        for first in (order[: self.p], guess.columns):
            if guess.proven or self.clock.up:
                return guess
            guess = min(
                guess,
                self._guess(improved(self.ways, np.sort(first)).sites, bound),
                key=lambda one: one.missed,
            )
        for urge in _URGES:
            if guess.proven or self.clock.up:
                return guess
            shaken = self._guess(self._shaken(guess.columns, urge), bound)
            guess = min(guess, shaken, key=lambda one: one.missed)
        if guess.missed - guess.bound <= self.clock.gap * (everybody - guess.missed):
            return guess
        return self._settled(guess, price, earned, bound)

    def _guess(self, columns: NDArray[np.integer], bound: float) -> Guess:
        """Weigh a choice; people are whole, so that a part of one is one."""
        missed = float(self.weight[~self.within[:, columns].any(axis=1)].sum())
        least = float(np.ceil(bound - 1e-6)) if self.whole else bound
        return Guess(np.sort(columns), missed, min(max(least, 0.0), missed))

    def _prices(self) -> NDArray[np.float64]:
        """Price the rows by the linear program; roughly where time is short."""
        n, m = self.within.shape
        scale = float(self.weight.max())
        table: Any = _conditions(-1.0, self.within, np.arange(n))
        options: Any = {} if self.clock.end is None else {"time_limit": self.clock.left_s}
        found = linprog(
            np.r_[np.zeros(m), self.weight / scale],
            A_ub=table,
            b_ub=np.r_[-np.ones(n), self.p],
            bounds=(0.0, 1.0),
            method="highs",
            options=options,
        )
        if found.status != 0:
            return np.asarray(self.weight / np.maximum(self.within.sum(axis=1), 1))
        return np.asarray(np.clip(-found.ineqlin.marginals[:n] * scale, 0.0, self.weight))

    def _shaken(self, columns: NDArray[np.intp], urge: float) -> NDArray[np.intp]:
        rows = sparse.csr_array(self.within)
        by_column = sparse.csc_array(self.within)
        opened = np.zeros(self.within.shape[1], bool)
        opened[columns] = True
        import_module("geo.siting.shaking_kernels").shaken(
            *(part.astype(np.int64) for part in (rows.indptr, rows.indices)),
            *(part.astype(np.int64) for part in (by_column.indptr, by_column.indices)),
            self.weight.astype(np.float64),
            opened,
            _SHAKES,
            urge,
        )
        return np.flatnonzero(opened)

    def _settled(
        self,
        guess: Guess,
        price: NDArray[np.float64],
        earned: NDArray[np.float64],
        bound: float,
    ) -> Guess:
        """Let HiGHS look for a better choice in what the prices leave; none there is a proof."""
        known = guess.missed - 0.5 if self.whole else guess.missed
        spare = known - bound + _ROUNDING * guess.missed
        # To open a column is to do without the last of the p best; to miss a row, to pay it all.
        columns = np.flatnonzero(np.partition(-earned, self.p - 1)[self.p - 1] + earned >= -spare)
        must = self.weight - price > spare
        rows = np.flatnonzero(~implied_rows(self.within[:, columns], must))
        left = self.within[np.ix_(rows, columns)]
        kept = ~needless_columns(left, np.zeros(len(columns)))
        columns, left = columns[kept], left[:, kept]
        may = np.flatnonzero(~must[rows])
        k, r = len(columns), len(rows)
        if not k:
            return guess._replace(bound=guess.missed)
        program = Program(
            np.r_[np.zeros(k), self.weight[rows[may]]],
            k,
            _conditions(1.0, left, may),
            np.r_[np.ones(r), -np.inf],
            np.r_[np.full(r, np.inf), self.p],
        )
        try:
            found = program.solve(self.clock, known=known)
        except TimeIsUpError:
            return guess
        if found.values is None:
            return guess._replace(bound=guess.missed)
        better = self._guess(columns[found.values[:k] > 0.5], found.bound)
        if better.missed >= guess.missed:
            better = guess
        if found.finished and not self.clock.gap:
            return better._replace(bound=better.missed)
        return better._replace(bound=min(max(guess.bound, found.bound), better.missed))


def _conditions(sign: float, within: NDArray[np.bool_], may: NDArray[np.intp]) -> sparse.csr_array:
    """Rows: each is covered or, of some, missed (times the sign); and the number of columns."""
    n, m = within.shape
    row, column = np.nonzero(within)
    ones = np.ones(len(row) + len(may))
    return sparse.csr_array(
        (
            np.r_[sign * ones, np.ones(m)],
            (
                np.r_[row, may, np.full(m, n)],
                np.r_[column, m + np.arange(len(may)), np.arange(m)],
            ),
        ),
        shape=(n + 1, m + len(may)),
    )
