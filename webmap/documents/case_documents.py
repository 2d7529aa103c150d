"""A document of a case on paper or as a workbook, from rows and a template."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from webmap.documents.case_book import write_case_book
from webmap.documents.case_paper import write_case_paper
from webmap.documents.filled import fill

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from layers.files import Files

__all__ = ["write_document"]


def write_document(
    rows: Mapping[str, Any], path: Path, *, files: Files | None = None, publisher: str = ""
) -> None:
    """Write a document: .docx or .xlsx by the path's ending.

    Parameters
    ----------
    rows
        `layers.cases.document_rows` or `plate_rows`.
    path
        The file, whose folder exists; written whole or not at all, the same bytes for the same
        rows, photos and publisher.
    files
        Where the photos of the case are kept; None leaves them out.
    publisher
        编制单位; empty leaves room to write it by hand.

    Raises
    ------
    InputError
        If the document has no such format (``document_format``), or no template.
    SheetError
        If its map cannot be drawn.
    """
    suffix = path.suffix.lower().removeprefix(".")
    if suffix not in rows["formats"]:
        offered = "、".join(rows["formats"])
        raise InputError(
            f"{rows['title']}没有 {suffix or '（无后缀）'} 格式，可选：{offered}。",
            code="document_format",
            where=path.name,
        )
    filled = fill(rows, publisher=publisher)
    day = date.fromisoformat(rows["made_on"])
    if suffix == "xlsx":
        write_case_book(filled, rows, path, day=day, publisher=publisher)
    else:
        write_case_paper(filled, rows, path, day=day, files=files, publisher=publisher)
