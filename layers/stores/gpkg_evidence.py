"""Checks of one GeoPackage: whether everything in it is as the platform wrote it."""

# ruff: noqa: S608 - names in SQL come from the file's checked schemas; values are always bound.
from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.evidence import Chain, Flaw
from layers.history import DELETED
from layers.records import RecordCodec
from layers.schema import parse_schema
from layers.stores.gpkg_geometry import envelope, register_functions
from layers.stores.gpkg_schema import create_tables
from layers.stores.gpkg_table import gpkg_columns
from layers.stores.sql_columns import stored_names, stored_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.schema import LayerSchema
    from layers.stores.gpkg_geometry import Envelope

__all__ = ["check_file", "check_layer", "check_tables", "follow_chain", "named_files"]

# Single precision keeps 24 bits; the index rounds outward, by at most two of its steps.
_ROUNDING = 2.0**-22


def check_file(connection: sqlite3.Connection) -> Iterator[Flaw]:
    """Check the pages of the file, its unique and foreign keys.

    Parameters
    ----------
    connection
        To the store.

    Yields
    ------
    What SQLite finds.
    """
    for (text,) in connection.execute("PRAGMA integrity_check(20)"):
        if text != "ok":
            yield Flaw("integrity", f"数据文件结构有误：{text}。")
    for table, rowid, *_ in connection.execute("PRAGMA foreign_key_check"):
        yield Flaw("integrity", f"{table} 第 {rowid} 行指向不存在的记录。")


def follow_chain(connection: sqlite3.Connection, chain: Chain) -> Iterator[Flaw]:
    """Follow all events with their versions.

    Parameters
    ----------
    connection
        To the store.
    chain
        At its beginning; finished afterwards.

    Yields
    ------
    What is wrong with events and versions.
    """
    for row in connection.execute(
        "SELECT e.seq, e.txn, e.at, e.actor, e.action, e.layer, e.feature_id, e.version, e.detail,"
        " e.digest, e.prev, e.hash, h.layer, h.feature_id, h.version, h.at, h.body"
        " FROM xg_events e LEFT JOIN xg_history h USING (seq) ORDER BY e.seq"
    ):
        yield from chain.follow(row[:12], None if row[16] is None else row[12:])
    chain.finish()
    for seq, layer, made in connection.execute(
        "SELECT seq, layer, feature_id FROM xg_history"
        " WHERE seq NOT IN (SELECT seq FROM xg_events) ORDER BY seq"
    ):
        message = f"{layer} {made} 有一个版本没有事件：事件被删去，或版本是加进来的。"
        yield Flaw("history", message, layer=layer, id=made, seq=seq)


def check_tables(connection: sqlite3.Connection) -> Iterator[Flaw]:
    """Compare tables, triggers and registration with those of a newly made store.

    Parameters
    ----------
    connection
        To the store.

    Yields
    ------
    What is missing, changed or added.
    """
    schemas = list(_schemas(connection))
    fresh = sqlite3.connect(":memory:", isolation_level=None)
    try:
        register_functions(fresh)
        create_tables(fresh, schemas, store_id="", at="")
        yield from _check_objects(fresh, connection, {s.name for s in schemas})
        for schema in schemas:
            want, have = (_columns(c, schema.name) for c in (fresh, connection))
            if want != have:
                yield Flaw("schema", f"图层 {schema.name} 的表结构被改动过。", layer=schema.name)
        for table in (
            "gpkg_spatial_ref_sys", "gpkg_geometry_columns", "gpkg_extensions",
            "gpkg_data_columns", "gpkg_data_column_constraints",
        ):  # fmt: skip
            want, have = (set(c.execute(f"SELECT * FROM {table}")) for c in (fresh, connection))
            if want != have:
                yield Flaw("contents", f"登记表 {table} 被改动过。")
        registered = "SELECT table_name, data_type, identifier, srs_id FROM gpkg_contents"
        want, have = (set(c.execute(registered)) for c in (fresh, connection))
        for name, *_ in sorted(want ^ have, key=str):
            yield Flaw("contents", f"图层 {name} 在 gpkg_contents 中的登记被改动过。", layer=name)
    finally:
        fresh.close()


