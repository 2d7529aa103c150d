"""What is kept between questions is used again until something is written, and is never wrong."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest

from layers.analysis import warm as warm_module
from layers.analysis.gaps import gap_answer
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.warm import WarmCare
from tests.layers.analysis.county import CLERK, fill, road, station


def test_the_same_question_is_read_once(store):
    warm = WarmCare(fill(store))
    assert warm.inputs(CareQuestion()) is warm.inputs(CareQuestion())
    assert warm.gaps(CareQuestion()) is warm.gaps(CareQuestion())


def test_a_write_shows_in_the_next_question(store):
    warm = WarmCare(fill(store))
    before = warm.gaps(CareQuestion()).summary["covered"]
    store.put("care_facilities", [station("东站", 1400)], actor=CLERK)
    assert (before, warm.gaps(CareQuestion()).summary["covered"]) == (30, 80)


def test_a_write_while_it_is_read_shows_in_the_next_question(store, monkeypatch):
    fill(store)
    read = warm_module.read_inputs

    def read_and_write(*args, **options):
        found = read(*args, **options)
        monkeypatch.setattr(warm_module, "read_inputs", read)
        store.put("roads", road(0, 500, 1400, 3000, 9000), actor=CLERK)
        return found

    monkeypatch.setattr(warm_module, "read_inputs", read_and_write)
    warm = WarmCare(store)
    lengths_m = [warm.inputs(CareQuestion()).network().length_m.sum() for _ in range(2)]
    assert lengths_m == pytest.approx([3000, 9000], abs=2)


def test_a_write_to_another_layer_changes_nothing_here(store):
    warm = WarmCare(fill(store))
    before = warm.inputs(CareQuestion())
    store.put("place_names", [{"name": "北底村旧址"}], actor=CLERK)
    assert warm.inputs(CareQuestion()) is before


def test_questions_of_other_limits_kinds_and_ages_share_the_roads(store):
    warm = WarmCare(fill(store))
    roads = warm.inputs(CareQuestion()).network()
    for question in (
        CareQuestion(minutes=30),
        CareQuestion(by="village"),
        CareQuestion(direction="from_facility"),
        CareQuestion(kinds=("station",)),
    ):
        assert warm.inputs(question).network() is roads
    assert warm.inputs(CareQuestion(mode="car")).network().mode == "car"


def test_what_is_kept_answers_as_what_is_read_anew(store):
    warm = WarmCare(fill(store, roads=road(0, 500, 1400, 3000, car="forward")))
    for question in (CareQuestion(), CareQuestion(minutes=60, mode="car", by="village")):
        anew = gap_answer(read_inputs(store, question))
        assert warm.gaps(question).rows.equals(anew.rows)
        assert warm.gaps(question).modes == anew.modes


def test_two_who_ask_at_once_have_it_made_once(store):
    warm = WarmCare(fill(store))
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(lambda _: warm.land(CareQuestion()), range(8)))
    assert len({id(land) for land in found}) == 1


def test_the_land_of_all_is_that_of_each_together(store):
    fill(store, care_facilities=[station("西站", 0), station("东站", 3000)])
    land = WarmCare(store).land(CareQuestion())
    assert len(land.each) == 2
    assert land.together.area == pytest.approx(sum(one.area for one in land.each.values()))
