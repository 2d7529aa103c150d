"""Services near a place, circles, gaps: answered while one waits."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely
from starlette.responses import Response

from api.calls import json_response
from api.care_bodies import gap_body
from api.operations import JSON, Answer, Operation, Param
from api.permissions import EVERYBODY, sees_small_cells
from api.plain import geometry_json, plain, records
from api.problems import Refused
from api.questions import (
    AGE,
    AS_OF,
    AT,
    BY,
    DIRECTION,
    FROM,
    KIND,
    MINUTES,
    MODE,
    NUMBER,
    STAMP,
    YEAR,
    facility_kinds,
    place_of,
    question_of,
    warm_care,
)
from layers.analysis.circle_at import circle_at
from layers.analysis.nearest import nearest_answer
from layers.privacy import SMALLEST_SHOWN

if TYPE_CHECKING:
    from api.calls import Call
    from layers.analysis.gaps import GapAnswer
    from layers.analysis.nearest import NearestHit
    from layers.provenance import Provenance

__all__ = ["OPERATIONS", "circle", "gaps", "nearest"]

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def nearest(call: Call) -> Response:
    """Give the nearest services of a point, with the way there."""
    params = call.params
    place = place_of(params["at"], params["from"])
    question = question_of(params, usual_kinds=facility_kinds())
    answer = nearest_answer(warm_care(call).inputs(question), place, limit=params["limit"])
    return json_response(
        plain(
            {
                "at": [place.x, place.y],
                "mode": question.mode,
                "connected": answer.connected,
                "offset_m": answer.offset_m,
                "hits": [_hit(hit) for hit in answer.hits],
                **_stamp(answer.provenance, params["from"]),
            }
        )
    )


def circle(call: Call) -> Response:
    """Give the circles of a point or a facility as features.

    Raises
    ------
    Refused
        400 `bad_parameter` unless exactly one of both is given; 422 `no_place`.
    """
    params = call.params
    if (params["at"] is None) == (params["facility"] is None):
        raise Refused(
            400,
            "请给出 at（经度,纬度）或 facility（设施编号）之一。",
            code="bad_parameter",
            where="at",
        )
    inputs = warm_care(call).inputs(question_of({**params, "minutes": None}))
    if params["at"] is None:
        place = _place_of_facility(call, params["facility"])
    else:
        place = place_of(params["at"], params["from"])
    answer = circle_at(inputs, place, minutes=tuple(params["minutes"]))
    full = sees_small_cells(call.account.role)
    features = [
        {
            "type": "Feature",
            "id": f"{limit:g}",
            "geometry": None if shape.is_empty else shapely.geometry.mapping(shape),
            "properties": plain(
                {
                    "minutes": limit,
                    "area_m2": area_m2,
                    "reached_m": reached_m,
                    "connected": bool(connected),
                    "elders": _people(people, full=full),
                }
            ),
        }
        for limit, area_m2, reached_m, connected, shape, people in zip(
            answer.circles["minutes"],
            answer.circles["area_m2"],
            answer.circles["reached_m"],
            answer.circles["connected"],
            answer.circles.geometry,
            records(answer.elders),
            strict=True,
        )
    ]
    body = {
        "type": "FeatureCollection",
        "features": features,
        "at": [place.x, place.y],
        **_stamp(answer.provenance, params["from"]),
    }
    return json_response(body, media="application/geo+json")


def gaps(call: Call) -> Response:
    """Give the coverage gaps, as the command line has them, or as a workbook."""
    answer = warm_care(call).gaps(question_of(call.params))
    full = sees_small_cells(call.account.role)
    if call.params["f"] == "xlsx":
        return _workbook(answer, full=full, publisher=call.service.settings.publisher)
    body = gap_body(answer, full=full)
    return json_response(
        {**body, "notice": answer.provenance.notice, "data_date": answer.data_date.isoformat()}
    )


def _workbook(answer: GapAnswer, *, full: bool, publisher: str) -> Response:
    from webmap.documents import write_gaps  # noqa: PLC0415 - slow to load

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "gaps.xlsx"
        write_gaps(answer, path, full=full, publisher=publisher)
        content = path.read_bytes()
    return Response(
        content,
        media_type=_XLSX,
        headers={"Content-Disposition": 'attachment; filename="gaps.xlsx"'},
    )


def _stamp(provenance: Provenance, datum: str) -> dict[str, Any]:
    """Give quality and source; a place read off a web map is approximate at best."""
    converted = datum != "wgs84"
    stamp = provenance.to_json()
    if converted and stamp["quality"] == "surveyed":
        stamp["quality"] = "approximate"
    return {**stamp, "converted": converted, "notice": provenance.notice}


def _hit(hit: NearestHit) -> dict[str, Any]:
    return {
        "facility": {
            "id": hit.id,
            "name": hit.name,
            "kind": hit.kind,
            "beds": hit.beds,
            "at": list(shapely.get_coordinates(hit.place)[0]),
        },
        "seconds": hit.seconds,
        "length_m": hit.length_m,
        "straight_m": hit.straight_m,
        "way": geometry_json(hit.way),
    }


def _people(people: Any, *, full: bool) -> dict[str, Any]:  # noqa: ANN401 - a row
    """Give counts by band; those of 1-4 are null and named."""
    hidden = [
        band for band, count in people.items() if count and not full and count < SMALLEST_SHOWN
    ]
    shown = {band: None if band in hidden else count for band, count in people.items()}
    return {**shown, **({"suppressed": hidden} if hidden else {})}


def _place_of_facility(call: Call, facility: str) -> shapely.Point:
    found = call.service.store.get("care_facilities", facility)
    place = found["geometry"]
    if place is None or place.is_empty:
        raise Refused(
            422,
            f"设施“{found['name']}”没有位置，画不出服务圈；请先补上位置。",
            code="no_place",
            where="facility",
        )
    return shapely.Point(place.x, place.y)


OPERATIONS = (
    Operation(
        "GET",
        "/api/nearest",
        nearest,
        "最近的养老服务和去那里的路",
        EVERYBODY,
        params=(
            Param(AT.name, AT.schema, AT.description, required=True),
            FROM,
            KIND,
            MODE,
            Param(
                "limit",
                {"type": "integer", "minimum": 1, "maximum": 10, "default": 3},
                "每一类最多几处",
            ),
        ),
        answers=(
            Answer(
                200,
                content={
                    JSON: {
                        "type": "object",
                        "required": ["at", "connected", "hits", "quality", "source"],
                        "properties": {
                            "at": {"type": "array", "items": {"type": "number"}},
                            "connected": {"type": "boolean"},
                            "offset_m": NUMBER,
                            "hits": {"type": "array", "items": {"type": "object"}},
                            **STAMP,
                        },
                    }
                },
            ),
        ),
        refusals=(404,),
        tag="养老服务",
    ),
    Operation(
        "GET",
        "/api/circle",
        circle,
        "一处的服务圈",
        EVERYBODY,
        params=(
            AT,
            Param("facility", {"type": "string", "maxLength": 200}, "设施编号"),
            FROM,
            Param(
                "minutes",
                {
                    "type": "array",
                    "items": {"type": "number", "minimum": 1, "maximum": 60},
                    "minItems": 1,
                    "maxItems": 6,
                    "default": [15],
                },
                "时限，分钟，可给几个，逗号分开",
            ),
            MODE,
            AGE,
            DIRECTION,
        ),
        answers=(
            Answer(
                200,
                content={
                    "application/geo+json": {
                        "type": "object",
                        "required": ["type", "features", "quality", "source"],
                    }
                },
            ),
        ),
        refusals=(404,),
        tag="养老服务",
    ),
    Operation(
        "GET",
        "/api/gaps",
        gaps,
        "覆盖缺口",
        EVERYBODY,
        params=(
            BY,
            MINUTES,
            MODE,
            AGE,
            KIND,
            DIRECTION,
            YEAR,
            AS_OF,
            Param("f", {"type": "string", "enum": ["json", "xlsx"], "default": "json"}, "格式"),
        ),
        answers=(
            Answer(
                200,
                content={
                    JSON: {
                        "type": "object",
                        "required": ["rows", "summary", "modes", "quality", "source"],
                        "properties": {
                            "rows": {"type": "array", "items": {"type": "object"}},
                            "summary": {"type": "object"},
                            **STAMP,
                        },
                    },
                    _XLSX: None,
                },
            ),
        ),
        refusals=(404,),
        tag="养老服务",
    ),
)
