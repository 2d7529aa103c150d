"""Looking at a SQLite file without leaving a trace."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["looking_uri"]


def looking_uri(path: Path) -> str:
    """Give the address with which to open a database so that its folder stays as it is.

    Parameters
    ----------
    path
        An existing database in WAL mode, perhaps in use.

    Returns
    -------
    For ``sqlite3.connect(..., uri=True)``; set ``PRAGMA query_only`` besides. A reader makes the
    files -wal and -shm where there are none, and only one that may write removes them again; but
    where a killed process left a WAL, that one would fold it into the file.
    """
    if path.with_name(f"{path.name}-wal").exists():
        mode = "ro"
    else:
        mode = "rw" if os.access(path.parent, os.W_OK) else "ro&immutable=1"
    return f"{path.resolve().as_uri()}?mode={mode}"
