"""Writing one layer's table in PostGIS: rows go in by COPY, whole slices at once."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from layers.stores.sql_columns import stored_names
from layers.stores.sql_table import SqlTable
from layers.stores.sql_versions import EVENT_COLUMNS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from layers.schema import LayerSchema
    from layers.stores.postgis_connection import Link
    from layers.stores.sql_columns import StoredRow

__all__ = ["PostgisTable", "ewkb"]

_SRS = 4490
_WITH_SRID = 0x2000_0000
_KIND = struct.Struct("<I")
_HEADER = struct.Struct("<BII")
_MANY = 1000
"""Changed rows from which the planner should hear of it at once."""

_PRESENT = """
SELECT DISTINCT ON (feature_id) feature_id, version, body FROM xg_history
WHERE layer = ? AND feature_id = ANY(?) ORDER BY feature_id, version DESC
"""
_EVENTS = f"xg_events ({EVENT_COLUMNS})"
_HISTORY = "xg_history (seq, layer, feature_id, version, at, body)"


def ewkb(wkb: bytes) -> str:
    """Write little-endian ISO WKB without Z and M as PostGIS reads it: with SRID, in hexadecimal.

    Source
    ------
    PostGIS manual, ST_GeomFromEWKB: a flag in the type, then the SRID.
    """
    kind = _KIND.unpack_from(wkb, 1)[0]
    return (_HEADER.pack(1, kind | _WITH_SRID, _SRS) + wkb[5:]).hex()


class PostgisTable(SqlTable):
    """See `SqlTable`."""

    connection: Link

    def __init__(self, connection: Link, schema: LayerSchema) -> None:
        super().__init__(connection, schema)
        columns = stored_names(schema)
        self._listed = ", ".join(f'"{c}"' for c in columns)
        self._settings = ", ".join(f'"{c}" = %s' for c in columns)
        self._changed = 0

    def present(self, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Give number and body of the last version of each id that ever was, deletes too."""
        rows = self.connection.execute(_PRESENT, [self.schema.name, list(ids)])
        return {made: (version, body) for made, version, body in rows.fetchall()}

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Give the version of each id that is there now."""
        return dict(
            self.connection.execute(
                f'SELECT id, version FROM "{self.schema.name}" WHERE id = ANY(?)', [list(ids)]
            ).fetchall()
        )

    def insert(self, rows: Sequence[StoredRow], fids: Sequence[int] | None = None) -> None:
        """Add rows; given numbers move the sequence behind them."""
        columns: Iterable[list[Any]] = map(self._columns, rows)
        listed = self._listed
        if fids is not None:
            columns = ([fid, *values] for fid, values in zip(fids, columns, strict=True))
            listed = f"fid, {listed}"
        self._copy(f'"{self.schema.name}" ({listed})', columns)
        if fids:
            self.connection.execute(
                "SELECT setval(pg_get_serial_sequence(quote_ident(?), 'fid'), ?)",
                [self.schema.name, max(fids)],
            )
        self._changed += len(rows)

    def update(self, rows: Sequence[StoredRow]) -> None:
        """Replace rows by their ids."""
        if not rows:
            return
        with self.connection.raw.cursor() as cursor:
            cursor.executemany(
                f'UPDATE "{self.schema.name}" SET {self._settings} WHERE id = %s',
                [[*self._columns(row), row.values[0]] for row in rows],
            )
        self._changed += len(rows)

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows that are there."""
        self.connection.execute(f'DELETE FROM "{self.schema.name}" WHERE id = ANY(?)', [list(ids)])
        self._changed += len(ids)

    def record(
        self, events: Sequence[tuple[Any, ...]], versions: Sequence[tuple[Any, ...]]
    ) -> None:
        """Append events and versions."""
        self._copy(_EVENTS, events)
        self._copy(_HISTORY, versions)

    def finish(self, at: str | None) -> None:  # noqa: ARG002 - the time of change stands in the events
        """Let the planner know of a large write now, not when the server next has time."""
        if self._changed >= _MANY:
            self.connection.execute(f'ANALYZE "{self.schema.name}"')
            self._changed = 0

    def _columns(self, row: StoredRow) -> list[Any]:
        if not self.schema.geometry:
            return list(row.values)
        return [None if row.wkb is None else ewkb(row.wkb), *row.values]

    def _copy(self, target: str, rows: Iterable[Sequence[Any]]) -> None:
        with (
            self.connection.raw.cursor() as cursor,
            cursor.copy(f"COPY {target} FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)
