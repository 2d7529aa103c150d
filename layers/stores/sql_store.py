"""A store in an SQL database: the verbs that write, batches, anchors; one protocol, one history.

What differs between databases (tables, bulk writing, errors) is left to the subclasses.
"""

from __future__ import annotations

import contextlib
from abc import abstractmethod
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Self

from geo.errors import InputError
from layers.anchors import EVERY, Anchor, Anchors
from layers.history import canonical_json, stamp
from layers.records import RecordCodec
from layers.schema import layer_names, layer_schema
from layers.stores.layer_writer import LayerWriter
from layers.stores.sql_reader import SqlReader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping
    from pathlib import Path

    from layers.schema import LayerSchema
    from layers.store_values import Actor, PutResult
    from layers.stores.sql_connections import Connections
    from layers.stores.sql_table import SqlTable

__all__ = ["SqlStore", "utc_now"]


def utc_now() -> datetime:
    """Give the present moment."""
    return datetime.now(UTC)


class SqlStore(SqlReader):
    """A `layers.store.Store`; see there for the verbs.

    Parameters
    ----------
    connections
        To the opened database; closed with the store, also if this fails.
    clock
        Time of events.
    anchors
        Where heads of the chain are written down; None: nowhere.
    """

    def __init__(
        self, connections: Connections, *, clock: Callable[[], datetime], anchors: Path | None
    ) -> None:
        super().__init__(connections)
        self._clock = clock
        self._anchors = None if anchors is None else Anchors(anchors)
        self._anchored = 0
        # State of the open transaction; touched only by the thread that holds the write lock.
        self._txn: int | None = None
        self._batch: tuple[Actor, str] | None = None
        try:
            for name in layer_names():
                self.add_layer(layer_schema(name))
            self.anchor()
        except BaseException:
            connections.close()
            raise

    @abstractmethod
    def table_of(self, connection: Any, codec: RecordCodec) -> SqlTable:  # noqa: ANN401 - of its kind
        """Give what writes one layer's table within a transaction."""

    @abstractmethod
    def _is_as_made(self, connection: Any, schema: LayerSchema) -> bool:  # noqa: ANN401 - as above
        """Tell whether the layer's table is there, with all columns, as this very schema says."""

    @abstractmethod
    def _add_table(self, connection: Any, schema: LayerSchema, at: str) -> None:  # noqa: ANN401
        """Make a layer's table, or add the columns it lacks."""

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
        """Create or replace features, all or none.

        Parameters
        ----------
        layer
            Its name; the table is made at the first put.
        rows
            Mappings of `id` (if the schema gives no key; made where missing), `geometry` (shapely
            or None) and fields. They may come from a generator of any length. `version`,
            `updated_at` and `updated_by` are passed over.
        actor, reason
            Go into the history.
        expect
            Id -> version that must be present (0: none) before anything is written.
        merge
            Keep the stored value of fields that a row leaves out; else they become empty, but
            `quality` and `source` are always kept.
        keep_ids
            False: the answer has no ids, which a stream of any length would fill memory with.

        Returns
        -------
        Counts and ids. A row equal to the stored one is unchanged and makes no event.

        Raises
        ------
        NotFound
            If the layer is unknown.
        InvalidRecord
            If a row breaks the schema or an id comes twice.
        NotAllowed
            If a row raises quality without a reviewer and a reason.
        StaleVersion
            If another version than expected is present.
        StoreError
            If the disk is full or the database cannot be written.
        """
        with self._layer_writer(layer, actor, reason, expect) as writer:
            return writer.put(rows, merge=merge, keep_ids=keep_ids)

    def delete(
        self,
        layer: str,
        ids: Iterable[str],
        *,
        actor: Actor,
        expect: Mapping[str, int] | None = None,
        reason: str = "",
    ) -> int:
        """Delete features, all or none; their history stays.

        Parameters
        ----------
        layer, ids
            Which ones.
        actor, reason
            Go into the history.
        expect
            Id -> version that must be present before anything is written.

        Returns
        -------
        How many were deleted.

        Raises
        ------
        NotFound
            If the layer or one of the ids is unknown.
        StaleVersion
            If another version than expected is present.
        StoreError
            If the disk is full or the database cannot be written.
        """
        with self._layer_writer(layer, actor, reason, expect) as writer:
            return writer.delete(ids)

    @contextlib.contextmanager
    def batch(self, actor: Actor, reason: str = "") -> Iterator[Self]:
        """Group writes of this thread into one transaction, all or nothing.

        Parameters
        ----------
        actor
            Must be the one of every write inside.
        reason
            For writes inside that give none.

        Yields
        ------
        The store. Reads of this thread see what the batch wrote.

        Raises
        ------
        InputError
            If a write inside names another actor.
        """
        with self._transaction():
            outer, self._batch = self._batch, (actor, reason)
            try:
                yield self
            finally:
                self._batch = outer

    # Records of printed sheets and columns of imports are no layer and make no event: dates on
    # sheets follow the county's data, and a sheet printed twice must say the same.

    def put_sheet_record(self, kind: str, key: str, body: dict[str, Any], *, actor: Actor) -> None:
        """Keep one record beside the layers, replacing the one before.

        Parameters
        ----------
        kind, key
            Which record.
        body
            What JSON can hold.
        actor
            Kept with it.
        """
        with self._transaction() as connection:
            connection.execute(
                "INSERT INTO xg_sheets (kind, key, body, at, actor) VALUES (?, ?, ?, ?, ?)"
                " ON CONFLICT (kind, key) DO UPDATE"
                " SET body = excluded.body, at = excluded.at, actor = excluded.actor",
                [kind, key, canonical_json(body), stamp(self._clock()), actor.name],
            )

    # Opening and closing

    def add_layer(self, schema: LayerSchema) -> None:
        """Make the layer's table, or add the columns it lacks.

        Parameters
        ----------
        schema
            The layer; what it says of columns that exist already is not changed.
        """
        with self._connections.reading() as connection:
            made = self._is_as_made(connection, schema)
        if not made:
            with self._connections.writing() as connection:
                self._add_table(connection, schema, stamp(self._clock()))
        self._codecs[schema.name] = RecordCodec(schema)

    @contextlib.contextmanager
    def exclusive(self) -> Iterator[Any]:
        """Keep all other writers out for the length of a block.

        Yields
        ------
        The connection, in a transaction: committed at the end, undone at an error.
        """
        with self._connections.writing() as connection:
            yield connection

    def take_identity(self, meta: Mapping[str, str]) -> None:
        """Become the store that another one was, within `exclusive`: its anchors speak of this one.

        Parameters
        ----------
        meta
            Contents of the other's `xg_meta`.
        """
        with self._connections.writing() as connection:
            for key in ("store_id", "created_at"):
                if key in meta:
                    connection.execute(
                        "UPDATE xg_meta SET value = ? WHERE key = ?", [meta[key], key]
                    )
                    self._connections.meta[key] = meta[key]

    def anchor(self) -> None:
        """Write the head of the chain to `anchors.jsonl`: at start, clean stop and backup."""
        head = self.head()
        self._write_anchor(head.seq, head.hash, None if head.at is None else stamp(head.at))

    def close(self) -> None:
        """Close the store. A second call does nothing."""
        if self._connections.closed:
            return
        try:
            self.anchor()
        finally:
            self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    @contextlib.contextmanager
    def _transaction(self) -> Iterator[Any]:
        with self._connections.writing(then=self._anchor_if_due) as connection:
            outermost = self._txn is None
            if outermost:
                self._txn = self.head().seq + 1
            try:
                yield connection
            finally:
                if outermost:
                    self._txn = None

    @contextlib.contextmanager
    def _layer_writer(
        self, layer: str, actor: Actor, reason: str, expect: Mapping[str, int] | None
    ) -> Iterator[LayerWriter]:
        codec = self.codec(layer)
        with self._transaction() as connection:
            if self._batch is not None:
                if actor != self._batch[0]:
                    raise InputError(
                        f"本批由“{self._batch[0].name}”写入，不能混入“{actor.name}”。",
                        where="actor",
                    )
                reason = reason or self._batch[1]
            table = self.table_of(connection, codec)
            writer = LayerWriter(
                table, codec, actor=actor, reason=reason, now=self._clock(), txn=self._txn
            )
            if expect:
                writer.require_versions(expect)
            yield writer

    def _anchor_if_due(self) -> None:
        head = self.head()
        if head.at is not None and head.seq - self._anchored >= EVERY:
            self._write_anchor(head.seq, head.hash, stamp(head.at))

    def _write_anchor(self, seq: int, hashed: str, at: str | None) -> None:
        if self._anchors is None:
            return
        if self._anchors.write(Anchor(self._connections.meta["store_id"], seq, hashed, at)):
            self._anchored = seq
