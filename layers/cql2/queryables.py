"""The properties of a layer that a filter may name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from layers.cql2.errors import FilterError
from layers.cql2.nodes import Property

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from layers.schema import LayerSchema

__all__ = ["GEOMETRY", "property_of", "queryables"]

GEOMETRY = "geometry"
"""Type, and name after `property_of`, of the geometry; ``geom`` means it too."""


def queryables(schema: LayerSchema) -> Mapping[str, str]:
    """Give what a filter may ask of a layer.

    Parameters
    ----------
    schema
        The layer.

    Returns
    -------
    Name -> type (of `layers.schema.TYPES`, or `GEOMETRY`): `id`, geometry, fields, then what the
    store writes.
    """
    fields = {**schema.fields, **schema.system}
    types = {"id": "text", **({GEOMETRY: GEOMETRY} if schema.geometry else {})}
    return types | {name: field.type for name, field in fields.items()}


def property_of(schema: LayerSchema, name: str, hidden: Collection[str] = ()) -> Property:
    """Find a property by the name in a filter.

    Parameters
    ----------
    schema
        The layer.
    name
        As written; where no property is called so, letter case does not matter.
    hidden
        Properties that whoever asks may not see, so that they are unknown.

    Returns
    -------
    The property with its type.

    Raises
    ------
    FilterError
        ``unknown_property``.
    """
    types = queryables(schema)
    found = name
    if found not in types:
        folded = name.casefold()
        alike = [known for known in types if known.casefold() == folded]
        found = alike[0] if len(alike) == 1 else GEOMETRY if folded == "geom" else ""
    if found not in types or found in hidden:
        known = "、".join(one for one in types if one not in hidden)
        raise FilterError(
            f"里的字段“{name[:60]}”在图层“{schema.title}”中没有，可用：{known}", "unknown_property"
        )
    return Property(found, types[found])
