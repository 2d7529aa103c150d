"""p-median without capacity: a bound from prices, a choice from swaps, and little left to prove.

Every row is given a price that it would pay for being served. For any prices the p sites that earn
most give a lower bound; good prices are climbed to. A site whose opening would lift the bound above
the best known choice can be dropped, and one whose closing would, is open: HiGHS gets the rest.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from geo.siting.interchange import Incumbent, improved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.programs import Clock

__all__ = ["Bounds", "climb"]

_ROUNDS: Final = 1500
_PATIENCE: Final = 12  # rounds without a better bound until steps are halved
_LEAST_STEP: Final = 2e-4
_LOOKS: Final = 40  # rounds between two looks at swaps and at what can be dropped
_MEMORY: Final = 0.4  # share of the last direction that a step keeps
_ROUNDING: Final = 1e-10  # of the objective: bounds this close are equal


@dataclass(frozen=True, eq=False)
class Bounds:
    """Where the search for prices ended.

    Attributes
    ----------
    best
        Best choice known.
    bound
        No choice costs less.
    left
        Positions of sites that a better choice (or one within the slack) may hold, ascending.
    opened
        Those of them that it must hold.
    price
        (n,) price of each row.
    spare
        How much above the bound a choice may cost to be of interest.
    """

    best: Incumbent
    bound: float
    left: NDArray[np.intp]
    opened: NDArray[np.intp]
    price: NDArray[np.float64]
    spare: float

    def settled(self, gap: float) -> bool:
        """Whether the best choice is within the gap, or no other is left."""
        return self.best.cost - self.bound <= max(gap, _ROUNDING) * self.best.cost


def climb(
    cost: NDArray[np.float64],
    p: int,
    best: Incumbent,
    clock: Clock,
    *,
    slack: float = 0.0,
) -> Bounds:
    """Raise the lower bound and better the choice until they meet or stop moving.

    Parameters
    ----------
    cost
        (m, n) weighted cost of each site for each row; inf where it cannot serve. C-contiguous.
    p
        How many sites are opened, 1 <= p <= m.
    best
        A choice to begin with.
    clock
        Time and gap allowed.
    slack
        Choices up to this share above the best are of interest too.

    Source
    ------
    Narula, Ogbu, Samuelsson (1977), An algorithm for the p-median problem; deflected subgradients
    as Camerini, Fratta, Maffioli (1975); fixing as Beasley (1993), Lagrangean heuristics for
    location problems.
    """
    left, table = np.arange(len(cost)), cost
    price = _first_prices(cost, best)
    top_price, top_earned, top = price, np.zeros(len(cost)), -np.inf
    direction = np.zeros(cost.shape[1])
    work = np.empty_like(cost)
    step, waited, seen = 2.0, 0, set[bytes]()
    proposal, proposal_cost = best.sites, np.inf
    for number in range(_ROUNDS):
        np.subtract(table, price, out=work)
        np.minimum(work, 0.0, out=work)
        earned = work.sum(axis=1)
        take = np.argpartition(earned, p - 1)[:p] if p < len(left) else np.arange(len(left))
        bound = float(price.sum() + earned[take].sum())
        if bound > top:
            waited = 0 if bound > top + 1e-6 * abs(top) else waited + 1
            top, top_price, top_earned = bound, price, earned
        else:
            waited += 1
        served = table[take]
        total = float(served.min(axis=0).sum())
        if total < proposal_cost:
            proposal, proposal_cost = np.sort(left[take]), total
        if waited >= _PATIENCE:
            step, waited = step / 2, 0
        slope = 1.0 - (served < price).sum(axis=0)
        ended = (
            not slope.any()
            or best.cost - top <= max(clock.gap, _ROUNDING) * best.cost
            or step < _LEAST_STEP
            or number == _ROUNDS - 1
            or clock.up
        )
        if ended or number % _LOOKS == _LOOKS - 1:
            key = proposal.tobytes()
            if key not in seen:
                seen.add(key)
                best = min(best, improved(cost, proposal), key=lambda one: one.cost)
            proposal_cost = np.inf
            if ended or best.cost - top <= max(clock.gap, _ROUNDING) * best.cost:
                break
            spare = best.cost * (1 + slack) - top
            keep = ~_useless(top_earned, p, spare)
            if keep.sum() < 0.8 * len(left) and keep.sum() >= p:
                left, top_earned = left[keep], top_earned[keep]
                table = np.ascontiguousarray(cost[left])
                work = np.empty_like(table)
                continue
        direction = slope + _MEMORY * direction
        size = max(float(direction @ direction), 1e-12)
        price = np.maximum(price + step * (1.02 * best.cost - bound) / size * direction, 0.0)
    spare = best.cost * (1 + slack) - top
    keep = ~_useless(top_earned, p, spare)
    sure = _certain(top_earned, p, spare)
    return Bounds(best, min(top, best.cost), left[keep | sure], left[sure], top_price, spare)


def _first_prices(cost: NDArray[np.float64], best: Incumbent) -> NDArray[np.float64]:
    """Between the nearest and the second nearest open site: what a row would pay to keep it."""
    near = np.partition(cost[best.sites], min(1, len(best.sites) - 1), axis=0)
    first = near[0]
    second = near[1] if len(near) > 1 else first
    return np.asarray(np.where(np.isfinite(second), 0.5 * (first + second), first))


def _useless(earned: NDArray[np.float64], p: int, spare: float) -> NDArray[np.bool_]:
    """Sites outside the p best whose opening costs more than there is to spare."""
    if p >= len(earned):
        return np.zeros(len(earned), bool)
    order = np.argsort(earned, kind="stable")
    useless = earned - earned[order[p - 1]] > spare
    useless[order[:p]] = False
    return np.asarray(useless)


def _certain(earned: NDArray[np.float64], p: int, spare: float) -> NDArray[np.bool_]:
    """Sites among the p best whose closing costs more than there is to spare."""
    if p >= len(earned):
        return np.ones(len(earned), bool)
    order = np.argsort(earned, kind="stable")
    certain = earned[order[p]] - earned > spare
    certain[order[p:]] = False
    return np.asarray(certain)
