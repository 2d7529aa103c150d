"""Tables for the terminal, aligned for Chinese characters too."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pandas as pd

    from layers.analysis.gaps import GapAnswer

__all__ = ["gap_lines", "percent", "table_lines"]



def table_lines(
    headings: Sequence[str], rows: Iterable[Sequence[str]], *, left: int = 1
) -> list[str]:
    """Lay out a table as lines, never cut to the terminal's width.

    Parameters
    ----------
    headings
        One a column.
    rows
        Cells as text.
    left
        How many columns, counted from the second, are words and stand left; figures stand right.

    Returns
    -------
    Lines without trailing blanks.
    """
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for position, heading in enumerate(headings):
        table.add_column(heading, justify="left" if 0 < position <= left else "right", no_wrap=True)
    for row in rows:
        table.add_row(*row)
    page = io.StringIO()
    Console(file=page, width=400, color_system=None).print(table)
    return [line.rstrip() for line in page.getvalue().splitlines()]


def percent(share: float | None) -> str:
    """Write a share as a percentage with one decimal; — where there is none."""
    return "—" if share is None or share != share else f"{share:.1%}"


def gap_lines(answer: GapAnswer, rows: pd.DataFrame) -> list[str]:
    """The ranked gaps, totals, modes and bands as the planner reads them.

    Parameters
    ----------
    answer
        What was computed.
    rows
        `answer.rows` as they may be shown (small cells replaced by text).
    """
    from layers.analysis.question import AGE_COLUMNS, AGE_TITLES, MODES

    bands = {column: AGE_TITLES[age] for age, column in AGE_COLUMNS.items()}
    unit = "村" if answer.question.by == "village" else "乡镇"
    headings = ["名次", unit, "老年人口", "已覆盖", "未覆盖", "道路覆盖率", "直线覆盖率", "误判", "平均分钟"]
    cells = [
        (
            str(row.rank),
            str(row.name_),
            _count(row.total),
            _count(row.covered),
            _count(row.uncovered),
            percent(row.share),
            percent(row.circle_share),
            _count(row.misled),
            "—" if row.mean_seconds != row.mean_seconds else f"{row.mean_seconds / 60:.1f}",
        )
        for row in rows.rename(columns={"name": "name_"}).itertuples(index=False)
    ]
    total = answer.summary
    cells.append(
        (
            "",
            "合计",
            _count(total["total"]),
            _count(total["covered"]),
            _count(total["uncovered"]),
            percent(total["share"]),
            percent(total["circle_share"]),
            _count(total["misled"]),
            "",
        )
    )
    lines = table_lines(headings, cells)
    lines += ["", "各方式覆盖率（前往 / 上门）："]
    lines += [
        f"  {MODES[mode]}：{percent(shares['to_facility'])} / {percent(shares['from_facility'])}"
        for mode, shares in answer.modes.items()
    ]
    lines.append("各年龄段（各自步速）覆盖率：")
    lines += [
        f"  {bands.get(str(band), band)}（{row['speed_mps']:.1f} m/s）：{percent(row['share'])}"
        for band, row in answer.bands.iterrows()
    ]
    return lines


def _count(value: object) -> str:
    return value if isinstance(value, str) else f"{float(value):,.0f}"  # type: ignore[arg-type]
