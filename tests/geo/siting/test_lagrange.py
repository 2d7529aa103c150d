from __future__ import annotations

import numpy as np
import pytest

from geo.siting.interchange import greedy, improved, swap_costs
from geo.siting.lagrange import climb
from geo.siting.programs import Clock
from geo.siting.rest import best_of_rest
from tests.geo.siting.tables import choices, plane

CLOCK = Clock.start(None, 0.0)


def ways(n: int, m: int, seed: int) -> np.ndarray:
    cost, people = plane(n, m, seed)
    return np.ascontiguousarray((cost.to_numpy() * people.to_numpy()[:, None]).T)


def total(cost: np.ndarray, sites) -> float:
    return float(cost[list(sites)].min(axis=0).sum())


@pytest.mark.parametrize("seed", range(6))
def test_the_bound_holds_and_nothing_good_is_dropped(seed):
    cost = ways(30, 16, seed)
    values = {pick: total(cost, pick) for pick in choices(range(16), [3])}
    least = min(values.values())
    found = climb(cost, 3, improved(cost, greedy(cost, 3)), CLOCK, slack=0.02)
    assert found.bound <= least * (1 + 1e-9)
    assert found.best.cost >= least * (1 - 1e-9)
    for pick, value in values.items():
        if value <= found.best.cost * 1.02:
            assert set(pick) <= set(found.left.tolist())
            assert set(found.opened.tolist()) <= set(pick)


@pytest.mark.parametrize("seed", range(6))
def test_what_is_left_holds_the_best(seed):
    cost = ways(25, 14, seed)
    least = min(total(cost, pick) for pick in choices(range(14), [4]))
    worse = improved(cost, np.arange(4))
    bounds = climb(cost, 4, worse, CLOCK, slack=0.05)
    found = best_of_rest(cost, 4, bounds, CLOCK)
    assert found.best is not None
    assert found.best.cost == pytest.approx(least)
    assert found.bound == pytest.approx(least)


def test_an_excluded_choice_does_not_come_back():
    cost = ways(20, 8, 1)
    ranked = sorted(choices(range(8), [2]), key=lambda pick: total(cost, pick))
    first = np.array(ranked[0])
    bounds = climb(cost, 2, improved(cost, first), CLOCK, slack=1.0)
    found = best_of_rest(cost, 2, bounds, CLOCK, excluded=[first])
    assert found.best is not None
    assert tuple(found.best.sites) == ranked[1]


def test_no_single_swap_betters_an_improved_choice():
    cost = ways(40, 20, 3)
    found = improved(cost, np.arange(5))
    assert swap_costs(cost, found.sites)[0] >= found.cost * (1 - 1e-9)


def test_swap_costs_are_those_of_the_choices():
    cost = ways(15, 7, 4)
    sites = np.array([1, 4])
    expected = sorted(
        total(cost, pick) for pick in choices(range(7), [2]) if len(set(pick) & {1, 4}) == 1
    )
    assert swap_costs(cost, sites) == pytest.approx(np.array(expected))


def test_a_missing_way_is_dearer_than_all_others():
    cost = np.array([[1.0, np.inf], [50.0, 50.0]])
    assert improved(cost, np.array([0])).sites.tolist() == [1]
