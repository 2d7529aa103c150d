"""Symbols on one place."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from webmap.printing.displace import side_by_side


def test_symbols_that_stand_free_stay():
    assert side_by_side([(0, 0), (5, 0)], [2, 2]) == [(0, 0), (5, 0)]


def test_two_on_one_place_stand_side_by_side_about_it():
    left, right = side_by_side([(10, 5), (10, 5)], [2, 2])
    assert (left[0] + right[0]) / 2 == pytest.approx(10)
    assert right[0] - left[0] == pytest.approx(2.12)
    assert left[1] == right[1] == 5


def test_a_chain_is_one_row():
    row = side_by_side([(0, 0), (1, 0), (2, 0)], [2, 2, 2])
    assert [b[0] - a[0] for a, b in pairwise(row)] == pytest.approx([2.12] * 2)


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), max_size=12))
def test_the_middle_of_all_symbols_stays(places):
    moved = side_by_side(places, [1.0] * len(places))
    assert len(moved) == len(places)
    for axis in (0, 1):
        assert sum(p[axis] for p in moved) == pytest.approx(sum(p[axis] for p in places))


def test_nothing_is_nothing():
    assert side_by_side([], []) == []
