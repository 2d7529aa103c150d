"""The step-up store: one PostgreSQL database with PostGIS, for many processes and servers.

The same tables, versions, digests and hashes as in the GeoPackage, so that a county moves from one
to the other with its history (`layers.migrate`). Writers take turns by an advisory lock.
"""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

from typing import TYPE_CHECKING

from layers.history import stamp
from layers.stores.postgis_address import Address
from layers.stores.postgis_connection import Link, PostgisConnections
from layers.stores.postgis_query import select
from layers.stores.postgis_schema import (
    add_table,
    is_as_made,
    is_current,
    prepare,
    read_meta,
)
from layers.stores.postgis_table import PostgisTable
from layers.stores.sql_store import SqlStore, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from layers.records import RecordCodec
    from layers.schema import LayerSchema
    from layers.store_values import Query
    from layers.stores.sql_select import Select

    Box = tuple[float, float, float, float]

__all__ = ["PostgisStore"]


class PostgisStore(SqlStore):
    """A `layers.store.Store` in one PostGIS database.

    Parameters
    ----------
    url
        ``postgresql://USER:PASSWORD@HOST:PORT/DATABASE``.
    create
        Make the tables if there are none.
    clock
        Time of events; None: now.
    folder
        Where `anchors.jsonl` is kept; None: heads of the chain are not written down.
    """

    def __init__(
        self,
        url: str,
        *,
        create: bool = False,
        clock: Callable[[], datetime] | None = None,
        folder: Path | None = None,
    ) -> None:
        clock = clock or utc_now
        connections = PostgisConnections(Address.parse(url))
        try:
            connections.meta = _opened(connections, create=create, at=stamp(clock()))
        except BaseException:
            connections.close()
            raise
        self._extents: dict[str, tuple[str, Box | None]] = {}
        anchors = None if folder is None else folder / "anchors.jsonl"
        super().__init__(connections, clock=clock, anchors=anchors)

    def _select(
        self, connection: Link, schema: LayerSchema, query: Query, columns: str | None
    ) -> Select:
        del connection  # the planner of the server weighs the ways itself
        return select(schema, query, columns)

    def _gave_up(self, error: Exception) -> bool:
        # Numbers out of range, a statement too complex, geometries that GEOS cannot relate.
        state = getattr(error, "sqlstate", None) or ""
        return state[:2] in {"22", "54"} or state == "XX000"

    def _bounds(self, connection: Link, layer: str) -> Box | None:
        """Find the bounds once a state of the layer: the whole table is read."""
        if not self.schema(layer).geometry:
            return None
        state = connection.execute(
            "SELECT hash FROM xg_events WHERE layer = ? ORDER BY seq DESC LIMIT 1", [layer]
        ).fetchone()
        known = self._extents.get(layer)
        if state is None or (known is not None and known[0] == state[0]):
            return None if known is None else known[1]
        found = connection.execute(
            "SELECT ST_XMin(e), ST_YMin(e), ST_XMax(e), ST_YMax(e)"
            f' FROM (SELECT ST_Extent(geom) AS e FROM "{layer}") AS extent'
        ).fetchone()
        box: Box | None = None if found[0] is None else found
        self._extents[layer] = state[0], box
        return box

    def table_of(self, connection: Link, codec: RecordCodec) -> PostgisTable:
        """Give what writes one layer's table within a transaction."""
        return PostgisTable(connection, codec.schema)

    def _is_as_made(self, connection: Link, schema: LayerSchema) -> bool:
        return is_as_made(connection, schema)

    def _add_table(self, connection: Link, schema: LayerSchema, at: str) -> None:
        del at  # the server keeps no register of changes
        add_table(connection, schema)


def _opened(connections: PostgisConnections, *, create: bool, at: str) -> dict[str, str]:
    name = connections.address.name
    with connections.reading() as link:
        if is_current(link) or not create:
            meta = read_meta(link, name)
            if is_current(link):
                return meta  # without the write lock: an import may hold it for long
    with connections.writing() as link:
        return prepare(link, name, create=create, at=at)
