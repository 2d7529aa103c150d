"""A siting answer as everybody may see it, and as it is saved: counts of 1-4 hidden."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd
from shapely import MultiPoint, Point

from layers.analysis.gap_cells import shown_ranges
from layers.analysis.saved_scenarios import save_scenario
from layers.analysis.siting_places import shown_places
from layers.privacy import SMALL_TEXT, SMALLEST_SHOWN, hidden_cells, shown_span, shown_values

if TYPE_CHECKING:
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.siting import SitingAnswer
    from layers.store import Actor, Store

__all__ = [
    "save_siting",
    "shown_change",
    "shown_options",
    "shown_rows",
    "shown_sites",
    "siting_body",
]

_SHARES: Final = ("total", "share", "share_low", "share_high")
_TOLD: Final = (("capacity", "places"), ("investment_yuan", "investment_yuan"))
_PEOPLE: Final = ("total", "before", "after", "gained")


def shown_rows(answer: SitingAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give before and after by unit without what would tell a small count.

    Parameters
    ----------
    answer
        Of `siting_answer`.
    full
        Whether the reader may see small cells.

    Returns
    -------
    `SitingAnswer.rows`, with `gained_low gained_high` instead of `gained_along`, `total before
    after gained` as numbers or text; shares and all ends missing where a count behind them is
    hidden, ends along the streets no finer than five people.
    """
    rows = answer.rows
    counts = rows[list(_PEOPLE)].copy()
    for name in ("before", "after"):
        counts[f"without_{name}"] = counts["total"] - counts[name]
    counts["lost"] = (-counts["gained"]).clip(lower=0)
    counts["gained"] = counts["gained"].clip(lower=0)
    sums = (
        ("total", "before", "without_before"),
        ("total", "after", "without_after"),
        *((("after", "before", "gained"),) if answer.question.existing else ()),
    )
    hidden = pd.DataFrame(data=False, index=counts.index, columns=counts.columns)
    if not full:
        county = pd.Series("county", index=counts.index)
        hidden = hidden_cells(counts, groups=county, sums=sums)
    shown = shown_values(counts, hidden)
    change = shown["gained"].mask(counts["lost"] > 0, -counts["lost"])
    change = change.mask(hidden["lost"], SMALL_TEXT)
    secret = {
        when: hidden[["total", when, f"without_{when}"]].any(axis=1) for when in ("before", "after")
    }
    for when, told in secret.items():
        rows = shown_ranges(rows, told, full=full, share=f"{when}_share")
    return _with_gains(rows, change.map(lambda cell: isinstance(cell, str)), full=full).assign(
        **{name: shown[name] for name in ("total", "before", "after")},
        gained=change,
        **{f"{when}_share": rows[f"{when}_share"].mask(told) for when, told in secret.items()},
    )


