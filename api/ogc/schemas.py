"""The properties of a layer as JSON Schema: those that are served, and those to ask for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.json_schema import field_schema

if TYPE_CHECKING:
    from collections.abc import Iterable

    from api.ogc.visibility import View
    from layers.schema import Field

__all__ = ["queryables_document", "schema_document"]

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_PAIRS = {
    frozenset({kind, f"Multi{kind}"}): f"geometry-{kind}-or-multi{kind}".lower()
    for kind in ("Point", "LineString", "Polygon")
}


def schema_document(view: View, address: str) -> dict[str, Any]:
    """Describe every property that is served.

    Parameters
    ----------
    view
        The layer as the asker's role sees it.
    address
        Of the document.

    Returns
    -------
    JSON Schema with Chinese titles; `x-ogc-role` marks the id and the geometry, `readOnly` what
    only the store writes. A property without a value is null.
    """
    made = _document(view, address, view.fields)
    required = [field.name for field in view.schema.own_fields if field.required]
    return {**made, "required": required} if required else made


def queryables_document(view: View, address: str) -> dict[str, Any]:
    """Describe every property that a filter may name.

    Parameters
    ----------
    view, address
        As `schema_document`.

    Returns
    -------
    JSON Schema.
    """
    fields = [field for name, field in view.askable.items() if name != "id"]
    return _document(view, address, fields)


def _document(view: View, address: str, fields: Iterable[Field]) -> dict[str, Any]:
    schema = view.schema
    ours = set(schema.system)
    properties: dict[str, Any] = {
        "id": {**field_schema(schema.system["id"]), "x-ogc-role": "id"},
        **_geometry(schema.geometry),
    }
    for field in fields:
        told = field_schema(field)
        if field.name in ours or field.derived or field.name not in schema.fields:
            told["readOnly"] = True
        properties[field.name] = told
    return {
        "$schema": _DIALECT,
        "$id": address,
        "title": schema.title,
        "type": "object",
        "properties": properties,
        "additionalProperties": False,
    }


def _geometry(kinds: tuple[str, ...]) -> dict[str, Any]:
    if not kinds:
        return {}
    if len(kinds) == 1:
        told = f"geometry-{kinds[0].lower()}"
    else:
        told = _PAIRS.get(frozenset(kinds), "geometry-any")
    return {"geometry": {"title": "几何", "format": told, "x-ogc-role": "primary-geometry"}}
