"""What every writer gets: columns, rows in blocks, and where they come from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd
import shapely
from numpy.typing import NDArray

from layers.facts import townships_through_time
from layers.privacy import hidden_cells, shown_values
from layers.provenance import QUALITIES, Provenance, provenance_of
from layers.schema import Field
from layers.store import Query, each, read_frame
from layers.validate import plain_value

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from layers.store import Store

__all__ = [
    "SUPPRESSED",
    "Block",
    "ExportTable",
    "frame_table",
    "hidden_counts",
    "shown_column",
    "stored_table",
]

BLOCK_ROWS = 2000
_WORLD = (-180.0, -90.0, 180.0, 90.0)
Hidden = dict[str, dict[str, str]]
_NOTHING: dict[str, str] = {}
SUPPRESSED = "suppressed"
"""Column that names the counts hidden in a row."""


@dataclass(frozen=True)
class Block:
    """Some rows: field -> values, and a geometry or None a row."""

    columns: dict[str, list[Any]]
    geometry: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.geometry)


@dataclass(frozen=True, kw_only=True)
class ExportTable:
    """One layer or result on its way into a file.

    Attributes
    ----------
    name, title
        Of the layer.
    fields
        Columns in order.
    kinds
        Geometry kinds that may occur; empty: none.
    blocks
        The rows, to be read once.
    count
        Number of rows.
    all_placed
        Whether there are rows, and each has a geometry that is not empty.
    provenance
        Quality and sources of all rows.
    day
        Date of the data: of the latest event, or as asked.
    at
        Only rows valid on this day, where that was asked for.
    hidden
        id -> name of each count that must not be shown -> what to show instead; the rows have
        None there. None: everything is shown.
    """

    name: str
    title: str
    fields: tuple[Field, ...]
    kinds: tuple[str, ...]
    blocks: Iterator[Block]
    count: int
    all_placed: bool
    provenance: Provenance
    day: date | None = None
    at: date | None = None
    hidden: Hidden | None = None

    @property
    def hidden_cells(self) -> int:
        """How many counts are hidden."""
        return sum(len(shown) for shown in (self.hidden or {}).values())


def stored_table(
    store: Store,
    layer: str,
    *,
    at: date | None = None,
    full: bool = False,
    query: Query | None = None,
) -> ExportTable:
    """Open a stored layer for export.

    Parameters
    ----------
    store
        An open store.
    layer
        Name of the layer.
    at
        Only rows valid on this day; None: all periods.
    full
        Show small counts of people too.
    query
        Which rows instead of `at`; what is hidden is then found among all rows of the layer, so
        that no choice of rows tells more than another.

    Returns
    -------
    The rows with id and fields, in the store's order; derived fields too, which an import passes
    over. What the store writes itself (version, time, account) is left out: same data, same file.

    Raises
    ------
    NotFound
        If there is no such layer.
    """
    schema = store.schema(layer)
    fields = (schema.system["id"], *schema.fields.values())
    known = Query(at=at) if query is None else Query()
    hidden = None if full or not schema.privacy_counts else hidden_counts(store, layer, known)
    query = query or known
    if hidden is not None:
        fields = (*fields, Field(name=SUPPRESSED, title="隐去项", type="list"))
    summary = store.summary(layer)
    worst = min(summary.qualities, key=QUALITIES.index, default="approximate")
    last = store.head().at
    total = store.count(layer, query)
    count = total if query.limit is None else min(total, query.limit)
    return ExportTable(
        name=schema.name,
        title=schema.title,
        fields=fields,
        kinds=schema.geometry,
        blocks=_stored_blocks(store, layer, query, fields, hidden),
        count=count,
        all_placed=0 < total == store.count(layer, _placed(query)),
        provenance=Provenance(worst, tuple(summary.sources)),
        day=None if last is None else last.date(),
        at=query.at,
        hidden=hidden,
    )


def frame_table(frame: gpd.GeoDataFrame, name: str) -> ExportTable:
    """Open a computed frame for export.

    Parameters
    ----------
    frame
        In EPSG:4490; `quality` and `source` are taken for its provenance. The index is not written.
    name
        Of the layer in the file.

    Returns
    -------
    The rows, in the frame's order.
    """
    shape = frame.geometry.name
    names = [str(column) for column in frame.columns if column != shape]
    columns = {name: [plain_value(value) for value in frame[name]] for name in names}
    geometry = np.asarray(frame.geometry.array, dtype=object)
    return ExportTable(
        name=name,
        title=name,
        fields=tuple(Field(name=n, title=n, type=_type_of(frame[n])) for n in names),
        kinds=tuple(sorted(set(frame.geom_type.dropna()))),
        blocks=iter([Block(columns, geometry)] if len(frame) else []),
        count=len(frame),
        all_placed=len(frame) > 0 and bool((shapely.get_num_coordinates(geometry) > 0).all()),
        provenance=provenance_of(frame),
    )


def shown_column(table: ExportTable, block: Block, field: Field) -> list[Any]:
    """Give one column as a sheet shows it: hidden counts as `<5`, or 隐去 for larger ones.

    Parameters
    ----------
    table, block, field
        Which column of which rows.

    Returns
    -------
    Values, and text where a count is hidden.
    """
    values = block.columns[field.name]
    if not table.hidden or "id" not in block.columns:
        return values
    return [
        table.hidden.get(made, _NOTHING).get(field.name, value)
        for made, value in zip(block.columns["id"], values, strict=True)
    ]


def _stored_blocks(
    store: Store,
    layer: str,
    query: Query,
    fields: tuple[Field, ...],
    hidden: Hidden | None,
) -> Iterator[Block]:
    block: list[dict[str, Any]] = []
    for row in each(store, layer, query, size=BLOCK_ROWS):
        if hidden is not None:
            shown = hidden.get(row["id"], _NOTHING)
            row.update(dict.fromkeys(shown))
            row[SUPPRESSED] = list(shown) or None
        block.append(row)
        if len(block) == BLOCK_ROWS:
            yield _block(block, fields)
            block = []
    if block:
        yield _block(block, fields)


def _block(rows: list[dict[str, Any]], fields: tuple[Field, ...]) -> Block:
    geometry = np.empty(len(rows), dtype=object)
    geometry[:] = [row["geometry"] for row in rows]
    return Block({f.name: [row.get(f.name) for row in rows] for f in fields}, geometry)


def _placed(query: Query) -> Query:
    """Ask for those with a geometry; what a box holds has one."""
    return query if query.bbox is not None else replace(query, bbox=_WORLD)


def hidden_counts(store: Store, layer: str, query: Query | None = None) -> Hidden:
    """Find the counts of people that must not be shown.

    Totals of a township in a year are known, of today's and of those before each merger.

    Parameters
    ----------
    store, layer
        A layer with counts that its schema protects.
    query
        The rows that are known at all; None: all.

    Returns
    -------
    id -> name of each count that must not be shown -> what to show instead.
    """
    schema, frame = store.schema(layer), read_frame(store, layer, query)
    counts = pd.DataFrame(frame[list(schema.privacy_counts)])
    groups: list[pd.Series] = []
    if {"village_code", "year"} <= set(frame.columns):
        codes, year = frame["village_code"].astype("str"), frame["year"].astype("str")
        groups = [codes.map(town) + "-" + year for town in townships_through_time(codes)]
    mask = hidden_cells(counts, groups=groups)
    found: Hidden = {}
    for name in mask.columns:
        texts = shown_values(counts[[name]], mask[[name]])[name]
        for made in mask.index[mask[name]]:
            found.setdefault(str(made), {})[name] = texts[made]
    return found


def _type_of(column: pd.Series) -> str:
    kinds = pd.api.types
    if kinds.is_bool_dtype(column):
        return "boolean"
    if kinds.is_integer_dtype(column):
        return "integer"
    if kinds.is_float_dtype(column):
        return "real"
    return "date" if kinds.is_datetime64_any_dtype(column) else "text"
