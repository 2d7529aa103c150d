"""Connections to one GeoPackage: one that writes, one a thread that reads, errors in our words."""

from __future__ import annotations

import contextlib
import os
import secrets
import shutil
import sqlite3
import threading
from typing import TYPE_CHECKING

from layers.cql2 import functions as filter_functions
from layers.errors import StoreError
from layers.history import stamp
from layers.locks import locked
from layers.sqlite_files import looking_uri
from layers.stores.gpkg_geometry import register_functions
from layers.stores.gpkg_schema import APPLICATION_ID, SCHEMA_VERSION, create_tables
from layers.stores.sql_connections import Connections

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from datetime import datetime
    from pathlib import Path

    from layers.schema import LayerSchema

__all__ = ["GpkgConnections", "connect", "create_file", "in_our_words", "require_ours"]

_BUSY_SECONDS = 10.0
_MEBIBYTE = 2**20


def connect(path: Path, *, read_only: bool = False) -> sqlite3.Connection:
    """Open one connection as every use of the file needs it.

    Parameters
    ----------
    path
        An existing file.
    read_only
        Leave the folder as it is: nothing is written, no file made or removed.

    Returns
    -------
    A connection in autocommit mode (transactions are begun explicitly), with our SQL functions.
    """
    address = looking_uri(path) if read_only else f"{path.resolve().as_uri()}?mode=rw"
    connection = sqlite3.connect(
        address,
        uri=True,
        timeout=_BUSY_SECONDS,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"PRAGMA query_only = {read_only:d}")
        register_functions(connection)
        filter_functions.register_functions(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def create_file(path: Path, schemas: Iterable[LayerSchema], clock: Callable[[], datetime]) -> None:
    """Make an empty store; whole or not at all, and never over an existing file.

    Parameters
    ----------
    path
        Where; missing folders are made.
    schemas
        Layers to make tables for.
    clock
        Gives the time of making.

    Raises
    ------
    StoreError
        If the file cannot be made there.
    """
    part = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        part.touch()
        try:
            with in_our_words(path):
                _fill(part, schemas, at=stamp(clock()))
            _publish(part, path)
        finally:
            part.unlink(missing_ok=True)
    except OSError as error:
        raise StoreError(
            f"建不了数据文件 {path}，请检查路径、权限和磁盘空间。", code="store_io", where=str(path)
        ) from error


def _fill(part: Path, schemas: Iterable[LayerSchema], *, at: str) -> None:
    with contextlib.closing(connect(part)) as connection:
        # Nobody sees the file before it is whole and on disk: no journal, one sync at the end.
        connection.execute("PRAGMA journal_mode = OFF")
        connection.execute("PRAGMA synchronous = OFF")
        create_tables(connection, schemas, store_id=secrets.token_hex(16), at=at)
        connection.execute("PRAGMA journal_mode = WAL")
    with part.open("rb+") as file:
        os.fsync(file.fileno())


def _publish(part: Path, path: Path) -> None:
    try:
        os.link(part, path)  # unlike rename, never replaces what another process made meanwhile
    except FileExistsError:
        return
    except OSError:  # a file system without hard links
        part.rename(path)
    with contextlib.suppress(OSError):  # Windows cannot sync a folder
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def require_ours(connection: sqlite3.Connection, path: Path) -> dict[str, str]:
    """Refuse a file that is not a store of this version.

    Parameters
    ----------
    connection, path
        The opened file and its name.

    Returns
    -------
    The contents of `xg_meta`.

    Raises
    ------
    StoreError
        ``not_a_store`` or ``store_newer``.
    DatabaseError
        SQLite's own, for `in_our_words`.
    """
    try:
        application = connection.execute("PRAGMA application_id").fetchone()[0]
        meta = dict(connection.execute("SELECT key, value FROM xg_meta"))
    except sqlite3.DatabaseError as error:
        if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_NOTADB}:
            raise
        application, meta = None, {}
    if application != APPLICATION_ID or "schema_version" not in meta:
        raise StoreError(
            f"{path} 不是本平台的数据文件，请检查路径。", code="not_a_store", where=str(path)
        )
    if int(meta["schema_version"]) > SCHEMA_VERSION:
        raise StoreError(
            f"{path} 由更新版本的平台写成，请先升级本程序。", code="store_newer", where=str(path)
        )
    return meta


@contextlib.contextmanager
def in_our_words(path: Path) -> Iterator[None]:
    """Turn SQLite's errors into `StoreError`.

    Parameters
    ----------
    path
        Named in the message.

    Yields
    ------
    Nothing.

    Raises
    ------
    StoreError
        ``disk_full``, ``store_busy``, ``store_read_only``, ``store_damaged``, ``store_closed`` or
        ``store_io``.
    ProgrammingError
        SQLite's own where it shows a fault of this program.
    DatabaseError
        SQLite's own of any other kind.
    """
    try:
        yield
    except sqlite3.ProgrammingError as error:
        if "closed database" not in str(error):
            raise
        raise StoreError(f"数据文件 {path} 已关闭，请重新打开。", code="store_closed") from error
    except sqlite3.DatabaseError as error:
        number = getattr(error, "sqlite_errorcode", 0) & 0xFF
        if number == sqlite3.SQLITE_IOERR and _is_full(path.parent):
            number = sqlite3.SQLITE_FULL  # where the shared memory of the WAL could not grow
        found = _WORDS.get(number)
        if found is None:
            raise
        code, text = found
        raise StoreError(f"数据文件 {path} {text}。", code=code, where=str(path)) from error


