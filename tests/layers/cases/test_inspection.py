"""A joint inspection from the plan to the archive, with paper records alone."""

from __future__ import annotations

from datetime import date

import pytest

from layers.cases import act, cases, due_of, inspection_calendar, open_case
from layers.errors import NotAllowed, Unmet
from tests.layers.cases.conftest import (
    CLERK,
    CLOSING,
    DAY,
    FIELD,
    LINE,
    RECORDS,
    REFS,
    REVIEWER,
    SECOND,
    marker,
    walk,
)

FOUND = {"kind": "F01", "description": "界桩断裂", "marker_id": "m2"}


@pytest.fixture
def field(inspection, county):
    """At the check of the markers."""
    return walk(county, inspection, FIELD)


@pytest.fixture
def signed(field, county):
    """All markers recorded and signed by both."""
    return walk(county, field, RECORDS)


def unmet(call) -> str:
    with pytest.raises(Unmet) as caught:
        call()
    return caught.value.code


def test_inspection_without_findings_ends_archived(signed, county):
    case = walk(county, signed, CLOSING)
    assert case.state == "archived"
    line = county.get("boundary_lines", LINE)
    assert (line["last_inspected_year"], line["lead_code_last"]) == (2024, "140423")
    assert line["next_due"] == date(2029, 12, 31)
    assert set(case.documents) == {"plan", "records", "report"}


def test_layer_of_inspections_shows_the_case(signed, county):
    row = county.get("inspections", signed.id)
    assert (row["line_id"], row["state"], row["plan_from"]) == (
        LINE,
        "records_signed",
        date(2024, 4, 1),
    )


def test_lead_must_be_one_of_the_pair(county):
    data = {"line_id": LINE, "year": 2024, "lead_code": "140429"}
    assert unmet(lambda: open_case(county, "inspection", CLERK, data, on=DAY)) == "lead_swaps"


@pytest.mark.usefixtures("inspection")
def test_line_with_an_open_case_gets_no_second(county):
    data = {"line_id": LINE, "year": 2025, "lead_code": "140423"}
    assert unmet(lambda: open_case(county, "inspection", CLERK, data, on=DAY)) == (
        "line_has_no_open_case"
    )


def test_archived_line_may_be_inspected_again_led_by_the_other(signed, county):
    walk(county, signed, CLOSING)
    data = {"line_id": LINE, "year": 2029}
    again = lambda lead: open_case(  # noqa: E731
        county, "inspection", CLERK, {**data, "lead_code": lead}, on=DAY
    )
    assert unmet(lambda: again("140423")) == "lead_swaps"
    assert again("140430").state == "scheduled"


@pytest.mark.parametrize(
    ("record", "check"),
    [
        (marker(3), "known_marker"),
        (marker(1, refs_checked=REFS[:2]), "three_references"),
        (marker(1, present_b=False), "both_present"),
    ],
)
def test_marker_record_that_does_not_hold_is_refused(field, county, record, check):
    assert unmet(lambda: act(county, field.id, "record_marker", CLERK, record, on=DAY)) == check


def test_marker_recorded_twice_counts_as_last_seen(field, county):
    case = walk(
        county, field, [("record_marker", CLERK, marker(1, state=s)) for s in ("lost", "intact")]
    )
    assert [r["state"] for r in case.data["markers"]] == ["intact"]


def test_records_are_signed_when_every_marker_is_recorded(field, county):
    walk(county, field, RECORDS[:1])
    with pytest.raises(Unmet, match="示-002") as caught:
        walk(county, field, RECORDS[2:])
    assert caught.value.code == "all_markers_recorded"


def test_report_waits_for_an_open_finding(signed, county):
    finding = open_case(county, "finding", CLERK, {**FOUND, "parent_id": signed.id}, on=DAY)
    assert unmet(lambda: act(county, signed.id, "draft_report", CLERK, on=DAY)) == (
        "no_open_finding"
    )
    walk(county, signed, [("rectify", CLERK, {})])
    steps = [
        ("agree", REVIEWER, {"both_sides": "双方现场确认"}),
        ("start_work", CLERK, {"neighbour_present": True}),
        ("finish", CLERK, {"result": "已修复"}),
        ("verify", REVIEWER, {}),
    ]
    assert walk(county, finding, steps).state == "verified"
    assert act(county, signed.id, "draft_report", CLERK, on=DAY).state == "report_draft"


def test_nothing_to_rectify_without_a_finding(signed, county):
    assert unmet(lambda: act(county, signed.id, "rectify", CLERK, on=DAY)) == "has_open_finding"


def test_deferred_finding_does_not_hold_up_the_report(signed, county):
    finding = open_case(county, "finding", CLERK, {**FOUND, "parent_id": signed.id}, on=DAY)
    walk(county, finding, [("defer", REVIEWER, {"reason": "汛期", "until": date(2024, 9, 1)})])
    assert act(county, signed.id, "draft_report", CLERK, on=DAY).state == "report_draft"


