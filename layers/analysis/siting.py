"""Where a new facility should come: one of four models over stored rows, before and after."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.coverage import coverage
from geo.errors import InputError
from layers.analysis.access import access_answer
from layers.analysis.candidates import node_candidates, village_candidates
from layers.analysis.gaps import gap_rows, gap_summary
from layers.analysis.ranges import Streets
from layers.analysis.saved_scenarios import inputs_hash
from layers.analysis.sited import with_sites
from layers.analysis.siting_places import site_places
from layers.analysis.siting_question import LIMITED_MODELS
from layers.analysis.siting_table import SitingTable
from layers.provenance import merge, provenance_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from geo.siting import Solution
    from layers.analysis.access import AccessAnswer
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.analysis.siting_question import SitingQuestion
    from layers.provenance import Provenance

__all__ = ["SitingAnswer", "coverage_with", "siting_answer"]

_OPTION_COLUMNS = (
    "rank",
    "sites",
    "names",
    "objective",
    "status",
    "gap",
    "covered",
    "gained",
    "share",
    "share_low",
    "share_high",
    "gained_along",
    "mean_seconds",
    "worst_seconds",
)


@dataclass(frozen=True, kw_only=True)
class SitingAnswer:
    """The recommended sites, what they change, and what else is nearly as good.

    Attributes
    ----------
    question, care
        What was asked.
    solution
        The best choice, as `geo.siting` gave it.
    sites
        The chosen ones. Index id; columns `name place township_code people gained geometry`.
        `place`: the nearest village and how far, in words. `people` within the limit of the site,
        `gained` those of them whom no facility covers today.
    options
        The best choice and the next best, best first, of equally good ones that with the shorter
        mean way: `rank sites names objective status gap covered gained share share_low share_high
        gained_along mean_seconds worst_seconds`. `sites` are tuples of ids, `gap` is the distance
        from the optimum, `gained_along` the people gained when counted along their streets.
    before, after
        `layers.analysis.gaps.gap_summary` with `share_low`, `share_high` (people at their village's
        point, and along its streets), and `mean_seconds`, `worst_seconds` of those reached.
        Today with what is counted; then with the chosen sites, and without what stands if the
        question says so.
    rows
        By the care question's unit, most gained first: `code name total before after gained
        gained_along before_share after_share`, each share with its ends (`_low`, `_high`); `before`
        and `after` are people covered.
    villages_before, villages_after
        Demand with its coverage, as `ServicePicture.demand`, `street_share` included.
    candidates
        All places that were looked at: columns of `layers.analysis.candidates`.
    unreached
        Names of demand (of the township, if one is asked about) that no candidate and no facility
        can serve; lscp, mclp: within the limit.
    access_before, access_after
        Who finds a place within the limit, today and with the chosen sites, where the question asks
        for places (`SitingQuestion.places`) and there is a choice.
    inputs_hash
        As `layers.analysis.saved_scenarios.inputs_hash`.
    """

    question: SitingQuestion
    care: CareQuestion
    solution: Solution
    sites: gpd.GeoDataFrame
    options: pd.DataFrame
    before: dict[str, Any]
    after: dict[str, Any]
    rows: pd.DataFrame
    villages_before: gpd.GeoDataFrame
    villages_after: gpd.GeoDataFrame
    candidates: gpd.GeoDataFrame
    unreached: tuple[str, ...]
    provenance: Provenance
    data_date: date
    inputs_hash: str
    access_before: AccessAnswer | None = None
    access_after: AccessAnswer | None = None
    warnings: tuple[str, ...] = ()

    @property
    def cost(self) -> float | None:
        """Yuan of the chosen sites, where a budget was asked about."""
        if self.question.budget is None:
            return None
        return float(self.candidates.loc[list(self.solution.chosen), "investment_yuan"].sum())

    @property
    def gained_along(self) -> float:
        """People newly covered when counted along their streets."""
        return _gained_along(self.villages_before, self.villages_after)

    @property
    def feasible(self) -> bool:
        """Whether there is a choice at all; `solution.reason` says why not."""
        return self.solution.status != "infeasible"


def siting_answer(
    inputs: ServiceInputs,
    question: SitingQuestion,
    candidates: gpd.GeoDataFrame | str = "villages",
) -> SitingAnswer:
    """Choose the sites and say what they change.

    Parameters
    ----------
    inputs
        Rows of the care question.
    question
        What is asked beside it.
    candidates
        A frame as `layers.analysis.candidates` makes it, or `villages`, or `nodes` (every node of
        the roads, of which those that reach the same people count as one).

    Returns
    -------
    The answer; one without a choice has `feasible` False and before equal to after.

    Raises
    ------
    NotFound
        If there are no candidates, or no such township.
    InputError
        If an argument is wrong, or a candidate has the id of a standing facility.
    """
    places = _candidates(inputs, question, candidates)
    standing = inputs.counted if question.existing else inputs.counted.iloc[:0]
    shared = places.index.intersection(standing.index)
    if len(shared):
        raise InputError(
            f"候选点“{shared[0]}”已经是在用设施，不能再选；请去掉它或用 --no-existing。",
            code="candidate_stands",
            where=str(shared[0]),
        )
    table = SitingTable.of(inputs, question, places, standing)
    if isinstance(candidates, str) and candidates == "nodes" and question.model in LIMITED_MODELS:
        table = table.without_doubles()
    streets = Streets.of(inputs)
    before = coverage_with(inputs, inputs.counted).assign(street_share=streets.covered_shares())

    def covered(chosen: tuple[str, ...]) -> gpd.GeoDataFrame:
        opened = places.loc[list(chosen)]
        planned = with_sites(inputs if question.existing else _emptied(inputs), opened)
        along = streets.serving(planned).covered_shares()
        return coverage_with(inputs, standing, opened).assign(street_share=along)

    found, options = _options(table.solve(), covered, places, before)
    best = found[0]
    opened = places.loc[list(best.chosen)]
    after = before if best.status == "infeasible" else covered(best.chosen)
    access: tuple[AccessAnswer | None, AccessAnswer | None] = (None, None)
    warnings = inputs.warnings
    if question.places is not None and best.status != "infeasible":
        opened = opened.assign(places=site_places(question, opened))
        planned = with_sites(inputs if question.existing else _emptied(inputs), opened)
        access = access_answer(inputs), access_answer(planned)
        warnings = (*warnings, *access[1].warnings[len(planned.warnings) :])
    return SitingAnswer(
        question=question,
        care=inputs.question,
        solution=best,
        sites=_sites(inputs, opened, before),
        options=options,
        before=_summary(before),
        after=_summary(after),
        rows=_rows(inputs, before, after),
        villages_before=before,
        villages_after=after,
        candidates=places,
        unreached=_unreached(inputs, question, best),
        provenance=merge(inputs.provenance, provenance_of(opened)),
        data_date=inputs.data_date,
        inputs_hash=inputs_hash(inputs),
        access_before=access[0],
        access_after=access[1],
        warnings=warnings,
    )


def coverage_with(
    inputs: ServiceInputs, standing: gpd.GeoDataFrame, opened: gpd.GeoDataFrame | None = None
) -> gpd.GeoDataFrame:
    """Coverage of the demand by standing and newly opened places.

    Parameters
    ----------
    inputs
        Rows of the care question.
    standing, opened
        Points with unique ids.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    care = inputs.question
    parts = [standing] if opened is None else [standing, opened]
    shapes = np.concatenate([one.geometry.to_numpy() for one in parts])
    ids = pd.Index(np.concatenate([one.index.to_numpy(object) for one in parts]))
    return coverage(
        inputs.network(),
        gpd.GeoDataFrame(geometry=shapes, index=ids, crs=standing.crs),
        inputs.demand,
        minutes=care.minutes,
        speed_mps=care.speed_mps,
        direction=care.direction,
    )


def _candidates(
    inputs: ServiceInputs, question: SitingQuestion, candidates: gpd.GeoDataFrame | str
) -> gpd.GeoDataFrame:
    """Give the places, refusing words that name none.

    Raises
    ------
    InputError
        `unknown_candidates`.
    """
    if not isinstance(candidates, str):
        return candidates.sort_index(kind="stable")
    makers = {"villages": village_candidates, "nodes": node_candidates}
    if candidates not in makers:
        raise InputError(
            f"候选点不能是“{candidates}”，可选：villages（各村）、nodes（路口）或一个文件。",
            code="unknown_candidates",
            where="candidates",
        )
    return makers[candidates](inputs, question.township)


def _emptied(inputs: ServiceInputs) -> ServiceInputs:
    """Give the inputs without what stands: a plan from nothing."""
    return replace(inputs, facilities=inputs.facilities.assign(counted=False))


def _unreached(inputs: ServiceInputs, question: SitingQuestion, best: Solution) -> tuple[str, ...]:
    rows = inputs.demand.loc[list(best.uncoverable)]
    if question.township is not None:  # the rest of the county was not asked about
        rows = rows[rows["township_code"] == question.township]
    return tuple(rows["name"])


def _summary(villages: gpd.GeoDataFrame) -> dict[str, Any]:
    weight, seconds = villages["weight"], villages["seconds"]
    there = np.isfinite(seconds) & (weight > 0)
    people = float(weight[there].sum())
    return {
        **gap_summary(villages),
        "mean_seconds": float((weight * seconds)[there].sum() / people) if people else np.nan,
        "worst_seconds": float(seconds[there].max()) if there.any() else np.nan,
    }


def _sites(
    inputs: ServiceInputs, opened: gpd.GeoDataFrame, before: gpd.GeoDataFrame
) -> gpd.GeoDataFrame:
    """Give each chosen site its surroundings and the people it serves."""
    weight, uncovered = inputs.demand["weight"], ~before["covered"].astype(bool)
    rows = []
    for site in opened.index:
        near = coverage_with(inputs, opened.loc[[site]])
        reached = near["covered"].astype(bool)
        home = near["straight_m"].to_numpy().argmin() if near["straight_m"].notna().any() else None
        rows.append(
            {
                "name": opened.at[site, "name"],
                "place": "" if home is None else _beside(near.iloc[int(home)]),
                "township_code": None if home is None else near["township_code"].iloc[int(home)],
                "people": float(weight[reached].sum()),
                "gained": float(weight[reached & uncovered].sum()),
            }
        )
    table = pd.DataFrame(
        rows, columns=["name", "place", "township_code", "people", "gained"], index=opened.index
    )
    return gpd.GeoDataFrame(table, geometry=opened.geometry, crs=opened.crs)


def _beside(village: pd.Series) -> str:
    return f"{village['name']}，相距 {village['straight_m']:.0f} 米"


def _options(
    found: tuple[Solution, ...],
    covered: Callable[[tuple[str, ...]], gpd.GeoDataFrame],
    places: gpd.GeoDataFrame,
    before: gpd.GeoDataFrame,
) -> tuple[tuple[Solution, ...], pd.DataFrame]:
    """Rank the choices and give each with what it would change in the whole county."""
    today = before["covered"].astype(bool)
    rows = []
    for one in found:
        if one.status == "infeasible":
            continue
        villages = covered(one.chosen)
        figures = _summary(villages)
        won = villages["covered"].astype(bool) & ~today
        rows.append(
            {
                "rank": 0,
                "sites": one.chosen,
                "names": tuple(places.loc[list(one.chosen), "name"]),
                "objective": one.objective,
                "status": one.status,
                "gap": one.gap,
                "covered": figures["covered"],
                "gained": float(villages["weight"][won].sum()),
                **{name: figures[name] for name in ("share", "share_low", "share_high")},
                "gained_along": _gained_along(before, villages),
                "mean_seconds": figures["mean_seconds"],
                "worst_seconds": figures["worst_seconds"],
            }
        )
    table = pd.DataFrame(rows, columns=list(_OPTION_COLUMNS))
    if table.empty:
        return found, table
    order = np.lexsort((table["mean_seconds"].round(3), table["gap"].round(9)))
    table = table.iloc[order].assign(rank=np.arange(1, len(table) + 1)).reset_index(drop=True)
    return tuple(found[position] for position in order), table


def _gained_along(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> float:
    return float(_won_along(before, after).sum())


def _won_along(before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.Series:
    return before["weight"] * (after["street_share"] - before["street_share"])


def _rows(inputs: ServiceInputs, before: gpd.GeoDataFrame, after: gpd.GeoDataFrame) -> pd.DataFrame:
    """Give before and after by unit."""
    old, new = (
        rows.set_index(rows["code"].fillna(rows["name"]).to_numpy())
        for rows in (gap_rows(inputs, before), gap_rows(inputs, after))
    )
    table = pd.DataFrame(
        {
            "code": old["code"],
            "name": old["name"],
            "total": old["total"],
            "before": old["covered"],
            "after": new["covered"].reindex(old.index),
        }
    )
    table["gained"] = table["after"] - table["before"]
    won = _won_along(before, after).groupby(before["unit"], dropna=False).sum()
    table["gained_along"] = won.reindex(old.index)
    people = table["total"].where(table["total"] > 0)
    for when, units in (("before", old), ("after", new.reindex(old.index))):
        table[f"{when}_share"] = table[when] / people
        for end in ("low", "high"):
            table[f"{when}_share_{end}"] = units[f"share_{end}"]
    order = np.lexsort((np.arange(len(table)), -table["gained"].to_numpy()))
    return table.iloc[order].reset_index(drop=True)
