from __future__ import annotations

from dataclasses import replace

import pandas as pd

from layers.analysis.access import AccessAnswer
from layers.analysis.access_cells import (
    shown_access,
    shown_access_summary,
    shown_load,
    shown_referral,
)
from layers.analysis.question import CareQuestion
from layers.provenance import Provenance
from tests.webmap.pictures import EAST, WEST


def made(served=(40.0, 60.0), unserved=(10.0, 20.0)) -> AccessAnswer:
    """Two towns of 200 and 300, with 100 and 200 out of reach."""
    rows = pd.DataFrame(
        {
            "code": [WEST, EAST],
            "name": ["虒亭镇", "古韩镇"],
            "rank": [1, 2],
            "served": list(served),
            "reachable_unserved": list(unserved),
            "uncovered": [200.0, 100.0],
            "perhaps": [0.0, 0.0],
            "mean_access": [0.123456, 0.2],
            "min_access": [0.0, 0.0],
            "gini": [0.51234, 0.4],
            "share_without": [0.5, 0.25],
        }
    )
    rows["covered"] = rows["served"] + rows["reachable_unserved"]
    rows["total"] = rows["covered"] + rows["uncovered"]
    rows["share"] = rows["covered"] / rows["total"]
    rows["served_share"] = rows["served"] / rows["total"]
    # Along the streets a tenth less is within reach, and as many find a place.
    ends = {"share_low": 0.9 * rows["share"], "share_high": rows["share"]}
    rows = rows.assign(
        **ends, served_share_low=rows["served_share"], served_share_high=rows["served_share"]
    )
    sums = rows[["total", "covered", "uncovered", "served", "reachable_unserved", "perhaps"]].sum()
    summary = {
        **sums.to_dict(),
        "share": 0.3,
        "share_low": 0.27,
        "share_high": 0.3,
        "served_share": 0.2,
        "served_share_low": 0.2,
        "served_share_high": 0.22,
        "capacity": 100.0,
        "unknown_capacity": 0,
        "mean_access": 0.15,
        "gini": 0.45,
        "share_without": 0.4,
    }
    facilities = pd.DataFrame(
        {
            "name": ["甲站", "乙站"],
            "kind": ["station", "station"],
            "capacity": [50.0, 100.0],
            "reachable": [50.0, 80.0],
            "filled": list(served),
            "left": [50.0 - served[0], 100.0 - served[1]],
            "load": [served[0] / 50, served[1] / 100],
        },
        index=["F1", "F2"],
    )
    villages = pd.DataFrame(
        {
            "village_code": ["140423101201"],
            "name": ["王村"],
            "station_id": ["F1"],
            "door_seconds": [600.0],
            "home_id": [pd.NA],
            "home_seconds": [float("inf")],
            "centre_seconds": [float("inf")],
            "referral_seconds": [float("inf")],
            "missing": ["home"],
        }
    )
    return AccessAnswer(
        question=CareQuestion(),
        rows=rows,
        summary=summary,
        facilities=facilities,
        villages=villages,
        referral={
            "mean_minutes": 12.3456,
            "worst_minutes": 40.0,
            "whole": 400.0,
            "without": 30.0,
            "homes": {"H1": 397.0, "H2": 3.0},
        },
        facility_names={"F1": "甲站", "F2": "乙站", "H1": "甲院", "H2": "乙院"},
        provenance=Provenance("synthetic", ("示意数据（种子 7）",)),
        data_date=pd.Timestamp("2024-01-31").date(),
        warnings=("甲站没有填名额。",),
    )


def test_large_counts_stay_and_scores_are_rounded():
    rows = shown_access(made())
    assert rows["served"].tolist() == [40, 60]
    assert rows["mean_access"].tolist() == [0.12346, 0.2]
    assert rows["gini"].tolist() == [0.512, 0.4]


def test_the_end_along_the_streets_is_told_no_finer_than_five_people():
    rows = shown_access(made())
    # 250 people: steps of 2 %, outwards; the end at the villages' points stays as it is.
    assert rows["share_low"].tolist()[0] == 0.18
    assert rows["share_high"].tolist()[0] == 0.2
    summary = shown_access_summary(made())
    assert (summary["share_low"], summary["share_high"]) == (0.267, 0.3)
    assert summary["served_share_high"] > summary["served_share_low"] == 0.2


def test_three_served_are_hidden_with_all_that_would_tell_them():
    rows = shown_access(made(served=(3.0, 60.0)))
    assert rows["served"].tolist() == ["<5", "隐去"]
    assert isinstance(rows["reachable_unserved"].iloc[0], str) or isinstance(
        rows["total"].iloc[0], str
    )
    assert rows["served_share"].isna().all()
    assert rows["mean_access"].isna().all()
    assert rows[["share_low", "served_share_high"]].isna().all(axis=None)
    assert shown_access(made(served=(3.0, 60.0)), full=True)["served"].tolist() == [3, 60]


def test_four_full_up_in_the_county_hide_the_county_shares():
    shown = shown_access_summary(made(unserved=(4.0, 0.0)))
    assert shown["reachable_unserved"] == "<5"
    assert shown["served_share"] is None
    assert shown["served_share_low"] is None
    assert shown["capacity"] == 100


def test_three_in_a_facility_are_hidden_with_what_is_left():
    load = shown_load(made(served=(3.0, 60.0)))
    assert load["filled"].tolist() == ["<5", "隐去"]
    assert load["left"].isna().all()
    assert load["load"].isna().all()


def test_three_people_of_a_home_take_the_next_home_along():
    shown = shown_referral(made())
    assert shown["homes"] == {"H1": "隐去", "H2": "<5"}
    assert (shown["whole"], shown["mean_minutes"]) == (400, 12.3)


def test_two_out_of_the_chain_hide_those_in_it():
    given = made()
    told = {**given.referral, "whole": 398.0, "without": 2.0}
    shown = shown_referral(replace(given, referral=told))
    assert (shown["whole"], shown["without"]) == ("隐去", "<5")
