"""The A3 sheet once its data are loaded: drawing, PDF, PNG."""

from time import perf_counter

import pytest

from tests.webmap.printing.build import county_picture
from webmap.printing import circles_sheet
from webmap.printing.export import render_png

pytestmark = pytest.mark.bench


def test_the_county_sheet_from_picture_to_paper():
    picture = county_picture()
    circles_sheet(picture).pdf  # noqa: B018  (fonts and libraries are loaded once)
    started = perf_counter()
    sheet = circles_sheet(picture)
    drawn = perf_counter()
    pdf = sheet.pdf
    written = perf_counter()
    png = render_png(pdf, dpi=300)
    rendered = perf_counter()
    assert png
    print(
        f"\nA3 sheet: draw {drawn - started:.2f} s, PDF {written - drawn:.2f} s"
        f" (target 1.5 s together), PNG 300 dpi {rendered - written:.2f} s,"
        f" {len(pdf) // 1024} KiB, placed {len(sheet.placed)}, unplaced {len(sheet.unplaced)}"
    )
