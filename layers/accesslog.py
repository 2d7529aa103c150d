"""Who signed in, who exported in full, who printed for the public: a log with its own hash chain.

It lies in `accounts.sqlite` (readable by the owner alone), never in the county's GeoPackage, which
is handed on.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Self

from layers.errors import StoreError
from layers.evidence import Flaw
from layers.history import GENESIS, canonical_json, stamp, unstamp
from layers.sqlite_files import looking_uri

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from pathlib import Path

    from layers.store_values import Actor

__all__ = ["AccessEntry", "AccessLog", "append_entry", "check_access_log"]


@dataclass(frozen=True)
class AccessEntry:
    """One line of the log."""

    seq: int
    at: datetime
    actor: str
    role: str
    verified: bool
    action: str
    detail: Mapping[str, Any]


class AccessLog:
    """The access log in one file.

    Parameters
    ----------
    path
        ``DIR/accounts.sqlite``; made, with mode 0600, if there is none.
    clock
        Gives the time of entries, with time zone; None: now.

    Raises
    ------
    StoreError
        If the file cannot be opened.
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self._clock = clock or _utc_now
        self._lock = threading.Lock()
        try:
            # Made by us first: SQLite would make it readable by everybody for a moment.
            path.parent.mkdir(parents=True, exist_ok=True)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._connection = sqlite3.connect(
                path, timeout=10.0, isolation_level=None, check_same_thread=False
            )
            self._connection.execute("PRAGMA journal_mode = WAL")
            self._connection.execute("PRAGMA synchronous = FULL")
            self._connection.executescript(_sql())
        except (OSError, sqlite3.Error) as error:
            raise StoreError(
                f"打不开访问日志 {path}，请检查路径和权限。", code="log_unreadable", where=str(path)
            ) from error

    def record(self, actor: Actor, action: str, detail: Mapping[str, Any] | None = None) -> int:
        """Append one entry; it is on disk when the call returns.

        Parameters
        ----------
        actor
            Who.
        action
            Stable snake_case word, such as ``export_full`` or ``print_public``.
        detail
            What JSON can hold: layer, file, sheet ... Never passwords, tokens or persons.

        Returns
        -------
        Number of the entry.

        Raises
        ------
        StoreError
            If it cannot be written: what must be logged must then not be done.
        """
        at = self._clock()
        with self._lock:
            try:
                self._connection.execute("BEGIN IMMEDIATE")
                try:
                    seq = append_entry(self._connection, at, actor, action, detail)
                    self._connection.execute("COMMIT")
                finally:
                    if self._connection.in_transaction:
                        self._connection.execute("ROLLBACK")
            except sqlite3.Error as error:
                raise StoreError(
                    f"访问日志 {self.path} 写不进去，操作未进行，请检查磁盘空间和权限。",
                    code="log_unwritable",
                    where=str(self.path),
                ) from error
        return seq

    def entries(self, *, after: int = 0, limit: int | None = None) -> list[AccessEntry]:
        """Give entries after a number, oldest first.

        Parameters
        ----------
        after
            Number of the last entry known.
        limit
            At most so many.

        Returns
        -------
        The entries.
        """
        with self._lock:
            rows = self._connection.execute(
                "SELECT seq, at, actor, action, detail FROM access_log"
                " WHERE seq > ? ORDER BY seq LIMIT ?",
                [after, -1 if limit is None else limit],
            ).fetchall()
        return [_entry(row) for row in rows]

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        with self._lock:
            self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()


def append_entry(
    connection: sqlite3.Connection,
    at: datetime,
    actor: Actor,
    action: str,
    detail: Mapping[str, Any] | None = None,
) -> int:
    """Append one entry inside the caller's transaction, so that it stands or falls with a change.

    Parameters
    ----------
    connection
        To the log's file, in a transaction that was begun IMMEDIATE.
    at
        Now; an entry is never earlier than the one before it.
    actor, action, detail
        As in `AccessLog.record`.

    Returns
    -------
    Number of the entry.
    """
    text = canonical_json(
        {"role": actor.role, "verified": actor.verified, "about": dict(detail or {})}
    )
    seq, prev, last = connection.execute(
        "SELECT seq, hash, at FROM access_log ORDER BY seq DESC LIMIT 1"
    ).fetchone() or (0, GENESIS, "")
    columns = [seq + 1, max(stamp(at), last), actor.name, action, text, prev]
    connection.execute(
        "INSERT INTO access_log VALUES (?, ?, ?, ?, ?, ?, ?)", [*columns, _hash(columns)]
    )
    return int(seq) + 1


def check_access_log(path: Path) -> Iterator[Flaw]:
    """Check the chain of a log, without changing the file.

    Parameters
    ----------
    path
        ``accounts.sqlite``; none: nothing to check.

    Yields
    ------
    What is wrong.
    """
    if not path.exists():
        return
    connection = sqlite3.connect(looking_uri(path), uri=True, isolation_level=None, timeout=10.0)
    try:
        connection.execute("PRAGMA query_only = ON")
        last, prev = 0, GENESIS
        for *columns, stored in connection.execute("SELECT * FROM access_log ORDER BY seq"):
            seq = columns[0]
            if seq != last + 1 or columns[-1] != prev or stored != _hash(columns):
                message = f"访问日志第 {seq} 条或它之前的一条被改动、移动或删去。"
                yield Flaw("access_log", message, seq=seq)
            last, prev = seq, stored
        there = {name for (name,) in connection.execute("SELECT name FROM sqlite_master")}
        if missing := sorted({"access_log_no_update", "access_log_no_delete"} - there):
            yield Flaw("access_log", f"访问日志的触发器 {missing[0]} 不见了。")
    except sqlite3.DatabaseError:
        yield Flaw("access_log", f"访问日志 {path.name} 不可读或已损坏。")
    finally:
        connection.close()


def _hash(columns: list[Any]) -> str:
    return sha256(canonical_json(columns).encode()).hexdigest()


def _entry(row: tuple[Any, ...]) -> AccessEntry:
    seq, at, actor, action, text = row
    detail = json.loads(text)
    return AccessEntry(
        seq, unstamp(at), actor, detail["role"], detail["verified"], action, detail["about"]
    )


def _sql() -> str:
    return files("layers.stores").joinpath("sql", "access_log.sql").read_text(encoding="utf-8")


def _utc_now() -> datetime:
    return datetime.now(UTC)
