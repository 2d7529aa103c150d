"""Tokens: how programs and desktop GIS sign in without a password.

A token is `xyg_` and 256 random bits, of which the database keeps the SHA-256. It has whatever
role its owner has at that moment. The database is asked with every request: a revoked token is
refused by every worker at once.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from api.account import Account
from layers.errors import Conflict, InvalidRecord, NotFound

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "PREFIX",
    "Token",
    "account_of_token",
    "add_token",
    "find_token",
    "remove_token",
    "remove_tokens",
    "token_digest",
    "tokens_of",
]

PREFIX = "xyg_"
_MOST_DAYS = 366
_MOST_TOKENS = 50
_LABEL = 64


@dataclass(frozen=True)
class Token:
    """What may be shown of a token.

    Attributes
    ----------
    id
        By which it is revoked.
    name
        Of the account.
    label
        What it is for.
    gis
        Made for desktop GIS: it may write without If-Match.
    made_at, expires_at
        From when to when it is good.
    """

    id: str
    name: str
    label: str
    gis: bool
    made_at: datetime
    expires_at: datetime


def token_digest(text: str) -> bytes:
    """Give under what a token is stored."""
    return sha256(b"token\0" + text.encode("utf-8", "surrogatepass")).digest()


def add_token(
    connection: sqlite3.Connection, name: str, *, label: str, days: int, gis: bool, now: float
) -> tuple[str, Token]:
    """Make a token, and sweep out the account's expired ones.

    Parameters
    ----------
    connection
        In a transaction.
    name
        Of the account.
    label
        What it is for, at most 64 characters.
    days
        How long it is good, 1 to 366.
    gis
        Whether it may write without If-Match.
    now
        Unix seconds.

    Returns
    -------
    Its text, which cannot be had again, and what may be shown of it.

    Raises
    ------
    InvalidRecord
        ``token_days`` or ``token_label``.
    Conflict
        ``too_many_tokens``: the account has 50.
    """
    if not 1 <= days <= _MOST_DAYS:
        raise InvalidRecord(
            f"令牌有效期为 1 到 {_MOST_DAYS} 天，不能是 {days} 天。",
            code="token_days",
            where="days",
        )
    if len(label) > _LABEL or not label.isprintable():
        raise InvalidRecord(
            f"令牌说明最多 {_LABEL} 个字，不含控制字符，请改正。", code="token_label", where="label"
        )
    connection.execute("DELETE FROM tokens WHERE name = ? AND expires_at <= ?", [name, now])
    if len(tokens_of(connection, name)) >= _MOST_TOKENS:
        raise Conflict(
            f"账号“{name}”已有 {_MOST_TOKENS} 个令牌，请先撤销不用的。",
            code="too_many_tokens",
            where=name,
        )
    text = PREFIX + secrets.token_urlsafe(32)
    row = (secrets.token_hex(6), name, label, int(gis), now, now + days * 86_400.0)
    connection.execute(
        "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)", [token_digest(text), *row]
    )
    return text, _token(row)


def account_of_token(connection: sqlite3.Connection, text: str, now: float) -> Account | None:
    """Say whose a token is.

    Parameters
    ----------
    connection
        To the accounts.
    text
        As the request brought it.
    now
        Unix seconds.

    Returns
    -------
    The account with its present role; None for an unknown, revoked or expired token and for a
    disabled account.
    """
    if not text.startswith(PREFIX):
        return None
    row = connection.execute(
        "SELECT u.name, u.role, t.gis FROM tokens t JOIN users u USING (name)"
        " WHERE t.digest = ? AND t.expires_at > ? AND u.active",
        [token_digest(text), now],
    ).fetchone()
    if row is None:
        return None
    name, role, gis = row
    return Account(name, role, "token", gis=bool(gis))


def tokens_of(connection: sqlite3.Connection, name: str) -> list[Token]:
    """Give the tokens of an account, oldest first."""
    rows = connection.execute(
        "SELECT id, name, label, gis, made_at, expires_at FROM tokens"
        " WHERE name = ? ORDER BY made_at, id",
        [name],
    )
    return list(map(_token, rows))


def find_token(connection: sqlite3.Connection, word: str) -> Token | None:
    """Give the token of an id, or of its own text; None if there is none."""
    row = connection.execute(
        "SELECT id, name, label, gis, made_at, expires_at FROM tokens WHERE id = ? OR digest = ?",
        [word, token_digest(word)],
    ).fetchone()
    return None if row is None else _token(row)


def remove_token(connection: sqlite3.Connection, id: str, *, owner: str) -> Token:
    """Revoke a token.

    Parameters
    ----------
    connection
        In a transaction.
    id
        Of the token.
    owner
        Whose it must be.

    Returns
    -------
    What it was.

    Raises
    ------
    NotFound
        ``unknown_token``: also if it is somebody else's.
    """
    found = find_token(connection, id)
    if found is None or found.id != id or found.name != owner:
        raise NotFound(f"没有编号为“{id}”的令牌，可能已经撤销。", code="unknown_token", where="id")
    connection.execute("DELETE FROM tokens WHERE id = ?", [id])
    return found


def remove_tokens(connection: sqlite3.Connection, name: str) -> int:
    """Revoke all tokens of an account; give how many there were."""
    return connection.execute("DELETE FROM tokens WHERE name = ?", [name]).rowcount


def _token(row: tuple[str, str, str, int, float, float]) -> Token:
    id, name, label, gis, made_at, expires_at = row
    times = (datetime.fromtimestamp(at, UTC) for at in (made_at, expires_at))
    return Token(id, name, label, bool(gis), *times)
