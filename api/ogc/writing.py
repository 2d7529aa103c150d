"""GeoJSON features as clients send them: read strictly, into rows that the store takes."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
import shapely

from api.ogc.crs import CRS84, Crs, read_crs
from api.problems import Refused
from geo.errors import CrsError, InputError
from layers.errors import InvalidRecord
from layers.field_values import has_unseen
from layers.findings import Finding, Findings
from layers.geometry_checks import check_geometry

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.schema import LayerSchema
    from layers.store import Row

__all__ = ["merged", "read_changes", "read_content_crs", "read_feature"]

_MEMBERS = frozenset({"type", "id", "geometry", "properties", "links", "bbox"})
_SYSTEM = frozenset({"version", "updated_at", "updated_by"})
_DEPTHS = {
    "Point": 0,
    "MultiPoint": 1,
    "LineString": 1,
    "MultiLineString": 2,
    "Polygon": 2,
    "MultiPolygon": 3,
}
"""Kind of geometry -> how deep its positions lie in arrays."""

_DEEPEST = 32


def read_content_crs(header: str | None) -> Crs:
    """Read in which system the coordinates of a body are.

    Parameters
    ----------
    header
        Content-Crs, its URI in angle brackets, or without them as QGIS sends it; None: not sent,
        CRS84 is meant.

    Returns
    -------
    The system.

    Raises
    ------
    Refused
        400 `crs_unsupported` for any other.
    """
    text = CRS84 if header is None else header.strip()
    bracketed = text.startswith("<") and text.endswith(">")
    try:
        return read_crs(text[1:-1] if bracketed else text)
    except InputError as error:
        raise Refused(400, str(error), code="crs_unsupported", where="Content-Crs") from error


def read_feature(
    schema: LayerSchema, body: object, crs: Crs, *, id: str | None = None
) -> dict[str, Any]:
    """Read a whole feature.

    Parameters
    ----------
    schema
        Of the layer.
    body
        JSON, as `api.bodies.read_json` gives it. What the store writes itself (version and so on)
        and the links of an answer are passed over, so that what was read may be sent back.
    crs
        Of its coordinates.
    id
        Of the feature that is written; None: not known yet, whatever the body says is passed over.

    Returns
    -------
    Properties and `geometry` (None where it is null), without the id.

    Raises
    ------
    InvalidRecord
        If it is no feature, has another id, names a field that the layer has not, or its geometry
        is bad.
    """
    found = _members(body)
    for name in ("type", "geometry", "properties"):
        if name not in found:
            _refuse(name, f"要素缺少“{name}”，请补上；没有几何就写 null。")
    return read_changes(schema, found, crs, id=id)


def read_changes(
    schema: LayerSchema, body: object, crs: Crs, *, id: str | None = None
) -> dict[str, Any]:
    """Read the members of a feature that a merge patch (RFC 7396) names.

    Parameters
    ----------
    schema, body, crs, id
        As for `read_feature`.

    Returns
    -------
    The named properties, None to empty them, and `geometry` if it is named.

    Raises
    ------
    InvalidRecord
        As `read_feature`.
    """
    found = _members(body)
    if found.get("type", "Feature") != "Feature":
        _refuse("type", "要素的 type 应为 Feature。")
    if id is not None and found.get("id", id) != id:
        _refuse("id", "内容里的 id 与网址里的不同，请改一处；标识不能改。")
    properties = found.get("properties", {})
    if not isinstance(properties, dict):
        _refuse("properties", "properties 应为对象，至少写 {}。")
    unknown = [name for name in properties if name not in schema.fields and name not in _SYSTEM]
    if unknown:
        findings = [
            Finding(1, _shown(name), None, "I02", f"未知字段“{_shown(name)}”。")
            for name in unknown[:100]
        ]
        raise InvalidRecord(
            f"{schema.title}没有字段“{_shown(unknown[0])}”，可用字段：{'、'.join(schema.fields)}。",
            where=_shown(unknown[0]),
            findings=findings,
        )
    row = {name: value for name, value in properties.items() if name not in _SYSTEM}
    if "geometry" in found:
        row["geometry"] = _geometry(schema, found["geometry"], crs)
    return row


def merged(present: Row, changes: Mapping[str, Any]) -> dict[str, Any]:
    """Apply a merge patch: nested objects are merged too, all else is replaced.

    Parameters
    ----------
    present
        The stored row.
    changes
        Answer of `read_changes`.

    Returns
    -------
    The changed values alone, to be put with `merge`.
    """
    return {
        name: _merge(present.get(name), value) if isinstance(value, dict) else value
        for name, value in changes.items()
    }


def _merge(target: object, patch: object, depth: int = 0) -> Any:  # noqa: ANN401 - any JSON
    if not isinstance(patch, dict):
        return patch
    if depth > _DEEPEST:
        _refuse("properties", f"内容嵌套超过 {_DEEPEST} 层，请改浅。")
    made = dict(target) if isinstance(target, dict) else {}
    for name, value in patch.items():
        if value is None:
            made.pop(name, None)
        else:
            made[name] = _merge(made.get(name), value, depth + 1)
    return made


def _members(body: object) -> dict[str, Any]:
    if not isinstance(body, dict):
        _refuse(None, "内容应为一个 GeoJSON 要素（对象）。")
    unknown = next((name for name in body if name not in _MEMBERS), None)
    if unknown is not None:
        told = _shown(unknown)
        _refuse(told, f"要素没有“{told}”这一项，请删去；字段写在 properties 里。")
    return body


def _geometry(schema: LayerSchema, given: object, crs: Crs) -> shapely.Geometry | None:
    if given is None:
        return None
    kind = given.get("type") if isinstance(given, dict) else None
    if not isinstance(given, dict) or not isinstance(kind, str) or kind not in _DEPTHS:
        _refuse("geometry", f"几何应为 GeoJSON 的 {'、'.join(_DEPTHS)} 之一，或 null。")
    places = _positions(given.get("coordinates"), _DEPTHS[kind])
    try:
        shape = shapely.from_geojson(json.dumps({"type": kind, "coordinates": places}))
    except shapely.errors.GEOSException as error:
        _refuse(
            "geometry",
            "几何不完整：线至少两点，面的环至少四点且首尾相同，请检查坐标。",
            cause=error,
        )
    if shape.is_empty:
        _refuse("geometry", "几何是空的；没有几何请写 null。")
    shapes = np.array([shape], dtype=object)
    try:
        stored = crs.stored(shapes)
    except CrsError as error:
        _refuse("geometry", str(error), cause=error)
    findings = Findings()
    check_geometry(schema, [1], stored, findings)
    if listed := findings.listed():
        raise InvalidRecord(listed[0].message, where="geometry", findings=listed)
    found: shapely.Geometry = stored[0]
    return found


def _positions(given: object, depth: int) -> list[Any]:
    """Check that numbers stand where numbers belong; the reader of geometries is more lenient."""
    if not isinstance(given, list):
        _refuse("geometry", "几何的 coordinates 应为数组。")
    if depth:
        return [_positions(one, depth - 1) for one in given]
    if len(given) != 2:
        _refuse("geometry", "几何的每个点应有两个坐标；高程请填入高程字段。")
    if any(isinstance(one, bool) or not isinstance(one, int | float) for one in given):
        _refuse("geometry", "几何的坐标应为数字。")
    try:
        return [float(one) for one in given]
    except OverflowError as error:
        _refuse("geometry", "几何的坐标过大。", cause=error)


def _refuse(where: str | None, message: str, *, cause: Exception | None = None) -> NoReturn:
    code = "I16" if where == "geometry" else "I04"
    findings = [Finding(1, where, None, code, message)]
    raise InvalidRecord(message, code="invalid_feature", where=where, findings=findings) from cause


def _shown(name: str) -> str:
    """Write a name from outside so that it hides nothing and can be encoded."""
    return "".join(
        letter.encode("unicode_escape").decode() if has_unseen(letter) else letter
        for letter in name[:60]
    )
