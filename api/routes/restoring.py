"""Bringing an earlier version of a feature back."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import Field

from api.bodies import Body
from api.calls import json_response
from api.operations import JSON, Answer, Operation
from api.permissions import CLERKS, writers
from api.problems import PROBLEM
from layers.catalog import listed_schema
from layers.history import stamp
from layers.restoring import restore_version

if TYPE_CHECKING:
    from starlette.responses import Response

    from api.calls import Call

__all__ = ["OPERATIONS", "VersionToRestore", "restore_feature_version"]


class VersionToRestore(Body):
    """Which version of which feature."""

    layer: str = Field(min_length=1, max_length=100, description="图层")
    id: str = Field(min_length=1, max_length=200, description="标识")
    version: int = Field(ge=1, le=2**31 - 1, description="要恢复的版本号，见历史")
    reason: str = Field("", max_length=1024, description="理由，记入历史")


def restore_feature_version(call: Call) -> Response:
    """Write a feature as it was in an earlier version."""
    body = call.body(VersionToRestore)
    title = listed_schema(call.service.store, body.layer).title
    call.require(allowed=call.account.role in writers(body.layer), what=f"改动图层“{title}”")
    made = restore_version(
        call.service.store,
        body.layer,
        body.id,
        body.version,
        actor=call.account.actor,
        reason=body.reason,
    )
    return json_response(
        {
            "layer": body.layer,
            "id": body.id,
            "restored": body.version,
            "version": made.version,
            "at": stamp(made.at),
        }
    )


OPERATIONS = (
    Operation(
        "POST",
        "/api/restore-version",
        restore_feature_version,
        "恢复早前的版本",
        roles=CLERKS,
        body=VersionToRestore,
        answers=(
            Answer(
                200,
                "恢复为新的一版；与现状相同则不生新版",
                {
                    JSON: {
                        "type": "object",
                        "properties": {
                            "layer": {"type": "string"},
                            "id": {"type": "string"},
                            "restored": {"type": "integer", "description": "恢复了哪一版"},
                            "version": {"type": "integer", "description": "现在的版本号"},
                            "at": {"type": "string", "format": "date-time"},
                        },
                    }
                },
            ),
            Answer(404, "没有这个图层、记录或版本", {PROBLEM: {"type": "object"}}),
            Answer(412, "记录正被别人改动", {PROBLEM: {"type": "object"}}),
        ),
        cost="write",
        tag="历史",
    ),
)
