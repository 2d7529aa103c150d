"""A siting case: computed from stored rows, stale when they move, adopted with open eyes."""

from __future__ import annotations

import pytest
import shapely

from layers.cases import act, open_case
from layers.errors import InvalidRecord, NotFound, Unmet
from tests.layers.cases.conftest import CLERK, DAY, PLANNER, REVIEWER, SECOND, walk

QUESTION = {"model": "mclp", "p": 1, "minutes": 15, "mode": "walk", "age": "60"}


@pytest.fixture
def street(store):
    """Three villages on one street of 2 km, a station at its west end."""
    west, middle, east = (113.0, 36.5), (113.011, 36.5), (113.022, 36.5)
    road = {"u": 1, "v": 2, "way_id": 1, "piece": 0, "highway": "residential"}
    store.put(
        "roads", [{**road, "geometry": shapely.LineString([west, middle, east])}], actor=CLERK
    )
    station = {"id": "s", "name": "示意驿站", "kind": "station", "geometry": shapely.Point(west)}
    store.put("care_facilities", [station], actor=CLERK)
    villages = zip(
        ("140423100001", "140423100002", "140423100003"),
        (west, middle, east),
        (50, 20, 90),
        strict=True,
    )
    rows = [
        {
            "village_code": code,
            "year": 2020,
            "population": 900,
            "age60": n,
            "geometry": shapely.Point(place),
        }
        for code, place, n in villages
    ]
    store.put("elders", rows, actor=CLERK)
    return store


@pytest.fixture
def case(street):
    return open_case(street, "siting", PLANNER, {"title": "示意选址", "question": QUESTION}, on=DAY)


COMPUTED = [("compute", PLANNER, {}), ("review", REVIEWER, {"opinion": "同意"})]


def test_computed_case_holds_the_best_site_and_what_it_changes(case, street):
    computed = walk(street, case, COMPUTED[:1])
    result = computed.data["result"]
    assert [site["id"] for site in result["chosen"]] == ["140423100003"]
    assert (result["before"]["covered"], result["after"]["covered"]) == (70, 160)


def test_adopted_answer_is_a_saved_scenario(case, street):
    adopted = walk(street, case, [*COMPUTED, ("adopt", SECOND, {})])
    row = street.get("siting_scenarios", adopted.data["scenario_id"])
    assert (row["name"], row["inputs_hash"]) == ("示意选址", adopted.data["inputs_hash"])
    assert row["geometry"].geoms[0].x == 113.022


def test_answer_is_stale_once_a_facility_moved(case, street):
    walk(street, case, COMPUTED)
    row = street.get("care_facilities", "s")
    street.put("care_facilities", [{**row, "geometry": shapely.Point(113.02, 36.5)}], actor=CLERK)
    with pytest.raises(Unmet) as caught:
        act(street, case.id, "adopt", SECOND, on=DAY)
    assert caught.value.code == "stale"
    again = [("revise", PLANNER, {}), *COMPUTED, ("adopt", SECOND, {})]
    assert walk(street, case, again).state == "adopted"


def test_synthetic_inputs_must_be_acknowledged(case, street):
    row = street.get("care_facilities", "s")
    street.put("care_facilities", [{**row, "quality": "synthetic"}], actor=CLERK)
    walk(street, case, COMPUTED)
    with pytest.raises(Unmet) as caught:
        act(street, case.id, "adopt", SECOND, on=DAY)
    assert caught.value.code == "synthetic_acknowledged"
    data = {"acknowledge_synthetic": True}
    assert act(street, case.id, "adopt", SECOND, data, on=DAY).state == "adopted"


def test_candidates_may_be_points_of_the_question(street):
    asked = {**QUESTION, "candidates": [{"lon": 113.02, "lat": 36.5}, {"lon": 113.0, "lat": 36.5}]}
    case = open_case(street, "siting", PLANNER, {"title": "点", "question": asked}, on=DAY)
    result = walk(street, case, COMPUTED[:1]).data["result"]
    assert [site["id"] for site in result["chosen"]] == ["1"]


def test_a_budget_and_the_prices_of_points_are_asked_about(street):
    east, middle = {"lon": 113.022, "lat": 36.5}, {"lon": 113.02, "lat": 36.5}
    points = [{**east, "investment_yuan": 900}, {**middle, "investment_yuan": 400}]
    asked = {**QUESTION, "candidates": points, "options": {"budget": 500}}
    del asked["p"]
    case = open_case(street, "siting", PLANNER, {"title": "省", "question": asked}, on=DAY)
    result = walk(street, case, COMPUTED[:1]).data["result"]
    assert [site["id"] for site in result["chosen"]] == ["2"]
    assert result["cost"] == 400


def test_places_and_the_price_of_having_none_are_asked_about(street):
    row = street.get("care_facilities", "s")
    street.put("care_facilities", [{**row, "day_places": 40}], actor=CLERK)
    asked = {
        **QUESTION,
        "model": "p_median",
        "candidates": [
            {"lon": 113.022, "lat": 36.5, "capacity": 60},
            {"lon": 113.011, "lat": 36.5},
        ],
        "options": {"places": 10, "unserved_minutes": 15},
    }
    case = open_case(street, "siting", PLANNER, {"title": "床", "question": asked}, on=DAY)
    result = walk(street, case, COMPUTED[:1]).data["result"]
    assert [site["id"] for site in result["chosen"]] == ["1"]
    placed = result["places"]
    assert (placed["before"]["served"], placed["after"]["served"]) == (40, 100)
    assert placed["sites"] == [{"id": "1", "places": 60, "filled": 60}]


def test_question_of_another_model_is_refused_at_opening(street):
    data = {"title": "错", "question": {**QUESTION, "model": "guess"}}
    with pytest.raises(InvalidRecord) as caught:
        open_case(street, "siting", PLANNER, data, on=DAY)
    assert caught.value.findings[0].field == "question"


def test_county_without_roads_cannot_be_computed(county):
    case = open_case(county, "siting", PLANNER, {"title": "无路", "question": QUESTION}, on=DAY)
    with pytest.raises(NotFound) as caught:
        act(county, case.id, "compute", PLANNER, on=DAY)
    assert caught.value.code == "no_roads"
