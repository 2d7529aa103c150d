"""The connections of one process to one database: who reads on which, who writes, when it ends."""

from __future__ import annotations

import contextlib
import threading
from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

__all__ = ["Connections", "SqlConnection", "SqlCursor"]


class SqlCursor(Protocol):
    """What a statement gave."""

    def fetchone(self) -> Any:  # noqa: ANN401 - a row of whatever was asked
        """Give the next row, None after the last."""
        ...

    def fetchall(self) -> list[Any]:
        """Give the rows that are left."""
        ...

    def __iter__(self) -> Iterator[Any]: ...


class SqlConnection(Protocol):
    """A connection in autocommit mode; values are bound to ``?`` marks in every database."""

    def execute(self, sql: str, parameters: Sequence[Any] = ..., /) -> SqlCursor:
        """Run one statement."""
        ...


class Connections(ABC):
    """Readers and the one writer of this process.

    Attributes
    ----------
    meta
        Contents of `xg_meta`.
    closed
        Whether `close` was called.
    """

    meta: dict[str, str]

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._owner: int | None = None
        self.closed = False

    @abstractmethod
    def in_our_words(self) -> AbstractContextManager[None]:
        """Turn the database's errors into `StoreError` within a block."""

    @abstractmethod
    def close(self) -> None:
        """Close all; a second call does nothing."""

    @abstractmethod
    def _writer_now(self) -> Any:  # noqa: ANN401 - a connection of this database
        """Give the connection that writes."""

    @abstractmethod
    def _reader(self) -> AbstractContextManager[Any]:
        """Lend a connection that reads what is committed."""

    @contextlib.contextmanager
    def _turn(self) -> Iterator[None]:
        """Keep writers of other processes out until what follows a commit is done as well."""
        yield

    @abstractmethod
    def _begin(self) -> None:
        """Open a transaction that keeps all other writers out, or refuse to."""

    @abstractmethod
    def _in_transaction(self) -> bool:
        """Tell whether there is still something to undo: some errors undo everything at once."""

    @contextlib.contextmanager
    def reading(self) -> Iterator[Any]:
        """Give a connection that reads; inside this thread's transaction the one that writes.

        Yields
        ------
        The connection.
        """
        with self.in_our_words():
            if self._owner == threading.get_ident():
                yield self._writer_now()
            else:
                with self._reader() as connection:
                    yield connection

    @contextlib.contextmanager
    def writing(self, then: Callable[[], None] | None = None) -> Iterator[Any]:
        """Give the writer in a transaction: committed at the end, undone at an error.

        Inside another one of the same thread it is a savepoint: undone alone, committed together.

        Parameters
        ----------
        then
            Called after the commit, before another thread or process may write.

        Yields
        ------
        The connection.
        """
        with self._lock, self.in_our_words():
            if self._owner is not None:
                with self._bracket(self._save, "ROLLBACK TO xg", "RELEASE xg", inner=True):
                    yield self._writer_now()
                return
            self._owner = threading.get_ident()
            try:
                with self._turn():
                    with self._bracket(self._begin, "ROLLBACK", "COMMIT"):
                        yield self._writer_now()
                    if then is not None:
                        then()
            finally:
                self._owner = None

    def _save(self) -> None:
        self._writer_now().execute("SAVEPOINT xg")

    @contextlib.contextmanager
    def _bracket(
        self, begin: Callable[[], None], undo: str, end: str, *, inner: bool = False
    ) -> Iterator[None]:
        begin()
        try:
            yield
            self._writer_now().execute(end)
        except BaseException:
            if self._in_transaction():
                self._writer_now().execute(undo)
                if inner:
                    self._writer_now().execute(end)
            raise
