"""Files that a command is asked to write: their words checked early, their folders made late."""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.cli.usage import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

__all__ = ["place_for", "require_outputs"]


def require_outputs(
    paths: Iterable[Path], suffixes: Sequence[str], *, what: str, where: str = "--out"
) -> None:
    """Refuse files that could not be written so, before anything is computed.

    Parameters
    ----------
    paths
        As the user gave them.
    suffixes
        Endings that the command can write, lower case.
    what
        What is written, for the sentence: ``地图``.
    where
        Name of the option or argument.

    Raises
    ------
    UsageError
        If an ending is another, or the path is a folder.
    """
    for path in paths:
        if not path.name.lower().endswith(tuple(suffixes)):
            offered = " 或 ".join(filter(None, ("、".join(suffixes[:-1]), suffixes[-1])))
            raise UsageError(f"{what}只能写成 {offered}，不是“{path.name}”。", where=where)
        if path.is_dir():
            raise UsageError(f"{path} 是文件夹，请写出文件名。", where=where)


def place_for(path: Path) -> Path:
    """Make the folder of a file that is about to be written, and give the file."""
    path.absolute().parent.mkdir(parents=True, exist_ok=True)
    return path
