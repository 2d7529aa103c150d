"""Taking turns between processes."""

from __future__ import annotations

import contextlib
import sys
from typing import TYPE_CHECKING

if sys.platform != "win32":  # there, one process serves
    import fcntl

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["locked"]


@contextlib.contextmanager
def locked(number: int) -> Iterator[None]:
    """Hold an open file or folder for oneself, waiting as long as another process holds it.

    Parameters
    ----------
    number
        Its file descriptor. A process that is killed lets go.

    Yields
    ------
    Nothing.
    """
    if sys.platform == "win32":
        yield
        return
    fcntl.flock(number, fcntl.LOCK_EX)
    try:
        yield
    finally:
        fcntl.flock(number, fcntl.LOCK_UN)
