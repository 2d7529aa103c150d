"""What the prices left open of a p-median: few sites, few ways, and HiGHS settles it."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from scipy import sparse

from geo.siting.interchange import Incumbent
from geo.siting.programs import Program, cut_rows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.siting.lagrange import Bounds
    from geo.siting.programs import Clock

__all__ = ["Rest", "best_of_rest"]

_SLACK = 1e-9  # of a row's limit: ways this near to it stay in


class Rest(NamedTuple):
    """The best of the choices of interest, None if none is left, and a bound of them all."""

    best: Incumbent | None
    bound: float


def best_of_rest(
    cost: NDArray[np.float64],
    p: int,
    bounds: Bounds,
    clock: Clock,
    *,
    excluded: Sequence[NDArray[np.integer]] = (),
) -> Rest:
    """Solve the p-median over the sites and ways that may still matter.

    Parameters
    ----------
    cost, p, clock
        As `geo.siting.lagrange.climb`.
    bounds
        Its answer.
    excluded
        Choices (positions), none of which may be held as a whole.

    Returns
    -------
    Nothing is lost that costs at most `bounds.bound + bounds.spare`.

    Raises
    ------
    TimeIsUpError
        If nothing was found in time.
    """
    opened = bounds.opened
    maybe = np.setdiff1d(bounds.left, opened)
    wanted = p - len(opened)
    cuts = [np.setdiff1d(one, opened) for one in excluded]
    if wanted < 0 or len(maybe) < wanted or any(not len(one) for one in cuts):
        return Rest(None, np.inf)
    if not wanted:
        best = Incumbent(opened, float(cost[opened].min(axis=0).sum()))
        return Rest(best, best.cost)
    steps = _Steps(cost[maybe], cost[opened].min(axis=0, initial=np.inf), bounds)
    if steps.hopeless:
        return Rest(None, np.inf)
    k, size = len(maybe), len(maybe) + len(steps.price)
    barred, most = cut_rows(cuts, maybe, size)
    count = np.r_[np.ones(k), np.zeros(size - k)]
    rows = sparse.vstack(
        [steps.rows(k), sparse.csr_array(count[None, :]), sparse.csr_array(barred)]
    ).tocsr()
    found = Program(
        np.r_[np.zeros(k), steps.price],
        k,
        rows,
        np.r_[steps.need, wanted, np.full(len(most), -np.inf)],
        np.r_[np.full(len(steps.need), np.inf), wanted, most],
    ).solve(clock)
    if found.values is None:
        return Rest(None, np.inf)
    sites = np.sort(np.r_[opened, maybe[found.values[:k] > 0.5]])
    best = Incumbent(sites, float(cost[sites].min(axis=0).sum()))
    proven = found.finished and not clock.gap
    return Rest(best, best.cost if proven else steps.base + found.bound)


class _Steps:
    """The radius formulation: a row pays each step up to the distance of its nearest open site.

    A step variable is 1 while no open site is within the step; then the next stretch is paid.
    """

    def __init__(
        self, cost: NDArray[np.float64], sure: NDArray[np.float64], bounds: Bounds
    ) -> None:
        self.base = 0.0
        self.hopeless = False
        self.price: list[float] = []
        self.need: list[float] = []
        self._row: list[NDArray[np.intp]] = []
        self._column: list[NDArray[np.intp]] = []
        self._site_row: list[NDArray[np.intp]] = []
        self._site: list[NDArray[np.intp]] = []
        self._signs: list[NDArray[np.float64]] = []
        limits = bounds.price + bounds.spare
        limits += _SLACK * np.abs(limits)
        for way, fallback, limit in zip(cost.T, sure, limits, strict=True):
            self._add_row(way, float(fallback), float(limit))

    def _add_row(self, way: NDArray[np.float64], fallback: float, limit: float) -> None:
        near = np.flatnonzero((way < fallback) & (way <= limit))
        falls = fallback <= limit
        if not len(near):
            self.hopeless |= not falls
            self.base += fallback if falls else 0.0
            return
        levels, level = np.unique(way[near], return_inverse=True)
        self.base += float(levels[0])
        ends = np.r_[levels[1:], fallback] if falls else levels[1:]
        first, variable = len(self.need), len(self.price)
        self.price += (ends - levels[: len(ends)]).tolist()
        self.need += [1.0] + [0.0] * (len(levels) - 1)
        # Step l, less the step before it, plus the sites of its level: at least 0, the first 1.
        steps = np.arange(len(ends))
        before = np.arange(len(levels) - 1)
        self._row += [first + steps, first + before + 1]
        self._column += [variable + steps, variable + before]
        self._signs += [np.ones(len(steps)), -np.ones(len(before))]
        self._site_row.append(first + level.ravel())
        self._site.append(near)

    def rows(self, sites: int) -> sparse.csr_array:
        """Give the constraints: columns are the sites, then the steps."""
        site = _joined(self._site)
        row = np.r_[_joined(self._site_row), _joined(self._row)]
        column = np.r_[site, sites + _joined(self._column)]
        signs = np.r_[np.ones(len(site)), *self._signs]
        shape = (len(self.need), sites + len(self.price))
        return sparse.csr_array((signs, (row, column)), shape=shape)


def _joined(parts: list[NDArray[np.intp]]) -> NDArray[np.intp]:
    return np.concatenate(parts) if parts else np.empty(0, np.intp)