def check_layer(connection: sqlite3.Connection, layer: str, chain: Chain) -> Iterator[Flaw]:
    """Compare a layer's rows, index and bounds with the last versions.

    Parameters
    ----------
    connection, layer
        The layer.
    chain
        Followed to its end.

    Yields
    ------
    Rows changed, added, removed or moved, and an index or bounds that are not those of the rows.
    """
    codec = next((RecordCodec(s) for s in _schemas(connection) if s.name == layer), None)
    if codec is None:
        return
    boxes: dict[int, Envelope] = {}
    there: set[str] = set()
    last_created = 0
    for fid, made, version, at, actor, body, *columns in _rows(connection, codec.schema):
        there.add(made)
        place = {"layer": layer, "id": made}
        known = chain.features.get((layer, str(made)))
        if known is None or not known.alive:
            yield Flaw("row", f"{layer} {made} 不是由平台写入的，或已被删除。", **place)
        elif body is None or version != known.version:
            yield Flaw("row", f"{layer} {made} 的版本号被改动，或换成了旧的一行。", **place)
        else:
            want = _expected(codec, body, version, at, actor)
            if [(type(v), v) for v in columns] != [(type(v), v) for v in want]:
                yield Flaw("row", f"{layer} {made} 的内容被改动过。", **place)
            if known.created < last_created:
                yield Flaw("row", f"{layer} {made} 的位置（fid）被改动过。", **place)
            last_created = max(last_created, known.created)
        box = envelope(columns[0]) if codec.schema.geometry and _is_blob(columns[0]) else None
        if box is not None:
            boxes[fid] = box
    for (of, made), known in chain.features.items():
        if of == layer and known.alive and made not in there:
            yield Flaw("row", f"{layer} {made} 不见了。", layer=layer, id=made, seq=known.seq)
    if codec.schema.geometry:
        yield from _check_index(connection, layer, boxes)
    if codec.schema.geometry and codec.schema.listed:
        yield from _check_bounds(connection, layer, boxes)


def named_files(connection: sqlite3.Connection) -> Iterator[tuple[str, str, str]]:
    """Give the kept files that cases and documents name.

    Parameters
    ----------
    connection
        To the store.

    Yields
    ------
    Layer (nothing for a record beside the layers), id or key, name of the file. What cannot be
    read as JSON names none: it is found as an altered row.
    """
    asked = [
        ("SELECT 'cases', id, data FROM cases", "file"),
        ("SELECT '', key, body FROM xg_sheets WHERE kind = 'documents'", "files"),
    ]
    for sql, key in asked:
        try:
            rows = connection.execute(sql).fetchall()
        except sqlite3.OperationalError:  # no such table: that is found elsewhere
            continue
        for layer, owner, text in rows:
            yield from ((layer, owner, name) for name in _named(text, key))


def _named(text: str, key: str) -> Iterator[str]:
    """Give what stands in a JSON text under a key, at whatever depth."""
    try:
        found = json.loads(text)
    except (TypeError, ValueError):
        return
    left = [found]
    while left:
        one = left.pop()
        if isinstance(one, list):
            left += one
        elif isinstance(one, dict):
            left += [part for name, part in one.items() if name != key]
            value = one.get(key)
            values = value.values() if isinstance(value, dict) else [value]
            yield from (name for name in values if isinstance(name, str))


def _schemas(connection: sqlite3.Connection) -> Iterator[LayerSchema]:
    for (text,) in connection.execute("SELECT schema FROM xg_layers ORDER BY name"):
        try:
            yield parse_schema(json.loads(text))
        except (InputError, ValueError, KeyError, TypeError):
            continue  # its tables and registration then differ from a new store's


