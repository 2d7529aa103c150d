"""What the service can do, for programs (OpenAPI 3.0.3) and for people (`/docs`)."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import HTMLResponse, RedirectResponse, Response

from api.account import ROLE_TITLES
from api.ogc.html import render
from api.openapi import MEDIA, openapi_document
from api.operations import JSON, Answer, Operation, Upload
from api.permissions import EVERYBODY

if TYPE_CHECKING:
    from api.calls import Call
    from api.service import Service

__all__ = ["OPERATIONS", "docs", "home", "ogc_openapi", "platform_openapi"]

_HOSTS_KEPT = 8


def ogc_openapi(call: Call) -> Response:
    """Give the document under the media type that the landing page announces."""
    return Response(_document(call), media_type=MEDIA)


def platform_openapi(call: Call) -> Response:
    """Give the same document as plain JSON, for tools that know no other type."""
    return Response(_document(call), media_type=JSON)


def docs(call: Call) -> Response:
    """Give the document as a page, made here: it loads nothing from other hosts."""
    chapters = [
        {"title": tag or "其他", "operations": [_described(one) for one in group]}
        for tag, group in groupby(
            sorted(call.service.operations, key=lambda one: one.tag), lambda one: one.tag
        )
    ]
    page = render(
        "docs",
        title="接口说明",
        root=f"{call.base_url}/ogc",
        trail=[],
        notice="",
        attributions=[],
        json=f"{call.base_url}/api/openapi.json",
        chapters=chapters,
    )
    return HTMLResponse(page)


def home(call: Call) -> Response:
    """Lead whoever opens the bare address to the start page."""
    return RedirectResponse(f"{call.base_url}/ogc?f=html", status_code=307)


class _Documents:
    """The document as it is served, made once for each host and set of layers."""

    def __init__(self, service: Service) -> None:
        self._operations = service.operations
        self._store = service.store
        self._written: dict[tuple[str, tuple[str, ...]], bytes] = {}

    def asked(self, server: str) -> bytes:
        key = (server, self._store.layers())
        if key not in self._written:
            if len(self._written) > _HOSTS_KEPT:
                self._written.clear()
            made = openapi_document(self._operations, server=server, layers=key[1])
            self._written[key] = orjson.dumps(made)
        return self._written[key]


def _document(call: Call) -> bytes:
    return call.service.part(_Documents).asked(call.base_url)


def _described(operation: Operation) -> dict[str, Any]:
    body = operation.body
    if body is None:
        media = ""
    elif isinstance(body, Upload):
        media = f"multipart/form-data（{'、'.join(body.fields)}）"
    elif isinstance(body, type):
        media = JSON
    else:
        media = "、".join(body)
    everybody = operation.roles == EVERYBODY
    return {
        "id": operation.id,
        "method": operation.method,
        "path": operation.path,
        "title": operation.title,
        "roles": "所有人"
        if everybody
        else "、".join(title for role, title in ROLE_TITLES.items() if role in operation.roles),
        "params": [
            {
                "name": param.name,
                "where": {"query": "查询", "path": "路径", "header": "请求头"}[param.where],
                "kind": _kind(dict(param.schema)),
                "needed": "是" if param.required or param.where == "path" else "",
                "description": param.description,
            }
            for param in operation.params
        ],
        "body": media,
        "answers": [
            {
                "status": answer.status,
                "media": "、".join(answer.content),
                "text": answer.description,
            }
            for answer in operation.answers
        ],
    }


def _kind(schema: dict[str, Any]) -> str:
    if "enum" in schema:
        return "、".join(map(str, schema["enum"]))
    words = {"integer": "整数", "number": "数字", "boolean": "true 或 false", "string": "文字"}
    if schema.get("type") == "array":
        return f"逗号分开的{_kind(dict(schema.get('items', {})))}"
    kind = "日期" if schema.get("format") == "date" else words.get(schema.get("type", ""), "文字")
    if "minimum" in schema and "maximum" in schema:
        kind += f" {schema['minimum']}–{schema['maximum']}"
    if schema.get("default") is not None:
        kind += f"，默认 {schema['default']}"
    return kind


_OPENAPI: dict[str, Any] = {"type": "object", "required": ["openapi", "info", "paths"]}

OPERATIONS = (
    Operation(
        "GET",
        "/",
        home,
        "首页",
        EVERYBODY,
        answers=(Answer(307, "转到数据首页", content={}, headers={"Location": "首页的地址"}),),
        cost="free",
        tag="平台",
    ),
    Operation(
        "GET",
        "/ogc/api",
        ogc_openapi,
        "接口描述（OpenAPI 3.0）",
        EVERYBODY,
        answers=(Answer(200, content={MEDIA: _OPENAPI}),),
        cost="free",
        tag="OGC API",
    ),
    Operation(
        "GET",
        "/api/openapi.json",
        platform_openapi,
        "接口描述（OpenAPI 3.0）",
        EVERYBODY,
        answers=(Answer(200, content={JSON: _OPENAPI}),),
        cost="free",
        tag="平台",
    ),
    Operation(
        "GET",
        "/docs",
        docs,
        "接口说明网页",
        EVERYBODY,
        answers=(Answer(200, content={"text/html": None}),),
        cost="free",
        tag="平台",
    ),
)
