"""The store: the one place that writes the county's layers, behind one small protocol.

    with open_store("gpkg:xygeo-data/county.gpkg", create=True) as store:
        store.put("care_facilities", [{"name": "示意日间照料中心01"}], actor=Actor("demo"))
        frame = read_frame(store, "care_facilities")

A write is one transaction: whole or absent, durable when the call returns, one event a changed
row. `layers.stores` holds the implementations; nothing else opens a database.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

from geo.errors import InputError
from layers.errors import StoreError
from layers.store_values import (
    Actor,
    Event,
    Head,
    LayerSummary,
    Page,
    PutResult,
    Query,
    Row,
    Table,
    Version,
)
from layers.stores.postgis_address import Address, is_postgis

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from datetime import date, datetime

    import geopandas as gpd

    from layers.schema import LayerSchema

__all__ = [
    "Actor",
    "Event",
    "Head",
    "LayerSummary",
    "Page",
    "PutResult",
    "Query",
    "Row",
    "Store",
    "Table",
    "Version",
    "each",
    "open_store",
    "read_frame",
    "store_name",
]


class Store(Protocol):
    """A few verbs, one transaction each; see `layers/stores`."""

    def get(self, layer: str, id: str, *, at: date | None = None) -> Row:
        """Give one feature, with `at` the period of its key valid that day; else NotFound."""
        ...

    def find(self, layer: str, query: Query | None = None) -> Page:
        """Give the features that match, in stable order."""
        ...

    def count(self, layer: str, query: Query | None = None) -> int:
        """Count the features that match, whatever limit and cursor say."""
        ...

    def keys(self, layer: str, query: Query | None = None) -> list[tuple[int, int]]:
        """Give cursor and version of the features that match: they tell all that a row holds."""
        ...

    def table(self, layer: str, query: Query | None = None) -> Table:
        """Give the features that match, by column (see `read_frame`)."""
        ...

    def values(self, layer: str, names: Sequence[str]) -> Iterator[tuple[Any, ...]]:
        """Give some columns of every feature in storage form, streamed."""
        ...

    def put(
        self,
        layer: str,
        rows: Iterable[Mapping[str, Any]],
        *,
        actor: Actor,
        expect: Mapping[str, int] | None = None,
        reason: str = "",
        merge: bool = False,
        keep_ids: bool = True,
    ) -> PutResult:
        """Create or replace features; `merge` keeps the stored value of fields left out."""
        ...

    def delete(
        self,
        layer: str,
        ids: Iterable[str],
        *,
        actor: Actor,
        expect: Mapping[str, int] | None = None,
        reason: str = "",
    ) -> int:
        """Delete features, all or none; gives their number."""
        ...

    def batch(self, actor: Actor, reason: str = "") -> AbstractContextManager[Self]:
        """Group writes of this thread into one transaction, all or nothing."""
        ...

    def changes(
        self, *, after: int = 0, layer: str | None = None, limit: int | None = None
    ) -> Iterator[Event]:
        """Give the events after a number, oldest first."""
        ...

    def history(self, layer: str, id: str) -> list[Version]:
        """Give every recorded version of a feature, oldest first; NotFound if there is none."""
        ...

    def head(self, layer: str | None = None) -> Head:
        """Give the last event, of the whole store or of one layer."""
        ...

    def layers(self) -> tuple[str, ...]:
        """Names of the layers the store holds, listed ones, sorted."""
        ...

    def schema(self, layer: str) -> LayerSchema:
        """Give the schema of a layer, the store's own ones too; NotFound if unknown."""
        ...

    def add_layer(self, schema: LayerSchema) -> None:
        """Make the layer's table, or add the columns it lacks."""
        ...

    def summary(self, layer: str) -> LayerSummary:
        """Count, qualities, sources and true bounds of a layer."""
        ...

    def sheet_records(self, kind: str) -> dict[str, dict[str, Any]]:
        """Give the records kept beside the layers, of one kind (``binding``, ``pins``), by key."""
        ...

    def put_sheet_record(self, kind: str, key: str, body: dict[str, Any], *, actor: Actor) -> None:
        """Keep one record beside the layers, replacing the one before; it makes no event."""
        ...

    def close(self) -> None:
        """Close the store; a second call does nothing."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(self, *args: object) -> None: ...


def open_store(
    url: str,
    *,
    create: bool = False,
    clock: Callable[[], datetime] | None = None,
    min_free_mb: int = 64,
    folder: Path | None = None,
) -> Store:
    """Open the county's store.

    Parameters
    ----------
    url
        ``gpkg:PATH``, or ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE`` of a database with
        PostGIS.
    create
        Make it if there is none; an existing one is opened as it is.
    clock
        Gives the time of events, with time zone; None: now. For stores that must be the same on
        every run.
    min_free_mb
        Writing stops while the disk has less free; 0: never. A database server watches its own.
    folder
        The data folder, where heads of the chain are written down (`anchors.jsonl`) for a database
        server; None: nowhere. A GeoPackage has them beside it.

    Returns
    -------
    The store; close it, or use it in `with`.

    Raises
    ------
    InputError
        If the address is not one of a store.
    StoreError
        If there is none (``store_missing``), it is no store of ours (``not_a_store``), it was made
        by a newer version (``store_newer``) or cannot be read.
    """
    if is_postgis(url):
        from layers.stores.postgis import PostgisStore  # noqa: PLC0415 - only the store asked for

        return PostgisStore(url, create=create, clock=clock, folder=folder)
    kind, _, path = url.partition(":")
    if kind != "gpkg" or not path:
        # The address is not shown: it may hold a password.
        raise InputError(
            "不认识的数据库地址，应为 gpkg:文件路径 或 postgresql://用户:密码@主机:端口/库名。",
            where="url",
        )
    from layers.stores.gpkg import GpkgStore  # noqa: PLC0415 - only the store asked for

    file = Path(path)
    if not create and not file.exists():
        raise StoreError(
            f"找不到数据文件 {file}，请先运行 xygeo init。", code="store_missing", where=str(file)
        )
    return GpkgStore(file, create=create, clock=clock, min_free_mb=min_free_mb)


def store_name(url: str) -> str:
    """Give the address of a store as people may see it: without user and password."""
    if is_postgis(url):
        return Address.parse(url).name
    return url.removeprefix("gpkg:")


def each(
    store: Store, layer: str, query: Query | None = None, *, size: int = 2000
) -> Iterator[Row]:
    """Give matching features one by one, however many, holding one page in memory.

    Parameters
    ----------
    store, layer, query
        As `Store.find`; `query.limit` bounds the total.
    size
        Rows a page.

    Yields
    ------
    Rows in stable order; under writes none is repeated and none missed.
    """
    query = query or Query()
    left = query.limit
    after = query.after
    while left is None or left > 0:
        limit = size if left is None else min(size, left)
        page = store.find(layer, replace(query, limit=limit, after=after))
        yield from page
        if page.after is None:
            return
        after = page.after
        left = None if left is None else left - len(page)


def read_frame(store: Store, layer: str, query: Query | None = None) -> gpd.GeoDataFrame:
    """Read features as a frame.

    Parameters
    ----------
    store, layer, query
        As `Store.find`.

    Returns
    -------
    Index `id` (str, unique), columns geometry (EPSG:4490, None where empty), every field and
    `version updated_at updated_by`. Types: text str, integer Int64, real float64, boolean boolean,
    date datetime64[s], datetime datetime64[ms, UTC], list object; missing is NA of the type.
    """
    from layers.frames import frame_of  # noqa: PLC0415 - pandas only where a frame is asked for

    return frame_of(store.schema(layer), store.table(layer, query))
