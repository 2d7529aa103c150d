"""A place name from the proposal to the name in force."""

from __future__ import annotations

from datetime import date

import pytest
import shapely

from layers.cases import act, case_json, due_of, open_case
from layers.errors import InvalidRecord, Unmet
from layers.names import check_name, search
from layers.store import Query
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


OLD = {"name": "旧路", "kind": "street", "division_code": "140423104000"}
REGISTER = "旧地名册"


@pytest.fixture
def in_use(county):
    """A name in use since 2020, with a place."""
    row = {
        **OLD,
        "status": "standard",
        "pinyin_tone": "Jiù Lù",
        "valid_from": date(2020, 1, 1),
        "geometry": shapely.Point(113, 36.5),
        "place_code": "14042310412100000001",
        "quality": "synthetic",
    }
    return county.put("place_names", [row], actor=REVIEWER, reason=REGISTER).ids[0]


def names_of(county, day):
    return [(row["name"], row["status"]) for row in county.find("place_names", Query(at=day))]


def test_renaming_tells_each_day_its_own_name(county, in_use):
    renaming = open_case(county, "place_name", CLERK, {**NAME, "old_name_id": in_use}, on=DAY)
    case = walk(county, renaming, TO_FORCE)
    assert names_of(county, date(2024, 2, 29)) == [("旧路", "former")]
    assert names_of(county, DAY) == [("建设路", "standard")]
    row = county.get("place_names", case.data["name_id"])
    # The place stays where it was, and is no better known than before.
    assert (row["geometry"].x, row["place_code"]) == (113, "14042310412100000001")
    assert row["quality"] == "synthetic"


def test_renamed_place_is_found_by_both_names(county, in_use):
    renaming = open_case(county, "place_name", CLERK, {**NAME, "old_name_id": in_use}, on=DAY)
    case = walk(county, renaming, TO_FORCE)
    new = search(county, "建设路")["hits"][0]
    assert (new["id"], new["match"], new["status"]) == (case.data["name_id"], "exact", "current")
    hits = search(county, "旧路")["hits"]
    assert {(hit["name"], hit["status"], hit["match"]) for hit in hits} == {
        ("旧路", "former", "exact"), ("建设路", "current", "former")
    }  # fmt: skip
    before = search(county, "旧路", as_of=date(2024, 2, 1))["hits"][0]
    assert (before["id"], before["status"]) == (in_use, "current")


def test_name_that_is_given_up_becomes_former_and_may_be_used_again(county, in_use):
    asked = {**NAME, "name": "旧路", "pinyin_tone": "Jiù Lù", "purpose": "retirement"}
    case = open_case(county, "place_name", CLERK, {**asked, "old_name_id": in_use}, on=DAY)
    case = walk(county, case, TO_FORCE)
    assert (case.state, case.data["name_id"]) == ("in_force", in_use)
    assert names_of(county, DAY) == []
    assert [v.row["status"] for v in county.history("place_names", in_use)] == [
        "standard", "former"
    ]  # fmt: skip
    assert check_name(county, "旧路", kind="street") == []


def test_row_that_proposes_this_very_name_becomes_the_standard_name(county):
    row = {"name": "建设路", "kind": "street", "division_code": "140423104000"}
    (proposed,) = county.put("place_names", [row], actor=CLERK).ids
    case = open_case(county, "place_name", CLERK, {**NAME, "old_name_id": proposed}, on=DAY)
    case = walk(county, case, TO_FORCE)
    (only,) = county.find("place_names")
    assert (only["id"], only["status"], only["former_names"]) == (proposed, "standard", None)


@pytest.mark.parametrize(
    ("asked", "told"),
    [
        ({"old_name_id": "x"}, "不在地名层"),
        ({"purpose": "renaming"}, "更名须给出原地名标识"),
        ({"purpose": "retirement"}, "销名须给出原地名标识"),
    ],
)
def test_old_name_is_asked_for_at_the_opening(county, asked, told):
    with pytest.raises(Unmet, match=told) as caught:
        open_case(county, "place_name", CLERK, {**NAME, **asked}, on=DAY)
    assert caught.value.code == "known_old_name"


