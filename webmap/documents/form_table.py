"""Ruled tables of forms in a .docx, written as XML at once: a record has thousands of cells."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape, quoteattr

from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn

from webmap.documents.paper_parts import FACES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from docx.document import Document

__all__ = ["GridCell", "add_grid"]

_TWIPS_A_MM = 1440 / 25.4
_UNBROKEN = 200
"""A row with more letters than this in a cell may be broken between pages: it may fill one."""


@dataclass(frozen=True, kw_only=True)
class GridCell:
    """One cell.

    Attributes
    ----------
    text
        What it says; a line break is one.
    span
        How many columns it covers.
    down
        ``restart`` begins a cell that covers rows, ``continue`` goes on with it.
    head
        Whether it is a title: 黑体 on a pale ground.
    side
        ``left``, ``center`` or ``right``.
    """

    text: str
    span: int = 1
    down: str = ""
    head: bool = False
    side: str = "left"


def add_grid(
    document: Document,
    widths_mm: Sequence[float],
    rows: Sequence[Sequence[GridCell]],
    *,
    heads: int = 0,
    size: float = 9.0,
    least_mm: float = 0.0,
) -> None:
    """Add a ruled table at the end of a document.

    Parameters
    ----------
    document
        The document.
    widths_mm
        Of the columns; together as wide as the page's text.
    rows
        Cells whose spans add up to the columns.
    heads
        How many rows are repeated on every page.
    size
        Of the letters, points.
    least_mm
        Least height of a row.
    """
    widths = [round(width * _TWIPS_A_MM) for width in widths_mm]
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in widths)
    body = "".join(
        _row(row, widths, head=n < heads, size=size, least_mm=least_mm)
        for n, row in enumerate(rows)
    )
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="2B2A28"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    table = parse_xml(
        f'<w:tbl {nsdecls("w")}><w:tblPr><w:tblW w:w="{sum(widths)}" w:type="dxa"/>'
        f'<w:jc w:val="center"/><w:tblBorders>{edges}</w:tblBorders>'
        '<w:tblLayout w:type="fixed"/><w:tblCellMar><w:left w:w="40" w:type="dxa"/>'
        '<w:right w:w="40" w:type="dxa"/></w:tblCellMar></w:tblPr>'
        f"<w:tblGrid>{grid}</w:tblGrid>{body}</w:tbl>"
    )
    document.element.body.find(qn("w:sectPr")).addprevious(table)


def _row(
    cells: Sequence[GridCell], widths: Sequence[int], *, head: bool, size: float, least_mm: float
) -> str:
    longest = max(len(cell.text) for cell in cells)
    about = "<w:cantSplit/>" if longest <= _UNBROKEN else ""
    if least_mm:
        about += f'<w:trHeight w:val="{round(least_mm * _TWIPS_A_MM)}" w:hRule="atLeast"/>'
    about += "<w:tblHeader/>" if head else ""
    made, at = [], 0
    for cell in cells:
        made.append(_cell(cell, sum(widths[at : at + cell.span]), size, kept=head))
        at += cell.span
    return f"<w:tr><w:trPr>{about}</w:trPr>{''.join(made)}</w:tr>"


def _cell(cell: GridCell, width: int, size: float, *, kept: bool) -> str:
    about = f'<w:tcW w:w="{width}" w:type="dxa"/>'
    if cell.span > 1:
        about += f'<w:gridSpan w:val="{cell.span}"/>'
    if cell.down:
        about += f'<w:vMerge w:val="{cell.down}"/>'
    if cell.head:
        about += '<w:shd w:val="clear" w:color="auto" w:fill="EEF1EF"/>'
    about += '<w:vAlign w:val="center"/>'
    latin, eastern = FACES["head" if cell.head else "body"]
    faces = f"w:ascii={quoteattr(latin)} w:hAnsi={quoteattr(latin)} w:eastAsia={quoteattr(eastern)}"
    look = f'<w:rPr><w:rFonts {faces}/><w:sz w:val="{round(2 * size)}"/></w:rPr>'
    lines = "<w:br/>".join(
        f'<w:t xml:space="preserve">{escape(line)}</w:t>' for line in cell.text.split("\n")
    )
    form = "<w:keepNext/>" if kept else ""
    form += '<w:spacing w:before="20" w:after="20" w:line="240" w:lineRule="auto"/>'
    form += f'<w:jc w:val="{cell.side}"/>'
    return (
        f"<w:tc><w:tcPr>{about}</w:tcPr><w:p><w:pPr>{form}</w:pPr>"
        f"<w:r>{look}{lines}</w:r></w:p></w:tc>"
    )
