"""What a layer's table holds in every database, and a record in that order."""

from __future__ import annotations

from functools import cache
from operator import itemgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from layers.history import canonical_json

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from layers.records import Record, RecordCodec
    from layers.schema import LayerSchema

__all__ = ["StoredRow", "column_names", "stored_names", "stored_row"]


class StoredRow(NamedTuple):
    """A row as a table takes it.

    Attributes
    ----------
    wkb, bounds
        ISO WKB and minx, miny, maxx, maxy; None without geometry.
    values
        Of `column_names`, in storage form.
    """

    wkb: bytes | None
    bounds: Sequence[float] | None
    values: Sequence[Any]


def column_names(schema: LayerSchema) -> tuple[str, ...]:
    """Give the columns that hold what people see, in order: id, fields, system."""
    return ("id", *schema.fields, "version", "updated_at", "updated_by")


def stored_names(schema: LayerSchema) -> tuple[str, ...]:
    """Give the columns that a write sets, in order: geometry, id, fields, system."""
    return (*(["geom"] if schema.geometry else []), *column_names(schema))


def stored_row(
    codec: RecordCodec, record: Record, *, version: int, at: str, actor: str
) -> StoredRow:
    """Give a record as its table takes it.

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
    The row; a list is JSON text.
    """
    values = record.values
    for name in codec.lists:
        if values.get(name) is not None:
            values = {**values, name: canonical_json(values[name])}
    empty, in_order = _fields(codec.schema)
    listed = [record.id, *in_order({**empty, **values}), version, at, actor]
    return StoredRow(record.wkb, record.bounds, listed)


@cache
def _fields(
    schema: LayerSchema,
) -> tuple[Mapping[str, None], Callable[[Mapping[str, Any]], tuple[Any, ...]]]:
    """Give a row without values, and what takes its values in the order of the columns."""
    names = tuple(schema.fields)
    return dict.fromkeys(names), itemgetter(*names)
