"""GeoJSON (RFC 7946), one feature a line, coordinates as stored."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import shapely

from layers.exporters.tables import SUPPRESSED

if TYPE_CHECKING:
    from collections.abc import Callable

    from layers.exporters.tables import Block, ExportTable

__all__ = ["write_geojson"]


def write_geojson(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write a feature collection.

    Quality, sources and the notice stand beside the features; a hidden count is null and named in
    `suppressed`. CGCS2000 is taken as the WGS 84 that the standard asks for.

    Parameters
    ----------
    table
        What to write.
    path
        Where.
    on_rows
        Told how many rows are done.
    """
    head: dict[str, Any] = {"type": "FeatureCollection", "name": table.name, "title": table.title}
    head |= table.provenance.to_json()
    if table.hidden is not None:
        head[SUPPRESSED] = bool(table.hidden)
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_text(head)[:-1] + ', "features": [')
        between, done = "\n", 0
        for block in table.blocks:
            for line in _features(table, block):
                file.write(between + line)
                between = ",\n"
            done += len(block)
            on_rows(done)
        file.write("\n]}\n")


def _features(table: ExportTable, block: Block) -> list[str]:
    names = [field.name for field in table.fields if field.name != "id"]
    ids = block.columns.get("id")
    shapes = shapely.to_geojson(block.geometry)
    rows = zip(*(block.columns[name] for name in names), strict=True)
    lines = []
    for position, (values, shape) in enumerate(zip(rows, shapes, strict=True)):
        properties = dict(zip(names, values, strict=True))
        own = f'"id": {_text(ids[position])}, ' if ids is not None else ""
        lines.append(
            f'{{"type": "Feature", {own}"geometry": {shape or "null"}, '
            f'"properties": {_text(properties)}}}'
        )
    return lines


def _text(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, default=_iso)


def _iso(value: object) -> str:
    """Write a date as text.

    Raises
    ------
    TypeError
        For anything else that JSON does not know.
    """
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(type(value).__name__)
