"""The layers as collections: the list, each of them, its properties as JSON Schema."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import orjson

from api.ogc import documents
from api.ogc.asking import FRESH, answer, asked, chosen, page
from api.ogc.kept import kept_answers, kept_bounds, kept_summary
from api.ogc.links import Links
from api.ogc.negotiation import DOCUMENT, FILES, HTML, JSON, SCHEMA
from api.ogc.schemas import queryables_document, schema_document
from api.operations import Answer, Operation, Param
from api.permissions import EVERYBODY, readers
from layers.provenance import QUALITY_TITLES

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from api.calls import Call
    from api.ogc.visibility import View

__all__ = ["OPERATIONS", "collection", "collections", "queryables", "schema"]

_TITLE = "图层"


def collections(call: Call) -> Response:
    """List the layers that this role may read."""
    format = chosen(call)
    store, kept, links = call.service.store, call.service.part(kept_answers), Links(call.base_url)
    whole = kept_bounds(kept, store)
    entries = [
        documents.collection(
            links, store.schema(name), kept_summary(kept, store, name, store.head(name)), whole
        )
        for name in store.layers()
        if call.account.role in readers(name)
    ]
    if format is HTML:
        rows = [_with_title(entry) for entry in entries]
        make = page(call, "collections", "collections", title=_TITLE, collections=rows)
    else:
        make = partial(orjson.dumps, documents.collections(links, entries))
    return answer(call, format, make, FRESH)


def collection(call: Call) -> Response:
    """Describe one layer."""
    format = chosen(call)
    layer = asked(call)
    whole = kept_bounds(layer.kept, layer.store)
    body = documents.collection(layer.links, layer.view.schema, layer.summary, whole)
    if format is not HTML:
        return answer(call, format, partial(orjson.dumps, body), FRESH)
    here = ("collections", layer.name)
    [bbox] = body["extent"]["spatial"]["bbox"]
    make = page(
        call,
        "collection",
        *here,
        title=body["title"],
        trail=[(_TITLE, layer.links.with_format("collections", f="html"))],
        provenance=layer.provenance,
        collection=_with_title(body),
        extent="，".join(f"{number:.6f}" for number in bbox),
        here=layer.links.at(*here),
        files=[(one.name, layer.links.with_format(*here, "items", f=one.name)) for one in FILES],
    )
    return answer(call, format, make, FRESH)


def queryables(call: Call) -> Response:
    """Describe the properties that a filter may name."""
    return _properties(call, "queryables", "可查询字段", queryables_document)


def schema(call: Call) -> Response:
    """Describe the properties that are served; forms are made of it."""
    return _properties(call, "schema", "字段定义", schema_document)


def _properties(
    call: Call, name: str, title: str, describe: Callable[[View, str], dict[str, Any]]
) -> Response:
    format = chosen(call, _SCHEMAS)
    layer = asked(call)
    here = ("collections", layer.name, name)
    body = describe(layer.view, layer.links.at(*here))
    if format is not HTML:
        return answer(call, format, partial(orjson.dumps, body), FRESH)
    above = layer.links.with_format("collections", layer.name, f="html")
    make = page(
        call,
        "properties",
        *here,
        title=f"{body['title']}：{title}",
        trail=[
            (_TITLE, layer.links.with_format("collections", f="html")),
            (layer.view.schema.title, above),
        ],
        properties=[(key, _told(value)) for key, value in body["properties"].items()],
    )
    return answer(call, format, make, FRESH)


def _told(body: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": body["title"],
        "type": body.get("format") or body.get("type", ""),
        "unit": body.get("x-unit", ""),
        "codes": body.get("x-titles", {}),
    }


def _with_title(entry: dict[str, Any]) -> dict[str, Any]:
    return {**entry, "quality_title": QUALITY_TITLES.get(entry["quality"], "")}


_SCHEMAS = {format.name: format for format in (SCHEMA, HTML)}
_COLLECTION = Param("collection", {"type": "string"}, "图层标识", where="path")
_F = Param("f", {"type": "string", "enum": list(DOCUMENT)}, "格式，优先于 Accept", read=str)
_DOCUMENTS = (Answer(200, content={JSON.media: {"type": "object"}, HTML.media: None}),)
_PROPERTIES = (Answer(200, content={SCHEMA.media: {"type": "object"}, HTML.media: None}),)
_TAG = "图层"

OPERATIONS = (
    Operation(
        "GET",
        "/ogc/collections",
        collections,
        "图层清单",
        roles=EVERYBODY,
        params=(_F,),
        answers=_DOCUMENTS,
        tag=_TAG,
    ),
    *(
        Operation(
            "GET",
            f"/ogc/collections/{{collection}}{ending}",
            endpoint,
            title,
            roles=EVERYBODY,
            params=(_COLLECTION, _F),
            answers=answers,
            layer_right="read",
            tag=_TAG,
        )
        for ending, endpoint, title, answers in (
            ("", collection, "一个图层", _DOCUMENTS),
            ("/queryables", queryables, "可查询字段", _PROPERTIES),
            ("/schema", schema, "字段定义", _PROPERTIES),
        )
    ),
)
