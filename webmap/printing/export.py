"""SVG text to PDF (typst) and PDF to PNG (pdfium): the one way from display list to paper."""

from __future__ import annotations

import math
import struct
import zlib
from datetime import UTC, datetime, time
from typing import TYPE_CHECKING, Final

import numpy as np

from webmap.printing.errors import SheetError

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from webmap.printing.fonts import FontBook

__all__ = ["render_pdf", "render_png"]

_MAX_DPI = 1200
_FINE_DPI = 220
_PNG_ROWS = 256

_STANDARD: Final = "a-2u"
"""PDF/A-2u: for the archive, every font embedded, every letter searchable."""

_DOCUMENT = """\
#set document(title: sys.inputs.title, date: datetime(year: {day.year}, month: {day.month}, day: {day.day}))
#set page(width: {width}mm, height: {height}mm, margin: 0mm)
#image(bytes(sys.inputs.svg), format: "svg", width: {width}mm, height: {height}mm, alt: sys.inputs.title)
"""  # noqa: E501  (a typst line)


def render_pdf(
    svg: str, fonts: FontBook, *, width: float, height: float, day: date, title: str = ""
) -> bytes:
    """Compile one SVG page to PDF/A-2u: the same bytes on every run and machine.

    Parameters
    ----------
    svg
        Text of `render_svg`; no file is read or written.
    fonts
        The only fonts there are: neither the system's nor typst's own are looked at.
    width, height
        Paper, mm.
    day
        The document's date: the sheet's, never the clock's.
    title
        The document's title and alternative text.
    """
    import typst  # noqa: PLC0415  (only needed to print)

    folders = sorted({str(face.path.parent) for face in fonts.faces})
    book = typst.Fonts(
        include_system_fonts=False, include_embedded_fonts=False, font_paths=list(folders)
    )
    return typst.compile(
        _DOCUMENT.format(day=day, width=width, height=height).encode(),
        format="pdf",
        font_paths=book,
        ignore_system_fonts=True,
        sys_inputs={"svg": svg, "title": title},
        pdf_standards=_STANDARD,
        timestamp=datetime.combine(day, time(), tzinfo=UTC),
    )


def render_png(pdf: bytes, *, dpi: float = 300) -> bytes:
    """Render the first page of a PDF.

    Parameters
    ----------
    pdf
        The bytes of `render_pdf`.
    dpi
        Dots an inch, 36 to 1200.

    Raises
    ------
    SheetError
        If the resolution is out of range.
    """
    import pypdfium2  # noqa: PLC0415  (only needed to print)

    if not 36 <= dpi <= _MAX_DPI:
        raise SheetError(f"分辨率 {dpi:g} 不在 36 到 {_MAX_DPI} 之间，请改 --dpi。", where="dpi")
    document = pypdfium2.PdfDocument(pdf)
    try:
        # pdfium draws no line thinner than a pixel: a coarse picture is the mean of a fine one.
        fine = math.ceil(_FINE_DPI / dpi)
        bitmap = document[0].render(scale=fine * dpi / 72, rev_byteorder=True)
        pixels = bitmap.to_numpy()[:, :, :3]
        return _png(pixels if fine == 1 else _coarse(pixels, fine), dpi)
    finally:
        document.close()


def _coarse(pixels: NDArray[np.uint8], by: int) -> NDArray[np.uint8]:
    """Mean of blocks of by x by pixels; the edge is filled up with white."""
    height, width = (-(-size // by) * by for size in pixels.shape[:2])
    padding = ((0, height - pixels.shape[0]), (0, width - pixels.shape[1]), (0, 0))
    padded = np.pad(pixels, padding, constant_values=255)
    blocks = padded.reshape(height // by, by, width // by, by, 3)
    mean: NDArray[np.uint8] = np.rint(blocks.mean(axis=(1, 3))).astype(np.uint8)
    return mean


def _png(pixels: NDArray[np.uint8], dpi: float) -> bytes:
    """Write RGB rows as PNG; the whole image is never copied (A0 at 300 dpi is 400 MB)."""
    height, width = pixels.shape[:2]
    squeeze = zlib.compressobj(6)
    packed = bytearray()
    for start in range(0, height, _PNG_ROWS):
        block = pixels[start : start + _PNG_ROWS]
        rows = np.zeros((len(block), 1 + 3 * width), dtype=np.uint8)  # filter 0 before each row
        rows[:, 1:] = block.reshape(len(block), -1)
        packed += squeeze.compress(rows.tobytes())
    packed += squeeze.flush()
    per_metre = round(dpi / 0.0254)
    chunks = (
        (b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)),
        (b"pHYs", struct.pack(">IIB", per_metre, per_metre, 1)),
        (b"IDAT", bytes(packed)),
        (b"IEND", b""),
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in chunks
    )
