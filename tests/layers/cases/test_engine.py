"""The engine, whatever the workflow: what is refused changes nothing, what is done is an event."""

from __future__ import annotations

import threading
from datetime import date

import pytest

from layers.cases import (
    act,
    actions,
    case,
    case_json,
    cases,
    cases_json,
    history,
    open_case,
    record_past_case,
)
from layers.errors import Conflict, InvalidRecord, NotAllowed, NotFound, StaleVersion, Unmet
from layers.store import Actor, open_store
from layers.verify import verify
from tests.layers.cases.conftest import CLERK, DAY, FIELD, LINE, NAME, PLAN, REVIEWER, SECOND, walk


def refused(error, call):
    with pytest.raises(error) as caught:
        call()
    return caught.value.code


def test_opening_is_the_first_event_of_a_case(inspection, county):
    (step,) = history(county, inspection.id)
    assert (step["action"], step["from"], step["to"]) == ("open", None, "scheduled")
    assert step["on"] == "2024-03-01"
    assert step["hash"] == county.head("cases").hash


def test_each_step_is_one_event_with_its_business_day(inspection, county):
    act(county, inspection.id, "draft_plan", CLERK, PLAN, on=date(2024, 3, 5))
    first, second = history(county, inspection.id)
    assert (second["from"], second["to"], second["on"]) == ("scheduled", "plan_draft", "2024-03-05")
    assert second["data"]["members_b"] == ["沁县民政局"]
    assert second["seq"] > first["seq"]


def test_role_is_asked_before_state(inspection, county):
    # A reviewer may never file a plan; that it is too early for filing does not matter.
    call = lambda: act(county, inspection.id, "file_plan", REVIEWER, on=DAY)  # noqa: E731
    assert refused(NotAllowed, call) == "role"


def test_state_is_asked_before_data(inspection, county):
    call = lambda: act(county, inspection.id, "file_plan", CLERK, {"what": 1}, on=DAY)  # noqa: E731
    assert refused(Conflict, call) == "state"


def test_data_are_asked_before_checks(county):
    call = lambda: open_case(  # noqa: E731
        county, "inspection", CLERK, {"line_id": "000000-000001", "year": 2024}, on=DAY
    )
    assert refused(InvalidRecord, call) == "case_data"


def test_every_missing_field_is_named(inspection, county):
    with pytest.raises(InvalidRecord) as caught:
        act(county, inspection.id, "draft_plan", CLERK, {"plan_from": "2024.4.1"}, on=DAY)
    assert [(f.field, f.code) for f in caught.value.findings] == [
        ("plan_from", "I04"),
        ("plan_to", "I03"),
        ("members_a", "I03"),
        ("members_b", "I03"),
    ]


def test_unknown_field_is_refused_with_those_that_fit(inspection, county):
    with pytest.raises(InvalidRecord, match="plan_from、plan_to、members_a、members_b"):
        act(county, inspection.id, "draft_plan", CLERK, {**PLAN, "planned": True}, on=DAY)


def test_days_in_the_wrong_order_are_refused(inspection, county):
    wrong = {**PLAN, "plan_to": date(2024, 3, 1)}
    with pytest.raises(InvalidRecord, match="计划开始应不晚于计划结束"):
        act(county, inspection.id, "draft_plan", CLERK, wrong, on=DAY)


def test_unknown_action_names_the_known_ones(inspection, county):
    with pytest.raises(InvalidRecord, match="draft_plan（拟订实施方案）") as caught:
        act(county, inspection.id, "publish", CLERK, on=DAY)
    assert caught.value.code == "unknown_action"


def test_unknown_case_is_told(county):
    assert refused(NotFound, lambda: act(county, "x", "draft_plan", CLERK, on=DAY)) == (
        "unknown_case"
    )


def test_unknown_type_is_told(county):
    assert refused(NotFound, lambda: open_case(county, "x", CLERK, on=DAY)) == "unknown_workflow"


def test_day_before_the_last_step_is_refused(inspection, county):
    call = lambda: act(  # noqa: E731
        county, inspection.id, "draft_plan", CLERK, PLAN, on=date(2024, 2, 29)
    )
    assert refused(InvalidRecord, call) == "on_before_last"


