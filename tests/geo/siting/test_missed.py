"""Least is missed by trying all; bounds hold; HiGHS is asked only for what they leave open."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import sparse

from geo.siting import mclp
from geo.siting.missed import fewest_missed
from geo.siting.programs import Clock, Program, TimeIsUpError
from geo.siting.shaking_kernels import shaken
from tests.geo.siting.tables import choices, plane

CLOCK = Clock.start(None, 0.0)
TABLES = st.tuples(st.integers(1, 7), st.integers(1, 6)).flatmap(lambda size: arrays(bool, size))


@given(TABLES, st.data())
def test_the_choice_misses_what_trying_all_says(within, data):
    n, m = within.shape
    weight = np.array(data.draw(st.lists(st.sampled_from([1, 2.5, 7]), min_size=n, max_size=n)))
    p = data.draw(st.integers(1, m))
    guess = fewest_missed(within, weight, p, CLOCK)
    missed = [
        float(weight[~within[:, list(one)].any(axis=1)].sum()) for one in choices(range(m), [p])
    ]
    assert 0 < len(guess.columns) <= p
    assert guess.missed == float(weight[~within[:, guess.columns].any(axis=1)].sum())
    assert guess.proven
    assert guess.missed == pytest.approx(min(missed))


@given(TABLES, st.data())
def test_without_time_the_best_choice_lies_between_the_bound_and_the_guess(within, data):
    n, m = within.shape
    weight = np.array(data.draw(st.lists(st.sampled_from([1, 2.5, 7]), min_size=n, max_size=n)))
    p = data.draw(st.integers(1, m))
    guess = fewest_missed(within, weight, p, Clock.start(1e-9, 0.0))
    missed = [
        float(weight[~within[:, list(one)].any(axis=1)].sum()) for one in choices(range(m), [p])
    ]
    assert guess.bound - 1e-9 <= min(missed) <= guess.missed + 1e-9


def test_whole_people_round_the_bound_up():
    # Three places cover two of three rows each; one of them misses a row, the prices say 1/1.
    within = ~np.eye(3, dtype=bool)
    guess = fewest_missed(within, np.ones(3), 1, CLOCK)
    assert (guess.missed, guess.bound, guess.proven) == (1.0, 1.0, True)


def test_a_proven_guess_asks_no_solver(monkeypatch):
    def refuse(*_args: object, **_options: object) -> None:
        raise AssertionError

    monkeypatch.setattr(Program, "solve", refuse)
    cost, people = plane(60, 60, 1)
    assert mclp(cost, people, minutes=25, p=20).objective == people.sum()


def test_without_time_the_guess_is_the_answer(monkeypatch):
    def too_late(*_args: object, **_options: object) -> None:
        raise TimeIsUpError

    cost, people = plane(60, 60, 3)
    exact = mclp(cost, people, minutes=10, p=8)
    monkeypatch.setattr(Program, "solve", too_late)
    found = mclp(cost, people, minutes=10, p=8, time_limit_s=1e-9)
    assert found.status in {"optimal", "feasible"}
    assert found.objective <= exact.objective <= found.bound + 1e-9


def test_a_bound_of_the_linear_program_needs_no_solver_where_it_meets_the_choice(monkeypatch):
    monkeypatch.setattr(Program, "solve", None)
    # Two pairs of places, a person between each; whoever is alone is missed for certain.
    within = np.array([[1, 0, 0, 0], [1, 1, 0, 0], [0, 0, 1, 1], [0, 0, 0, 1]], bool)
    guess = fewest_missed(within, np.array([1.0, 5.0, 5.0, 1.0]), 2, CLOCK)
    assert (guess.columns.tolist(), guess.missed, guess.bound) == ([0, 3], 0.0, 0.0)


def test_the_choice_is_the_same_each_time():
    cost, people = plane(90, 90, 2)
    within, weight = cost.to_numpy() <= 700, people.to_numpy()
    first, second = (fewest_missed(within, weight, 9, CLOCK) for _ in range(2))
    assert first.columns.tolist() == second.columns.tolist()
    assert first.missed == second.missed > 0


@pytest.mark.parametrize("urge", [0.0, 0.1])
def test_shaking_gives_a_choice_as_large_and_what_it_misses(urge):
    cost, people = plane(60, 50, 4)
    within, weight = cost.to_numpy() <= 600, people.to_numpy().copy()
    rows, columns = sparse.csr_array(within), sparse.csc_array(within)
    opened = np.arange(50) < 12
    before = weight[~within[:, opened].any(axis=1)].sum()
    table = [part.astype(np.int64) for one in (rows, columns) for part in (one.indptr, one.indices)]
    missed = shaken(*table, weight, opened, 500, urge)
    assert opened.sum() == 12
    assert missed == weight[~within[:, opened].any(axis=1)].sum() < before


@pytest.mark.parametrize("scale", [1.0, 1e-6, 1e6])
def test_a_limit_by_the_best_choice_itself_loses_nothing(scale):
    cost, people = plane(40, 40, 5)
    exact = mclp(cost, people, minutes=8, p=6).objective
    assert mclp(cost, people * scale, minutes=8, p=6).objective == pytest.approx(exact * scale)
