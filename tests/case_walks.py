"""Cases walked to their documents, for the tests of every room: on paper alone, and with places."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import shapely

from layers.cases import act, open_case
from layers.cases.criteria import criteria
from tests.layers.cases.conftest import (
    CLERK,
    DAY,
    FIELD,
    LINE,
    NAME,
    PLANNER,
    REVIEWER,
    SECOND,
    walk,
)

if TYPE_CHECKING:
    from layers.cases import Case
    from layers.store import Store

__all__ = [
    "fill_county",
    "fill_street",
    "walked_inspection",
    "walked_name",
    "walked_nomination",
    "walked_siting",
]

_EAST, _NORTH = 112.90, 36.70


def fill_county(store: Store, *, markers: int = 2, placed: bool = False) -> None:
    """Put one line with its markers and a township into a store, with or without any place."""
    shape = shapely.LineString([(_EAST, _NORTH), (_EAST + 0.02 * markers, _NORTH + 0.03)])
    line: dict[str, Any] = {
        "name": "襄垣县-沁县",
        "code_a": "140423",
        "code_b": "140430",
        "last_inspected_year": 2018,
        "lead_code_last": "140430",
        "quality": "approximate",
        "geometry": shape if placed else None,
    }
    store.put("boundary_lines", [line], actor=CLERK)
    rows = []
    for n in range(1, markers + 1):
        at = shapely.Point(_EAST + 0.02 * n, _NORTH + 0.01)
        row: dict[str, Any] = {
            "id": f"m{n}",
            "number": f"示-{n:03d}",
            "line_ids": [LINE],
            "kind": "single",
            "quality": "approximate",
            "geometry": at if placed else None,
        }
        if placed:
            row["refs"] = [
                {"name": f"示意方位物{k}", "grid_azimuth_deg": 40.5 * k, "distance_m": 10.0 + k}
                for k in (1, 2, 3)
            ]
        rows.append(row)
    store.put("boundary_markers", rows, actor=CLERK)
    town = {
        "code": "140423104000", "name": "虒亭镇", "level": "township", "kind": "township",
        "parent_code": "140423000000", "legal": True, "quality": "approximate",
        "geometry": shapely.box(112.8, 36.6, 112.9, 36.7) if placed else None,
    }  # fmt: skip
    county = {
        "code": "140423000000", "name": "襄垣县", "level": "county", "kind": "county",
        "legal": True, "quality": "approximate",
        "geometry": shapely.box(112.7, 36.4, 113.2, 36.71) if placed else None,
    }  # fmt: skip
    store.put("divisions", [county, town], actor=CLERK)


def walked_inspection(store: Store, *, finding: bool = True) -> Case:
    """Walk an inspection to its signed report, with a finding that was dealt with."""
    data = {"line_id": LINE, "year": 2024, "lead_code": "140423"}
    case = walk(store, open_case(store, "inspection", CLERK, data, on=DAY), FIELD)
    numbers = [row["id"] for row in store.find("boundary_markers")]
    for n, marker_id in enumerate(sorted(numbers), start=1):
        record = {
            "marker_id": marker_id,
            "state": "damaged" if n == 1 else "intact",
            "refs_checked": [
                {"name": f"示意方位物{k}", **({"distance_m": 99.5} if k == 1 else {})}
                for k in (1, 2, 3)
            ],
            "present_a": True,
            "present_b": True,
        }
        act(store, case.id, "record_marker", CLERK, record, on=date(2024, 3, min(1 + n, 15)))
    if finding:
        found = {
            "parent_id": case.id, "kind": "F01", "description": "棱角缺损", "marker_id": "m1",
        }  # fmt: skip
        child = open_case(store, "finding", CLERK, found, on=DAY)
    later = date(2024, 3, 20)
    signed = {"signed_a_on": later, "signed_b_on": date(2024, 3, 21)}
    act(store, case.id, "sign_records", REVIEWER, signed, on=later)
    if finding:
        for action, actor, data in (
            ("agree", REVIEWER, {"both_sides": "双方现场确认"}),
            ("start_work", CLERK, {"neighbour_present": True}),
            ("finish", CLERK, {"result": "已修补"}),
            ("verify", REVIEWER, {}),
        ):
            act(store, child.id, action, actor, data, on=later)
    act(store, case.id, "draft_report", CLERK, {"suggestions": "加强巡查。"}, on=later)
    return act(
        store, case.id, "sign_report", REVIEWER, {**signed, "signed_a_on": date(2024, 4, 1)},
        on=date(2024, 4, 2),
    )  # fmt: skip


def walked_name(store: Store, **more: object) -> Case:
    """Walk a new name to its announcement."""
    case = open_case(store, "place_name", CLERK, {**NAME, **more}, on=DAY)
    steps = [
        ("check", CLERK, {}),
        ("consult", CLERK, {"consult_from": DAY, "consult_to": DAY, "summary": "无异议"}),
        ("review", REVIEWER, {"opinion": "同意"}),
        ("submit", CLERK, {"authority": "襄垣县人民政府"}),
        ("approve", SECOND, {"authority": "襄垣县人民政府", "document_no": "示〔2024〕3号",
                             "approved_on": DAY}),
        ("file", CLERK, {"filed_on": DAY}),
        ("announce", CLERK, {"announced_on": DAY, "channels": ["网站", "公告栏"]}),
    ]  # fmt: skip
    return walk(store, case, steps)


def walked_nomination(store: Store) -> Case:
    """Walk a nomination to where it is submitted."""
    data = {"name": "虒亭镇", "kind": "town1000", "division_code": "140423104000"}
    case = open_case(store, "heritage", CLERK, {**data, "name_since_year": 500}, on=DAY)
    evidence = [
        ("add_evidence", CLERK,
         {"criterion": key, "evidence_kind": "gazetteer", "citation": f"示意县志卷{n}"})
        for n, key in enumerate(criteria("town1000").titles, start=1)
    ]  # fmt: skip
    points = {"age": 30, "continuity": 20, "content": 15.5, "fabric": 10, "renown": 5}
    return walk(
        store,
        case,
        [*evidence, ("score", REVIEWER, {"points": points}),
         ("submit", CLERK, {"authority": "山西省民政厅"})],
    )  # fmt: skip


def fill_street(store: Store) -> None:
    """Put a street of 2 km with a station at one end and three villages into a store."""
    places = [(113.0, 36.5), (113.011, 36.5), (113.022, 36.5)]
    road = {"u": 1, "v": 2, "way_id": 1, "piece": 0, "highway": "residential"}
    about = {"quality": "approximate"}
    store.put("roads", [{**road, **about, "geometry": shapely.LineString(places)}], actor=CLERK)
    station = {"id": "s", "name": "示意驿站", "kind": "station", **about}
    store.put("care_facilities", [{**station, "geometry": shapely.Point(places[0])}], actor=CLERK)
    rows = [
        {"village_code": f"14042310000{n}", "year": 2020, "population": 900, "age60": people,
         "geometry": shapely.Point(place), **about}
        for n, (place, people) in enumerate(zip(places, (50, 20, 90), strict=True), start=1)
    ]  # fmt: skip
    store.put("elders", rows, actor=CLERK)


def walked_siting(store: Store) -> Case:
    """Walk a siting case on the street to where its answer is adopted."""
    data = {"title": "示意街选址", "question": {"model": "mclp", "p": 1}}
    case = open_case(store, "siting", PLANNER, data, on=DAY)
    steps = [
        ("compute", PLANNER, {}),
        ("review", REVIEWER, {"opinion": "同意"}),
        ("adopt", SECOND, {}),
    ]
    return walk(store, case, steps)
