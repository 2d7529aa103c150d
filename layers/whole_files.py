"""A file that is written whole or not at all."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

__all__ = ["sync_folder", "whole_file"]


@contextlib.contextmanager
def whole_file(file: Path, *, suffix: str = "") -> Iterator[Path]:
    """Write beside a file and put it in its place when whole.

    Parameters
    ----------
    file
        Where it shall stand; an old one is replaced, in an existing folder.
    suffix
        Ending of the file beside it, for writers that go by the ending.

    Yields
    ------
    The path to write to. After an error nothing is left of it and the old file is as it was.

    Raises
    ------
    OSError
        If the disk or the folder refuses.
    """
    part = file.with_name(f"{file.name}.part{suffix}")
    part.unlink(missing_ok=True)
    try:
        yield part
        with part.open("rb+") as written:
            os.fsync(written.fileno())
        part.replace(file)
    finally:
        part.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """See that names given in a folder are on disk; where a folder cannot be synced, do nothing."""
    with contextlib.suppress(OSError):  # Windows
        number = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
