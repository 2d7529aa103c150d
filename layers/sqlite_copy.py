"""A consistent copy of a SQLite database while others write to it."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

from layers.sqlite_files import looking_uri

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

__all__ = ["copy_database"]

_PAGES = 4096
"""Pages a step: 16 MiB, often enough for a progress bar."""


def copy_database(
    source: Path, target: Path, *, on_progress: Callable[[float], None] | None = None
) -> None:
    """Copy a database as it stands at this moment; writers are not held up.

    Parameters
    ----------
    source
        In WAL mode, perhaps in use.
    target
        Where; made readable by its owner only. It is one file, without a WAL.
    on_progress
        Told the share done, 0..1.

    Raises
    ------
    DatabaseError
        SQLite's own, if the source cannot be read or the target not be written.
    """
    tell = on_progress or (lambda _share: None)
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))
    with (
        closing(sqlite3.connect(looking_uri(source), uri=True, isolation_level=None)) as reader,
        closing(sqlite3.connect(target, isolation_level=None)) as writer,
    ):
        reader.execute("PRAGMA query_only = ON")
        # Held through all steps: without it a write in between would begin the copy anew.
        reader.execute("BEGIN")
        reader.execute("SELECT count(*) FROM sqlite_master").fetchone()
        writer.execute("PRAGMA synchronous = OFF")
        reader.backup(
            writer,
            pages=_PAGES,
            progress=lambda _status, left, total: tell(1 - left / max(total, 1)),
        )
        writer.execute("PRAGMA journal_mode = DELETE")
