"""The root of the OGC API: landing page, conformance, the stylesheet of its pages."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

import orjson
from starlette.responses import Response

from api.ogc import documents
from api.ogc.asking import FRESH, answer, chosen, page
from api.ogc.html import stylesheet
from api.ogc.links import Links
from api.ogc.negotiation import DOCUMENT, HTML, JSON
from api.operations import Answer, Operation, Param
from api.permissions import EVERYBODY

if TYPE_CHECKING:
    from api.calls import Call

__all__ = ["OPERATIONS", "conformance", "landing", "style"]


def landing(call: Call) -> Response:
    """Lead to everything else."""
    format = chosen(call)
    links = Links(call.base_url)
    body = documents.landing(links)
    make = (
        page(call, "landing", title=body["title"], description=body["description"],
             docs=f"{links.base}/docs")
        if format is HTML
        else partial(orjson.dumps, body)
    )  # fmt: skip
    return answer(call, format, make, FRESH)


def conformance(call: Call) -> Response:
    """Say which classes of which standards hold."""
    format = chosen(call)
    body = documents.conformance(Links(call.base_url))
    make = (
        page(call, "conformance", "conformance", title="符合的标准", classes=body["conformsTo"])
        if format is HTML
        else partial(orjson.dumps, body)
    )
    return answer(call, format, make, FRESH)


def style(_call: Call) -> Response:
    """Give the stylesheet of the pages."""
    return Response(stylesheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


_F = Param("f", {"type": "string", "enum": list(DOCUMENT)}, "格式，优先于 Accept", read=str)
_ANSWERS = (Answer(200, content={JSON.media: {"type": "object"}, HTML.media: None}),)
_TAG = "OGC API 入口"

OPERATIONS = (
    Operation(
        "GET", "/ogc", landing, "入口", roles=EVERYBODY, params=(_F,), answers=_ANSWERS, tag=_TAG
    ),
    Operation(
        "GET",
        "/ogc/",
        landing,
        "入口",
        roles=EVERYBODY,
        params=(_F,),
        answers=_ANSWERS,
        tag=_TAG,
        name="landing_slash",
    ),
    Operation(
        "GET",
        "/ogc/conformance",
        conformance,
        "符合的标准",
        roles=EVERYBODY,
        params=(_F,),
        answers=_ANSWERS,
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/ogc/style.css",
        style,
        "网页样式",
        roles=EVERYBODY,
        answers=(Answer(200, content={"text/css": None}),),
        cost="free",
        tag=_TAG,
    ),
)
