"""Names on the map: placed greedily by priority, no two meet, none covers a symbol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import rtree
import shapely
from shapely import Polygon

from webmap.printing.items import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

__all__ = ["Label", "Obstacles", "Placed", "Placement", "place"]

Key: TypeAlias = tuple[str, str]
"""Layer and id of a name."""

_AROUND = ((1, 0), (1, -1), (1, 1), (-1, 0), (-1, -1), (-1, 1), (0, -1), (0, 1))
"""Sides of a point in order of liking: right, upper right, lower right, left, ..., above, below."""

_FAR = tuple(
    (distance, math.radians(30 * turn))
    for distance in (2.0, 3.6)
    for turn in (0, 1, 11, 5, 6, 7, 3, 9, 2, 10, 4, 8)
)
"""Places further out, by distance in letter heights and direction: 24 with a leader line."""

_BOUNDARY_COST, _ROAD_COST, _FAR_COST, _LATTICE = 6.0, 1.5, 8.0, 9


@dataclass(frozen=True, kw_only=True, eq=False)
class Label:
    """A name that belongs on the sheet.

    Attributes
    ----------
    priority
        Smaller is placed earlier.
    weight
        Of equal priority the larger is placed earlier.
    width, height
        The text's box, mm.
    at
        The point it names, and `radius`, the half size of its symbol, mm; or
    area
        the polygon it names, mm.
    leader
        Whether it may stand further out with a leader line.
    """

    layer: str
    id: str
    name: str
    priority: int
    weight: float
    width: float
    height: float
    at: tuple[float, float] | None = None
    radius: float = 0.0
    area: Polygon | None = None
    leader: bool = True

    @property
    def key(self) -> Key:
        """Layer and id."""
        return self.layer, self.id


@dataclass(frozen=True, kw_only=True, eq=False)
class Obstacles:
    """What names must keep clear of, in page mm.

    Attributes
    ----------
    frame
        Names stay inside.
    symbols
        Boxes that no name may cover.
    boundaries, roads
        Lines that are better not crossed.
    gap
        Least distance of a name to another and to a symbol.
    aside
        Distance to a name on the left or right that is kept where there is room: names in one line
        must not read as one.
    """

    frame: Box
    symbols: Sequence[Box] = ()
    boundaries: Sequence[Any] = ()
    roads: Sequence[Any] = ()
    gap: float = 0.2
    aside: float = 0.2


@dataclass(frozen=True, kw_only=True, eq=False)
class Placed:
    """A name with its box, and the leader line from symbol to text if there is one."""

    label: Label
    box: Box
    leader: tuple[tuple[float, float], tuple[float, float]] | None = None
    pinned: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Where all names are: `placed`, `unplaced` and pins that meet something (`clashes`)."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Label, ...]
    clashes: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class _Candidate:
    box: Box
    cost: float
    leader: tuple[tuple[float, float], tuple[float, float]] | None = None


def place(
    labels: Sequence[Label],
    obstacles: Obstacles,
    *,
    pins: Mapping[Key, tuple[float, float]] | None = None,
) -> Placement:
    """Place names greedily: by priority, then the larger, then name, then id.

    Parameters
    ----------
    labels
        Every name that belongs on the sheet, in any order.
    obstacles
        What they keep clear of.
    pins
        Text centres set by hand: they are taken first and as they are; what they meet is reported.

    Returns
    -------
    The same answer for any order of the input.

    Source
    ------
    Christensen, Marks, Shieber 1995 (candidate positions, greedy); liking of sides after Imhof
    1975, with the right side first because Chinese names are read as one block.
    """
    ordered = sorted(labels, key=lambda a: (a.priority, -a.weight, a.name, a.layer, a.id))
    taken = _Taken()
    for symbol in obstacles.symbols:
        taken.add(symbol, "符号")
    placed: list[Placed] = []
    unplaced: list[Label] = []
    clashes: list[str] = []
    waiting = []
    for label in ordered:
        if pins is None or label.key not in pins:
            waiting.append(label)
            continue
        x, y = pins[label.key]
        box = Box(x - label.width / 2, y - label.height / 2, label.width, label.height)
        clashes += [f"手工定位的“{label.name}”压住{other}。" for other in taken.met(box)]
        if not obstacles.frame.holds(box):
            clashes.append(f"手工定位的“{label.name}”超出图廓。")
        taken.add(box, f"“{label.name}”")
        placed.append(Placed(label=label, box=box, pinned=True))
    for label, candidates in zip(waiting, _candidates(waiting, obstacles), strict=True):
        chosen = _first_free(label, candidates, obstacles, taken)
        if chosen is None:
            unplaced.append(label)
            continue
        taken.add(chosen.box, f"“{label.name}”")
        if chosen.leader is not None:
            for bead in _beads(chosen.leader):
                taken.add(bead, "引线")
        placed.append(Placed(label=label, box=chosen.box, leader=chosen.leader))
    return Placement(placed=tuple(placed), unplaced=tuple(unplaced), clashes=tuple(clashes))


def _first_free(
    label: Label, candidates: list[_Candidate], obstacles: Obstacles, taken: _Taken
) -> _Candidate | None:
    """Best free place that keeps its distance from names beside it, else the best free one."""
    narrow: _Candidate | None = None
    for candidate in candidates:
        if (
            not obstacles.frame.holds(candidate.box)
            or not taken.free(candidate.box.grown(obstacles.gap))
            or (candidate.leader is not None and not taken.free_line(candidate.leader, label))
        ):
            continue
        if taken.free(_wider(candidate.box, obstacles.aside), names_only=True):
            return candidate
        narrow = narrow or candidate
    return narrow


class _Taken:
    """Boxes in use, in an R-tree."""

    def __init__(self) -> None:
        self._index = rtree.index.Index()
        self._boxes: list[tuple[Box, str]] = []

    def add(self, box: Box, what: str) -> None:
        self._index.insert(len(self._boxes), box.bounds)
        self._boxes.append((box, what))

    def met(self, box: Box) -> list[str]:
        found = sorted(self._index.intersection(box.bounds))
        return [self._boxes[i][1] for i in found if self._boxes[i][0].meets(box)]

    def free(self, box: Box, *, names_only: bool = False) -> bool:
        return not any(
            self._boxes[i][0].meets(box)
            for i in self._index.intersection(box.bounds)
            if not names_only or self._boxes[i][1].startswith("“")
        )

    def free_line(
        self, line: tuple[tuple[float, float], tuple[float, float]], label: Label
    ) -> bool:
        """Whether a leader meets nothing but the symbols at its own foot."""
        foot = label.at or (0.0, 0.0)
        own = label.radius + 1e-6
        for bead in _beads(line):
            for i in self._index.intersection(bead.bounds):
                box = self._boxes[i][0]
                at_foot = abs(box.centre[0] - foot[0]) < own and abs(box.centre[1] - foot[1]) < own
                if box.meets(bead) and not at_foot:
                    return False
        return True


def _wider(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y, box.width + 2 * by, box.height)


def _beads(line: tuple[tuple[float, float], tuple[float, float]]) -> list[Box]:
    """Small boxes along a leader: what a name must not stand on."""
    (x0, y0), (x1, y1) = line
    count = max(int(math.hypot(x1 - x0, y1 - y0) / 0.5), 1)
    return [
        Box(x0 + (x1 - x0) * k / count - 0.1, y0 + (y1 - y0) * k / count - 0.1, 0.2, 0.2)
        for k in range(count + 1)
    ]


def _candidates(labels: Sequence[Label], obstacles: Obstacles) -> list[list[_Candidate]]:
    """Places of each label, best first: liking plus the lines that the box would cross."""
    symbols = rtree.index.Index()
    for number, symbol in enumerate(obstacles.symbols):
        symbols.insert(number, symbol.bounds)
    raw: list[list[_Candidate]] = []
    for label in labels:
        if label.at is not None:
            raw.append(_around(label, _clear_radius(label, symbols, obstacles), obstacles.gap))
        elif label.area is not None:
            raw.append(_within(label, label.area))
        else:
            raw.append([])
    boxes = shapely.box(
        *np.array([c.box.bounds for several in raw for c in several]).reshape(-1, 4).T
    )
    crossing = _BOUNDARY_COST * _hits(boxes, obstacles.boundaries) + _ROAD_COST * np.minimum(
        _hits(boxes, obstacles.roads), 3
    )
    out, start = [], 0
    for several in raw:
        costs = crossing[start : start + len(several)]
        start += len(several)
        ranked = sorted(range(len(several)), key=lambda k: (several[k].cost + costs[k], k))
        out.append([several[k] for k in ranked])
    return out


def _hits(boxes: NDArray[Any], lines: Sequence[Any]) -> NDArray[np.float64]:
    if not len(lines) or not len(boxes):
        return np.zeros(len(boxes))
    found = shapely.STRtree(lines).query(boxes, predicate="intersects")[0]
    return np.bincount(found, minlength=len(boxes)).astype(np.float64)


def _clear_radius(label: Label, symbols: rtree.index.Index, obstacles: Obstacles) -> float:
    """Half size of the largest symbol on the label's point (a centre stands in its village)."""
    x, y = label.at or (0.0, 0.0)
    radius = label.radius
    for number in symbols.intersection((x, y, x, y)):
        box = obstacles.symbols[number]
        reach = max(abs(box.centre[0] - x), abs(box.centre[1] - y)) + box.width / 2
        radius = max(radius, reach)
    return radius


