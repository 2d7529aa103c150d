"""What a reader hands on: a file's columns in chunks, as read, with the rows' numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

__all__ = ["CHUNK_ROWS", "Chunk", "Table"]

CHUNK_ROWS = 10_000
"""Rows that are in memory at one time."""


@dataclass(frozen=True)
class Chunk:
    """Some rows of a file, column by column.

    Attributes
    ----------
    rows
        Row numbers as a person sees them: the sheet's (header 1), or features from 1.
    cells
        Heading -> one value a row; None where the file says nothing.
    geometry
        shapely geometries or None, where the format has geometry of its own.
    bad_geometry
        Row -> why its geometry could not be read.
    """

    rows: list[int]
    cells: dict[str, list[Any]]
    geometry: NDArray[np.object_] | None = None
    bad_geometry: dict[int, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Table:
    """A file opened for import.

    Attributes
    ----------
    headings
        Column names as in the file.
    chunks
        The rows, to be read once.
    crs
        What the file says of its coordinates; None = it says nothing.
    textual
        Every cell is text (csv): quotes, formulas and E notation are looked for.
    total
        Number of rows where the format knows it beforehand; for progress.
    heading_row
        Row of the headings, where the format has such a row.
    suppressed
        The file as a whole says that counts of people are hidden in it.
    """

    headings: tuple[str, ...]
    chunks: Iterator[Chunk]
    crs: str | None = None
    textual: bool = False
    total: int | None = None
    heading_row: int | None = None
    suppressed: bool = False
