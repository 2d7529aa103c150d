from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
import pytest

from geo.errors import InputError
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.saved_scenarios import (
    inputs_hash,
    is_stale,
    load_scenario,
    plain_json,
    save_scenario,
    saved_scenarios,
)
from layers.errors import Conflict, InvalidRecord, NotFound
from tests.layers.analysis.county import CLERK, NEAR, elders, fill, place, station

QUESTION = {"model": "mclp", "p": 1}


def save(store, name="甲案", *, question=QUESTION, result=None, asked=None, **changes):
    inputs = read_inputs(store, asked or CareQuestion())
    return save_scenario(
        store,
        name=name,
        question=question,
        result=result or {"covered": 30},
        inputs=inputs,
        geometry=changes.get("geometry"),
        actor=CLERK,
        reason=changes.get("reason", ""),
    )


def test_a_saved_scenario_comes_back_whole(store):
    made = save(fill(store), geometry=place(1400), reason="会上要看")
    found = load_scenario(store, made)
    assert (found.name, found.result) == ("甲案", {"covered": 30})
    assert found.question["model"] == "mclp"
    assert found.question["demand_field"] == "age60"
    assert found.geometry == place(1400)
    assert store.history("siting_scenarios", made)[0].reason == "会上要看"


def test_a_scenario_is_found_by_its_name_too(store):
    made = save(fill(store))
    assert load_scenario(store, "甲案").id == made


def test_the_care_question_comes_back_as_it_was_asked(store):
    asked = CareQuestion(
        minutes=30, mode="car", age="80", by="village", kinds=("station",), as_of=date(2024, 1, 1)
    )
    rows = [elders(NEAR, 30, 500, age80=9)]
    made = save(fill(store, elders=rows), asked=asked)
    assert load_scenario(store, made).care_question == asked


def test_a_scenario_is_fresh_after_it_was_saved(store):
    made = save(fill(store))
    assert not is_stale(load_scenario(store, made), read_inputs(store, CareQuestion()))


def test_a_new_facility_makes_it_stale(store):
    made = save(fill(store))
    store.put("care_facilities", [station("东站", 3000)], actor=CLERK)
    assert is_stale(load_scenario(store, made), read_inputs(store, CareQuestion()))


def test_another_version_of_the_program_makes_it_stale(store, monkeypatch):
    made = save(fill(store))
    monkeypatch.setattr("layers.analysis.saved_scenarios.version", lambda _: "9.9.9")
    assert is_stale(load_scenario(store, made), read_inputs(store, CareQuestion()))


def test_the_hash_is_one_of_the_schema_and_depends_on_the_question(store):
    fill(store)
    walk = inputs_hash(read_inputs(store, CareQuestion()))
    assert len(walk) == 64
    assert walk == inputs_hash(read_inputs(store, CareQuestion()))
    other = CareQuestion(kinds=("station", "nursing_home"))
    assert walk == inputs_hash(read_inputs(store, other))  # the same rows


def test_the_same_name_again_is_a_new_version_and_an_equal_one_is_none(store):
    made = save(fill(store))
    assert save(store) == made
    assert load_scenario(store, made).version == 1
    assert save(store, result={"covered": 31}) == made
    assert load_scenario(store, made).version == 2
    assert len(list(saved_scenarios(store))) == 1


def test_a_siting_does_not_overwrite_a_scenario_of_the_same_name(store):
    save(fill(store))
    with pytest.raises(Conflict, match="甲案") as refused:
        save(store, question={"model": "scenario"})
    assert refused.value.code == "name_taken"
    assert save(store, question={"model": "lscp"}) == load_scenario(store, "甲案").id


def test_a_plan_is_at_best_approximate_and_synthetic_inputs_stay_so(store):
    made = save(fill(store, care_facilities=[station("西站", 0, quality="synthetic")]))
    assert load_scenario(store, made).provenance.notice


@pytest.mark.parametrize("name", ["", "  "])
def test_a_scenario_without_a_name_is_refused(store, name):
    with pytest.raises(InputError) as refused:
        save(fill(store), name=name)
    assert refused.value.code == "name_missing"


def test_an_unknown_model_is_refused(store):
    with pytest.raises(InvalidRecord, match="guess"):
        save(fill(store), question={"model": "guess"})


def test_an_unknown_scenario_is_named(store):
    with pytest.raises(NotFound, match="乙案") as refused:
        load_scenario(fill(store), "乙案")
    assert refused.value.code == "unknown_scenario"


def test_a_store_that_never_saved_one_has_none(store):
    assert list(saved_scenarios(store)) == []


def test_plain_json_leaves_out_what_is_missing():
    value = {
        "a": np.float64(2.0),
        "b": float("nan"),
        "c": [1.5, None, np.inf],
        "d": pd.DataFrame({"x": [1, 2], "y": ["p", None]}),
        "e": date(2024, 6, 30),
        "f": (np.int64(3), pd.NA),
    }
    assert plain_json(value) == {
        "a": 2,
        "c": [1.5, "", ""],
        "d": [{"x": 1, "y": "p"}, {"x": 2}],
        "e": "2024-06-30",
        "f": [3, ""],
    }
