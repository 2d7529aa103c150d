"""Sessions: what a browser's cookie stands for, and for how long.

The cookie is 256 random bits, of which the database keeps the SHA-256. The CSRF token is another
hash of the same bits: whoever has read the database knows neither.
"""

from __future__ import annotations

import base64
import secrets
from hashlib import sha256
from typing import TYPE_CHECKING

from api.account import Account

if TYPE_CHECKING:
    import sqlite3

__all__ = [
    "LONGEST_SECONDS",
    "account_of_session",
    "csrf_token",
    "end_session",
    "end_sessions",
    "session_digest",
    "start_session",
    "touch_session",
]

LONGEST_SECONDS = 12 * 3600
_IDLE = 30 * 60.0
_TOUCHED = 60.0
"""Use is written down once a minute, not with every tile of a map."""


def session_digest(cookie: str) -> bytes:
    """Give under what a cookie is stored."""
    return sha256(b"session\0" + cookie.encode("utf-8", "surrogatepass")).digest()


def csrf_token(cookie: str) -> str:
    """Give what a page must send with every unsafe request besides the cookie.

    Parameters
    ----------
    cookie
        Value of the session's cookie.

    Returns
    -------
    43 letters.
    """
    digest = sha256(b"csrf\0" + cookie.encode("utf-8", "surrogatepass")).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def start_session(connection: sqlite3.Connection, name: str, now: float) -> str:
    """Begin a session, and sweep out those that are over.

    Parameters
    ----------
    connection
        In a transaction.
    name
        Of the account.
    now
        Unix seconds.

    Returns
    -------
    The cookie's value; it cannot be had again.
    """
    connection.execute(
        "DELETE FROM sessions WHERE made_at <= ? OR seen_at <= ?",
        [now - LONGEST_SECONDS, now - _IDLE],
    )
    cookie = secrets.token_urlsafe(32)
    connection.execute(
        "INSERT INTO sessions VALUES (?, ?, ?, ?)", [session_digest(cookie), name, now, now]
    )
    return cookie


def account_of_session(
    connection: sqlite3.Connection, cookie: str, now: float
) -> tuple[Account, bool] | None:
    """Say whose a session is.

    Parameters
    ----------
    connection
        To the accounts.
    cookie
        As the browser sent it.
    now
        Unix seconds.

    Returns
    -------
    The account and whether `touch_session` is due; None for no session, one that is over, or a
    disabled account.
    """
    row = connection.execute(
        "SELECT u.name, u.role, s.made_at, s.seen_at FROM sessions s JOIN users u USING (name)"
        " WHERE s.digest = ? AND u.active",
        [session_digest(cookie)],
    ).fetchone()
    if row is None:
        return None
    name, role, made_at, seen_at = row
    if now - made_at >= LONGEST_SECONDS or now - seen_at >= _IDLE:
        return None
    return Account(name, role, "session"), now - seen_at >= _TOUCHED


def touch_session(connection: sqlite3.Connection, cookie: str, now: float) -> None:
    """Note that a session was used.

    Parameters
    ----------
    connection
        In a transaction.
    cookie
        As the browser sent it.
    now
        Unix seconds.
    """
    connection.execute(
        "UPDATE sessions SET seen_at = ? WHERE digest = ? AND seen_at < ?",
        [now, session_digest(cookie), now],
    )


def end_session(connection: sqlite3.Connection, cookie: str) -> None:
    """End one session; one that is over is no error."""
    connection.execute("DELETE FROM sessions WHERE digest = ?", [session_digest(cookie)])


def end_sessions(connection: sqlite3.Connection, name: str, *, kept: str = "") -> None:
    """End the sessions of an account.

    Parameters
    ----------
    connection
        In a transaction.
    name
        Of the account.
    kept
        Cookie of the session that goes on; empty: none does.
    """
    connection.execute(
        "DELETE FROM sessions WHERE name = ? AND digest <> ?", [name, session_digest(kept)]
    )
