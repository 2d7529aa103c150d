"""p-median: least person-seconds to the nearest site, with beds counted if asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.frames import require_not_negative
from geo.siting.cover import few_enough
from geo.siting.interchange import Incumbent, greedy, improved
from geo.siting.lagrange import climb
from geo.siting.problem import Problem, require_count, require_gap
from geo.siting.programs import Clock, TimeIsUpError
from geo.siting.rest import best_of_rest
from geo.siting.transport import split_flows

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.siting.lagrange import Bounds
    from geo.siting.solution import Solution

__all__ = ["Median", "p_median"]


def p_median(
    cost_seconds: pd.DataFrame,
    weight: pd.Series,
    *,
    p: int,
    existing: Iterable[Any] = (),
    forbidden: Iterable[Any] = (),
    capacity: pd.Series | None = None,
    unserved_seconds: float | None = None,
    time_limit_s: float | None = None,
    gap: float = 0.0,
) -> Solution:
    """Sites that bring everybody nearest: least sum of weight x seconds.

    Parameters
    ----------
    cost_seconds
        Rows demand, columns candidates, unique labels; `inf` where there is no way.
    weight
        People of each demand row, >= 0, by its label. A row of weight 0 needs no site.
    p
        Exactly so many new sites.
    existing
        Candidates that stand already: open beside the new ones.
    forbidden
        Candidates where nothing may be built.
    capacity
        Weight that each candidate can serve, >= 0 (inf: any); demand may then be split. 0: nobody.
    unserved_seconds
        Price of staying unserved, as seconds a person; None: everybody who can be served must be.
    time_limit_s
        Stop after this time with the best found.
    gap
        Relative gap that is good enough; 0: the optimum.

    Returns
    -------
    `objective`: sum of weight x seconds. Demand without a way to any allowed site is `uncoverable`
    and outside of it. Infeasible if p sites cannot serve all others.

    Raises
    ------
    InputError
        If a table, list or number is wrong, or nothing was found in time.

    Source
    ------
    Hakimi (1964); without capacity solved by a Lagrangian bound, swaps and reduced-cost fixing
    (Beasley 1993), the rest by the radius formulation (Cornuejols, Nemhauser, Wolsey 1980) in
    HiGHS: exact.
    """
    problem = Problem.of("p_median", cost_seconds, existing, forbidden)
    require_gap(gap, time_limit_s)
    clock = Clock.start(time_limit_s, gap)
    count = require_count(p, len(problem.sites))
    if unserved_seconds is not None:
        require_not_negative(unserved_seconds, "unserved_seconds")
    unserved_s = np.inf if unserved_seconds is None else float(unserved_seconds)
    weights = problem.weights(weight)
    if capacity is not None:
        room = problem.of_sites(capacity, "capacity", needed=problem.usable, finite=False)
        return split_flows(problem, weights, count, room, unserved_s, clock)
    return Median(problem, weights, count, unserved_s).solve(clock)


class Median:
    """The p-median over new sites alone: existing ones and staying unserved cap each row's cost."""

    def __init__(
        self, problem: Problem, weights: NDArray[np.float64], p: int, unserved_s: float
    ) -> None:
        self.problem = problem
        self.p = p
        self.unserved_s = unserved_s
        self.uncoverable = problem.uncoverable(np.isfinite(problem.cost))
        rows = ~self.uncoverable & (weights > 0)
        self.columns = np.flatnonzero(problem.free)
        self.cap = weights[rows] * np.minimum(problem.without_new()[rows], unserved_s)
        ways = weights[rows][:, None] * problem.cost[np.ix_(rows, self.columns)]
        self.cost = np.ascontiguousarray(np.minimum(ways, self.cap[:, None]).T)

    def solve(self, clock: Clock) -> Solution:
        """Answer `p_median`.

        Raises
        ------
        TimeIsUpError
            If nothing was found in time.
        """
        if self.p > len(self.columns):
            return self._refusal(
                f"要新建 {self.p} 处，但除去已有和禁用的只剩 {len(self.columns)} 个候选点。"
            )
        if self.p == 0:
            total = float(self.cap.sum())
            if not np.isfinite(total):
                return self._refusal("不新建设施时，有需求点到不了任何已有设施。")
            return self.answer(np.empty(0, np.intp), total)
        first = self.first_choice(clock)
        if first is None:
            return self._refusal(
                f"新建 {self.p} 处还不够：总有需求点到不了任何设施，"
                "请增加 p 或候选点，或给服务不到的人定价（unserved）。"
            )
        bounds = climb(self.cost, self.p, first, clock)
        best, bound = self._proven(bounds, clock)
        return self.answer(best.sites, bound)

    def first_choice(self, clock: Clock) -> Incumbent | None:
        """Find a choice that serves everybody; None if there is none.

        Raises
        ------
        TimeIsUpError
            If that was not settled in time.
        """
        there = np.isfinite(self.cost)
        if not there.any(axis=0).all():
            return None
        dear = 1.0 + np.where(there, self.cost, 0.0).max(axis=0, initial=0.0).sum()
        table = np.where(there, self.cost, dear)
        best = improved(self.cost, greedy(table, self.p))
        if np.isfinite(best.cost):
            return best
        enough = few_enough(there.T, self.p, clock)
        if enough is None:
            return None
        more = [one for one in range(len(self.cost)) if one not in set(enough.tolist())]
        sites = np.sort(np.r_[enough, more[: self.p - len(enough)]].astype(np.intp))
        return improved(self.cost, sites)

    def bounds(self, clock: Clock, slack: float) -> Bounds | None:
        """Give what is left of the question for choices up to a share above the best.

        Raises
        ------
        TimeIsUpError
            If nothing was found in time.
        """
        first = self.first_choice(clock)
        return None if first is None else climb(self.cost, self.p, first, clock, slack=slack)

    def next_best(
        self, bounds: Bounds, excluded: Sequence[NDArray[np.integer]], clock: Clock
    ) -> Solution | None:
        """Give the best choice within the slack that holds none of the excluded ones.

        Raises
        ------
        TimeIsUpError
            If nothing was found in time.
        """
        found = best_of_rest(
            self.cost,
            self.p,
            bounds,
            clock,
            excluded=[np.searchsorted(self.columns, one) for one in excluded],
        )
        return None if found.best is None else self.answer(found.best.sites, found.bound)

    def answer(self, sites: NDArray[np.intp], bound: float) -> Solution:
        """Put a choice of columns into words."""
        total = self.cost[sites].min(axis=0).sum() if len(sites) else self.cap.sum()
        return self.problem.answer(
            self.columns[sites],
            objective=float(total),
            bound=min(bound, float(total)),
            uncoverable=self.uncoverable,
            limit_s=self.unserved_s,
        )

    def _proven(self, bounds: Bounds, clock: Clock) -> tuple[Incumbent, float]:
        """Settle what the prices left open."""
        best = bounds.best
        if bounds.settled(clock.gap):
            return best, bounds.bound
        try:
            found = best_of_rest(self.cost, self.p, bounds, clock)
        except TimeIsUpError:
            return best, bounds.bound
        if found.best is not None and found.best.cost < best.cost:
            best = found.best
        return best, max(bounds.bound, min(found.bound, best.cost))

    def _refusal(self, reason: str) -> Solution:
        return self.problem.refusal(reason, self.uncoverable)
