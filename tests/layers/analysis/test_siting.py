from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest

from geo.errors import InputError
from layers.analysis.candidates import village_candidates
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.saved_scenarios import is_stale, load_scenario
from layers.analysis.siting import siting_answer
from layers.analysis.siting_cells import (
    save_siting,
    shown_change,
    shown_options,
    shown_rows,
    shown_sites,
    siting_body,
)
from layers.analysis.siting_question import SitingQuestion
from layers.analysis.siting_table import SitingTable
from tests.layers.analysis.county import (
    CLERK,
    FAR,
    NEAR,
    PLACELESS,
    TOWN_A,
    TOWN_B,
    elders,
    fill,
    station,
)


def inputs(store, **asked):
    return read_inputs(store, CareQuestion(**asked))


def answer(store, candidates="villages", *, asked=None, **question):
    return siting_answer(inputs(store, **(asked or {})), SitingQuestion(**question), candidates)


def test_the_new_site_comes_where_people_are_uncovered(store):
    found = answer(fill(store))
    assert found.solution.status == "optimal"
    assert list(found.sites.index) == [FAR]
    site = found.sites.loc[FAR]
    assert (site["name"], site["people"], site["gained"]) == ("远村", 80, 50)
    assert site["place"] == "远村，相距 0 米"
    assert site["township_code"] == TOWN_B
    assert (found.before["covered"], found.after["covered"]) == (30, 80)


def test_before_and_after_stand_by_township(store):
    rows = answer(fill(store)).rows.set_index("code")
    assert rows.loc[TOWN_B, ["total", "before", "after", "gained"]].tolist() == [70, 0, 50, 50]
    assert rows.loc[TOWN_A, ["total", "before", "after", "gained"]].tolist() == [30, 30, 30, 0]
    assert rows.index[0] == TOWN_B


def test_before_is_the_answer_of_gaps(store):
    from layers.analysis.gaps import gap_answer

    read = inputs(fill(store))
    found, gaps = siting_answer(read, SitingQuestion()), gap_answer(read)
    for name in ("total", "covered", "uncovered", "share", "circle_share", "misled"):
        assert found.before[name] == gaps.summary[name]


def test_villages_without_a_place_are_named(store):
    assert answer(fill(store)).unreached == ("无位村",)


def test_equally_good_places_are_all_options(store):
    rows = [elders(NEAR, 30, 2000), elders(FAR, 50, 2100), elders(PLACELESS, 20, None)]
    found = answer(fill(store, elders=rows))
    assert list(found.options["status"]) == ["optimal", "optimal"]
    assert set(found.options["sites"]) == {(NEAR,), (FAR,)}
    assert list(found.options["covered"]) == [80, 80]


def test_a_plan_from_nothing_closes_what_stands(store):
    found = answer(fill(store), existing=False, forbidden=(NEAR,))
    assert found.before["covered"] == 30
    assert found.after["covered"] == 80
    far = answer(fill(store), "nodes", existing=False)
    assert far.solution.open == far.solution.chosen


def test_nodes_that_reach_the_same_people_count_once(store):
    read, question = inputs(fill(store)), SitingQuestion()
    from layers.analysis.candidates import node_candidates

    places = node_candidates(read)
    table = SitingTable.of(read, question, places, read.counted)
    kept = table.without_doubles()
    within = np.isfinite(kept.seconds[[c for c in kept.seconds if c.startswith("node")]])
    assert not within.T.duplicated().any()
    assert len(kept.seconds.columns) < len(table.seconds.columns)


def test_a_forbidden_node_does_not_stand_for_its_neighbours(store):
    found = answer(fill(store), "nodes", forbidden=("node-2",))
    assert "node-2" not in found.solution.chosen


