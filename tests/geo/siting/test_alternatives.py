from __future__ import annotations

from itertools import combinations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.siting import alternatives
from tests.geo.siting.tables import INF, PEOPLE, STREET, plane, questions


def twins() -> tuple[pd.DataFrame, pd.Series]:
    """Two places that serve equally well, and a bad one."""
    cost = pd.DataFrame({"a": [60.0, 60], "b": [60.0, 60], "c": [900.0, 600]}, index=["v", "w"])
    return cost, pd.Series({"v": 1.0, "w": 1.0})


@pytest.mark.parametrize(
    ("model", "options"),
    [
        ("mclp", {"minutes": 5, "p": 1}),
        ("mclp", {"minutes": 5, "budget": 1, "site_cost": pd.Series({"a": 1, "b": 1, "c": 1})}),
        ("lscp", {"minutes": 5}),
        ("p_median", {"p": 1}),
        ("p_median", {"p": 1, "capacity": pd.Series({"a": 9, "b": 9, "c": 9})}),
        ("p_center", {"p": 1}),
    ],
)
def test_equally_good_places_are_all_shown(model, options):
    cost, people = twins()
    found = alternatives(model, cost, people, **options)
    assert [one.chosen for one in found] == [("a",), ("b",)]
    assert {one.status for one in found} == {"optimal"}


def test_a_choice_within_the_tolerance_tells_how_far_it_is_off():
    cost, people = twins()
    cost["b"] = [60, 72]
    found = alternatives("p_median", cost, people, p=1, tolerance=0.2)
    assert [one.objective for one in found] == [120, 132]
    assert found[1].status == "feasible"
    assert found[1].gap == pytest.approx(12 / 132)
    assert found[1].bound == 120


def test_one_site_more_is_no_other_choice():
    found = alternatives("mclp", STREET, PEOPLE, minutes=10, p=2, k=9)
    assert [one.chosen for one in found] == [("b",), ("c",)] or all(
        len(one.chosen) == 1 for one in found if one.objective == 100
    )
    for first, second in combinations(found, 2):
        assert not set(first.chosen) <= set(second.chosen)
        assert not set(second.chosen) <= set(first.chosen)


def test_no_choice_at_all_gives_its_reason():
    cost = pd.DataFrame([[0, INF], [INF, 0]], index=["e", "w"], columns=["a", "b"])
    found = alternatives("p_median", cost, pd.Series({"e": 1.0, "w": 1.0}), p=1)
    assert [one.status for one in found] == ["infeasible"]


@pytest.mark.parametrize(
    ("model", "options", "code"),
    [
        ("foo", {}, "unknown_model"),
        ("lscp", {}, "argument_missing"),
        ("p_median", {}, "argument_missing"),
        ("p_center", {"p": 1, "k": 0}, "k_invalid"),
        ("p_center", {"p": 1, "tolerance": -1}, "negative"),
    ],
)
def test_wrong_arguments_are_refused(model, options, code):
    with pytest.raises(InputError) as caught:
        alternatives(model, STREET, PEOPLE, **options)
    assert caught.value.code == code


@given(questions(cut_off=False), st.data())
def test_medians_come_in_the_order_of_trying_all(question, data):
    cost, people = question
    p = data.draw(st.integers(1, cost.shape[1]))
    values = sorted(
        float(people @ cost[list(pick)].min(axis=1)) for pick in combinations(cost.columns, p)
    )
    near = [one for one in values if one <= values[0] * 1.25 + 1e-9][:4]
    found = alternatives("p_median", cost, people, p=p, k=4, tolerance=0.25)
    assert [one.objective for one in found] == pytest.approx(near)
    assert len({one.chosen for one in found}) == len(found)


@given(questions(), st.integers(1, 3))
def test_no_alternative_beats_the_best(question, minutes):
    cost, people = question
    found = alternatives("mclp", cost, people, minutes=minutes, p=min(2, cost.shape[1]), k=4)
    assert all(one.objective <= found[0].objective for one in found)
    assert all(one.objective >= 0.99 * found[0].objective - 1e-9 for one in found)


@given(questions(), st.data())
def test_single_sites_are_all_compared(question, data):
    cost, people = question
    limit = 60.0 * data.draw(st.integers(1, 9))
    towns = pd.Series(
        data.draw(st.lists(st.sampled_from("ew"), min_size=len(cost), max_size=len(cost))),
        index=cost.index,
    )
    share = data.draw(st.sampled_from([0.0, 0.5, 1.0]))
    covered = {}
    for site in cost.columns:
        within = cost[site] <= limit
        by_town = people.where(within, 0.0).groupby(towns).sum() / people.groupby(towns).sum()
        if (by_town >= share).all():
            covered[site] = float(people[within].sum())
    found = alternatives(
        "mclp",
        cost,
        people,
        minutes=limit / 60,
        p=1,
        groups=towns,
        min_share=share,
        k=9,
        tolerance=0.5,
    )
    if not covered:
        assert found[0].status == "infeasible"
        return
    top = max(covered.values())
    if top == 0:
        return
    assert {one.chosen[0]: one.objective for one in found} == {
        site: value for site, value in covered.items() if value >= 0.5 * top
    }


@pytest.mark.slow
def test_alternatives_of_many_sites_are_what_cuts_find():
    cost, people = plane(40, 30, 8)
    found = alternatives("p_median", cost, people, p=4, k=6, tolerance=0.05)
    values = [one.objective for one in found]
    assert values == sorted(values)
    assert len({one.chosen for one in found}) == len(found) == 6
    cost, people = plane(30, 20, 8)
    brute = sorted(
        float(people @ cost.to_numpy()[:, pick].min(axis=1))
        for pick in map(list, combinations(range(20), 3))
    )
    three = alternatives("p_median", cost, people, p=3, k=6, tolerance=0.5)
    assert [one.objective for one in three] == pytest.approx(brute[:6])
