"""p-median with capacity: who is served where, demand split if need be."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from scipy import sparse

from geo.siting.programs import Program

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.siting.problem import Problem
    from geo.siting.programs import Clock
    from geo.siting.solution import Solution

__all__ = ["split_flows"]

_LEAST_PART = 1e-9  # of a row's weight: a smaller flow is rounding


def split_flows(
    problem: Problem,
    weights: NDArray[np.float64],
    p: int,
    capacity: NDArray[np.float64],
    unserved_s: float,
    clock: Clock,
    *,
    excluded: Sequence[NDArray[np.integer]] = (),
) -> Solution:
    """Answer `p_median` with capacity.

    Parameters
    ----------
    problem
        Seconds and sites.
    weights
        (n,) of the sorted rows.
    p
        Exactly so many new sites.
    capacity
        (m,) weight that each site can serve; inf: any.
    unserved_s
        Price of staying unserved; inf: everybody has to be served.
    clock
        Time and gap allowed.
    excluded
        Choices, none of which may be held as a whole.

    Raises
    ------
    TimeIsUpError
        If nothing was found in time.
    """
    return _Transport(problem, weights, p, capacity, unserved_s).solve(clock, excluded)


class _Transport:
    """One variable a new site, one a way between a row and a site, one a row left unserved."""

    def __init__(
        self,
        problem: Problem,
        weights: NDArray[np.float64],
        p: int,
        capacity: NDArray[np.float64],
        unserved_s: float,
    ) -> None:
        self.problem, self.weights, self.p = problem, weights, p
        self.unserved_s = unserved_s
        self.uncoverable = problem.uncoverable(np.isfinite(problem.cost))
        self.rows = np.flatnonzero(~self.uncoverable & (weights > 0))
        self.capacity = np.minimum(capacity, weights[self.rows].sum())
        self.columns = np.flatnonzero(problem.free)
        open_ways = np.isfinite(problem.cost) & (problem.cost < unserved_s)
        open_ways[:, ~problem.usable | (self.capacity == 0)] = False
        self.way_row, self.way_site = np.nonzero(open_ways[self.rows])
        self.way_cost = (weights[self.rows][:, None] * problem.cost[self.rows])[
            self.way_row, self.way_site
        ]

    def solve(self, clock: Clock, excluded: Sequence[NDArray[np.integer]]) -> Solution:
        """Choose the sites, then send everybody the cheapest way with these alone.

        Raises
        ------
        TimeIsUpError
            If nothing was found in time.
        """
        if reason := self._obstacle():
            return self.problem.refusal(reason, self.uncoverable)
        chosen, bound = np.empty(0, np.intp), None
        if self.p:
            found = self._program(excluded).solve(clock)
            if found.values is None:
                return self._no_room()
            chosen = self.columns[found.values[: len(self.columns)] > 0.5]
            bound = None if found.finished and not clock.gap else found.bound
        parts = self._parts(chosen, clock)
        if parts is None:
            return self._no_room()
        return self._answer(chosen, parts, bound)

    def _obstacle(self) -> str:
        """Say what makes the question hopeless, in words; empty if nothing obvious does."""
        if self.p > len(self.columns):
            return f"要新建 {self.p} 处，但除去已有和禁用的只剩 {len(self.columns)} 个候选点。"
        if np.isfinite(self.unserved_s):
            return ""
        most = np.sort(self.capacity[self.columns])[::-1][: self.p].sum()
        room = float(self.capacity[self.problem.existing].sum() + most)
        need = float(self.weights[self.rows].sum())
        if room < need * (1 - 1e-12):
            return (
                f"容量不够：已有加上最大的 {self.p} 处新建最多服务 {room:g}，需求是 {need:g}；"
                "请增加 p 或容量，或给服务不到的人定价（unserved）。"
            )
        return ""

    def _no_room(self) -> Solution:
        return self.problem.refusal(
            f"新建 {self.p} 处时，可到达的设施容量不足以服务全部需求；"
            "请增加 p、容量或候选点，或给服务不到的人定价（unserved）。",
            self.uncoverable,
        )

    def _program(self, excluded: Sequence[NDArray[np.integer]]) -> Program:
        k, ways, n = len(self.columns), len(self.way_row), len(self.rows)
        column = np.full(len(self.problem.sites), -1)
        column[self.columns] = np.arange(k)
        of_way = column[self.way_site]
        to_new = np.flatnonzero(of_way >= 0)
        size = k + ways + n
        served = _table((self.way_row, k + np.arange(ways)), 1.0, (n, size)) + _table(
            (np.arange(n), k + ways + np.arange(n)), 1.0, (n, size)
        )
        taken = self.weights[self.rows][self.way_row]
        room = _table((self.way_site, k + np.arange(ways)), taken, (len(column), size)) - _table(
            (self.columns, np.arange(k)), self.capacity[self.columns], (len(column), size)
        )
        linked = _table((np.arange(len(to_new)), k + to_new), 1.0, (len(to_new), size)) - _table(
            (np.arange(len(to_new)), of_way[to_new]), 1.0, (len(to_new), size)
        )
        count = _table((np.zeros(k, np.intp), np.arange(k)), 1.0, (1, size))
        cuts = [np.searchsorted(self.columns, one) for one in excluded]
        barred = sparse.vstack(
            [_table((np.zeros(len(one), np.intp), one), 1.0, (1, size)) for one in cuts]
            or [_table((np.empty(0, np.intp),) * 2, 1.0, (0, size))]
        )
        stands = np.where(self.problem.existing, self.capacity, 0.0)
        low = [np.ones(n), np.full(len(column) + len(to_new), -np.inf), [self.p]]
        high = [np.ones(n), stands, np.zeros(len(to_new)), [self.p]]
        return Program(
            np.r_[np.zeros(k), self.way_cost, self._unserved_cost()],
            k,
            sparse.vstack([served, room, linked, count, barred]).tocsr(),
            np.concatenate([*low, np.full(len(cuts), -np.inf)]),
            np.concatenate([*high, [len(one) - 1.0 for one in cuts]]),
            self._upper(k),
        )

    def _unserved_cost(self) -> NDArray[np.float64]:
        price = self.unserved_s if np.isfinite(self.unserved_s) else 0.0
        return np.asarray(self.weights[self.rows] * price)

    def _upper(self, k: int) -> NDArray[np.float64]:
        unserved = np.full(len(self.rows), float(np.isfinite(self.unserved_s)))
        return np.asarray(np.r_[np.ones(k + len(self.way_row)), unserved])

    def _parts(self, chosen: NDArray[np.intp], clock: Clock) -> NDArray[np.float64] | None:
        """Weight that goes each way with these sites open; None if they are too few."""
        ways, n = len(self.way_row), len(self.rows)
        opened = self.problem.existing.copy()
        opened[chosen] = True
        size = ways + n
        served = _table((self.way_row, np.arange(ways)), 1.0, (n, size)) + _table(
            (np.arange(n), ways + np.arange(n)), 1.0, (n, size)
        )
        people = self.weights[self.rows]
        room = _table((self.way_site, np.arange(ways)), 1.0, (len(opened), size))
        upper = self._upper(0) * np.r_[people[self.way_row], people]
        upper[:ways] *= opened[self.way_site]
        found = Program(
            np.r_[self.way_cost / people[self.way_row], self._unserved_cost() / people],
            0,
            sparse.vstack([served, room]).tocsr(),
            np.r_[people, np.full(len(opened), -np.inf)],
            np.r_[people, np.where(opened, self.capacity, 0.0)],
            upper,
        ).solve(replace(clock, end=None))
        return None if found.values is None else found.values[:ways]

    def _answer(
        self, chosen: NDArray[np.intp], parts: NDArray[np.float64], bound: float | None
    ) -> Solution:
        problem = self.problem
        people = self.weights[self.rows]
        real = parts > _LEAST_PART * people[self.way_row]
        row, site, flow = self.rows[self.way_row[real]], self.way_site[real], parts[real]
        ways = self.way_cost[real] / self.weights[row] * flow
        left = 1.0 - np.bincount(self.way_row[real], flow, len(people)) / people
        unserved = np.where(left > _LEAST_PART, left, 0.0) * self._unserved_cost()
        total = float(ways.sum() + unserved.sum())
        plain = problem.answer(
            chosen,
            objective=total,
            bound=total if bound is None else min(bound, total),
            uncoverable=self.uncoverable,
        )
        # The largest part, of equal ones the smaller site; rows without people go to the nearest.
        order = np.lexsort((site, -np.round(flow, 9), row))
        first = order[np.unique(row[order], return_index=True)[1]]
        gone = np.full(len(problem.row), -1)
        gone[row[first]] = site[first]
        nobody = np.setdiff1d(np.arange(len(gone)), self.rows)
        opened = problem.positions(plain.open)
        if len(opened):
            nearest = opened[problem.cost[np.ix_(nobody, opened)].argmin(axis=1)]
            gone[nobody] = np.where(np.isfinite(problem.cost[nobody, nearest]), nearest, -1)
        seconds = np.where(gone >= 0, problem.cost[np.arange(len(gone)), gone], np.inf)
        assignment, ways_s = problem.by_demand(gone, seconds)
        pairs = pd.MultiIndex.from_arrays(
            [problem.demand.take(problem.row[row]), problem.sites.take(site)],
            names=["demand", "facility"],
        )
        flows = pd.Series(flow, index=pairs, name="weight")
        return replace(plain, assignment=assignment, seconds=ways_s, flows=flows)


def _table(
    places: tuple[NDArray[np.integer], NDArray[np.integer]],
    values: NDArray[np.float64] | float,
    shape: tuple[int, int],
) -> sparse.csr_array:
    numbers = np.broadcast_to(np.asarray(values, float), len(places[0]))
    return sparse.csr_array((numbers, places), shape=shape)
