"""Tables for the terminal, aligned for Chinese characters too."""

from __future__ import annotations

import io
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from layers.analysis.gaps import GapAnswer

__all__ = ["gap_lines", "gap_title", "table_lines"]


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


def gap_title(answer: GapAnswer) -> str:
    """Say what was asked, in one line."""
    from webmap.wording import question_parts, service_title

    return f"{service_title(answer.question)}（{'，'.join(question_parts(answer.question))}）"


def gap_lines(answer: GapAnswer, *, full: bool) -> list[str]:
    """Lay out the ranked gaps, totals, modes and bands as the planner reads them.

    Parameters
    ----------
    answer
        What was computed.
    full
        Whether counts of 1-4 are shown.
    """
    from layers.analysis.question import MODES
    from webmap.cells import (
        shown_bands,
        shown_gaps,
        shown_mode_ranges,
        shown_modes,
        shown_summary,
    )
    from webmap.wording import (
        BAND_TITLES,
        DIRECTION_TITLES,
        UNIT_TITLES,
        UNKNOWN,
        bracketed_range,
        count_text,
        share_text,
    )

    unit = UNIT_TITLES[answer.question.by]
    headings = (
        "名次",
        unit,
        "老年人口",
        "已覆盖",
        "未覆盖",
        "道路覆盖率（区间）",
        "直线覆盖率",
        "误判",
        "平均分钟",
    )
    total = shown_summary(answer.summary, full=full)
    rows: list[Mapping[Any, Any]] = [*shown_gaps(answer.rows, full=full).to_dict("records"), total]
    cells = [
        (
            str(row.get("rank", "")),
            str(row.get("name", "合计")),
            *(count_text(row[name]) for name in ("total", "covered", "uncovered")),
            share_text(row["share"]) + bracketed_range(row["share_low"], row["share_high"]),
            share_text(row["circle_share"]),
            count_text(row["misled"]),
            _minutes(row.get("mean_seconds"), UNKNOWN),
        )
        for row in rows
    ]
    lines = table_lines(headings, cells)
    modes = shown_modes(answer.modes, answer.summary["total"], full=full)
    ranges = shown_mode_ranges(answer.mode_ranges, answer.modes, answer.summary["total"], full=full)

    def share_and_range(mode: str, way: str) -> str:
        low, high = ranges.get(mode, {}).get(way) or (None, None)
        return share_text(modes[mode][way]) + bracketed_range(low, high)

    lines += [
        "",
        "区间：村里的人都在村的位置，和沿村里街道分布，两种算法的结果（相同的不列）；差得越多，越要到现场核实。",
        "各方式覆盖率（老人前往 / 服务上门；括号内为区间）：",
    ]
    lines += [
        f"  {MODES[mode]}：" + " / ".join(share_and_range(mode, way) for way in DIRECTION_TITLES)
        for mode in modes
    ]
    lines.append("各年龄段（各自步速，步行前往）覆盖率：")
    bands = shown_bands(answer.bands, full=full)
    lines += [
        f"  {BAND_TITLES.get(str(band), str(band))}（{row['speed_mps']:.1f} 米/秒）："
        f"{share_text(row['share'])}{bracketed_range(row['share_low'], row['share_high'])}"
        for band, row in bands.iterrows()
    ]
    return lines


def _minutes(seconds: float | None, unknown: str) -> str:
    return unknown if seconds is None or math.isnan(seconds) else f"{seconds / 60:.1f}"
