"""A scenario as everybody may see it, and as it is saved: small counts and what tells them hidden.

Before and after together tell more than either: a township whose covered people rise by three gives
away a hamlet of three. The change is a count like the others here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from layers.analysis.gap_cells import county_and_towns, shown_ranges
from layers.analysis.saved_scenarios import is_stale, save_scenario
from layers.privacy import HIDDEN_TEXT, SMALLEST_SHOWN, hidden_cells, shown_values
from layers.store import Query, read_frame

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.saved_scenarios import SavedScenario
    from layers.analysis.scenario import ScenarioAnswer
    from layers.store import Actor, Store

__all__ = [
    "is_stale_answer",
    "save_answer",
    "scenario_body",
    "shown_county",
    "shown_rows",
    "village_rows",
]

_COUNTS: Final = (
    "total",
    "covered_before",
    "uncovered_before",
    "covered_after",
    "uncovered_after",
    "gained",
    "lost",
    "change",
    "misled_before",
    "misled_after",
)
_SAVED: Final = (
    "covered",
    "uncovered",
    "share",
    "share_low",
    "share_high",
    "misled",
    "mean_seconds",
)
_SUMS: Final = (
    ("total", "covered_before", "uncovered_before"),
    ("total", "covered_after", "uncovered_after"),
    ("covered_after", "covered_before", "gained", "lost"),
    ("uncovered_after", "uncovered_before", "gained", "lost"),
    ("change", "gained", "lost"),
    ("change", "covered_before", "covered_after"),
    ("change", "uncovered_before", "uncovered_after"),
)


def shown_rows(answer: ScenarioAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the table without what would tell a small count.

    Parameters
    ----------
    answer
        Of `layers.analysis.scenario.scenario_answer`.
    full
        Whether the reader may see small cells.

    Returns
    -------
    `ScenarioAnswer.rows`, counts as numbers or text, shares missing where a count behind them is
    hidden, their ends along the streets told no finer than five people.
    """
    return _shown(answer.rows, county_and_towns(answer.rows["code"]), full=full)


