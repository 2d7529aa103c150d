"""Which cells of a gap table stay hidden, and how fine its ranges are told."""

from __future__ import annotations

import numpy as np
import pandas as pd
from hypothesis import given
from hypothesis import strategies as st

from layers.analysis.gap_cells import county_and_towns, hidden_gaps, shown_ranges


def gaps(*rows):
    names = ["total", "covered", "uncovered", "misled", "circle_share", "share"]
    return pd.DataFrame([[*row, row[1] / row[0]] for row in rows], columns=names)


def test_a_small_count_takes_its_share_with_it():
    rows = gaps((100, 97, 3, 0, 0.9), (100, 50, 50, 10, 0.6))
    hidden = hidden_gaps(rows, ())
    assert hidden.iloc[0][["uncovered", "share"]].all()
    assert hidden.iloc[0][["total", "covered"]].sum() == 1  # the total would tell the other
    assert not hidden.iloc[1].any()


def test_a_straight_share_that_tells_a_small_count_is_hidden():
    hidden = hidden_gaps(gaps((100, 50, 50, 0, 0.98)), ())
    assert hidden.loc[0, "circle_share"]
    assert not hidden.loc[0, ["total", "covered", "uncovered", "share"]].any()


def test_misled_and_straight_share_together_do_not_tell_who_is_covered_but_far():
    # Near 47, of whom none is misled: 3 of the 50 covered live outside every circle.
    hidden = hidden_gaps(gaps((100, 50, 50, 0, 0.47), (100, 50, 50, 10, 0.5)), ())
    assert hidden.loc[0, ["misled", "circle_share"]].all()
    assert not hidden.loc[0, ["total", "covered", "uncovered", "share"]].any()
    assert not hidden.loc[1].any()


def test_what_a_row_hides_is_hidden_in_a_second_row_of_its_county():
    rows = gaps((100, 50, 50, 0, 0.47), (100, 50, 50, 10, 0.5)).assign(code=["1", "2"])
    hidden = hidden_gaps(rows, county_and_towns(rows["code"]))
    assert hidden[["misled", "circle_share"]].all(axis=None)


# What the figures of a row are made of: covered and near, covered and far, misled, neither.
MADE_OF = {
    "total": [1, 1, 1, 1],
    "covered": [1, 1, 0, 0],
    "uncovered": [0, 0, 1, 1],
    "misled": [0, 0, 1, 0],
    "near": [1, 0, 1, 0],
}


@given(st.tuples(*[st.integers(0, 12)] * 4).filter(lambda parts: sum(parts) > 0))
def test_no_small_part_follows_from_what_is_shown(parts):
    figures = {name: int(np.dot(part, parts)) for name, part in MADE_OF.items()}
    near = figures.pop("near") / figures["total"]
    hidden = hidden_gaps(gaps((*figures.values(), near)), ()).iloc[0]
    shown = [name for name in figures if not hidden[name]]
    if "total" in shown and not hidden["circle_share"]:
        shown.append("near")
    told = np.array([MADE_OF[name] for name in shown]).reshape(-1, 4)
    for place, count in enumerate(parts):
        if 0 < count < 5:
            with_it = np.vstack([told, np.eye(4)[place]])
            assert np.linalg.matrix_rank(with_it) > np.linalg.matrix_rank(told)


def test_the_end_along_the_streets_is_told_no_finer_than_five_people():
    rows = pd.DataFrame(
        {"total": [200.0, 200.0], "share": [0.5, 0.5], "share_low": [0.4321, 0.1]}
    ).assign(share_high=0.5)
    shown = shown_ranges(rows, pd.Series([False, True]))
    assert shown.loc[0, ["share_low", "share_high"]].tolist() == [0.425, 0.5]
    assert shown.loc[1, ["share_low", "share_high"]].isna().all()
    assert shown_ranges(rows, pd.Series([False, False]), full=True).loc[0, "share_low"] == 0.4321


def test_rows_without_ranges_stay_as_they_are():
    rows = gaps((100, 50, 50, 10, 0.6))
    assert shown_ranges(rows, pd.Series([False])) is rows
