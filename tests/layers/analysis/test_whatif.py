"""The county of `county.py`: 30 people at 500 m (covered), 50 at 1,400 m, 20 without a place."""

from __future__ import annotations

import pytest
import shapely

from geo.errors import InputError
from geo.road_edits import read_road_edits
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.scenario import scenario_answer
from layers.analysis.scenario_edits import read_edits
from layers.analysis.warm import WarmCare
from layers.analysis.whatif import whatif_report
from layers.store import read_frame
from tests.layers.analysis.county import fill, place, station


def report(store, question=None, *, at=(), **changes):
    spots = [(place(east).x, place(east).y) for east in at]
    asked = question or CareQuestion()
    return whatif_report(WarmCare(store), asked, candidates=spots, **changes)


def test_a_candidate_covers_those_round_it_and_serves_new_land(store):
    found = report(fill(store), at=[1500])
    assert (found.before["covered"], found.after["covered"]) == (30, 80)
    assert found.before["total"] == 100
    assert found.rows[["name", "covered_before", "covered_after"]].values.tolist() == [
        ["乙镇", 0, 50]
    ]
    assert shapely.contains(found.gained, place(1500))
    assert found.lost is None


def test_a_facility_that_closes_leaves_its_people_and_its_land(store):
    fill(store, care_facilities=[station("西站", 0), station("东站", 1500)])
    west = store.find("care_facilities")[0]["id"]
    found = report(store, removed=[west])
    assert (found.before["covered"], found.after["covered"]) == (80, 50)
    assert found.gained is None
    assert shapely.contains(found.lost, place(1))
    assert not shapely.contains(found.lost, place(1400))


def test_a_closed_road_is_answered_as_the_scenario_answers_it(store):
    fill(store)
    edits = {"closed": [{"road": "1-0"}]}
    found = report(store, roads=read_road_edits(edits))
    slow = scenario_answer(
        read_inputs(store, CareQuestion()),
        read_edits({"roads": edits}),
        read_frame(store, "care_facilities"),
    )
    for name in ("covered", "total", "share"):
        assert found.after[name] == slow.after[name]
        assert found.before[name] == slow.before[name]
    assert found.after["worst"] == slow.after["worst"]
    assert found.gained is None
    assert found.lost is not None


def test_nothing_changed_changes_nothing(store):
    found = report(fill(store))
    assert found.before == found.after
    assert found.rows.empty
    assert (found.gained, found.lost) == (None, None)


def test_what_is_imagined_says_so(store):
    assert "方案中设想的改动" in report(fill(store), at=[100]).provenance.sources


def test_an_unknown_facility_cannot_close(store):
    fill(store)
    for roads in (None, read_road_edits({"closed": [{"road": "1-0"}]})):
        with pytest.raises(InputError) as caught:
            report(store, removed=["没有"], roads=roads)
        assert caught.value.code == "unknown_facility"
