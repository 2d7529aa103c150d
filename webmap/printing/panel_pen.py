"""The pen of a panel: headings, running text, figures and tables from the top down."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from webmap.printing.items import Item, PathItem, TextItem
from webmap.printing.typeset import broken

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from webmap.printing.fonts import FontBook
    from webmap.printing.recipe import Layout
    from webmap.style import Style

__all__ = ["PanelPen"]

_USUAL_MM = 86.0
"""Width of a panel on A3, for which columns of tables are given."""


class PanelPen:
    """A cursor that runs down the panel.

    Attributes
    ----------
    y, bottom
        Where the next thing starts, and how far down there is room, mm.
    items
        What is drawn so far.
    keys
        Legend keys of what occurs on the map.
    convergence_deg
        Grid north against true north in the middle of the map, positive east.
    """

    def __init__(self, layout: Layout, style: Style, fonts: FontBook, road_factor: float) -> None:
        self.layout, self.style, self.fonts = layout, style, fonts
        self.road_factor = road_factor
        self.left, self.right = layout.panel.x, layout.panel.right
        self.y = layout.panel.y
        self.bottom = layout.panel.bottom
        self.items: list[Item] = []
        self.keys: frozenset[str] = frozenset()
        self.convergence_deg = 0.0

    def mm(self, length: float) -> float:
        """Length on this paper of `length` mm on A3."""
        return length * self.layout.unit

    def text(self, x: float, y: float, text: str, size: str, **more: Any) -> None:  # noqa: ANN401
        """Write a text at a place in a size of the layout."""
        values = {"fill": self.style.ink, "layer": "panel", **more}
        self.items.append(TextItem(x=x, y=y, text=text, size=self.layout.sizes[size], **values))

    def rule(self, y: float, pen: str = "rule", color: str | None = None) -> None:
        """Draw a line across the panel."""
        self.items.append(
            PathItem(
                lines=(np.array([(self.left, y), (self.right, y)]),),
                stroke=color or self.layout.colors["rule"],
                width=self.layout.pens[pen],
                layer="panel",
            )
        )

    def heading(self, title: str, note: str = "") -> None:
        """Begin a block: its title, a note at the right, a rule below."""
        size = self.layout.sizes["heading"]
        self.y += 0.88 * size
        self.text(self.left, self.y, title, "heading", weight=0.03)
        if note:
            self.text(
                self.right,
                self.y,
                note,
                "tiny",
                anchor="end",
                fill=self.layout.colors["muted"],
            )
        self.y += self.mm(1.7)
        self.rule(self.y, "heading", self.style.ink)

    def paragraph(self, text: str, size: str, color: str) -> None:
        """Write running text; the cursor then stands on its last line."""
        height = self.layout.sizes[size]
        lines = broken(text, self.right - self.left, size=height, role="hei", fonts=self.fonts)
        for number, line in enumerate(lines):
            self.text(self.left, self.y + number * 1.55 * height, line, size, fill=color)
        self.y += (len(lines) - 1) * 1.55 * height

    def key_figures(self, columns: Sequence[tuple[str, str, str]]) -> None:
        """Write large figures side by side: the figure, its caption, its colour."""
        step = (self.right - self.left) / len(columns)
        base = self.y + self.mm(10.0)
        for number, (figure, caption, color) in enumerate(columns):
            x = self.left + number * step
            size = self.layout.sizes["figure"]
            wide = self.fonts.width(figure, size=size, role="song")
            size *= min(1.0, (step - self.mm(2)) / wide)
            self.items.append(
                TextItem(
                    x=x,
                    y=base,
                    text=figure,
                    size=size,
                    family="song",
                    fill=color,
                    weight=0.02,
                    layer="panel",
                )
            )
            self.text(x, base + self.mm(4.2), caption, "small", fill=self.layout.colors["muted"])
        self.y = base + self.mm(10.2)

    def table(
        self,
        titles: Sequence[str],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float],
        pitch: float,
        total: Sequence[str] = (),
        named: int = 1,
        size: str = "body",
    ) -> None:
        """Write a table under its heading; every second row is striped.

        Parameters
        ----------
        titles, rows, total
            Cells from left to right; an empty total is none.
        widths
            Of the columns, mm on A3; they widen with a panel that is wider than usual.
        pitch
            Height of a row, mm.
        named
            The column of names, which stands at its left edge; all others at their right.
        size
            Of the rows' letters.
        """
        wider = (self.right - self.left) / self.mm(_USUAL_MM)
        edges = self.left + np.cumsum([0.0, *(self.mm(width) * wider for width in widths)])
        self.y += self.mm(3.6)
        self._row(edges, titles, "tiny", self.layout.colors["muted"], named=named)
        self.y += self.mm(1.4)
        self.rule(self.y)
        for number, row in enumerate(rows):
            if number % 2 == 1:
                self._stripe(self.y, pitch)
            self.y += pitch
            self._row(edges, row, size, self.style.ink, named=named, lift=0.32 * pitch)
        self.rule(self.y)
        if total:
            self.y += pitch
            self._row(
                edges, total, size, self.style.ink, named=named, lift=0.32 * pitch, weight=0.03
            )
            self.rule(self.y, "heading", self.style.ink)

    def _stripe(self, y: float, height: float) -> None:
        ring = [(self.left, y), (self.right, y), (self.right, y + height), (self.left, y + height)]
        self.items.append(
            PathItem(
                lines=(np.array([*ring, ring[0]]),),
                closed=True,
                fill=self.layout.colors["stripe"],
                layer="panel",
            )
        )

    def _row(
        self,
        edges: NDArray[np.float64],
        cells: Sequence[str],
        size: str,
        color: str,
        *,
        named: int,
        lift: float = 0.0,
        weight: float = 0.0,
    ) -> None:
        y = self.y - lift
        for number, cell in enumerate(cells):
            if not cell:
                continue
            if number == named:
                x = float(edges[number])
                self.text(x, y, cell, size, fill=color, weight=weight)
            else:
                x = float(edges[number + 1]) - (self.mm(2.0) if number < named else 0)
                self.text(x, y, cell, size, fill=color, anchor="end", weight=weight)
