"""The next best choices beside the best: a planner wants to see what is as good, or nearly."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from geo.errors import InputError
from geo.frames import require_not_negative
from geo.siting.center import shortest_worst
from geo.siting.covering import Covering
from geo.siting.interchange import swap_costs
from geo.siting.median import Median
from geo.siting.problem import Problem, require_count
from geo.siting.programs import Clock, TimeIsUpError
from geo.siting.solution import PROVEN_GAP, relative_gap
from geo.siting.transport import split_flows

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.siting.solution import Solution

    Choice = Sequence[NDArray[np.intp]]

__all__ = ["MODELS", "alternatives"]

_T = TypeVar("_T")

MODELS = ("lscp", "mclp", "p_median", "p_center")
"""The models, by the names of their functions."""


def alternatives(
    model: str,
    cost_seconds: pd.DataFrame,
    weight: pd.Series | None = None,
    *,
    k: int = 5,
    tolerance: float = 0.01,
    minutes: float | None = None,
    p: int | None = None,
    budget: float | None = None,
    site_cost: pd.Series | None = None,
    existing: Iterable[Any] = (),
    forbidden: Iterable[Any] = (),
    groups: pd.Series | None = None,
    min_share: float | None = None,
    capacity: pd.Series | None = None,
    unserved_seconds: float | None = None,
    time_limit_s: float | None = None,
) -> tuple[Solution, ...]:
    """Best choice of a model and the next best ones within a tolerance of it.

    Parameters
    ----------
    model
        `lscp`, `mclp`, `p_median` or `p_center`.
    cost_seconds, weight, minutes, p, budget, site_cost, existing, forbidden, groups, min_share
        As the model takes them.
    capacity, unserved_seconds
        As `p_median` takes them.
    k
        At most so many choices, the best included.
    tolerance
        How much worse than the best a choice may be, relative to it: 0.01 is one percent.
    time_limit_s
        For all together; when it is over, what was found is given.

    Returns
    -------
    Best first; none holds all sites of another (one site more is no other choice). `bound` and
    `gap` of each tell how far it is from the optimum: `optimal` are all that are as good as the
    best. One infeasible solution if there is no choice at all.

    Raises
    ------
    InputError
        As the model; `unknown_model`, `argument_missing`; if k is no whole number above 0.
    """
    if k < 1 or int(k) != k:
        raise InputError(f"k 应是大于 0 的整数，现在是 {k}。", code="k_invalid", where="k")
    require_not_negative(tolerance, "tolerance")
    if model not in MODELS:
        raise InputError(
            f"没有模型“{model}”，可选：{'、'.join(MODELS)}。", code="unknown_model", where="model"
        )
    problem = Problem.of(model, cost_seconds, existing, forbidden)
    ask = _Asking(problem, Clock.start(time_limit_s, 0.0), tolerance)
    if model == "lscp":
        covering = Covering.of(problem, _given(minutes, "minutes"))
        found = ask.with_cuts(
            lambda excluded: covering.fewest(
                site_cost=site_cost, clock=ask.clock, excluded=excluded
            ),
            k,
        )
    elif model == "mclp":
        covering = Covering.of(problem, _given(minutes, "minutes"))
        people = _given(weight, "weight")
        single = p == 1 and budget is None
        found = (
            ask.singles(covering, people, groups, min_share, k)
            if single
            else ask.with_cuts(
                lambda excluded: covering.most(
                    people,
                    p=p,
                    budget=budget,
                    site_cost=site_cost,
                    groups=groups,
                    min_share=min_share,
                    clock=ask.clock,
                    excluded=excluded,
                ),
                k,
            )
        )
    elif model == "p_center":
        count = require_count(_given(p, "p"), len(problem.sites))
        found = ask.with_cuts(
            lambda excluded: shortest_worst(problem, count, ask.clock, excluded), k
        )
    else:
        count = require_count(_given(p, "p"), len(problem.sites))
        weights = problem.weights(_given(weight, "weight"))
        unserved_s = (
            np.inf
            if unserved_seconds is None
            else require_not_negative(unserved_seconds, "unserved_seconds")
        )
        if capacity is None:
            found = ask.medians(Median(problem, weights, count, unserved_s), k)
        else:
            room = problem.of_sites(capacity, "capacity", needed=problem.usable, finite=False)
            found = ask.with_cuts(
                lambda excluded: split_flows(
                    problem, weights, count, room, unserved_s, ask.clock, excluded=excluded
                ),
                k,
            )
    return _ranked(problem, found)


@dataclass(frozen=True)
class _Asking:
    """How the same question is asked again and again."""

    problem: Problem
    clock: Clock
    tolerance: float

    def with_cuts(self, ask: Callable[[Choice], Solution], k: int) -> list[Solution]:
        """Ask anew, each time without the choices found so far."""
        return list(self._each(ask([]), ask, k))

    def singles(
        self,
        covering: Covering,
        weight: pd.Series,
        groups: pd.Series | None,
        min_share: float | None,
        k: int,
    ) -> list[Solution]:
        """Look at every single site: nothing is searched, all are compared."""
        best = covering.most(
            weight,
            p=1,
            budget=None,
            site_cost=None,
            groups=groups,
            min_share=min_share,
            clock=self.clock,
        )
        if best.status == "infeasible" or not best.chosen:
            return [best]
        sites, covered = covering.singles(weight, groups, min_share)
        order = np.argsort(-covered, kind="stable")
        near = order[covered[order] >= best.objective * (1 - self.tolerance - PROVEN_GAP)][:k]
        return [
            covering.answer(sites[one : one + 1], float(covered[one]), best.objective)
            for one in near
        ]

    def medians(self, median: Median, k: int) -> list[Solution]:
        """Ask for medians: one climb of prices serves all of them."""
        best = median.solve(self.clock)
        if k == 1 or best.status == "infeasible" or not best.chosen:
            return [best]
        if median.p == 1:
            total = median.cost.sum(axis=1)
            order = np.argsort(total, kind="stable")
            near = order[total[order] <= best.objective * (1 + self.tolerance)][:k]
            return [median.answer(np.array([one]), best.bound) for one in near]
        bounds = median.bounds(self.clock, self._slack(median, best, k))
        if bounds is None:
            return [best]
        return list(
            self._each(best, lambda excluded: median.next_best(bounds, excluded, self.clock), k)
        )

    def _slack(self, median: Median, best: Solution, k: int) -> float:
        """How far the k-th best can be at most: swaps of one site are that many others already."""
        sites = np.searchsorted(median.columns, self.problem.positions(best.chosen))
        others = swap_costs(median.cost, sites)[: k - 1]
        if len(others) < k - 1 or not best.objective:
            return self.tolerance
        return min(self.tolerance, float(others[-1]) / best.objective - 1 + PROVEN_GAP)

    def _each(
        self, best: Solution, ask: Callable[[Choice], Solution | None], k: int
    ) -> Iterator[Solution]:
        yield best
        excluded = [self.problem.positions(best.chosen)]
        while len(excluded) < k and len(excluded[-1]) and best.status != "infeasible":
            try:
                found = ask(excluded)
            except TimeIsUpError:
                return
            if found is None or found.status == "infeasible" or not self._near(best, found):
                return
            excluded.append(self.problem.positions(found.chosen))
            yield found

    def _near(self, best: Solution, found: Solution) -> bool:
        worse = found.objective - best.objective
        if best.problem == "mclp":
            worse = -worse
        return worse <= (self.tolerance + PROVEN_GAP) * abs(best.objective)


def _ranked(problem: Problem, found: list[Solution]) -> tuple[Solution, ...]:
    """Best first, each with its distance from the optimum."""
    best = found[0]
    sign = -1.0 if best.problem == "mclp" else 1.0
    stamped = []
    for one in found:
        gap = relative_gap(one.objective, best.bound) if one.status != "infeasible" else np.nan
        if gap <= PROVEN_GAP:
            one = replace(one, status="optimal", bound=one.objective, gap=0.0)  # noqa: PLW2901
        elif one.status != "infeasible":
            one = replace(one, status="feasible", bound=best.bound, gap=gap)  # noqa: PLW2901
        stamped.append(one)
    return tuple(
        sorted(
            stamped,
            key=lambda one: (sign * one.objective, problem.positions(one.chosen).tolist()),
        )
    )


def _given(value: _T | None, name: str) -> _T:
    """Give an argument that the model cannot do without.

    Raises
    ------
    InputError
        `argument_missing`.
    """
    if value is None:
        raise InputError(f"这个模型需要给出 {name}。", code="argument_missing", where=name)
    return value