def test_all_models_answer(store):
    fill(store)
    fewest = answer(store, model="lscp")
    assert (fewest.solution.objective, list(fewest.sites.index)) == (1, [FAR])
    nearest = answer(store, model="p_median")
    assert list(nearest.sites.index) == [FAR]
    worst = answer(store, model="p_center")
    assert worst.after["worst_seconds"] < worst.before["worst_seconds"]


def test_a_township_asks_for_its_own_people(store):
    fill(store)
    found = answer(store, model="p_median", township=TOWN_B, existing=False)
    assert list(found.sites.index) == [FAR]
    assert found.solution.objective == 0


def test_of_equally_good_places_the_nearer_one_stands_first(store):
    found = answer(fill(store))
    assert list(found.options["sites"]) == [(FAR,), (NEAR,)]
    assert list(found.options["status"]) == ["optimal", "optimal"]
    assert found.options["mean_seconds"].is_monotonic_increasing


def test_service_that_comes_home_is_asked_the_other_way(store):
    found = answer(fill(store), asked={"direction": "from_facility"})
    assert list(found.sites.index) == [FAR]


def test_an_impossible_minimum_is_no_choice_with_its_reason(store):
    found = answer(fill(store), min_share=0.9)
    assert not found.feasible
    assert "达不到" in found.solution.reason
    assert found.before == found.after
    assert len(found.sites) == len(found.options) == 0
    assert siting_body(found)["status"] == "infeasible"


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"model": "best"}, "unknown_model"),
        ({"p": 0}, "p_invalid"),
        ({"model": "lscp", "min_share": 0.5}, "share_without_mclp"),
    ],
)
def test_a_wrong_question_is_refused(options, code):
    with pytest.raises(InputError) as caught:
        SitingQuestion(**options)
    assert caught.value.code == code


def test_a_candidate_that_stands_already_is_refused(store):
    read = inputs(fill(store))
    with pytest.raises(InputError) as caught:
        siting_answer(read, SitingQuestion(), read.counted.assign(quality=None)[:1])
    assert caught.value.code == "candidate_stands"


def test_unknown_words_for_candidates_are_refused(store):
    with pytest.raises(InputError, match="villages"):
        answer(fill(store), "everywhere")


def test_the_order_of_candidates_changes_nothing(store):
    read = inputs(fill(store))
    places = village_candidates(read)
    plain = siting_answer(read, SitingQuestion(p=2), places)
    mixed = siting_answer(read, SitingQuestion(p=2), gpd.GeoDataFrame(places.iloc[::-1]))
    assert plain.solution.chosen == mixed.solution.chosen
    assert plain.options.equals(mixed.options)


def test_small_counts_are_hidden_and_what_would_tell_them(store):
    rows = [elders(NEAR, 30, 500), elders(FAR, 3, 1400), elders(PLACELESS, 20, None)]
    found = answer(fill(store, elders=rows))
    change = shown_change(found)
    assert change["before"]["covered"] == 30
    assert change["after"]["covered"] == change["after"]["uncovered"] == "隐去"
    assert change["after"]["share"] is None
    assert change["change"]["covered"] == "<5"
    site = shown_sites(found).iloc[0]
    assert (site["people"], site["gained"]) == ("隐去", "<5")
    shown = shown_rows(found).set_index("code")
    assert shown.loc[TOWN_B, "gained"] == "<5"
    assert not isinstance(shown.loc[TOWN_B, "after"], float)
    option = shown_options(found).iloc[0]
    assert option["gained"] == "<5"
    assert np.isnan(option["share"])
    assert siting_body(found)["objective"] is None
    full = shown_change(found, full=True)
    assert full["after"]["covered"] == 33
    assert shown_rows(found, full=True)["gained"].tolist() == [3, 0]


def test_people_who_lose_their_site_are_a_loss(store):
    found = answer(fill(store), existing=False, forbidden=(NEAR,), asked={"minutes": 10})
    shown = shown_rows(found).set_index("code")
    assert shown.loc[TOWN_A, "gained"] == -30
    assert shown.loc[TOWN_B, "gained"] == 50


