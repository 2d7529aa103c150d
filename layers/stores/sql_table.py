"""One layer's table as a writer sees it: what is there, and the few ways to change it."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from layers.schema import LayerSchema
    from layers.stores.sql_columns import StoredRow
    from layers.stores.sql_connections import SqlConnection

__all__ = ["SqlTable"]


class SqlTable(ABC):
    """The table of one layer and the history, within a transaction that holds the write lock.

    Parameters
    ----------
    connection
        To the database.
    schema
        The layer.
    """

    def __init__(self, connection: SqlConnection, schema: LayerSchema) -> None:
        self.connection = connection
        self.schema = schema

    def head(self) -> tuple[int, str, str] | None:
        """Give number, hash and time of the last event; None before the first."""
        found: tuple[int, str, str] | None = self.connection.execute(
            "SELECT seq, hash, at FROM xg_events ORDER BY seq DESC LIMIT 1"
        ).fetchone()
        return found

    def is_blank(self) -> bool:
        """Tell whether nothing of this layer was ever stored."""
        found = self.connection.execute(
            "SELECT 1 FROM xg_history WHERE layer = ? LIMIT 1", [self.schema.name]
        )
        return found.fetchone() is None

    @abstractmethod
    def present(self, ids: Sequence[str]) -> dict[str, tuple[int, str]]:
        """Give number and body of the last version of each id that ever was, deletes too."""

    @abstractmethod
    def versions(self, ids: Sequence[str]) -> dict[str, int]:
        """Give the version of each id that is there now."""

    @abstractmethod
    def insert(self, rows: Sequence[StoredRow], fids: Sequence[int] | None = None) -> None:
        """Add rows, with the next numbers or the given ones."""

    @abstractmethod
    def update(self, rows: Sequence[StoredRow]) -> None:
        """Replace rows by their ids."""

    @abstractmethod
    def delete(self, ids: Sequence[str]) -> None:
        """Remove rows that are there."""

    @abstractmethod
    def record(
        self, events: Sequence[tuple[Any, ...]], versions: Sequence[tuple[Any, ...]]
    ) -> None:
        """Append to `xg_events` and `xg_history`; columns as they stand there."""

    @abstractmethod
    def finish(self, at: str | None) -> None:
        """End a write; `at` is its time, None if it changed nothing."""