def test_naming_has_no_old_name_and_giving_up_no_new_one(county, in_use):
    for asked, told in (
        ({"purpose": "naming"}, "命名没有原地名"),
        ({"purpose": "retirement"}, "名称应与之相同"),
    ):
        with pytest.raises(Unmet, match=told):
            open_case(county, "place_name", CLERK, {**NAME, **asked, "old_name_id": in_use}, on=DAY)


def test_former_name_is_not_renamed_again(county, in_use):
    renaming = {**NAME, "old_name_id": in_use}
    walk(county, open_case(county, "place_name", CLERK, renaming, on=DAY), TO_FORCE)
    with pytest.raises(Unmet, match="已不是现用地名"):
        open_case(county, "place_name", CLERK, {**renaming, "name": "兴盛路"}, on=DAY)


def test_name_that_another_case_took_meanwhile_does_not_come_into_force(county):
    first, second = (open_case(county, "place_name", CLERK, NAME, on=DAY) for _ in "ab")
    walk(county, second, TO_FORCE[:-1])
    walk(county, first, TO_FORCE)
    with pytest.raises(Unmet, match="重名") as caught:
        walk(county, second, TO_FORCE[-1:])
    assert (caught.value.code, caught.value.findings[0].code) == ("no_error_finding", "N01")
    assert len(county.find("place_names")) == 1


def test_deadline_counts_to_the_day_of_filing_not_of_typing_it_in(name_case, county):
    case = walk(county, name_case, TO_APPROVAL)
    filed = {"filed_on": date(2024, 3, 10)}
    case = act(county, case.id, "file", CLERK, filed, on=date(2024, 5, 1))
    (due, _) = due_of(county, case, on=date(2024, 5, 1))
    assert (due.done, due.late) == (True, False)


def test_wrong_spelling_comes_with_a_proposal(county):
    case = open_case(county, "place_name", CLERK, {**NAME, "pinyin_tone": "Jiànlì Lù"}, on=DAY)
    advice = "建议拼写（须经人确认）：Jiànshè Lù。"
    assert case_json(county, case, on=DAY)["warnings"][-1] == advice
    with pytest.raises(Unmet, match="建议拼写"):
        act(county, case.id, "check", CLERK, on=DAY)


def test_new_name_that_another_place_bears_is_an_error_in_a_renaming_too(county, in_use):
    taken = {**OLD, "name": "建设路", "pinyin_tone": "Jiànshè Lù", "status": "standard"}
    county.put("place_names", [taken], actor=REVIEWER, reason=REGISTER)
    case = open_case(county, "place_name", CLERK, {**NAME, "old_name_id": in_use}, on=DAY)
    with pytest.raises(Unmet, match="重名") as caught:
        act(county, case.id, "check", CLERK, on=DAY)
    assert caught.value.code == "no_error_finding"


def test_new_name_may_sound_like_the_one_it_replaces(county, in_use):
    asked = {**NAME, "name": "就路", "pinyin_tone": "Jiù Lù", "old_name_id": in_use}
    case = open_case(county, "place_name", CLERK, asked, on=DAY)
    assert act(county, case.id, "check", CLERK, on=DAY).state == "checked"


def test_unit_may_have_its_own_name_as_a_place_name(county):
    own = {**NAME, "name": "虒亭镇", "pinyin_tone": "Sītíng Zhèn"}
    case = open_case(county, "place_name", CLERK, {**own, "kind": "division"}, on=DAY)
    assert act(county, case.id, "check", CLERK, on=DAY).state == "checked"
    street = open_case(county, "place_name", CLERK, {**own, "kind": "facility"}, on=DAY)
    with pytest.raises(Unmet, match="重名"):
        act(county, street.id, "check", CLERK, on=DAY)
