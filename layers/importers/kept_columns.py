"""Column mappings kept for the next time: the same headings mean the same fields.

A mapping that a person gave with an import that succeeded is kept with the layer and the set of
headings, in the store's records beside the layers (`Store.sheet_records`): no layer, no event, so
that the same file again changes nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from layers.importers.headers import plain_heading, target_of

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.store import Actor, Store

__all__ = ["keep_columns", "kept_columns"]

_KIND = "import_columns"


def kept_columns(
    store: Store,
    schema: LayerSchema,
    headings: Sequence[str],
    asked: Mapping[str, str],
) -> dict[str, str]:
    """Give the columns that a mapping kept from before speaks of.

    Parameters
    ----------
    store
        Where mappings are kept.
    schema
        Of the layer.
    headings
        Of the file, in any order.
    asked
        What is asked for this time; it wins.

    Returns
    -------
    Heading -> field; without what `asked` says otherwise, and without fields that the layer no
    longer has.
    """
    kept = store.sheet_records(_KIND).get(_key(schema.name, headings), {}).get("columns", {})
    said = {plain_heading(heading) for heading in asked}
    taken = {_field(schema, name) for name in asked.values()}
    return {
        heading: name
        for heading in headings
        if (name := kept.get(plain_heading(heading))) is not None
        and plain_heading(heading) not in said
        and name not in taken
        and target_of(schema, name) == name
    }


def keep_columns(
    store: Store,
    schema: LayerSchema,
    headings: Sequence[str],
    columns: Mapping[str, str],
    *,
    actor: Actor,
) -> None:
    """Keep a mapping for the next file with these headings.

    Parameters
    ----------
    store, schema, headings
        As in `kept_columns`.
    columns
        Heading -> field, as asked or kept before; nothing is written if it is kept already.
    actor
        Who gave it.
    """
    body = {
        "layer": schema.name,
        "columns": {
            plain_heading(heading): _field(schema, name) for heading, name in columns.items()
        },
    }
    key = _key(schema.name, headings)
    if columns and store.sheet_records(_KIND).get(key) != body:
        store.put_sheet_record(_KIND, key, body, actor=actor)


def _field(schema: LayerSchema, name: str) -> str:
    return target_of(schema, name) or name


def _key(layer: str, headings: Sequence[str]) -> str:
    words = "\n".join(sorted({plain_heading(heading) for heading in headings}))
    return f"{layer}:{hashlib.sha256(words.encode('utf-8', 'surrogatepass')).hexdigest()[:32]}"
