"""A county of one line, two markers and one township; a clerk, two reviewers, a planner."""

from __future__ import annotations

from datetime import date
from functools import partial

import pytest

from layers.cases import act, open_case
from layers.store import Actor

CLERK = Actor("经办甲")
REVIEWER = Actor("审核乙", "reviewer")
SECOND = Actor("审核丙", "reviewer")
PLANNER = Actor("规划丁", "planner")
DAY = date(2024, 3, 1)
LINE = "140423-140430"


@pytest.fixture
def county(store):
    """Rows without any geometry: paper alone must be enough."""
    put = partial(store.put, actor=CLERK)
    put(
        "boundary_lines",
        [
            {
                "name": "襄垣县-沁县",
                "code_a": "140423",
                "code_b": "140430",
                "last_inspected_year": 2018,
                "lead_code_last": "140430",
            }
        ],
    )
    put(
        "boundary_markers",
        [
            {"id": f"m{n}", "number": f"示-00{n}", "line_ids": [LINE], "kind": "single"}
            for n in (1, 2)
        ],
    )
    put(
        "divisions",
        [{"code": "140423104000", "name": "虒亭镇", "level": "township", "kind": "township",
          "parent_code": "140423000000", "legal": True}],
    )  # fmt: skip
    return store


@pytest.fixture
def inspection(county):
    """An inspection that was just opened."""
    data = {"line_id": LINE, "year": 2024, "lead_code": "140423"}
    return open_case(county, "inspection", CLERK, data, on=DAY)


@pytest.fixture
def name_case(county):
    """A proposed name against which nothing speaks."""
    return open_case(county, "place_name", CLERK, NAME, on=DAY)


NAME = {
    "name": "建设路",
    "kind": "street",
    "pinyin_tone": "Jiànshè Lù",
    "division_code": "140423104000",
    "meaning": "取建设之意",
    "origin": "新建道路",
    "reason": "便于寻址",
}

PLAN = {
    "plan_from": date(2024, 4, 1),
    "plan_to": date(2024, 5, 31),
    "members_a": ["襄垣县民政局"],
    "members_b": ["沁县民政局"],
}
REFS = [{"name": f"示意方位物{n}"} for n in (1, 2, 3)]


def marker(number: int, **changed) -> dict:
    """What is recorded of one marker."""
    return {
        "marker_id": f"m{number}",
        "state": "intact",
        "refs_checked": REFS,
        "present_a": True,
        "present_b": True,
        **changed,
    }


FIELD = [
    ("draft_plan", CLERK, PLAN),
    (
        "agree_plan",
        REVIEWER,
        {"neighbour_agreed_on": DAY, "neighbour_document_no": "示〔2024〕1号"},
    ),
    ("file_plan", CLERK, {"filed_with": "长治市民政局", "filed_on": DAY}),
    ("start_office", CLERK, {}),
    ("start_field", CLERK, {"documents_checked": ["协议书", "附图", "界桩登记表"]}),
]
RECORDS = [
    ("record_marker", CLERK, marker(1)),
    ("record_marker", CLERK, marker(2, state="damaged")),
    ("sign_records", REVIEWER, {"signed_a_on": DAY, "signed_b_on": DAY}),
]
CLOSING = [
    ("draft_report", CLERK, {}),
    ("sign_report", REVIEWER, {"signed_a_on": DAY, "signed_b_on": DAY}),
    (
        "submit_report",
        CLERK,
        {"sent_to": "长治市民政局", "sent_on": DAY, "document_no": "示〔2024〕9号"},
    ),
    ("archive", REVIEWER, {"archive_no": "示-2024-01"}),
]


def walk(store, case, steps):
    """Do the steps one after another, on one day."""
    for action, actor, data in steps:
        case = act(store, case.id, action, actor, data, on=DAY)
    return case
