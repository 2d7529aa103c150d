from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.errors import InputError
from geo.robustness import Condition, noisy_demand, robustness

WALK, SLOW, CAR = Condition("walk", 1.0), Condition("walk", 0.5), Condition("car", 1.0)
PEOPLE = pd.Series({"p": 10, "q": 20, "r": 40})
OPTIONS = {"one": ["A"], "two": ["B"]}


def table(**seconds):
    return pd.DataFrame(seconds, index=["p", "q", "r"], dtype=float)


# Within 10 minutes on foot S serves p, A serves r, B serves q; half as fast only B still does; by
# car everybody reaches everything.
COSTS = {
    WALK: table(S=[100, 900, 900], A=[900, 900, 500], B=[900, 200, 900]),
    SLOW: table(S=[200, 1800, 1800], A=[1800, 1800, 1000], B=[1800, 400, 1800]),
    CAR: table(S=[9, 9, 9], A=[9, 9, 9], B=[9, 9, 9]),
}


def ask(costs=COSTS, demand=PEOPLE, options=OPTIONS, **changes):
    asked = {"asked": WALK, "existing": ["S"], "minutes": 10, "draws": 50} | changes
    return robustness(costs, demand, options, **asked)


def test_people_covered_in_each_named_world():
    worlds = ask().worlds
    assert worlds.loc[("asked", "walk 1")].tolist() == [50, 30]
    assert worlds.loc[("speed", "walk 0.5")].tolist() == [10, 30]
    assert worlds.loc[("mode", "car 1")].tolist() == [70, 70]
    assert worlds.loc[("failure", "S")].tolist() == [40, 20]


def test_how_often_first_and_what_is_lost_when_not():
    one = ask().summary.loc[("speed", "one")]
    assert (one["worlds"], one["first"], one["first_share"]) == (2, 1, 0.5)
    assert (one["mean_rank"], one["worst_rank"]) == (1.5, 2)
    assert (one["mean_lost"], one["worst_lost"], one["lost_when_not_first"]) == (10, 20, 20)


def test_equals_share_the_first_place_and_lose_nothing():
    summary = ask().summary.loc["mode"]
    assert summary["first"].tolist() == [2, 1]
    assert summary.loc["two", "mean_lost"] == 10
    assert ask(options={"a": ["A"], "b": ["A"]}).summary["first_share"].eq(1).all()


def test_an_option_that_is_always_first_has_no_loss_to_speak_of():
    assert np.isnan(ask().summary.loc[("asked", "one"), "lost_when_not_first"])


def test_all_worlds_are_counted_once():
    answer = ask()
    assert answer.summary["worlds"].groupby(level="family").first().to_dict() == {
        "asked": 1, "speed": 2, "mode": 2, "demand": 50, "failure": 1, "together": 3 * 2 * 51,
    }  # fmt: skip
    assert (answer.ranks.sum(axis=1) == answer.summary["worlds"]).all()


def test_no_draws_and_no_facility_leave_their_families_out():
    families = ask(draws=0, existing=()).summary.index.unique("family")
    assert list(families) == ["asked", "speed", "mode", "together"]


def test_no_site_at_all_is_an_option():
    assert ask(options={"none": [], "one": ["A"]}).worlds.loc[("asked", "walk 1"), "none"] == 10


def test_an_option_may_have_several_sites():
    assert ask(options={"both": ["A", "B"]}).worlds.loc[("asked", "walk 1"), "both"] == 70


def test_the_same_seed_gives_the_same_and_the_order_of_rows_does_not_matter():
    turned = {condition: costs.iloc[::-1, ::-1] for condition, costs in COSTS.items()}
    assert_frame_equal(ask().summary, ask(turned, PEOPLE[::-1]).summary, check_exact=True)
    near = PEOPLE.replace(20, 37)  # close enough to 40 for noise to turn the ranks
    assert not ask(demand=near, seed=8).ranks.equals(ask(demand=near).ranks)


def test_noise_turns_ranks_that_are_close():
    close = ask(demand=PEOPLE.replace(20, 39), draws=500).summary.loc["demand"]
    assert 0.35 < close.loc["two", "first_share"] < 0.6


def test_noise_keeps_the_mean_and_has_the_spread_that_is_said():
    drawn = noisy_demand(pd.Series([100.0, 0.0, 50.0]), draws=20_000, noise=0.2)
    assert drawn.loc[0].mean() == pytest.approx(100, rel=0.01)
    assert drawn.loc[0].std() == pytest.approx(20, rel=0.03)
    assert (drawn.loc[1] == 0).all()
    assert (drawn >= 0).all(axis=None)
    assert np.corrcoef(drawn.loc[0], drawn.loc[2])[0, 1] == pytest.approx(0, abs=0.03)


def test_no_noise_is_the_known_count():
    assert noisy_demand(PEOPLE, draws=3, noise=0)[2].tolist() == [10, 20, 40]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"options": {}}, "no_options"),
        ({"options": {"x": ["nowhere"]}}, "unknown_site"),
        ({"existing": ["nowhere"]}, "unknown_site"),
        ({"asked": Condition("walk", 9)}, "unknown_condition"),
        ({"minutes": 0}, "not_positive"),
        ({"noise": -1}, "negative"),
        ({"draws": -1}, "negative"),
        ({"demand": PEOPLE.drop("p")}, "labels_unmatched"),
        ({"demand": PEOPLE.replace(10, -1)}, "weight_invalid"),
        ({"costs": COSTS | {CAR: COSTS[CAR].drop(columns="B")}}, "labels_unmatched"),
        ({"costs": COSTS | {CAR: COSTS[CAR].replace(9.0, np.nan)}}, "cost_invalid"),
    ],
)
def test_what_does_not_fit_is_refused(changes, code):
    with pytest.raises(InputError) as refused:
        ask(**changes)
    assert refused.value.code == code


@given(
    st.lists(st.lists(st.integers(0, 3), min_size=4, max_size=4), min_size=1, max_size=5),
    st.lists(st.integers(0, 9), min_size=5, max_size=5),
)
def test_the_best_option_of_a_world_loses_nothing_and_covers_what_counting_says(rows, people):
    costs = pd.DataFrame(rows, columns=list("SABC"), dtype=float) * 60
    demand = pd.Series(people[: len(rows)])
    options = {"a": ["A"], "b": ["B"], "bc": ["B", "C"]}
    answer = robustness(
        {WALK: costs}, demand, options, asked=WALK, existing=["S"], minutes=1, draws=0
    )
    asked = answer.worlds.loc[("asked", "walk 1")]
    for name, sites in options.items():
        near = (costs[["S", *sites]] <= 60).any(axis=1)
        assert asked[name] == demand[near].sum()
    summary = answer.summary.loc["asked"]
    assert summary.loc[asked.idxmax(), "worst_lost"] == 0
    assert (asked.max() - asked == summary["worst_lost"]).all()
