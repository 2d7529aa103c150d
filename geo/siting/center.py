"""p-center: the shortest way for whoever has the longest."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from geo.siting.cover import few_enough
from geo.siting.problem import Problem, require_count, require_gap
from geo.siting.programs import Clock, TimeIsUpError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd
    from numpy.typing import NDArray

    from geo.siting.solution import Solution

__all__ = ["p_center", "shortest_worst"]


def p_center(
    cost_seconds: pd.DataFrame,
    *,
    p: int,
    existing: Iterable[Any] = (),
    forbidden: Iterable[Any] = (),
    time_limit_s: float | None = None,
    gap: float = 0.0,
) -> Solution:
    """Sites that make the worst way as short as possible.

    Parameters
    ----------
    cost_seconds
        Rows demand, columns candidates, unique labels; `inf` where there is no way.
    p
        At most so many new sites.
    existing
        Candidates that stand already: open beside the new ones.
    forbidden
        Candidates where nothing may be built.
    time_limit_s
        Stop after this time with the best found.
    gap
        Relative gap that is good enough; 0: the optimum.

    Returns
    -------
    `objective`: worst seconds of the demand that some allowed site can serve; the rest is
    `uncoverable`. Infeasible if p sites leave somebody without any way.

    Raises
    ------
    InputError
        If a table, list or number is wrong, or nothing was found in time.

    Source
    ------
    Minieka (1970), The m-center problem: bisection over the distances, a set cover each.
    """
    problem = Problem.of("p_center", cost_seconds, existing, forbidden)
    most = require_count(p, len(problem.sites))
    require_gap(gap, time_limit_s)
    return shortest_worst(problem, most, Clock.start(time_limit_s, gap))


def shortest_worst(
    problem: Problem,
    most: int,
    clock: Clock,
    excluded: Sequence[NDArray[np.integer]] = (),
) -> Solution:
    """Answer `p_center` without any of the excluded choices.

    Raises
    ------
    InputError
        If nothing was found in time.
    """
    uncoverable = problem.uncoverable(np.isfinite(problem.cost))
    rows = ~uncoverable
    columns = np.flatnonzero(problem.free)
    stands = problem.without_new()[rows]
    cost = problem.cost[np.ix_(rows, columns)]
    barred = [np.searchsorted(columns, one) for one in excluded]

    def chosen_within(seconds: float) -> NDArray[np.intp] | None:
        needy = stands > seconds
        if not needy.any():
            return np.empty(0, np.intp)
        return few_enough(cost[needy] <= seconds, most, clock, excluded=barred)

    def worst(chosen: NDArray[np.intp]) -> float:
        ways = np.minimum(stands, cost[:, chosen].min(axis=1, initial=np.inf))
        return float(ways.max(initial=0.0))

    lowest = np.minimum(stands, cost.min(axis=1, initial=np.inf)).max(initial=0.0)
    steps = np.unique(np.r_[cost.ravel(), stands, lowest])
    steps = steps[(steps >= lowest) & np.isfinite(steps)]
    best = chosen_within(float(steps[-1]))
    if best is None:
        return problem.refusal(
            "没有别的选法。"
            if excluded
            else f"新建 {most} 处还不够：总有需求点到不了任何设施，请增加 p 或候选点。",
            uncoverable,
        )
    low, high = 0, int(np.searchsorted(steps, worst(best)))
    try:
        while low < high and steps[high] - steps[low] > clock.gap * steps[high] and not clock.up:
            middle = (low + high) // 2
            found = chosen_within(float(steps[middle]))
            if found is None:
                low = middle + 1
            else:
                best, high = found, int(np.searchsorted(steps, worst(found)))
    except TimeIsUpError:  # what is bracketed so far stands
        pass
    return problem.answer(
        columns[best],
        objective=worst(best),
        bound=float(steps[low]),
        uncoverable=uncoverable,
    )
