"""Papers for the office as .docx: A4, Chinese faces by name, tables and figures that print well.

Faces are only named, never embedded: Office has 仿宋_GB2312 and 黑体; where 方正小标宋 is missing
the font table names 宋体 in its place. A paper made twice from the same rows has the same bytes.
"""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_LINE_SPACING, WD_TAB_ALIGNMENT
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

from webmap.documents.dated import first_day, write_dated
from webmap.documents.paper_parts import FACES, field_runs, font_table, narrow_cells, paint, ruled

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from pathlib import Path

    from docx.styles.style import ParagraphStyle
    from docx.table import Table, _Cell
    from docx.text.paragraph import Paragraph

__all__ = ["BODY_MM", "Paper"]

_TOP, _BOTTOM, _LEFT, _RIGHT = 30, 25, 28, 26
_SIDE = 15  # left and right of a page across: its tables need the width
BODY_MM = 210 - _LEFT - _RIGHT
"""Width of the text on an upright page, mm."""

_INK, _MUTED, _NOTICE = "1F1E1C", "66625C", "B3261E"
_HEAD, _TOTAL = "E6EFED", "F4F2EE"


class Paper:
    """A document that is written from the top down.

    Parameters
    ----------
    title
        Of the document, in its properties and on the first page.
    day
        Day of the data: its only date.
    notice
        What every page says in red (示意数据 非法定); empty says nothing.
    running
        What stands at the left of every page's head.
    publisher
        编制单位; empty leaves it out of the properties.
    across
        A4 lying on its side.
    foot
        What stands at the left of every page's foot; None: the day of the data.

    Attributes
    ----------
    body_mm
        Width of the text on the page, mm.
    """

    def __init__(
        self,
        title: str,
        *,
        day: date,
        notice: str = "",
        running: str = "",
        publisher: str = "",
        across: bool = False,
        foot: str | None = None,
    ) -> None:
        self.day = day
        self.body_mm = 297 - 2 * _SIDE if across else BODY_MM
        self.document = Document()
        self._figures, self._tables = count(1), count(1)
        self._styles()
        self._page(running or title, notice, foot or f"资料截止 {day:%Y-%m-%d}", across=across)
        properties = self.document.core_properties
        moment = first_day(day)
        properties.created = properties.modified = datetime(  # noqa: DTZ001  (docx has no zones)
            moment.year, moment.month, moment.day
        )
        properties.title, properties.author = title, publisher or "xygeo"
        properties.last_modified_by, properties.comments = publisher or "xygeo", notice
        properties.language, properties.revision = "zh-CN", 1
        self._titled(title)

    def heading(self, text: str, level: int = 1, *, new_page: bool = False) -> None:
        """Begin a part, on a new page if asked: level 1 is 一、, level 2 is （一）."""
        paragraph = self.document.add_paragraph(text, style=f"Heading {level}")
        paragraph.paragraph_format.page_break_before = new_page or None

    def text(self, text: str, *, bold: bool = False) -> Paragraph:
        """Write a paragraph of running text, its first line indented by two letters."""
        paragraph = self.document.add_paragraph()
        paragraph.paragraph_format.first_line_indent = Pt(24)
        run = paragraph.add_run(text)
        run.bold = bold
        return paragraph

    def points(self, lines: Sequence[tuple[str, str]]) -> None:
        """Write paragraphs that begin with a word in bold."""
        for word, text in lines:
            paragraph = self.text(word, bold=True)
            paragraph.add_run(text)

    def note(self, text: str, *, color: str = _MUTED) -> None:
        """Write a small remark below a table or figure."""
        paragraph = self.document.add_paragraph(style="Caption")
        paragraph.alignment = WD_ALIGN_PARAGRAPH.LEFT
        paragraph.paragraph_format.space_after = Pt(8)
        paint(paragraph.add_run(text), "body", 9, color=color)

    def figures(self, cells: Sequence[tuple[str, str]]) -> None:
        """Write large figures side by side, each over its caption."""
        table = self._grid(2, [self.body_mm / len(cells)] * len(cells))
        for place, (figure, caption) in enumerate(cells):
            for row, (text, face, size, color) in enumerate(
                ((figure, "title", 17, "16786D"), (caption, "body", 10, _MUTED))
            ):
                paragraph = table.cell(row, place).paragraphs[0]
                paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
                self._tight(paragraph)
                paint(paragraph.add_run(text), face, size, color=color)
        ruled(table, top=8, bottom=8)
        self._gap()

    def table(
        self,
        caption: str,
        columns: Sequence[tuple[str, str]],
        rows: Sequence[Sequence[str]],
        *,
        widths: Sequence[float] = (),
        total: bool = False,
        note: str = "",
    ) -> None:
        """Write a table whose head is repeated on every page and whose rows are never broken.

        Parameters
        ----------
        caption
            Stands above, numbered.
        columns
            Heading, and `left` or `right`, of each column.
        rows
            Texts.
        widths
            Shares of the columns; nothing: equal.
        total
            Whether the last row is a sum.
        note
            A remark below.
        """
        number = next(self._tables)
        self._caption(f"表 {number}　{caption}", above=True)
        shares = list(widths) or [1.0] * len(columns)
        table = self._grid(1 + len(rows), [self.body_mm * share / sum(shares) for share in shares])
        lines = list(table.rows)  # once: `table.cell` counts all cells anew at each call
        head = lines[0]._tr.get_or_add_trPr()  # noqa: SLF001  (python-docx has no other way)
        head.append(OxmlElement("w:tblHeader"))
        for cell, (text, side) in zip(lines[0].cells, columns, strict=True):
            self._cell(cell, text, side, face="head", fill=_HEAD)
        for row, texts in enumerate(rows, start=1):
            last = total and row == len(rows)
            for cell, text, (_, side) in zip(lines[row].cells, texts, columns, strict=True):
                self._cell(
                    cell,
                    text,
                    side,
                    face="head" if last else "body",
                    fill=_TOTAL if last else "",
                    kept=row < len(rows) and (row < 3 or row > len(rows) - 2),
                )
        ruled(table, top=8, bottom=8, inside=2)
        if note:
            self.note(note)
        else:
            self._gap()

    def figure(self, picture: bytes, caption: str, *, width_mm: float, alt: str) -> None:
        """Place a PNG with its numbered caption below, both on one page.

        Parameters
        ----------
        picture
            The file's content.
        caption, alt
            What stands below, and what a reader who cannot see it is told.
        width_mm
            On paper; not above `BODY_MM`.
        """
        paragraph = self.document.add_paragraph()
        paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        paragraph.paragraph_format.keep_with_next = True
        self._tight(paragraph)
        drawn = paragraph.add_run().add_picture(
            BytesIO(picture), width=Mm(min(width_mm, self.body_mm - 4))
        )
        drawn._inline.docPr.set("descr", alt)  # noqa: SLF001  (python-docx has no other way)
        drawn._inline.docPr.set("title", caption)  # noqa: SLF001
        self._caption(f"图 {next(self._figures)}　{caption}", above=False)

    def save(self, path: Path) -> None:
        """Write the paper, whole or not at all; the same rows are the same bytes."""
        made = BytesIO()
        self.document.save(made)
        write_dated(made, path, self.day, parts={"word/fontTable.xml": font_table()})

    def _titled(self, title: str) -> None:
        paragraph = self.document.add_paragraph(style="Title")
        paragraph.add_run(title)

    def _gap(self) -> None:
        paragraph = self.document.add_paragraph()
        self._tight(paragraph)
        paragraph.paragraph_format.line_spacing = Pt(8)
        paragraph.paragraph_format.line_spacing_rule = WD_LINE_SPACING.EXACTLY

    def _caption(self, text: str, *, above: bool) -> None:
        paragraph = self.document.add_paragraph(text, style="Caption")
        paragraph.paragraph_format.keep_with_next = above

    def _grid(self, rows: int, widths: Sequence[float]) -> Table:
        table: Table = self.document.add_table(rows=rows, cols=len(widths))
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        narrow_cells(table, Mm(1))
        table.autofit = False
        for place, width in enumerate(widths):
            table.columns[place].width = Mm(width)
            for cell in table.columns[place].cells:
                cell.width = Mm(width)
        for row in table.rows:
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001
        return table

    def _cell(
        self, cell: _Cell, text: str, side: str, *, face: str, fill: str = "", kept: bool = False
    ) -> None:
        paragraph = cell.paragraphs[0]
        paragraph.alignment = (
            WD_ALIGN_PARAGRAPH.RIGHT if side == "right" else WD_ALIGN_PARAGRAPH.LEFT
        )
        self._tight(paragraph)
        paragraph.paragraph_format.space_before = Pt(2)
        paragraph.paragraph_format.space_after = Pt(2)
        paragraph.paragraph_format.keep_with_next = kept or face == "head"
        paint(paragraph.add_run(text), face, 9.5)
        if fill:
            shade = f'<w:shd {nsdecls("w")} w:val="clear" w:color="auto" w:fill="{fill}"/>'
            cell._tc.get_or_add_tcPr().append(parse_xml(shade))  # noqa: SLF001

    @staticmethod
    def _tight(paragraph: Paragraph) -> None:
        form = paragraph.paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing = 1.0
        form.first_line_indent = Pt(0)

    def _page(self, running: str, notice: str, below: str, *, across: bool) -> None:
        section = self.document.sections[0]
        if across:
            section.orientation = WD_ORIENT.LANDSCAPE
            section.page_width, section.page_height = Mm(297), Mm(210)
            section.top_margin, section.bottom_margin = Mm(24), Mm(18)
            section.left_margin = section.right_margin = Mm(_SIDE)
        else:
            section.page_width, section.page_height = Mm(210), Mm(297)
            section.top_margin, section.bottom_margin = Mm(_TOP), Mm(_BOTTOM)
            section.left_margin, section.right_margin = Mm(_LEFT), Mm(_RIGHT)
        section.header_distance, section.footer_distance = Mm(15), Mm(12)
        head = section.header.paragraphs[0]
        _right_tab(head, self.body_mm)
        paint(head.add_run(running), "body", 9, color=_MUTED)
        if notice:
            paint(head.add_run(f"\t{notice}"), "head", 10.5, color=_NOTICE)
        foot = section.footer.paragraphs[0]
        _right_tab(foot, self.body_mm)
        paint(foot.add_run(f"{below}\t第 "), "body", 9, color=_MUTED)
        field_runs(foot, "PAGE", color=_MUTED)
        paint(foot.add_run(" 页，共 "), "body", 9, color=_MUTED)
        field_runs(foot, "NUMPAGES", color=_MUTED)
        paint(foot.add_run(" 页"), "body", 9, color=_MUTED)

    def _styles(self) -> None:
        styles = self.document.styles
        for name, face, size, above, below in (
            ("Normal", "body", 12, 0, 4),
            ("Title", "title", 20, 0, 10),
            ("Heading 1", "head", 15, 12, 6),
            ("Heading 2", "kai", 13, 8, 4),
            ("Caption", "head", 10.5, 6, 4),
            ("Header", "body", 9, 0, 0),
            ("Footer", "body", 9, 0, 0),
        ):
            style: Any = styles[name]
            _dress(style, face, size)
            style.paragraph_format.space_before = Pt(above)
            style.paragraph_format.space_after = Pt(below)
            if name in {"Title", "Caption"}:
                style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
            elif name == "Normal":
                style.paragraph_format.line_spacing = 1.4
        # Of the template: a rule below the title, tab stops of another paper, an English language.
        for name, part in (("Title", "w:pBdr"), ("Header", "w:tabs"), ("Footer", "w:tabs")):
            form: Any = styles[name].element.get_or_add_pPr()
            for found in form.findall(qn(part)):
                form.remove(found)
        for language in styles.element.iter(qn("w:lang")):
            language.set(qn("w:eastAsia"), "zh-CN")


def _dress(style: ParagraphStyle, face: str, size: float) -> None:
    """Give a style its faces, size and colour; what the template's theme says is taken away."""
    font = style.font
    font.size, font.bold, font.italic = Pt(size), False, False
    font.color.rgb = RGBColor.from_string(_INK)
    latin, eastern = FACES[face]
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in list(fonts.attrib):
        del fonts.attrib[name]
    for name in ("ascii", "hAnsi", "cs"):
        fonts.set(qn(f"w:{name}"), latin)
    fonts.set(qn("w:eastAsia"), eastern)


def _right_tab(paragraph: Paragraph, width_mm: float) -> None:
    """Set one tab stop at the right edge of the text."""
    stops = paragraph.paragraph_format.tab_stops
    stops.add_tab_stop(Mm(width_mm), WD_TAB_ALIGNMENT.RIGHT)