def test_work_on_a_marker_needs_the_neighbour(signed, county):
    finding = open_case(county, "finding", CLERK, {**FOUND, "parent_id": signed.id}, on=DAY)
    walk(county, finding, [("agree", REVIEWER, {"both_sides": "双方现场确认"})])
    work = lambda data: act(county, finding.id, "start_work", CLERK, data, on=DAY)  # noqa: E731
    assert unmet(lambda: work({"neighbour_present": False})) == "neighbour_present_for_markers"
    assert work({"neighbour_present": True}).state == "in_work"


def test_finding_of_another_kind_needs_no_neighbour(signed, county):
    data = {"parent_id": signed.id, "kind": "F09", "description": "示意问题"}
    finding = open_case(county, "finding", CLERK, data, on=DAY)
    walk(county, finding, [("agree", REVIEWER, {"both_sides": "双方确认"})])
    assert (
        act(county, finding.id, "start_work", CLERK, {"neighbour_present": False}, on=DAY).state
        == "in_work"
    )


def test_archived_inspection_takes_no_finding(signed, county):
    walk(county, signed, CLOSING)
    data = {**FOUND, "parent_id": signed.id}
    assert unmet(lambda: open_case(county, "finding", CLERK, data, on=DAY)) == "parent_is_open"


def test_layer_of_findings_shows_parent_and_place(signed, county):
    data = {**FOUND, "parent_id": signed.id, "at": {"lon": 113, "lat": 36.5}}
    finding = open_case(county, "finding", CLERK, data, on=DAY)
    row = county.get("findings", finding.id)
    assert (row["inspection_id"], row["line_id"], row["state"]) == (signed.id, LINE, "found")
    assert (row["geometry"].x, row["geometry"].y) == (113, 36.5)


def test_dispute_goes_back_to_where_it_was(signed, county):
    steps = [("dispute", SECOND, {"reason": "走向不一"}), ("resume", SECOND, {})]
    assert walk(county, signed, steps).state == "records_signed"


def test_reviewer_who_agreed_the_plan_may_sign_the_records(field, county):
    # Four eyes compares with the step before alone, and that was a clerk's.
    assert walk(county, field, RECORDS).state == "records_signed"


def test_plan_is_not_agreed_by_a_clerk(inspection, county):
    walk(county, inspection, FIELD[:1])
    with pytest.raises(NotAllowed):
        act(county, inspection.id, "agree_plan", CLERK, FIELD[1][2], on=DAY)


def test_calendar_gives_the_fifth_year_its_reminders_and_whose_turn_it_is(inspection, county):
    (line,) = inspection_calendar(county, on=DAY)
    assert line["due"] == date(2023, 12, 31)
    assert line["reminders"] == [date(2022, 12, 31), date(2023, 6, 30), date(2023, 9, 30)]
    assert line["lead_code"] == "140423"
    assert line["late"]
    assert line["case_id"] == inspection.id


def test_urgent_cases_come_first(inspection, county, name_case):
    assert [case.id for case in cases(county, on=DAY)] == [inspection.id, name_case.id]
    assert [case.id for case in cases(county, on=DAY, due_before=DAY)] == [inspection.id]
    assert cases(county, on=DAY, type="heritage") == []


def test_archived_inspection_says_when_the_next_is_due_and_what_reminds_of_it(signed, county):
    case = walk(county, signed, CLOSING)
    due = {d.what: d for d in due_of(county, case, on=DAY)}
    assert [(d.on.isoformat(), d.done) for d in due.values()] == [
        ("2024-12-31", True),
        ("2028-12-31", False),
        ("2029-06-30", False),
        ("2029-09-30", False),
        ("2029-12-31", False),
    ]
    assert cases(county, on=DAY, due_before=date(2029, 12, 31)) == [case]
    later = date(2029, 2, 1)
    data = {"line_id": LINE, "year": 2029, "lead_code": "140430"}
    open_case(county, "inspection", CLERK, data, on=later)
    due = {d.what: d for d in due_of(county, case, on=later)}
    assert (due["下一轮联检提醒（提前 12 个月）"].late, due["下一轮联检"].done) == (True, False)
    assert all(d.done for what, d in due.items() if what != "下一轮联检")


def test_finding_about_a_marker_of_another_line_is_refused(signed, county):
    data = {**FOUND, "parent_id": signed.id, "marker_id": "m9"}
    assert unmet(lambda: open_case(county, "finding", CLERK, data, on=DAY)) == "marker_on_line"


def test_older_inspection_that_ends_late_does_not_turn_the_line_back(signed, county):
    row = county.get("boundary_lines", LINE)
    newer = {**row, "last_inspected_year": 2029, "lead_code_last": "140430"}
    county.put("boundary_lines", [newer], actor=REVIEWER)
    walk(county, signed, CLOSING)
    row = county.get("boundary_lines", LINE)
    assert (row["last_inspected_year"], row["lead_code_last"]) == (2029, "140430")
