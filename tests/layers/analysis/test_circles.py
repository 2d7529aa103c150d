from __future__ import annotations

import pytest

from layers.analysis.circles import circles_answer, dissolved_circles
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from tests.layers.analysis.county import fill, station


def test_each_circle_bears_its_facility_and_its_limit(store):
    answer = circles_answer(read_inputs(fill(store), CareQuestion()), (5, 15))
    assert list(answer.each["name"]) == ["西站", "西站"]
    assert list(answer.each["minutes"]) == [5, 15]
    assert list(answer.each["reached_m"]) == pytest.approx([330, 990], abs=0.5)


def test_the_dissolved_circle_is_one_row_a_limit(store):
    rows = [station("西站", 0), station("东站", 3000)]
    circle = dissolved_circles(read_inputs(fill(store, care_facilities=rows), CareQuestion()))
    assert len(circle) == 1
    assert circle.crs.to_epsg() == 4490


def test_planned_facilities_draw_no_circle(store):
    rows = [station("西站", 0), station("规划", 3000, status="planned")]
    answer = circles_answer(read_inputs(fill(store, care_facilities=rows), CareQuestion()))
    assert list(answer.each["name"]) == ["西站"]
