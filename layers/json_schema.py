"""Fields as JSON Schema, for forms and API descriptions: one source, `layers.schema`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from layers.schema import Field

__all__ = ["field_schema", "object_schema"]

_KINDS: Mapping[str, dict[str, Any]] = {
    "text": {"type": "string"},
    "integer": {"type": "integer"},
    "real": {"type": "number"},
    "boolean": {"type": "boolean"},
    "date": {"type": "string", "format": "date"},
    "datetime": {"type": "string", "format": "date-time"},
    "list": {"type": "array"},
}

_OURS = ("unit", "titles")


def object_schema(fields: Iterable[Field], *, required: Iterable[str] = ()) -> dict[str, Any]:
    """Describe an object of these fields and no others.

    Parameters
    ----------
    fields
        In the order in which a form shows them.
    required
        Names that must be there.

    Returns
    -------
    JSON Schema (draft 2020-12). What it has no word for are ``x-`` members: `x-unit`, `x-titles`
    (code -> title), `x-form` (the form in words), `x-multiline`.
    """
    properties = {field.name: field_schema(field) for field in fields}
    needed = [name for name in properties if name in set(required)]
    return {
        "type": "object",
        "properties": properties,
        **({"required": needed} if needed else {}),
        "additionalProperties": False,
    }


def field_schema(field: Field) -> dict[str, Any]:
    """Describe the values of one field.

    Parameters
    ----------
    field
        Of a layer or a form.

    Returns
    -------
    As `object_schema`.
    """
    body = {"title": field.title, **_nested(field.shape), **_KINDS.get(field.type, {})}
    text: dict[str, Any] = body
    if field.type == "list":
        text = body["items"] = {"type": "string"}
    if field.type in {"text", "list"}:
        if field.codes:
            text["enum"] = list(field.codes)
            body["x-titles"] = dict(field.codes)
        else:
            text["minLength"], text["maxLength"] = 1, field.max_length
        if field.pattern is not None:
            text["pattern"] = f"^(?:{field.pattern})$"
    if field.minimum is not None:
        body["minimum"] = field.minimum
    if field.maximum is not None:
        body["maximum"] = field.maximum
    for word, value in (("unit", field.unit), ("form", field.form)):
        if value:
            body[f"x-{word}"] = value
    if field.multiline:
        body["x-multiline"] = True
    return body


def _nested(shape: Mapping[str, Any]) -> dict[str, Any]:
    """Turn a shape of `layers.nested` into JSON Schema: it is one but for unit and titles."""
    body = {(f"x-{key}" if key in _OURS else key): value for key, value in shape.items()}
    if "properties" in body:
        body["properties"] = {name: _nested(part) for name, part in body["properties"].items()}
    if "items" in body:
        body["items"] = _nested(body["items"])
    return body
