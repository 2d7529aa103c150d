"""PDF and PNG: page size, fonts, text, and the same bytes on every machine."""

import hashlib
import io
import os
import struct
import subprocess
import sys
from datetime import date
from pathlib import Path

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from webmap.printing.errors import SheetError
from webmap.printing.export import render_pdf, render_png
from webmap.printing.fonts import default_fonts
from webmap.printing.items import PathItem, TextItem
from webmap.printing.svg import render_svg

FONTS = default_fonts()


def pdf(*words: str) -> bytes:
    texts = [
        TextItem(x=20, y=20 + 5 * n, text=word, size=4, halo=0.3) for n, word in enumerate(words)
    ]
    items = FONTS.check(texts, strict=True).items
    svg = render_svg(items, width=420, height=297)
    return render_pdf(svg, FONTS, width=420, height=297, day=date(2026, 11, 1), title="图")


def test_the_page_has_its_size():
    document = pypdfium2.PdfDocument(pdf("虒亭"))
    size = [points * 25.4 / 72 for points in document[0].get_size()]
    document.close()
    assert size == pytest.approx([420, 297], abs=0.05)


def test_every_text_is_in_the_pdf_once():
    document = pypdfium2.PdfDocument(pdf("虒亭镇", "贾垴", "Pflege"))
    text = document[0].get_textpage().get_text_range()
    document.close()
    assert [text.count(word) for word in ("虒亭镇", "贾垴", "Pflege")] == [1, 1, 1]


def test_the_pdf_is_made_for_the_archive():
    assert b"<pdfaid:part>2</pdfaid:part>" in pdf("虒亭")


def test_the_document_date_is_the_sheet_s():
    document = pypdfium2.PdfDocument(pdf("虒亭"))
    made = document.get_metadata_dict()["CreationDate"]
    document.close()
    assert made.startswith("D:20261101")


def test_a_png_has_the_pixels_of_its_resolution():
    png = render_png(pdf("虒亭"), dpi=72)
    width, height = struct.unpack(">II", png[16:24])
    assert (width, height) == (1191, 842)


def test_a_png_shows_what_the_pdf_shows():
    image = Image.open(io.BytesIO(render_png(pdf("虒亭"), dpi=72)))
    low, high = image.convert("L").getextrema()
    assert low < 100 < high
    assert image.getpixel((0, 0)) == (255, 255, 255)
    assert image.info["dpi"] == pytest.approx((72, 72), abs=0.1)


def test_a_coarse_png_has_thin_lines_in_grey():
    thin = PathItem(lines=(np.array([(10.0, 100.0), (400.0, 100.0)]),), stroke="#000", width=0.05)
    svg = render_svg([thin], width=420, height=297)
    page = render_pdf(svg, FONTS, width=420, height=297, day=date(2026, 11, 1))
    darkest = Image.open(io.BytesIO(render_png(page, dpi=50))).convert("L").getextrema()[0]
    assert 100 < darkest < 250


@pytest.mark.parametrize("dpi", [0, 10_000])
def test_an_odd_resolution_is_refused(dpi):
    with pytest.raises(SheetError, match="dpi"):
        render_png(b"", dpi=dpi)


_SCRIPT = """
import hashlib, sys
from tests.webmap.printing.build import small_picture
from webmap.printing import circles_sheet
from webmap.printing.export import render_png
sheet = circles_sheet(small_picture())
for content in (sheet.svg.encode(), sheet.pdf, render_png(sheet.pdf, dpi=50)):
    print(hashlib.sha256(content).hexdigest())
"""


@pytest.mark.slow
def test_another_locale_time_zone_and_folder_give_the_same_bytes(tmp_path: Path):
    root = Path(__file__).resolve().parents[3]
    found = []
    for folder, locale, zone in ((root, "C.UTF-8", "UTC"), (tmp_path, "C", "Asia/Shanghai")):
        env = {**os.environ, "LC_ALL": locale, "TZ": zone, "PYTHONPATH": str(root)}
        env["PYTHONHASHSEED"] = str(len(found) + 1)
        done = subprocess.run(
            [sys.executable, "-c", _SCRIPT], cwd=folder, env=env, capture_output=True, check=True
        )
        found.append(done.stdout.split())
    assert len(found[0]) == 3
    assert found[0] == found[1]


def test_the_same_input_gives_the_same_bytes():
    assert hashlib.sha256(pdf("虒亭")).digest() == hashlib.sha256(pdf("虒亭")).digest()
