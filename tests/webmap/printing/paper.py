"""A printed sheet as its PDF tells it: words with their boxes, shapes with their colours."""

from __future__ import annotations

import ctypes
import io
import math
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from xml.etree import ElementTree as ET

import numpy as np
import pdfplumber
import pypdfium2 as pdfium
from pdfminer.pdftypes import resolve1
from pypdfium2 import raw

from webmap.printing.items import Box

MM = 25.4 / 72

_WIDEST, _APART = 0.75, 0.1
"""In letter heights: no name is spaced wider; two names stand at least so far apart."""


@dataclass(frozen=True)
class Word:
    text: str
    box: Box


@dataclass(frozen=True)
class Shape:
    """A path; the box is that of its points, without the width of its pen."""

    fill: str | None
    stroke: str | None
    box: Box


class Paper:
    """Everything in mm from the upper left corner, read by pdfium."""

    def __init__(self, pdf: bytes) -> None:
        self.pdf = pdf
        self._document = pdfium.PdfDocument(pdf)
        self._page = self._document[0]
        width, height = self._page.get_size()
        self.size = width * MM, height * MM
        self._height = height

    def _box(self, left: float, bottom: float, right: float, top: float) -> Box:
        return Box(left * MM, (self._height - top) * MM, (right - left) * MM, (top - bottom) * MM)

    @cached_property
    def letters(self) -> list[tuple[str, Box, float]]:
        """Every letter, its box and its baseline; what pdfium adds between words is left out."""
        text = self._page.get_textpage()
        found = []
        for number in range(text.count_chars()):
            if raw.FPDFText_IsGenerated(text.raw, number):
                continue
            letter = chr(raw.FPDFText_GetUnicode(text.raw, number))
            x, y = ctypes.c_double(), ctypes.c_double()
            raw.FPDFText_GetCharOrigin(text.raw, number, x, y)
            box = self._box(*text.get_charbox(number, loose=True))
            found.append((letter, box, (self._height - y.value) * MM))
        return found

    @cached_property
    def words(self) -> list[Word]:
        """Letters on one baseline at one distance; pdfium may mix texts of nearby lines."""
        out: list[Word] = []
        spacing: list[float] = []
        latest: dict[float, int] = {}
        for letter, box, baseline in self.letters:
            line = round(baseline, 3)
            here = latest.get(line)
            if here is not None:
                last = out[here].box
                gap = (box.x - last.right) / min(last.height, box.height)
                if math.isnan(spacing[here]) and gap < _WIDEST:
                    spacing[here] = max(gap, 0.0)
                # A blank bridges the words of its text; "ff" may be one glyph with one box.
                if -1.2 < gap < spacing[here] + _APART:
                    top, foot = min(last.y, box.y), max(last.bottom, box.bottom)
                    whole = Box(last.x, top, max(last.right, box.right) - last.x, foot - top)
                    out[here] = Word(out[here].text + letter.strip(), whole)
                    continue
            if letter.strip():
                latest[line] = len(out)
                out.append(Word(letter, box))
                spacing.append(math.nan)
        return out

    @cached_property
    def shapes(self) -> list[Shape]:
        return [
            shape
            for item in self._page.get_objects(filter=[raw.FPDF_PAGEOBJ_PATH], max_depth=15)
            if (shape := self._shape(item)) is not None
        ]

    def _shape(self, item: Any) -> Shape | None:
        points = []
        for number in range(raw.FPDFPath_CountSegments(item.raw)):
            x, y = ctypes.c_float(), ctypes.c_float()
            segment = raw.FPDFPath_GetPathSegment(item.raw, number)
            raw.FPDFPathSegment_GetPoint(segment, x, y)
            points.append(item.get_matrix().on_point(x.value, y.value))
        if not points:
            return None
        west, south = np.min(points, axis=0)
        east, north = np.max(points, axis=0)
        mode, stroked = ctypes.c_int(), ctypes.c_int()
        raw.FPDFPath_GetDrawMode(item.raw, mode, stroked)
        return Shape(
            _color(raw.FPDFPageObj_GetFillColor, item) if mode.value else None,
            _color(raw.FPDFPageObj_GetStrokeColor, item) if stroked.value else None,
            self._box(west, south, east, north),
        )

    @cached_property
    def fonts(self) -> list[dict[str, Any]]:
        """Subtype, name, whether embedded and whether letters can be searched, of each font."""
        with pdfplumber.open(io.BytesIO(self.pdf)) as document:
            found = resolve1(document.pages[0].page_obj.resources["Font"])
            out = []
            for reference in found.values():
                font = resolve1(reference)
                below = resolve1(resolve1(font.get("DescendantFonts", [font]))[0])
                descriptor = resolve1(below.get("FontDescriptor", {}))
                out.append(
                    {
                        "subtype": font["Subtype"].name,
                        "name": below["BaseFont"].name,
                        "embedded": any(name.startswith("FontFile") for name in descriptor),
                        "unicode": "ToUnicode" in font,
                    }
                )
        return out

    def inside(self, frame: Box) -> list[Word]:
        """Words whose middle lies in a box."""
        return [word for word in self.words if frame.holds(Box(*word.box.centre, 0, 0))]


def _color(read: Any, item: Any) -> str:
    parts = [ctypes.c_uint() for _ in range(4)]
    read(item.raw, *parts)
    return "#{:02x}{:02x}{:02x}".format(*(part.value for part in parts[:3]))


def svg_texts(svg: str) -> list[str]:
    """Every text of an SVG."""
    root = ET.fromstring(svg)  # noqa: S314  (our own)
    return [node.text or "" for node in root.iter("{http://www.w3.org/2000/svg}text")]


def letters_of(texts: list[str]) -> Counter[str]:
    return Counter(letter for text in texts for letter in text if letter.strip())
