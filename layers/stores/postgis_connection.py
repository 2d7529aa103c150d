"""Connections to one PostGIS database: one that writes, a few that read, lent and given back."""

from __future__ import annotations

import contextlib
import threading
from functools import lru_cache
from queue import Empty, LifoQueue
from typing import TYPE_CHECKING, Any

from layers.errors import StoreError
from layers.stores.postgis_address import driver
from layers.stores.postgis_errors import in_our_words
from layers.stores.sql_connections import Connections

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from psycopg import Connection

    from layers.stores.postgis_address import Address
    from layers.stores.sql_connections import SqlCursor

__all__ = ["Link", "PostgisConnections", "connect"]

_READERS = 8
_LOCK = 0x78796765_6F  # one chain a database, one writer at a time in all processes
# What a session must have whatever server, database or account prefer.
_SETTINGS = (
    "SET timezone = 'UTC'; SET datestyle = 'ISO'; SET extra_float_digits = 1;"
    "SET bytea_output = 'hex'; SET standard_conforming_strings = on;"
    "SET synchronous_commit = on; SET lock_timeout = '10s'; SET client_min_messages = 'warning';"
    # Questions are short and differ in their boxes: a plan for all of them is often a bad one.
    "SET jit = off; SET plan_cache_mode = force_custom_plan;"
    # Starting helpers for a page takes ten times as long as finding it.
    "SET max_parallel_workers_per_gather = 0;"
)
_DEFAULTS = {
    "connect_timeout": 10,
    "application_name": "xygeo",
    "keepalives_idle": 30,
    "keepalives_interval": 10,
    "keepalives_count": 3,
}


def connect(address: Address) -> Connection[Any]:
    """Open one connection as every use of the database needs it.

    Parameters
    ----------
    address
        Of the database.

    Returns
    -------
    A connection in autocommit mode (transactions are begun explicitly); dates and times come as
    the texts that are the storage form.
    """
    psycopg = driver()
    from psycopg.types.string import TextLoader  # noqa: PLC0415 - optional

    parameters = {**_DEFAULTS, **address.parameters, "client_encoding": "UTF8"}
    raw: Connection[Any] = psycopg.connect(**parameters, autocommit=True)
    try:
        raw.execute(_SETTINGS, prepare=False)
        raw.adapters.register_loader("date", TextLoader)
        raw.adapters.register_loader("timestamptz", _moment_loader())
    except BaseException:
        raw.close()
        raise
    return raw


@lru_cache(maxsize=1)
def _moment_loader() -> type:
    from psycopg.adapt import Loader  # noqa: PLC0415 - optional

    class MomentLoader(Loader):
        """Reads ``2024-06-30 08:15:00.5+00`` as `layers.history.stamp` writes it."""

        def load(self, data: bytes | bytearray | memoryview) -> str:
            text = bytes(data).decode()
            return f"{text[:10]}T{text[11:19]}.{text[20:-3]:0<3}Z"

    return MomentLoader


@lru_cache(maxsize=1024)
def _marked(sql: str) -> str:
    """Write ``?`` marks as psycopg has them; no text of ours holds a question mark."""
    return sql.replace("%", "%%").replace("?", "%s")


class Link:
    """A connection that takes statements as `SqlConnection` does.

    Parameters
    ----------
    address
        Of the database.
    renewing
        Whether to connect again when the server has been away: for what only reads, and can do
        nothing else.
    """

    def __init__(self, address: Address, *, renewing: bool = False) -> None:
        self._address = address
        self._renewing = renewing
        self._lost: type[Exception] = driver().OperationalError
        self.raw = self._connected()

    def execute(self, sql: str, parameters: Sequence[Any] = (), /) -> SqlCursor:
        """Run one statement."""
        try:
            return self._run(sql, parameters)
        except self._lost:
            if not (self._renewing and self.raw.closed):
                raise
            self.renew()
            return self._run(sql, parameters)

    def renew(self) -> None:
        """Connect again."""
        self.raw.close()
        self.raw = self._connected()

    def _connected(self) -> Connection[Any]:
        raw = connect(self._address)
        if self._renewing:
            raw.execute("SET default_transaction_read_only = on", prepare=False)
        return raw

    def _run(self, sql: str, parameters: Sequence[Any]) -> SqlCursor:
        if not parameters:
            return self.raw.execute(sql)
        return self.raw.execute(_marked(sql), parameters)


class PostgisConnections(Connections):
    """The connections of one process to one database.

    Parameters
    ----------
    address
        Of the database; `meta` is set by whoever opens the store in it.

    Raises
    ------
    StoreError
        If it cannot be reached.
    """

    def __init__(self, address: Address) -> None:
        super().__init__()
        self.address = address
        self._local = threading.local()
        self._idle: LifoQueue[Link] = LifoQueue()
        self._slots = threading.BoundedSemaphore(_READERS)
        with in_our_words(address):
            self._writer = Link(address)

    def in_our_words(self) -> contextlib.AbstractContextManager[None]:
        """Turn psycopg's errors into `StoreError` within a block."""
        return in_our_words(self.address)

    def close(self) -> None:
        """Close all; what is lent out is closed when it is given back."""
        with self._lock:
            self.closed = True
            with contextlib.suppress(Empty):
                while True:
                    self._idle.get_nowait().raw.close()
            self._writer.raw.close()

    def _writer_now(self) -> Link:
        self._require_open()
        return self._writer

    def _begin(self) -> None:
        psycopg = driver()
        self._require_open()
        begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"
        try:
            self._writer.execute(begin)
        except psycopg.OperationalError:
            if not self._writer.raw.closed:
                raise
            self._writer.renew()  # the server has been away since the last write
            self._writer.execute(begin)
        try:
            self._writer.execute("SELECT pg_advisory_xact_lock(?)", [_LOCK])
        except BaseException:
            if self._in_transaction():
                self._writer.execute("ROLLBACK")
            raise

    def _in_transaction(self) -> bool:
        raw = self._writer.raw
        return not raw.closed and raw.info.transaction_status != raw.info.transaction_status.IDLE

    @contextlib.contextmanager
    def _reader(self) -> Iterator[Link]:
        lent: Link | None = getattr(self._local, "link", None)
        if lent is not None:  # asked again within a block of the same thread
            yield lent
            return
        with self._slots:
            self._require_open()
            link = self._local.link = self._take()
            try:
                yield link
            finally:
                self._local.link = None
                if self.closed:
                    link.raw.close()
                else:
                    self._idle.put(link)

    def _take(self) -> Link:
        try:
            return self._idle.get_nowait()
        except Empty:
            return Link(self.address, renewing=True)

    def _require_open(self) -> None:
        if self.closed:
            raise StoreError(f"数据库 {self.address.name}已关闭，请重新打开。", code="store_closed")
