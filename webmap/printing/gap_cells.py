"""The table of gaps as text cells."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from layers.privacy import hidden_cells, shown_values
from webmap.printing.typeset import counted, percent

if TYPE_CHECKING:
    from layers.analysis.picture import ServicePicture

__all__ = ["gap_cells", "total_cells"]


def gap_cells(picture: ServicePicture) -> list[tuple[str, ...]]:
    """Rows of the table as text, the sum last; counts of 1-4 people are hidden.

    Parameters
    ----------
    picture
        The answer that is drawn.

    Returns
    -------
    Rank, unit, people, covered, uncovered, share by road, share by the straight line. What would
    give a hidden count away is hidden too.
    """
    gaps = picture.gaps.reset_index(drop=True)
    groups = [pd.Series("全部", index=gaps.index)] if len(gaps) > 1 else []
    texts = _texts(gaps, groups)
    out = [
        (f"{rank}", name if isinstance(name, str) else "未载明", *cells)
        for rank, name, cells in zip(gaps["rank"], gaps["name"], texts, strict=True)
    ]
    return [*out, ("", "合计", *total_cells(picture))]


def total_cells(picture: ServicePicture) -> tuple[str, ...]:
    """People, covered, uncovered and both shares of the whole; small counts are hidden here too.

    Parameters
    ----------
    picture
        The answer that is drawn.
    """
    total, covered = float(picture.summary["total"]), float(picture.summary["covered"])
    whole = {"total": total, "covered": covered, "uncovered": total - covered}
    shares = {name: float(picture.summary[name]) for name in ("share", "circle_share")}
    return _texts(pd.DataFrame([{**whole, **shares}]), [])[0]


def _texts(rows: pd.DataFrame, groups: list[pd.Series]) -> list[tuple[str, ...]]:
    """Three counts and two shares of each row."""
    counts = rows[["total", "covered", "uncovered"]].astype(float)
    hidden = hidden_cells(counts, groups=groups, sums=(("total", "covered", "uncovered"),))
    shown = shown_values(counts, hidden)
    out: list[tuple[str, ...]] = []
    for number, shares in enumerate(zip(rows["share"], rows["circle_share"], strict=True)):
        cells = [
            value if isinstance(value, str) else "—" if value is None else counted(value)
            for value in shown.iloc[number]
        ]
        secret = bool(hidden.iloc[number].any())
        out.append((*cells, *("—" if secret else percent(float(share)) for share in shares)))
    return out
