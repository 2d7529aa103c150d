"""A place name from the proposal to the name in force."""

from __future__ import annotations

from datetime import date

import pytest

from layers.cases import act, case_json, due_of, open_case
from layers.errors import InvalidRecord, Unmet
from tests.layers.cases.conftest import CLERK, DAY, NAME, REVIEWER, SECOND, walk

TO_APPROVAL = [
    ("check", CLERK, {}),
    ("consult", CLERK, {"consult_from": DAY, "consult_to": DAY, "summary": "无异议"}),
    ("review", REVIEWER, {"opinion": "同意"}),
    ("submit", CLERK, {"authority": "襄垣县人民政府"}),
    (
        "approve",
        SECOND,
        {
            "authority": "襄垣县人民政府",
            "document_no": "示〔2024〕3号",
            "approved_on": date(2024, 3, 4),
        },
    ),
]
TO_FORCE = [
    *TO_APPROVAL,
    ("file", CLERK, {"filed_on": date(2024, 3, 10)}),
    ("announce", CLERK, {"announced_on": date(2024, 3, 20), "channels": ["县政府网站"]}),
    ("publish", REVIEWER, {}),
]


def test_name_in_force_is_a_standard_place_name(name_case, county):
    case = walk(county, name_case, TO_FORCE)
    row = county.get("place_names", case.data["name_id"])
    assert (row["name"], row["status"], row["approved_on"]) == (
        "建设路",
        "standard",
        date(2024, 3, 4),
    )
    assert set(case.documents) == {"consultation", "application", "filing", "announcement"}


def test_replaced_name_becomes_former(county):
    old = {"name": "旧路", "kind": "street", "division_code": "140423104000"}
    (old_id,) = county.put("place_names", [{**old, "status": "proposed"}], actor=CLERK).ids
    renaming = open_case(county, "place_name", CLERK, {**NAME, "old_name_id": old_id}, on=DAY)
    case = walk(county, renaming, TO_FORCE)
    assert county.get("place_names", old_id)["status"] == "former"
    assert county.get("place_names", case.data["name_id"])["former_names"] == ["旧路"]


def test_deadlines_run_from_approval_and_filing(name_case, county):
    case = walk(county, name_case, TO_APPROVAL)
    (due,) = due_of(county, case, on=date(2024, 3, 19))
    assert (due.what, due.on, due.done, due.late) == ("报送备案", date(2024, 3, 19), False, False)
    assert due_of(county, case, on=date(2024, 3, 20))[0].late
    case = walk(county, case, TO_FORCE[5:6])
    filed, announce = due_of(county, case, on=DAY)
    assert filed.done
    assert announce.on == date(2024, 3, 25)


def test_no_deadline_prints_an_article_that_was_not_seen(name_case, county):
    case = walk(county, name_case, TO_FORCE[:6])
    assert all("条号未核" in due.basis and "第" not in due.basis.replace("第753号", "")
               for due in due_of(county, case, on=DAY))  # fmt: skip


def test_name_with_a_fault_is_not_checked(county):
    case = open_case(county, "place_name", CLERK, {**NAME, "name": "A路"}, on=DAY)
    with pytest.raises(Unmet) as caught:
        act(county, case.id, "check", CLERK, on=DAY)
    assert caught.value.code == "no_error_finding"
    assert "N06" in {finding.code for finding in caught.value.findings}


def test_draft_is_put_right_in_the_check(county):
    case = open_case(county, "place_name", CLERK, {**NAME, "name": "A路"}, on=DAY)
    checked = act(county, case.id, "check", CLERK, {"name": "建设路"}, on=DAY)
    assert (checked.state, checked.title) == ("checked", "建设路")


def test_warning_needs_a_reason_of_its_own(county):
    case = open_case(
        county, "place_name", CLERK, {**NAME, "name": "建设", "pinyin_tone": "Jiànshè"}, on=DAY
    )
    assert any(w.startswith("N08") for w in case_json(county, case, on=DAY)["warnings"])
    with pytest.raises(Unmet, match="N08"):
        act(county, case.id, "check", CLERK, on=DAY)
    checked = act(county, case.id, "check", CLERK, {"reasons": {"N08": "历史沿用"}}, on=DAY)
    assert checked.state == "checked"


def test_filed_before_approved_is_refused(name_case, county):
    walk(county, name_case, TO_APPROVAL)
    with pytest.raises(InvalidRecord, match="批准日期应不晚于备案日期"):
        act(county, name_case.id, "file", CLERK, {"filed_on": date(2024, 3, 1)}, on=DAY)


def test_returned_name_goes_round_again(name_case, county):
    steps = [
        *TO_APPROVAL[:4],
        ("return", SECOND, {"reason": "补含义"}),
        ("revise", CLERK, {"meaning": "新"}),
    ]
    case = walk(county, name_case, steps)
    assert (case.state, case.data["meaning"]) == ("draft", "新")
