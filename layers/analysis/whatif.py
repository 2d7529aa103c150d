"""What if a service stood here? The county's coverage before and after, fast enough to drag a pin.

Facilities alone are moved on what `WarmCare` keeps; a change of roads is computed anew, as
`layers.analysis.scenario` does it, but without the streets of the villages.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage import coverage, gaps
from geo.scenarios import edited_roads
from layers.analysis.demand import EVERYWHERE
from layers.analysis.roads import road_ids
from layers.analysis.scenario import IMAGINED
from layers.analysis.warm import ServedLand
from layers.provenance import merge

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shapely.geometry.base import BaseGeometry

    from geo.road_edits import RoadEdits
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.analysis.warm import WarmCare
    from layers.provenance import Provenance

__all__ = ["WhatIfReport", "whatif_report"]

_PREFIX = "候选点"


@dataclass(frozen=True, kw_only=True)
class WhatIfReport:
    """A county before and after.

    Attributes
    ----------
    before, after
        `covered total share mean_seconds` (of those reached, by people) and `worst`: `village`,
        `seconds` (inf if one is not reached).
    rows
        Units that changed, by gain: `code name total covered_before covered_after share_before
        share_after`.
    gained, lost
        Land newly served and no longer served, EPSG:4490; None where there is none.
    """

    before: dict[str, Any]
    after: dict[str, Any]
    rows: pd.DataFrame
    gained: BaseGeometry | None
    lost: BaseGeometry | None
    provenance: Provenance


def whatif_report(
    warm: WarmCare,
    question: CareQuestion,
    *,
    candidates: Sequence[tuple[float, float]] = (),
    removed: Sequence[str] = (),
    roads: RoadEdits | None = None,
) -> WhatIfReport:
    """Answer for some candidates added, some facilities gone and roads changed.

    Parameters
    ----------
    warm
        What is kept between questions.
    question
        The care question.
    candidates
        (lon, lat) in degrees, EPSG:4490.
    removed
        Ids of facilities that close.
    roads
        Changes of roads; stored roads are named by their id.

    Raises
    ------
    PlatformError
        If `geo` refuses an input, or a removed facility or a road is unknown.
    """
    inputs = warm.inputs(question)
    places = gpd.GeoDataFrame(
        geometry=gpd.points_from_xy([x for x, _ in candidates], [y for _, y in candidates]),
        index=pd.Index([f"{_PREFIX}{n}" for n in range(1, len(candidates) + 1)], dtype="str"),
        crs=inputs.facilities.crs,
    )
    kept = warm.whatif(question)
    before = kept.before.coverage
    land = None
    after = kept.at(places, removed=removed).coverage
    if roads:
        after, land = _on_other_roads(inputs, places, removed, roads)
    rows = _rows(inputs, before, after)
    gained, lost = _land(warm, inputs, places, removed, land)
    return WhatIfReport(
        before=_summary(before),
        after=_summary(after),
        rows=rows,
        gained=gained,
        lost=lost,
        provenance=merge(inputs.provenance, IMAGINED),
    )


def _on_other_roads(
    inputs: ServiceInputs, places: gpd.GeoDataFrame, removed: Sequence[str], roads: RoadEdits
) -> tuple[gpd.GeoDataFrame, BaseGeometry]:
    question = inputs.question
    ids = road_ids(inputs.roads, question.mode)
    network = edited_roads(inputs.network(), roads, roads=ids).network
    facilities = _standing(inputs, places, removed)
    after = coverage(
        network,
        facilities,
        inputs.demand,
        minutes=question.minutes,
        speed_mps=question.speed_mps,
        direction=question.direction,
    )
    return after, ServedLand.of(inputs.on(network), facilities).together


def _standing(
    inputs: ServiceInputs, places: gpd.GeoDataFrame, removed: Sequence[str]
) -> gpd.GeoDataFrame:
    counted = inputs.counted[["geometry"]]
    return gpd.GeoDataFrame(pd.concat([counted.drop(index=list(removed)), places]))


def _land(
    warm: WarmCare,
    inputs: ServiceInputs,
    places: gpd.GeoDataFrame,
    removed: Sequence[str],
    after: BaseGeometry | None,
) -> tuple[BaseGeometry | None, BaseGeometry | None]:
    """Land newly served and no longer served."""
    standing = warm.land(inputs.question)
    before = standing.together
    if after is not None:
        return _less(after, before), _less(before, after)
    # Roads are as they are: only the circles of what comes and goes can be new or lost.
    new = ServedLand.of(inputs, places).together if len(places) else shapely.Polygon()
    gone = [standing.each[one] for one in removed if one in standing.each]
    left = [land for one, land in standing.each.items() if one not in removed]
    lost = _less(shapely.union_all(gone), shapely.union_all([*left, new])) if gone else None
    return _less(new, before), lost


def _less(land: BaseGeometry, other: BaseGeometry) -> BaseGeometry | None:
    left: BaseGeometry = shapely.difference(land, other)
    return None if left.is_empty else left


def _rows(inputs: ServiceInputs, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    was = gaps(before, "unit", weight="weight")
    will = gaps(after, "unit", weight="weight").reindex(was.index)
    names = dict(zip(inputs.divisions["code"], inputs.divisions["name"], strict=True))
    units = [None if pd.isna(unit) else str(unit) for unit in was.index]
    rows = pd.DataFrame(
        {
            "code": [None if unit == EVERYWHERE else unit for unit in units],
            "name": [names.get(unit, unit) for unit in units],
            "total": was["total"],
            "covered_before": was["covered"],
            "covered_after": will["covered"],
            "share_before": was["share"],
            "share_after": will["share"],
        }
    )
    change = (rows["covered_after"] - rows["covered_before"]).to_numpy(float)
    order = np.argsort(-change, kind="stable")
    turned = order[change[order] != 0]
    return pd.DataFrame(rows.iloc[turned]).reset_index(drop=True)


def _summary(villages: gpd.GeoDataFrame) -> dict[str, Any]:
    seconds = villages["seconds"].to_numpy(np.float64)
    people = villages["weight"].to_numpy(np.float64)
    reached = np.isfinite(seconds) & (people > 0)
    moving = float(people[reached].sum())
    total = float(people.sum())
    covered = float(people[villages["covered"].to_numpy(bool)].sum())
    worst = int(np.argmax(np.where(people > 0, seconds, -1.0)))
    return {
        "total": total,
        "covered": covered,
        "share": covered / total if total else float("nan"),
        "mean_seconds": float((people[reached] * seconds[reached]).sum()) / moving
        if moving
        else float("nan"),
        "worst": {"village": str(villages["name"].iloc[worst]), "seconds": float(seconds[worst])},
    }
