from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from layers.privacy import HIDDEN_TEXT, SMALL_TEXT, hidden_cells, shown_span, shown_values


def hidden(counts, **options):
    return hidden_cells(pd.DataFrame(counts), **options).to_numpy().tolist()


def test_one_to_four_are_hidden_and_zero_five_and_missing_are_not():
    assert hidden({"n": [0, 1, 4, 5, None]}) == [[False], [True], [True], [False], [False]]


def test_a_known_total_hides_the_next_smallest_too():
    groups = pd.Series(["a", "a", "a", "b"])
    assert hidden({"n": [3, 9, 7, 8]}, groups=groups) == [[True], [False], [True], [False]]


def test_totals_by_townships_of_two_days_are_both_known():
    now = pd.Series(["new", "new", "new", "new"])
    before = pd.Series(["a", "a", "b", "b"])
    # 3 and 2 guard each other today; before the merger each stood alone in its township.
    assert hidden({"n": [3, 9, 2, 8]}, groups=now) == [[True], [False], [True], [False]]
    assert hidden({"n": [3, 9, 2, 8]}, groups=[now, before]) == [[True]] * 4


def test_two_small_cells_guard_each_other():
    assert hidden({"n": [3, 2, 7]}, groups=pd.Series(["a"] * 3)) == [[True], [True], [False]]


def test_a_zero_is_hidden_only_when_nothing_else_is_left():
    assert hidden({"n": [3, 0, 9]}, groups=pd.Series(["a"] * 3)) == [[True], [False], [True]]
    assert hidden({"n": [3, 0]}, groups=pd.Series(["a"] * 2)) == [[True], [True]]


def test_parts_of_a_known_sum_are_hidden_in_pairs():
    counts = {"total": [20, 30], "covered": [17, 20], "uncovered": [3, 10]}
    assert hidden(counts, sums=[("total", "covered", "uncovered")]) == [
        [False, True, True],
        [False, False, False],
    ]


def test_hiding_goes_on_until_no_equation_has_one_unknown():
    counts = {"total": [20, 40], "covered": [17, 20], "uncovered": [3, 20]}
    mask = hidden(counts, sums=[("total", "covered", "uncovered")], groups=pd.Series(["a", "a"]))
    assert mask == [[False, True, True], [False, True, True]]


@given(
    arrays(np.int64, st.tuples(st.integers(1, 6), st.just(2)), elements=st.integers(0, 12)),
    st.data(),
)
def test_no_group_total_leaves_a_single_unknown(parts, data):
    groups = pd.Series(
        data.draw(st.lists(st.sampled_from("ab"), min_size=len(parts), max_size=len(parts)))
    )
    counts = pd.DataFrame(parts, columns=["x", "y"]).assign(total=parts.sum(axis=1))
    mask = hidden_cells(counts, groups=groups, sums=[("total", "x", "y")])
    assert mask.to_numpy()[(counts.to_numpy() > 0) & (counts.to_numpy() < 5)].all()
    for name in mask:
        for _, group in mask[name].groupby(groups):
            assert group.sum() != 1 or len(group) == 1
    assert (mask.sum(axis=1) != 1).all()


def test_tables_show_less_than_five_or_that_something_is_hidden():
    counts = pd.DataFrame({"n": [3, 9, None, 0]}, dtype="Int64")
    mask = pd.DataFrame({"n": [True, True, False, False]})
    assert shown_values(counts, mask)["n"].tolist() == [SMALL_TEXT, HIDDEN_TEXT, None, 0]


def test_the_end_of_a_count_along_the_streets_goes_by_fives_outwards():
    assert shown_span(30, 41.3) == (30, 45)
    assert shown_span(30, 18.9) == (15, 30)
    assert shown_span(-30, -31) == (-35, -30)
    assert shown_span(30, 41.3, full=True) == (30, 41.3)
