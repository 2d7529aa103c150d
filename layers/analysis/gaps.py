"""Who is left out: coverage by road, ranked gaps, all modes and bands beside."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pandas as pd

from geo.coverage import by_band, coverage, straight_summary
from geo.coverage import gaps as ranked_gaps
from geo.frames import DIRECTIONS
from geo.reach import AGE_SPEEDS_MPS
from layers.analysis.demand import EVERYWHERE
from layers.analysis.question import AGE_COLUMNS, MODES

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = ["GapAnswer", "covered_demand", "gap_answer", "gap_rows", "gap_summary"]


@dataclass(frozen=True, kw_only=True)
class GapAnswer:
    """Coverage gaps of a county.

    Attributes
    ----------
    rows
        In rank order, columns `code name rank total covered uncovered share points
        uncovered_points unconnected_points mean_seconds worst_seconds misled circle_share`.
    summary
        `total covered uncovered share circle_share misled`.
    modes
        {mode: {direction: share}}.
    bands
        Index = column of `elders`; `speed_mps total covered uncovered share`.
    villages
        Demand points with their coverage, as `ServicePicture.demand`.
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


def gap_answer(inputs: ServiceInputs) -> GapAnswer:
    """Answer the question with the table, the modes and the age bands.

    Raises
    ------
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    villages = covered_demand(inputs)
    return GapAnswer(
        question=inputs.question,
        rows=gap_rows(inputs, villages),
        summary=gap_summary(villages),
        modes=_modes(inputs),
        bands=_bands(inputs),
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


def gap_rows(inputs: ServiceInputs, villages: gpd.GeoDataFrame) -> pd.DataFrame:
    """Ranked gaps by the question's unit, with code, name and the straight-line share."""
    rows = ranked_gaps(villages, "unit", weight="weight")
    by_circle = villages["weight"].where(villages["circle_covered"], 0.0)
    circle_covered = by_circle.groupby(villages["unit"], dropna=False).sum()
    rows["circle_share"] = circle_covered.reindex(rows.index) / rows["total"].where(
        rows["total"] > 0
    )
    names = dict(zip(inputs.divisions["code"], inputs.divisions["name"], strict=True))
    units = [None if pd.isna(unit) else str(unit) for unit in rows.index]
    rows.insert(0, "code", [None if unit == EVERYWHERE else unit for unit in units])
    rows.insert(1, "name", [names.get(unit, unit) for unit in units])
    return rows.reset_index(drop=True)


def gap_summary(villages: gpd.GeoDataFrame) -> dict[str, Any]:
    """County totals: people, covered, the true share beside the straight-line share, misled."""
    weight = villages["weight"]
    covered = float(weight[villages["covered"]].sum())
    total = float(weight.sum())
    shares = straight_summary(villages, weight="weight")
    return {
        "total": total,
        "covered": covered,
        "uncovered": total - covered,
        "share": shares["road_share"],
        "circle_share": shares["circle_share"],
        "misled": float(weight[villages["circle_covered"] & ~villages["covered"]].sum()),
        "misled_share": shares["misled_share"],
    }


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


def _bands(inputs: ServiceInputs) -> pd.DataFrame:
    """Bands whose column is filled for every village; one with unknown counts is left out."""
    bands = {
        column: AGE_SPEEDS_MPS[age]
        for age, column in AGE_COLUMNS.items()
        if inputs.demand[column].notna().all()
    }
    demand = inputs.demand.astype(dict.fromkeys(bands, float))
    return by_band(
        inputs.network(),
        inputs.counted,
        demand,
        bands=bands,
        minutes=inputs.question.minutes,
        direction=inputs.question.direction,
    )
