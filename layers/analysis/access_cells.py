"""The counts of an access answer as everybody may see them: cells of 1-4 hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.analysis.gap_cells import shown_ranges
from layers.privacy import hidden_cells, shown_values

if TYPE_CHECKING:
    from layers.analysis.access import AccessAnswer

__all__ = ["shown_access", "shown_access_summary", "shown_load", "shown_referral"]

_PARTS = ("total", "served", "reachable_unserved", "uncovered")
_COVERED = ("covered", "served", "reachable_unserved")
_COUNTS = (*_PARTS, "covered", "perhaps")
_RANGED = ("share", "served_share")
_ENDS = ("share_low", "share_high", "served_share_low", "served_share_high")
_SHARES = ("share", "served_share", "share_without", "gini", "mean_access", "min_access")
_DIGITS = {
    "share": 3,
    "served_share": 4,
    "share_without": 3,
    "gini": 3,
    "mean_access": 5,
    "min_access": 5,
}


def shown_access(answer: AccessAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the rows of an answer with small counts hidden, and all that would tell them.

    Parameters
    ----------
    answer
        What was computed.
    full
        Whether the reader may see small cells.

    Returns
    -------
    `AccessAnswer.rows` with counts as numbers or text; where one is hidden, the shares and scores
    of its row are missing; elsewhere scores are rounded, for they are sums over villages.
    """
    rows = answer.rows
    if full:
        return rows
    without = (rows["share_without"] * rows["total"]).round()
    counts = rows[list(_COUNTS)].assign(without=without, within=rows["total"] - without)
    texts = rows["code"].astype("str").fillna("")
    town = texts.where(texts.str.endswith("000"), texts.str.slice(0, 9))
    hidden = hidden_cells(
        counts,
        groups=(pd.Series("county", index=rows.index), town),
        sums=(_PARTS, _COVERED, ("total", "covered", "uncovered"), ("total", "without", "within")),
    )
    shown = shown_values(counts, hidden)
    secret = hidden.any(axis=1)
    for share in _RANGED:
        rows = shown_ranges(rows, secret, share=share)
    return rows.assign(
        **{name: shown[name] for name in _COUNTS},
        **{name: rows[name].round(_DIGITS[name]).mask(secret) for name in _SHARES},
        **{name: rows[name].round(_digits(name)) for name in _ENDS},
    )


def shown_access_summary(answer: AccessAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the county's sums with small counts hidden, and the shares that would tell them.

    Parameters
    ----------
    answer, full
        As in `shown_access`.

    Returns
    -------
    As `AccessAnswer.summary`; shares None where a count is hidden.
    """
    whole = answer.summary
    if full:
        return dict(whole)
    counts = pd.DataFrame({name: [whole[name]] for name in _COUNTS})
    without = (whole["share_without"] * counts["total"]).round()
    counts = counts.assign(without=without, within=counts["total"] - without)
    hidden = hidden_cells(
        counts,
        sums=(_PARTS, _COVERED, ("total", "covered", "uncovered"), ("total", "without", "within")),
    )
    shown = shown_values(counts, hidden).iloc[0]
    secret = bool(hidden.any(axis=None))
    ranged = pd.DataFrame([whole])
    for share in _RANGED:
        ranged = shown_ranges(ranged, pd.Series([secret]), share=share)
    return {
        **whole,
        **{
            name: None if secret else round(float(ranged[name].iloc[0]), _digits(name))
            for name in _ENDS
        },
        **{name: shown[name] for name in _COUNTS},
        **{
            name: None if secret else round(whole[name], _DIGITS[name])
            for name in _SHARES
            if name in whole
        },
    }


def _digits(end: str) -> int:
    return _DIGITS[end.removesuffix("_low").removesuffix("_high")]


def shown_load(answer: AccessAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the load of each facility with small counts hidden.

    Parameters
    ----------
    answer, full
        As in `shown_access`.

    Returns
    -------
    `AccessAnswer.facilities`; `reachable filled` as numbers or text, `left load` missing where
    they would tell a hidden count.
    """
    table = answer.facilities
    if full or table.empty:
        return table
    counts = table[["reachable", "filled"]]
    hidden = hidden_cells(counts, groups=pd.Series("county", index=table.index))
    shown = shown_values(counts, hidden)
    return table.assign(
        reachable=shown["reachable"],
        filled=shown["filled"],
        left=table["left"].mask(hidden["filled"]),
        load=table["load"].mask(hidden["filled"]),
    )


def shown_referral(answer: AccessAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the referral chain's sums with small counts hidden.

    Parameters
    ----------
    answer, full
        As in `shown_access`.

    Returns
    -------
    As `AccessAnswer.referral`; counts as numbers or text, `mean_minutes` rounded.
    """
    told = answer.referral
    if full:
        return dict(told)
    homes = told["homes"]
    labels = ["whole", "without", *homes]
    counts = pd.DataFrame({"people": [told["whole"], told["without"], *homes.values()]})
    # Homes sum to the whole; the whole and the rest to a total that everybody knows.
    hidden = pd.Series(data=False, index=counts.index)
    for members in (counts.index[:2], counts.index[2:]):
        hidden[members] = hidden_cells(
            counts.loc[members], groups=pd.Series("county", index=members)
        )["people"]
    shown = shown_values(counts, hidden.to_frame("people"))["people"].tolist()
    cells = dict(zip(labels, shown, strict=True))
    mean = told["mean_minutes"]
    return {
        **told,
        "mean_minutes": None if mean is None else round(mean, 1),
        "whole": cells["whole"],
        "without": cells["without"],
        "homes": {home: cells[home] for home in homes},
    }
