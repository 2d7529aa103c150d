"""Rows of the history tables as events and versions."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import shapely

from layers.history import DELETED, unstamp
from layers.store_values import Event, Version

if TYPE_CHECKING:
    from layers.records import RecordCodec
    from layers.store_values import Row

__all__ = ["EVENT_COLUMNS", "event_of", "version_of"]

EVENT_COLUMNS = (
    "seq, txn, at, actor, action, layer, feature_id, version, detail, digest, prev, hash"
)
"""Columns of `xg_events`, in order."""


def event_of(row: tuple[Any, ...]) -> Event:
    """Read a row of `EVENT_COLUMNS`."""
    seq, txn, at, actor, action, layer, made, version, text, digest, prev, hashed = row
    detail = json.loads(text)
    return Event(
        seq=seq,
        txn=txn,
        at=unstamp(at),
        actor=actor,
        role=detail["role"],
        verified=detail["verified"],
        action=action,
        layer=layer,
        id=made,
        version=version,
        reason=detail.get("reason", ""),
        digest=digest,
        prev=prev,
        hash=hashed,
    )


def version_of(codec: RecordCodec, row: tuple[Any, ...]) -> Version:
    """Read version, at, actor, action, detail and body of one version of a feature."""
    version, at, actor, action, text, body = row
    detail = json.loads(text)
    return Version(
        version=version,
        at=unstamp(at),
        actor=actor,
        role=detail["role"],
        verified=detail["verified"],
        action=action,
        reason=detail.get("reason", ""),
        row=None if body == DELETED else _row_of_body(codec, body),
    )


def _row_of_body(codec: RecordCodec, body: str) -> Row:
    record = codec.record_of(body)
    shape = None if record.wkb is None else shapely.from_wkb(record.wkb)
    empty = dict.fromkeys(codec.schema.fields)
    return codec.row_of({"id": record.id, **empty, **record.values}, shape)
