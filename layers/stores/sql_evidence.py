"""Checks of a store in an SQL database: whether everything is as the platform wrote it.

What every database has: the chain, its versions, the rows against them. What is particular (tables,
triggers, indexes) is left to the subclasses.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.evidence import Flaw
from layers.history import DELETED
from layers.records import RecordCodec
from layers.schema import parse_schema
from layers.stores.sql_columns import stored_names, stored_row

if TYPE_CHECKING:
    from collections.abc import Iterator

    from layers.evidence import Chain
    from layers.schema import LayerSchema
    from layers.stores.sql_columns import StoredRow
    from layers.stores.sql_connections import SqlConnection

__all__ = ["Evidence"]

_NAMING = (
    ("cases", "SELECT 'cases', id, data FROM cases", "file"),
    ("xg_sheets", "SELECT '', key, body FROM xg_sheets WHERE kind = 'documents'", "files"),
)


class Evidence(ABC):
    """One state of a store, to be checked.

    Parameters
    ----------
    connection
        To the store, in a transaction that sees one state.
    meta
        Contents of `xg_meta`.

    Attributes
    ----------
    store_id
        Tells this store from others, in anchors.
    """

    def __init__(self, connection: SqlConnection, meta: dict[str, str]) -> None:
        self.connection = connection
        self.store_id = meta.get("store_id", "")

    def flaws(self, chain: Chain) -> Iterator[Flaw]:
        """Check everything in the database.

        Parameters
        ----------
        chain
            At its beginning; finished afterwards.

        Yields
        ------
        What is not as the platform wrote it.
        """
        yield from self.integrity()
        yield from self._follow(chain)
        yield from self.tables()
        rows = self.connection.execute("SELECT name FROM xg_layers ORDER BY name").fetchall()
        names = [name for (name,) in rows]
        codecs = {schema.name: RecordCodec(schema) for schema in self.schemas()}
        for layer in names:
            if layer not in codecs:
                yield Flaw("schema", f"图层 {layer} 的定义被改动，已不可读。", layer=layer)
            elif self.has(layer):  # that it is gone was found among the tables
                yield from self.layer(codecs[layer], chain)
        for layer in sorted({of for of, _ in chain.features} - set(names)):
            yield Flaw("schema", f"图层 {layer} 有历史，却没有定义。", layer=layer)

    @abstractmethod
    def integrity(self) -> Iterator[Flaw]:
        """Check the files of the database, as far as it can itself."""

    @abstractmethod
    def tables(self) -> Iterator[Flaw]:
        """Compare tables and triggers with those of a newly made store."""

    @abstractmethod
    def layer(self, codec: RecordCodec, chain: Chain) -> Iterator[Flaw]:
        """Compare a layer's rows, and what is derived from them, with the last versions."""

    @abstractmethod
    def has(self, table: str) -> bool:
        """Tell whether there is such a table."""

    @abstractmethod
    def expected(self, row: StoredRow, schema: LayerSchema) -> list[Any]:
        """Give a row as its table would be read: geometry first, if the layer has any."""

    def named_files(self) -> Iterator[tuple[str, str, str]]:
        """Give the kept files that cases and documents name.

        Yields
        ------
        Layer (nothing for a record beside the layers), id or key, name of the file. What cannot be
        read as JSON names none: it is found as an altered row.
        """
        for table, sql, key in _NAMING:
            if self.has(table):  # that it is gone is found elsewhere
                for layer, owner, text in self.connection.execute(sql):
                    yield from ((layer, owner, name) for name in _named(text, key))

    def schemas(self) -> Iterator[LayerSchema]:
        """Give the schemas of the layers, as the store has them."""
        rows = self.connection.execute("SELECT schema FROM xg_layers ORDER BY name").fetchall()
        for (text,) in rows:
            try:
                yield parse_schema(json.loads(text))
            except (InputError, ValueError, KeyError, TypeError):
                continue  # its tables and registration then differ from a new store's

    def rows(self, schema: LayerSchema, shape: str) -> Iterator[tuple[Any, ...]]:
        """Give a layer's rows, each with the version it must be of.

        Parameters
        ----------
        schema
            The layer.
        shape
            SQL expression of the geometry.

        Yields
        ------
        fid, id, version, time, writer and body of that version, then the stored columns.
        """
        names = [shape if name == "geom" else f't."{name}"' for name in stored_names(schema)]
        yield from self.connection.execute(
            f"SELECT t.fid, t.id, t.version, h.at, e.actor, h.body, {', '.join(names)}"  # noqa: S608
            f' FROM "{schema.name}" t'
            " LEFT JOIN xg_history h"
            " ON h.layer = ? AND h.feature_id = t.id AND h.version = t.version"
            " LEFT JOIN xg_events e ON e.seq = h.seq ORDER BY t.fid",
            [schema.name],
        )

    def check_rows(
        self, codec: RecordCodec, rows: Iterator[tuple[Any, ...]], chain: Chain
    ) -> Iterator[Flaw]:
        """Compare rows with the last versions.

        Parameters
        ----------
        codec, rows
            The layer, and what `rows` gives.
        chain
            Followed to its end.

        Yields
        ------
        Rows changed, added, removed or moved.
        """
        layer = codec.schema.name
        there: set[str] = set()
        last_created = 0
        for _, made, version, at, actor, body, *columns in rows:
            there.add(made)
            place = {"layer": layer, "id": made}
            known = chain.features.get((layer, str(made)))
            if known is None or not known.alive:
                yield Flaw("row", f"{layer} {made} 不是由平台写入的，或已被删除。", **place)
            elif body is None or version != known.version:
                yield Flaw("row", f"{layer} {made} 的版本号被改动，或换成了旧的一行。", **place)
            else:
                want = self._expected(codec, body, version, at, actor)
                if [(type(v), v) for v in columns] != [(type(v), v) for v in want]:
                    yield Flaw("row", f"{layer} {made} 的内容被改动过。", **place)
                if known.created < last_created:
                    yield Flaw("row", f"{layer} {made} 的位置（fid）被改动过。", **place)
                last_created = max(last_created, known.created)
        for (of, made), known in chain.features.items():
            if of == layer and known.alive and made not in there:
                yield Flaw("row", f"{layer} {made} 不见了。", layer=layer, id=made, seq=known.seq)

    def _follow(self, chain: Chain) -> Iterator[Flaw]:
        for row in self.connection.execute(
            "SELECT e.seq, e.txn, e.at, e.actor, e.action, e.layer, e.feature_id, e.version,"
            " e.detail, e.digest, e.prev, e.hash, h.layer, h.feature_id, h.version, h.at, h.body"
            " FROM xg_events e LEFT JOIN xg_history h USING (seq) ORDER BY e.seq"
        ):
            yield from chain.follow(row[:12], None if row[16] is None else row[12:])
        chain.finish()
        for seq, layer, made in self.connection.execute(
            "SELECT seq, layer, feature_id FROM xg_history h"
            " WHERE NOT EXISTS (SELECT 1 FROM xg_events e WHERE e.seq = h.seq) ORDER BY seq"
        ):
            message = f"{layer} {made} 有一个版本没有事件：事件被删去，或版本是加进来的。"
            yield Flaw("history", message, layer=layer, id=made, seq=seq)

    def _expected(
        self, codec: RecordCodec, body: str, version: int, at: str, actor: str
    ) -> list[Any]:
        if body == DELETED:
            return []
        try:
            record = codec.record_of(body)
        except (ValueError, KeyError, TypeError):
            return []  # an altered version, already reported
        row = stored_row(codec, record, version=version, at=at, actor=actor)
        return self.expected(row, codec.schema)


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
