"""Small SVG pictures of a style, for legends and markers in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

from webmap.style import AreaStyle, DotStyle, GapClass, LineStyle, SymbolStyle

if TYPE_CHECKING:
    from webmap.style import LegendStyle

__all__ = ["swatch", "symbol_svg"]

_WIDTH, _HEIGHT = 34, 22


def swatch(style: LegendStyle) -> str:
    """Draw the legend picture of a style, 34 x 22 px.

    Parameters
    ----------
    style
        Any style of a legend row.

    Returns
    -------
    An SVG element without outer reference, hidden from screen readers (the title stands beside).
    """
    if isinstance(style, SymbolStyle):
        # A pin stands on its place: in a legend its middle is what must be in the middle.
        heights = [y for _, y in style.ring] or [0.0]
        up = style.size_px / 2 * (min(heights) + max(heights)) / 2
        body = _symbol(style, _WIDTH / 2, _HEIGHT / 2 - (up if max(heights) <= 0 else 0))
    elif isinstance(style, LineStyle):
        body = _line(style)
    elif isinstance(style, AreaStyle):
        body = _box(style.color, style.color, style.opacity)
    elif isinstance(style, GapClass) and not style.size_px:
        body = _box(style.color, style.outline, 1)
    else:
        body = _dot(style)
    return _svg(_WIDTH, _HEIGHT, body)


def symbol_svg(style: SymbolStyle) -> str:
    """Draw a facility's symbol as a square SVG element with room for its outline."""
    side = style.size_px + 4
    return _svg(side, side, _symbol(style, side / 2, side / 2))


def _svg(width: float, height: float, body: str) -> str:
    return (
        f'<svg width="{width:g}" height="{height:g}" viewBox="0 0 {width:g} {height:g}" '
        f'aria-hidden="true" focusable="false">{body}</svg>'
    )


def _symbol(style: SymbolStyle, x: float, y: float) -> str:
    half = style.size_px / 2
    fill, stroke = (style.outline, style.color) if style.hollow else (style.color, style.outline)
    paint = f'fill="{fill}" stroke="{stroke}" stroke-width="{2 if style.hollow else 1.5:g}"'
    if not style.ring:
        return f'<circle cx="{x:g}" cy="{y:g}" r="{half:g}" {paint}/>'
    points = " ".join(f"{x + half * dx:.2f},{y + half * dy:.2f}" for dx, dy in style.ring)
    return f'<polygon points="{points}" {paint} stroke-linejoin="round"/>'


def _line(style: LineStyle) -> str:
    middle = _HEIGHT / 2
    ends = f'x1="1" y1="{middle:g}" x2="{_WIDTH - 1}" y2="{middle:g}"'
    band = ""
    if style.band:
        band = f'<line {ends} stroke="{style.band.color}" stroke-width="{style.band.width_px:g}"/>'
    dash = ""
    if style.dash_px:
        pattern = " ".join(f"{part:g}" for part in style.dash_px)
        dash = f' stroke-dasharray="{pattern}" stroke-linecap="round"'
    return f'{band}<line {ends} stroke="{style.color}" stroke-width="{style.width_px:g}"{dash}/>'


def _box(fill: str, stroke: str, opacity: float) -> str:
    return (
        f'<rect x="3" y="4" width="{_WIDTH - 6}" height="{_HEIGHT - 8}" rx="2" fill="{fill}" '
        f'fill-opacity="{opacity:g}" stroke="{stroke}"/>'
    )


def _dot(style: DotStyle | GapClass) -> str:
    return (
        f'<circle cx="{_WIDTH / 2:g}" cy="{_HEIGHT / 2:g}" r="{style.size_px / 2:g}" '
        f'fill="{style.color}" stroke="{style.outline}"/>'
    )
