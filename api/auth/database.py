"""The file `DIR/accounts.sqlite`: its tables from numbered SQL, its connections."""

from __future__ import annotations

import contextlib
import sqlite3
import threading
from collections import deque
from datetime import UTC, datetime
from importlib.resources import files
from typing import TYPE_CHECKING

from layers.accesslog import AccessLog
from layers.errors import StoreError
from layers.history import stamp
from layers.stores.gpkg_connection import in_our_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

__all__ = ["AccountsFile"]

_BUSY_SECONDS = 10.0
_APPLIED = """
CREATE TABLE IF NOT EXISTS migrations (
  part TEXT NOT NULL, number INTEGER NOT NULL, at TEXT NOT NULL, PRIMARY KEY (part, number)
) STRICT, WITHOUT ROWID
"""
_PART = "accounts"


class AccountsFile:
    """Connections of one process to the accounts: one that writes, a few that read.

    Parameters
    ----------
    path
        ``DIR/accounts.sqlite``; made, with mode 0600, if there is none.
    clock
        Gives the time, with time zone; None: now.

    Raises
    ------
    StoreError
        If the file cannot be opened, or a newer program wrote it (``store_newer``).
    """

    def __init__(self, path: Path, *, clock: Callable[[], datetime] | None = None) -> None:
        self.path = path
        self.clock = clock or _utc_now
        AccessLog(path).close()  # makes the file as it must be, with the log's own table
        self._lock = threading.Lock()
        self._readers: deque[sqlite3.Connection] = deque()
        self._closed = False
        with in_our_words(path):
            self._writer = self._connect()
            try:
                self._migrate()
            except BaseException:
                self._writer.close()
                raise

    @contextlib.contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Lend a connection for reading; kept open between uses.

        Yields
        ------
        A connection that nobody else uses meanwhile.
        """
        with in_our_words(self.path):
            try:
                connection = self._readers.pop()
            except IndexError:
                connection = self._connect()
                connection.execute("PRAGMA query_only = ON")
            try:
                yield connection
            finally:
                self._readers.append(connection)
                if self._closed:
                    self._close_readers()

    @contextlib.contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Lend the writer in a transaction: committed at the end, undone at an error.

        Yields
        ------
        The connection.
        """
        with self._lock, in_our_words(self.path):
            self._writer.execute("BEGIN IMMEDIATE")
            try:
                yield self._writer
                self._writer.execute("COMMIT")
            finally:
                if self._writer.in_transaction:
                    self._writer.execute("ROLLBACK")

    def close(self) -> None:
        """Close all connections; a second call does nothing."""
        with self._lock:
            self._closed = True
            self._close_readers()
            self._writer.close()

    def _close_readers(self) -> None:
        with contextlib.suppress(IndexError):
            while True:
                self._readers.pop().close()

    def _connect(self) -> sqlite3.Connection:
        if self._closed:
            raise sqlite3.ProgrammingError("closed database")
        connection = sqlite3.connect(
            f"{self.path.resolve().as_uri()}?mode=rw",
            uri=True,
            timeout=_BUSY_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        return connection

    def _migrate(self) -> None:
        steps = _numbered()
        with self.writing() as connection:
            connection.execute(_APPLIED)
            (last,) = connection.execute(
                "SELECT COALESCE(MAX(number), 0) FROM migrations WHERE part = ?", [_PART]
            ).fetchone()
            if last > max(steps):
                raise StoreError(
                    f"{self.path} 由更新版本的平台写成，请先升级本程序。",
                    code="store_newer",
                    where=str(self.path),
                )
            for number, script in sorted(steps.items()):
                if number > last:
                    for statement in _statements(script):
                        connection.execute(statement)
                    connection.execute(
                        "INSERT INTO migrations VALUES (?, ?, ?)",
                        [_PART, number, stamp(self.clock())],
                    )


def _numbered() -> dict[int, str]:
    folder = files("api.auth").joinpath("sql")
    return {
        int(entry.name.partition("_")[0]): entry.read_text(encoding="utf-8")
        for entry in folder.iterdir()
        if entry.name.endswith(".sql")
    }


def _statements(script: str) -> Iterator[str]:
    """One by one: `executescript` would commit the transaction first."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def _utc_now() -> datetime:
    return datetime.now(UTC)
