from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.siting import lscp, mclp
from tests.geo.siting.tables import INF, PEOPLE, STREET, best_of, choices, plane, questions


def test_one_site_in_the_middle_covers_a_street():
    found = lscp(STREET, minutes=10)
    assert (found.status, found.chosen, found.objective) == ("optimal", ("b",), 1.0)
    assert found.seconds.tolist() == [300, 0, 300, 600]


def test_a_limit_is_inclusive():
    assert lscp(STREET, minutes=10).objective == 1
    assert lscp(STREET, minutes=9.999).objective == 2


def test_what_no_site_covers_is_named_and_left_out():
    cost = STREET.copy()
    cost.loc["v4"] = INF
    found = lscp(cost, minutes=5)
    assert found.uncoverable == ("v4",)
    assert found.status == "optimal"
    assert found.chosen == ("b",)


def test_existing_sites_are_open_and_free():
    found = lscp(STREET, minutes=5, existing=["c"])
    assert found.open == ("a", "c")
    assert found.chosen == ("a",)
    assert found.objective == 1


def test_a_forbidden_site_is_never_opened():
    found = lscp(STREET, minutes=10, forbidden=["b"])
    assert "b" not in found.open
    assert found.objective == 1


def test_two_cheap_sites_beat_a_dear_one():
    price = pd.Series({"a": 3.0, "b": 10.0, "c": 4.0})
    found = lscp(STREET, minutes=5, site_cost=price, forbidden=[])
    assert found.chosen == ("a", "c")
    assert found.objective == 7


def test_no_demand_needs_no_site():
    assert lscp(STREET.iloc[:0], minutes=5).chosen == ()


def test_no_candidate_covers_nobody():
    found = lscp(STREET[[]], minutes=5)
    assert found.uncoverable == ("v1", "v2", "v3", "v4")


def test_most_people_are_covered_by_the_right_site():
    found = mclp(STREET, PEOPLE, minutes=5, p=1)
    assert found.chosen == ("c",)
    assert found.objective == 90
    assert found.bound == 90


def test_no_more_sites_are_opened_than_are_needed():
    assert mclp(STREET, PEOPLE, minutes=10, p=3).chosen == ("b",)


def test_existing_cover_counts():
    found = mclp(STREET, PEOPLE, minutes=5, p=1, existing=["a"])
    assert (found.chosen, found.objective) == (("c",), 100)


def test_a_budget_buys_what_it_can():
    price = pd.Series({"a": 1.0, "b": 2.0, "c": 9.0})
    found = mclp(STREET, PEOPLE, minutes=5, budget=3, site_cost=price)
    assert (found.chosen, found.objective) == (("b",), 60)


def test_every_group_gets_its_minimum():
    towns = pd.Series(["west", "west", "east", "east"], index=STREET.index)
    free = mclp(STREET, PEOPLE, minutes=0.1, p=1)
    fair = mclp(STREET, PEOPLE, minutes=5, p=1, groups=towns, min_share=0.4)
    assert free.chosen == ("c",)
    assert fair.chosen in {("b",), ("c",)}
    west = mclp(STREET, PEOPLE, minutes=5, p=1, groups=towns, min_share=0.7)
    assert west.status == "infeasible"
    assert "min_share" in west.reason


def test_a_minimum_changes_the_choice():
    towns = pd.Series(["west", "west", "east", "east"], index=STREET.index)
    asked = {"minutes": 5, "p": 1, "groups": towns, "existing": []}
    assert mclp(STREET, PEOPLE, min_share=0.0, **asked).chosen == ("c",)
    # c covers all of the east but only v2 (20 of 30) in the west; 0.7 of both needs two sites.
    assert mclp(STREET, PEOPLE, min_share=0.7, **{**asked, "p": 2}).objective == 100


def test_a_minimum_beyond_all_candidates_names_the_group():
    cost = STREET.copy()
    cost.loc["v1"] = INF
    towns = pd.Series(["w", "e", "e", "e"], index=STREET.index)
    found = mclp(cost, PEOPLE, minutes=5, p=3, groups=towns, min_share=0.5)
    assert found.status == "infeasible"
    assert "v1" in found.reason
    assert np.isnan(found.objective)
    assert found.chosen == ()


def test_a_group_without_people_needs_nothing():
    towns = pd.Series(["empty", "e", "e", "e"], index=STREET.index)
    people = PEOPLE.where(PEOPLE.index != "v1", 0.0)
    found = mclp(STREET, people, minutes=5, p=1, groups=towns, min_share=1.0)
    assert found.chosen == ("c",)


