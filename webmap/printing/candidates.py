"""Where a name could stand: around its point or further out, inside its area, beside its line."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
import rtree
import shapely

from webmap.printing.items import Box

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray
    from shapely import LineString, Polygon

    from webmap.printing.labels import Label, Obstacles

__all__ = ["Candidate", "Line", "candidates", "fits_within"]

Line: TypeAlias = tuple[tuple[float, float], tuple[float, float]]
"""A leader, from the symbol to the text."""

_AROUND = ((1, 0), (1, -1), (1, 1), (-1, 0), (-1, -1), (-1, 1), (0, -1), (0, 1))
"""Sides of a point in order of liking: right, upper right, lower right, left, ..., above, below."""

_FAR = tuple(
    (distance, math.radians(30 * turn))
    for distance in (2.0, 3.6, 5.6, 8.0)
    for turn in (0, 1, 11, 5, 6, 7, 3, 9, 2, 10, 4, 8)
)
"""Places further out with a leader line, by distance in letter heights and direction: the first 24
serve almost every name, the farther 24 the heart of a town."""

_BOUNDARY_COST, _ROAD_COST, _FAR_COST, _LATTICE = 6.0, 1.5, 8.0, 9
_BENT_COST, _STEEP_COST, _STRETCHES = 30.0, 3.0, 60
_STRANGE_COST, _NEAR = 2.5, 0.45
"""What a symbol of somebody else costs that is nearer than this part of a letter's height."""


@dataclass(frozen=True, eq=False)
class Candidate:
    """A place for one name; the lower the cost, the better."""

    box: Box
    cost: float
    leader: Line | None = None


def candidates(labels: Sequence[Label], obstacles: Obstacles) -> list[list[Candidate]]:
    """Places of each label, best first: liking plus the lines that the box would cross.

    Parameters
    ----------
    labels
        The names.
    obstacles
        Symbols on the names' own points push the places outwards; crossed lines cost.

    Returns
    -------
    A list for each label; whether a place is free is not looked at.
    """
    symbols = rtree.index.Index()
    for number, symbol in enumerate(obstacles.symbols):
        symbols.insert(number, symbol.bounds)
    raw: list[list[Candidate]] = []
    for label in labels:
        if label.at is not None:
            raw.append(_around(label, _clear_radius(label, symbols, obstacles), obstacles.gap))
        elif label.area is not None:
            raw.append(_within(label, label.area))
        elif label.line is not None:
            raw.append(_beside(label, label.line, obstacles.gap))
        else:
            raw.append([])
    boxes = shapely.box(
        *np.array([c.box.bounds for several in raw for c in several]).reshape(-1, 4).T
    )
    crossing = _BOUNDARY_COST * _hits(boxes, obstacles.boundaries) + _ROAD_COST * np.minimum(
        _hits(boxes, obstacles.roads), 3
    )
    crossing += _STRANGE_COST * _strange(labels, raw, boxes, obstacles)
    out, start = [], 0
    for several in raw:
        costs = crossing[start : start + len(several)]
        start += len(several)
        ranked = sorted(range(len(several)), key=lambda k: (several[k].cost + costs[k], k))
        out.append([several[k] for k in ranked])
    return out


def _strange(
    labels: Sequence[Label],
    raw: Sequence[Sequence[Candidate]],
    boxes: NDArray[Any],
    obstacles: Obstacles,
) -> NDArray[np.float64]:
    """How many symbols of others stand so near a place that the name could be theirs."""
    count = np.zeros(len(boxes))
    if not len(obstacles.symbols) or not len(boxes):
        return count
    owners = np.repeat(np.arange(len(labels)), [len(several) for several in raw])
    symbols = shapely.box(*np.array([symbol.bounds for symbol in obstacles.symbols]).T)
    feet = shapely.points([label.at or (math.nan, math.nan) for label in labels])
    near = np.array([_NEAR * label.height for label in labels])
    place, symbol = shapely.STRtree(symbols).query(
        boxes, predicate="dwithin", distance=near[owners]
    )
    named = np.array([label.at is not None for label in labels])[owners[place]]
    own = shapely.intersects(symbols[symbol], feet[owners[place]])
    np.add.at(count, place[named & ~own], 1.0)
    return count


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


