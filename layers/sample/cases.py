"""Cases of the sample county: two inspections that the report calls finished, and open ones.

The finished ones hold what the report says and nothing else. The open ones are made up and say so;
they are opened through the engine, by posts and not by persons.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any, Final

from layers.cases import open_case, record_past_case
from layers.facts import boundary_inspections
from layers.store import Actor

if TYPE_CHECKING:
    from layers.store import Store

__all__ = ["SAMPLE_DAY", "fill_cases"]

SAMPLE_DAY: Final = date(2024, 1, 2)
"""Business day on which the open cases were opened."""

_COUNTY: Final = "140423"
_CLERK: Final = Actor("示意经办")
_PLANNER: Final = Actor("示意规划", "planner")
_REVIEWER: Final = Actor("示意审核", "reviewer")

_OPEN: Final[tuple[tuple[str, str, Actor, dict[str, Any]], ...]] = (
    (
        "inspection",
        "示意-联检-01",
        _CLERK,
        {"line_id": "140403-140423", "year": 2024, "lead_code": _COUNTY},
    ),
    (
        "place_name",
        "示意-地名-01",
        _CLERK,
        {
            "name": "示意路",
            "kind": "street",
            "pinyin_tone": "Shìyì Lù",
            "division_code": "140423100000",
            "meaning": "示意",
            "origin": "示意数据，并无此路",
            "reason": "示意",
        },
    ),
    (
        "heritage",
        "示意-遗产-01",
        _CLERK,
        {"name": "虒亭镇", "kind": "town1000", "division_code": "140423104000"},
    ),
    (
        "siting",
        "示意-选址-01",
        _PLANNER,
        {
            "title": "示意：侯堡镇服务点选址",
            "question": {
                "model": "mclp",
                "p": 1,
                "minutes": 15,
                "mode": "walk",
                "age": "60",
                "options": {"township": "140423102000"},
            },
        },
    ),
)


def fill_cases(store: Store) -> None:
    """Bring the cases of the sample county into its store.

    Parameters
    ----------
    store
        Holding the other layers of the sample, inside their transaction.
    """
    for one in boundary_inspections():
        line_id = "-".join(sorted((_COUNTY, one.neighbour_code)))
        record_past_case(
            store,
            "inspection",
            _REVIEWER,
            {"line_id": line_id, "year": one.year},
            state="archived",
            on=date(one.year, 12, 31),
            reason=one.source,
            case_id=f"{one.year}-{line_id}",
        )
    for case_type, case_id, actor, data in _OPEN:
        open_case(
            store, case_type, actor, data, on=SAMPLE_DAY, case_id=case_id, quality="synthetic"
        )
