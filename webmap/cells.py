"""The counts of a gap answer as everybody may see them: cells of 1-4 hidden, with their helpers.

Map and table are made from these frames alone, so that a hidden count is in neither file.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.privacy import SMALL_TEXT, SMALLEST_SHOWN, hidden_cells, shown_values

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
_FINEST_PEOPLE = 5
_FINEST_SHARE = 0.001


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
    missing where a count behind them is hidden.
    """
    counts = rows[[*_PARTS, "misled"]]
    county = pd.Series("county", index=rows.index)
    groups = (county, _townships(rows["code"])) if "code" in rows else (county,)
    hidden = _hidden(counts, full=full, groups=groups, sums=(_PARTS,))
    shown = shown_values(counts, hidden)
    # The straight-line count is nowhere, but total and share would give it.
    near = (rows["circle_share"] * rows["total"]).round()
    straight = pd.DataFrame({"near": near, "far": rows["total"] - near})
    straight_hidden = _hidden(straight, full=full, groups=groups)
    secret = hidden[list(_PARTS)].any(axis=1)
    return _ranged(rows, secret, full=full).assign(
        **{name: shown[name] for name in (*_PARTS, "misled")},
        share=rows["share"].mask(secret),
        circle_share=rows["circle_share"].mask(straight_hidden.any(axis=1)),
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
    total = summary["total"]
    counts = pd.DataFrame({name: [summary[name]] for name in (*_PARTS, "misled")})
    hidden = _hidden(counts, full=full, sums=(_PARTS,)).iloc[0]
    shown = shown_values(counts, hidden.to_frame().T).iloc[0]
    near = round(summary["circle_share"] * total) if total else 0
    straight = _hidden(pd.DataFrame({"near": [near], "far": [total - near]}), full=full)
    secret = hidden[list(_PARTS)].any()
    spans: dict[str, float | None] = {}
    if "share_low" in summary:
        low, high = _span(
            summary["share"], (summary["share_low"], summary["share_high"]), total, full=full
        )
        spans = {
            "share_low": None if secret else low,
            "share_high": None if secret else high,
        }
    return {
        **summary,
        **spans,
        **{name: shown[name] for name in (*_PARTS, "misled")},
        "share": None if secret else summary["share"],
        "circle_share": None if straight.any(axis=None) else summary["circle_share"],
        "misled_share": None if hidden["misled"] else summary.get("misled_share"),
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
            else _span(modes[mode][direction], span, total, full=full)
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
    return _ranged(bands, secret, full=full).assign(
        **{name: shown[name] for name in _PARTS}, share=bands["share"].mask(secret)
    )


def _ranged(rows: pd.DataFrame, secret: pd.Series, *, full: bool) -> pd.DataFrame:
    """Rows with their ranges as everybody may see them, if they have any."""
    if "share_low" not in rows:
        return rows
    spans = [
        _span(share, (low, high), total, full=full)
        for share, low, high, total in zip(
            rows["share"], rows["share_low"], rows["share_high"], rows["total"], strict=True
        )
    ]
    ends = pd.DataFrame(spans, index=rows.index, columns=["share_low", "share_high"], dtype=float)
    return rows.assign(
        share_low=ends["share_low"].mask(secret), share_high=ends["share_high"].mask(secret)
    )


def _span(
    share: float, span: tuple[float, float], total: float, *, full: bool
) -> tuple[float, float]:
    """Give a range whose end along the streets is told no finer than five people.

    It is a weighted sum over villages: told exactly, it would be an equation for hidden counts.
    The end is moved outwards, so that the range still holds both shares.
    """
    low, high = span
    if full or not total > 0 or math.isnan(low):
        return low, high
    step = max(_FINEST_SHARE, _FINEST_PEOPLE / total)
    low = low if low == share else round(max(math.floor(low / step) * step, 0.0), 6)
    high = high if high == share else round(min(math.ceil(high / step) * step, 1.0), 6)
    return low, high


def _townships(codes: pd.Series) -> pd.Series[str]:
    """Group villages by township; a township is a group of its own, and shares no sum."""
    texts = codes.astype("str").fillna("")
    return texts.where(texts.str.endswith("000"), texts.str.slice(0, 9))


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
