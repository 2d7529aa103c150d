"""A clerk's lines as roads: pieces, end nodes and modes for lines that come without them.

Ends within half a metre are one node. Lines that cross are not joined: a bridge is no crossing;
whoever knows better asks for `node_lines`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from hashlib import blake2b
from itertools import chain, pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.modes import MODES
from layers.importers.tables import Chunk, Table

if TYPE_CHECKING:
    from layers.findings import Findings
    from layers.store import Store

__all__ = ["EndNodes", "fill_modes", "lines_as_pieces"]

_JOIN_M = 0.5
_METRES_A_DEGREE = 111_320.0


def lines_as_pieces(
    table: Table, *, way_id: str | None, piece: str | None, node_lines: bool
) -> Table:
    """Turn lines into pieces with `way_id` and `piece`: one row a single line.

    Parameters
    ----------
    table
        Lines or collections of lines.
    way_id, piece
        The file's own columns for them, if it has any. A line without way_id gets a negative
        number made from its shape: the same line has it again, in whatever file and row.
    node_lines
        Cut lines where they cross or touch others, so that they join there.

    Returns
    -------
    A table with both columns; several rows may have the number of one row of the file.
    """
    chunks: Iterator[Chunk] = table.chunks
    headings = list(table.headings)
    for heading in ("way_id", "piece"):
        if heading not in headings:
            headings.append(heading)
    if node_lines:
        chunks = iter([_noded(_joined(list(chunks), table.headings))])
    return replace(
        table,
        headings=tuple(headings),
        chunks=_numbered(chunks, way_id=way_id, piece=piece),
    )


def fill_modes(columns: dict[str, list[Any]], rows: Sequence[int], findings: Findings) -> None:
    """Say how each mode may use a road, by its class, where the file does not.

    Parameters
    ----------
    columns
        Field name -> values; `walk etrike car car_kmh` are completed in place.
    rows
        Row numbers.
    findings
        Gets I05 for a class that no mode may use: such a road would serve nobody.
    """
    classes = columns["highway"]
    for row, highway in zip(rows, classes, strict=True):
        if highway is not None and not any(highway in m.speeds_mps for m in MODES.values()):
            findings.add(
                "I05",
                f"第 {row} 行的道路等级“{highway}”不认识，"
                "请用 干线、县道、乡道、村道、小路 或 OSM 的 highway 值。",
                row=row,
                field="highway",
                value=highway,
            )
    for name, mode in MODES.items():
        usual = ["both" if highway in mode.speeds_mps else "none" for highway in classes]
        columns[name] = _completed(columns.get(name), usual)
    kmh = {highway: round(mps * 3.6, 6) for highway, mps in MODES["car"].speeds_mps.items()}
    columns["car_kmh"] = _completed(columns.get("car_kmh"), [kmh.get(h) for h in classes])


class EndNodes:
    """Numbers the ends of lines; ends within half a metre of a known node are that node.

    Numbers are negative and made from the place of the first end there, so that files imported one
    after the other meet, and OpenStreetMap's own numbers are never taken.

    Parameters
    ----------
    store
        Its stored roads' ends are known nodes.
    """

    def __init__(self, store: Store) -> None:
        self._exact: dict[tuple[float, float], int] = {}
        self._cells: dict[tuple[int, int], list[tuple[float, float, int]]] = {}
        self._scale = 0.0
        table = store.table("roads")
        lines = shapely.from_wkb(np.array(table.wkb, dtype=object))
        for end, name in ((0, "u"), (-1, "v")):
            places = shapely.get_coordinates(shapely.get_point(lines, end)).tolist()
            nodes = chain(
                node
                for node, line in zip(table.columns[name], lines, strict=True)
                if line is not None
            )
            for (x, y), node in zip(places, nodes, strict=True):
                if node is not None:
                    self._remember(x, y, node)

    def ends(self, lines: Iterable[shapely.Geometry | None]) -> tuple[list[Any], list[Any]]:
        """Give the node at the first and at the last vertex of each line.

        Parameters
        ----------
        lines
            LineStrings in EPSG:4490, or None, which has no ends.

        Returns
        -------
        Two lists of node numbers, u and v.
        """
        u: list[int | None] = []
        v: list[int | None] = []
        for line in lines:
            if not isinstance(line, shapely.LineString):
                u.append(None)
                v.append(None)
                continue
            xy = shapely.get_coordinates(line)
            u.append(self._node(*xy[0].tolist()))
            v.append(self._node(*xy[-1].tolist()))
        return u, v

    def _node(self, x: float, y: float) -> int:
        known = self._exact.get((x, y))
        if known is None:
            known = self._near(x, y)
            if known is None:
                known = _number(f"{x:.9f} {y:.9f}".encode())
                self._remember(x, y, known)
            self._exact[x, y] = known
        return known

    def _remember(self, x: float, y: float, node: int) -> None:
        """Keep a place as exactly known, and as the middle of its node if its number says so."""
        self._exact[x, y] = node
        if node >= 0 or node == _number(f"{x:.9f} {y:.9f}".encode()):
            east, north = self._metres(x, y)
            cell = math.floor(east / _JOIN_M), math.floor(north / _JOIN_M)
            self._cells.setdefault(cell, []).append((east, north, node))

    def _near(self, x: float, y: float) -> int | None:
        east, north = self._metres(x, y)
        column, row = math.floor(east / _JOIN_M), math.floor(north / _JOIN_M)
        around = (
            (math.hypot(east - e, north - n), node)
            for i in (column - 1, column, column + 1)
            for j in (row - 1, row, row + 1)
            for e, n, node in self._cells.get((i, j), ())
        )
        distance_m, node = min(around, default=(math.inf, 0))
        return node if distance_m <= _JOIN_M else None

    def _metres(self, x: float, y: float) -> tuple[float, float]:
        """Give metres good enough to tell half of one: one scale of longitude for all."""
        if not self._scale:
            self._scale = _METRES_A_DEGREE * math.cos(math.radians(y))
        return x * self._scale, y * _METRES_A_DEGREE


def _number(text: bytes) -> int:
    """Make a negative number of 62 bits from bytes."""
    return -1 - (int.from_bytes(blake2b(text, digest_size=8).digest(), "big") >> 2)


def _completed(values: Sequence[Any] | None, usual: list[Any]) -> list[Any]:
    if values is None:
        return usual
    return [u if value is None else value for value, u in zip(values, usual, strict=True)]


def _numbered(chunks: Iterator[Chunk], *, way_id: str | None, piece: str | None) -> Iterator[Chunk]:
    """Split collections into single lines and number them."""
    counts: dict[Any, int] = {}
    for chunk in chunks:
        if chunk.geometry is None:
            yield chunk
            continue
        own = chunk.cells[way_id] if way_id is not None else [None] * len(chunk.rows)
        ways = [
            value if value is not None else None if shape is None else _number(shape.wkb)
            for value, shape in zip(own, chunk.cells.get("_whole", chunk.geometry), strict=True)
        ]
        parts, owner = shapely.get_parts(chunk.geometry, return_index=True)
        bare = np.flatnonzero(shapely.is_missing(chunk.geometry))
        owner = np.concatenate((owner, bare))
        order = np.argsort(owner, kind="stable")
        shapes = np.concatenate((parts, np.full(len(bare), None, dtype=object)))[order]
        source = owner[order].tolist()
        cells = {
            name: [column[i] for i in source]
            for name, column in chunk.cells.items()
            if name != "_whole"
        }
        numbers = [ways[i] for i in source]
        cells[way_id or "way_id"] = numbers
        if piece is None:
            cells["piece"] = [_next(counts, number) for number in numbers]
        yield replace(chunk, rows=[chunk.rows[i] for i in source], cells=cells, geometry=shapes)


def _next(counts: dict[Any, int], key: Any) -> int:  # noqa: ANN401  (a cell of the file)
    number = counts.get(key, 0)
    counts[key] = number + 1
    return number


def _joined(chunks: list[Chunk], headings: Sequence[str]) -> Chunk:
    """Put all rows into one chunk: crossings are looked for among all lines."""
    shapes = [
        chunk.geometry
        if chunk.geometry is not None
        else np.full(len(chunk.rows), None, dtype=object)
        for chunk in chunks
    ]
    return Chunk(
        rows=[row for chunk in chunks for row in chunk.rows],
        cells={name: [c for chunk in chunks for c in chunk.cells[name]] for name in headings},
        geometry=np.concatenate([np.empty(0, dtype=object), *shapes]),
        bad_geometry={row: why for chunk in chunks for row, why in chunk.bad_geometry.items()},
    )


def _noded(chunk: Chunk) -> Chunk:
    """Cut every line where another one meets it."""
    shapes = chunk.geometry
    if shapes is None:
        return chunk
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    met = one != other
    places = shapely.intersection(shapes[one[met]], shapes[other[met]])
    cut = shapes.copy()
    for i in np.unique(one[met]):
        cut[i] = _cut(shapes[i], places[one[met] == i])
    return replace(chunk, geometry=cut, cells={**chunk.cells, "_whole": list(shapes)})


def _cut(line: shapely.Geometry, places: NDArray[np.object_]) -> shapely.Geometry:
    """Cut a line at the points of other geometries that lie on it."""
    points = shapely.get_coordinates(places)
    parts: list[shapely.LineString] = []
    for part in shapely.get_parts(line):
        xy = shapely.get_coordinates(part)
        along = np.unique(shapely.line_locate_point(part, shapely.points(points)))
        along = along[(along > 0) & (along < shapely.length(part))]
        stations = shapely.line_locate_point(part, shapely.points(xy))
        stations[0], stations[-1] = 0.0, shapely.length(part)
        parts += _between(xy, stations, along, shapely.line_interpolate_point(part, along))
    return shapely.MultiLineString(parts) if len(parts) > 1 else line


def _between(
    xy: NDArray[np.float64],
    stations: NDArray[np.float64],
    along: NDArray[np.float64],
    cuts: NDArray[np.object_],
) -> list[shapely.LineString]:
    """Make the lines between the cuts, with the vertices that lie between."""
    ends = [xy[0], *shapely.get_coordinates(cuts), xy[-1]]
    limits = [0.0, *along.tolist(), float(stations[-1])]
    return [
        shapely.LineString(
            [ends[k], *xy[(stations > low) & (stations < high)].tolist(), ends[k + 1]]
        )
        for k, (low, high) in enumerate(pairwise(limits))
    ]
