"""The tables of the GeoPackage: made once, and columns added where a schema has grown."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from layers.history import canonical_json

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Iterable, Iterator

    from layers.schema import Field, LayerSchema

__all__ = [
    "APPLICATION_ID",
    "SCHEMA_VERSION",
    "add_table",
    "create_tables",
    "index_sql",
    "is_as_made",
    "sql_file",
]

APPLICATION_ID = 0x47504B47
"""``GPKG``: how a GeoPackage says what it is."""

SCHEMA_VERSION = 1
"""Of the `xg_*` tables; a store with a greater one is refused, a smaller one is migrated."""

_GEOPACKAGE_VERSION = 10400
_TYPES = {
    "text": "TEXT",
    "integer": "INTEGER",
    "real": "DOUBLE",
    "boolean": "BOOLEAN",
    "date": "DATE",
    "datetime": "DATETIME",
    "list": "TEXT",
    "json": "TEXT",
}


@cache
def sql_file(name: str) -> str:
    """Read one of the SQL files beside this module."""
    return files("layers.stores").joinpath("sql", name).read_text(encoding="utf-8")


def index_sql(table: str) -> str:
    """Give the statements that make one table's spatial index and its triggers."""
    return sql_file("spatial_index.sql").replace("{t}", table)


def create_tables(
    connection: sqlite3.Connection, schemas: Iterable[LayerSchema], *, store_id: str, at: str
) -> None:
    """Make the tables of an empty file: those of the standard and our own.

    Parameters
    ----------
    connection
        On an empty database.
    schemas
        Layers to make tables for.
    store_id
        Tells this store from others, in anchors.
    at
        Time of making, as `layers.history.stamp` writes it.
    """
    connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    connection.execute(f"PRAGMA user_version = {_GEOPACKAGE_VERSION}")
    connection.executescript(f"BEGIN; {sql_file('geopackage.sql')} {sql_file('records.sql')}")
    connection.executemany(
        "INSERT INTO xg_meta VALUES (?, ?)",
        [("schema_version", str(SCHEMA_VERSION)), ("store_id", store_id), ("created_at", at)],
    )
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description, last_change)"
        " VALUES ('county_info', 'attributes', 'county_info', '说明', ?)",
        [at],
    )
    for schema in schemas:
        add_table(connection, schema, at=at)
    connection.execute("COMMIT")


def is_as_made(connection: sqlite3.Connection, schema: LayerSchema) -> bool:
    """Tell whether the layer's table is there, with all columns, as this very schema says."""
    found = connection.execute("SELECT schema FROM xg_layers WHERE name = ?", [schema.name])
    if found.fetchone() != (canonical_json(dict(schema.source)),):
        return False
    return schema.fields.keys() <= _present_columns(connection, schema.name)


def add_table(connection: sqlite3.Connection, schema: LayerSchema, *, at: str) -> None:
    """Make a layer's table, or add the columns it lacks.

    Parameters
    ----------
    connection
        In a transaction.
    schema
        The layer.
    at
        Time of the change.
    """
    table = schema.name
    there = _present_columns(connection, table)
    if not there:
        _create(connection, schema, at)
    for field in schema.fields.values():
        if there and field.name not in there:
            connection.execute(f'ALTER TABLE "{table}" ADD COLUMN {_column(field)}')
    if schema.listed:
        _describe(connection, schema)
    connection.execute(
        "INSERT OR REPLACE INTO xg_layers VALUES (?, ?)",
        [table, canonical_json(dict(schema.source))],
    )


def _create(connection: sqlite3.Connection, schema: LayerSchema, at: str) -> None:
    table = schema.name
    shape = _geometry_type(schema)
    columns = [
        # Never used again after a delete, so that paging by fid misses and repeats nothing.
        "fid INTEGER PRIMARY KEY AUTOINCREMENT NOT NULL",
        *([f"geom {shape}"] if shape else []),
        "id TEXT NOT NULL UNIQUE",
        "version INTEGER NOT NULL",
        *(_column(field) for field in schema.fields.values()),
        "updated_at DATETIME NOT NULL",
        "updated_by TEXT NOT NULL",
    ]
    listed = ",\n  ".join(columns)
    connection.execute(f'CREATE TABLE "{table}" (\n  {listed}\n)')
    if shape:
        for statement in _statements(index_sql(table)):
            connection.execute(statement)
    if schema.listed:
        _register(connection, schema, shape, at)


def _register(connection: sqlite3.Connection, schema: LayerSchema, shape: str, at: str) -> None:
    table = schema.name
    connection.execute(
        "INSERT INTO gpkg_contents (table_name, data_type, identifier, description,"
        " last_change, srs_id) VALUES (?, ?, ?, ?, ?, ?)",
        [
            table,
            "features" if shape else "attributes",
            table,
            schema.title,
            at,
            4490 if shape else None,
        ],
    )
    if shape:
        connection.execute(
            "INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', ?, 4490, 0, 0)", [table, shape]
        )
        connection.execute(
            "INSERT INTO gpkg_extensions VALUES (?, 'geom', 'gpkg_rtree_index', ?, 'write-only')",
            [table, "http://www.geopackage.org/spec140/#extension_rtree"],
        )


def _present_columns(connection: sqlite3.Connection, table: str) -> set[str]:
    return {row[1] for row in connection.execute(f'PRAGMA table_info("{table}")')}


def _geometry_type(schema: LayerSchema) -> str:
    if len(schema.geometry) > 1:
        return "GEOMETRY"
    return schema.geometry[0].upper() if schema.geometry else ""


def _column(field: Field) -> str:
    return f'"{field.name}" {_TYPES[field.type]}'


def _statements(script: str) -> Iterator[str]:
    # executescript would commit the transaction that we are in.
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if statement.rstrip().endswith(";") and ("BEGIN" not in statement or "END;" in statement):
            yield statement
            statement = ""


def _describe(connection: sqlite3.Connection, schema: LayerSchema) -> None:
    """Say titles, units and code lists as the schema has them now."""
    table = schema.name
    connection.execute(
        "UPDATE gpkg_contents SET description = ? WHERE table_name = ?", [schema.title, table]
    )
    if schema.geometry:  # a kind of geometry may have joined
        connection.execute(
            "UPDATE gpkg_geometry_columns SET geometry_type_name = ? WHERE table_name = ?",
            [_geometry_type(schema), table],
        )
    connection.execute(
        "DELETE FROM gpkg_data_column_constraints WHERE constraint_name IN"
        " (SELECT constraint_name FROM gpkg_data_columns WHERE table_name = ?)",
        [table],
    )
    connection.execute("DELETE FROM gpkg_data_columns WHERE table_name = ?", [table])
    for field in (*schema.system.values(), *schema.fields.values()):
        codes = field.codes if field.type == "text" else {}
        constraint = f"{table}_{field.name}" if codes else None
        mime = "application/json" if field.type in {"list", "json"} else None
        connection.execute(
            "INSERT INTO gpkg_data_columns VALUES (?, ?, ?, ?, ?, ?, ?)",
            [table, field.name, field.title, field.title, field.unit or None, mime, constraint],
        )
        connection.executemany(
            "INSERT INTO gpkg_data_column_constraints"
            " (constraint_name, constraint_type, value, description) VALUES (?, 'enum', ?, ?)",
            [(constraint, code, title) for code, title in codes.items()],
        )