def test_refused_step_changes_nothing(inspection, county):
    before = county.head()
    for data in ({}, {**PLAN, "plan_to": "2023-01-01"}):
        with pytest.raises(InvalidRecord):
            act(county, inspection.id, "draft_plan", CLERK, data, on=DAY)
    assert county.head() == before
    assert case(county, inspection.id) == inspection


def test_refused_opening_leaves_no_case(county):
    before = county.head()
    data = {"line_id": LINE, "year": 2024, "lead_code": "140430"}  # it led the last time
    assert refused(Unmet, lambda: open_case(county, "inspection", CLERK, data, on=DAY)) == (
        "lead_swaps"
    )
    assert county.head() == before


def test_reviewer_does_not_review_the_own_step(name_case, county):
    steps = [
        ("check", CLERK, {}),
        ("consult", CLERK, {"consult_from": DAY, "consult_to": DAY, "summary": "无异议"}),
        ("review", REVIEWER, {"opinion": "同意"}),
    ]
    walk(county, name_case, steps)
    call = lambda: act(county, name_case.id, "return", REVIEWER, {"reason": "补"}, on=DAY)  # noqa: E731
    assert refused(NotAllowed, call) == "four_eyes"
    assert act(county, name_case.id, "return", SECOND, {"reason": "补"}, on=DAY).state == "returned"


def test_who_paused_a_case_may_resume_it(inspection, county):
    walk(county, inspection, [("suspend", REVIEWER, {"reason": "汛期"})])
    assert act(county, inspection.id, "resume", REVIEWER, on=DAY).state == "scheduled"


def test_paused_case_cannot_be_paused_again(inspection, county):
    walk(county, inspection, [("suspend", REVIEWER, {"reason": "汛期"})])
    call = lambda: act(county, inspection.id, "suspend", SECOND, {"reason": "又"}, on=DAY)  # noqa: E731
    assert refused(Conflict, call) == "state"


def test_admin_and_auditor_may_do_nothing(inspection, county):
    for role in ("admin", "auditor", "planner"):
        assert actions(county, inspection.id, Actor("某岗", role)) == []
        with pytest.raises(NotAllowed):
            act(county, inspection.id, "draft_plan", Actor("某岗", role), PLAN, on=DAY)


def test_actions_are_those_of_state_and_role(inspection, county):
    assert [a["action"] for a in actions(county, inspection.id, CLERK)] == ["draft_plan"]
    assert [a["action"] for a in actions(county, inspection.id, REVIEWER)] == ["suspend"]


def test_needs_are_a_json_schema_of_the_step(inspection, county):
    (action,) = actions(county, inspection.id, CLERK)
    needs = action["needs"]
    assert needs["required"] == ["plan_from", "plan_to", "members_a", "members_b"]
    assert needs["properties"]["plan_from"] == {
        "title": "计划开始",
        "type": "string",
        "format": "date",
    }


def test_old_version_is_told_who_was_first(inspection, county):
    act(county, inspection.id, "draft_plan", CLERK, PLAN, on=DAY, version=1)
    with pytest.raises(StaleVersion, match="经办甲"):
        act(county, inspection.id, "suspend", REVIEWER, {"reason": "x"}, on=DAY, version=1)


