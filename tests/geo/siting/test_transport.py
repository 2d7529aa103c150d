from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.optimize import linprog

from geo.errors import InputError
from geo.siting import p_median
from tests.geo.siting.tables import INF, PEOPLE, STREET, questions


def test_beds_run_out_and_the_rest_goes_farther():
    beds = pd.Series({"a": 100.0, "b": 100.0, "c": 60.0})
    found = p_median(STREET, PEOPLE, p=2, capacity=beds)
    assert found.status == "optimal"
    assert found.chosen == ("b", "c")
    # c takes v3 and 30 of v4 (or any 60 that save most); b the rest.
    assert found.flows.groupby(level="facility").sum()["c"] == 60
    assert found.flows.groupby(level="demand").sum().to_dict() == PEOPLE.to_dict()


def test_demand_is_split_and_goes_by_its_largest_part():
    cost = pd.DataFrame({"a": [60.0], "b": [600.0]}, index=["v"])
    found = p_median(cost, pd.Series({"v": 10.0}), p=2, capacity=pd.Series({"a": 7.0, "b": 5.0}))
    assert found.flows.to_dict() == {("v", "a"): 7.0, ("v", "b"): 3.0}
    assert found.assignment["v"] == "a"
    assert found.objective == 7 * 60 + 3 * 600


def test_no_capacity_serves_nobody():
    beds = pd.Series({"a": 0.0, "b": 0.0, "c": 0.0})
    found = p_median(STREET, PEOPLE, p=3, capacity=beds)
    assert found.status == "infeasible"
    assert "容量不够" in found.reason
    assert found.chosen == ()


def test_beds_in_the_wrong_place_are_told():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    people = pd.Series({"e": 5.0, "w": 5.0})
    found = p_median(cost, people, p=2, capacity=pd.Series({"a": 9.0, "b": 1.0}))
    assert found.status == "infeasible"
    assert "容量" in found.reason


def test_who_finds_no_bed_is_priced_if_asked():
    cost = pd.DataFrame({"a": [60.0]}, index=["v"])
    found = p_median(
        cost, pd.Series({"v": 10.0}), p=1, capacity=pd.Series({"a": 4.0}), unserved_seconds=900
    )
    assert found.objective == 4 * 60 + 6 * 900
    assert found.flows.to_dict() == {("v", "a"): 4.0}


def test_existing_beds_are_used_without_any_new_site():
    found = p_median(
        STREET, PEOPLE, p=0, existing=["b"], capacity=pd.Series({"a": 1, "b": 100, "c": 1})
    )
    assert found.chosen == ()
    assert found.objective == 10 * 300 + 30 * 300 + 40 * 600


def test_endless_beds_are_as_none_counted():
    endless = pd.Series(INF, index=STREET.columns)
    with_beds = p_median(STREET, PEOPLE, p=2, capacity=endless)
    assert with_beds.objective == p_median(STREET, PEOPLE, p=2).objective


@pytest.mark.parametrize("beds", [-1.0, np.nan])
def test_beds_that_are_none_are_refused(beds):
    with pytest.raises(InputError) as caught:
        p_median(STREET, PEOPLE, p=1, capacity=pd.Series({"a": beds, "b": 1.0, "c": 1.0}))
    assert caught.value.code == "site_value_invalid"


def cheapest(cost, people, beds):
    """Least cost of a transport with these sites, by another solver call; inf if impossible."""
    n, m = cost.shape
    ways = (cost.to_numpy() * people.to_numpy()[:, None]).ravel()
    rows = np.kron(np.eye(n), np.ones(m))
    room = np.kron(people.to_numpy(), np.eye(m)).reshape(m, n * m)
    bounds = [(0, 0 if np.isinf(way) else 1) for way in ways]
    found = linprog(
        np.where(np.isinf(ways), 0, ways),
        A_ub=room,
        b_ub=beds,
        A_eq=rows,
        b_eq=np.ones(n),
        bounds=bounds,
    )
    return found.fun if found.success else INF


@given(questions(), st.data())
def test_it_finds_what_trying_all_finds(question, data):
    cost, people = question
    cost = cost[np.isfinite(cost).any(axis=1)]
    people = people[cost.index]
    if cost.empty:
        return
    m = cost.shape[1]
    beds = pd.Series(
        data.draw(st.lists(st.integers(0, 30), min_size=m, max_size=m)),
        index=cost.columns,
        dtype=float,
    )
    p = data.draw(st.integers(1, m))
    least = min(
        cheapest(cost[list(pick)], people, beds[list(pick)].to_numpy())
        for pick in combinations(cost.columns, p)
    )
    found = p_median(cost, people, p=p, capacity=beds)
    if np.isinf(least):
        assert found.status == "infeasible"
        return
    assert found.status == "optimal"
    assert found.objective == pytest.approx(least, abs=1e-6)
    served = found.flows.groupby(level="facility").sum()
    assert (served <= beds[served.index] + 1e-6).all()
    assert np.allclose(found.flows.groupby(level="demand").sum()[people.index], people)
