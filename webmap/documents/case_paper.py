"""Documents of cases as .docx: forms and tables that print on A4, a map, small photos."""

from __future__ import annotations

from io import BytesIO
from itertools import zip_longest
from typing import TYPE_CHECKING

from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.shared import Mm, Pt

from webmap.documents.filled import (
    MISSING,
    Block,
    Form,
    FormTable,
    Head,
    Lines,
    MapPlace,
    PhotoPlace,
    Signatures,
    Words,
    clean,
)
from webmap.documents.form_table import GridCell, add_grid
from webmap.documents.paper import Paper
from webmap.documents.paper_parts import paint
from webmap.documents.photo_copies import small_copy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date
    from pathlib import Path
    from typing import Any

    from docx.table import _Cell

    from layers.files import Files
    from webmap.documents.filled import Filled

__all__ = ["write_case_paper"]

_MAP_MM = 120.0  # at most
_PHOTOS_A_ROW, _PHOTO_MM = 3, (46.0, 36.0)
_TITLE_MM = (26.0, 20.0)  # of titles in forms: two pairs in a row, three
_SIGN_MM = (17.0, 13.0)  # room for a seal: on an upright page, on one across


def write_case_paper(
    filled: Filled,
    rows: Mapping[str, Any],
    path: Path,
    *,
    day: date,
    files: Files | None = None,
    publisher: str = "",
) -> None:
    """Write a document.

    Parameters
    ----------
    filled, rows
        The document in words, and its rows: map and photos.
    path
        The file, whose folder exists; written whole or not at all.
    day
        On which it was made.
    files
        Where the photos are kept; None leaves them out.
    publisher
        编制单位, for the properties.
    """
    paper = Paper(
        filled.title,
        day=day,
        notice=rows["notice"],
        running=rows["title"],
        publisher=publisher,
        across=filled.across,
        foot=f"形成日期 {day:%Y-%m-%d}" + (f"　办件 {rows['case_id']}" if rows["case_id"] else ""),
    )
    writer = _Writer(paper, rows, day, files, across=filled.across)
    for block, after in zip_longest(filled.blocks, filled.blocks[1:]):
        writer.write(block)
        if isinstance(block, Words) and isinstance(after, FormTable):
            paper.document.paragraphs[-1].paragraph_format.keep_with_next = True
    if rows["source"]:
        paper.note(clean(f"来源：{rows['source']}"))
    paper.save(path)


