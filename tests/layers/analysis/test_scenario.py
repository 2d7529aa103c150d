"""The county of `county.py`: 30 people at 500 m (covered), 50 at 1,400 m, 20 without a place."""

from __future__ import annotations

import numpy as np
import pytest

from geo.errors import InputError
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.saved_scenarios import is_stale, load_scenario
from layers.analysis.scenario import scenario_answer
from layers.analysis.scenario_cells import save_answer, scenario_body, shown_county, shown_rows
from layers.analysis.scenario_edits import read_edits
from layers.errors import NotFound
from layers.provenance import NOTICE
from layers.store import read_frame
from tests.layers.analysis.county import (
    CLERK,
    FAR,
    NEAR,
    PLACELESS,
    elders,
    fill,
    place,
    road,
    station,
)


def at(east_m, north_m=0.0):
    """A place as JSON has it."""
    spot = place(east_m, north_m)
    return {"lon": spot.x, "lat": spot.y}


def line(*stops):
    return [[place(*stop).x, place(*stop).y] for stop in stops]


def answer(store, question=None, **edits):
    inputs = read_inputs(store, question or CareQuestion())
    return scenario_answer(inputs, read_edits(edits), read_frame(store, "care_facilities"))


def test_a_new_facility_covers_those_round_it(store):
    found = answer(fill(store), candidates=[at(1500)])
    assert (found.before["covered"], found.after["covered"]) == (30, 80)
    assert (found.gained, found.lost) == (50, 0)
    row = found.rows.iloc[0]
    assert (row["name"], row["covered_before"], row["covered_after"]) == ("乙镇", 0, 50)
    assert (row["gained"], row["lost"], row["change"]) == (50, 0, 50)
    assert found.facilities[0].name == "新设施1"


def test_every_unit_has_a_row_and_the_rows_add_up(store):
    found = answer(fill(store), candidates=[at(1500)])
    assert found.rows["name"].tolist() == ["乙镇", "甲镇"]
    for name in ("total", "covered", "uncovered", "misled"):
        for when, summary in (("before", found.before), ("after", found.after)):
            column = name if name == "total" else f"{name}_{when}"
            assert found.rows[column].sum() == summary[name]
    assert (
        found.rows["change"] == found.rows["covered_after"] - found.rows["covered_before"]
    ).all()


def test_both_shares_have_their_range_with_people_along_the_streets(store):
    """Of NEAR's 10 pieces of 99 m 3 are within 330 m of the station, of FAR's 6 of the new one."""
    people = [elders(NEAR, 30, 500), elders(FAR, 50, 1500), elders(PLACELESS, 20, None)]
    fill(store, elders=people, roads=road(0, 2970))
    found = answer(store, CareQuestion(minutes=5), candidates=[at(1500)])
    before = [found.before[name] for name in ("share", "share_low", "share_high")]
    after = [found.after[name] for name in ("share", "share_low", "share_high")]
    assert before == pytest.approx([0, 0, 0.3 * 0.3])
    assert after == pytest.approx([0.5, 0.3 * 0.3 + 0.5 * 0.6, 0.5])
    rows = found.rows.set_index("name")
    assert rows.loc["甲镇", "share_high_after"] == pytest.approx(0.3)
    shown = shown_county(found)
    assert (shown["share_low_after"], shown["share_high_after"]) == (0.35, 0.5)
    assert scenario_body(found)["before"]["share_high"] == 0.1


def test_a_planned_facility_opens_by_its_name_and_a_closed_one_is_lost(store):
    rows = [station("西站", 0), station("侯堡中心", 1500, kind="planned", status="planned")]
    fill(store, care_facilities=rows)
    found = answer(store, candidates=[{"id": "侯堡中心"}], removed=["西站"])
    assert (found.gained, found.lost) == (50, 30)
    assert [(one.kind, one.name) for one in found.facilities] == [
        ("closed", "西站"),
        ("opened", "侯堡中心"),
    ]


def test_a_moved_facility_serves_from_its_new_place(store):
    found = answer(fill(store), moved=[{"id": "西站", **at(1400)}])
    assert (found.gained, found.lost) == (50, 0)
    near = found.villages[found.villages["village_code"] == NEAR].iloc[0]
    assert near["seconds_before"] == pytest.approx(500 / 1.1, rel=1e-4)
    assert near["seconds_after"] == pytest.approx(900 / 1.1, rel=1e-4)


def test_a_closed_road_cuts_off_who_lives_behind_it(store):
    found = answer(fill(store), roads={"closed": ["1-0"]})
    assert (found.before["covered"], found.after["covered"]) == (30, 0)
    assert found.roads[0].roads == ("1-0",)
    assert np.isinf(found.after["worst"]["seconds"])


