"""Small pieces of a .docx that python-docx has no words for: faces, fields, rules, font table."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Pt, RGBColor

if TYPE_CHECKING:
    from docx.shared import Length
    from docx.table import Table
    from docx.text.paragraph import Paragraph
    from docx.text.run import Run

__all__ = ["FACES", "field_runs", "font_table", "narrow_cells", "paint", "ruled"]

FACES = {
    "title": ("Times New Roman", "方正小标宋简体"),
    "head": ("Arial", "黑体"),
    "kai": ("Times New Roman", "楷体_GB2312"),
    "body": ("Times New Roman", "仿宋_GB2312"),
}
"""Role -> Latin and Chinese face."""

_INSTEAD = {
    "方正小标宋简体": "宋体",
    "黑体": "SimHei",
    "楷体_GB2312": "楷体",
    "仿宋_GB2312": "仿宋",
}
"""Face -> the one to take where it is missing."""

_AFTER_BORDERS = ("shd", "tblLayout", "tblCellMar", "tblLook")
"""What the schema wants behind the borders of a table."""


def paint(run: Run, face: str, size: float, *, color: str = "1F1E1C") -> None:
    """Give a run its faces, size and colour.

    Parameters
    ----------
    run
        The text.
    face
        A role of `FACES`.
    size
        Points.
    color
        Six hexadecimal digits.
    """
    latin, eastern = FACES[face]
    run.font.name, run.font.size = latin, Pt(size)
    run.font.color.rgb = RGBColor.from_string(color)
    run.element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), eastern)


def field_runs(paragraph: Paragraph, code: str, *, color: str) -> None:
    """Add a field that Office works out, such as PAGE."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run("1" if kind == "text" else "")
        paint(run, "body", 9, color=color)
        if kind == "":
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run.element.append(instruction)
        elif kind != "text":
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run.element.append(mark)


def ruled(table: Table, *, top: int, bottom: int, inside: int = 0) -> None:
    """Draw rules above and below a table, and fine ones between its rows; none upright.

    Parameters
    ----------
    table
        The table.
    top, bottom, inside
        Eighths of a point; 0 is none.
    """

    def edge(name: str, size: int, color: str) -> str:
        if not size:
            return f'<w:{name} w:val="nil"/>'
        return f'<w:{name} w:val="single" w:sz="{size}" w:space="0" w:color="{color}"/>'

    edges = (
        edge("top", top, "2B2A28"),
        edge("left", 0, ""),
        edge("bottom", bottom, "2B2A28"),
        edge("right", 0, ""),
        edge("insideH", inside, "BFBAB1"),
        edge("insideV", 0, ""),
    )
    borders = parse_xml(f"<w:tblBorders {nsdecls('w')}>{''.join(edges)}</w:tblBorders>")
    about = table._tbl.tblPr  # noqa: SLF001  (python-docx has no other way)
    later = [about.find(qn(f"w:{name}")) for name in _AFTER_BORDERS]
    first = next((found for found in later if found is not None), None)
    if first is None:
        about.append(borders)
    else:
        first.addprevious(borders)


def narrow_cells(table: Table, margin: Length) -> None:
    """Set the room left and right of the text in every cell of a table."""
    sides = "".join(
        f'<w:{side} w:w="{round(margin.twips)}" w:type="dxa"/>' for side in ("left", "right")
    )
    found = parse_xml(f"<w:tblCellMar {nsdecls('w')}>{sides}</w:tblCellMar>")
    about = table._tbl.tblPr  # noqa: SLF001  (python-docx has no other way)
    look = about.find(qn("w:tblLook"))
    if look is None:
        about.append(found)
    else:
        look.addprevious(found)


def font_table() -> bytes:
    """Make the part word/fontTable.xml: each face and what stands in for it."""
    names = dict.fromkeys(name for pair in FACES.values() for name in pair)
    fonts = "".join(
        f"<w:font w:name={quoteattr(name)}>"
        + (f"<w:altName w:val={quoteattr(_INSTEAD[name])}/>" if name in _INSTEAD else "")
        + f'<w:charset w:val="{"86" if name in _INSTEAD else "00"}"/></w:font>'
        for name in names
    )
    head = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
    return f"{head}<w:fonts {nsdecls('w')}>{fonts}</w:fonts>".encode()
