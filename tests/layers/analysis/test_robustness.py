"""The county of `county.py` and two places for a station: beside the far village, and behind it."""

from __future__ import annotations

import geopandas as gpd
import pytest

from geo.errors import InputError
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.robustness import robustness_answer, robustness_body, shown_robustness
from layers.analysis.saved_scenarios import plain_json
from tests.layers.analysis.county import FAR, NEAR, elders, fill, place

SITES = gpd.GeoDataFrame(index=["far", "end"], geometry=[place(1500), place(2300)], crs=4490)
OPTIONS = {"远村旁": ["far"], "东头": ["end"]}


def answer(store, question=None, **changes):
    inputs = read_inputs(store, question or CareQuestion())
    return robustness_answer(inputs, SITES, OPTIONS, **{"draws": 20} | changes)


def test_the_nearer_site_is_first_and_loses_where_everybody_rides(store):
    found = answer(fill(store)).found
    # A quarter of an hour is 990 m at 1.1 m/s, 720 m at 0.8 and 450 m at 0.5.
    assert found.worlds.loc[("speed", "walk 1.1")].tolist() == [80, 80]
    assert found.worlds.loc[("speed", "walk 0.8")].tolist() == [80, 30]
    assert found.worlds.loc[("speed", "walk 0.5")].tolist() == [50, 0]
    assert found.worlds.loc[("mode", "car 1.1")].tolist() == [80, 80]
    share = found.summary["first_share"]
    assert share[("speed", "远村旁")] == 1
    assert share[("speed", "东头")] == 0.25 * 2
    assert found.summary.loc[("speed", "东头"), "worst_lost"] == 50


def test_each_counted_facility_fails_in_turn(store):
    found = answer(fill(store))
    (facility,) = found.facilities
    assert found.facilities[facility] == "西站"
    assert found.found.worlds.loc[("failure", facility)].tolist() == [50, 50]


def test_service_that_comes_home_counts_too(store):
    found = answer(fill(store), CareQuestion(direction="from_facility")).found
    assert found.worlds.loc[("asked", "walk 1.1")].tolist() == [80, 80]


def test_small_counts_are_hidden_in_the_table(store):
    fill(store, elders=[elders(NEAR, 30, 500), elders(FAR, 3, 1400)])
    found = answer(store)
    lost = shown_robustness(found).set_index(["family", "option"])["worst_lost"]
    assert lost[("speed", "东头")] == "<5"
    assert lost[("speed", "远村旁")] == 0
    assert shown_robustness(found, full=True)["worst_lost"].max() >= 3


def test_the_body_is_plain_and_the_same_each_time(store):
    fill(store)
    body = plain_json(robustness_body(answer(store)))
    assert body == plain_json(robustness_body(answer(store)))
    assert body["chosen"] == "远村旁"
    assert body["first_share"]["asked"] == 1
    assert {row["title"] for row in body["rows"]} >= {"步速变化", "人数波动"}


def test_progress_is_told(store):
    told = []
    answer(fill(store), on_progress=lambda share, words: told.append((share, words)))
    assert len(told) == 12
    assert told[0] == (0, "稳健性：步行 1.1 米/秒")


def test_a_site_that_stands_already_is_refused(store):
    inputs = read_inputs(fill(store), CareQuestion())
    standing = SITES.set_axis([inputs.counted.index[0], "end"])
    with pytest.raises(InputError):
        robustness_answer(inputs, standing, {"x": ["end"]})
