"""The display list: everything on a sheet as plain paths and texts in page millimetres."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

__all__ = ["Box", "Item", "PathItem", "TextItem", "text_box"]

_ASCENT, _DESCENT = 0.88, 0.12
"""The em box of CJK faces: what a PDF reader reports as the box of a word."""


class Box(NamedTuple):
    """A rectangle on the page, mm, y down."""

    x: float
    y: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.x + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.y + self.height

    @property
    def centre(self) -> tuple[float, float]:
        """The middle."""
        return self.x + self.width / 2, self.y + self.height / 2

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """Left, top, right, bottom."""
        return self.x, self.y, self.right, self.bottom

    def grown(self, by: float) -> Box:
        """Box with a margin of `by` on all sides; negative shrinks it."""
        return Box(self.x - by, self.y - by, self.width + 2 * by, self.height + 2 * by)

    def holds(self, other: Box) -> bool:
        """Whether `other` lies inside, edges included."""
        return (
            self.x <= other.x
            and self.y <= other.y
            and other.right <= self.right
            and other.bottom <= self.bottom
        )

    def meets(self, other: Box) -> bool:
        """Whether the two share an area; touching edges do not count."""
        return (
            self.x < other.right
            and other.x < self.right
            and self.y < other.bottom
            and other.y < self.bottom
        )


@dataclass(frozen=True, kw_only=True, eq=False)
class PathItem:
    """Lines or rings drawn with one pen.

    Attributes
    ----------
    lines
        (n, 2) arrays, mm.
    closed
        Rings: each is closed; holes by the even-odd rule.
    layer
        Where it comes from, for tests and messages.
    """

    lines: tuple[NDArray[np.float64], ...]
    closed: bool = False
    fill: str | None = None
    opacity: float = 1.0
    stroke: str | None = None
    width: float = 0.0
    dash: tuple[float, ...] = ()
    cap: str = "butt"
    join: str = "round"
    layer: str = ""


@dataclass(frozen=True, kw_only=True)
class TextItem:
    """One run of text, upright, on one baseline.

    Attributes
    ----------
    x, y
        The anchor on the baseline, mm.
    family
        Font role: `hei` (sans) or `song` (serif).
    halo
        Width of the rim around the letters, mm; 0 is none.
    weight
        Thickening of the strokes in em (our only bold: the fonts have one weight); not with a halo.
    spacing
        Extra advance after each letter, mm.
    face
        Name of the font to use when the role's first one lacks a character.
    """

    x: float
    y: float
    text: str
    size: float
    family: str = "hei"
    fill: str = "#000000"
    anchor: str = "start"
    halo: float = 0.0
    halo_color: str = "#ffffff"
    weight: float = 0.0
    spacing: float = 0.0
    layer: str = ""
    id: str = ""
    face: str = ""


Item = PathItem | TextItem


def text_box(item: TextItem, width: float) -> Box:
    """Em box of a text whose advance is `width`."""
    shift = {"start": 0.0, "middle": -width / 2, "end": -width}[item.anchor]
    return Box(item.x + shift, item.y - _ASCENT * item.size, width, item.size)
