"""The tables of the PostGIS database: made by numbered SQL, grown where a schema has grown."""

from __future__ import annotations

import secrets
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, NoReturn

from layers.errors import StoreError
from layers.history import canonical_json
from layers.schema import layer_names
from layers.stores.sql_columns import stored_names

if TYPE_CHECKING:
    from layers.schema import LayerSchema
    from layers.stores.postgis_connection import Link

__all__ = [
    "add_table",
    "column_types",
    "has_store",
    "is_as_made",
    "is_current",
    "migrations",
    "prepare",
    "present_columns",
    "quoted_text",
    "read_meta",
    "require_capable",
]

_LONGEST_NAME = 63
_TEXT = 'text COLLATE "C"'
_TYPES = {
    "text": _TEXT,
    "integer": "bigint",
    "real": "double precision",
    "boolean": "boolean",
    "date": "date",
    "datetime": "timestamp(3) with time zone",
    # Canonical JSON, as it is in the GeoPackage and in the bodies that are hashed.
    "list": _TEXT,
    "json": _TEXT,
}
_SYSTEM = {
    "geom": "geometry(Geometry,4490)",
    "id": _TEXT,
    "version": "bigint",
    "updated_at": "timestamp(3) with time zone",
    "updated_by": _TEXT,
}


@cache
def migrations() -> tuple[str, ...]:
    """Give the numbered SQL, in order; a database that has had the first N is of version N."""
    folder = files("layers.stores").joinpath("sql", "postgis")
    names = sorted(file.name for file in folder.iterdir() if file.name.endswith(".sql"))
    return tuple(folder.joinpath(name).read_text(encoding="utf-8") for name in names)


def has_store(connection: Link) -> bool:
    """Tell whether there is a store, of whatever version."""
    return connection.execute("SELECT to_regclass('xg_meta')").fetchone()[0] is not None


def is_current(connection: Link) -> bool:
    """Tell whether the tables are there as this version of the program has them."""
    if not has_store(connection):
        return False
    found = connection.execute("SELECT value FROM xg_meta WHERE key = 'schema_version'").fetchone()
    return bool(found == (str(len(migrations())),))


def read_meta(connection: Link, name: str) -> dict[str, str]:
    """Read `xg_meta`, refusing a database that is not a store of a version we know.

    Parameters
    ----------
    connection, name
        The database and its name for messages.

    Returns
    -------
    Its contents.

    Raises
    ------
    StoreError
        ``store_missing``, ``not_a_store`` or ``store_newer``.
    """
    if not has_store(connection):
        raise StoreError(
            f"数据库 {name}里还没有县域数据，请先运行 xygeo init。",
            code="store_missing",
            where=name,
        )
    meta = dict(connection.execute("SELECT key, value FROM xg_meta").fetchall())
    if not meta.get("schema_version", "").isdecimal():
        raise StoreError(f"{name} 不是本平台的数据库，请检查地址。", code="not_a_store", where=name)
    if int(meta["schema_version"]) > len(migrations()):
        raise StoreError(
            f"数据库 {name}由更新版本的平台写成，请先升级本程序。", code="store_newer", where=name
        )
    return meta


def prepare(connection: Link, name: str, *, create: bool, at: str) -> dict[str, str]:
    """Bring a database to the version of this program.

    Parameters
    ----------
    connection
        In a transaction that holds the write lock.
    name
        For messages.
    create
        Make the tables if there are none.
    at
        Time of making.

    Returns
    -------
    The contents of `xg_meta`.

    Raises
    ------
    StoreError
        As `read_meta`; ``store_encoding`` or ``store_extension`` if the database cannot hold us,
        ``store_conflict`` if it holds others under our names.
    """
    there = has_store(connection)
    if create and not there:
        require_capable(connection, name)
        for layer in layer_names():
            if present_columns(connection, layer):
                _refuse_strange(layer)
        done = 0
        store_id = secrets.token_hex(16)
    else:
        meta = read_meta(connection, name)
        done, store_id = int(meta["schema_version"]), meta["store_id"]
    for script in migrations()[done:]:
        connection.execute(script)
    meta = {"schema_version": str(len(migrations())), "store_id": store_id}
    meta |= {} if there else {"created_at": at}
    for key, value in meta.items():
        connection.execute(
            "INSERT INTO xg_meta (key, value) VALUES (?, ?)"
            " ON CONFLICT (key) DO UPDATE SET value = excluded.value",
            [key, value],
        )
    return meta


