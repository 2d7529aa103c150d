from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.siting import p_median
from tests.geo.siting.tables import INF, PEOPLE, STREET, best_of, choices, plane, questions


def test_the_site_with_the_shortest_ways_is_chosen():
    found = p_median(STREET, PEOPLE, p=1)
    assert (found.status, found.chosen) == ("optimal", ("c",))
    assert found.objective == 10 * 600 + 20 * 300 + 0 + 40 * 300
    assert found.assignment.tolist() == ["c"] * 4


def test_exactly_p_new_sites_are_opened():
    found = p_median(STREET, PEOPLE, p=3)
    assert found.chosen == ("a", "b", "c")
    assert found.objective == 40 * 300


def test_of_equally_near_sites_the_smaller_id_serves():
    cost = pd.DataFrame({"b": [60.0], "a": [60.0]}, index=["v"])
    found = p_median(cost, pd.Series({"v": 1.0}), p=2)
    assert found.assignment["v"] == "a"


def test_existing_sites_serve_beside_the_new_one():
    found = p_median(STREET, PEOPLE, p=1, existing=["a"])
    assert found.open == ("a", "c")
    assert found.objective == 20 * 300 + 40 * 300


def test_no_new_site_leaves_what_stands():
    found = p_median(STREET, PEOPLE, p=0, existing=["b"])
    assert found.chosen == ()
    assert found.objective == 10 * 300 + 30 * 300 + 40 * 600


def test_two_islands_need_two_sites():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    people = pd.Series(1.0, index=cost.index)
    found = p_median(cost, people, p=1)
    assert (found.status, found.chosen) == ("infeasible", ())
    assert np.isnan(found.objective)
    assert "unserved" in found.reason
    assert p_median(cost, people, p=2).objective == 0


def test_staying_unserved_has_its_price():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    found = p_median(cost, pd.Series({"e": 1.0, "w": 2.0}), p=1, unserved_seconds=900)
    assert (found.chosen, found.objective) == (("b",), 900)
    assert found.assignment.isna()["e"]
    assert found.seconds["e"] == INF


def test_demand_that_no_site_can_serve_is_outside_the_objective():
    cost = STREET.copy()
    cost.loc["v1"] = INF
    found = p_median(cost, PEOPLE, p=1)
    assert found.uncoverable == ("v1",)
    assert found.objective == 20 * 300 + 40 * 300


def test_a_village_without_people_needs_no_site():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    found = p_median(cost, pd.Series({"e": 1.0, "w": 0.0}), p=1)
    assert (found.status, found.chosen) == ("optimal", ("a",))


def test_more_new_sites_than_are_free_is_infeasible():
    found = p_median(STREET, PEOPLE, p=3, existing=["a"])
    assert found.status == "infeasible"
    assert "2 个候选点" in found.reason


def test_every_cost_must_be_known():
    cost = STREET.copy()
    cost.loc["v2", "b"] = np.nan
    with pytest.raises(InputError, match="v2, b") as caught:
        p_median(cost, PEOPLE, p=1)
    assert caught.value.code == "cost_invalid"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"p": 4}, "p_invalid"),
        ({"p": "1"}, "p_invalid"),
        ({"p": 1, "existing": ["a"], "forbidden": ["a"]}, "existing_and_forbidden"),
        ({"p": 1, "existing": ["x"]}, "unknown_site"),
        ({"p": 1, "forbidden": ["a", "a"]}, "duplicate_site"),
        ({"p": 1, "existing": "a"}, "input"),
        ({"p": 1, "unserved_seconds": -1}, "negative"),
        ({"p": 1, "capacity": pd.Series({"a": 1.0})}, "labels_unmatched"),
    ],
)
def test_wrong_arguments_are_refused(options, code):
    with pytest.raises(InputError) as caught:
        p_median(STREET, PEOPLE, **options)
    assert caught.value.code == code