def shown_sites(answer: SitingAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the chosen sites, their people as numbers or text.

    Parameters
    ----------
    answer, full
        As `shown_rows`.
    """
    return _shown_people(answer.sites, ("people", "gained"), full=full)


def shown_options(answer: SitingAnswer, *, full: bool = False) -> pd.DataFrame:
    """Give the choices, their people as numbers or text.

    Parameters
    ----------
    answer, full
        As `shown_rows`.

    Returns
    -------
    `SitingAnswer.options`, with `gained_low gained_high` instead of `gained_along`; where people
    are hidden, so are the shares, ranges and the objective that tell them.
    """
    options = answer.options
    shown = _shown_people(options, ("covered", "gained"), full=full)
    hidden = shown[["covered", "gained"]].map(lambda cell: isinstance(cell, str)).any(axis=1)
    total = pd.DataFrame(options).assign(total=answer.before["total"])
    ends = shown_ranges(total, hidden, full=full)
    gains = _with_gains(options, hidden, full=full)
    shown = shown.assign(
        gained_low=gains["gained_low"],
        gained_high=gains["gained_high"],
        share=shown["share"].mask(hidden),
        share_low=ends["share_low"],
        share_high=ends["share_high"],
    ).drop(columns="gained_along")
    if answer.question.model == "mclp":
        shown["objective"] = shown["objective"].mask(hidden)
    return shown


def shown_change(answer: SitingAnswer, *, full: bool = False) -> dict[str, dict[str, Any]]:
    """Give the county's figures before and after.

    Parameters
    ----------
    answer, full
        As `shown_rows`.

    Returns
    -------
    {before, after: total covered uncovered share share_low share_high mean_seconds worst_seconds,
    change: covered covered_low covered_high}; counts as numbers or text, None where a share would
    tell one, with its range. A change of 1-4 people hides what is after.
    """
    change = answer.after["covered"] - answer.before["covered"]
    telling = not full and 0 < abs(change) < SMALLEST_SHOWN
    low, high = shown_span(change, answer.gained_along, full=full)
    found: dict[str, dict[str, Any]] = {
        "change": {
            "covered": SMALL_TEXT if telling else change,
            "covered_low": None if telling else low,
            "covered_high": None if telling else high,
        }
    }
    for name, figures in (("before", answer.before), ("after", answer.after)):
        parts = pd.DataFrame([{key: figures[key] for key in ("total", "covered", "uncovered")}])
        hidden = hidden_cells(parts, sums=[("total", "covered", "uncovered")])
        if telling and name == "after":
            hidden[["covered", "uncovered"]] = True
        shown = parts if full else shown_values(parts, hidden)
        told = full or not hidden.any(axis=None)
        ends = shown_ranges(
            pd.DataFrame([{key: figures[key] for key in _SHARES}]),
            pd.Series([not told]),
            full=full,
        ).iloc[0]
        found[name] = {
            **{str(key): value for key, value in shown.iloc[0].items()},
            "share": figures["share"] if told else None,
            **{
                key: None if pd.isna(ends[key]) else float(ends[key])
                for key in ("share_low", "share_high")
            },
            "mean_seconds": figures["mean_seconds"],
            "worst_seconds": figures["worst_seconds"],
        }
    return found


def siting_body(answer: SitingAnswer, *, full: bool = False) -> dict[str, Any]:
    """Give the whole answer as one mapping: what the command prints and the scenario keeps.

    Parameters
    ----------
    answer, full
        As `shown_rows`.
    """
    solution = answer.solution
    sites = shown_sites(answer, full=full)
    places = answer.sites.geometry
    options = shown_options(answer, full=full)
    placed = shown_places(answer, full=full)
    known = len(options) > 0 and pd.notna(options["objective"].iloc[0])
    return {
        "model": answer.question.model,
        "status": solution.status,
        "reason": solution.reason,
        "objective": solution.objective if known else None,
        "bound": solution.bound if known else None,
        "gap": solution.gap,
        **({} if answer.cost is None else {"cost": answer.cost}),
        "chosen": [
            {"id": site, **row, "lon": round(lon, 6), "lat": round(lat, 6)}
            for site, row, lon, lat in zip(
                sites.index,
                sites.drop(columns="geometry").to_dict("records"),
                places.x,
                places.y,
                strict=True,
            )
        ],
        **shown_change(answer, full=full),
        **({} if placed is None else {"places": placed}),
        "rows": shown_rows(answer, full=full).to_dict("records"),
        "alternatives": options.to_dict("records"),
        "unreached": len(answer.unreached),
        "candidates": len(answer.candidates),
    }


def save_siting(
    store: Store,
    answer: SitingAnswer,
    inputs: ServiceInputs,
    *,
    name: str,
    candidates: str,
    actor: Actor,
    reason: str = "",
) -> str:
    """Keep the question and its answer as a row of `siting_scenarios`.

    Parameters
    ----------
    store
        An open store.
    answer
        Of `siting_answer`; small counts are hidden in what is kept.
    inputs
        What it was computed from.
    name
        What people call it; the same name again is a new version.
    candidates
        `villages`, `nodes`, or any other word: then the places themselves are kept.
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
    asked = answer.question
    kept = {"candidates": candidates, "township": asked.township, "existing": asked.existing,
            "forbidden": list(asked.forbidden), "min_share": asked.min_share,
            "budget": asked.budget, "places": asked.places,
            "unserved_minutes": asked.unserved_minutes,
            "choices": asked.choices, "tolerance": asked.tolerance}  # fmt: skip
    places = [
        {"id": site, "name": row["name"], "lon": round(lon, 6), "lat": round(lat, 6),
         **{word: row[name] for word, name in _TOLD if pd.notna(row.get(name))}}
        for site, lon, lat, row in zip(
            answer.candidates.index,
            answer.candidates.geometry.x,
            answer.candidates.geometry.y,
            answer.candidates.drop(columns="geometry").to_dict("records"),
            strict=True,
        )
    ]  # fmt: skip
    question = {
        "model": asked.model,
        **({} if asked.model == "lscp" or asked.p is None else {"p": asked.p}),
        **({} if candidates in {"villages", "nodes"} else {"candidates": places}),
        "options": {key: value for key, value in kept.items() if value is not None},
    }
    shapes = [one for one in answer.sites.geometry if isinstance(one, Point)]
    return save_scenario(
        store,
        name=name,
        question=question,
        result=siting_body(answer),
        inputs=inputs,
        geometry=MultiPoint(shapes) if shapes else None,
        actor=actor,
        reason=reason,
    )


def _with_gains(frame: pd.DataFrame, secret: pd.Series, *, full: bool) -> pd.DataFrame:
    """Give the two ends of what is gained instead of what is gained along the streets."""
    spans = [
        shown_span(*pair, full=full)
        for pair in zip(frame["gained"], frame["gained_along"], strict=True)
    ]
    ends = pd.DataFrame(
        spans, index=frame.index, columns=["gained_low", "gained_high"], dtype=float
    )
    return pd.DataFrame(frame.drop(columns="gained_along")).assign(
        gained_low=ends["gained_low"].mask(secret), gained_high=ends["gained_high"].mask(secret)
    )


def _shown_people(frame: pd.DataFrame, names: tuple[str, ...], *, full: bool) -> pd.DataFrame:
    counts = pd.DataFrame(frame[list(names)]).astype(float)
    hidden = pd.DataFrame(data=False, index=counts.index, columns=counts.columns)
    if not full:
        hidden = hidden_cells(counts)
        small = (counts["gained"] > 0) & (counts["gained"] < SMALLEST_SHOWN)
        hidden[names[0]] |= small  # with today's figure it would tell the gain
    shown = shown_values(counts, hidden)
    return pd.DataFrame(frame).assign(**{name: shown[name] for name in names})
