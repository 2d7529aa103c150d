"""Covering models: everybody with the fewest sites (LSCP), the most people with few (MCLP)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.errors import InputError
from geo.frames import require_not_negative, require_positive
from geo.reach import LIMIT_SLACK_S
from geo.siting.cover import cheapest_cover, needless_columns
from geo.siting.minimum import Minimum
from geo.siting.most import Limits, most_covered
from geo.siting.problem import Problem, require_count, require_gap
from geo.siting.programs import Clock

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.siting.solution import Solution

__all__ = ["Covering", "lscp", "mclp"]


def lscp(
    cost_seconds: pd.DataFrame,
    *,
    minutes: float,
    existing: Iterable[Any] = (),
    forbidden: Iterable[Any] = (),
    site_cost: pd.Series | None = None,
    time_limit_s: float | None = None,
    gap: float = 0.0,
) -> Solution:
    """Fewest (or cheapest) new sites that cover all demand within a limit.

    Parameters
    ----------
    cost_seconds
        Rows demand, columns candidates, unique labels; `inf` where there is no way.
    minutes
        Limit, > 0, inclusive.
    existing
        Candidates that stand already: open and free of charge.
    forbidden
        Candidates where nothing may be built.
    site_cost
        Price of each candidate, >= 0; None: one each.
    time_limit_s
        Stop after this time with the best found.
    gap
        Relative gap that is good enough; 0: the optimum.

    Returns
    -------
    `objective`: new sites, or their cost. Demand that no allowed site covers is `uncoverable`.

    Raises
    ------
    InputError
        If a table, list or number is wrong, or nothing was found in time.

    Source
    ------
    Toregas, Swain, ReVelle, Bergman (1971), The location of emergency service facilities.
    """
    problem = Problem.of("lscp", cost_seconds, existing, forbidden)
    return Covering.of(problem, minutes).fewest(
        site_cost=site_cost, clock=_clock(time_limit_s, gap)
    )


def mclp(
    cost_seconds: pd.DataFrame,
    weight: pd.Series,
    *,
    minutes: float,
    p: int | None = None,
    budget: float | None = None,
    site_cost: pd.Series | None = None,
    existing: Iterable[Any] = (),
    forbidden: Iterable[Any] = (),
    groups: pd.Series | None = None,
    min_share: float | None = None,
    time_limit_s: float | None = None,
    gap: float = 0.0,
) -> Solution:
    """Sites that cover as much weight as possible within a limit.

    Parameters
    ----------
    cost_seconds, minutes, existing, forbidden, time_limit_s, gap
        As `lscp`.
    weight
        People of each demand row, >= 0, by its label.
    p
        At most so many new sites.
    budget
        At most so much money, with `site_cost`; p and budget may both be given.
    site_cost
        Price of each candidate, >= 0; counts only with `budget`.
    groups
        Group (a township) of each demand row; missing: in no group.
    min_share
        Share of its weight, 0 to 1, that has to be covered in every group.

    Returns
    -------
    `objective`: covered weight, by existing sites too. Of sites that cover the same people no more
    are chosen than are needed.

    Raises
    ------
    InputError
        If a table, list or number is wrong, or nothing was found in time.

    Source
    ------
    Church, ReVelle (1974), The maximal covering location problem; the minimum for each group is
    ours.
    """
    problem = Problem.of("mclp", cost_seconds, existing, forbidden)
    return Covering.of(problem, minutes).most(
        weight,
        p=p,
        budget=budget,
        site_cost=site_cost,
        groups=groups,
        min_share=min_share,
        clock=_clock(time_limit_s, gap),
    )


class Covering:
    """Which site covers whom: the common ground of both models and of their alternatives."""

    def __init__(self, problem: Problem, within: NDArray[np.bool_]) -> None:
        self.problem = problem
        self.within = within
        self.uncoverable = problem.uncoverable(within)
        self.served = np.asarray(within[:, problem.existing].any(axis=1))

    @classmethod
    def of(cls, problem: Problem, minutes: float) -> Covering:
        """Draw the limit.

        Raises
        ------
        InputError
            If minutes is not above 0.
        """
        limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
        return cls(problem, problem.cost <= limit_s)

    def fewest(
        self,
        *,
        site_cost: pd.Series | None,
        clock: Clock,
        excluded: Sequence[NDArray[np.integer]] = (),
    ) -> Solution:
        """Answer `lscp`, without any of the excluded choices.

        Raises
        ------
        InputError
            As `lscp`.
        """
        problem = self.problem
        price = np.ones(len(problem.sites))
        if site_cost is not None:
            price = problem.of_sites(site_cost, "site_cost", needed=problem.free, finite=True)
        rows, columns = ~self.uncoverable & ~self.served, np.flatnonzero(problem.free)
        found = cheapest_cover(
            self.within[np.ix_(rows, columns)],
            price[columns],
            clock,
            excluded=_within(excluded, columns),
        )
        if found.columns is None:
            return problem.refusal("没有别的选法能覆盖全部需求点。", self.uncoverable)
        chosen = columns[found.columns]
        return self.answer(chosen, float(price[chosen].sum()), found.bound)

    def most(
        self,
        weight: pd.Series,
        *,
        p: int | None,
        budget: float | None,
        site_cost: pd.Series | None,
        groups: pd.Series | None,
        min_share: float | None,
        clock: Clock,
        excluded: Sequence[NDArray[np.integer]] = (),
    ) -> Solution:
        """Answer `mclp`, without any of the excluded choices.

        Raises
        ------
        InputError
            As `mclp`.
        """
        problem = self.problem
        weights = problem.weights(weight)
        price = self._prices(p, budget, site_cost)
        most = None if p is None else require_count(p, len(problem.sites))
        minimum = Minimum.of(problem, groups, min_share)
        if minimum and (said := minimum.out_of_reach(problem, weights, self.uncoverable)):
            return problem.refusal(said, self.uncoverable)
        candidates = np.flatnonzero(problem.free)
        gains = ~self.served & ~self.uncoverable & (weights > 0)
        if not excluded:
            dear = price[candidates] if budget is not None else np.zeros(len(candidates))
            left = self.within[np.ix_(gains, candidates)]
            candidates = candidates[~needless_columns(left, dear)]
        limits = Limits(most, budget, price, minimum, excluded)
        chosen, bound = most_covered(self.within, weights, self.served, candidates, limits, clock)
        if chosen is None:
            reason = (
                "没有别的选法。"
                if minimum is None
                else f"在所给的数量或预算内，无法让每一组都至少覆盖 {min_share:.1%}，"
                "请降低 min_share 或增加设施。"
            )
            return problem.refusal(reason, self.uncoverable)
        chosen = self._needed(chosen, gains)
        covered = self.served | self.within[:, chosen].any(axis=1)
        return self.answer(chosen, float(weights[covered].sum()), bound)

    def singles(
        self, weight: pd.Series, groups: pd.Series | None, min_share: float | None
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        """Every single new site that meets the minimum, and the weight covered with it.

        Raises
        ------
        InputError
            As `mclp`.
        """
        problem = self.problem
        weights = problem.weights(weight)
        minimum = Minimum.of(problem, groups, min_share)
        sites = np.flatnonzero(problem.free)
        covered = self.within[:, sites] | self.served[:, None]
        if minimum is not None:
            met = minimum.met(weights, covered)
            sites, covered = sites[met], covered[:, met]
        return sites, np.asarray(weights @ covered.astype(float))

    def answer(self, sites: NDArray[np.intp], objective: float, bound: float) -> Solution:
        """Put a choice into words."""
        return self.problem.answer(
            sites, objective=objective, bound=bound, uncoverable=self.uncoverable
        )

    def _prices(
        self, p: int | None, budget: float | None, site_cost: pd.Series | None
    ) -> NDArray[np.float64]:
        """Give the price of every site.

        Raises
        ------
        InputError
            If neither p nor budget is given, or a budget without prices.
        """
        if p is None and budget is None:
            raise InputError(
                "请给出 p（新建设施数）或 budget（预算）。", code="p_or_budget", where="p"
            )
        if budget is None:
            return np.ones(len(self.problem.sites))
        require_not_negative(budget, "budget")
        if site_cost is None:
            raise InputError(
                "给了 budget（预算）就要用 site_cost 给出每个候选点的造价。",
                code="site_cost_missing",
                where="site_cost",
            )
        return self.problem.of_sites(site_cost, "site_cost", needed=self.problem.free, finite=True)

    def _needed(self, chosen: NDArray[np.intp], gains: NDArray[np.bool_]) -> NDArray[np.intp]:
        """Sites without those whose people the others cover."""
        for site in chosen[::-1]:
            rest = chosen[chosen != site]
            alone = gains & self.within[:, site] & ~self.within[:, rest].any(axis=1)
            if not alone.any():
                chosen = rest
        return chosen


def _clock(time_limit_s: float | None, gap: float) -> Clock:
    require_gap(gap, time_limit_s)
    return Clock.start(time_limit_s, gap)


def _within(
    excluded: Sequence[NDArray[np.integer]], columns: NDArray[np.intp]
) -> list[NDArray[np.intp]]:
    return [np.searchsorted(columns, one) for one in excluded]
