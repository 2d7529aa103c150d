"""The county of `county.py`: 30 people at 500 m, 50 at 1,400 m, 20 without a place."""

from __future__ import annotations

import pytest

from layers.analysis.circle_at import circle_at
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from tests.layers.analysis.county import FAR, NEAR, elders, fill, place


def test_people_within_are_those_whose_village_is_reached_in_time(store):
    answer = circle_at(read_inputs(fill(store), CareQuestion()), place(0), minutes=(30, 10, 5))
    assert answer.circles["minutes"].tolist() == [5, 10, 30]
    assert answer.elders["age60"].tolist() == [0, 30, 80]
    assert answer.circles["area_m2"].is_monotonic_increasing


def test_every_band_is_counted_within_the_same_circle(store):
    rows = [
        elders(NEAR, 30, 500, age70=20, age80=7, disabled=2),
        elders(FAR, 50, 1400, age70=1, age80=1, disabled=1),
    ]
    answer = circle_at(read_inputs(fill(store, elders=rows), CareQuestion()), place(0))
    assert answer.elders.iloc[0].to_dict() == {"age60": 30, "age70": 20, "age80": 7, "disabled": 2}


def test_a_slower_band_comes_less_far(store):
    inputs = read_inputs(fill(store), CareQuestion())
    slow = read_inputs(store, CareQuestion(age="60", minutes=15, mode="car"))
    area = circle_at(inputs, place(0)).circles["area_m2"][0]
    assert circle_at(slow, place(0)).circles["area_m2"][0] > area


def test_a_place_off_the_roads_serves_nobody(store):
    answer = circle_at(read_inputs(fill(store), CareQuestion()), place(0, 2000))
    assert answer.circles["area_m2"].tolist() == [0]
    assert answer.elders["age60"].tolist() == [0]
    assert answer.circles["reached_m"].tolist() == pytest.approx([0])