def _check_objects(
    fresh: sqlite3.Connection, connection: sqlite3.Connection, layers: set[str]
) -> Iterator[Flaw]:
    objects = "SELECT type, name, sql FROM sqlite_master WHERE sql NOT NULL"
    want, have = ({(k, n): s for k, n, s in c.execute(objects)} for c in (fresh, connection))
    for (kind, name), sql in sorted(want.items()):
        # A column added later stands last, so a layer's table is compared by its columns.
        if (kind, name) not in have or (name not in layers and have[kind, name] != sql):
            which = "trigger" if kind == "trigger" else "schema"
            yield Flaw(which, f"{kind} {name} 被删去或改动过。")
    for kind, name in sorted(have.keys() - want.keys()):
        if kind in {"trigger", "view"}:
            yield Flaw("trigger", f"{kind} {name} 不是平台所建。")


def _columns(connection: sqlite3.Connection, table: str) -> set[tuple[Any, ...]]:
    # The geometry's declared kind is not compared: another kind may have joined the schema.
    return {
        (name, "" if name == "geom" else kind, *rest)
        for _, name, kind, *rest in connection.execute(f'PRAGMA table_info("{table}")')
    }


def _rows(connection: sqlite3.Connection, schema: LayerSchema) -> Iterator[tuple[Any, ...]]:
    columns = ", ".join(f't."{name}"' for name in stored_names(schema))
    yield from connection.execute(
        f"SELECT t.fid, t.id, t.version, h.at, e.actor, h.body, {columns}"
        f' FROM "{schema.name}" t'
        " LEFT JOIN xg_history h ON h.layer = ? AND h.feature_id = t.id AND h.version = t.version"
        " LEFT JOIN xg_events e ON e.seq = h.seq ORDER BY t.fid",
        [schema.name],
    )


def _expected(codec: RecordCodec, body: str, version: int, at: str, actor: str) -> list[Any]:
    if body == DELETED:
        return []
    try:
        record = codec.record_of(body)
    except (ValueError, KeyError, TypeError):
        return []  # an altered version, already reported
    row = stored_row(codec, record, version=version, at=at, actor=actor)
    columns = gpkg_columns(row, codec.schema)
    return [int(v) if isinstance(v, bool) else v for v in columns]


def _is_blob(value: object) -> bool:
    return isinstance(value, bytes) and len(value) > 8 and value[:2] == b"GP"


def _check_index(
    connection: sqlite3.Connection, layer: str, boxes: dict[int, Envelope]
) -> Iterator[Flaw]:
    found = {
        fid: (west, south, east, north)
        for fid, west, east, south, north in connection.execute(
            f'SELECT id, minx, maxx, miny, maxy FROM "rtree_{layer}_geom"'
        )
    }
    names: dict[int, str] = {}
    wrong = [
        fid for fid in boxes.keys() | found.keys() if not _fits(boxes.get(fid), found.get(fid))
    ]
    if wrong:
        names = dict(connection.execute(f'SELECT fid, id FROM "{layer}"'))
    for fid in sorted(wrong):
        made = names.get(fid)
        message = f"{layer} {made or fid} 的空间索引与几何不符。"
        yield Flaw("index", message, layer=layer, id=made)
    for (text,) in connection.execute("SELECT rtreecheck(?)", [f"rtree_{layer}_geom"]):
        if text != "ok":
            yield Flaw("index", f"图层 {layer} 的空间索引结构有误。", layer=layer)


def _fits(box: Envelope | None, index: Envelope | None) -> bool:
    if box is None or index is None:
        return box is index
    outward = (box[0] - index[0], box[1] - index[1], index[2] - box[2], index[3] - box[3])
    return all(
        0 <= gap <= abs(value) * _ROUNDING + 1e-30 for gap, value in zip(outward, box, strict=True)
    )


def _check_bounds(
    connection: sqlite3.Connection, layer: str, boxes: dict[int, Envelope]
) -> Iterator[Flaw]:
    want: tuple[float | None, ...] = (None, None, None, None)
    if boxes:
        west, south, east, north = zip(*boxes.values(), strict=True)
        want = (min(west), min(south), max(east), max(north))
    have = connection.execute(
        "SELECT min_x, min_y, max_x, max_y FROM gpkg_contents WHERE table_name = ?", [layer]
    ).fetchone()
    if have is not None and have != want:
        yield Flaw("contents", f"图层 {layer} 登记的范围与几何不符。", layer=layer)
