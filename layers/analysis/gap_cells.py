"""Which cells of a table of gaps would tell a small count; what everybody may see of its ranges."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from layers.privacy import SMALLEST_SHOWN, hidden_cells, shown_range

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["GAP_COUNTS", "county_and_towns", "hidden_gaps", "shown_ranges"]

_PARTS = ("total", "covered", "uncovered")

GAP_COUNTS = (*_PARTS, "misled")
"""Columns of people."""


def county_and_towns(codes: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Group rows by what their readers know the sums of: the county, and each township.

    Parameters
    ----------
    codes
        Codes of townships or of villages, missing where a row has none.

    Returns
    -------
    Two groups for `layers.privacy.hidden_cells`. A township is a group of its own and shares no
    sum; a village belongs to its township.
    """
    texts = codes.astype("str").fillna("")
    towns = texts.where(texts.str.endswith("000"), texts.str.slice(0, 9))
    return pd.Series("county", index=codes.index), towns


def hidden_gaps(rows: pd.DataFrame, groups: Sequence[pd.Series]) -> pd.DataFrame:
    """Tell which counts and shares of rows like `layers.analysis.gaps.gap_rows` stay hidden.

    Parameters
    ----------
    rows
        Columns `total covered uncovered misled circle_share`.
    groups
        As `layers.privacy.hidden_cells`.

    Returns
    -------
    True where hidden: `GAP_COUNTS`, and `share circle_share` where they would tell one.
    """
    counts = pd.DataFrame(rows[list(GAP_COUNTS)]).astype(float)
    # The straight-line count is nowhere, but total and share would give it.
    near = (rows["circle_share"] * counts["total"]).fillna(0).round()
    straight = pd.DataFrame({"near": near, "far": counts["total"] - near})
    # With the misled beside it, it would give all four parts of the people by road and line too.
    both = near - counts["misled"]
    parts = pd.DataFrame(
        {0: both, 1: counts["covered"] - both, 2: counts["uncovered"] - counts["misled"]}
    )
    telling = parts.gt(0) & parts.lt(SMALLEST_SHOWN)
    seen = telling.any(axis=1)
    hidden = hidden_cells(
        counts, groups=groups, sums=(_PARTS,), also=pd.DataFrame({"misled": seen})
    )
    straight_hidden = hidden_cells(
        straight, groups=groups, also=pd.DataFrame({"near": seen, "far": seen})
    )
    return hidden.assign(
        share=hidden[list(_PARTS)].any(axis=1), circle_share=straight_hidden.any(axis=1)
    )


def shown_ranges(
    rows: pd.DataFrame,
    secret: pd.Series,
    *,
    full: bool = False,
    share: str = "share",
    when: str = "",
) -> pd.DataFrame:
    """Give rows with a share's ends, `share_low share_high`, as everybody may see them.

    Parameters
    ----------
    rows
        Columns `total` (numbers) and the share with its two ends.
    secret
        Where the share itself is hidden; the range is then missing too.
    full
        Whether the reader may see small cells.
    share
        Name of the share; `_low` and `_high` behind it name its ends.
    when
        What stands behind all three names, such as `_before`.

    Returns
    -------
    The rows; without ranges as they were.
    """
    low, high = f"{share}_low{when}", f"{share}_high{when}"
    if low not in rows:
        return rows
    spans = [
        shown_range(*cells, full=full)
        for cells in zip(rows[f"{share}{when}"], rows[low], rows[high], rows["total"], strict=True)
    ]
    ends = pd.DataFrame(spans, index=rows.index, columns=[low, high], dtype=float)
    return rows.assign(**{name: ends[name].mask(secret) for name in (low, high)})
