"""A layer as a paper: the list that a clerk puts into a letter."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from geo.errors import InputError
from layers.exporters.tables import shown_column
from webmap.documents.paper import Paper

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from layers.exporters.tables import ExportTable
    from layers.schema import Field

__all__ = ["MOST_COLUMNS", "MOST_ROWS", "write_layer"]

MOST_ROWS: Final = 1000
"""Rows that a paper takes; more belong into a workbook."""

MOST_COLUMNS: Final = 10
"""Columns that can be read on A4 lying on its side."""

_APART: Final = frozenset({"quality", "source", "date_precision"})
"""Told once below the table, not in every row."""

_NARROW, _WIDE = 4, 24
_NO_DAY = date(1970, 1, 1)


def write_layer(table: ExportTable, path: Path, *, publisher: str = "") -> tuple[str, ...]:
    """Write a layer as .docx: A4 across, heads repeated, sources below.

    Parameters
    ----------
    table
        As `layers.exporters.tables.stored_table` opens it; small counts are hidden there.
    path
        The file, whose folder exists; the same bytes for the same rows.
    publisher
        编制单位; empty leaves it out.

    Returns
    -------
    Chinese sentences about columns that the page has no room for.

    Raises
    ------
    InputError
        If there are more than `MOST_ROWS` rows, code ``too_many_rows``.
    """
    if table.count > MOST_ROWS:
        raise InputError(
            f"{table.title}有 {table.count} 行，docx 至多 {MOST_ROWS} 行，请改导出 xlsx。",
            code="too_many_rows",
            where=path.name,
        )
    columns: dict[str, list[Any]] = {field.name: [] for field in table.fields}
    for block in table.blocks:
        for field in table.fields:
            columns[field.name] += shown_column(table, block, field)
    fields = [f for f in table.fields if f.name not in _APART and _any(columns[f.name])]
    shown, left = fields[:MOST_COLUMNS], fields[MOST_COLUMNS:]
    texts = [[_text(field, value) for value in columns[field.name]] for field in shown]
    day = table.at or table.day or _NO_DAY
    paper = Paper(
        table.title,
        day=day,
        notice=table.provenance.notice,
        running=table.title,
        publisher=publisher,
        across=True,
    )
    left_words = (
        f"纸面放不下的栏：{'、'.join(field.title for field in left)}；全部内容请导出 xlsx。"
        if left
        else ""
    )
    if shown:
        paper.table(
            f"{table.title}（{table.count} 行）",
            [(_heading(field), _side(field)) for field in shown],
            list(zip(*texts, strict=True)),
            widths=[_width(field, column) for field, column in zip(shown, texts, strict=True)],
            note=left_words,
        )
    else:
        paper.text(f"{table.title}没有记录。")
    paper.note(f"来源：{'；'.join(table.provenance.attributions) or '未载明'}")
    paper.save(path)
    return (left_words,) if left_words else ()


def _any(values: Sequence[object]) -> bool:
    return any(value not in (None, "", [], {}) for value in values)


def _heading(field: Field) -> str:
    return f"{field.title}（{field.unit}）" if field.unit else field.title


def _side(field: Field) -> str:
    return "right" if field.type in {"integer", "real"} else "left"


def _width(field: Field, texts: Sequence[str]) -> float:
    longest = max((len(text) for text in (_heading(field), *texts)), default=_NARROW)
    return float(min(max(longest, _NARROW), _WIDE))


def _text(field: Field, value: object) -> str:
    """Write a value as people read it: codes by their titles, nothing as a dash."""
    if value is None or value == "":
        return "—"
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return f"{value:.10g}"
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, list | tuple):
        return "、".join(_part(field, one) for one in value) or "—"
    if isinstance(value, Mapping):
        return _part(field, value)
    return str(field.codes.get(str(value), value))


def _part(field: Field, value: object) -> str:
    if isinstance(value, Mapping):
        return "，".join(f"{part}" for part in value.values())
    return str(field.codes.get(str(value), value))
