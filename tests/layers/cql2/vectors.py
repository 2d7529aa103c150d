"""The published test vectors of CQL2 in a store: read from the shared folder, never copied."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import shapely.geometry

from layers.schema import parse_schema
from layers.store_values import Actor

if TYPE_CHECKING:
    from pathlib import Path

    from layers.schema import LayerSchema

KINDS = {"integer": "integer", "number": "real", "boolean": "boolean"}
FORMATS = {"date": "date", "date-time": "datetime"}


def read_vectors(folder: Path) -> list[dict[str, Any]]:
    """Give the vectors; `count` is what the published data give."""
    rows = json.loads((folder / "cql2" / "vectors.json").read_text(encoding="utf-8"))
    return [{**row, "count": row.get("computed", row["count"])} for row in rows]


def fill(store: Any, folder: Path) -> dict[str, LayerSchema]:
    """Put the three collections into a store and give their schemas."""
    made = {}
    for path in sorted((folder / "cql2").glob("*.geojson")):
        source = json.loads(path.read_text(encoding="utf-8"))
        described = json.loads(path.with_suffix(".queryables.json").read_text(encoding="utf-8"))
        schema = made[path.stem] = _schema(path.stem, described["properties"])
        store.add_layer(schema)
        rows = [_row(schema, feature) for feature in source["features"]]
        store.put(schema.name, rows, actor=Actor("test"))
    return made


def _schema(name: str, properties: dict[str, Any]) -> LayerSchema:
    kind = properties["geom"]["$ref"].rsplit("/", 1)[1].removesuffix(".json")
    fields = {
        key.lower(): {
            "title": f"{key} 列",
            "type": FORMATS.get(body.get("format", ""), KINDS.get(body["type"], "text")),
        }
        for key, body in properties.items()
        if key not in {"geom", "note"}  # every layer has a note
    }
    return parse_schema({"name": name, "title": name, "geometry": [kind], "fields": fields})


def _row(schema: LayerSchema, feature: dict[str, Any]) -> dict[str, Any]:
    values = {name.lower(): value for name, value in feature["properties"].items()}
    row = {name: value for name, value in values.items() if name in schema.fields}
    for name, value in row.items():
        if schema.fields[name].type == "datetime" and value is not None:
            row[name] = datetime.fromisoformat(value).astimezone(UTC)
        if schema.fields[name].type == "real" and value is not None:
            row[name] = float(value)
    return {**row, "geometry": shapely.geometry.shape(feature["geometry"])}
