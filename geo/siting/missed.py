"""A good choice of p sites that misses few people, and a bound: often the two meet at once.

Every row is given a price, at most its weight, that sites earn by covering it. For any prices, the
sum of them less what the p best sites earn is missed at least; good prices are climbed to, and the
sites that earn most on the way, bettered by swaps, are a good choice.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from geo.siting.interchange import greedy, improved

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.siting.programs import Clock

__all__ = ["Guess", "fewest_missed"]

_ROUNDS: Final = 400
_PATIENCE: Final = 10  # rounds without a better bound until steps are halved
_LEAST_STEP: Final = 1e-3
_LOOKS: Final = 10  # rounds between two looks at swaps
_LOOKS_AT_0: Final = 5  # the same where everybody may be covered: a choice that does ends it
_MEMORY: Final = 0.8  # share of the last direction that a step keeps
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
    within: NDArray[np.bool_], weight: NDArray[np.float64], p: int, clock: Clock
) -> Guess:
    """Choose p columns that leave little weight uncovered.

    Parameters
    ----------
    within
        (n, m) which column covers which row.
    weight
        (n,) > 0.
    p
        How many, 1 <= p <= m.
    clock
        Ends the search for better prices.

    Returns
    -------
    A valid bound in any case: rounded up to whole people where all weights are whole.

    Source
    ------
    Galvao, ReVelle (1996), A Lagrangean heuristic for the maximal covering location problem.
    """
    covers = within.astype(np.float64)
    table = np.ascontiguousarray((weight[:, None] * ~within).T)
    whole = bool((weight == np.round(weight)).all())
    best = improved(table, greedy(table, p))
    seen = {best.sites.tobytes()}
    top, step, waited = 0.0, 2.0, 0
    price = weight / np.maximum(covers.sum(axis=1), 1.0)
    direction = np.zeros(len(weight))
    proposal, proposal_missed = best.sites, np.inf
    for number in range(_ROUNDS):
        guess = Guess(best.sites, best.cost, _rounded(top, best.cost, whole=whole))
        if guess.proven or step < _LEAST_STEP or clock.up:
            return guess
        earned = price @ covers
        take = np.argpartition(-earned, p - 1)[:p]
        bound = float(price.sum() - earned[take].sum())
        covered = covers[:, take].sum(axis=1)
        missed = float(weight[covered == 0].sum())
        if missed < proposal_missed:
            proposal, proposal_missed = np.sort(take), missed
        waited = 0 if bound > top + 1e-6 * abs(top) else waited + 1
        top = max(top, bound)
        if waited >= _PATIENCE:
            step, waited = step / 2, 0
        looks = _LOOKS if guess.bound > 0 else _LOOKS_AT_0
        if number % looks == looks - 1:
            if proposal.tobytes() not in seen:
                seen.add(proposal.tobytes())
                best = min(best, improved(table, proposal), key=lambda one: one.cost)
            proposal_missed = np.inf
        direction = (1.0 - covered) + _MEMORY * direction
        size = max(float(direction @ direction), 1e-12)
        price = np.clip(price + step * (1.02 * best.cost - bound) / size * direction, 0.0, weight)
    return Guess(best.sites, best.cost, _rounded(top, best.cost, whole=whole))


def _rounded(bound: float, missed: float, *, whole: bool) -> float:
    """Give the bound, at most the best; people are whole, so that a part of one is one."""
    return min(float(np.ceil(bound - 1e-6)) if whole else bound, missed)
