"""A good choice of p sites by swapping: in comes what saves most, out goes what is missed least."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Incumbent", "greedy", "improved", "swap_costs"]

_LEAST_GAIN = 1e-12  # of the cost: below it a swap is rounding


class Incumbent(NamedTuple):
    """A choice and what it costs; inf if somebody stays without a way."""

    sites: NDArray[np.intp]
    cost: float


def greedy(cost: NDArray[np.float64], p: int) -> NDArray[np.intp]:
    """Open, one after another, the site that saves most.

    Parameters
    ----------
    cost
        (m, n) finite cost of each site for each row.
    p
        How many, 1 <= p <= m.

    Returns
    -------
    Positions, ascending.
    """
    chosen: list[int] = []
    near = np.full(cost.shape[1], np.inf)
    for _ in range(p):
        total = np.minimum(cost, near).sum(axis=1)
        total[chosen] = np.inf
        chosen.append(int(total.argmin()))
        near = np.minimum(near, cost[chosen[-1]])
    return np.sort(np.array(chosen, np.intp))


def improved(cost: NDArray[np.float64], sites: NDArray[np.intp]) -> Incumbent:
    """Swap one open site for another while that saves.

    Parameters
    ----------
    cost
        (m, n) cost of each site for each row; inf where it cannot serve.
    sites
        Positions to begin with.

    Returns
    -------
    A choice that no single swap betters.

    Source
    ------
    Teitz, Bart (1968), Heuristic methods for estimating the generalized vertex median; the gains
    of all swaps at once as in Whitaker (1983).
    """
    table = _finite(cost)
    sites = sites.copy()
    while len(sites) < len(table):
        inside, saved, total = _swaps(table, sites)
        comer, goer = divmod(int(saved.argmax()), len(sites))
        if saved[comer, goer] <= _LEAST_GAIN * total:
            break
        sites[goer] = inside[comer]
    sites = np.sort(sites)
    return Incumbent(sites, float(cost[sites].min(axis=0).sum()))


def swap_costs(cost: NDArray[np.float64], sites: NDArray[np.intp]) -> NDArray[np.float64]:
    """Costs of all choices that differ in one site, ascending: so many others are that good.

    Parameters
    ----------
    cost, sites
        As `improved`.
    """
    if len(sites) == len(cost):
        return np.empty(0)
    _, saved, total = _swaps(_finite(cost), sites)
    return np.sort(total - saved, axis=None)


def _swaps(
    table: NDArray[np.float64], sites: NDArray[np.intp]
) -> tuple[NDArray[np.intp], NDArray[np.float64], float]:
    """Who may come in, what each swap with an open site saves, and what is paid now."""
    outside = np.ones(len(table), bool)
    outside[sites] = False
    inside = np.flatnonzero(outside)
    order = np.argsort(table[sites], axis=0, kind="stable")
    rows = np.arange(table.shape[1])
    near = table[sites[order[0]], rows]
    comers = table[inside]
    total = float(near.sum())
    if len(sites) == 1:
        return inside, (near - comers).sum(axis=1)[:, None], total
    second = table[sites[order[1]], rows]
    gain = np.maximum(near - comers, 0.0).sum(axis=1)
    # Who loses the nearest site goes to the comer or to the second, with the gain undone.
    loss = np.minimum(comers, second) - np.minimum(comers, near)
    by_site = np.argsort(order[0], kind="stable")
    counts = np.bincount(order[0], minlength=len(sites))
    starts = np.cumsum(counts) - counts
    padded = np.concatenate((loss[:, by_site], np.zeros((len(loss), 1))), axis=1)
    missed = np.add.reduceat(padded, starts, axis=1)
    missed[:, counts == 0] = 0.0
    return inside, gain[:, None] - missed, total


def _finite(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Make a missing way dearer than all others together."""
    there = np.isfinite(cost)
    if there.all():
        return cost
    dear = 1.0 + np.where(there, cost, 0.0).max(axis=0).sum()
    return np.where(there, cost, dear)