def test_a_slowed_road_takes_longer_for_everybody_on_it(store):
    found = answer(fill(store), roads={"slowed": [{"road": "1-0", "factor": 0.5}]})
    seconds = found.villages.set_index("village_code")["seconds_after"]
    assert seconds[NEAR] == pytest.approx(1000 / 1.1, rel=1e-4)
    assert found.lost == 30


def test_a_new_road_is_a_short_cut_for_a_village_off_the_road(store):
    rows = [elders(NEAR, 30, 500), elders(FAR, 50, None, geometry=place(0, 900))]
    loop = road(0, 500, 1400) + road(
        0, 1, way_id=2, u=2, v=9, geometry=_line(place(1400), place(1400, 900), place(0, 900))
    )
    fill(store, elders=rows, roads=loop)
    found = answer(store, roads={"added": [line((0, 0), (0, 890))]})
    assert (found.gained, found.lost) == (50, 0)
    assert found.roads[0].joined == 2


def _line(*spots):
    import shapely

    return shapely.LineString(spots)


def test_dead_ends_and_crossings_are_told(store):
    found = answer(
        fill(store), roads={"added": [line((500, 0), (500, 300), (900, 300), (900, -300))]}
    )
    assert any("断头路" in said for said in found.warnings)
    assert any("跨过 1 条道路" in said for said in found.warnings)


def test_a_candidate_far_from_roads_serves_nobody_and_is_told(store):
    found = answer(fill(store), candidates=[{**at(1400, 900), "name": "山上"}])
    assert found.gained == 0
    assert any("山上" in said for said in found.warnings)


def test_stored_roads_and_facilities_stay(store):
    fill(store)
    head = store.head()
    answer(store, candidates=[at(1500)], removed=["西站"], roads={"closed": ["1-1"]})
    assert store.head() == head


@pytest.mark.parametrize(
    ("edits", "code"),
    [
        ({"roads": {"closed": ["9-9"]}}, "unknown_road"),
        ({"candidates": [{"id": "西站"}]}, "facility_serves"),
        ({"candidates": [{"id": "没建"}]}, "facility_placeless"),
        ({"removed": ["西站", "西站"]}, "facility_twice"),
        ({"removed": ["同名"]}, "facility_ambiguous"),
    ],
)
def test_what_does_not_fit_is_refused(store, edits, code):
    rows = [
        station("西站", 0),
        station("没建", None, status="planned"),
        station("同名", 100, kind="community_centre"),
        station("同名", 200),
    ]
    fill(store, care_facilities=rows)
    with pytest.raises(InputError) as refused:
        answer(store, **edits)
    assert refused.value.code == code


@pytest.mark.parametrize("edits", [{"removed": ["东站"]}, {"moved": [{"id": "东站", **at(0)}]}])
def test_a_facility_that_does_not_serve_is_named(store, edits):
    with pytest.raises(NotFound, match="东站") as refused:
        answer(fill(store), **edits)
    assert refused.value.code == "unknown_facility"


def test_small_counts_and_small_changes_are_hidden(store):
    rows = [elders(NEAR, 30, 500), elders(FAR, 3, 1400), elders("140423101203", 40, 2900)]
    found = answer(fill(store, elders=rows), candidates=[at(1500)])
    told = shown_rows(found).set_index("name").loc["乙镇"]
    assert told["gained"] == told["change"] == "<5"
    assert "隐去" in (told["covered_after"], told["uncovered_after"], told["covered_before"]) or (
        told["covered_after"] == "<5"
    )
    assert np.isnan(told["share_after"])
    assert shown_county(found)["gained"] == "<5"
    assert not isinstance(shown_county(found)["covered_after"], float)
    assert shown_rows(found, full=True).set_index("name").loc["乙镇", "gained"] == 3
    assert 3 not in [value for row in scenario_body(found)["rows"] for value in row.values()]


def test_a_saved_answer_comes_back_and_hides_small_counts(store):
    rows = [elders(NEAR, 30, 500), elders(FAR, 3, 1400)]
    fill(store, elders=rows, care_facilities=[station("西站", 0, quality="synthetic")])
    found = answer(store, candidates=[at(1500)])
    inputs = read_inputs(store, CareQuestion())
    made = save_answer(store, found, inputs, name="东边一处", actor=CLERK)
    kept = load_scenario(store, made)
    assert kept.result["gained"] == "<5"
    assert kept.question["edits"] == {"candidates": [at(1500)]}
    assert kept.provenance.notice == NOTICE
    assert not is_stale(kept, read_inputs(store, kept.care_question))


def test_the_answer_says_what_it_is_made_from(store):
    found = answer(fill(store), candidates=[at(1500)])
    assert "方案中设想的改动" in found.provenance.sources
    assert len(found.inputs_hash) == 64
