"""The answer of a siting model: which sites, who goes where, and how good that is provably."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["PROVEN_GAP", "Solution", "relative_gap"]

PROVEN_GAP: Final = 1e-9
"""A relative gap up to this is rounding: the solution is proven optimal."""


@dataclass(frozen=True, eq=False, kw_only=True)
class Solution:
    """What a siting model chose.

    Attributes
    ----------
    problem
        `lscp`, `mclp`, `p_median` or `p_center`.
    status
        `optimal` (proven), `feasible` (within `gap` of the optimum) or `infeasible` (proven that
        no choice meets the conditions; `reason` says which).
    chosen
        New sites, sorted.
    open
        New and existing sites, sorted.
    assignment
        Index of the demand, nullable: the cheapest open site (ties: smaller id), `<NA>` where none
        can be reached. With capacity the site that serves the largest part.
    seconds
        Index of the demand: seconds to the site of `assignment`, inf where there is none.
    objective
        lscp: new sites, or their cost. mclp: covered weight, by existing sites too. p_median:
        sum of weight x seconds. p_center: worst seconds. NaN if infeasible.
    bound
        What no choice can beat: a lower bound, for mclp an upper one.
    gap
        |objective - bound| / |objective|; 0 if both are 0.
    uncoverable
        Demand that no allowed site can serve (lscp, mclp: within the limit), sorted; outside the
        objective.
    flows
        With capacity: weight served, by (demand, facility) in id order;
        None otherwise.
    reason
        Chinese sentence why there is no feasible choice; empty otherwise.
    """

    problem: str
    status: str
    chosen: tuple[Any, ...]
    open: tuple[Any, ...]
    assignment: pd.Series
    seconds: pd.Series
    objective: float
    bound: float
    gap: float
    uncoverable: tuple[Any, ...]
    flows: pd.Series | None = None
    reason: str = ""


def relative_gap(objective: float, bound: float) -> float:
    """How far a bound is from an objective, relative to the objective; 0 if both are 0."""
    apart = abs(objective - bound)
    if apart == 0:
        return 0.0
    return apart / abs(objective) if objective and math.isfinite(apart) else math.inf
