"""The OpenAPI 3.0.3 document, made from the operations; nothing in it is written twice."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from api.operations import JSON, Upload
from api.permissions import EVERYBODY
from api.problems import PROBLEM, TITLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from api.operations import Answer, Operation, Param

__all__ = ["MEDIA", "as_openapi_30", "openapi_document"]

MEDIA = "application/vnd.oai.openapi+json;version=3.0"

_PROBLEM_SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "required": ["title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string", "description": "一句话：哪里、为什么、怎么办"},
        "code": {"type": "string", "description": "供程序判断，不会改变"},
        "where": {"type": "string"},
        "findings": {"type": "array", "items": {"type": "object"}},
    },
}

_DROPPED = {"$schema", "$id", "$comment", "examples", "title", "$defs"}


def openapi_document(
    operations: Iterable[Operation], *, server: str, layers: Sequence[str] = ()
) -> dict[str, Any]:
    """Describe operations.

    Parameters
    ----------
    operations
        All that the document shall name.
    server
        Scheme and host, without a slash at the end.
    layers
        Names that a path's ``{collection}`` may take.

    Returns
    -------
    An OpenAPI 3.0.3 document without remote references; every operation says in `x-roles` who
    may call it.
    """
    paths: dict[str, dict[str, Any]] = {}
    tags: dict[str, None] = {}
    for operation in operations:
        tags.setdefault(operation.tag)
        described = _operation(operation, layers)
        paths.setdefault(operation.path, {})[operation.method.lower()] = described
    return {
        "openapi": "3.0.3",
        "info": {
            "title": "县级地名区划与养老服务圈平台 xygeo",
            "description": "OGC API 在 /ogc 之下，平台自己的接口在 /api 之下。",
            "version": version("xygeo"),
            "license": {"name": "Apache-2.0"},
        },
        "servers": [{"url": server}],
        "tags": [{"name": tag} for tag in tags if tag],
        "paths": paths,
        "components": {
            "schemas": {"problem": _PROBLEM_SCHEMA},
            "responses": {
                f"problem{status}": {
                    "description": title,
                    "content": {PROBLEM: {"schema": {"$ref": "#/components/schemas/problem"}}},
                }
                for status, title in TITLES.items()
            },
            "securitySchemes": {
                "token": {"type": "http", "scheme": "bearer", "description": "xyg_ 开头的令牌"},
                "session": {"type": "apiKey", "in": "cookie", "name": "xygeo_session"},
            },
        },
    }


def as_openapi_30(schema: Mapping[str, Any]) -> dict[str, Any]:
    """Write a JSON Schema of draft 2020-12 in the words of OpenAPI 3.0.

    Parameters
    ----------
    schema
        Its own `$defs` are written out where they are used; they must not refer in a circle.

    Returns
    -------
    ``null`` becomes `nullable`, `const` an `enum` of one, exclusive bounds booleans; annotations
    that 3.0 lacks are left out.
    """
    return _translated(schema, schema.get("$defs", {}))


def _operation(operation: Operation, layers: Sequence[str]) -> dict[str, Any]:
    described: dict[str, Any] = {
        "operationId": operation.id,
        "summary": operation.title,
        "x-roles": sorted(operation.roles),
        "responses": _responses(operation),
    }
    if operation.tag:
        described["tags"] = [operation.tag]
    if operation.params:
        described["parameters"] = [_parameter(param, layers) for param in operation.params]
    if operation.body is not None:
        described["requestBody"] = {"required": True, "content": _content(operation)}
    if operation.roles != EVERYBODY:
        described["security"] = [{"token": []}, {"session": []}]
    return described


def _parameter(param: Param, layers: Sequence[str]) -> dict[str, Any]:
    schema = as_openapi_30(param.schema)
    if param.name == "collection" and param.where == "path" and layers:
        schema = {"type": "string", "enum": list(layers)}
    described: dict[str, Any] = {
        "name": param.name,
        "in": param.where,
        "description": param.description,
        "required": param.required or param.where == "path",
        "schema": schema,
    }
    if schema.get("type") == "array":
        described |= {"style": "form", "explode": False}
    return described


def _content(operation: Operation) -> dict[str, Any]:
    body = operation.body
    if isinstance(body, Upload):
        schema = {
            "type": "object",
            "required": list(body.required),
            "properties": {name: dict(kind) for name, kind in body.fields.items()},
        }
        return {"multipart/form-data": {"schema": schema}}
    if isinstance(body, type):
        return {JSON: {"schema": as_openapi_30(body.model_json_schema())}}
    return {media: {"schema": as_openapi_30(schema)} for media, schema in (body or {}).items()}


def _responses(operation: Operation) -> dict[str, Any]:
    told = {str(answer.status): _answer(answer) for answer in operation.answers}
    for status in _refusals(operation):
        told.setdefault(str(status), {"$ref": f"#/components/responses/problem{status}"})
    return dict(sorted(told.items()))


def _refusals(operation: Operation) -> list[int]:
    """Statuses that the guards before an endpoint, and the errors of the rooms below, can give."""
    found = [400, 401, *operation.refusals]
    if operation.roles != EVERYBODY or operation.layer_right or operation.method != "GET":
        found.append(403)
    if "{" in operation.path:
        found.append(404)
    if operation.body is not None:
        found += [413, 415, 422]
    if operation.cost != "free":
        found.append(429)
    if operation.method != "GET":
        found += [409, 507]
    return [*found, 503]


def _answer(answer: Answer) -> dict[str, Any]:
    told: dict[str, Any] = {"description": answer.description}
    if answer.content:
        told["content"] = {
            media: {"schema": {"type": "string", "format": "binary"}}
            if schema is None
            else {"schema": as_openapi_30(schema)}
            for media, schema in answer.content.items()
        }
    if answer.headers:
        told["headers"] = {
            name: {"description": words, "schema": {"type": "string"}}
            for name, words in answer.headers.items()
        }
    return told


def _translated(schema: Mapping[str, Any], defined: Mapping[str, Any]) -> dict[str, Any]:
    if "$ref" in schema:
        name = re.sub(r"^#/\$defs/", "", schema["$ref"])
        beside = {key: value for key, value in schema.items() if key != "$ref"}
        return _translated({**defined[name], **beside}, defined)
    told: dict[str, Any] = {}
    for key, value in schema.items():
        if key in _DROPPED and not (key == "title" and _is_ours(schema)):
            continue
        _take(told, key, value, defined)
    return told


def _take(told: dict[str, Any], key: str, value: Any, defined: Mapping[str, Any]) -> None:  # noqa: ANN401 - any keyword's value
    if key in {"anyOf", "oneOf"}:
        kept = [option for option in value if option.get("type") != "null"]
        if len(kept) < len(value):
            told["nullable"] = True
        if len(kept) == 1:
            told |= _translated(kept[0], defined)
        else:
            told[key] = [_translated(option, defined) for option in kept]
    elif key == "allOf":
        told[key] = [_translated(option, defined) for option in value]
    elif key == "type" and isinstance(value, list):
        kept = [kind for kind in value if kind != "null"]
        told["type"] = kept[0]
        if len(kept) < len(value):
            told["nullable"] = True
    elif key == "const":
        told["enum"] = [value]
    elif key in {"exclusiveMinimum", "exclusiveMaximum"}:
        told["minimum" if key == "exclusiveMinimum" else "maximum"] = value
        told[key] = True
    elif key == "properties":
        told[key] = {name: _translated(inner, defined) for name, inner in value.items()}
    elif key in {"items", "not", "additionalProperties"} and isinstance(value, dict):
        told[key] = _translated(value, defined)
    elif key == "prefixItems":
        told["items"] = {"anyOf": [_translated(inner, defined) for inner in value]}
    elif key == "default" and value is None:
        pass
    else:
        told[key] = value


def _is_ours(schema: Mapping[str, Any]) -> bool:
    """Whether a title was written by us: pydantic makes English ones from names."""
    return not str(schema.get("title", "")).isascii()
