"""Names on the map: placed greedily by priority, no two meet, none covers a symbol."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import rtree

from webmap.printing.candidates import Candidate, Line, candidates
from webmap.printing.items import Box

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from shapely import LineString, Polygon

__all__ = ["Label", "Obstacles", "Placed", "Placement", "place"]

Key: TypeAlias = tuple[str, str]
"""Layer and id of a name."""

_SYMBOL = -1
"""Owner of the boxes that are no name's."""

_BEAD, _BEAD_STEP = 0.2, 0.5
"""A leader is kept clear as a string of small boxes: their size and distance, mm."""

_MOVED = 2
"""So many names may be moved for one that found no room."""

_TRIALS = 150
"""So often that is tried on one sheet: a hopelessly full map must not take minutes."""


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
        the polygon it names, mm; or
    line
        the line it names, mm: one stretch of it is enough.
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
    line: LineString | None = None
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
    leader: Line | None = None
    pinned: bool = False


@dataclass(frozen=True, kw_only=True, eq=False)
class Placement:
    """Where all names are: `placed`, `unplaced` and pins that meet something (`clashes`)."""

    placed: tuple[Placed, ...]
    unplaced: tuple[Label, ...]
    clashes: tuple[str, ...]


def place(
    labels: Sequence[Label],
    obstacles: Obstacles,
    *,
    pins: Mapping[Key, tuple[float, float]] | None = None,
) -> Placement:
    """Place names greedily: by priority, then the larger, then name, place and id.

    A name that finds no room then makes some, if one or two names in its way have another place.

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
    1975, with the right side first because Chinese names are read as one block. Making room is
    ours.
    """
    ordered = sorted(
        labels,
        # The place before the id: ids may be made anew for the same data.
        key=lambda a: (a.priority, -a.weight, a.name, a.layer, a.at or (0.0, 0.0), a.id),
    )
    board = _Board(ordered, obstacles)
    clashes: list[str] = []
    for number, label in enumerate(ordered):
        if pins is not None and label.key in pins:
            clashes += board.pin(number, pins[label.key])
    waiting = [number for number in range(len(ordered)) if number not in board.placed]
    places = candidates([ordered[number] for number in waiting], obstacles)
    board.places = dict(zip(waiting, places, strict=True))
    for number in waiting:
        board.place(number)
    for number in waiting:
        if number not in board.placed:
            board.make_room(number)
    return Placement(
        placed=tuple(board.placed[number] for number in sorted(board.placed)),
        unplaced=tuple(a for number, a in enumerate(ordered) if number not in board.placed),
        clashes=tuple(clashes),
    )


class _Board:
    """Symbols, names and leaders in an R-tree; names are known by their number."""

    def __init__(self, labels: Sequence[Label], obstacles: Obstacles) -> None:
        self.labels, self.obstacles = labels, obstacles
        self.places: dict[int, list[Candidate]] = {}
        self.placed: dict[int, Placed] = {}
        self._index = rtree.index.Index()
        self._boxes: dict[int, tuple[Box, int]] = {}
        self._owned: dict[int, list[int]] = {}
        self._next = 0
        self._trials = 0
        for symbol in obstacles.symbols:
            self._add(symbol, _SYMBOL)

    def pin(self, number: int, centre: tuple[float, float]) -> list[str]:
        """Put a name where a person wants it; answers what it meets."""
        label = self.labels[number]
        x, y = centre[0] - label.width / 2, centre[1] - label.height / 2
        box = Box(x, y, label.width, label.height)
        owners = sorted({self._boxes[i][1] for i in self._meeting(box)})
        met = ["符号" if k == _SYMBOL else f"“{self.labels[k].name}”" for k in owners]
        if not self.obstacles.frame.holds(box):
            met.append("图廓线")
        self._put(number, Placed(label=label, box=box, pinned=True))
        return [f"手工定位的“{label.name}”压住{other}。" for other in met]

    def place(self, number: int) -> bool:
        """Put a name on its best free place, if possible with a distance to names beside it."""
        narrow: Candidate | None = None
        for candidate in self.places[number]:
            if self._in_the_way(number, candidate) != set():
                continue
            beside = self._meeting(_wider(candidate.box, self.obstacles.aside))
            if all(self._boxes[i][1] == _SYMBOL for i in beside):
                narrow = candidate
                break
            narrow = narrow or candidate
        if narrow is None:
            return False
        label = self.labels[number]
        self._put(number, Placed(label=label, box=narrow.box, leader=narrow.leader))
        return True

    def make_room(self, number: int) -> bool:
        """Put a name where one or two others stand, if those find another place."""
        for candidate in self.places[number]:
            others = self._in_the_way(number, candidate)
            if not others or len(others) > _MOVED or any(self.placed[k].pinned for k in others):
                continue
            if self._trials >= _TRIALS:
                return False
            self._trials += 1
            before = {k: self._lift(k) for k in sorted(others)}
            label = self.labels[number]
            self._put(number, Placed(label=label, box=candidate.box, leader=candidate.leader))
            if all(self.place(k) for k in before):
                return True
            for k in (number, *before):
                if k in self.placed:
                    self._lift(k)
            for k, old in before.items():
                self._put(k, old)
        return False

    def _put(self, number: int, placed: Placed) -> None:
        self.placed[number] = placed
        self._add(placed.box, number)
        for bead in _beads(placed.leader):
            self._add(bead, number)

    def _lift(self, number: int) -> Placed:
        for i in self._owned.pop(number):
            self._index.delete(i, self._boxes.pop(i)[0].bounds)
        return self.placed.pop(number)

    def _add(self, box: Box, owner: int) -> None:
        self._index.insert(self._next, box.bounds)
        self._boxes[self._next] = (box, owner)
        self._owned.setdefault(owner, []).append(self._next)
        self._next += 1

    def _meeting(self, box: Box) -> list[int]:
        return [i for i in self._index.intersection(box.bounds) if self._boxes[i][0].meets(box)]

    def _in_the_way(self, number: int, candidate: Candidate) -> set[int] | None:
        """Names on a place; None if a symbol or the frame is, which nobody can move."""
        if not self.obstacles.frame.holds(candidate.box):
            return None
        met = {self._boxes[i][1] for i in self._meeting(candidate.box.grown(self.obstacles.gap))}
        if _SYMBOL in met:
            return None
        label = self.labels[number]
        x, y = label.at or (0.0, 0.0)
        foot = Box(x, y, 0.0, 0.0).grown(label.radius)
        beads = _beads(candidate.leader)
        if beads:
            (x0, y0), (x1, y1) = beads[0].centre, beads[-1].centre
            around = Box(min(x0, x1), min(y0, y1), abs(x1 - x0), abs(y1 - y0)).grown(_BEAD / 2)
            for i in self._meeting(around):
                box, owner = self._boxes[i]
                if not any(box.meets(bead) for bead in beads):
                    continue
                if owner != _SYMBOL:
                    met.add(owner)
                elif not box.meets(foot):  # a leader may leave through symbols on its own foot
                    return None
        return met


def _wider(box: Box, by: float) -> Box:
    return Box(box.x - by, box.y, box.width + 2 * by, box.height)


def _beads(line: Line | None) -> list[Box]:
    """Small boxes along a leader: what a name must not stand on."""
    if line is None:
        return []
    (x0, y0), (x1, y1) = line
    count = max(int(math.hypot(x1 - x0, y1 - y0) / _BEAD_STEP), 1)
    return [
        Box(x0 + (x1 - x0) * k / count, y0 + (y1 - y0) * k / count, 0, 0).grown(_BEAD / 2)
        for k in range(count + 1)
    ]
