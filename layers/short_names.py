"""Field names as a shapefile can hold them: written by its export, understood by its import."""

from __future__ import annotations

from itertools import chain, count
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["short_names"]

_NAME_CHARACTERS = 10


def short_names(names: Iterable[str]) -> dict[str, str]:
    """Shorten field names to what a dbf column may be called, all different.

    Parameters
    ----------
    names
        Field names: letters, digits, underscores.

    Returns
    -------
    Name -> short name; a name that fits stays.
    """
    names = tuple(names)
    short = {name: name for name in names if len(name) <= _NAME_CHARACTERS}
    taken = set(short)
    for name in (name for name in names if name not in short):
        endings = chain([""], (f"_{number}" for number in count(1)))
        tried = (name[: _NAME_CHARACTERS - len(ending)] + ending for ending in endings)
        short[name] = next(made for made in tried if made not in taken)
        taken.add(short[name])
    return short
