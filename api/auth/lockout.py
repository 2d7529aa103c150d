"""Guessing made slow: after too many wrong passwords a name or an address has to wait.

An attempt is counted before its password is judged, and forgiven when it was right: so a hundred
guesses sent at once are counted too. All is kept in the database, which the workers share.
"""

from __future__ import annotations

import contextlib
import ipaddress
import math
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

from api.auth.errors import TooManyAttempts

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Sequence

__all__ = ["Attempt", "Lock", "Subject", "forget", "forgive", "of_address", "of_name", "reserve"]

_WINDOW = 15 * 60.0
_FIRST_LOCK = 60.0
_LONGEST_LOCK = 3600.0
_REMEMBERED = 24 * 3600.0
"""So long after a lock the next one is still twice as long."""
_PER_NAME = 5
_PER_ADDRESS = 20

Lock = tuple[float, int]
"""Until when, and the how manieth in a row."""


@dataclass(frozen=True)
class Subject:
    """Whose wrong attempts are counted together.

    Attributes
    ----------
    digest
        SHA-256 of the name or address.
    limit
        Wrong attempts in a quarter of an hour until it has to wait.
    cleared
        A right password forgives all earlier wrong ones, not only itself.
    """

    digest: bytes
    limit: int
    cleared: bool


@dataclass(frozen=True)
class Attempt:
    """One attempt that was counted and may now be judged.

    Attributes
    ----------
    subjects
        Under which it was counted.
    numbers
        Its rows, by subject.
    before
        The lock (until, level) that each subject had before, or None.
    made
        The lock that this attempt brings each subject should it be wrong, or None.
    locked
        Seconds that the subjects have to wait should it be wrong; 0: none.
    """

    subjects: tuple[Subject, ...]
    numbers: tuple[int, ...]
    before: tuple[Lock | None, ...]
    made: tuple[Lock | None, ...]
    locked: float


def of_name(fold: str) -> Subject:
    """Count by the folded name of an account, existing or not."""
    return Subject(sha256(b"name\0" + _bytes(fold)).digest(), _PER_NAME, cleared=True)


def of_address(address: str) -> Subject:
    """Count by address; IPv6 by its /64, of which one household has all."""
    text = address
    with contextlib.suppress(ValueError):
        found = ipaddress.ip_address(address)
        if isinstance(found, ipaddress.IPv6Address):
            mapped = found.ipv4_mapped
            text = str(mapped or ipaddress.ip_network((found, 64), strict=False))
    return Subject(sha256(b"address\0" + _bytes(text)).digest(), _PER_ADDRESS, cleared=False)


def reserve(connection: sqlite3.Connection, subjects: Sequence[Subject], now: float) -> Attempt:
    """Count an attempt that is about to be judged.

    Parameters
    ----------
    connection
        In a transaction.
    subjects
        The name and the address.
    now
        Unix seconds.

    Returns
    -------
    For `forgive`; wrong attempts simply stay counted.

    Raises
    ------
    TooManyAttempts
        If one of the subjects has to wait: the password must not even be looked at.
    """
    connection.execute("DELETE FROM attempts WHERE at <= ?", [now - _WINDOW])
    connection.execute("DELETE FROM locks WHERE until <= ?", [now - _REMEMBERED])
    before = tuple(_lock(connection, subject) for subject in subjects)
    wait = max((until - now for until, _ in filter(None, before)), default=0.0)
    if wait > 0:
        seconds = math.ceil(wait)
        raise TooManyAttempts(
            f"登录失败次数过多，请在 {math.ceil(seconds / 60)} 分钟后再试；忘记密码请找管理员。",
            retry_after=seconds,
        )
    numbers = tuple(_count(connection, subject, now) for subject in subjects)
    made = tuple(
        _next(lock, now) if _counted(connection, subject) >= subject.limit else None
        for subject, lock in zip(subjects, before, strict=True)
    )
    for subject, lock in zip(subjects, made, strict=True):
        if lock is not None:
            _set_lock(connection, subject, lock)
    locked = max((until - now for until, _ in filter(None, made)), default=0.0)
    return Attempt(tuple(subjects), numbers, before, made, locked)


def forgive(connection: sqlite3.Connection, attempt: Attempt) -> None:
    """Take back an attempt whose password was right.

    Parameters
    ----------
    connection
        In a transaction.
    attempt
        As `reserve` gave it.
    """
    for subject, number, before, made in zip(
        attempt.subjects, attempt.numbers, attempt.before, attempt.made, strict=True
    ):
        if subject.cleared:
            forget(connection, subject)
            continue
        connection.execute("DELETE FROM attempts WHERE number = ?", [number])
        if made is not None and _lock(connection, subject) == made:  # and not somebody else's
            _set_lock(connection, subject, before)


def forget(connection: sqlite3.Connection, subject: Subject) -> None:
    """Forget all wrong attempts of a subject, and its lock.

    Parameters
    ----------
    connection
        In a transaction.
    subject
        Whose.
    """
    connection.execute("DELETE FROM attempts WHERE subject = ?", [subject.digest])
    _set_lock(connection, subject, None)


def _next(lock: Lock | None, now: float) -> Lock:
    level = lock[1] + 1 if lock else 1
    return now + min(_FIRST_LOCK * 2 ** (level - 1), _LONGEST_LOCK), level


def _count(connection: sqlite3.Connection, subject: Subject, now: float) -> int:
    row = connection.execute(
        "INSERT INTO attempts (subject, at) VALUES (?, ?)", [subject.digest, now]
    )
    return row.lastrowid or 0


def _counted(connection: sqlite3.Connection, subject: Subject) -> int:
    (count,) = connection.execute(
        "SELECT COUNT(*) FROM attempts WHERE subject = ?", [subject.digest]
    ).fetchone()
    return int(count)


def _lock(connection: sqlite3.Connection, subject: Subject) -> Lock | None:
    found: Lock | None = connection.execute(
        "SELECT until, level FROM locks WHERE subject = ?", [subject.digest]
    ).fetchone()
    return found


def _set_lock(connection: sqlite3.Connection, subject: Subject, lock: Lock | None) -> None:
    if lock is None:
        connection.execute("DELETE FROM locks WHERE subject = ?", [subject.digest])
    else:
        connection.execute("INSERT OR REPLACE INTO locks VALUES (?, ?, ?)", [subject.digest, *lock])


def _bytes(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")