def shown_county(answer: ScenarioAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the county's row in the same way, with `total` and all columns of `shown_rows`.

    Parameters
    ----------
    answer, full
        As `shown_rows`.
    """
    figures: dict[str, Any] = {"total": answer.before["total"]}
    for when, summary in (("before", answer.before), ("after", answer.after)):
        for name in _SAVED:
            figures[f"{name}_{when}"] = summary[name]
        figures[f"worst_seconds_{when}"] = summary["worst"]["seconds"]
    change = answer.gained - answer.lost
    figures |= {"gained": answer.gained, "lost": answer.lost, "change": change}
    shown = _shown(pd.DataFrame([figures]), (), full=full)
    return {str(name): value for name, value in shown.iloc[0].items()}


def scenario_body(answer: ScenarioAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the whole answer as plain values: what the command prints and the store keeps.

    Parameters
    ----------
    answer, full
        As `shown_rows`.
    """
    county = shown_county(answer, full=full)
    villages = answer.villages
    body: dict[str, Any] = {
        when: {
            **{name: county[f"{name}_{when}"] for name in _SAVED},
            "total": county["total"],
            "worst": summary["worst"],
        }
        for when, summary in (("before", answer.before), ("after", answer.after))
    }
    turned = {
        "gained_villages": villages["covered_after"] & ~villages["covered_before"],
        "lost_villages": villages["covered_before"] & ~villages["covered_after"],
    }
    return {
        **body,
        **{name: county[name] for name in ("gained", "lost", "change")},
        "rows": shown_rows(answer, full=full).to_dict("records"),
        **{name: list(villages["name"][which]) for name, which in turned.items()},
        "facilities": [
            {
                "change": one.kind,
                "id": one.id,
                "name": one.name,
                **({} if one.place is None else {"lon": one.place.x, "lat": one.place.y}),
            }
            for one in answer.facilities
        ],
        "roads": [
            {
                "change": road.kind,
                "number": road.number,
                "roads": list(road.roads),
                "length_m": round(road.length_m, 1),
                **(
                    {"joined": road.joined, "crossed": road.crossed} if road.kind == "added" else {}
                ),
            }
            for road in answer.roads
        ],
    }


def village_rows(answer: ScenarioAnswer, *, full: bool = False) -> gpd.GeoDataFrame:
    """Give the villages before and after, as rows of a file.

    Parameters
    ----------
    answer, full
        As `shown_rows`; without `full` no people are told, for a village's count may be small.

    Returns
    -------
    `village_code name unit seconds_before seconds_after covered_before covered_after change quality
    source geometry`, `people` where they may be told; seconds missing where nothing is reached.
    """
    villages = answer.villages
    was, will = villages["covered_before"], villages["covered_after"]
    frame = villages.drop(columns=["township_code", "weight"]).assign(
        **{
            name: villages[name].where(np.isfinite(villages[name]))
            for name in ("seconds_before", "seconds_after")
        },
        change=np.select([will & ~was, was & ~will], ["新增覆盖", "失去覆盖"], "不变"),
        quality=answer.provenance.quality,
        source="；".join(answer.provenance.sources),
    )
    if full:
        frame = frame.assign(people=villages["weight"].round().astype("int64"))
    return frame.reset_index(drop=True)


def is_stale_answer(store: Store, kept: SavedScenario, inputs: ServiceInputs) -> bool:
    """Tell whether a kept answer is still that of today.

    Parameters
    ----------
    store
        An open store.
    kept
        Of any model.
    inputs
        Today's rows for its question.

    Returns
    -------
    True if the rows, the program or a stored facility that the scenario opens have moved since.
    """
    if is_stale(kept, inputs):
        return True
    asked = kept.question.get("edits", {}).get("candidates") or []
    names = [one["id"] for one in asked if "id" in one and "lon" not in one]
    if not names:
        return False
    day = inputs.question.as_of or inputs.data_date
    register = read_frame(store, "care_facilities", Query(at=day))
    then = {one["id"]: one for one in kept.result.get("facilities", [])}
    for one in names:
        found = register[(register.index == one) | (register["name"] == one).fillna(value=False)]
        if len(found) != 1 or found.index[0] not in then:
            return True
        place, was = found.geometry.iloc[0], then[found.index[0]]
        if place is None or place.is_empty or (place.x, place.y) != (was["lon"], was["lat"]):
            return True
    return False


def save_answer(
    store: Store,
    answer: ScenarioAnswer,
    inputs: ServiceInputs,
    *,
    name: str,
    actor: Actor,
    reason: str = "",
) -> str:
    """Keep the scenario and its answer as a row of `siting_scenarios`; small counts are hidden.

    Parameters
    ----------
    store
        An open store.
    answer, inputs
        The answer, and what it was computed from.
    name
        What people call it; the same name again is a new version.
    actor, reason
        Recorded with the event.

    Returns
    -------
    The scenario's id.

    Raises
    ------
    InputError
        If the name is blank.
    PlatformError
        If the store refuses the row.
    """
    places = [one.place for one in answer.facilities if one.place is not None]
    return save_scenario(
        store,
        name=name,
        question={"model": "scenario", "edits": answer.edits.data},
        result=scenario_body(answer),
        inputs=inputs,
        geometry=shapely.MultiPoint(places) if places else None,
        actor=actor,
        reason=reason,
    )


def _shown(rows: pd.DataFrame, groups: tuple[pd.Series, ...], *, full: bool) -> pd.DataFrame:
    counts = pd.DataFrame(rows[list(_COUNTS)]).astype(float)
    hidden = pd.DataFrame(data=False, index=counts.index, columns=counts.columns)
    if not full:
        hidden = hidden_cells(counts.abs(), groups=groups, sums=_SUMS)
    shown = shown_values(counts, hidden)
    less = hidden["change"] & (counts["change"] <= -SMALLEST_SHOWN)
    shown["change"] = shown["change"].mask(less, HIDDEN_TEXT)
    telling = {
        when: hidden[["total", f"covered_{when}", f"uncovered_{when}"]].any(axis=1)
        for when in ("before", "after")
    }
    for when, told in telling.items():
        rows = shown_ranges(rows, told, full=full, when=f"_{when}")
    return rows.assign(
        **{name: shown[name] for name in _COUNTS},
        **{f"share_{when}": rows[f"share_{when}"].mask(told) for when, told in telling.items()},
    )
