"""GeoJSON (RFC 7946), read strictly: what it says is what is stored, or a finding."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from layers.findings import UnreadableError, shown
from layers.importers.decoding import decode_text
from layers.importers.headers import SUPPRESSED
from layers.importers.tables import CHUNK_ROWS, Chunk, Table

__all__ = ["read_geojson"]

_RFC_7946_CRS = "OGC:CRS84"


def read_geojson(path: Path) -> Table:
    """Open a feature collection or a single feature.

    GDAL would close open rings and take date-like names for dates; here a ring that is not closed
    is a finding and text stays text. A feature's `id` is its column `id` unless it has one.

    Raises
    ------
    UnreadableError
        I01: an empty file, a wrong encoding, no JSON, a member twice; I03: no features.
    """
    text = decode_text(path.read_bytes())
    if not text.strip():
        raise UnreadableError(1, "文件是空的，请检查导出是否完成。")
    try:
        body = json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise UnreadableError(
            error.lineno, f"第 {error.lineno} 行不是有效的 JSON，文件可能不完整，请重新导出。"
        ) from error
    except _TwiceError as error:
        name = shown(str(error))
        raise UnreadableError(
            None, f"JSON 的同一对象里有两个“{name}”，不知取哪个，请删去一个再导入。"
        ) from error
    except RecursionError as error:
        raise UnreadableError(1, "JSON 嵌套过深，不是 GeoJSON 要素，请检查文件。") from error
    features = _features(body)
    headings = _headings(features)
    return Table(
        headings=headings,
        chunks=_chunks(features, headings),
        crs=_crs(body),
        total=len(features),
        suppressed=body.get(SUPPRESSED) is True,
    )


class _TwiceError(ValueError):
    """A member of an object comes twice; the words are its name."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Make an object whose members differ.

    Raises
    ------
    _TwiceError
        If one comes twice: Python would keep the last in silence.
    """
    members = dict(pairs)
    if len(members) < len(pairs):
        names = [name for name, _ in pairs]
        raise _TwiceError(next(name for name in names if names.count(name) > 1))
    return members


def _features(body: object) -> list[Any]:
    body = body if isinstance(body, dict) else {}
    if body.get("type") == "Feature":
        return [body]
    features = body.get("features") if body.get("type") == "FeatureCollection" else None
    if not isinstance(features, list):
        raise UnreadableError(1, "文件不是 GeoJSON 要素集合(FeatureCollection)，请检查文件。")
    if not features:
        raise UnreadableError(None, "文件里没有要素，请检查导出是否完整。", finding_code="I03")
    for number, feature in enumerate(features, start=1):
        if not isinstance(feature, dict) or feature.get("type") != "Feature":
            raise UnreadableError(number, f"第 {number} 个要素不是 Feature，请检查文件。")
        if not isinstance(feature.get("properties") or {}, dict):
            raise UnreadableError(number, f"第 {number} 个要素的 properties 不是对象，请检查文件。")
    return features


def _headings(features: Sequence[Mapping[str, Any]]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    for feature in features:
        if feature.get("id") is not None:
            names["id"] = None
        names.update(dict.fromkeys(feature.get("properties") or ()))
    return tuple(names)


def _crs(body: Mapping[str, Any]) -> str | None:
    """Give the CRS of the 2008 draft's `crs` member where a file has one, else that of the RFC.

    A member of another form (a link, a bare code) is given as it stands: the file says that it is
    not in degrees of the RFC, and nobody knows a CRS by that text. The draft's null is no CRS.
    """
    if "crs" not in body:
        return _RFC_7946_CRS
    member = body["crs"]
    if member is None:
        return None
    if isinstance(member, dict) and member.get("type", "name") == "name":
        properties = member.get("properties")
        name = properties.get("name") if isinstance(properties, dict) else None
        if isinstance(name, str) and name.strip():
            return name
    return f"crs: {shown(json.dumps(member, ensure_ascii=False))}"


def _chunks(features: list[dict[str, Any]], headings: tuple[str, ...]) -> Iterator[Chunk]:
    for start in range(0, len(features), CHUNK_ROWS):
        block = features[start : start + CHUNK_ROWS]
        rows = list(range(start + 1, start + 1 + len(block)))
        properties = [
            {"id": f["id"], **(f.get("properties") or {})}
            if f.get("id") is not None
            else (f.get("properties") or {})
            for f in block
        ]
        members = [feature.get("geometry") for feature in block]
        texts = [None if member is None else json.dumps(member) for member in members]
        geometry = shapely.from_geojson(np.array(texts, dtype=object), on_invalid="ignore")
        lost = np.flatnonzero(shapely.is_missing(geometry)).tolist()
        bad = {rows[i]: _reason(members[i]) for i in lost if members[i] is not None}
        yield Chunk(
            rows=rows,
            cells={h: [p.get(h) for p in properties] for h in headings},
            geometry=geometry,
            bad_geometry=bad,
        )


def _reason(member: object) -> str:
    """Say why a geometry could not be read."""
    try:
        shapely.from_geojson(json.dumps(member, allow_nan=False))
    except ValueError:
        return "坐标不是有限的数"
    except shapely.errors.GEOSException as error:
        return "环没有闭合" if "closed" in str(error) else "几何写法有误"
    return "几何写法有误"
