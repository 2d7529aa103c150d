"""Before and after: what changed roads and facilities would mean, township by township."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.coverage import gaps
from geo.network import snap
from geo.scenarios import EditHit, edited_roads
from geo.spread import coverage_range
from layers.analysis.demand import EVERYWHERE
from layers.analysis.gaps import gap_summary, ranged_demand
from layers.analysis.ranges import Streets
from layers.analysis.roads import road_ids
from layers.analysis.saved_scenarios import inputs_hash
from layers.analysis.scenario_edits import changed_facilities
from layers.provenance import Provenance, merge

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from geo.network import Network
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.analysis.scenario_edits import FacilityChange, ScenarioEdits

__all__ = [
    "FACILITY_CHANGES",
    "IMAGINED",
    "ROAD_CHANGES",
    "RoadChange",
    "ScenarioAnswer",
    "scenario_answer",
]

IMAGINED = Provenance("approximate", ("方案中设想的改动",))
"""Where the changes themselves come from."""

FACILITY_CHANGES = {"opened": "设施开设", "moved": "设施迁移", "closed": "设施停用"}
"""Kind of a `FacilityChange` -> Chinese title."""

ROAD_CHANGES = {"added": "道路新修", "closed": "道路封闭", "slowed": "道路变速"}
"""Kind of a `RoadChange` -> Chinese title."""

_ENDS = ("share_low", "share_high")
_BESIDE = ("covered", "uncovered", "share", *_ENDS, "misled", "mean_seconds", "worst_seconds")


@dataclass(frozen=True, kw_only=True)
class RoadChange:
    """What one edit of roads met.

    Attributes
    ----------
    kind, number, length_m, joined, crossed
        As `geo.scenarios.EditHit`.
    roads
        Ids of the stored roads concerned; none for a new road.
    """

    kind: str
    number: int
    roads: tuple[str, ...]
    length_m: float
    joined: int
    crossed: int


@dataclass(frozen=True, kw_only=True)
class ScenarioAnswer:
    """A county before and after.

    Attributes
    ----------
    rows
        By the question's unit, most changed first: `code name total`, `covered uncovered share
        share_low share_high misled mean_seconds worst_seconds` each with `_before` and `_after`,
        and `gained lost change`, people newly covered, no longer covered, and the difference.
    before, after
        `layers.analysis.gaps.gap_summary`, `mean_seconds` of those reached, and `worst` (`village`,
        `seconds`; inf if one is not reached).
    gained, lost
        People of the county.
    villages
        Demand: index id, `name unit weight geometry`, `seconds covered` each with `_before` and
        `_after`.
    facilities, roads
        What each edit met.
    """

    question: CareQuestion
    edits: ScenarioEdits
    rows: pd.DataFrame
    before: dict[str, Any]
    after: dict[str, Any]
    gained: float
    lost: float
    villages: gpd.GeoDataFrame
    facilities: tuple[FacilityChange, ...]
    roads: tuple[RoadChange, ...]
    provenance: Provenance
    data_date: date
    inputs_hash: str
    warnings: tuple[str, ...] = ()


def scenario_answer(
    inputs: ServiceInputs, edits: ScenarioEdits, register: gpd.GeoDataFrame
) -> ScenarioAnswer:
    """Answer the care question before and after the scenario.

    Parameters
    ----------
    inputs
        Rows of the care question; unchanged, as are the stored roads.
    edits
        As `layers.analysis.scenario_edits.read_edits`.
    register
        All rows of `care_facilities` of the day, planned ones too.

    Raises
    ------
    InputError
        If an edit meets nothing, or not what it should.
    NotFound
        If a named facility is none.
    PlatformError
        If `geo` refuses an input.
    """
    after_inputs, facilities = changed_facilities(inputs, edits, register)
    network, hits = inputs.network(), tuple[EditHit, ...]()
    ids = road_ids(inputs.roads, inputs.question.mode)
    if edits.roads:
        edited = edited_roads(network, edits.roads, roads=ids)
        network, hits = edited.network, edited.hits
    streets = Streets.of(inputs)
    before = ranged_demand(inputs, streets)
    after = ranged_demand(after_inputs.on(network), streets)
    rows = _rows(inputs, before, after)
    return ScenarioAnswer(
        question=inputs.question,
        edits=edits,
        rows=rows,
        before=_summary(before),
        after=_summary(after),
        gained=float(rows["gained"].sum()),
        lost=float(rows["lost"].sum()),
        villages=_villages(before, after),
        facilities=facilities,
        roads=tuple(_road_change(hit, ids) for hit in hits),
        provenance=merge(inputs.provenance, IMAGINED),
        data_date=inputs.data_date,
        inputs_hash=inputs_hash(inputs),
        warnings=(*inputs.warnings, *_warnings(network, after_inputs, facilities, hits)),
    )


def _rows(inputs: ServiceInputs, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    """One row a unit, most people changed first."""
    old = _ranged_gaps(before)
    new = _ranged_gaps(after).reindex(old.index)
    was, will = before["covered"].to_numpy(bool), after["covered"].to_numpy(bool)
    moved = pd.DataFrame(
        {
            "gained": np.where(will & ~was, before["weight"], 0.0),
            "lost": np.where(was & ~will, before["weight"], 0.0),
        },
        index=before.index,
    )
    moved = moved.groupby(before["unit"], dropna=False).sum().reindex(old.index)
    names = dict(zip(inputs.divisions["code"], inputs.divisions["name"], strict=True))
    units = [None if pd.isna(unit) else str(unit) for unit in old.index]
    beside = {
        f"{name}_{when}": frame[name]
        for name in _BESIDE
        for when, frame in (("before", old), ("after", new))
    }
    rows = pd.DataFrame(
        {
            "code": [None if unit == EVERYWHERE else unit for unit in units],
            "name": [names.get(unit, unit) for unit in units],
            "total": old["total"],
            **beside,
            "gained": moved["gained"],
            "lost": moved["lost"],
            "change": moved["gained"] - moved["lost"],
        },
        index=old.index,
    ).reset_index(drop=True)
    turned = rows["gained"] + rows["lost"]
    return rows.iloc[np.argsort(-turned.to_numpy(), kind="stable")].reset_index(drop=True)


def _ranged_gaps(villages: gpd.GeoDataFrame) -> pd.DataFrame:
    spans = coverage_range(
        villages["covered"], villages["street_share"], villages["weight"], villages["unit"]
    )
    rows = gaps(villages, "unit", weight="weight")
    return rows.join(spans[list(_ENDS)].reindex(rows.index))


def _summary(villages: gpd.GeoDataFrame) -> dict[str, Any]:
    seconds = villages["seconds"].to_numpy(np.float64)
    people = villages["weight"].to_numpy(np.float64)
    reached = np.isfinite(seconds) & (people > 0)
    total = float(people[reached].sum())
    mean = float((people[reached] * seconds[reached]).sum()) / total if total else float("nan")
    worst = int(np.argmax(np.where(people > 0, seconds, -1.0)))
    return {
        **gap_summary(villages),
        "mean_seconds": mean,
        "worst": {"village": str(villages["name"].iloc[worst]), "seconds": float(seconds[worst])},
    }


def _villages(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    kept = before[["village_code", "name", "unit", "township_code", "weight", "geometry"]]
    return kept.assign(
        seconds_before=before["seconds"],
        seconds_after=after["seconds"],
        covered_before=before["covered"],
        covered_after=after["covered"],
    )


def _road_change(hit: EditHit, ids: dict[str, int]) -> RoadChange:
    names = {edge: road for road, edge in ids.items()}
    stored = () if hit.kind == "added" else tuple(names[edge] for edge in hit.edges)
    return RoadChange(
        kind=hit.kind,
        number=hit.number,
        roads=stored,
        length_m=hit.length_m,
        joined=hit.joined,
        crossed=hit.crossed,
    )


def _warnings(
    network: Network,
    inputs: ServiceInputs,
    facilities: tuple[FacilityChange, ...],
    hits: tuple[EditHit, ...],
) -> list[str]:
    placed = inputs.counted.loc[[one.id for one in facilities if one.place is not None]]
    off = snap(network, placed)
    said = [
        f"“{name}”500 米内没有道路，接不上路网，不能服务任何人；请核对位置。"
        for name in placed["name"][~off["connected"]]
    ]
    for hit in hits:
        if hit.kind == "added" and hit.joined == 1:
            said.append(f"新增道路第 {hit.number} 条只有一端接上路网，另一端是断头路。")
        if hit.crossed:
            said.append(
                f"新增道路第 {hit.number} 条跨过 {hit.crossed} 条道路而不相接；"
                "要相接请在交叉处分成两条画。"
            )
    return said