class _Writer:
    """Puts blocks on a paper."""

    def __init__(
        self,
        paper: Paper,
        rows: Mapping[str, Any],
        day: date,
        files: Files | None,
        *,
        across: bool,
    ) -> None:
        self.paper, self.rows, self.day, self.files = paper, rows, day, files
        self.across = across

    def write(self, block: Block) -> None:
        match block:
            case Head(text):
                self.paper.heading(text)
            case Words(text, small, indent):
                self._words(text, small=small, indent=indent)
            case Form(rows):
                self._form(rows)
            case FormTable():
                self._table(block)
            case MapPlace(caption, without):
                self._map(caption, without)
            case PhotoPlace(caption):
                self._photos(caption)
            case Signatures(parties):
                self._signatures(parties)
            case Lines(lines):
                self._closing(lines)

    def _words(self, text: str, *, small: bool, indent: bool) -> None:
        if small:
            self.paper.note(text)
            return
        for part in text.split("\n"):
            paragraph = self.paper.text(part)
            if not indent:
                paragraph.paragraph_format.first_line_indent = Pt(0)

    def _form(self, rows: Sequence[Sequence[tuple[str, str]]]) -> None:
        pairs = max(len(row) for row in rows)
        width = self.paper.body_mm / pairs
        title_mm = _TITLE_MM[pairs > 2]
        widths = [title_mm, width - title_mm] * pairs
        grid = []
        for row in rows:
            cells: list[GridCell] = []
            for n, (title, value) in enumerate(row):
                last = n == len(row) - 1
                span = 2 * (pairs - len(row)) + 1 if last else 1
                cells += [GridCell(text=title, head=True), GridCell(text=value, span=span)]
            grid.append(cells)
        add_grid(self.paper.document, widths, grid, size=10.5, least_mm=7.5)
        self._gap()

    def _table(self, table: FormTable) -> None:
        shares = sum(column.width for column in table.columns)
        widths = [self.paper.body_mm * column.width / shares for column in table.columns]
        grid = _heads(table)
        heads = len(grid)
        for row in table.rows:
            cells = zip(table.columns, row, strict=True)
            grid.append(
                [
                    GridCell(
                        text=cell.text,
                        side="right"
                        if cell.number is not None and one.side == "left"
                        else one.side,
                    )
                    for one, cell in cells
                ]
            )
        if not table.rows:
            grid.append([GridCell(text=table.empty, span=len(table.columns), side="center")])
        add_grid(self.paper.document, widths, grid, heads=heads, size=table.size)
        self._gap()

    def _map(self, caption: str, without: str) -> None:
        content = self.rows["map"]
        if content is None:
            self._words(without, small=False, indent=True)
            return
        from webmap.printing.case_map import case_map  # noqa: PLC0415 - fonts, only with a map

        width = self.paper.body_mm - 4
        drawn = case_map(
            content, width_mm=width, most_mm=_MAP_MM, day=self.day, notice=self.rows["notice"]
        )
        said = f"{caption}（比例尺 1:{drawn.scale:,}，方里网间隔 {drawn.grid_km:g} 千米）"
        self.paper.figure(drawn.png, said, width_mm=width, alt=f"地图：{caption}")

    def _photos(self, caption: str) -> None:
        photos = self.rows["photos"]
        if not photos or self.files is None:
            return
        self._words(caption, small=True, indent=True)
        table = self.paper.document.add_table(rows=0, cols=_PHOTOS_A_ROW)
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for start in range(0, len(photos), _PHOTOS_A_ROW):
            row = table.add_row()
            row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))  # noqa: SLF001  (no other way)
            shown = photos[start : start + _PHOTOS_A_ROW]
            for cell, photo in zip(row.cells, shown, strict=False):
                self._photo(cell, photo)
        self._gap()

    def _photo(self, cell: _Cell, photo: Mapping[str, Any]) -> None:
        paragraph = cell.paragraphs[0]
        picture = None if self.files is None else small_copy(self.files, photo["file"])
        if picture is None:
            paint(paragraph.add_run("照片文件缺失"), "body", 9)
        else:
            width, height = (Mm(side) for side in _PHOTO_MM)
            drawn = paragraph.add_run().add_picture(BytesIO(picture), width=width)
            if drawn.height > height:
                drawn.width, drawn.height = round(width * height / drawn.height), height
            drawn._inline.docPr.set("descr", clean(photo["caption"]))  # noqa: SLF001  (no other way)
        below = cell.add_paragraph()
        paint(below.add_run(clean(photo["caption"])), "body", 8)
        for one in (paragraph, below):
            one.alignment = WD_ALIGN_PARAGRAPH.CENTER
            one.paragraph_format.line_spacing = 1.0

    def _signatures(self, parties: Sequence[tuple[str, str]]) -> None:
        width = self.paper.body_mm
        widths = [width * share for share in (0.3, 0.38, 0.32)]
        grid = [
            [
                GridCell(text=who, head=True),
                GridCell(text="签字（公章）："),
                GridCell(text=f"日期：{day if day != MISSING else ''}"),
            ]
            for who, day in parties
        ]
        add_grid(self.paper.document, widths, grid, size=10.5, least_mm=_SIGN_MM[self.across])
        self._gap()

    def _closing(self, lines: Sequence[str]) -> None:
        for n, line in enumerate(lines):
            paragraph = self.paper.text(line)
            form = paragraph.paragraph_format
            form.alignment, form.first_line_indent = WD_ALIGN_PARAGRAPH.RIGHT, Pt(0)
            form.space_before = Pt(0 if n else 18)
            form.keep_with_next = n < len(lines) - 1

    def _gap(self) -> None:
        form = self.paper.document.add_paragraph().paragraph_format
        form.space_before = form.space_after = Pt(0)
        form.line_spacing = Pt(8)


def _heads(table: FormTable) -> list[list[GridCell]]:
    """Give one row of titles, or two where columns stand in groups."""
    titles = [GridCell(text=one.title, head=True, side="center") for one in table.columns]
    if not any(one.group for one in table.columns):
        return [titles]
    above, below = [], []
    groups = [one.group for one in table.columns]
    for n, (one, title) in enumerate(zip(table.columns, titles, strict=True)):
        if not one.group:
            above.append(GridCell(text=one.title, head=True, side="center", down="restart"))
            below.append(GridCell(text="", head=True, down="continue"))
            continue
        below.append(title)
        if n == 0 or groups[n - 1] != one.group:
            span = sum(group == one.group for group in groups)
            above.append(GridCell(text=one.group, head=True, side="center", span=span))
    return [above, below]
