"""OpenStreetMap .osm.pbf files: the road pieces of all three modes, as rows of `roads`."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.errors import NetworkError
from geo.osm import read_pieces
from layers.findings import UnreadableError
from layers.importers.tables import CHUNK_ROWS, Chunk, Table

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["OSM_SOURCE", "read_road_rows", "stale_pieces"]

OSM_SOURCE = "OpenStreetMap contributors (ODbL)"
"""What rows of an .osm.pbf file name as their source, unless the user says more."""


def read_road_rows(path: Path) -> Table:
    """Read the roads of an .osm.pbf file by the rules of `geo.osm`.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    One row a piece of way that any mode may use, cut where any mode needs a node.

    Raises
    ------
    UnreadableError
        I01: the file is empty, damaged, cut short or no .osm.pbf.
    """
    try:
        pieces = read_pieces(path)
    except NetworkError as error:
        raise UnreadableError(None, str(error)) from error
    names = tuple(name for name in pieces.columns if name != "geometry")
    return Table(headings=names, chunks=_chunks(pieces, names), crs="EPSG:4490", total=len(pieces))


def stale_pieces(stored: Collection[str], imported: Collection[str]) -> list[str]:
    """Find stored pieces of imported ways that the file no longer has.

    A way that is cut at fewer places than before has fewer pieces; those left over would lie on
    top of the new ones. Ways that are not in the file stay: an extract ends somewhere.

    Parameters
    ----------
    stored, imported
        Ids ``way-piece`` of the layer before, and of the file.

    Returns
    -------
    Ids to delete, in the order of `stored`.
    """
    kept = set(imported)
    ways = {made.rpartition("-")[0] for made in kept}
    return [made for made in stored if made not in kept and made.rpartition("-")[0] in ways]


def _chunks(pieces: gpd.GeoDataFrame, names: tuple[str, ...]) -> Iterator[Chunk]:
    for start in range(0, len(pieces), CHUNK_ROWS):
        block = pieces.iloc[start : start + CHUNK_ROWS]
        yield Chunk(
            rows=list(range(start + 1, start + 1 + len(block))),
            cells={name: _cells(block[name]) for name in names},
            geometry=np.asarray(block.geometry.array, dtype=object),
        )


def _cells(column: pd.Series) -> list[Any]:
    """Give a column as plain values, None where it has none."""
    return column.astype(object).where(column.notna(), None).tolist()