def test_of_two_at_once_one_wins_and_the_other_is_told(inspection, county, store_url):
    together = threading.Barrier(2)
    told: list[object] = []

    def draft(name: str) -> None:
        with open_store(store_url, min_free_mb=0) as own:
            together.wait()
            try:
                told.append(act(own, inspection.id, "draft_plan", Actor(name), PLAN, on=DAY))
            except Conflict as error:
                told.append(error.code)

    threads = [threading.Thread(target=draft, args=(name,)) for name in ("甲", "乙")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(str(getattr(one, "state", one)) for one in told) == ["plan_draft", "state"]
    assert len(history(county, inspection.id)) == 2


def test_a_moved_case_verifies(inspection, county, store_url):
    walk(county, inspection, [("draft_plan", CLERK, PLAN)])
    county.close()
    assert verify(store_url).ok


def test_text_of_several_lines_is_kept(county):
    case = open_case(county, "place_name", CLERK, {**NAME, "meaning": "一\n二"}, on=DAY)
    assert case.data["meaning"] == "一\n二"


def test_role_is_asked_before_version_and_version_before_state(inspection, county):
    walk(county, inspection, [("draft_plan", CLERK, PLAN)])
    old = lambda actor: act(  # noqa: E731
        county, inspection.id, "draft_plan", actor, PLAN, on=DAY, version=1
    )
    assert refused(NotAllowed, lambda: old(REVIEWER)) == "role"
    assert refused(StaleVersion, lambda: old(CLERK)) == "stale_version"


def test_action_says_beforehand_what_still_stands_against_it(inspection, county):
    walk(county, inspection, FIELD)
    offered = {one["action"]: one["warnings"] for one in actions(county, inspection.id, REVIEWER)}
    assert offered["sign_records"] == ["还有 2 座界桩没有登记：示-001、示-002。"]
    assert offered["suspend"] == []


def test_what_the_opening_brought_is_not_overwritten_by_a_later_reason(name_case, county):
    walk(county, name_case, [("check", CLERK, {}), ("return", REVIEWER, {"reason": "补含义"})])
    assert case(county, name_case.id).data["reason"] == NAME["reason"]
    assert history(county, name_case.id)[-1]["data"] == {"reason": "补含义"}


def test_what_a_case_is_about_cannot_be_changed_by_a_later_step(name_case, county):
    walk(county, name_case, [("check", CLERK, {})])
    data = {"consult_from": DAY, "consult_to": DAY, "summary": "无", "old_name_id": "x"}
    call = lambda: act(county, name_case.id, "consult", CLERK, data, on=DAY)  # noqa: E731
    assert refused(InvalidRecord, call) == "case_data"


def test_child_is_not_opened_before_its_parent(inspection, county):
    data = {"parent_id": inspection.id, "kind": "F09", "description": "示意"}
    call = lambda: open_case(county, "finding", CLERK, data, on=date(2024, 2, 1))  # noqa: E731
    assert refused(InvalidRecord, call) == "on_before_last"


def test_past_case_of_which_little_is_known_is_told_too(county):
    past = record_past_case(
        county, "heritage", REVIEWER, {"name": "某镇"}, state="listed", on=DAY, reason="旧档"
    )
    assert [one.title for one in cases(county, on=DAY)] == ["某镇"]
    assert case_json(county, past, on=DAY)["closed"]


def test_many_cases_are_told_as_each_is_alone(inspection, name_case, county):
    data = {"parent_id": inspection.id, "kind": "F09", "description": "示意"}
    finding = open_case(county, "finding", CLERK, data, on=DAY)
    found = cases(county, on=DAY)
    bodies = cases_json(county, found, on=DAY)
    assert bodies == [case_json(county, one, on=DAY) for one in found]
    assert {b["id"]: b["children"] for b in bodies} == {
        inspection.id: [finding.id], name_case.id: [], finding.id: []
    }  # fmt: skip


def test_passed_deadline_is_a_warning_of_the_case(inspection, county):
    assert case_json(county, inspection, on=DAY)["warnings"] == [
        "本轮联检的期限 2023-12-31 已过，请尽快办理。"
    ]


def test_blanks_and_case_make_no_second_person(inspection, county):
    walk(county, inspection, [("draft_plan", CLERK, PLAN), ("suspend", REVIEWER, {"reason": "汛"})])
    walk(county, inspection, [("resume", Actor("Shen", "reviewer"), {})])
    call = lambda: act(  # noqa: E731
        county, inspection.id, "suspend", Actor(" shen ", "reviewer"), {"reason": "汛"}, on=DAY
    )
    assert refused(NotAllowed, call) == "four_eyes"


@pytest.mark.parametrize("number", ["110101199001011234", "13812341234"])
def test_persons_number_is_refused_and_not_repeated(name_case, county, number):
    data = {"consult_from": DAY, "consult_to": DAY, "summary": f"电话 {number}"}
    walk(county, name_case, [("check", CLERK, {})])
    with pytest.raises(InvalidRecord, match="不收个人信息") as caught:
        act(county, name_case.id, "consult", CLERK, data, on=DAY)
    assert caught.value.findings[0].code == "I18"
    assert number not in str(caught.value)
    assert caught.value.findings[0].value is None
