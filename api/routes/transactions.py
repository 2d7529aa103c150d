"""Writing features: OGC API - Features Part 4, with the version that was seen in If-Match.

Each write reads the present version and writes the next within one transaction, so that of two
who saw the same version only the first is served.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from starlette.responses import Response

from api.calls import no_content
from api.ogc.asking import Asked, asked
from api.ogc.caching import feature_etag, version_in_etag
from api.ogc.negotiation import GEOJSON
from api.ogc.writing import merged, read_changes, read_content_crs, read_feature
from api.operations import JSON, Answer, Operation, Param
from api.permissions import CLERKS
from api.problems import PROBLEM, Refused
from layers.errors import Conflict, NotFound, StaleVersion
from layers.records import Record, RecordCodec
from layers.rights import require_usual
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from api.calls import Call
    from api.ogc.crs import Crs
    from layers.store import Row

__all__ = [
    "OPERATIONS",
    "UNLOCKED",
    "add_feature",
    "change_feature",
    "drop_feature",
    "replace_feature",
]

UNLOCKED = "未锁定（unlocked）"
"""Reason of the event where desktop GIS wrote without saying which version it had seen."""


def add_feature(call: Call) -> Response:
    """Add a feature; the service makes its id, or the layer's key does.

    Raises
    ------
    Conflict
        `already_there` where the key names a feature that is there.
    """
    layer = _written(call)
    read = read_feature(layer.view.schema, call.json(), _crs(call))
    # Desktop GIS sends every field: what is null was left out, so that defaults hold.
    row = {name: value for name, value in read.items() if value is not None}
    # A key makes the id: another feature of the same key must not be written over.
    [record] = RecordCodec(layer.view.schema).records([row])
    expect = {} if record.id is None else {record.id: 0}
    with layer.store.batch(call.account.actor):
        try:
            put = layer.store.put(layer.name, [row], actor=call.account.actor, expect=expect)
        except StaleVersion as error:
            raise Conflict(
                f"{layer.view.schema.title}已有“{record.id}”，请改用 PUT 或 PATCH 修改它。",
                code="already_there",
                where=record.id,
            ) from error
        made = put.ids[0]
        etag = _etag(layer, _present(layer, made))
    location = layer.links.at("collections", layer.name, "items", made)
    return Response(status_code=201, headers={"Location": location, "ETag": etag})


def replace_feature(call: Call) -> Response:
    """Replace a feature: fields that are left out become empty."""
    layer = _written(call)
    schema, made, crs = layer.view.schema, call.params["feature"], _crs(call)
    body = call.json()
    row = read_feature(schema, body, crs, id=made)
    return _write(call, layer, row, merge=False)


def change_feature(call: Call) -> Response:
    """Change the members of a feature that a merge patch names."""
    layer = _written(call)
    made = call.params["feature"]
    changes = read_changes(layer.view.schema, call.json(), _crs(call), id=made)
    return _write(call, layer, changes, merge=True)


def drop_feature(call: Call) -> Response:
    """Delete a feature; its history stays."""
    layer = _written(call)
    made, actor = call.params["feature"], call.account.actor
    with layer.store.batch(actor):
        reason = _seen(call, layer, _present(layer, made))
        layer.store.delete(layer.name, [made], actor=actor, reason=reason)
    return no_content()


def _write(call: Call, layer: Asked, changes: Mapping[str, Any], *, merge: bool) -> Response:
    made, actor = call.params["feature"], call.account.actor
    with layer.store.batch(actor):
        present = _present(layer, made)
        reason = _seen(call, layer, present)
        values = {**_key(layer, present), **merged(present, changes)} if merge else changes
        row = {**values, "id": made}
        if reason:
            _require_usual(layer, present, row, merge=merge)
        layer.store.put(layer.name, [row], actor=actor, reason=reason, merge=merge)
        etag = _etag(layer, _present(layer, made))
    return Response(status_code=204, headers={"ETag": etag})


def _written(call: Call) -> Asked:
    """Find the layer; nobody who is shown blanked counts may save them back."""
    layer = asked(call)
    call.require(allowed=not layer.view.counts, what=f"改动图层“{layer.view.schema.title}”")
    return layer


def _crs(call: Call) -> Crs:
    return read_content_crs(call.headers.get("content-crs"))


def _present(layer: Asked, made: str) -> Row:
    found = layer.store.find(layer.name, Query(ids=[made]))
    if not found:
        raise NotFound(f"{layer.view.schema.title}没有标识为“{made}”的记录，请核对。", where=made)
    return found[0]


def _key(layer: Asked, present: Row) -> dict[str, Any]:
    """Give what the id was made of, which the store asks of every row, also of a part of one."""
    schema = layer.view.schema
    names = (*schema.key_fields, *(("valid_to",) if schema.past_key else ()))
    return {name: present[name] for name in names}


def _etag(layer: Asked, row: Row) -> str:
    return feature_etag(row["version"], layer.view, GEOJSON)


def _seen(call: Call, layer: Asked, present: Row) -> str:
    """Require that the writer has seen the present version; gives the reason for the history.

    Raises
    ------
    Refused
        428 `if_match_missing`.
    StaleVersion
        If another version was seen.
    """
    tags = [tag.strip() for line in call.headers.getlist("if-match") for tag in line.split(",")]
    if not tags:
        if call.account.gis:
            return UNLOCKED
        raise Refused(
            428,
            "请在 If-Match 里写明所改的是哪一版（读取要素时 ETag 的值）；"
            "桌面 GIS 请用 --gis 的令牌。",
            code="if_match_missing",
            where="If-Match",
        )
    version = present["version"]
    if tags != ["*"] and version not in [version_in_etag(tag) for tag in tags]:
        raise StaleVersion(
            f"{layer.view.schema.title}“{present['id']}”已被改动，现为第 {version} 版，"
            "请重新读取后再改。",
            where=present["id"],
        )
    return ""


def _require_usual(layer: Asked, present: Row, row: Mapping[str, Any], *, merge: bool) -> None:
    """Refuse what needs a reviewer's own reason: that of an unlocked write is not one.

    The store takes any reason of a reviewer as leave to set what casework owns.
    """
    schema = layer.view.schema
    [record] = RecordCodec(schema).records([row])
    quality = record.values.get("quality") or present["quality"]
    kept = {name: present.get(name) for name in schema.fields} if merge else {}
    values = {**kept, **record.values, "quality": quality}
    complete = Record(present["id"], values, None, None, has_geometry_key=False)
    owned = [field for field in schema.fields.values() if field.by_cases]
    require_usual(schema, owned, complete, present, 1)


_COLLECTION = Param("collection", {"type": "string"}, "图层标识", where="path")
_FEATURE = Param("feature", {"type": "string", "maxLength": 200}, "要素标识", where="path")
_CONTENT_CRS = Param(
    "Content-Crs",
    {"type": "string"},
    "内容的坐标系：尖括号里的 URI（不写尖括号也可），默认 CRS84",
    where="header",
)
_IF_MATCH = Param(
    "If-Match", {"type": "string"}, "所见版本的 ETag；桌面 GIS 的令牌可以不给", where="header"
)
_GEOJSON = {
    "type": "object",
    "required": ["type", "geometry", "properties"],
    "properties": {
        "type": {"type": "string", "enum": ["Feature"]},
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object"},
    },
}
_PATCH = {
    "type": "object",
    "properties": {
        "geometry": {"type": "object", "nullable": True},
        "properties": {"type": "object"},
    },
}
_MERGE_PATCH = "application/merge-patch+json"
_GEO = "application/geo+json"
_WHOLE = {_GEO: _GEOJSON, JSON: _GEOJSON}
_PART = {_MERGE_PATCH: _PATCH, _GEO: _PATCH, JSON: _PATCH}
_PROBLEM = {PROBLEM: {"type": "object"}}
_WRITTEN = Answer(204, "已写入", content={}, headers={"ETag": "新的版本标记"})
_REFUSALS = (404, 412, 428)
_TAG = "要素"
_ITEMS = "/ogc/collections/{collection}/items"
_ITEM = f"{_ITEMS}/{{feature}}"

OPERATIONS = (
    Operation(
        "POST",
        _ITEMS,
        add_feature,
        "新增要素",
        roles=CLERKS,
        params=(_COLLECTION, _CONTENT_CRS),
        body=_WHOLE,
        answers=(
            Answer(
                201,
                "已新增",
                content={},
                headers={"Location": "新要素的网址", "ETag": "版本标记"},
            ),
            Answer(409, "同一键的要素已有", _PROBLEM),
        ),
        refusals=(404,),
        cost="write",
        layer_right="write",
        tag=_TAG,
    ),
    Operation(
        "PUT",
        _ITEM,
        replace_feature,
        "替换要素",
        roles=CLERKS,
        params=(_COLLECTION, _FEATURE, _CONTENT_CRS, _IF_MATCH),
        body=_WHOLE,
        answers=(_WRITTEN,),
        refusals=_REFUSALS,
        cost="write",
        layer_right="write",
        tag=_TAG,
    ),
    Operation(
        "PATCH",
        _ITEM,
        change_feature,
        "修改要素",
        roles=CLERKS,
        params=(_COLLECTION, _FEATURE, _CONTENT_CRS, _IF_MATCH),
        body=_PART,
        answers=(_WRITTEN,),
        refusals=_REFUSALS,
        cost="write",
        layer_right="write",
        tag=_TAG,
    ),
    Operation(
        "DELETE",
        _ITEM,
        drop_feature,
        "删除要素",
        roles=CLERKS,
        params=(_COLLECTION, _FEATURE, _IF_MATCH),
        answers=(Answer(204, "已删除", content={}),),
        refusals=_REFUSALS,
        cost="write",
        layer_right="write",
        tag=_TAG,
    ),
)
