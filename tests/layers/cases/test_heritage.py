"""A heritage nomination: every criterion proved, points within limits, the registry follows."""

from __future__ import annotations

import pytest

from layers.cases import act, actions, case, case_json, open_case
from layers.cases.criteria import criteria
from layers.errors import Unmet
from tests.layers.cases.conftest import CLERK, DAY, REVIEWER, SECOND, walk

POINTS = {"age": 30, "continuity": 20, "content": 15, "fabric": 10, "renown": 5}


@pytest.fixture
def nomination(county):
    data = {"name": "虒亭镇", "kind": "town1000", "division_code": "140423104000"}
    return open_case(county, "heritage", CLERK, data, on=DAY)


def evidence(*keys):
    return [
        (
            "add_evidence",
            CLERK,
            {"criterion": key, "evidence_kind": "gazetteer", "citation": "示意县志"},
        )
        for key in keys
    ]


ALL = list(criteria("town1000").titles)


def test_listed_name_stands_in_the_registry(nomination, county):
    steps = [
        *evidence(*ALL),
        ("score", REVIEWER, {"points": POINTS}),
        ("submit", CLERK, {"authority": "山西省民政厅"}),
        ("list", REVIEWER, {"authority": "山西省民政厅", "document_no": "示〔2024〕5号"}),
    ]
    case = walk(county, nomination, steps)
    row = county.get("heritage_names", case.data["heritage_id"])
    assert (row["status"], row["score"], len(row["evidence"])) == ("listed", 80, 5)
    assert case.documents.keys() == {"nomination"}


def test_registry_follows_the_nomination(nomination, county):
    registered = nomination.data["heritage_id"]
    assert county.get("heritage_names", registered)["status"] == "nominated"
    steps = [
        *evidence(*ALL),
        ("score", REVIEWER, {"points": POINTS}),
        ("submit", CLERK, {"authority": "山西省民政厅"}),
    ]
    walk(county, nomination, steps)
    assert county.get("heritage_names", registered)["status"] == "submitted"
    walk(county, nomination, [("return", SECOND, {"reason": "补材料"})])
    assert county.get("heritage_names", registered)["status"] == "nominated"


def test_criterion_without_evidence_is_named(nomination, county):
    walk(county, nomination, evidence(*ALL[:-1]))
    with pytest.raises(Unmet, match="中心地位") as caught:
        act(county, nomination.id, "score", REVIEWER, {"points": POINTS}, on=DAY)
    assert caught.value.code == "every_hard_criterion_has_evidence"


@pytest.mark.parametrize("points", [{**POINTS, "age": 31}, {"age": 1}, {**POINTS, "age": "多"}])
def test_points_outside_the_limits_are_refused(nomination, county, points):
    walk(county, nomination, evidence(*ALL))
    with pytest.raises(Unmet) as caught:
        act(county, nomination.id, "score", REVIEWER, {"points": points}, on=DAY)
    assert caught.value.code == "points_within_limits"


def test_unknown_criterion_is_refused(nomination, county):
    with pytest.raises(Unmet, match="settlement（建置历史）"):
        walk(county, nomination, evidence("beauty"))


def test_case_says_which_criteria_it_needs_and_which_lack_evidence(nomination, county):
    body = case_json(county, nomination, on=DAY)
    assert body["data"]["criteria"] == ALL
    assert "建置历史" in body["warnings"][0]


def test_county_that_is_said_to_be_listed_is_to_be_asked_for_first(county):
    county.put(
        "divisions",
        [
            {
                "code": "140423000000",
                "name": "襄垣县",
                "level": "county",
                "kind": "county",
                "legal": True,
            }
        ],
        actor=CLERK,
    )
    data = {"name": "襄垣县", "kind": "county1000", "division_code": "140423000000"}
    case = open_case(county, "heritage", CLERK, data, on=DAY)
    assert any("2009" in said for said in case_json(county, case, on=DAY)["warnings"])


def test_case_itself_lists_the_criteria(nomination, county):
    assert case(county, nomination.id).data["criteria"] == ALL


def test_action_says_what_evidence_is_lacking(nomination, county):
    (score,) = [one for one in actions(county, nomination.id, REVIEWER) if one["action"] == "score"]
    assert score["warnings"] == [
        "还缺佐证材料：建置历史、地名沿用一千年以上、文化内涵、古建遗存、政治、军事或商贸中心地位。"
    ]


LISTED = [
    *evidence(*ALL),
    ("score", REVIEWER, {"points": POINTS}),
    ("submit", CLERK, {"authority": "山西省民政厅"}),
    ("list", REVIEWER, {"authority": "山西省民政厅", "document_no": "示5号"}),
]
AGAIN = {"name": "虒亭镇", "kind": "town1000", "division_code": "140423104000"}


def test_listed_name_is_not_nominated_again(nomination, county):
    walk(county, nomination, LISTED)
    before = county.head()
    with pytest.raises(Unmet, match="已列入") as caught:
        open_case(county, "heritage", CLERK, AGAIN, on=DAY)
    assert (caught.value.code, county.head()) == ("heritage_decided", before)


def test_refused_name_may_be_nominated_again_and_the_refusal_stays(nomination, county):
    walk(county, nomination, [*LISTED[:-1], ("refuse", REVIEWER, {"reason": "佐证不足"})])
    again = open_case(county, "heritage", CLERK, AGAIN, on=DAY)
    assert again.data["heritage_id"] != nomination.data["heritage_id"]
    states = [row["status"] for row in county.find("heritage_names")]
    assert sorted(states) == ["nominated", "refused"]
