"""Who is left out: coverage by road, ranked gaps, all modes and bands beside."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.coverage import by_band, coverage, straight_summary
from geo.coverage import gaps as ranked_gaps
from geo.frames import DIRECTIONS
from geo.reach import AGE_SPEEDS_MPS
from geo.spread import coverage_range
from layers.analysis.demand import EVERYWHERE
from layers.analysis.question import AGE_COLUMNS, MODES
from layers.analysis.ranges import Streets, share_span

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = [
    "GapAnswer",
    "covered_demand",
    "gap_answer",
    "gap_rows",
    "gap_summary",
    "ranged_demand",
]

_ENDS = ("share_low", "share_high")


@dataclass(frozen=True, kw_only=True)
class GapAnswer:
    """Coverage gaps of a county.

    Every share counts a village at its point, as covered wholly or not; `share_low` and
    `share_high` are that share and the one with people spread along their streets, in order of
    size (`geo.spread`).

    Attributes
    ----------
    rows
        In rank order, columns `code name rank total covered uncovered share points
        uncovered_points unconnected_points mean_seconds worst_seconds misled circle_share
        share_low share_high`.
    summary
        `total covered uncovered share circle_share misled share_low share_high`.
    modes
        {mode: {direction: share}}.
    mode_ranges
        {mode: {direction: (share_low, share_high)}}.
    bands
        Index = column of `elders`; `speed_mps total covered uncovered share share_low share_high`.
    villages
        Demand points with their coverage, as `ServicePicture.demand`, and `street_share`: the
        share of the village's people that is covered when they live along its streets.
    """

    question: CareQuestion
    rows: pd.DataFrame
    summary: dict[str, Any]
    modes: dict[str, dict[str, float]]
    bands: pd.DataFrame
    villages: gpd.GeoDataFrame
    provenance: Provenance
    data_date: date
    warnings: tuple[str, ...] = ()
    mode_ranges: dict[str, dict[str, tuple[float, float]]] = field(default_factory=dict)


def gap_answer(inputs: ServiceInputs) -> GapAnswer:
    """Answer the question with the table, the modes and the age bands.

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    streets = Streets.of(inputs)
    villages = ranged_demand(inputs, streets)
    modes = _modes(inputs)
    return GapAnswer(
        question=inputs.question,
        rows=gap_rows(inputs, villages),
        summary=gap_summary(villages),
        modes=modes,
        mode_ranges=_mode_ranges(streets, modes),
        bands=_bands(streets),
        villages=villages,
        provenance=inputs.provenance,
        data_date=inputs.data_date,
        warnings=inputs.warnings,
    )


def covered_demand(
    inputs: ServiceInputs, mode: str | None = None, direction: str | None = None
) -> gpd.GeoDataFrame:
    """Demand points with their coverage, in the question's mode and direction unless given.

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    question = inputs.question
    return coverage(
        inputs.network(mode),
        inputs.counted,
        inputs.demand,
        minutes=question.minutes,
        speed_mps=question.speed_mps,
        direction=direction or question.direction,
    )


def ranged_demand(inputs: ServiceInputs, streets: Streets | None = None) -> gpd.GeoDataFrame:
    """Demand points with their coverage, and how much of it holds along their streets.

    Parameters
    ----------
    inputs
        What the question reads.
    streets
        The same people along their streets, where they are known already, perhaps from other
        facilities or roads.

    Returns
    -------
    As `covered_demand`, with `street_share` in [0, 1].

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    streets = Streets.of(inputs) if streets is None else streets.serving(inputs)
    return covered_demand(inputs).assign(street_share=streets.covered_shares())


def gap_rows(inputs: ServiceInputs, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Ranked gaps by the question's unit, with code, name and the straight-line share.

    Villages with a `street_share` give `share_low` and `share_high` too.
    """
    rows = ranked_gaps(villages, "unit", weight="weight")
    by_circle = villages["weight"].where(villages["circle_covered"], 0.0)
    circle_covered = by_circle.groupby(villages["unit"], dropna=False).sum()
    rows["circle_share"] = circle_covered.reindex(rows.index) / rows["total"].where(
        rows["total"] > 0
    )
    if "street_share" in villages:
        spans = _spans(villages, villages["unit"]).reindex(rows.index)
        rows = rows.assign(share_low=spans["share_low"], share_high=spans["share_high"])
    names = dict(zip(inputs.divisions["code"], inputs.divisions["name"], strict=True))
    units = [None if pd.isna(unit) else str(unit) for unit in rows.index]
    rows.insert(0, "code", [None if unit == EVERYWHERE else unit for unit in units])
    rows.insert(1, "name", [names.get(unit, unit) for unit in units])
    return rows.reset_index(drop=True)


def gap_summary(villages: gpd.GeoDataFrame) -> dict[str, Any]:
    """County totals: people, covered, the true share beside the straight-line share, misled.

    Villages with a `street_share` give `share_low` and `share_high` too.
    """
    weight = villages["weight"]
    covered = float(weight[villages["covered"]].sum())
    total = float(weight.sum())
    shares = straight_summary(villages, weight="weight")
    spans = _spans(villages).iloc[0] if "street_share" in villages else None
    return {
        "total": total,
        "covered": covered,
        "uncovered": total - covered,
        "share": shares["road_share"],
        "circle_share": shares["circle_share"],
        "misled": float(weight[villages["circle_covered"] & ~villages["covered"]].sum()),
        "misled_share": shares["misled_share"],
        **({} if spans is None else {name: float(spans[name]) for name in _ENDS}),
    }


def _spans(villages: gpd.GeoDataFrame, by: pd.Series | None = None) -> pd.DataFrame:
    return coverage_range(villages["covered"], villages["street_share"], villages["weight"], by)


def _modes(inputs: ServiceInputs) -> dict[str, dict[str, float]]:
    return {
        mode: {
            direction: straight_summary(covered_demand(inputs, mode, direction), weight="weight")[
                "road_share"
            ]
            for direction in DIRECTIONS
        }
        for mode in MODES
    }


def _mode_ranges(
    streets: Streets, modes: dict[str, dict[str, float]]
) -> dict[str, dict[str, tuple[float, float]]]:
    weight = streets.inputs.demand["weight"]
    return {
        mode: {
            direction: share_span(share, weight, streets.covered_shares(mode, direction))
            for direction, share in shares.items()
        }
        for mode, shares in modes.items()
    }


def _bands(streets: Streets) -> pd.DataFrame:
    """Bands whose column is filled for every village; one with unknown counts is left out."""
    inputs = streets.inputs
    bands = {
        column: AGE_SPEEDS_MPS[age]
        for age, column in AGE_COLUMNS.items()
        if inputs.demand[column].notna().all()
    }
    demand = inputs.demand.astype(dict.fromkeys(bands, float))
    table = by_band(
        inputs.network(),
        inputs.counted,
        demand,
        bands=bands,
        minutes=inputs.question.minutes,
        direction=inputs.question.direction,
    )
    spans = [
        share_span(share, demand[band], streets.covered_shares(speed_mps=bands[band]))
        for band, share in zip(bands, table["share"].tolist(), strict=True)
    ]
    return table.assign(share_low=[low for low, _ in spans], share_high=[high for _, high in spans])