def _is_full(folder: Path) -> bool:
    try:
        return shutil.disk_usage(folder).free < _MEBIBYTE
    except OSError:
        return False


_WORDS = {
    sqlite3.SQLITE_FULL: ("disk_full", "所在磁盘已满，未写入，请腾出空间后重试"),
    sqlite3.SQLITE_BUSY: ("store_busy", "正被其他程序写入，请稍后重试"),
    sqlite3.SQLITE_LOCKED: ("store_busy", "正被其他程序写入，请稍后重试"),
    sqlite3.SQLITE_READONLY: ("store_read_only", "不可写，请检查文件权限"),
    sqlite3.SQLITE_PERM: ("store_read_only", "不可写，请检查文件权限"),
    sqlite3.SQLITE_CANTOPEN: ("store_io", "打不开，请检查路径和权限"),
    sqlite3.SQLITE_IOERR: ("store_io", "读写出错，请检查磁盘空间和磁盘"),
    sqlite3.SQLITE_CORRUPT: ("store_damaged", "已损坏，请用备份恢复"),
    sqlite3.SQLITE_NOTADB: ("not_a_store", "不是本平台的数据文件，请检查路径"),
}


class GpkgConnections(Connections):
    """The connections of one process to one GeoPackage: one that writes, some that read.

    A reader is kept open between uses, because a newly opened one cannot even read on a full disk;
    whoever then finds none left waits for one to come back.

    Parameters
    ----------
    path
        An existing store.
    min_free_mb
        Writing stops while the disk has less free; 0: never.

    Raises
    ------
    StoreError
        If the file is not a store of this version or cannot be opened.
    """

    def __init__(self, path: Path, *, min_free_mb: int) -> None:
        super().__init__()
        self.path = path
        self._min_free = min_free_mb * _MEBIBYTE
        # Not the write lock: a long import must not stop a reader.
        self._returned = threading.Condition()
        self._idle: list[sqlite3.Connection] = []
        self._lent: set[sqlite3.Connection] = set()
        self._folder = -1
        with in_our_words(path):
            self._writer = connect(path)
            try:
                self.meta = require_ours(self._writer, path)
                self._writer.execute("PRAGMA journal_mode = WAL")
                self._writer.execute("PRAGMA cache_size = -32768")
                self._writer.execute(f"PRAGMA journal_size_limit = {64 * _MEBIBYTE}")
            except BaseException:
                self._writer.close()
                raise

    def in_our_words(self) -> contextlib.AbstractContextManager[None]:
        """Turn SQLite's errors into `StoreError` within a block."""
        return in_our_words(self.path)

    def close(self) -> None:
        """Close all; the writer last, so that it can fold the WAL into the file and remove it."""
        with self._lock:
            self.closed = True
            with self._returned:
                for reader in (*self._idle, *self._lent):
                    reader.close()
                self._idle.clear()
            self._writer.close()
            if self._folder >= 0:
                os.close(self._folder)
                self._folder = -1

    def _writer_now(self) -> sqlite3.Connection:
        return self._writer

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        # SQLite alone would let another process commit before this one has written its anchor
        # down, and hands the turn on by chance instead of in order. A lock on the folder leaves
        # no file behind, and ends with the process.
        if self._folder < 0:
            self._folder = os.open(self.path.parent, os.O_RDONLY)
        with locked(self._folder):
            yield

    def _begin(self) -> None:
        self._require_space()
        self._writer.execute("BEGIN IMMEDIATE")

    def _in_transaction(self) -> bool:
        return self._writer.in_transaction  # on a full disk SQLite may have undone all itself

    @contextlib.contextmanager
    def _reader(self) -> Iterator[sqlite3.Connection]:
        reader = self._take()
        try:
            yield reader
        finally:
            with self._returned:
                self._lent.discard(reader)
                if not self.closed:
                    self._idle.append(reader)
                self._returned.notify()

    def _take(self) -> sqlite3.Connection:
        with self._returned:
            if self.closed:
                raise sqlite3.ProgrammingError("closed database")
            try:
                reader = self._idle.pop() if self._idle else self._open_reader()
            except sqlite3.OperationalError:
                if not self._lent:
                    raise
                if not self._returned.wait_for(lambda: self._idle or self.closed, _BUSY_SECONDS):
                    raise
                if self.closed:
                    raise sqlite3.ProgrammingError("closed database") from None
                reader = self._idle.pop()
            self._lent.add(reader)
            return reader

    def _open_reader(self) -> sqlite3.Connection:
        reader = connect(self.path)
        try:
            reader.execute("PRAGMA query_only = ON")
            reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        except BaseException:
            reader.close()
            raise
        return reader

    def _require_space(self) -> None:
        if self._min_free and shutil.disk_usage(self.path.parent).free < self._min_free:
            raise StoreError(
                f"磁盘剩余空间不足 {self._min_free // _MEBIBYTE} MB，已停止写入，请腾出空间。",
                code="disk_full",
                where=str(self.path.parent),
            )
