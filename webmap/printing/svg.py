"""The display list as SVG text: millimetres, three decimals, real text, nothing from outside."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from webmap.printing.items import Item, PathItem, TextItem

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    from numpy.typing import NDArray

__all__ = ["render_svg"]


def render_svg(items: Iterable[Item], *, width: float, height: float, title: str = "") -> str:
    """Draw a display list.

    Parameters
    ----------
    items
        In drawing order, page mm. Texts must have passed the glyph gate.
    width, height
        Paper, mm.
    title
        The document's title.
    """
    size = f'width="{_mm(width)}mm" height="{_mm(height)}mm"'
    view = f'viewBox="0 0 {_mm(width)} {_mm(height)}"'
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" {size} {view}>',
        f"<title>{escape(title)}</title>",
    ]
    parts.extend(_path(item) if isinstance(item, PathItem) else _text(item) for item in items)
    parts.append("</svg>\n")
    return "\n".join(parts)


def _path(item: PathItem) -> str:
    data = "".join(_line(line, closed=item.closed) for line in item.lines if len(line) > 1)
    if not data:
        return ""
    style = f' fill="{item.fill}"' if item.fill else ' fill="none"'
    if item.fill and item.closed:
        style += ' fill-rule="evenodd"'
    if item.fill and item.opacity < 1:
        style += f' fill-opacity="{_mm(item.opacity)}"'
    if item.stroke:
        style += f' stroke="{item.stroke}" stroke-width="{_mm(item.width)}"'
        style += f' stroke-linejoin="{item.join}"'
        if item.cap != "butt":
            style += f' stroke-linecap="{item.cap}"'
        if item.dash:
            style += f' stroke-dasharray="{" ".join(map(_mm, item.dash))}"'
    return f'<path d="{data}"{style}/>'


def _line(line: NDArray[np.float64], *, closed: bool) -> str:
    points = line[:-1] if closed and len(line) > 3 and (line[0] == line[-1]).all() else line
    pairs = [f"{_mm(x)} {_mm(y)}" for x, y in points.tolist()]
    return f"M{pairs[0]}L{' '.join(pairs[1:])}{'Z' if closed else ''}"


def _text(item: TextItem) -> str:
    style = f' font-family={quoteattr(item.face)} font-size="{_mm(item.size)}" fill="{item.fill}"'
    if item.anchor != "start":
        style += f' text-anchor="{item.anchor}"'
    if item.spacing:
        style += f' letter-spacing="{_mm(item.spacing)}"'
    # One text with a rim: two stacked ones would be in the PDF's text twice.
    if item.halo:
        style += (
            f' stroke="{item.halo_color}" stroke-width="{_mm(2 * item.halo)}"'
            ' stroke-linejoin="round" paint-order="stroke"'
        )
    elif item.weight:
        style += f' stroke="{item.fill}" stroke-width="{_mm(item.weight * item.size)}"'
    return f'<text x="{_mm(item.x)}" y="{_mm(item.y)}"{style}>{escape(item.text)}</text>'


def _mm(value: float) -> str:
    text = f"{value:.3f}".rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
