"""Layers of names as JSON-LD in the Linked Places format, for gazetteers elsewhere."""

from __future__ import annotations

import json
from datetime import date, timedelta
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import yaml
from shapely.geometry import mapping

from geo.errors import InputError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from layers.exporters.tables import ExportTable

__all__ = ["write_jsonld"]

_CONTEXT = (
    "https://raw.githubusercontent.com/LinkedPasts/linked-places/master/"
    "linkedplaces-context-v1.1.jsonld"
)
_HAN, _LATIN = "zh-Hans", "zh-Latn-pinyin"
_CERTAINTY = {"surveyed": "certain", "approximate": "less-certain", "synthetic": "uncertain"}
_DAY_FORMATS = {"year": "%Y", "month": "%Y-%m"}
_UNCLASSED = "L"


def write_jsonld(table: ExportTable, path: Path, on_rows: Callable[[int], None]) -> None:
    """Write one feature a place: names, types, when, relations; all fields stay as properties.

    `valid_to` is the first day on which a place was no more, so its time ends the day before, told
    as exactly as `date_precision` knows it; a place that still is was there at least until the day
    of the data. Places of this store are named ``urn:xygeo:LAYER:ID``; nothing is fetched.

    Parameters
    ----------
    table
        A layer of `linked_places.yaml`.
    path
        Where.
    on_rows
        Told how many rows are done.

    Raises
    ------
    InputError
        `format_unfit` for a layer that holds no names.

    Source
    ------
    Linked Places format 1.3, Linked Pasts Network; our addition: the layer's fields beside title,
    ccodes and fclasses in `properties`, quality and sources beside `features`.
    """
    plans = _plans()
    if table.name not in plans:
        raise InputError(
            f"{table.title}不是地名图层，不能导出为 jsonld，可用的图层：{'、'.join(plans)}；"
            "请改用 geojson。",
            code="format_unfit",
            where=table.name,
        )
    head = {
        "type": "FeatureCollection",
        "@context": _CONTEXT,
        "name": table.name,
        "title": table.title,
        **table.provenance.to_json(),
    }
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.write(_json(head)[:-1] + ', "features": [')
        between, done = "\n", 0
        for block in table.blocks:
            names = list(block.columns)
            for position, values in enumerate(zip(*block.columns.values(), strict=True)):
                row = dict(zip(names, values, strict=True))
                place = _place(table, plans[table.name], row, block.geometry[position])
                file.write(between + _json(place))
                between = ",\n"
            done += len(block)
            on_rows(done)
        file.write("\n]}\n")


@cache
def _plans() -> dict[str, dict[str, Any]]:
    text = files("layers").joinpath("exporters", "linked_places.yaml").read_text(encoding="utf-8")
    plans: dict[str, dict[str, Any]] = yaml.safe_load(text)
    return plans


def _place(
    table: ExportTable,
    plan: Mapping[str, Any],
    row: Mapping[str, Any],
    shape: Any,  # noqa: ANN401 - any geometry or None
) -> dict[str, Any]:
    kind = row.get(plan["kind"])
    known = plan["classes"].get(kind, {})
    titles = next(field.codes for field in table.fields if field.name == plan["kind"])
    parent = row.get(plan["parent"])
    descriptions = [row.get(name) for name in plan.get("descriptions", ())]
    place: dict[str, Any] = {
        "@id": _urn(table.name, str(row["id"])),
        "type": "Feature",
        "properties": {
            "title": row["name"],
            "ccodes": ["CN"],
            "fclasses": known.get("fclasses", [_UNCLASSED]),
            **row,
        },
        "geometry": {"type": "GeometryCollection", "geometries": _shapes(row, shape)},
        "names": list(_names(plan, row)),
        "types": list(_types(known, titles.get(kind or ""))),
        "relations": [] if parent is None else [_part_of(str(parent))],
    }
    if told := [{"value": text, "lang": _HAN} for text in descriptions if text]:
        place["descriptions"] = told
    when = _when(row, table.day)
    return place if when is None else {**place, "when": when}


def _names(plan: Mapping[str, Any], row: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
    cited = [{"label": row["source"]}] if row.get("source") else []
    yield {"toponym": row["name"], "lang": _HAN, **({"citations": cited} if cited else {})}
    seen = {row["name"]}
    for lang, fields in ((_HAN, plan.get("names", ())), (_LATIN, plan.get("latin", ()))):
        for name in fields:
            value = row.get(name)
            for toponym in value if isinstance(value, list) else [value]:
                if toponym and toponym not in seen:
                    seen.add(toponym)
                    yield {"toponym": toponym, "lang": lang}


def _types(known: Mapping[str, Any], title: str | None) -> Iterator[dict[str, Any]]:
    if title is not None:
        concept = {key: known[key] for key in ("identifier", "label") if key in known}
        yield {**concept, "sourceLabels": [{"label": title, "lang": _HAN}]}


def _part_of(code: str) -> dict[str, Any]:
    return {"relationType": "gvp:broaderPartitive", "relationTo": _urn("divisions", code)}


def _shapes(row: Mapping[str, Any], shape: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    if shape is None:
        return []
    return [{**mapping(shape), "certainty": _CERTAINTY.get(row.get("quality") or "", "uncertain")}]


def _when(row: Mapping[str, Any], data_day: date | None) -> dict[str, Any] | None:
    """Give the time of a place; None where neither beginning nor end is known."""
    start: date | None = row.get("valid_from")
    end: date | None = row.get("valid_to")
    form = _DAY_FORMATS.get(row.get("date_precision") or "", "%Y-%m-%d")
    if end is not None:
        last = (end - timedelta(days=1)).strftime(form)
        begun = {"latest": last} if start is None else {"in": start.strftime(form)}
        return {"timespans": [{"start": begun, "end": {"in": last}}]}
    if start is None:
        return None
    span: dict[str, Any] = {"start": {"in": start.strftime(form)}}
    if data_day is not None and data_day >= start:
        span["end"] = {"earliest": data_day.isoformat()}
    return {"timespans": [span]}


def _urn(layer: str, made: str) -> str:
    return f"urn:xygeo:{layer}:{quote(made, safe='@')}"


def _json(value: object) -> str:
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
