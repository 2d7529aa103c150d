from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.siting import p_center
from tests.geo.siting.tables import INF, STREET, best_of, choices, plane, questions


def test_the_middle_is_the_center():
    found = p_center(STREET, p=1)
    assert (found.status, found.chosen, found.objective) == ("optimal", ("b",), 600)


def test_existing_sites_help():
    found = p_center(STREET, p=1, existing=["a"])
    assert (found.chosen, found.objective) == (("c",), 300)


def test_nothing_is_built_that_does_not_help():
    found = p_center(STREET.loc[["v1"]], p=2, existing=["a"])
    assert (found.chosen, found.objective) == ((), 0)


def test_islands_out_of_reach_of_so_few_sites_are_infeasible():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    found = p_center(cost, p=1)
    assert found.status == "infeasible"
    assert "增加 p" in found.reason
    assert p_center(cost, p=2).objective == 0


def test_demand_without_any_way_is_outside_the_objective():
    cost = STREET.copy()
    cost.loc["v4"] = INF
    found = p_center(cost, p=1)
    assert (found.uncoverable, found.objective) == (("v4",), 300)


def test_more_sites_than_candidates_are_refused():
    with pytest.raises(InputError, match="候选点数 3"):
        p_center(STREET, p=4)


@given(questions(), st.data())
def test_it_finds_what_trying_all_finds(question, data):
    cost, _ = question
    sites = list(cost.columns)
    existing = data.draw(st.lists(st.sampled_from(sites), unique=True, max_size=1))
    free = [one for one in sites if one not in existing]
    p = data.draw(st.integers(0, len(sites)))
    coverable = np.isfinite(cost).any(axis=1).to_numpy()
    least = best_of(
        cost,
        choices(free, range(min(p, len(free)) + 1)),
        existing,
        lambda near: float(near[coverable].max(initial=0.0)),
    )
    found = p_center(cost, p=p, existing=existing)
    if np.isfinite(least):
        assert (found.status, found.objective, found.bound) == ("optimal", least, least)
    else:
        assert found.status == "infeasible"


@given(questions(cut_off=False))
def test_another_site_never_makes_the_worst_way_longer(question):
    cost, _ = question
    values = [p_center(cost, p=p).objective for p in range(1, cost.shape[1] + 1)]
    assert values == sorted(values, reverse=True)


def test_a_gap_that_is_good_enough_is_stated():
    cost, _ = plane(50, 50, 4)
    exact, rough = p_center(cost, p=5), p_center(cost, p=5, gap=0.3)
    assert exact.status == "optimal"
    assert rough.bound <= exact.objective <= rough.objective
    assert rough.gap <= 0.3


def test_a_time_limit_keeps_the_bracket():
    cost, _ = plane(60, 60, 9)
    exact, rough = p_center(cost, p=6), p_center(cost, p=6, time_limit_s=1e-9)
    assert rough.bound <= exact.objective <= rough.objective
    assert rough.status == "feasible"
