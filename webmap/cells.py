"""The counts of a gap answer as everybody may see them: cells of 1-4 hidden, with their helpers.

Map and table are made from these frames alone, so that a hidden count is in neither file.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.analysis.gap_cells import GAP_COUNTS, county_and_towns, hidden_gaps, shown_ranges
from layers.privacy import (
    SMALL_TEXT,
    SMALLEST_SHOWN,
    hidden_cells,
    shown_range,
    shown_values,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

__all__ = [
    "people_shown",
    "shown_bands",
    "shown_gaps",
    "shown_mode_ranges",
    "shown_modes",
    "shown_summary",
    "shown_villages",
]

_PARTS = ("total", "covered", "uncovered")


def people_shown(value: float) -> float | str:
    """Give one count as everybody may see it: 1-4 as text."""
    return SMALL_TEXT if 0 < value < SMALLEST_SHOWN else value


def shown_gaps(rows: pd.DataFrame, *, full: bool = False) -> pd.DataFrame:
    """Gap rows whose small counts are hidden, and the shares that would tell them.

    Parameters
    ----------
    rows
        `GapAnswer.rows` or `ServicePicture.gaps`; their sum is known to the reader, and that of
        the villages of each township.
    full
        Whether the reader may see small cells.

    Returns
    -------
    The rows with `total covered uncovered misled` as numbers or text and `share circle_share`
    missing where a count behind them is hidden; `share_low share_high` with the share, their end
    along the streets told no finer than five people.
    """
    hidden = hidden_gaps(rows, county_and_towns(rows["code"]))
    if full:
        hidden[:] = False
    shown = shown_values(rows[list(GAP_COUNTS)], hidden[list(GAP_COUNTS)])
    return shown_ranges(rows, hidden["share"], full=full).assign(
        **{name: shown[name] for name in GAP_COUNTS},
        **{name: rows[name].mask(hidden[name]) for name in ("share", "circle_share")},
    )


def shown_summary(summary: Mapping[str, Any], *, full: bool = False) -> dict[str, Any]:
    """Give a summary without the shares that would tell a small count.

    Parameters
    ----------
    summary
        `GapAnswer.summary` or `ServicePicture.summary`.
    full
        Whether the reader may see small cells.

    Returns
    -------
    The summary with `covered uncovered misled` as numbers or text, shares None where one is hidden.
    """
    row = pd.DataFrame([summary])
    hidden = hidden_gaps(row, ())
    if full:
        hidden[:] = False
    shown = shown_values(row[list(GAP_COUNTS)], hidden[list(GAP_COUNTS)]).iloc[0]
    ranged = shown_ranges(row, hidden["share"], full=full)
    secret = hidden.iloc[0]
    spans = [name for name in ("share_low", "share_high") if name in summary]
    return {
        **summary,
        **{name: None if secret["share"] else float(ranged[name].iloc[0]) for name in spans},
        **{name: shown[name] for name in GAP_COUNTS},
        "share": None if secret["share"] else summary["share"],
        "circle_share": None if secret["circle_share"] else summary["circle_share"],
        "misled_share": None if secret["misled"] else summary.get("misled_share"),
    }


def shown_modes(
    modes: Mapping[str, Mapping[str, float]], total: float, *, full: bool = False
) -> dict[str, dict[str, float | None]]:
    """Give the shares of all modes and directions, None where one would tell a small count.

    Parameters
    ----------
    modes
        `GapAnswer.modes`.
    total
        People whom the shares are of.
    full
        Whether the reader may see small cells.

    Returns
    -------
    As `modes`.
    """

    def shown(share: float) -> float | None:
        covered = pd.DataFrame({"covered": [share * total], "uncovered": [total - share * total]})
        small = _hidden(covered.fillna(0).round(), full=full).any(axis=None)
        return None if small else share

    return {
        mode: {direction: shown(share) for direction, share in shares.items()}
        for mode, shares in modes.items()
    }


def shown_mode_ranges(
    ranges: Mapping[str, Mapping[str, tuple[float, float]]],
    modes: Mapping[str, Mapping[str, float]],
    total: float,
    *,
    full: bool = False,
) -> dict[str, dict[str, tuple[float, float] | None]]:
    """Give low and high share of all modes and directions, None where the share is not shown.

    Parameters
    ----------
    ranges
        `GapAnswer.mode_ranges`.
    modes
        `GapAnswer.modes`.
    total
        People whom the shares are of.
    full
        Whether the reader may see small cells.

    Returns
    -------
    As `ranges`.
    """
    shown = shown_modes(modes, total, full=full)
    return {
        mode: {
            direction: None
            if shown[mode][direction] is None
            else shown_range(modes[mode][direction], *span, total, full=full)
            for direction, span in spans.items()
        }
        for mode, spans in ranges.items()
    }


def shown_villages(villages: pd.DataFrame, *, full: bool = False) -> pd.Series:
    """Give the counted people of each village as number or text.

    Parameters
    ----------
    villages
        `GapAnswer.villages` or `ServicePicture.demand`. The totals of each unit and township, and
        of its covered and uncovered villages, are known to the reader.
    full
        Whether the reader may see small cells.

    Returns
    -------
    The villages' index; numbers, `<5`, 隐去.
    """
    counts = villages[["weight"]]
    side = villages["covered"].map({True: "+", False: "-"}).astype(str)
    units = [villages[name].astype(str) for name in ("unit", "township_code")]
    hidden = _hidden(counts, full=full, groups=[*units, *(unit + side for unit in units)])
    return shown_values(counts, hidden)["weight"]


def shown_bands(bands: pd.DataFrame, *, full: bool = False) -> pd.DataFrame:
    """Age bands whose small counts are hidden, and the shares that would tell them.

    Parameters
    ----------
    bands
        `GapAnswer.bands`.
    full
        Whether the reader may see small cells.

    Returns
    -------
    The bands with `total covered uncovered` as numbers or text, `share` missing where one is
    hidden.
    """
    hidden = _hidden(bands[list(_PARTS)], full=full, sums=(_PARTS,))
    shown = shown_values(bands[list(_PARTS)], hidden)
    secret = hidden.any(axis=1)
    return shown_ranges(bands, secret, full=full).assign(
        **{name: shown[name] for name in _PARTS}, share=bands["share"].mask(secret)
    )


def _hidden(
    counts: pd.DataFrame,
    *,
    full: bool,
    groups: pd.Series[str] | Sequence[pd.Series[str]] = (),
    sums: Sequence[tuple[str, ...]] = (),
) -> pd.DataFrame:
    if full:
        return pd.DataFrame(data=False, index=counts.index, columns=counts.columns)
    return hidden_cells(counts, groups=groups, sums=sums)
