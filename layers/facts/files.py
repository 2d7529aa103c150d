"""Opens the data files that lie beside this module."""

from __future__ import annotations

import csv
import io
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

__all__ = ["data_file", "read_table"]


def data_file(name: str) -> Traversable:
    """One file of the facts.

    Parameters
    ----------
    name
        File name inside the `data` folder.

    Returns
    -------
    The file, to be read as text or bytes; works from a wheel too.
    """
    return files("layers.facts") / "data" / name


def read_table(name: str) -> list[dict[str, str]]:
    """Read a csv of the facts.

    Parameters
    ----------
    name
        File name inside the `data` folder.

    Returns
    -------
    One dict a row, in file order; an empty cell is "".
    """
    text = data_file(name).read_text(encoding="utf-8")
    return list(csv.DictReader(io.StringIO(text)))