def require_capable(connection: Link, name: str) -> None:
    """Make sure that a database can hold a store: UTF-8 and PostGIS, added where we may.

    Parameters
    ----------
    connection, name
        The database and its name for messages.

    Raises
    ------
    StoreError
        ``store_encoding`` or ``store_extension``.
    """
    psycopg_errors = _errors()
    if connection.execute("SHOW server_encoding").fetchone()[0] != "UTF8":
        raise StoreError(
            f"数据库 {name}的编码不是 UTF8，存不了中文，请用 UTF8 编码重新建库。",
            code="store_encoding",
            where=name,
        )
    found = connection.execute("SELECT 1 FROM pg_extension WHERE extname = 'postgis'")
    if found.fetchone() is not None:
        return
    try:
        connection.execute("CREATE EXTENSION postgis")
    except (
        psycopg_errors.FeatureNotSupported,
        psycopg_errors.UndefinedFile,
        psycopg_errors.InsufficientPrivilege,
    ) as error:
        raise StoreError(
            f"数据库 {name}没有 PostGIS 扩展，请让管理员在服务器上安装 PostGIS，"
            "并在库中执行 CREATE EXTENSION postgis。",
            code="store_extension",
            where=name,
        ) from error


def _errors() -> Any:  # noqa: ANN401 - a module of an optional package
    from psycopg import errors  # noqa: PLC0415 - optional

    return errors


def column_types(schema: LayerSchema) -> dict[str, str]:
    """Give the columns that a write sets, with their types as `format_type` says them."""
    fields = {name: _TYPES[field.type] for name, field in schema.fields.items()}
    return {name: {**_SYSTEM, **fields}[name] for name in stored_names(schema)}


def present_columns(connection: Link, table: str) -> dict[str, str]:
    """Give the columns of a table that is there, with their types as `format_type` says them."""
    rows = connection.execute(
        "SELECT a.attname, format_type(a.atttypid, a.atttypmod)"
        " || CASE c.collname WHEN 'C' THEN ' COLLATE \"C\"' ELSE '' END"
        " FROM pg_attribute a LEFT JOIN pg_collation c ON c.oid = a.attcollation"
        " WHERE a.attrelid = to_regclass(quote_ident(?)) AND a.attnum > 0 AND NOT a.attisdropped",
        [table],
    )
    return dict(rows.fetchall())


def is_as_made(connection: Link, schema: LayerSchema) -> bool:
    """Tell whether the layer's table is there, with all columns, as this very schema says."""
    found = connection.execute("SELECT schema FROM xg_layers WHERE name = ?", [schema.name])
    if found.fetchone() != (canonical_json(dict(schema.source)),):
        return False
    return schema.fields.keys() <= present_columns(connection, schema.name).keys()


def add_table(connection: Link, schema: LayerSchema) -> None:
    """Make a layer's table, or add the columns it lacks.

    Parameters
    ----------
    connection
        In a transaction.
    schema
        The layer.

    Raises
    ------
    StoreError
        If a name is longer than PostgreSQL takes (``store_name``), or there is such a table that
        is not ours (``store_conflict``).
    """
    if long := [name for name in schema.fields if len(name) > _LONGEST_NAME]:
        raise StoreError(
            f"字段名 {long[0]} 超过 {_LONGEST_NAME} 个字符，PostgreSQL 存不了，请改短。",
            code="store_name",
            where=long[0],
        )
    table, types = schema.name, column_types(schema)
    there = present_columns(connection, table)
    known = connection.execute("SELECT 1 FROM xg_layers WHERE name = ?", [table])
    if there and known.fetchone() is None:
        _refuse_strange(table)
    if not there:
        required = {"id", "version", "updated_at", "updated_by"}
        columns = [
            # Never used again after a delete, so that paging by fid misses and repeats nothing.
            "fid bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY",
            *(f'"{n}" {kind}{" NOT NULL" * (n in required)}' for n, kind in types.items()),
            "UNIQUE (id)",
        ]
        connection.execute(f'CREATE TABLE "{table}" ({", ".join(columns)})')
        if schema.geometry:
            connection.execute(f'CREATE INDEX "{table}_geom" ON "{table}" USING gist (geom)')
    for name, kind in types.items():
        if there and name not in there:
            connection.execute(f'ALTER TABLE "{table}" ADD COLUMN "{name}" {kind}')
    _describe(connection, schema)
    connection.execute(
        "INSERT INTO xg_layers (name, schema) VALUES (?, ?)"
        " ON CONFLICT (name) DO UPDATE SET schema = excluded.schema",
        [table, canonical_json(dict(schema.source))],
    )


def _refuse_strange(table: str) -> NoReturn:
    raise StoreError(
        f"数据库里已有名为 {table} 的表，不是本平台所建，请换一个空库。",
        code="store_conflict",
        where=table,
    )


def _describe(connection: Link, schema: LayerSchema) -> None:
    """Say titles and units where desktop GIS and administrators see them."""
    statements = [f'COMMENT ON TABLE "{schema.name}" IS {quoted_text(schema.title)}']
    for field in (*schema.system.values(), *schema.fields.values()):
        title = f"{field.title}（{field.unit}）" if field.unit else field.title
        column = f'"{schema.name}"."{field.name}"'
        statements.append(f"COMMENT ON COLUMN {column} IS {quoted_text(title)}")
    connection.execute("; ".join(statements))


def quoted_text(text: str) -> str:
    """Write a text as a literal, where no value can be bound."""
    return "'" + text.replace("'", "''") + "'"
