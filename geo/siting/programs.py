"""Mixed-integer programs for HiGHS, and the time they may take."""

from __future__ import annotations

import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp

from geo.errors import InputError, PlatformError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from scipy.sparse import sparray

__all__ = ["Clock", "Program", "Result", "TimeIsUpError", "cut_rows"]

_OPTIMAL, _LIMIT, _INFEASIBLE = 0, 1, 2
_LEAST_S: Final = 1e-3
_ABOVE: Final = 1e-4  # a known choice has to stay within the bound that it gives
_LEAN: Final = {
    # Beside a good choice the solver's own searches for one are wasted; and while nearly everybody
    # is covered cuts and trial branches cost more than the nodes that they save (2 to 4 times).
    "mip_heuristic_effort": 0.0,
    "mip_heuristic_run_rens": False,
    "mip_heuristic_run_rins": False,
    "mip_heuristic_run_root_reduced_cost": False,
    "mip_pscost_minreliable": 0,
    "mip_pool_soft_limit": 100,
}


class TimeIsUpError(InputError):
    """No choice was found in time; whether there is one is unknown."""

    code = "time_limit_too_short"

    def __init__(self) -> None:
        super().__init__(
            "在给定时间内没有找到任何可行方案（也没有证明不存在），请放宽 time_limit_s。",
            where="time_limit_s",
        )


@dataclass(frozen=True)
class Clock:
    """How long one question may still take, and how near to the optimum it has to come."""

    gap: float
    end: float | None

    @classmethod
    def start(cls, time_limit_s: float | None, gap: float) -> Clock:
        """Begin now."""
        return cls(gap, None if time_limit_s is None else time.monotonic() + time_limit_s)

    @property
    def up(self) -> bool:
        """Whether the time is over."""
        return self.end is not None and time.monotonic() >= self.end

    @property
    def left_s(self) -> float:
        """Seconds that are left, never quite none."""
        return np.inf if self.end is None else max(self.end - time.monotonic(), _LEAST_S)


@dataclass(frozen=True, eq=False)
class Result:
    """What HiGHS found.

    Attributes
    ----------
    values
        Values of the variables; None if there is no feasible choice.
    bound
        Proven lower bound of the objective; inf if there is no feasible choice.
    finished
        Proven to the asked gap, or proven infeasible.
    """

    values: NDArray[np.float64] | None
    bound: float
    finished: bool


@dataclass(frozen=True, eq=False)
class Program:
    """Minimise `price` over variables in [0, 1] (or up to `upper`), the first ones whole.

    Attributes
    ----------
    price
        (v,) objective.
    whole
        How many of the first variables are 0 or 1.
    rows
        (r, v) constraints.
    low, high
        (r,) their bounds.
    upper
        (v,) upper bounds of the variables, default 1.
    """

    price: NDArray[np.float64]
    whole: int
    rows: sparray
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    upper: NDArray[np.float64] | None = None

    def solve(self, clock: Clock, *, known: float | None = None) -> Result:
        """Ask HiGHS; prices are scaled so that its absolute tolerance means nothing.

        Parameters
        ----------
        clock
            Time and gap allowed.
        known
            What is dearer is not looked at, for a good choice is known; if nothing is left, the
            answer is none or a dearer choice.

        Raises
        ------
        TimeIsUpError
            If no choice was found in time.
        PlatformError
            `solver` if HiGHS gives up for a reason of its own.
        """
        size = len(self.price)
        scale = float(np.abs(self.price).max(initial=0.0)) or 1.0
        kinds = np.zeros(size, np.int64)
        kinds[: self.whole] = 1
        options: Any = {"mip_rel_gap": clock.gap, "time_limit": clock.left_s}
        if known is not None:
            options |= _LEAN
            options["objective_bound"] = known / scale * (1 + _ABOVE) + _ABOVE
        with warnings.catch_warnings():
            # scipy hands options that it does not know on to HiGHS, and says so.
            warnings.filterwarnings("ignore", "Unrecognized options", RuntimeWarning)
            found = milp(
                self.price / scale,
                integrality=kinds,
                bounds=Bounds(0.0, np.ones(size) if self.upper is None else self.upper),
                constraints=LinearConstraint(self.rows, self.low, self.high),
                options=options,
            )
        if found.status == _INFEASIBLE:
            return Result(None, np.inf, finished=True)
        if found.x is None:
            if found.status == _LIMIT:
                raise TimeIsUpError
            raise PlatformError(f"求解器没有给出结果：{found.message}", code="solver")
        bound = found.mip_dual_bound if self.whole else found.fun
        return Result(np.asarray(found.x), float(bound) * scale, finished=found.status == _OPTIMAL)


def cut_rows(
    excluded: Sequence[NDArray[np.integer]], positions: NDArray[np.integer], variables: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Rows saying that no choice holds all sites of an excluded one.

    Parameters
    ----------
    excluded
        Sets of site positions.
    positions
        Site position of each of the first variables, ascending.
    variables
        How many variables the program has.

    Returns
    -------
    (c, v) rows and (c,) upper bounds; a set of which a site is no variable cannot come back and
    has no row.
    """
    rows, high = [], []
    for sites in excluded:
        inside = np.isin(positions, sites)
        if np.count_nonzero(inside) == len(sites):
            rows.append(np.pad(inside.astype(float), (0, variables - len(positions))))
            high.append(len(sites) - 1.0)
    return np.array(rows, float).reshape(len(rows), variables), np.array(high, float)
