"""Whether the service runs, and whether it can do its work."""

from __future__ import annotations

import shutil
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from api.calls import json_response
from api.operations import JSON, Answer, Operation
from api.permissions import EVERYBODY
from geo.errors import PlatformError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from starlette.responses import Response

    from api.calls import Call

__all__ = ["OPERATIONS", "health", "ready"]


def health(_call: Call) -> Response:
    """Say that this worker answers."""
    return json_response({"status": "ok", "version": version("xygeo")})


def ready(call: Call) -> Response:
    """Say whether the store can be read, and written.

    Too little free space stops writes only; whoever reads is still served, so it is no 503.
    """
    settings = call.service.settings
    body: dict[str, Any] = {"ready": True, "store": "open", "migrations": "done"}
    try:
        body["events"] = call.service.store.head().seq
        free = shutil.disk_usage(settings.data).free // 2**20
    except (PlatformError, OSError) as error:
        why = error.code if isinstance(error, PlatformError) else "store_io"
        return json_response({"ready": False, "store": why}, 503)
    writes = not settings.min_free_mb or free >= settings.min_free_mb
    return json_response(body | {"free_mb": free, "writes": writes})


def _object(**properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties}


_READY = _object(
    ready={"type": "boolean"},
    store={"type": "string", "description": "open，或读不了的原因"},
    migrations={"type": "string", "description": "数据库已是本版本的格式"},
    events={"type": "integer", "description": "事件总数"},
    free_mb={"type": "integer", "description": "磁盘剩余，MB"},
    writes={"type": "boolean", "description": "剩余空间是否还容许写入"},
)

OPERATIONS = (
    Operation(
        "GET",
        "/api/health",
        health,
        "服务是否在运行",
        roles=EVERYBODY,
        answers=(
            Answer(
                200,
                "在运行",
                {JSON: _object(status={"type": "string"}, version={"type": "string"})},
            ),
        ),
        cost="free",
        tag="运行",
    ),
    Operation(
        "GET",
        "/api/ready",
        ready,
        "能否读写数据",
        roles=EVERYBODY,
        answers=(
            Answer(200, "可以使用", {JSON: _READY}),
            Answer(503, "暂时不能使用", {JSON: _READY}),
        ),
        cost="free",
        tag="运行",
    ),
)
