"""The study on a county worked out by hand, and on the sample county."""

from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.analysis.saved_scenarios import is_stale, load_scenario
from layers.analysis.study import houbao_study, save_study
from layers.errors import NotFound
from tests.layers.analysis.county import CLERK, division, station
from tests.layers.analysis.houbao import HOUBAO, fill_houbao, people, plan


@pytest.fixture
def study(store):
    return houbao_study(fill_houbao(store))


def test_the_site_serves_both_villages_and_stands_between_them(study):
    assert study.site["gained"] == 100
    assert study.siting.before["covered"] == 30
    assert study.siting.after["covered"] == 130
    assert study.site["id"] == "node-5"  # at 3,400 m: 40 people walk 800 m, 60 live there
    assert study.subject == "侯堡镇中心"
    assert study.township == "侯堡镇"


def test_the_next_best_are_shown_and_measured_from_the_site(study):
    assert list(study.options["rank"]) == list(range(1, len(study.options) + 1))
    assert study.options["gained"].tolist() == [100, 60]  # one that gains nobody is no option
    assert study.options["gained"].is_monotonic_decreasing
    assert study.options["distance_m"].iloc[0] == 0


def test_the_registered_place_is_judged_alike(study):
    row = study.registered.iloc[0]
    assert (row["id"], row["gained"]) == ("P1", 0)
    assert row["distance_m"] == pytest.approx(2600, abs=0.5)


def test_three_models_stand_side_by_side(study):
    assert list(study.models["model"]) == ["mclp", "p_median", "p_center"]
    assert (study.models["gained"] <= 100).all()


def test_modes_bands_and_evenness_are_before_and_after(study):
    assert list(study.modes["mode"]) == ["walk", "etrike", "car"]
    assert (study.modes["after"] >= study.modes["before"]).all()
    assert list(study.bands["band"]) == ["age60", "age70", "age80", "disabled"]
    before, after = study.access.itertuples()
    assert after.access > before.access
    assert after.gini < before.gini
    assert (before.without, after.without) == (100, 0)


def test_along_the_streets_the_total_moves_too(study):
    town = study.siting.rows.set_index("code").loc[HOUBAO]
    assert town["after_share_high"] > town["before_share_high"]
    for table in (study.modes, study.bands):
        assert (table["after_along"] >= table["before_along"] - 1e-9).all()
        assert (table["after_along"] <= table["total"] + 1e-9).all()
    assert study.options["gained_along"].iloc[0] > 0


def test_the_rival_is_another_option(study):
    assert study.rival in set(study.options["id"]) - {study.site["id"]}
    assert study.steadiest in set(study.options["id"])
    assert study.robustness.chosen == study.site["id"]


def test_quality_counts_the_rows_that_were_read(study):
    rows = study.quality.set_index("layer")
    assert rows.loc["roads", ["rows", "approximate", "synthetic"]].tolist() == [7, 7, 0]
    assert study.provenance.notice == ""


def test_the_picture_has_sites_reach_and_both_states(study):
    picture = study.picture
    assert set(picture.sites["role"]) == {"chosen", "alternative", "registered"}
    assert list(picture.reach["mode"]) == ["car", "etrike", "walk"]
    assert picture.before["covered"] == 30
    assert picture.summary["covered"] == 130
    assert picture.demand["gained"].sum() == 2
    assert picture.reach["people"].iloc[2] == 100


def test_the_same_store_gives_the_same_study(store):
    fill_houbao(store)
    first, again = houbao_study(store), houbao_study(store)
    assert first.options.equals(again.options)
    assert first.robustness.found.summary.equals(again.robustness.found.summary)
    assert first.inputs_hash == again.inputs_hash
    assert first.picture.data_hash == again.picture.data_hash


def test_another_seed_moves_only_the_noise(store):
    fill_houbao(store)
    first, other = houbao_study(store), houbao_study(store, seed=8)
    assert first.options.equals(other.options)
    assert not first.robustness.found.summary.equals(other.robustness.found.summary)


def test_a_kept_study_is_known_and_makes_no_event_twice(store, study):
    numbers = {"options": [{"gained": 100}]}
    scenario = save_study(store, study, numbers=numbers, actor=CLERK)
    seq = store.head().seq
    assert save_study(store, study, numbers=numbers, actor=CLERK) == scenario
    assert store.head().seq == seq
    saved = load_scenario(store, "侯堡镇中心选址研究")
    assert saved.inputs_hash == study.inputs_hash
    assert saved.result["version"] == study.version
    assert not is_stale(saved, study.inputs)
    assert houbao_study(store).inputs_hash == study.inputs_hash


def test_a_changed_count_makes_the_kept_study_stale(store, study):
    save_study(store, study, numbers={}, actor=CLERK)
    store.put("elders", people(30, 40, 61), actor=CLERK)
    again = houbao_study(store)
    assert is_stale(load_scenario(store, "侯堡镇中心选址研究"), again.inputs)


def test_progress_is_told_from_start_to_end(store):
    told = []
    houbao_study(fill_houbao(store), on_progress=lambda share, words: told.append((share, words)))
    shares = [share for share, _ in told]
    assert shares == sorted(shares)
    assert all(words for _, words in told)


def test_without_a_plan_the_subject_has_its_usual_name(store):
    study = houbao_study(fill_houbao(store, care_facilities=[station("西站", 0)]))
    assert study.subject == "侯堡镇智慧康养综合服务中心"
    assert study.registered.empty


def test_where_everybody_is_served_there_is_nothing_to_study(store):
    served = [station("西站", 0), station("东站", 3000)]
    with pytest.raises(NotFound, match="无需比选") as caught:
        houbao_study(fill_houbao(store, care_facilities=served))
    assert caught.value.code == "no_gain"


def test_a_store_without_the_township_is_refused(store):
    other = [division("140423000000", "襄垣县", "county")]
    with pytest.raises(NotFound, match="140423102000"):
        houbao_study(fill_houbao(store, divisions=other, elders=[
            {**row, "village_code": row["village_code"].replace("102", "101", 1)}
            for row in people(30, 40, 60)
        ]))  # fmt: skip


def test_a_store_without_roads_is_refused(store):
    with pytest.raises(NotFound) as caught:
        houbao_study(fill_houbao(store, roads=[]))
    assert caught.value.code == "no_roads"


def test_minutes_must_be_minutes(store):
    with pytest.raises(InputError, match="分钟"):
        houbao_study(fill_houbao(store), minutes=0)


def test_a_planned_place_without_a_point_is_left_out(store):
    facilities = [station("西站", 0), {**plan(), "geometry": None}]
    assert houbao_study(fill_houbao(store, care_facilities=facilities)).registered.empty