def _around(label: Label, radius: float, gap: float) -> list[_Candidate]:
    x, y = label.at or (0.0, 0.0)
    w, h = label.width, label.height
    out = []
    near = radius + 2 * gap
    corner = near * 0.75
    for rank, (side, level) in enumerate(_AROUND):
        if level == 0:
            left, top = (x + near if side > 0 else x - near - w), y - h / 2
        elif side == 0:
            left, top = x - w / 2, (y - near - h if level < 0 else y + near)
        else:
            left = x + corner if side > 0 else x - corner - w
            top = y - corner - h if level < 0 else y + corner
        out.append(_Candidate(Box(left, top, w, h), rank * 0.5))
    if not label.leader:
        return out
    for rank, (distance, angle) in enumerate(_FAR):
        reach = radius + distance * h
        cx = x + math.cos(angle) * (reach + w / 2)
        cy = y - math.sin(angle) * (reach + h / 2)
        box = Box(cx - w / 2, cy - h / 2, w, h)
        end = (min(max(x, box.x), box.right), min(max(y, box.y), box.bottom))
        length = math.hypot(end[0] - x, end[1] - y)
        if length <= radius + gap:
            continue
        start = (x + (end[0] - x) * radius / length, y + (end[1] - y) * radius / length)
        out.append(_Candidate(box, _FAR_COST + rank * 0.5, (start, end)))
    return out


