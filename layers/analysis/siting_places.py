"""Places of a siting question: how many each site has, and who finds one, as all may see it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from layers.analysis.access import facility_capacity
from layers.analysis.access_cells import shown_access, shown_access_summary, shown_load
from layers.privacy import HIDDEN_TEXT, SMALLEST_SHOWN

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd

    from layers.analysis.siting import SitingAnswer
    from layers.analysis.siting_question import SitingQuestion

__all__ = ["shown_places", "site_capacity", "site_places"]

_PLACED: Final = ("served", "reachable_unserved")
_PLACED_SHARES: Final = ("served_share", "served_share_low", "served_share_high")


def site_places(question: SitingQuestion, places: gpd.GeoDataFrame) -> pd.Series:
    """Places of each candidate: its own, else those that the question gives every new site.

    Parameters
    ----------
    question
        With `places`.
    places
        Candidates.

    Returns
    -------
    Float, index of the candidates.
    """
    given = pd.Series(question.places, index=places.index, name="places", dtype=float)
    return places["places"].fillna(given) if "places" in places else given


def site_capacity(
    question: SitingQuestion, places: gpd.GeoDataFrame, standing: gpd.GeoDataFrame
) -> pd.Series | None:
    """Places of all facilities that a model may fill; None where nobody asks for places.

    Parameters
    ----------
    question
        With `places`.
    places, standing
        Candidates and standing facilities; of the latter one that does not say its places has none.

    Returns
    -------
    Float, by id.
    """
    if question.places is None:
        return None
    known = facility_capacity(standing).fillna(0.0)
    capacity: pd.Series = pd.concat([known, site_places(question, places)])
    return capacity


def shown_places(answer: SitingAnswer, *, full: bool = False) -> dict[str, Any] | None:
    """Give who finds a place before and after.

    Parameters
    ----------
    answer, full
        As `shown_rows`.

    Returns
    -------
    {before, after: the county's `served reachable_unserved uncovered served_share` with its ends,
    rows: by unit `code name`, `served reachable_unserved served_share` each with `_before` and
    `_after`, sites: by chosen site `id places filled`}; None where nobody asked for places. Where
    before and after together would tell 1-4 people, what is after is hidden.
    """
    if answer.access_before is None or answer.access_after is None:
        return None
    pair = (answer.access_before, answer.access_after)
    before, after = (shown_access_summary(one, full=full) for one in pair)
    if not full and _tells(pair[0].summary, pair[1].summary):
        after |= dict.fromkeys((*_PLACED, "uncovered"), HIDDEN_TEXT)
        after |= dict.fromkeys(_PLACED_SHARES)
    was, will = (
        shown_access(one, full=full).set_index(one.rows["code"].fillna(one.rows["name"]))
        for one in pair
    )
    old, new = (one.rows.set_index(one.rows["code"].fillna(one.rows["name"])) for one in pair)
    telling = [] if full else [unit for unit in old.index if _tells(old.loc[unit], new.loc[unit])]
    if len(telling) == 1:  # the county's sum would tell it all the same
        others = old.index[old.index != telling[0]]
        telling += list(others[-1:])
    rows = []
    for unit in will.index:
        secret = unit in telling
        figures = {"code": will.at[unit, "code"], "name": will.at[unit, "name"]}
        for name in (*_PLACED, *_PLACED_SHARES):
            hidden = HIDDEN_TEXT if name in _PLACED else None
            figures[f"{name}_before"] = was.at[unit, name]
            figures[f"{name}_after"] = hidden if secret else will.at[unit, name]
        rows.append(figures)
    load = shown_load(pair[1], full=full).loc[list(answer.solution.chosen)]
    kept = ("total", "uncovered", *_PLACED, *_PLACED_SHARES)
    return {
        "before": {name: before[name] for name in kept},
        "after": {name: after[name] for name in kept},
        "rows": rows,
        "sites": [
            {"id": site, "places": capacity, "filled": filled}
            for site, capacity, filled in zip(
                load.index, load["capacity"], load["filled"], strict=True
            )
        ],
    }


def _tells(before: Mapping[Any, Any] | pd.Series, after: Mapping[Any, Any] | pd.Series) -> bool:
    """Whether two figures differ by so few people that both together tell them."""
    moved = (abs(after[name] - before[name]) for name in (*_PLACED, "uncovered"))
    return any(0 < one < SMALLEST_SHOWN for one in moved)
