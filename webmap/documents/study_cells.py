"""Cells of a siting study's tables: rounded as they are shown, small counts hidden."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.analysis.ranges import span_of
from layers.privacy import SMALL_TEXT, SMALLEST_SHOWN, hidden_cells, shown_range, shown_values
from webmap.documents.workbook import DECIMAL, SHARE, Column
from webmap.wording import UNKNOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = [
    "DEGREES",
    "INDEX",
    "RANGE_COLUMNS",
    "RANGE_KEYS",
    "RANGE_NOTE",
    "StudyTable",
    "cell_text",
    "changes",
    "count_cell",
    "minutes_cell",
    "people_cell",
    "range_cells",
    "share_cell",
]

DEGREES = "0.000000"
"""Number format of a coordinate: a tenth of a metre."""

INDEX = "0.000"
"""Number format of an index with three decimals."""


RANGE_KEYS = ("before_low", "before_high", "after_low", "after_high")
"""Keys of the ends of a share before and after."""

RANGE_COLUMNS = (
    Column(title="现下限", meaning="两种算法中较小的现覆盖率。", form=SHARE),
    Column(title="现上限", meaning="两种算法中较大的现覆盖率。", form=SHARE),
    Column(title="后下限", meaning="两种算法中较小的建成后覆盖率。", form=SHARE),
    Column(title="后上限", meaning="两种算法中较大的建成后覆盖率。", form=SHARE),
)
"""Columns of the same."""

RANGE_NOTE = "范围：把每村人口放在村的位置、或沿村内街巷分布，两种算法的结果。"
"""What ends are the ends of."""


@dataclass(frozen=True, kw_only=True)
class StudyTable:
    """One table.

    Attributes
    ----------
    key, title
        For programs and for people.
    keys, columns
        For programs and for people, from left to right.
    rows
        Numbers, texts; None is an empty cell.
    paper
        Columns that the report has, a heading and a key or two keys of a range; empty: all.
    note
        A remark below.
    """

    key: str
    title: str
    keys: tuple[str, ...]
    columns: tuple[Column, ...]
    rows: list[list[object]]
    total: list[object] = field(default_factory=list)
    note: str = ""
    paper: tuple[tuple[str, str] | tuple[str, str, str], ...] = ()

    def value(self, row: int, key: str) -> object:
        """Cell of a row by the column's key."""
        return self.rows[row][self.keys.index(key)]


def cell_text(value: object, form: str) -> str:
    """Render a cell for reading, as the workbook shows it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if not isinstance(value, int | float):
        return str(value)
    looks = {SHARE: ".1%", DECIMAL: ".1f", INDEX: ".3f", DEGREES: ".6f"}
    return format(value, looks.get(form, ",.0f"))


def changes(table: pd.DataFrame) -> pd.DataFrame:
    """Hide small counts of `total before after` and of what they tell; with `gained` and shares.

    With `before_along after_along`, people along the streets, each share has its ends too.
    """
    counts = table[["total", "before", "after"]].astype(float)
    counts["gained"] = (counts["after"] - counts["before"]).clip(lower=0)
    counts["left_before"] = counts["total"] - counts["before"]
    counts["left_after"] = counts["total"] - counts["after"]
    sums = (
        ("total", "before", "left_before"),
        ("total", "after", "left_after"),
        ("after", "before", "gained"),
    )
    hidden = hidden_cells(counts, sums=sums)
    shown = shown_values(counts, hidden)
    for name in ("before", "after"):
        share = counts[name] / counts["total"].where(counts["total"] > 0)
        secret = hidden[["total", name, f"left_{name}"]].any(axis=1)
        shown[f"{name}_share"] = share.mask(secret)
        if f"{name}_along" in table:
            shown = shown.join(_ends(counts["total"], share, table[f"{name}_along"], name, secret))
    return shown


def _ends(
    total: pd.Series, share: pd.Series, along: pd.Series, name: str, secret: pd.Series
) -> pd.DataFrame:
    spans = [
        shown_range(point, *span_of(point, people / whole), whole) if whole else (None, None)
        for whole, point, people in zip(total, share, along, strict=True)
    ]
    columns = [f"{name}_share_low", f"{name}_share_high"]
    ends = pd.DataFrame(spans, index=total.index, columns=columns, dtype=float)
    return ends.mask(secret)


def people_cell(value: object) -> object:
    """Round people; 1-4 are hidden."""
    number = float(value)  # type: ignore[arg-type]
    return SMALL_TEXT if 0.5 <= number < SMALLEST_SHOWN - 0.5 else round(number)


def count_cell(value: object) -> object:
    """Round a count; a hidden one stays text."""
    return round(value) if isinstance(value, int | float) else value


def share_cell(value: object) -> object:
    """Round to a tenth of a percent, as it is shown; a dash where it is missing."""
    known = isinstance(value, int | float) and not pd.isna(value)
    return round(float(value), 3) if known else UNKNOWN  # type: ignore[arg-type]


def range_cells(row: Mapping[Any, Any], share: str) -> list[object]:
    """Cells of both ends of a share, `_low` and `_high` behind its name."""
    return [share_cell(row.get(f"{share}_{end}")) for end in ("low", "high")]


def minutes_cell(seconds: object) -> object:
    """Give seconds as minutes with one decimal; a dash where they are missing."""
    known = isinstance(seconds, int | float) and not pd.isna(seconds)
    return round(float(seconds) / 60, 1) if known else UNKNOWN  # type: ignore[arg-type]
