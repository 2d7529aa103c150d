"""Writing rows of one layer: compare with what is stored, keep the version, chain the event.

Rows stream through in slices, so that an import of any length needs the memory of one slice (and
the ids, where they are asked for). Everything happens in the caller's transaction, in whatever
database `SqlTable` stands for: the same rows make the same bodies, digests and hashes in each.
"""

from __future__ import annotations

import itertools
import json
from typing import TYPE_CHECKING, Any

import shapely

from layers.errors import InvalidRecord, NotFound, StaleVersion
from layers.history import (
    DELETED,
    GENESIS,
    digest,
    event_detail,
    event_hash,
    stamp,
)
from layers.identifiers import ulids
from layers.met_before import IdsOfOnePut
from layers.rights import require_usual
from layers.store_values import PutResult
from layers.stores.sql_columns import stored_row

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from layers.records import Record, RecordCodec
    from layers.store_values import Actor
    from layers.stores.sql_columns import StoredRow
    from layers.stores.sql_table import SqlTable

__all__ = ["LayerWriter"]

_SLICE = 2000


class LayerWriter:
    """Writes to one layer within one transaction.

    Parameters
    ----------
    table
        In a transaction that holds the write lock.
    codec
        Of the layer.
    actor, reason, now
        Go into every event.
    txn
        Number of the transaction's first event; None: the next one.
    """

    def __init__(
        self,
        table: SqlTable,
        codec: RecordCodec,
        *,
        actor: Actor,
        reason: str,
        now: datetime,
        txn: int | None,
    ) -> None:
        self._table = table
        self._codec = codec
        self._layer = codec.schema.name
        self._actor = actor
        self._reason = reason.strip()
        self._detail = event_detail(actor.role, verified=actor.verified, reason=self._reason)
        self._seq, self._hash, last = table.head() or (0, GENESIS, "")
        self._txn = txn or self._seq + 1
        self._made = ulids(now)
        # A clock set back must not make an event older than the one before it.
        self._at = max(stamp(now), last)
        fields = codec.schema.fields.values()
        self._defaults = {f.name: f.default for f in fields if f.default is not None}
        self._by_cases = tuple(f for f in fields if f.by_cases)
        self._may_all = actor.role == "reviewer" and bool(self._reason)

    def put(
        self, rows: Iterable[Mapping[str, Any]], *, merge: bool, keep_ids: bool = True
    ) -> PutResult:
        """Create or replace features.

        Parameters
        ----------
        rows
            See `layers.store.Store.put`.
        merge
            Keep the stored value of fields that a row leaves out.
        keep_ids
            Whether the answer has the ids.

        Returns
        -------
        The counts and ids.

        Raises
        ------
        InvalidRecord
            If a row breaks the schema or an id comes twice.
        NotAllowed
            If a row raises quality without a reviewer and a reason.
        """
        ids: list[str] = []
        met = IdsOfOnePut()
        new = changed = number = 0
        # Nothing of this layer was ever stored: nothing to compare with.
        blank = self._table.is_blank()
        for part in _slices(rows, _SLICE):
            records = self._codec.records(part, first=number + 1)
            # Ids made here are new and differ; only those that rows bring can come twice.
            given = [place for place, record in enumerate(records) if record.id is not None]
            repeat = met.repeated([str(records[place].id) for place in given])
            if repeat is not None:
                place = given[repeat]
                raise InvalidRecord(
                    f"{self._codec.schema.title}第 {number + place + 1} 行的标识"
                    f"“{records[place].id}”与前面重复，请改或删去一行。",
                    code="duplicate_id",
                    where="id",
                )
            for record in records:
                if record.id is None:
                    record.id = next(self._made)
            number += len(records)
            made = [str(record.id) for record in records]
            if keep_ids:
                ids += made
            present = {} if blank else self._table.present(made)
            created, updated = self._write(records, present, number - len(records), merge=merge)
            new, changed = new + created, changed + updated
        self._table.finish(self._at if new or changed else None)
        return PutResult(new, changed, number - new - changed, tuple(ids))

    def delete(self, ids: Iterable[str]) -> int:
        """Delete features, all or none.

        Parameters
        ----------
        ids
            Present ids; one named twice counts once.

        Returns
        -------
        How many were deleted.

        Raises
        ------
        NotFound
            If one is not there.
        """
        wanted = list(dict.fromkeys(ids))
        present = self._table.present(wanted)
        events = []
        for made in wanted:
            version, body = present.get(made, (0, DELETED))
            if body == DELETED:
                title = self._codec.schema.title
                raise NotFound(f"{title}没有标识为“{made}”的记录，请核对。", where=made)
            events.append(self._event("delete", made, version + 1, DELETED))
        self._table.delete(wanted)
        self._record(events)
        self._table.finish(self._at if wanted else None)
        return len(wanted)

    def require_versions(self, expect: Mapping[str, int]) -> None:
        """Refuse to write over what another has written.

        Parameters
        ----------
        expect
            Id -> present version; 0: there is none.

        Raises
        ------
        StaleVersion
            Naming the first id whose present version is another.
        """
        found = self._table.versions(list(expect))
        for made, version in expect.items():
            if found.get(made, 0) != version:
                raise StaleVersion(
                    f"{self._codec.schema.title}“{made}”已被改动：现为第 {found.get(made, 0)} 版，"
                    f"您看到的是第 {version} 版，请重新读取后再改。",
                    where=made,
                )

    def _write(
        self,
        records: list[Record],
        present: Mapping[str, tuple[int, str]],
        first: int,
        *,
        merge: bool,
    ) -> tuple[int, int]:
        inserts: list[StoredRow] = []
        updates: list[StoredRow] = []
        events = []
        for number, record in enumerate(records, first + 1):
            made = str(record.id)
            version, old_body = present.get(made, (0, DELETED))
            old = None if old_body == DELETED else json.loads(old_body)
            self._complete(record, old, merge=merge)
            self._codec.check(record, number=number)
            body = self._codec.body(record)
            if body == old_body:
                continue
            if not self._may_all:
                require_usual(self._codec.schema, self._by_cases, record, old, number)
            row = stored_row(
                self._codec, record, version=version + 1, at=self._at, actor=self._actor.name
            )
            (inserts if old is None else updates).append(row)
            action = "create" if old is None else "update"
            events.append(self._event(action, made, version + 1, body))
        self._table.insert(inserts)
        self._table.update(updates)
        self._record(events)
        return len(inserts), len(updates)

    def _complete(self, record: Record, old: dict[str, Any] | None, *, merge: bool) -> None:
        """Fill in what the row left out: kept values, then defaults.

        `old` is the body of the present version, read but not yet turned into a record: most rows
        of a repeated import are unchanged and need no more of it than this.
        """
        values = record.values
        if old is None:
            for name, default in self._defaults.items():
                values.setdefault(name, default)
        elif merge:
            values = {**old, **values}
            shape = values.pop("geometry", None)
            del values["id"]
            if shape is not None and not record.has_geometry_key:
                record.wkb = bytes.fromhex(shape)
                record.bounds = shapely.from_wkb(record.wkb).bounds
        kept = old or {"quality": "approximate", "source": self._actor.name}
        for name in ("quality", "source"):
            if values.get(name) is None:
                values[name] = kept[name]
        record.values = values

    def _event(self, action: str, made: str, version: int, body: str) -> tuple[Any, ...]:
        self._seq += 1
        prev, hashed = self._hash, digest(body)
        self._hash = event_hash(
            self._seq, self._txn, self._at, self._actor.name, action, self._layer, made, version,
            self._detail, hashed, prev,
        )  # fmt: skip
        return self._seq, action, made, version, body, hashed, prev, self._hash

    def _record(self, events: list[tuple[Any, ...]]) -> None:
        actor, at, layer = self._actor.name, self._at, self._layer
        self._table.record(
            [
                (seq, self._txn, at, actor, action, layer, made, version, self._detail, *hashes)
                for seq, action, made, version, _, *hashes in events
            ],
            [(seq, layer, made, version, at, body) for seq, _, made, version, body, *_ in events],
        )


def _slices(rows: Iterable[Mapping[str, Any]], size: int) -> Iterator[list[Mapping[str, Any]]]:
    source = iter(rows)
    while part := list(itertools.islice(source, size)):
        yield part
