"""Keys met before, in as many rows as there are: on disk once they are more than a few megabytes.

A dictionary of a million keys takes hundreds of megabytes. SQLite's unnamed database lives in its
own cache and, beyond that, in a file that is gone with the connection or the process.
"""

from __future__ import annotations

import sqlite3
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, NamedTuple

from layers.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

__all__ = ["IdsOfOnePut", "KeyIndex", "MetBefore", "Repeat"]

_FULL = "临时文件写不进去，请检查临时文件夹所在磁盘的空间。"
_CACHE_KIB = 8 * 1024
_DIGEST_BYTES = 16  # two of a million keys alike: one chance in 10^26


class Repeat(NamedTuple):
    """A row whose key was met before.

    Attributes
    ----------
    position
        Among the rows just added.
    first
        Number of the row that had the key first.
    same
        Whether its contents were the same too.
    told
        Whether another repeat of this key, with other contents, was met already.
    """

    position: int
    first: int
    same: bool
    told: bool


class MetBefore:
    """Tells which of many keys come twice."""

    def __init__(self) -> None:
        self._connection = _unnamed()
        self._connection.execute(
            "CREATE TABLE met (key BLOB PRIMARY KEY, row INTEGER, content INTEGER, told INTEGER)"
            " WITHOUT ROWID"
        )

    def add(
        self, keys: Sequence[object], rows: Sequence[int], contents: Sequence[int] | None = None
    ) -> list[Repeat]:
        """Meet some keys.

        Parameters
        ----------
        keys
            Text, or anything that is written the same by `repr` where it is the same.
        rows
            Their numbers, never met before.
        contents
            64-bit hashes of what stands in the rows; None: nobody asks.

        Returns
        -------
        Those met before, here or in an earlier call, in order.

        Raises
        ------
        StoreError
            `disk_full` if the temporary file cannot grow.
        """
        digests = [_digest(key) for key in keys]
        said = contents or [0] * len(digests)
        try:
            before = self._connection.total_changes
            self._connection.executemany(
                "INSERT OR IGNORE INTO met VALUES (?, ?, ?, 0)",
                zip(digests, rows, said, strict=True),
            )
            if self._connection.total_changes - before == len(digests):
                return []
            return list(self._repeats(digests, rows, said))
        except sqlite3.Error as error:
            raise StoreError(_FULL, code="disk_full", where="temp") from error

    def _repeats(
        self, digests: Sequence[bytes], rows: Sequence[int], contents: Sequence[int]
    ) -> Iterator[Repeat]:
        for position, (key, row, content) in enumerate(zip(digests, rows, contents, strict=True)):
            first, stood, told = self._connection.execute(
                "SELECT row, content, told FROM met WHERE key = ?", [key]
            ).fetchone()
            if first == row:
                continue
            yield Repeat(position, first, stood == content, bool(told))
            if stood != content and not told:
                self._connection.execute("UPDATE met SET told = 1 WHERE key = ?", [key])


class IdsOfOnePut:
    """The ids of one put; those of a single slice need no disk."""

    def __init__(self) -> None:
        self._first: list[str] | None = None
        self._met: MetBefore | None = None
        self._count = 0

    def repeated(self, ids: list[str]) -> int | None:
        """Give the position of the first id that comes twice or came before.

        Parameters
        ----------
        ids
            The next ones.

        Returns
        -------
        The position among these; None where all are new.

        Raises
        ------
        StoreError
            `disk_full` if the temporary file cannot grow.
        """
        if not ids:
            return None
        if self._first is None:
            self._first = ids
            if len(set(ids)) == len(ids):
                return None
            return next(position for position, made in enumerate(ids) if made in ids[:position])
        if self._met is None:
            self._met = MetBefore()
            self._add(self._met, self._first)
        return self._add(self._met, ids)

    def _add(self, met: MetBefore, ids: list[str]) -> int | None:
        repeats = met.add(ids, range(self._count, self._count + len(ids)))
        self._count += len(ids)
        return repeats[0].position if repeats else None


class KeyIndex:
    """Finds the ids that belong to a key, among any number of them.

    Parameters
    ----------
    pairs
        (key, id); a key may come several times.

    Raises
    ------
    StoreError
        `disk_full` if the temporary file cannot grow.
    """

    def __init__(self, pairs: Iterable[tuple[object, str]]) -> None:
        self._connection = _unnamed()
        try:
            self._connection.execute(
                "CREATE TABLE ids (key BLOB, id TEXT, PRIMARY KEY (key, id)) WITHOUT ROWID"
            )
            self._connection.executemany(
                "INSERT OR IGNORE INTO ids VALUES (?, ?)",
                ((_digest(key), made) for key, made in pairs),
            )
        except sqlite3.Error as error:
            raise StoreError(_FULL, code="disk_full", where="temp") from error

    def find(self, key: object) -> list[str]:
        """Give the ids of a key, sorted; none where it is unknown."""
        rows = self._connection.execute("SELECT id FROM ids WHERE key = ?", [_digest(key)])
        return [made for (made,) in rows]


def _unnamed() -> sqlite3.Connection:
    connection = sqlite3.connect("", isolation_level=None)
    connection.execute("PRAGMA journal_mode = OFF")
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute(f"PRAGMA cache_size = -{_CACHE_KIB}")
    connection.execute("BEGIN")  # one for the whole life: nothing of it will ever be kept
    return connection


def _digest(key: Any) -> bytes:  # noqa: ANN401 - whatever makes a key
    text = key if isinstance(key, str) else repr(key)
    return blake2b(text.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).digest()