def test_a_saved_answer_is_stale_once_its_data_move(store):
    read = inputs(fill(store))
    found = siting_answer(read, SitingQuestion())
    made = save_siting(store, found, read, name="甲案", candidates="villages", actor=CLERK)
    kept = load_scenario(store, made)
    assert kept.question["model"] == "mclp"
    assert kept.question["options"]["candidates"] == "villages"
    assert kept.result["chosen"][0]["id"] == FAR
    assert kept.inputs_hash == found.inputs_hash
    assert not is_stale(kept, inputs(store))
    store.put("care_facilities", [station("新站", 1500)], actor=CLERK)
    assert is_stale(kept, inputs(store))


def test_places_from_a_file_are_kept_with_the_question(store):
    read = inputs(fill(store))
    places = village_candidates(read)
    found = siting_answer(read, SitingQuestion(), places)
    made = save_siting(store, found, read, name="甲案", candidates="file", actor=CLERK)
    kept = load_scenario(store, made).question["candidates"]
    assert [one["name"] for one in kept] == ["近村", "远村"]
    assert set(kept[0]) == {"id", "name", "lon", "lat"}


def test_made_up_inputs_are_told(store):
    rows = [elders(FAR, 50, 1400, quality="synthetic")]
    found = answer(fill(store, elders=rows))
    assert found.provenance.notice == "示意数据 非法定"


def test_before_and_after_have_the_ranges_of_gaps(store):
    from layers.analysis.gaps import gap_answer

    read = inputs(fill(store))
    found, gaps = siting_answer(read, SitingQuestion()), gap_answer(read)
    for name in ("share_low", "share_high"):
        assert found.before[name] == gaps.summary[name]
        assert found.after[name] > found.before[name]
    assert found.after["share_low"] <= found.after["share"] <= found.after["share_high"]


def test_a_plan_from_nothing_ranges_over_the_new_sites_alone(store):
    fill(store)
    both = answer(store).after
    alone = answer(store, existing=False, forbidden=(NEAR,)).after
    assert alone["share_high"] <= both["share_high"]
    assert alone["share_low"] <= alone["share"] <= alone["share_high"]


def test_townships_and_options_have_ranges_and_what_is_gained_too(store):
    # 990 m are reached: at 900 m the village is wholly within at its point, in part along its road.
    people = [elders(NEAR, 300, 1900), elders(FAR, 500, 2900), elders(PLACELESS, 20, None)]
    found = answer(fill(store, elders=people), forbidden=(FAR,))
    row = found.rows.set_index("code").loc[TOWN_A]
    assert row["after_share"] == row["after_share_high"] == 1
    assert row["before_share_low"] == row["before_share_high"] == 0
    shown = shown_rows(found).set_index("code").loc[TOWN_A]
    assert shown["gained_low"] <= shown["gained"] == 300 <= shown["gained_high"]
    county = shown_change(found)["change"]
    assert county["covered_high"] >= found.gained_along >= county["covered_low"]
    option = shown_options(found).iloc[0]
    assert option["share_low"] <= option["share"] <= option["share_high"]
    assert (option["gained_low"], option["gained_high"]) == (
        county["covered_low"],
        county["covered_high"],
    )


def test_a_hidden_share_hides_its_range(store):
    rows = [elders(NEAR, 30, 500), elders(FAR, 3, 1400), elders(PLACELESS, 20, None)]
    change = shown_change(answer(fill(store, elders=rows)))
    assert change["after"]["share"] is None
    assert change["after"]["share_low"] is change["after"]["share_high"] is None
    assert change["change"]["covered_low"] is change["change"]["covered_high"] is None
    found = answer(store)
    for shown in (shown_rows(found).set_index("code").loc[TOWN_B], shown_options(found).iloc[0]):
        assert np.isnan(shown["gained_low"])
        assert np.isnan(shown["gained_high"])