def _around(label: Label, radius: float, gap: float) -> list[Candidate]:
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
        out.append(Candidate(Box(left, top, w, h), rank * 0.5))
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
        out.append(Candidate(box, _FAR_COST + rank * 0.5, (start, end)))
    return out


def fits_within(area: Polygon, width: float, height: float) -> bool:
    """Whether some place that is tried for an area's name lies wholly inside it.

    Parameters
    ----------
    area
        What is named, mm.
    width, height
        Of the text, mm.
    """
    boxes = _lattice(area, width, height)[1]
    return bool(shapely.contains(area, boxes).any())


def _lattice(area: Polygon, w: float, h: float) -> tuple[NDArray[Any], NDArray[Any]]:
    """Centres and boxes that are tried: the inscribed circle's centre, then a lattice."""
    middle = shapely.get_point(shapely.maximum_inscribed_circle(area, tolerance=0.2), 0)
    west, north, east, south = area.bounds
    xs = np.linspace(west, east, 2 * _LATTICE + 1)[1:-1]
    ys = np.linspace(north, south, 2 * _LATTICE + 1)[1:-1]
    centres = np.array([(middle.x, middle.y), *((x, y) for y in ys for x in xs)])
    boxes = shapely.box(
        centres[:, 0] - w / 2, centres[:, 1] - h / 2, centres[:, 0] + w / 2, centres[:, 1] + h / 2
    )
    return centres, boxes


def _within(label: Label, area: Polygon) -> list[Candidate]:
    """Places inside a polygon, nearest to the inscribed circle's centre first."""
    w, h = label.width, label.height
    centres, boxes = _lattice(area, w, h)
    middle = shapely.Point(centres[0])
    shapely.prepare(area)
    inside = shapely.contains(area, boxes)
    touching = inside | shapely.contains(area, shapely.points(centres))
    size = max(math.sqrt(area.area), 1e-9)
    far = np.hypot(centres[:, 0] - middle.x, centres[:, 1] - middle.y) / size * 12
    # A name that does not fit wholly may lie over the border, but only if it must.
    cost = far + np.where(inside, 0.0, 20.0)
    return [
        Candidate(Box(x - w / 2, y - h / 2, w, h), float(cost[k]))
        for k, (x, y) in enumerate(centres)
        if touching[k]
    ]


def _beside(label: Label, line: LineString, gap: float) -> list[Candidate]:
    """Places beside a line, the name upright: the straightest and most level stretches first."""
    w, h = label.width, label.height
    if line.length < w:
        return []
    starts = np.linspace(0.0, line.length - w, min(int(4 * (line.length - w) / w) + 1, _STRETCHES))
    ends = shapely.get_coordinates(shapely.line_interpolate_point(line, starts + w))
    feet = shapely.get_coordinates(shapely.line_interpolate_point(line, starts))
    middles = shapely.get_coordinates(shapely.line_interpolate_point(line, starts + w / 2))
    along = ends - feet
    chords = np.hypot(along[:, 0], along[:, 1])
    out = []
    for (x, y), (dx, dy), chord in zip(middles, along, chords, strict=True):
        if chord <= 0:
            continue
        bent, steep = 1.0 - chord / w, abs(dy) / chord
        # Above and below a level stretch, left and right of a steep one; clear of the line itself.
        across = w / 2 * steep + h / 2 * abs(dx) / chord + 2 * gap
        for side in (-1.0, 1.0):
            upward = math.copysign(1.0, dx) if dx else 1.0
            cx = x - side * upward * dy / chord * across
            cy = y + side * upward * dx / chord * across
            cost = _BENT_COST * bent + _STEEP_COST * steep + (0.2 if side > 0 else 0.0)
            out.append(Candidate(Box(cx - w / 2, cy - h / 2, w, h), cost))
    return out
