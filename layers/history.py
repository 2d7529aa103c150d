"""Versions, the chain of events and the two times; pure, shared by every store.

*Recorded* time is when the store learned something: each change is a whole version in canonical
JSON, and one event whose hash covers the event before. *Valid* time is when it was true in the
county: `valid_from` inclusive, `valid_to` exclusive. They are never mixed.
"""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DELETED",
    "GENESIS",
    "canonical_json",
    "digest",
    "event_detail",
    "event_hash",
    "stamp",
    "unstamp",
    "valid_on",
]

GENESIS = "0" * 64
"""Hash before the first event."""

DELETED = "null"
"""Body of the version that a delete makes."""

_encode = json.JSONEncoder(
    ensure_ascii=False,
    allow_nan=False,
    sort_keys=True,
    separators=(",", ":"),
    check_circular=False,  # checked records hold no circles; looking for them takes time
).encode


def canonical_json(value: object) -> str:
    """Write a value the one way that is hashed: sorted keys, no blanks, text as it is.

    Parameters
    ----------
    value
        Only what JSON has; NaN and infinity are refused with ValueError.

    Returns
    -------
    The text.
    """
    return _encode(value)


def digest(body: str) -> str:
    """Give the SHA-256 of a version's canonical JSON, in hexadecimal."""
    return sha256(body.encode()).hexdigest()


def event_detail(role: str, *, verified: bool, reason: str) -> str:
    """Write what an event knows beside its columns; an object, so that more may join it later."""
    detail: dict[str, Any] = {"role": role, "verified": verified}
    if reason:
        detail["reason"] = reason
    return _encode(detail)


def event_hash(
    seq: int,
    txn: int,
    at: str,
    actor: str,
    action: str,
    layer: str,
    feature_id: str,
    version: int,
    detail: str,
    body_digest: str,
    prev: str,
) -> str:
    """Give the hash of an event: SHA-256 of all its other columns, the hash before it included.

    Parameters
    ----------
    seq, txn, at, actor, action, layer, feature_id, version, detail, body_digest, prev
        The columns of `xg_events` as stored.

    Returns
    -------
    Hexadecimal. The columns are hashed as one JSON list, so that no two events can be written
    as the same bytes.
    """
    columns = [
        seq, txn, at, actor, action, layer, feature_id, version, detail, body_digest, prev
    ]  # fmt: skip
    return sha256(_encode(columns).encode()).hexdigest()


def stamp(moment: datetime) -> str:
    """Write a moment as stored: UTC, milliseconds, ``Z``.

    Parameters
    ----------
    moment
        With time zone.

    Returns
    -------
    Such as ``2024-06-30T08:15:00.000Z``; texts sort as the moments do.

    Raises
    ------
    ValueError
        If the moment has no time zone: it would mean another moment on another machine.
    """
    if moment.tzinfo is None:
        raise ValueError("a moment without time zone")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unstamp(text: str) -> datetime:
    """Read what `stamp` wrote."""
    return datetime.fromisoformat(text)


def valid_on(row: Mapping[str, Any], day: date) -> bool:
    """Tell whether a row is valid on a day: from inclusive, to exclusive, open where missing."""
    start, end = row.get("valid_from"), row.get("valid_to")
    return (start is None or start <= day) and (end is None or day < end)
