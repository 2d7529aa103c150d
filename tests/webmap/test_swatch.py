"""Legend drawings: well formed, each its own."""

from __future__ import annotations

from xml.dom import minidom

from webmap.style import legend_rows, load_style
from webmap.swatch import swatch, symbol_svg

STYLE = load_style()


def test_swatches_are_drawings_of_their_own():
    # Rays to references look alike whether their length is to scale; no sheet has both.
    keys = [key for key in every_key() if key != "line.reference_scaled"]
    drawings = [swatch(row.style) for row in legend_rows(STYLE, keys)]
    assert len(set(drawings)) == len(drawings)
    for drawing in drawings:
        assert minidom.parseString(drawing).documentElement.tagName == "svg"  # noqa: S318


def every_key() -> list[str]:
    return [
        *(f"line.{name}" for name in STYLE.lines),
        *(f"area.{name}" for name in STYLE.areas),
        *(f"dot.{name}" for name in STYLE.dots),
        *(f"gap.{place}" for place in range(5)),
        *(f"share.{place}" for place in range(5)),
        *(f"road.{place}" for place in range(len(STYLE.roads))),
        *(f"facility.{kind}" for kind in (*STYLE.facilities, "other")),
    ]


def test_a_hollow_symbol_swaps_fill_and_outline():
    solid, hollow = (symbol_svg(STYLE.facility("station", hollow=h)) for h in (False, True))
    color, outline = STYLE.facility("station").color, STYLE.facility("station").outline
    assert f'fill="{color}" stroke="{outline}"' in solid
    assert f'fill="{outline}" stroke="{color}"' in hollow


def test_a_line_with_dashes_has_round_dots_and_its_band():
    drawing = swatch(STYLE.lines["county"])
    assert 'stroke-dasharray="12 4 0.1 4" stroke-linecap="round"' in drawing
    assert STYLE.lines["county"].band.color in drawing