@pytest.mark.parametrize(
    ("people", "code"),
    [
        (PEOPLE.where(PEOPLE != 20, -1), "weight_invalid"),
        (PEOPLE.where(PEOPLE != 20), "weight_invalid"),
        (PEOPLE.iloc[1:], "labels_unmatched"),
        (pd.concat([PEOPLE, pd.Series({"v9": 1.0})]), "labels_unmatched"),
    ],
)
def test_wrong_weights_are_refused(people, code):
    with pytest.raises(InputError) as caught:
        p_median(STREET, people, p=1)
    assert caught.value.code == code


def test_a_label_twice_is_refused():
    with pytest.raises(InputError):
        p_median(pd.concat([STREET, STREET]), PEOPLE, p=1)
    with pytest.raises(InputError):
        p_median(pd.concat([STREET, STREET], axis=1), PEOPLE, p=1)


@given(questions(), st.data())
def test_it_finds_what_trying_all_finds(question, data):
    cost, people = question
    sites = list(cost.columns)
    existing = data.draw(st.lists(st.sampled_from(sites), unique=True, max_size=1))
    free = [one for one in sites if one not in existing]
    p = data.draw(st.integers(0, len(sites)))
    unserved = data.draw(st.sampled_from([None, 0.0, 150.0, 1000.0]))
    coverable = np.isfinite(cost).any(axis=1).to_numpy()
    price = INF if unserved is None else unserved

    def value(near: np.ndarray) -> float:
        return float((people.to_numpy() * np.minimum(near, price))[coverable].sum())

    least = best_of(cost, choices(free, [p]), existing, value)
    found = p_median(cost, people, p=p, existing=existing, unserved_seconds=unserved)
    if not np.isfinite(least):
        assert found.status == "infeasible"
        assert found.reason
    else:
        assert found.status == "optimal"
        assert found.objective == pytest.approx(least)
        assert found.bound == pytest.approx(least)
        assert len(found.chosen) == p


@given(questions(cut_off=False), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(question, rng):
    cost, people = question
    rows, columns = list(cost.index), list(cost.columns)
    rng.shuffle(rows)
    rng.shuffle(columns)
    plain = p_median(cost, people, p=1)
    mixed = p_median(cost.loc[rows, columns], people, p=1)
    assert (plain.chosen, plain.objective) == (mixed.chosen, mixed.objective)


@given(questions(cut_off=False))
def test_a_larger_p_never_makes_it_worse(question):
    cost, people = question
    values = [p_median(cost, people, p=p).objective for p in range(1, cost.shape[1] + 1)]
    assert values == sorted(values, reverse=True) or np.allclose(values, sorted(values)[::-1])


@pytest.mark.slow
@pytest.mark.parametrize(("seed", "p"), [(1, 4), (2, 12), (3, 40)])
def test_larger_ones_are_proven_and_the_parts_add_up(seed, p):
    cost, people = plane(150, 120, seed)
    found = p_median(cost, people, p=p)
    assert found.status == "optimal"
    assert found.objective == pytest.approx(float((people * found.seconds).sum()))
    assert found.bound <= found.objective


def test_a_time_limit_keeps_a_choice_with_its_bound():
    cost, people = plane(80, 80, 5)
    exact = p_median(cost, people, p=8)
    rough = p_median(cost, people, p=8, time_limit_s=1e-6)
    assert len(rough.chosen) == 8
    assert rough.bound <= exact.objective + 1e-6
    assert rough.objective >= exact.objective - 1e-6
    assert rough.gap == pytest.approx((rough.objective - rough.bound) / rough.objective)


def test_a_table_without_structure_is_proven_too():
    rng = np.random.default_rng(11)
    cost = pd.DataFrame(rng.integers(1, 1000, (25, 18)).astype(float))
    people = pd.Series(rng.integers(1, 9, 25).astype(float))
    least = best_of(
        cost, choices(list(cost.columns), [3]), [], lambda near: float(near @ people.to_numpy())
    )
    assert p_median(cost, people, p=3).objective == pytest.approx(least)
