"""Small cells: none of 1-4 is shown, and none can be computed from what is."""

from __future__ import annotations

import pytest

from tests.webmap.pictures import EAST, answer, demand, picture
from webmap.cells import (
    shown_bands,
    shown_gaps,
    shown_mode_ranges,
    shown_modes,
    shown_summary,
    shown_villages,
)


def test_a_small_village_and_its_neighbour_in_the_sum_are_hidden():
    shown = shown_villages(demand((3.0, 40.0, 300.0, 60.0)))
    assert shown.tolist() == ["<5", "隐去", 300.0, 60.0]


def test_a_reader_who_may_see_them_sees_them():
    shown = shown_villages(demand((3.0, 40.0, 300.0, 60.0)), full=True)
    assert shown.tolist() == [3.0, 40.0, 300.0, 60.0]


def test_a_covered_count_of_three_takes_its_complement_and_share_along():
    rows = shown_gaps(picture(demand((3.0, 40.0, 300.0, 60.0))).gaps).set_index("code")
    east = rows.loc[EAST]
    assert (east["total"], east["covered"], east["uncovered"]) == (43.0, "<5", "隐去")
    assert east["share"] != east["share"]


def test_no_column_of_the_ranking_holds_one_unknown():
    rows = shown_gaps(picture(demand((3.0, 40.0, 300.0, 60.0))).gaps)
    for name in ("covered", "uncovered"):
        assert rows[name].map(lambda value: isinstance(value, str)).sum() != 1


def test_straight_line_share_of_four_people_is_not_shown():
    rows = shown_gaps(picture(demand((4.0, 40.0, 300.0, 60.0))).gaps).set_index("code")
    assert rows.loc[EAST, "circle_share"] != rows.loc[EAST, "circle_share"]


def test_large_counts_stay_as_they_are():
    rows = picture().gaps.drop(columns=["share_low", "share_high"])
    assert shown_gaps(rows)[rows.columns].astype(object).equals(rows.astype(object))


def test_summary_hides_shares_of_small_counts():
    shown = shown_summary(answer(demand((3.0, 400.0, 0.0, 60.0))).summary)
    assert (shown["covered"], shown["uncovered"], shown["share"]) == ("<5", "隐去", None)
    assert shown["total"] == 463


def test_band_with_three_covered_is_hidden():
    shown = shown_bands(answer().bands).loc["disabled"]
    assert (shown["total"], shown["covered"], shown["uncovered"]) == (50.0, "<5", "隐去")


@pytest.mark.parametrize(("full", "expected"), [(False, None), (True, 3 / 520)])
def test_share_of_a_mode_that_covers_three_people(full, expected):
    shown = shown_modes(answer().modes, 520.0, full=full)
    assert shown["car"] == {"to_facility": 0.9, "from_facility": expected}


def test_the_end_along_the_streets_is_told_no_finer_than_five_people():
    # 300 of 1,000 at their points; along the streets 237.4: told as 235.
    rows = (
        picture()
        .gaps.iloc[:1]
        .assign(
            total=1000.0,
            covered=300.0,
            uncovered=700.0,
            share=0.3,
            share_low=0.2374,
            share_high=0.3,
        )
    )
    shown = shown_gaps(rows).iloc[0]
    assert (shown["share_low"], shown["share_high"]) == (pytest.approx(0.235), 0.3)
    assert shown_gaps(rows, full=True).iloc[0]["share_low"] == 0.2374


def test_a_range_is_hidden_with_its_share():
    given = answer(demand((3.0, 400.0, 0.0, 60.0)))
    shown = shown_summary(given.summary)
    assert (shown["share_low"], shown["share_high"]) == (None, None)
    rows = shown_gaps(given.rows)
    assert rows["share_low"].isna().equals(rows["share"].isna())
    assert shown_bands(given.bands).loc["disabled", ["share_low", "share_high"]].isna().all()


@pytest.mark.parametrize(("full", "expected"), [(False, None), (True, (0.0, 3 / 520))])
def test_range_of_a_mode_that_covers_three_people(full, expected):
    given = answer()
    shown = shown_mode_ranges(given.mode_ranges, given.modes, 520.0, full=full)
    assert shown["car"]["from_facility"] == expected


def test_a_village_alone_in_its_township_takes_the_next_along():
    rows = answer().rows.iloc[[0] * 4].reset_index(drop=True)
    rows["code"] = ["140423100001", "140423100002", "140423101001", "140423101002"]
    rows = rows.assign(total=[3.0, 90.0, 80.0, 2.0], covered=0.0, misled=0.0)
    shown = shown_gaps(rows.assign(uncovered=rows["total"]))
    # 3 and 2 guard each other in the county's sum, but the sum of each township is known too.
    assert list(shown["total"]) == ["<5", "隐去", "隐去", "<5"]