def _within(label: Label, area: Polygon) -> list[_Candidate]:
    """Places inside a polygon: the inscribed circle's centre, then a lattice, nearest first."""
    w, h = label.width, label.height
    middle = shapely.get_point(shapely.maximum_inscribed_circle(area, tolerance=0.2), 0)
    west, north, east, south = area.bounds
    xs = np.linspace(west, east, 2 * _LATTICE + 1)[1:-1]
    ys = np.linspace(north, south, 2 * _LATTICE + 1)[1:-1]
    centres = np.array([(middle.x, middle.y), *((x, y) for y in ys for x in xs)])
    boxes = shapely.box(
        centres[:, 0] - w / 2, centres[:, 1] - h / 2, centres[:, 0] + w / 2, centres[:, 1] + h / 2
    )
    shapely.prepare(area)
    inside = shapely.contains(area, boxes)
    touching = inside | shapely.contains(area, shapely.points(centres))
    size = max(math.sqrt(area.area), 1e-9)
    far = np.hypot(centres[:, 0] - middle.x, centres[:, 1] - middle.y) / size * 12
    # A name that does not fit wholly may lie over the border, but only if it must.
    cost = far + np.where(inside, 0.0, 20.0)
    return [
        _Candidate(Box(x - w / 2, y - h / 2, w, h), float(cost[k]))
        for k, (x, y) in enumerate(centres)
        if touching[k]
    ]
