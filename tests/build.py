"""Tiny inputs with answers that can be worked out by hand.

The plane is EPSG:4547 with its corner at `ORIGIN`; helpers take metres from there. In the grid,
node 10 * row + column lies at (100 * column, 100 * row), so at 1 m/s a block takes 100 seconds.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING

import geopandas as gpd
import osmium
import pandas as pd
import shapely
from osmium.osm.mutable import Node, Way

from geo.network import Network, from_edges

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from pathlib import Path

ORIGIN = (500_000.0, 4_040_000.0)
PLANE = "EPSG:4547"

Place = tuple[float, float]


def edges(
    pieces: Iterable[tuple[int, int, Sequence[Place]]], **columns: object
) -> gpd.GeoDataFrame:
    """Road pieces (u, v, places) in the plane, with further columns as given."""
    rows = list(pieces)
    shift_x, shift_y = ORIGIN
    lines = [shapely.LineString([(x + shift_x, y + shift_y) for x, y in row[2]]) for row in rows]
    frame = gpd.GeoDataFrame(
        {"u": [row[0] for row in rows], "v": [row[1] for row in rows]}, geometry=lines, crs=PLANE
    )
    return frame.astype({"u": "int64", "v": "int64"}).assign(**columns)


def grid_edges(rows: int = 3, columns: int = 3, step_m: float = 100.0) -> gpd.GeoDataFrame:
    """Streets of a grid, row by row, each row's before those to the next row."""
    pieces = []
    for row in range(rows):
        for column in range(columns):
            here = (column * step_m, row * step_m)
            if column + 1 < columns:
                there = ((column + 1) * step_m, row * step_m)
                pieces.append((10 * row + column, 10 * row + column + 1, [here, there]))
            if row + 1 < rows:
                there = (column * step_m, (row + 1) * step_m)
                pieces.append((10 * row + column, 10 * row + column + 10, [here, there]))
    return edges(pieces)


def grid(rows: int = 3, columns: int = 3, step_m: float = 100.0) -> Network:
    """The walking network of `grid_edges`."""
    return from_edges(grid_edges(rows, columns, step_m))


def street(*stops: float, **columns: object) -> Network:
    """Nodes 0, 1, 2, ... on one straight street at these metres, walked at 1 m/s or as given."""
    pairs = pairwise(stops)
    pieces = [(i, i + 1, [(a, 0.0), (b, 0.0)]) for i, (a, b) in enumerate(pairs)]
    mode = str(columns.pop("mode", "walk"))
    return from_edges(edges(pieces, **columns), mode=mode)


def points(places: Mapping[object, Place | None], **columns: object) -> gpd.GeoDataFrame:
    """Points by id, metres from the corner of the plane; None is an empty geometry."""
    shift_x, shift_y = ORIGIN
    shapes = [
        shapely.Point() if at is None else shapely.Point(at[0] + shift_x, at[1] + shift_y)
        for at in places.values()
    ]
    index = pd.Index(list(places))
    return gpd.GeoDataFrame(dict(columns), geometry=shapes, crs=PLANE, index=index)


def write_pbf(
    path: Path,
    nodes: Mapping[int, Place],
    ways: Mapping[int, tuple[Sequence[int], Mapping[str, str]]],
    *,
    ways_first: bool = False,
) -> Path:
    """A small .osm.pbf: nodes as {id: (lon, lat)}, ways as {id: (node ids, tags)}."""
    with osmium.SimpleWriter(str(path), overwrite=True) as out:
        parts = [
            lambda: [out.add_node(Node(id=i, location=at)) for i, at in nodes.items()],
            lambda: [
                out.add_way(Way(id=i, nodes=list(refs), tags=dict(tags)))
                for i, (refs, tags) in ways.items()
            ],
        ]
        for part in reversed(parts) if ways_first else parts:
            part()
    return path
