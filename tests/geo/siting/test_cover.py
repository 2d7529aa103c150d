from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from geo.siting.cover import cheapest_cover, few_enough, needless_columns
from geo.siting.programs import Clock
from tests.geo.siting.tables import choices

CLOCK = Clock.start(None, 0.0)
TABLES = st.tuples(st.integers(1, 6), st.integers(1, 5)).flatmap(lambda size: arrays(bool, size))


def test_a_column_inside_another_is_needless():
    within = np.array([[True, True, False], [False, True, False]])
    assert needless_columns(within, np.ones(3)).tolist() == [True, False, True]


def test_a_cheaper_column_is_kept_beside_a_larger_one():
    within = np.array([[True, True], [False, True]])
    assert needless_columns(within, np.array([1.0, 2.0])).tolist() == [False, False]


def test_of_equal_columns_the_first_is_kept():
    assert needless_columns(np.ones((2, 3), bool), np.ones(3)).tolist() == [False, True, True]


def test_an_excluded_choice_does_not_come_back():
    within = np.ones((2, 2), bool)
    found = cheapest_cover(within, np.ones(2), CLOCK, excluded=[np.array([0])])
    assert found.columns.tolist() == [1]
    both = [np.array([0]), np.array([1])]
    assert cheapest_cover(within, np.ones(2), CLOCK, excluded=both).columns is None


def test_a_row_that_nothing_covers_has_no_cover():
    assert cheapest_cover(np.zeros((1, 2), bool), np.ones(2), CLOCK).columns is None


@given(TABLES, st.data())
def test_the_cheapest_cover_is_that_of_trying_all(within, data):
    m = within.shape[1]
    price = np.array(data.draw(st.lists(st.integers(0, 5), min_size=m, max_size=m)), float)
    picks = [list(one) for one in choices(range(m), range(m + 1))]
    covers = [one for one in picks if within[:, one].any(axis=1).all()]
    found = cheapest_cover(within, price, CLOCK)
    if not covers:
        assert found.columns is None
        return
    assert within[:, found.columns].any(axis=1).all()
    assert price[found.columns].sum() == found.bound == min(price[one].sum() for one in covers)
    fewest = min(map(len, covers))
    assert few_enough(within, fewest - 1, CLOCK) is None
    enough = few_enough(within, fewest, CLOCK)
    assert len(enough) == fewest
    assert within[:, enough].any(axis=1).all()


@pytest.mark.parametrize("most", [0, 1])
def test_no_rows_need_no_columns(most):
    assert few_enough(np.zeros((0, 3), bool), most, CLOCK).tolist() == []
