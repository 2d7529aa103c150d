"""What if a service stood here: the county before and after, while a pin is dragged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from api.bodies import Body
from api.calls import json_response
from api.operations import JSON, Answer, Operation
from api.permissions import PLANNERS
from api.plain import geometry_json, plain, records
from api.questions import NUMBER, STAMP, question_of, warm_care
from geo.road_edits import read_road_edits
from layers.analysis.whatif import whatif_report

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.calls import Call

__all__ = ["OPERATIONS", "Candidate", "Roads", "WhatIf", "whatif"]


class Candidate(Body):
    """Where a service might stand."""

    lon: float = Field(ge=-180, le=180)
    lat: float = Field(ge=-90, le=90)
    capacity: float | None = Field(None, ge=0)


class Roads(Body):
    """Changes of roads."""

    added: list[dict[str, Any]] = Field([], max_length=50, description="LineString，经度,纬度")
    closed: list[str] = Field([], max_length=200, description="道路要素的 id")


class WhatIf(Body):
    """A question of what would change."""

    candidates: list[Candidate] = Field([], max_length=20)
    removed: list[str] = Field([], max_length=100)
    roads: Roads | None = None
    minutes: float = Field(15, ge=1, le=60)
    mode: Literal["walk", "etrike", "car"] = "walk"
    age: Literal["60", "70", "80", "disabled"] = "60"
    by: Literal["township", "village"] = "township"
    direction: Literal["to_facility", "from_facility"] = "to_facility"
    kind: list[str] | None = Field(None, min_length=1, max_length=20)


def whatif(call: Call) -> Response:
    """Give the county before and after."""
    asked = call.body(WhatIf)
    roads = None
    if asked.roads is not None and (asked.roads.added or asked.roads.closed):
        roads = read_road_edits(
            {"added": asked.roads.added, "closed": [{"road": one} for one in asked.roads.closed]}
        )
    report = whatif_report(
        warm_care(call),
        question_of(asked.model_dump()),
        candidates=[(one.lon, one.lat) for one in asked.candidates],
        removed=asked.removed,
        roads=roads,
    )
    body = {
        "before": report.before,
        "after": report.after,
        "rows": records(report.rows),
        **report.provenance.to_json(),
        "notice": report.provenance.notice,
    }
    return json_response(
        {**plain(body), "gained": geometry_json(report.gained), "lost": geometry_json(report.lost)}
    )


_GEOMETRY = {"type": "object", "nullable": True}
_SUMMARY = {
    "type": "object",
    "properties": {
        "total": NUMBER,
        "covered": NUMBER,
        "share": NUMBER,
        "mean_seconds": NUMBER,
        "worst": {"type": "object"},
    },
}

OPERATIONS = (
    Operation(
        "POST",
        "/api/whatif",
        whatif,
        "假如在这里设一处：前后对比",
        PLANNERS,
        body=WhatIf,
        answers=(
            Answer(
                200,
                content={
                    JSON: {
                        "type": "object",
                        "required": ["before", "after", "rows", "gained", "lost", "quality"],
                        "properties": {
                            "before": _SUMMARY,
                            "after": _SUMMARY,
                            "rows": {"type": "array", "items": {"type": "object"}},
                            "gained": _GEOMETRY,
                            "lost": _GEOMETRY,
                            **STAMP,
                        },
                    }
                },
            ),
        ),
        refusals=(404,),
        tag="养老服务",
    ),
)
