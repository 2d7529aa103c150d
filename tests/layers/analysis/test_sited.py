"""What proposed sites change, and the picture of a scenario."""

from __future__ import annotations

import pytest

from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.saved_scenarios import save_scenario
from layers.analysis.sited import siting_picture, with_sites
from layers.analysis.sited_scenario import scenario_picture
from layers.analysis.siting_picture import sites_frame
from layers.errors import NotFound
from tests.layers.analysis.county import CLERK, place, station
from tests.layers.analysis.houbao import HOUBAO, fill_houbao, plan

ASKED = CareQuestion()


def site(east_m=3000, role="chosen", name="推荐站址"):
    return sites_frame(
        [
            {
                "id": "N1",
                "name": name,
                "place": "",
                "role": role,
                "rank": 1,
                "gained": 1.0,
                "geometry": place(east_m),
            }
        ]
    )


@pytest.fixture
def inputs(store):
    return read_inputs(fill_houbao(store), ASKED)


def test_an_open_site_counts_and_the_inputs_stay(inputs):
    opened = with_sites(inputs, site())
    assert "N1" in opened.counted.index
    assert len(opened.counted) == len(inputs.counted) + 1
    assert "N1" not in inputs.facilities.index


def test_a_site_with_a_facilitys_id_takes_its_place(inputs):
    moved = site().rename(index={"N1": inputs.counted.index[0]})
    opened = with_sites(inputs, moved)
    assert len(opened.counted) == len(inputs.counted)


def test_no_site_changes_nothing(inputs):
    assert len(with_sites(inputs, site().iloc[:0]).counted) == len(inputs.counted)


def test_a_chosen_site_is_open_in_the_picture(inputs):
    found = siting_picture(inputs, subject="中心", sites=site(), focus=[HOUBAO])
    assert found.before["covered"] == 30
    assert found.summary["covered"] == 130
    after = {"total": 130, "covered": 130, "share": 1.0, "share_low": 1.0, "share_high": 1.0}
    assert found.focus_after == after
    assert (found.gained, found.gained_along) == (100, pytest.approx(100))
    assert list(found.gaps["uncovered"]) == [0]


def test_a_site_that_is_only_registered_changes_nothing_but_is_drawn(inputs):
    found = siting_picture(inputs, subject="中心", sites=site(role="registered"))
    assert found.summary == found.before
    assert found.reach["people"].iloc[-1] == 100
    assert found.reach["people_along"].iloc[-1] == pytest.approx(100)
    assert found.chosen.empty


def test_moving_a_site_changes_the_hash_of_what_is_drawn(inputs):
    here, there, again = (
        siting_picture(inputs, subject="中心", sites=site(east_m)).data_hash
        for east_m in (3000, 3400, 3000)
    )
    assert here == again
    assert here != there


def test_without_a_scenario_the_plan_is_shown(store):
    picture, warnings = scenario_picture(fill_houbao(store), ASKED)
    assert picture.subject == "侯堡镇中心"
    assert list(picture.sites["role"]) == ["registered"]
    assert list(picture.focus["code"]) == [HOUBAO]
    assert warnings == ()


def test_nothing_planned_and_no_scenario_is_refused(store):
    fill_houbao(store, care_facilities=[station("西站", 0)])
    with pytest.raises(NotFound) as caught:
        scenario_picture(store, ASKED)
    assert caught.value.code == "no_sites"


def test_a_scenario_without_a_place_is_refused(store):
    inputs = read_inputs(fill_houbao(store), ASKED)
    save_scenario(
        store, name="改路", question={"model": "scenario"}, result={}, inputs=inputs,
        geometry=None, actor=CLERK,
    )  # fmt: skip
    with pytest.raises(NotFound, match="没有选出位置"):
        scenario_picture(store, ASKED, "改路")


def test_a_scenario_is_drawn_with_its_own_question(store):
    own = CareQuestion(minutes=10)
    inputs = read_inputs(fill_houbao(store), own)
    save_scenario(
        store, name="甲案", question={"model": "mclp"}, result={}, inputs=inputs,
        geometry=place(3400), actor=CLERK,
    )  # fmt: skip
    picture, _ = scenario_picture(store, ASKED, "甲案")
    assert picture.question.minutes == 10
    assert picture.chosen["gained"].tolist() == [60]
    assert 0 < picture.chosen["gained_along"].iloc[0] <= 100
    assert picture.summary["covered"] == 90
    assert "村2旁（0 米）" in set(picture.sites["place"])


def test_data_that_moved_make_the_scenario_stale(store):
    inputs = read_inputs(fill_houbao(store), ASKED)
    save_scenario(
        store, name="甲案", question={"model": "mclp"}, result={}, inputs=inputs,
        geometry=place(3400), actor=CLERK,
    )  # fmt: skip
    store.put("care_facilities", [station("东站", 4200), plan()], actor=CLERK)
    _, warnings = scenario_picture(store, ASKED, "甲案")
    assert "已有变化" in warnings[0]
