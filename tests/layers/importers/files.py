"""Small files and stores for the import tests."""

from __future__ import annotations

import json
from pathlib import Path

import shapely

from layers.store import Actor

CLERK = Actor("clerk")
REVIEWER = Actor("reviewer", "reviewer")

COUNTY = shapely.box(113.0, 36.4, 113.2, 36.6)


def write_text(folder: Path, name: str, text: str, encoding: str = "utf-8") -> Path:
    """Write a text file, line ends as given."""
    path = folder / name
    path.write_bytes(text.encode(encoding))
    return path


def write_features(folder: Path, *features: dict, name: str = "in.geojson", **members) -> Path:
    """Write a GeoJSON file of (properties with `geometry`) features."""
    body = {
        "type": "FeatureCollection",
        **members,
        "features": [
            {
                "type": "Feature",
                "geometry": feature.get("geometry"),
                "properties": {k: v for k, v in feature.items() if k != "geometry"},
            }
            for feature in features
        ],
    }
    return write_text(folder, name, json.dumps(body, ensure_ascii=False))


def point(lon: float, lat: float) -> dict:
    """Make a GeoJSON point."""
    return {"type": "Point", "coordinates": [lon, lat]}


def codes(report) -> list[tuple[int | None, str | None, str]]:
    """Row, field and code of each error."""
    return [(f.row, f.field, f.code) for f in report.findings if f.level == "error"]


def warnings(report) -> list[tuple[int | None, str | None, str]]:
    """Row, field and code of each warning."""
    return [(f.row, f.field, f.code) for f in report.findings if f.level == "warning"]


def put_county(store) -> None:
    """Give the store a county, one township and one village."""
    rows = [
        ("140423000000", "襄垣县", "county", "county", None, COUNTY),
        ("140423100000", "古韩镇", "township", "township", "140423000000", COUNTY),
        ("140423100001", "府前社区", "village", "community", "140423100000", None),
    ]
    store.put(
        "divisions",
        [
            {
                "code": code,
                "name": name,
                "level": level,
                "kind": kind,
                "parent_code": parent,
                "legal": True,
                "geometry": shape,
            }
            for code, name, level, kind, parent, shape in rows
        ],
        actor=CLERK,
    )
