"""Checks of one GeoPackage: whether everything in it is as the platform wrote it."""

# ruff: noqa: S608 - names in SQL come from the file's checked schemas; values are always bound.
from __future__ import annotations

import contextlib
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

from layers.errors import StoreError
from layers.evidence import Flaw
from layers.stores.gpkg_connection import connect, in_our_words, require_ours
from layers.stores.gpkg_geometry import envelope, register_functions
from layers.stores.gpkg_schema import create_tables
from layers.stores.gpkg_table import gpkg_columns
from layers.stores.sql_evidence import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from layers.evidence import Chain
    from layers.records import RecordCodec
    from layers.schema import LayerSchema
    from layers.stores.gpkg_geometry import Envelope
    from layers.stores.sql_columns import StoredRow

__all__ = ["GpkgEvidence", "gpkg_evidence"]

# Single precision keeps 24 bits; the index rounds outward, by at most two of its steps.
_ROUNDING = 2.0**-22


@contextlib.contextmanager
def gpkg_evidence(path: Path) -> Iterator[GpkgEvidence]:
    """Open a GeoPackage to be checked; also while it is written.

    Parameters
    ----------
    path
        The file.

    Yields
    ------
    Its present state.

    Raises
    ------
    StoreError
        If there is none, it is not ours or of a newer version, or it is damaged beyond reading.
    """
    if not path.exists():
        raise StoreError(
            f"找不到数据文件 {path}，请检查路径。", code="store_missing", where=str(path)
        )
    with in_our_words(path), closing(connect(path, read_only=True)) as connection:
        connection.execute("BEGIN")
        yield GpkgEvidence(connection, require_ours(connection, path))


class GpkgEvidence(Evidence):
    """See `Evidence`."""

    connection: sqlite3.Connection

    def flaws(self, chain: Chain) -> Iterator[Flaw]:
        """Check everything; altered tables may keep the rest from being read.

        Parameters
        ----------
        chain
            At its beginning; finished afterwards.

        Yields
        ------
        What is not as the platform wrote it.

        Raises
        ------
        OperationalError
            SQLite's own, for `in_our_words`.
        """
        try:
            yield from super().flaws(chain)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_ERROR:
                raise
            yield Flaw("schema", f"表结构被改动，核验未能读完：{error}。")

    def integrity(self) -> Iterator[Flaw]:
        """Check the pages of the file, its unique and foreign keys."""
        for (text,) in self.connection.execute("PRAGMA integrity_check(20)"):
            if text != "ok":
                yield Flaw("integrity", f"数据文件结构有误：{text}。")
        for table, rowid, *_ in self.connection.execute("PRAGMA foreign_key_check"):
            yield Flaw("integrity", f"{table} 第 {rowid} 行指向不存在的记录。")

    def tables(self) -> Iterator[Flaw]:
        """Compare tables, triggers and registration with those of a newly made store."""
        connection = self.connection
        schemas = list(self.schemas())
        fresh = sqlite3.connect(":memory:", isolation_level=None)
        try:
            register_functions(fresh)
            create_tables(fresh, schemas, store_id="", at="")
            yield from _check_objects(fresh, connection, {s.name for s in schemas})
            for schema in schemas:
                want, have = (_columns(c, schema.name) for c in (fresh, connection))
                if want != have:
                    yield Flaw(
                        "schema", f"图层 {schema.name} 的表结构被改动过。", layer=schema.name
                    )
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
                yield Flaw(
                    "contents", f"图层 {name} 在 gpkg_contents 中的登记被改动过。", layer=name
                )
        finally:
            fresh.close()

    def layer(self, codec: RecordCodec, chain: Chain) -> Iterator[Flaw]:
        """Compare a layer's rows, index and bounds with the last versions."""
        schema = codec.schema
        boxes: dict[int, Envelope] = {}
        rows = self.rows(schema, "t.geom")
        yield from self.check_rows(codec, _noting(rows, boxes) if schema.geometry else rows, chain)
        if schema.geometry:
            yield from _check_index(self.connection, schema.name, boxes)
        if schema.geometry and schema.listed:
            yield from _check_bounds(self.connection, schema.name, boxes)

    def has(self, table: str) -> bool:
        """Tell whether there is such a table."""
        found = self.connection.execute(
            "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?", [table]
        )
        return found.fetchone() is not None

    def expected(self, row: StoredRow, schema: LayerSchema) -> list[Any]:
        """Give a row as its table would be read: truth values are numbers."""
        return [int(v) if isinstance(v, bool) else v for v in gpkg_columns(row, schema)]


def _noting(
    rows: Iterator[tuple[Any, ...]], boxes: dict[int, Envelope]
) -> Iterator[tuple[Any, ...]]:
    """Pass rows on, noting where each lies."""
    for row in rows:
        box = envelope(row[6]) if _is_blob(row[6]) else None
        if box is not None:
            boxes[row[0]] = box
        yield row


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
