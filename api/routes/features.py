"""The features of a layer: pages of them, files of all that match, each one, its history."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC
from functools import partial
from typing import TYPE_CHECKING, Any

import orjson
from starlette.responses import Response

from api.ogc.asking import Asked, answer, asked, chosen, is_known, page
from api.ogc.caching import cache_headers, feature_etag
from api.ogc.crs import CRS84, CRS_URIS, STORAGE_CRS, Crs, content_crs, read_crs
from api.ogc.downloads import download
from api.ogc.feature_pages import cells_of, table_rows, trail_of, version_rows
from api.ogc.geojson import collection_bytes, features_of
from api.ogc.histories import history_document
from api.ogc.kept_features import kept_features
from api.ogc.links import link, link_header
from api.ogc.negotiation import DOCUMENT, FEATURES, FILES, GEOJSON, HTML, JSON
from api.ogc.pages import FeaturePage, read_page
from api.ogc.parameters import DEFAULT_LIMIT, MAX_LIMIT, read_bbox, read_limit, read_period
from api.ogc.questions import Question, query_of
from api.operations import Answer, Operation, Param
from api.permissions import EVERYBODY
from api.problems import Refused
from layers.cql2 import LANGUAGES
from layers.errors import NotFound
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.calls import Call
    from api.ogc.negotiation import Format
    from layers.store import Table

__all__ = ["OPERATIONS", "feature", "history", "items"]


def items(call: Call) -> Response:
    """Give a page of the features that match, or all of them as a file."""
    format = chosen(call, FEATURES)
    layer = asked(call)
    query = _query(call, layer)
    if format.suffix:
        return _file(call, layer, format, query)
    headers = content_crs(_crs_of(call)) | cache_headers(layer.view, layer.etag(format))
    if is_known(call, headers):
        return Response(status_code=304, headers=headers)
    found = read_page(layer.store, layer.name, query, layer.head, layer.kept)
    if format is HTML:
        _, features = _features(call, layer, [cursor for cursor, _ in found.keys])
        members = _members(call, layer, found, len(features))
        body = _items_page(call, layer, features, members)
    else:
        parts = _written(call, layer, found.keys)
        members = _members(call, layer, found, len(parts))
        body = collection_bytes(parts, members)
    if told := link_header(members["links"], ("next",)):
        headers["Link"] = told
    return Response(body, media_type=format.media, headers=headers)


def feature(call: Call) -> Response:
    """Give one feature.

    Raises
    ------
    NotFound
        If there is none, or none that this role may see.
    """
    format = chosen(call, _ONE)
    layer = asked(call)
    made, crs = call.params["feature"], _crs_of(call)
    question = query_of(layer.view, Question(), today=layer.today, tz=call.service.settings.tz)
    table = layer.store.table(layer.name, Query(ids=[made], filter=question.filter))
    if not table.wkb:
        # The store's own words name past periods of a unit; a row of others must not show by them.
        raise NotFound(f"{layer.view.schema.title}没有标识为“{made}”的记录，请核对。", where=made)
    variant = "" if crs.uri == CRS84 else crs.uri.rpartition("/")[2]
    etag = feature_etag(table.columns["version"][0], layer.view, format, variant)
    headers = content_crs(crs) | cache_headers(layer.view, etag)
    hidden = layer.hidden()
    [found] = features_of(layer.view, table, crs, hidden=hidden)
    here = ("collections", layer.name, "items", made)
    if format is HTML:
        make = page(
            call,
            "feature",
            *here,
            title=str(found["properties"].get("name") or made),
            trail=trail_of(layer, items=True),
            provenance=layer.provenance,
            id=made,
            cells=cells_of(layer.view, found["properties"], hidden.get(made)),
            geometry=orjson.dumps(found["geometry"]).decode(),
            history=layer.links.with_format(*here, "history", f="html"),
        )
        return answer(call, format, make, headers)
    above = ("collections", layer.name)
    found["links"] = [
        link(layer.links.at(*here, query=call.query), "self", GEOJSON.media),
        link(layer.links.with_format(*here, query=call.query, f="html"), "alternate", HTML.media),
        link(layer.links.at(*above), "collection", JSON.media, layer.view.schema.title),
    ]
    return answer(call, format, partial(orjson.dumps, found), headers)


def history(call: Call) -> Response:
    """Give every recorded version of a feature that this role may see."""
    format = chosen(call)
    layer = asked(call)
    made, crs = call.params["feature"], _crs_of(call)
    body = history_document(layer.view, made, layer.store.history(layer.name, made), crs)
    headers = content_crs(crs) | cache_headers(layer.view, layer.etag(format))
    if format is not HTML:
        return answer(call, format, partial(orjson.dumps, body, option=orjson.OPT_UTC_Z), headers)
    here = ("collections", layer.name, "items", made)
    make = page(
        call,
        "history",
        *here,
        "history",
        title=f"{made} 的历史",
        trail=[*trail_of(layer, items=True), (made, layer.links.with_format(*here, f="html"))],
        provenance=layer.provenance,
        id=made,
        versions=version_rows(layer.view, body["versions"]),
    )
    return answer(call, format, make, headers)


def _crs_of(call: Call, name: str = "crs") -> Crs:
    """Give the value of a parameter, or the default, which comes as its text."""
    found = call.params[name]
    return found if isinstance(found, Crs) else read_crs(CRS84)


def _query(call: Call, layer: Asked) -> Query:
    params = call.params
    declared = {param.name for param in call.operation.params}
    question = Question(
        bbox=params["bbox"],
        bbox_crs=_crs_of(call, "bbox-crs"),
        period=params["datetime"],
        filter=params["filter"],
        filter_lang=params["filter-lang"],
        filter_crs=_crs_of(call, "filter-crs"),
        equals=[(name, text) for name, text in call.query if name not in declared],
        limit=params["limit"],
        after=params["after"],
    )
    tz = call.service.settings.tz
    return query_of(layer.view, question, today=layer.today, tz=tz, hidden=layer.hidden)


def _features(call: Call, layer: Asked, cursors: list[int]) -> tuple[Table, list[dict[str, Any]]]:
    """Give the rows at some cursors, and as features."""
    # Asked once more: a row may have changed since its key was read into one that is not shown.
    query = Query(cursors=cursors, filter=layer.view.restriction)
    table = layer.store.table(layer.name, query)
    return table, features_of(layer.view, table, _crs_of(call), hidden=layer.hidden())


def _written(call: Call, layer: Asked, keys: list[tuple[int, int]]) -> list[bytes]:
    """Give features as JSON, kept from page to page where they are the same for all."""

    def write(cursors: list[int]) -> list[tuple[int, int, bytes]]:
        table, features = _features(call, layer, cursors)
        # A copy: what orjson gives has room for much more than it holds (8 KiB, measured).
        parts = (bytes(memoryview(orjson.dumps(feature))) for feature in features)
        return list(zip(table.cursors, table.columns["version"], parts, strict=True))

    if layer.view.counts or not _crs_of(call).is_stored:
        return [part for _, _, part in write([cursor for cursor, _ in keys])]
    return call.service.part(kept_features).read(layer.view, keys, write)


def _members(call: Call, layer: Asked, found: FeaturePage, returned: int) -> dict[str, Any]:
    here = ("collections", layer.name, "items")
    links = [
        link(layer.links.at(*here, query=call.query), "self", GEOJSON.media),
        link(layer.links.with_format(*here, query=call.query, f="html"), "alternate", HTML.media),
        link(layer.links.at("collections", layer.name), "collection", JSON.media),
    ]
    if found.after is not None:
        kept = [pair for pair in call.query if pair[0] != "after"]
        address = layer.links.at(*here, query=[*kept, ("after", str(found.after))])
        links.append(link(address, "next", GEOJSON.media, "下一页"))
    now = call.service.clock().astimezone(UTC)
    return {
        "numberMatched": found.matched,
        "numberReturned": returned,
        "timeStamp": f"{now:%Y-%m-%dT%H:%M:%SZ}",
        "links": links,
    }


def _items_page(
    call: Call, layer: Asked, features: list[dict[str, Any]], members: Mapping[str, Any]
) -> bytes:
    following = [one["href"] for one in members["links"] if one["rel"] == "next"]
    make = page(
        call,
        "items",
        "collections",
        layer.name,
        "items",
        title=layer.view.schema.title,
        trail=trail_of(layer),
        provenance=layer.provenance,
        matched=members["numberMatched"],
        headings=[field.title for field in layer.view.fields],
        rows=table_rows(layer, features),
        next=following[0] if following else "",
    )
    return make()


def _file(call: Call, layer: Asked, format: Format, query: Query) -> Response:
    """Answer with a file; who takes out small counts is noted before.

    Raises
    ------
    Refused
        400 `crs_unsupported` for another system than the stored one, `bad_parameter` for a place
        to go on from: a file is no page.
    """
    if query.after is not None:
        raise Refused(
            400,
            f"{format.name} 文件不分页，请不要给 after。",
            code="bad_parameter",
            where="after",
        )
    if _crs_of(call).uri not in {CRS84, STORAGE_CRS}:
        raise Refused(
            400,
            f"文件一律按存储坐标系（EPSG:4490）写出，{format.name} 格式请不要给 crs。",
            code="crs_unsupported",
            where="crs",
        )
    full = bool(layer.view.schema.privacy_counts) and not layer.view.counts
    if full:
        log = call.service.access_log
        log.record(call.account.actor, "export_full", {"layer": layer.name, "format": format.name})
    given = any(name == "limit" for name, _ in call.query)
    return download(
        layer.store,
        layer.name,
        replace(query, limit=query.limit if given else None),
        format,
        full=full,
        folder=call.service.settings.data,
        headers=content_crs(read_crs(CRS84)) | cache_headers(layer.view, ""),
    )


_ONE = {format.name: format for format in (GEOJSON, HTML)}
_URI = {"type": "string", "format": "uri", "enum": list(CRS_URIS), "default": CRS84}


def _crs(name: str, description: str) -> Param:
    return Param(name, _URI, description, read=read_crs)


_COLLECTION = Param("collection", {"type": "string"}, "图层标识", where="path")
_FEATURE = Param("feature", {"type": "string", "maxLength": 200}, "要素标识", where="path")
_CRS = _crs("crs", "回答的坐标系，EPSG 的按其轴顺序")
_F = Param("f", {"type": "string", "enum": list(DOCUMENT)}, "格式，优先于 Accept", read=str)
_HEADERS = {"Content-Crs": "坐标系", "ETag": "版本标记"}
_GEOJSON = {"type": "object", "required": ["type"], "properties": {"type": {"type": "string"}}}
_PAGE = {
    **_GEOJSON,
    "properties": {
        "type": {"type": "string", "enum": ["FeatureCollection"]},
        "features": {"type": "array", "items": _GEOJSON},
        "numberMatched": {"type": "integer", "minimum": 0},
        "numberReturned": {"type": "integer", "minimum": 0},
        "timeStamp": {"type": "string", "format": "date-time"},
        "links": {"type": "array", "items": {"type": "object"}},
    },
}
_VERSIONS = {
    "type": "object",
    "required": ["versions"],
    "properties": {"versions": {"type": "array", "items": {"type": "object"}}},
}
_UNCHANGED = Answer(304, "没有变化", content={})
_FILE_BODIES = {format.media: None for format in FILES}
_TAG = "要素"
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT, "default": DEFAULT_LIMIT}
_NUMBERS = {"type": "array", "items": {"type": "number"}, "minItems": 4, "maxItems": 6}
_LANGUAGE = {"type": "string", "enum": list(LANGUAGES), "default": LANGUAGES[0]}

OPERATIONS = (
    Operation(
        "GET",
        "/ogc/collections/{collection}/items",
        items,
        "查询要素",
        roles=EVERYBODY,
        params=(
            _COLLECTION,
            Param("limit", _LIMIT, "每页条数；下载文件时不给就是全部", read=read_limit),
            Param("bbox", _NUMBERS, "范围：西、南、东、北（按 bbox-crs 的轴顺序）", read=read_bbox),
            _crs("bbox-crs", "bbox 的坐标系"),
            Param("datetime", {"type": "string"}, "有效日期或起止", read=read_period),
            _CRS,
            Param("filter", {"type": "string"}, "CQL2 筛选条件", read=str),
            Param("filter-lang", _LANGUAGE, "筛选语言", read=str),
            _crs("filter-crs", "filter 里几何的坐标系"),
            Param("after", {"type": "integer", "minimum": 0}, "上一页给出的位置"),
            Param("f", {"type": "string", "enum": list(FEATURES)}, "格式，优先于 Accept", read=str),
        ),
        answers=(
            Answer(
                200,
                content={GEOJSON.media: _PAGE, HTML.media: None, **_FILE_BODIES},
                headers=_HEADERS,
            ),
            _UNCHANGED,
        ),
        layer_right="read",
        open_query=True,
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/ogc/collections/{collection}/items/{feature}",
        feature,
        "一个要素",
        roles=EVERYBODY,
        params=(_COLLECTION, _FEATURE, _CRS, _F),
        answers=(
            Answer(200, content={GEOJSON.media: _GEOJSON, HTML.media: None}, headers=_HEADERS),
            _UNCHANGED,
        ),
        layer_right="read",
        tag=_TAG,
    ),
    Operation(
        "GET",
        "/ogc/collections/{collection}/items/{feature}/history",
        history,
        "要素的历史",
        roles=EVERYBODY,
        params=(_COLLECTION, _FEATURE, _CRS, _F),
        answers=(
            Answer(200, content={JSON.media: _VERSIONS, HTML.media: None}, headers=_HEADERS),
            _UNCHANGED,
        ),
        layer_right="read",
        tag=_TAG,
    ),
)
