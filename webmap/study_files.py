"""The files of a siting study: report, workbook, A3 sheet, offline map, all of the same figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from webmap.documents.paper import BODY_MM
from webmap.documents.study_book import write_study_book
from webmap.documents.study_paper import write_study_paper
from webmap.documents.study_tables import study_numbers, study_tables
from webmap.folium_map import write_map
from webmap.printing.compose import compose
from webmap.printing.inset import document_map
from webmap.printing.recipe import load_recipe
from webmap.printing.sheets import SheetOptions

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from layers.analysis.study import StudyAnswer

__all__ = ["StudyFiles", "write_study"]

_MAP_HEIGHT_MM = 150


class StudyFiles(NamedTuple):
    """What was written, the figures in it, and what must be told about the sheet."""

    files: tuple[Path, ...]
    numbers: dict[str, list[dict[str, Any]]]
    warnings: tuple[str, ...]


def write_study(
    answer: StudyAnswer,
    folder: Path,
    *,
    stem: str = "houbao",
    publisher: str = "",
    on_progress: Callable[[float, str], None] | None = None,
) -> StudyFiles:
    """Write all files of a study.

    Parameters
    ----------
    answer
        The study.
    folder
        Where they go; made when missing.
    stem
        First part of the names.
    publisher
        编制单位.
    on_progress
        Told the share done and what is being done.

    Returns
    -------
    The files in the order report, workbook, sheet, map; the same study gives the same bytes.

    Raises
    ------
    SheetError
        If the sheet cannot be drawn.
    NotOfflineError
        If the map would fetch something from outside.
    """
    tell = on_progress or (lambda _share, _words: None)
    folder.mkdir(parents=True, exist_ok=True)
    names = (
        f"{stem}-study.docx",
        f"{stem}-study.xlsx",
        f"{stem}-siting-a3.pdf",
        f"{stem}-map.html",
    )
    paper, book, sheet, page = (folder / name for name in names)
    tables = study_tables(answer)
    tell(0.0, "报告")
    drawn = document_map(answer.picture, width_mm=BODY_MM - 4, height_mm=_MAP_HEIGHT_MM)
    write_study_paper(answer, tables, drawn, paper, publisher=publisher)
    tell(0.4, "数表")
    write_study_book(answer, tables, book, publisher=publisher)
    tell(0.5, "A3 图幅")
    whole = compose(answer.picture, load_recipe("siting"), SheetOptions(publisher=publisher))
    whole.write(sheet)
    tell(0.8, "网页地图")
    write_map(
        answer.picture,
        page,
        title=f"{answer.subject}选址与 {answer.siting.care.minutes:g} 分钟服务圈",
        publisher=publisher,
    )
    return StudyFiles((paper, book, sheet, page), study_numbers(tables), whole.warnings)