def test_a_row_without_a_group_is_in_none():
    towns = pd.Series([None, "e", "e", "e"], index=STREET.index)
    assert mclp(STREET, PEOPLE, minutes=5, p=1, groups=towns, min_share=1.0).chosen == ("c",)


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({}, "p_or_budget"),
        ({"budget": 3}, "site_cost_missing"),
        ({"budget": -1, "site_cost": PEOPLE}, "negative"),
        ({"p": -1}, "p_invalid"),
        ({"p": 4}, "p_invalid"),
        ({"p": 1.5}, "p_invalid"),
        ({"p": True}, "p_invalid"),
        ({"p": 1, "min_share": 0.5}, "groups_and_share"),
        ({"p": 1, "groups": PEOPLE, "min_share": 1.5}, "share_invalid"),
        ({"p": 1, "minutes": 0}, "not_positive"),
        ({"p": 1, "gap": -1}, "gap_invalid"),
        ({"p": 1, "time_limit_s": 0}, "time_limit_invalid"),
        ({"budget": 1, "site_cost": pd.Series({"a": 1, "b": 1})}, "labels_unmatched"),
        ({"budget": 1, "site_cost": pd.Series({"a": -1, "b": 1, "c": 1})}, "site_value_invalid"),
    ],
)
def test_wrong_arguments_are_refused(options, code):
    with pytest.raises(InputError) as caught:
        mclp(STREET, PEOPLE, **{"minutes": 5, **options})
    assert caught.value.code == code


def test_a_price_that_only_a_standing_site_lacks_is_no_fault():
    price = pd.Series({"a": 1.0, "b": 1.0})
    assert lscp(STREET, minutes=5, site_cost=price, existing=["c"]).chosen == ("a",)


@given(questions(), st.integers(0, 5), st.data())
def test_both_models_find_what_trying_all_finds(question, minutes, data):
    cost, people = question
    sites = list(cost.columns)
    existing = data.draw(st.lists(st.sampled_from(sites), unique=True, max_size=1))
    free = [one for one in sites if one not in existing]
    p = data.draw(st.integers(0, len(sites)))
    limit = 60.0 * minutes + 60.0
    found = mclp(cost, people, minutes=minutes + 1, p=p, existing=existing)
    least = best_of(
        cost,
        choices(free, range(min(p, len(free)) + 1)),
        existing,
        lambda near: -float(people.to_numpy()[near <= limit].sum()),
    )
    assert found.status == "optimal"
    assert found.objective == -least
    coverable = (cost <= limit).any(axis=1).to_numpy()
    fewest = lscp(cost, minutes=minutes + 1, existing=existing)
    assert fewest.objective == min(
        len(pick)
        for pick in choices(free, range(len(free) + 1))
        if (cost[[*pick, *existing]].to_numpy().min(axis=1, initial=INF)[coverable] <= limit).all()
    )
    assert set(fewest.uncoverable) == set(cost.index[~coverable])


@given(questions(), st.randoms(use_true_random=False))
def test_the_order_of_rows_and_columns_changes_nothing(question, rng):
    cost, people = question
    rows, columns = list(cost.index), list(cost.columns)
    rng.shuffle(rows)
    rng.shuffle(columns)
    plain = mclp(cost, people, minutes=3, p=1)
    mixed = mclp(cost.loc[rows, columns], people.sample(frac=1, random_state=1), minutes=3, p=1)
    assert (plain.chosen, plain.objective) == (mixed.chosen, mixed.objective)
    assert plain.assignment.loc[rows].equals(mixed.assignment)


@given(questions(), st.integers(1, 3))
def test_another_candidate_never_makes_it_worse(question, p):
    cost, people = question
    fewer = cost.iloc[:, :-1]
    p = min(p, fewer.shape[1])
    more = mclp(cost, people, minutes=4, p=p).objective
    assert more >= mclp(fewer, people, minutes=4, p=p).objective


def test_inputs_are_never_changed():
    cost, people = STREET.copy(), PEOPLE.copy()
    mclp(cost, people, minutes=5, p=1)
    pd.testing.assert_frame_equal(cost, STREET)
    pd.testing.assert_series_equal(people, PEOPLE)


def test_a_gap_that_is_good_enough_is_stated():
    cost, people = plane(60, 60, 3)
    exact = mclp(cost, people, minutes=10, p=5)
    rough = mclp(cost, people, minutes=10, p=5, gap=0.5)
    assert rough.gap <= 0.5
    assert rough.objective <= exact.objective <= rough.bound + 1e-9
