"""How a record stands in its layer's table."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any

from layers.history import canonical_json
from layers.stores.gpkg_geometry import to_blob
from layers.stores.gpkg_schema import column_names

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from layers.records import Record, RecordCodec
    from layers.schema import LayerSchema

__all__ = ["stored_columns", "stored_names"]


def stored_names(schema: LayerSchema) -> tuple[str, ...]:
    """Give the columns that a write sets, in order: geometry, id, fields, system."""
    return (*(["geom"] if schema.geometry else []), *column_names(schema))


def stored_columns(
    codec: RecordCodec, record: Record, *, version: int, at: str, actor: str
) -> list[Any]:
    """Give the values of a record for `stored_names`.

    Parameters
    ----------
    codec
        Of the layer.
    record
        Complete, with its id.
    version, at, actor
        System values.

    Returns
    -------
    The values as SQLite takes them: a geometry as GeoPackage blob, a list as JSON text.
    """
    values = record.values
    for name in codec.lists:
        if values.get(name) is not None:
            values = {**values, name: canonical_json(values[name])}
    empty, in_order = _fields(codec.schema)
    columns = [record.id, *in_order({**empty, **values}), version, at, actor]
    if not codec.schema.geometry:
        return columns
    if record.wkb is None or record.bounds is None:
        return [None, *columns]
    return [to_blob(record.wkb, record.bounds), *columns]


@cache
def _fields(
    schema: LayerSchema,
) -> tuple[Mapping[str, None], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """Give a row without values, and what takes its values in the order of the columns."""
    names = tuple(schema.fields)
    return dict.fromkeys(names), itemgetter(*names)
