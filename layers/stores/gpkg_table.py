"""Writing one layer's table in the GeoPackage, its spatial index and its registration."""

# ruff: noqa: S608 - names in SQL come from checked schemas; values are always bound.
from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from layers.stores.gpkg_bounds import Bounds
from layers.stores.gpkg_bulk import IndexFill
from layers.stores.gpkg_geometry import to_blob
from layers.stores.sql_columns import stored_names
from layers.stores.sql_table import SqlTable

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

    from layers.schema import LayerSchema
    from layers.stores.sql_columns import StoredRow

__all__ = ["GpkgTable", "gpkg_columns"]

_MANY = 1000
"""New rows at once from which filling the index directly pays."""

_PRESENT = """
SELECT feature_id, max(version), body FROM xg_history
WHERE layer = ? AND feature_id IN (SELECT value FROM json_each(?)) GROUP BY feature_id
"""


def gpkg_columns(row: StoredRow, schema: LayerSchema) -> list[Any]:
    """Give the values of a row for `stored_names`, a geometry as GeoPackage blob."""
    if not schema.geometry:
        return list(row.values)
    if row.wkb is None or row.bounds is None:
        return [None, *row.values]
    return [to_blob(row.wkb, row.bounds), *row.values]


class GpkgTable(SqlTable):
    """See `SqlTable`."""

    connection: sqlite3.Connection

    def __init__(self, connection: sqlite3.Connection, schema: LayerSchema) -> None:
        super().__init__(connection, schema)
        self._fill: IndexFill | None = None
        self._bounds = Bounds(connection, schema.name) if schema.geometry else None
        columns = stored_names(schema)
        self._listed = ", ".join(f'"{c}"' for c in columns)
        self._marks = ", ".join("?" * len(columns))
        settings = ", ".join(f'"{c}" = ?' for c in columns)
        self._update = f'UPDATE "{schema.name}" SET {settings} WHERE id = ?'

    def present(self, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Give number and body of the last version of each id that ever was, deletes too."""
        rows = self.connection.execute(_PRESENT, [self.schema.name, json.dumps(list(ids))])
        return {made: (version, body) for made, version, body in rows}

    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Give the version of each id that is there now."""
        return dict(
            self.connection.execute(
                f'SELECT id, version FROM "{self.schema.name}"'
                " WHERE id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(ids))],
            )
        )

    def insert(self, rows: Sequence[StoredRow], fids: Sequence[int] | None = None) -> None:
        """Add rows; where there are many, the index is filled directly."""
        if self._bounds is not None:
            self._bounds.include([row.bounds for row in rows if row.bounds])
            if self._fill is None and len(rows) > _MANY:
                self._fill = IndexFill(self.connection, self.schema.name)
        columns = [gpkg_columns(row, self.schema) for row in rows]
        listed, marks = self._listed, self._marks
        if fids is not None:
            columns = [[fid, *values] for fid, values in zip(fids, columns, strict=True)]
            listed, marks = f"fid, {listed}", f"?, {marks}"
        self.connection.executemany(
            f'INSERT INTO "{self.schema.name}" ({listed}) VALUES ({marks})', columns
        )
        if self._fill is not None:
            self._fill.add([row.bounds for row in rows], fids)

    def update(self, rows: Sequence[StoredRow]) -> None:
        """Replace rows by their ids."""
        if not rows:
            return
        if self._bounds is not None:
            self._bounds.include([row.bounds for row in rows if row.bounds])
            self._leave([row.values[0] for row in rows])
        self.connection.executemany(
            self._update, [[*gpkg_columns(row, self.schema), row.values[0]] for row in rows]
        )

    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows that are there."""
        self._leave(ids)
        self.connection.executemany(
            f'DELETE FROM "{self.schema.name}" WHERE id = ?', [(made,) for made in ids]
        )

    def record(
        self, events: Sequence[tuple[Any, ...]], versions: Sequence[tuple[Any, ...]]
    ) -> None:
        """Append events and versions."""
        self.connection.executemany(
            "INSERT INTO xg_events VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", events
        )
        self.connection.executemany("INSERT INTO xg_history VALUES (?, ?, ?, ?, ?, ?)", versions)

    def finish(self, at: str | None) -> None:
        """Put the trigger back; register time and bounds."""
        if self._fill is not None:
            self._fill.finish()
            self._fill = None
        if at is None:
            return
        self.connection.execute(
            "UPDATE gpkg_contents SET last_change = ? WHERE table_name = ?", [at, self.schema.name]
        )
        if self._bounds is not None:
            self._bounds.write()

    def _leave(self, ids: Sequence[str]) -> None:
        """Note the places that features are about to leave."""
        if self._bounds is None:
            return
        self._bounds.leave(
            blob
            for (blob,) in self.connection.execute(
                f'SELECT substr(geom, 1, 40) FROM "{self.schema.name}"'
                " WHERE geom NOTNULL AND id IN (SELECT value FROM json_each(?))",
                [json.dumps(list(ids))],
            )
        )
