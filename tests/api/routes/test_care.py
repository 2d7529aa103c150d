"""Nearest services, circles and what-if over HTTP, on the sample county."""

from __future__ import annotations

import pytest

from layers.privacy import SMALLEST_SHOWN
from layers.provenance import NOTICE

AT = "113.02,36.53"
HERE = {"lon": 113.02, "lat": 36.53}


def problem(answer, status):
    assert answer.status_code == status
    return answer.json()["code"]


def test_the_nearest_services_come_with_minutes_and_the_way(served):
    body = served.get(f"/api/nearest?at={AT}&limit=1").json()
    assert body["at"] == [113.02, 36.53]
    kinds = [hit["facility"]["kind"] for hit in body["hits"]]
    assert len(kinds) == len(set(kinds)) >= 4
    for hit in body["hits"]:
        assert set(hit["seconds"]) == {"60", "80"}
        if hit["way"] is None:
            assert hit["seconds"]["60"] is None
        else:
            assert hit["way"]["coordinates"][0] == pytest.approx(body["at"])
            assert hit["seconds"]["60"] == pytest.approx(hit["length_m"] / 1.1, rel=1e-6)
            assert hit["straight_m"] <= hit["length_m"] + 1
    assert (body["quality"], body["notice"]) == ("synthetic", NOTICE)


def test_a_place_of_a_web_map_is_moved_and_said_to_be_approximate(served):
    plain = served.get(f"/api/nearest?at={AT}").json()
    moved = served.get(f"/api/nearest?at={AT}&from=gcj02").json()
    assert (plain["converted"], moved["converted"]) == (False, True)
    assert 0.001 < plain["at"][0] - moved["at"][0] < 0.01
    circle = served.get(f"/api/circle?at={AT}&from=gcj02").json()
    assert (circle["converted"], circle["at"]) == (True, moved["at"])


def test_only_the_named_kinds_are_looked_for(served):
    body = served.get(f"/api/nearest?at={AT}&kind=rural_daycare,station").json()
    assert {hit["facility"]["kind"] for hit in body["hits"]} == {"rural_daycare", "station"}
    assert problem(served.get(f"/api/nearest?at={AT}&kind=bank"), 400) == "bad_parameter"


@pytest.mark.parametrize(
    "query",
    ["", "at=113", "at=36.53,200", "at=113,36,1", "at=113,36&mode=bus", "at=nan,36", "at=1,2&x=1"],
)
def test_a_question_that_is_none_is_refused(served, query):
    assert served.get(f"/api/nearest?{query}").status_code == 400


def test_circles_grow_with_their_limit_and_count_people(served):
    body = served.get(f"/api/circle?at={AT}&minutes=15,5,30", role="planner").json()
    told = [feature["properties"] for feature in body["features"]]
    assert [one["minutes"] for one in told] == [5, 15, 30]
    for name in ("area_m2", "reached_m"):
        assert told[0][name] < told[1][name] < told[2][name]
    assert told[0]["elders"]["age60"] <= told[2]["elders"]["age60"]
    assert body["quality"] == "synthetic"


def test_small_counts_are_for_planners_alone(served):
    query = "/api/circle?minutes=1,2,3,5,8,15"
    for feature in served.get("/ogc/collections/elders/items?limit=12", role="planner").json()[
        "features"
    ]:
        lon, lat = feature["geometry"]["coordinates"]
        full = served.get(f"{query}&at={lon},{lat}", role="planner").json()["features"]
        seen = served.get(f"{query}&at={lon},{lat}").json()["features"]
        for whole, shown in zip(full, seen, strict=True):
            for band, count in whole["properties"]["elders"].items():
                small = 0 < count < SMALLEST_SHOWN
                assert shown["properties"]["elders"][band] == (None if small else count)


def test_a_circle_can_be_asked_of_a_facility(served):
    facility = served.get("/ogc/collections/care_facilities/items?limit=1").json()["features"][0]
    lon, lat = facility["geometry"]["coordinates"]
    of_it = served.get("/api/circle", params={"facility": facility["id"]}).json()
    of_place = served.get(f"/api/circle?at={lon},{lat}").json()
    assert of_it["features"] == of_place["features"]
    assert problem(served.get("/api/circle?facility=none"), 404) == "not_found"
    assert problem(served.get("/api/circle"), 400) == "bad_parameter"
    assert problem(served.get(f"/api/circle?at={AT}&facility=x"), 400) == "bad_parameter"


def test_a_candidate_changes_the_county(served):
    body = served.post("/api/whatif", role="planner", json={"candidates": [HERE]}).json()
    gained = body["after"]["covered"] - body["before"]["covered"]
    assert gained > 0
    assert sum(row["covered_after"] - row["covered_before"] for row in body["rows"]) == gained
    assert body["gained"]["type"] in {"Polygon", "MultiPolygon"}
    assert body["lost"] is None
    assert "方案中设想的改动" in body["source"]


def test_a_facility_that_goes_is_missed(served):
    query = "/ogc/collections/care_facilities/items?kind=station&limit=1"
    station = served.get(query).json()["features"][0]["id"]
    body = served.post("/api/whatif", role="reviewer", json={"removed": [station]}).json()
    assert body["after"]["covered"] <= body["before"]["covered"]
    assert body["lost"] is not None


@pytest.mark.parametrize(
    ("asked", "status", "code"),
    [
        ({"candidates": [{"lon": 200, "lat": 1}]}, 422, "invalid_body"),
        ({"candidates": [HERE] * 21}, 422, "invalid_body"),
        ({"minutes": 0}, 422, "invalid_body"),
        ({"kind": ["bank"]}, 400, "bad_parameter"),
        ({"removed": ["none"]}, 400, "unknown_facility"),
        ({"roads": {"closed": ["none"]}}, 400, "unknown_road"),
        ({"roads": {"added": [{"type": "Point"}]}}, 400, "edits_invalid"),
        ({"where": 1}, 422, "invalid_body"),
    ],
)
def test_a_change_that_cannot_be_made_is_refused(served, asked, status, code):
    assert problem(served.post("/api/whatif", role="planner", json=asked), status) == code


def test_gaps_are_ranked_and_small_counts_are_for_planners(served):
    seen = served.get("/api/gaps").json()
    full = served.get("/api/gaps", role="planner").json()
    assert len(seen["rows"]) == len(full["rows"]) == 9
    assert [row["name"] for row in seen["rows"]] == [row["name"] for row in full["rows"]]
    assert full["summary"]["total"] == sum(row["total"] for row in full["rows"])
    assert set(seen["modes"]) == {"walk", "etrike", "car"}
    hidden = served.get("/api/gaps?by=village&age=disabled").json()["rows"]
    assert any(row.get("suppressed") for row in hidden)
    assert not any(
        r.get("suppressed")
        for r in served.get("/api/gaps?by=village&age=disabled", role="planner").json()["rows"]
    )


def test_gaps_come_as_a_workbook_too(served):
    answer = served.get("/api/gaps?f=xlsx")
    assert answer.headers["content-disposition"] == 'attachment; filename="gaps.xlsx"'
    assert answer.content[:2] == b"PK"


def test_gaps_of_a_year_that_was_not_counted_are_not_found(served):
    answer = served.get("/api/gaps?year=1999")
    assert problem(answer, 404) == "no_year"
    assert "2020" in answer.json()["detail"]
    newest = served.get("/api/gaps").json()["summary"]
    assert served.get("/api/gaps?year=2020").json()["summary"] == newest
