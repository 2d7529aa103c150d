"""The embedded store: one GeoPackage, written by one process, read by many threads and by GIS.

GDAL and QGIS may read the live file; writing it is the platform's alone, and `layers.verify`
notices anything else.
"""

from __future__ import annotations

import contextlib
import sqlite3
from time import thread_time
from typing import TYPE_CHECKING

from layers.schema import layer_names, layer_schema
from layers.stores.gpkg_bounds import stored_bounds
from layers.stores.gpkg_connection import GpkgConnections, create_file
from layers.stores.gpkg_geometry import to_wkb
from layers.stores.gpkg_query import crowded_of, select, way_of
from layers.stores.gpkg_schema import add_table, is_as_made
from layers.stores.gpkg_table import GpkgTable
from layers.stores.sql_store import SqlStore, utc_now

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from datetime import datetime
    from pathlib import Path

    from layers.records import RecordCodec
    from layers.schema import LayerSchema
    from layers.store_values import Query
    from layers.stores.sql_select import Select

__all__ = ["GpkgStore"]

# What SQLite says of a statement that is deeper or longer than it was built for, or was stopped.
_LIMITS = (
    "interrupted",
    "parser stack overflow",
    "Expression tree is too large",
    "too many SQL variables",
)
_FILTER_SECONDS = 5.0
_STEPS = 5_000


class GpkgStore(SqlStore):
    """A `layers.store.Store` in one GeoPackage; a clean close leaves no WAL.

    Parameters
    ----------
    path
        The file, by custom ``DIR/county.gpkg``; heads of the chain go to `anchors.jsonl` beside it.
    create
        Make the file if there is none.
    clock
        Time of events; None: now.
    min_free_mb
        Writing stops while the disk has less free; 0: never.
    """

    def __init__(
        self,
        path: Path,
        *,
        create: bool = False,
        clock: Callable[[], datetime] | None = None,
        min_free_mb: int = 64,
    ) -> None:
        clock = clock or utc_now
        if create and not path.exists():
            create_file(path, map(layer_schema, layer_names()), clock)
        self.path = path
        super().__init__(
            GpkgConnections(path, min_free_mb=min_free_mb),
            clock=clock,
            anchors=path.with_name("anchors.jsonl"),
        )

    def _select(
        self, connection: sqlite3.Connection, schema: LayerSchema, query: Query, columns: str | None
    ) -> Select:
        way, crowded = way_of(connection, schema, query), crowded_of(connection, schema, query)
        return select(schema, query, columns, way=way, crowded=crowded)

    @contextlib.contextmanager
    def _bounded(self, connection: sqlite3.Connection, query: Query) -> Iterator[None]:
        if query.filter is None:
            yield
            return
        # Its functions are ours: while they run, nothing else in this process does.
        end = thread_time() + _FILTER_SECONDS
        connection.set_progress_handler(lambda: thread_time() > end, _STEPS)
        try:
            yield
        finally:
            connection.set_progress_handler(None, 0)

    def _gave_up(self, error: Exception) -> bool:
        return isinstance(error, sqlite3.OperationalError) and str(error).startswith(_LIMITS)

    def _bounds(
        self, connection: sqlite3.Connection, layer: str
    ) -> tuple[float, float, float, float] | None:
        return stored_bounds(connection, layer)

    def _wkb(self, shapes: Sequence[bytes | None]) -> list[bytes | None]:
        return [None if blob is None else to_wkb(blob) for blob in shapes]

    def table_of(self, connection: sqlite3.Connection, codec: RecordCodec) -> GpkgTable:
        """Give what writes one layer's table within a transaction."""
        return GpkgTable(connection, codec.schema)

    def _is_as_made(self, connection: sqlite3.Connection, schema: LayerSchema) -> bool:
        return is_as_made(connection, schema)

    def _add_table(self, connection: sqlite3.Connection, schema: LayerSchema, at: str) -> None:
        add_table(connection, schema, at=at)
