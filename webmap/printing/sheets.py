"""A printed sheet: one drawing, placed once, written as PDF, SVG or PNG."""

from __future__ import annotations

import os
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from layers.whole_files import whole_file
from webmap.printing.errors import SheetError
from webmap.printing.export import render_pdf, render_png
from webmap.printing.svg import render_svg

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    import pyproj

    from webmap.printing.fonts import FontBook
    from webmap.printing.items import Item
    from webmap.printing.labels import Label, Placed, Placement
    from webmap.printing.page import Page
    from webmap.printing.pins import Pin

__all__ = ["Sheet", "SheetOptions"]

_FORMATS = (".pdf", ".svg", ".png")


@dataclass(frozen=True, kw_only=True)
class SheetOptions:
    """How a sheet is wanted; what is None the recipe decides.

    Attributes
    ----------
    paper, scale
        Name of the paper; denominator of the scale.
    publish
        internal, review or public.
    review_no, approval
        审图号 and approval file number, entered by a person.
    graticule
        Draw meridians and parallels too.
    date
        编制日期; None takes the data's day.
    publisher
        编制单位.
    pins
        Text centres set by hand.
    crosses
        Test crosses, stamped 检测用.
    fonts
        Further font files for rare characters.
    """

    paper: str | None = None
    scale: int | None = None
    publish: str = "internal"
    review_no: str | None = None
    approval: str | None = None
    graticule: bool = False
    date: date | None = None
    publisher: str = ""
    pins: tuple[Pin, ...] = ()
    crosses: bool = False
    fonts: tuple[Path, ...] = ()


@dataclass(frozen=True, kw_only=True, eq=False)
class Sheet:
    """A finished sheet: its display list and all that is known about it.

    Attributes
    ----------
    items
        Display list, page mm, in drawing order; every text has passed the glyph gate.
    placement
        Where the names stand, which found no place, and pins that meet something.
    crosses
        Eastings and northings of the test crosses.
    """

    name: str
    title: str
    page: Page
    crs: pyproj.CRS
    items: tuple[Item, ...]
    placement: Placement
    book: FontBook
    fonts: tuple[str, ...]
    mode: str
    day: date
    quality: str
    convergence_deg: float
    data_hash: str
    warnings: tuple[str, ...] = ()
    crosses: tuple[tuple[float, float], ...] = ()

    @property
    def placed(self) -> tuple[Placed, ...]:
        """Names with their places."""
        return self.placement.placed

    @property
    def unplaced(self) -> tuple[Label, ...]:
        """Names that belong here and found no place."""
        return self.placement.unplaced

    @cached_property
    def svg(self) -> str:
        """The drawing as SVG text."""
        return render_svg(
            self.items, width=self.page.width, height=self.page.height, title=self.title
        )

    @cached_property
    def pdf(self) -> bytes:
        """The drawing as PDF: the same bytes on every run."""
        return render_pdf(
            self.svg,
            self.book,
            width=self.page.width,
            height=self.page.height,
            day=self.day,
            title=self.title,
        )

    def png(self, *, dpi: float = 300) -> bytes:
        """Give the drawing as PNG; a preview is the same drawing at fewer dots.

        Parameters
        ----------
        dpi
            Resolution.

        Raises
        ------
        SheetError
            If it is out of range.
        """
        return render_png(self.pdf, dpi=dpi)

    def write(self, path: str | os.PathLike[str], *, dpi: float = 300) -> Path:
        """Write the sheet; the file appears whole or not at all.

        Parameters
        ----------
        path
            Ends in .pdf, .svg or .png; folders are made.
        dpi
            Of a PNG.

        Raises
        ------
        SheetError
            If the ending is another, or the resolution is out of range.
        """
        target = Path(path)
        kind = target.suffix.lower()
        if kind not in _FORMATS:
            raise SheetError(
                f"不能写 {target.name}：只支持 {'、'.join(_FORMATS)}，请改 --out。",
                code="unknown_format",
                where=target.name,
            )
        if kind == ".svg":
            content = self.svg.encode()
        elif kind == ".pdf":
            content = self.pdf
        else:
            content = self.png(dpi=dpi)
        target.parent.mkdir(parents=True, exist_ok=True)
        with whole_file(target) as part:
            part.write_bytes(content)
        return target

    def to_json(self, *, files: Sequence[str | os.PathLike[str]] = ()) -> dict[str, Any]:
        """Give the answer of ``xygeo print --json``."""
        out: dict[str, Any] = {
            "sheet": self.name,
            "title": self.title,
            "paper": self.page.paper,
            "scale": self.page.scale,
            "mode": self.mode,
            "files": [str(file) for file in files],
            "placed": [
                {
                    "layer": p.label.layer,
                    "id": p.label.id,
                    "name": p.label.name,
                    "x_mm": round(p.box.centre[0], 3),
                    "y_mm": round(p.box.centre[1], 3),
                }
                for p in self.placed
            ],
            "unplaced": [{"layer": a.layer, "id": a.id, "name": a.name} for a in self.unplaced],
            "clashes": list(self.placement.clashes),
            "fonts": list(self.fonts),
            "quality": self.quality,
            "convergence_deg": self.convergence_deg,
            "crs": self.crs.to_string() if self.crs.to_epsg() else self.crs.name,
            "extent": [round(v, 3) for v in self.page.extent],
            "frame_mm": [round(v, 3) for v in self.page.frame],
            "data_hash": self.data_hash,
            "warnings": list(self.warnings),
        }
        if self.crosses:
            out["crosses"] = [{"e": e, "n": n} for e, n in self.crosses]
        return out
