"""How many places elders can reach, how unequally, who finds them full, how referral goes on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from geo.access import e2sfca, gini, inequality_by
from geo.capacity import capacity_gaps, serve_by_capacity
from geo.reach import cost_matrix
from geo.referral import referral_times
from geo.spread import coverage_range
from layers.analysis.demand import EVERYWHERE
from layers.analysis.gaps import ranged_demand
from layers.analysis.ranges import Streets, door_costs, span_of
from layers.errors import NotFound

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from geo.capacity import CapacityAnswer
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = ["REFERRAL_MODE", "ZONE_WEIGHTS", "AccessAnswer", "access_answer", "facility_capacity"]

ZONE_WEIGHTS = (1.0, 0.68, 0.22)
"""Weights of the three equal parts of the limit; at 30 minutes the zones of Luo & Qi (2009)."""

REFERRAL_MODE = "car"
"""Between facilities people are driven, whatever the way to the door."""

_BED_KINDS = ("county_centre", "regional_home", "nursing_home")
_COUNTS = ("served", "reachable_unserved", "perhaps", "unreachable")
_KEPT = (
    "rank",
    "total",
    "covered",
    "uncovered",
    "share",
    "served",
    "reachable_unserved",
    "perhaps",
    "served_share",
)
_SERVED_ENDS = ("served_share_low", "served_share_high")
_LINKS = {"station": "服务点", "home": "区域养老院", "centre": "县级养老服务中心"}


@dataclass(frozen=True, kw_only=True)
class AccessAnswer:
    """Access to the places of a county's services.

    Attributes
    ----------
    rows
        By unit, as `layers.analysis.gaps.gap_rows` ranks them: `code name rank total covered
        uncovered share served reachable_unserved perhaps served_share mean_access min_access gini
        share_without share_low share_high served_share_low served_share_high`. `total = served +
        reachable_unserved + uncovered`; access in places a person. The ends of both shares are
        those at the villages' points and along their streets, in order of size.
    summary
        `total covered uncovered share served reachable_unserved perhaps served_share capacity
        unknown_capacity mean_access gini share_without`, and the ends.
    facilities
        Counted ones. Index id; columns `name kind capacity reachable filled left load`.
    villages
        Index of the demand: `village_code name unit township_code weight covered street_share
        access`, the counts of `geo.capacity`, `served_along` (people who find a place when they
        come from along the streets), and the columns of `geo.referral.referral_times`.
    referral
        `mean_minutes worst_minutes` of both referral legs together, weighted by people, of those
        whose chain is whole; `whole`, `without` (people); `homes`, people by home id.
    facility_names
        Name of every facility that stands, by id.
    """

    question: CareQuestion
    rows: pd.DataFrame
    summary: dict[str, Any]
    facilities: pd.DataFrame
    villages: pd.DataFrame
    referral: dict[str, Any]
    facility_names: dict[str, str]
    provenance: Provenance
    data_date: date
    warnings: tuple[str, ...] = ()


def access_answer(inputs: ServiceInputs) -> AccessAnswer:
    """Answer the question for places instead of doors.

    Facilities whose capacity is not known serve nobody in these figures and are named in a
    warning (`geo.capacity`).

    Raises
    ------
    NotFound
        If no counted facility says how many places it has, code `no_capacity`.
    PlatformError
        If a network cannot be built or an input is refused by `geo`.
    """
    question, demand, counted = inputs.question, inputs.demand, inputs.counted
    capacity = facility_capacity(counted)
    if capacity.isna().all():
        raise NotFound(
            "计入的设施都没有填床位（beds）或日间照料名额（day_places），无法计算可达性；"
            "请先在 care_facilities 里补上。",
            code="no_capacity",
            where="care_facilities",
        )
    streets = Streets.of(inputs)
    costs = door_costs(inputs, demand)
    known = capacity.dropna()
    zones = [60.0 * question.minutes * part / len(ZONE_WEIGHTS) for part in (1, 2, 3)]
    access = e2sfca(
        costs[known.index], demand["weight"], known, breaks_seconds=zones, weights=ZONE_WEIGHTS
    )
    served = serve_by_capacity(costs, demand["weight"], capacity, minutes=question.minutes)
    referral = _referral(inputs, costs)
    covered = ranged_demand(inputs, streets)
    own = ["village_code", "name", "unit", "township_code", "weight", "covered", "street_share"]
    villages = pd.DataFrame(covered[own]).assign(
        access=access,
        **{name: served.demand[name] for name in _COUNTS},
        served_along=streets.served(capacity),
    )
    rows = _rows(inputs, capacity_gaps(covered, served, "unit", weight="weight"), villages)
    chain, notes = _chain(villages["weight"], referral)
    return AccessAnswer(
        question=question,
        rows=rows,
        summary=_summary(rows, capacity, villages),
        facilities=pd.DataFrame(counted[["name", "kind"]]).join(served.facilities),
        villages=villages.join(referral),
        referral=chain,
        facility_names=dict(
            zip(inputs.facilities.index.astype(str), inputs.facilities["name"], strict=True)
        ),
        provenance=inputs.provenance,
        data_date=inputs.data_date,
        warnings=(*inputs.warnings, *_named(served, counted), *notes),
    )


def facility_capacity(facilities: gpd.GeoDataFrame) -> pd.Series:
    """Places of each facility as its kind needs; missing is unknown.

    Homes and the county centre have beds. Stations, day care and canteens have day places. A
    community centre (or one without a kind) has day places or, where those are not told, beds.

    Parameters
    ----------
    facilities
        Rows of `care_facilities`.

    Returns
    -------
    Float, index of the facilities.
    """
    beds = pd.to_numeric(facilities["beds"]).astype("Float64").astype(float)
    day = pd.to_numeric(facilities["day_places"]).astype("Float64").astype(float)
    kind = facilities["kind"]
    either = kind.isna() | (kind == "community_centre")
    places = day.where(~kind.isin(_BED_KINDS), beds)
    return places.where(~(either & places.isna()), beds).rename("capacity")


def _rows(inputs: ServiceInputs, table: pd.DataFrame, villages: pd.DataFrame) -> pd.DataFrame:
    table = table[list(_KEPT)]
    unequal = inequality_by(villages["access"], villages["weight"], villages["unit"])
    table = table.join(unequal[["mean_access", "min_access", "gini", "share_without"]])
    table = table.join(_ends(villages, villages["unit"]))
    names = dict(zip(inputs.divisions["code"], inputs.divisions["name"], strict=True))
    units = [None if pd.isna(unit) else str(unit) for unit in table.index]
    table.insert(0, "code", [None if unit == EVERYWHERE else unit for unit in units])
    table.insert(1, "name", [names.get(unit, unit) for unit in units])
    return table.reset_index(drop=True)


def _summary(rows: pd.DataFrame, capacity: pd.Series, villages: pd.DataFrame) -> dict[str, Any]:
    access, weight = villages["access"], villages["weight"]
    everywhere = pd.Series(0, index=villages.index)
    names = ["total", "covered", "uncovered", "served", "reachable_unserved", "perhaps"]
    sums = {name: float(rows[name].sum()) for name in names}
    whole = inequality_by(access, weight, everywhere).iloc[0]
    ends = _ends(villages, everywhere).iloc[0]
    return {
        **sums,
        "share": sums["covered"] / sums["total"],
        "served_share": sums["served"] / sums["total"],
        "capacity": float(capacity.sum()),
        "unknown_capacity": int(capacity.isna().sum()),
        "mean_access": float(whole["mean_access"]),
        "gini": gini(access.to_numpy(), weights=weight.to_numpy()),
        "share_without": float(whole["share_without"]),
        **{str(name): float(end) for name, end in ends.items()},
    }


def _ends(villages: pd.DataFrame, by: pd.Series) -> pd.DataFrame:
    """Low and high end of both shares: at the villages' points, and along their streets."""
    spans = coverage_range(villages["covered"], villages["street_share"], villages["weight"], by)
    people = villages[["weight", "served", "served_along"]].groupby(by, dropna=False).sum()
    people = people.reindex(spans.index)
    served = [
        span_of(point / total, along / total) if total else (np.nan, np.nan)
        for total, point, along in people.itertuples(index=False)
    ]
    ends = pd.DataFrame(served, index=spans.index, columns=list(_SERVED_ENDS))
    return spans[["share_low", "share_high"]].join(ends)


def _referral(inputs: ServiceInputs, costs: pd.DataFrame) -> pd.DataFrame:
    """Chain of each village: its way to the door, then driven."""
    network = inputs.network(REFERRAL_MODE)
    kind = inputs.facilities["kind"]
    homes = inputs.facilities[kind == "regional_home"]
    centres = inputs.facilities[kind == "county_centre"]
    return referral_times(
        costs,
        cost_matrix(network, inputs.counted, homes),
        cost_matrix(network, homes, centres),
    )


def _chain(weight: pd.Series, referral: pd.DataFrame) -> tuple[dict[str, Any], tuple[str, ...]]:
    """Sum the chains up, and say which link is missing."""
    whole = referral["missing"].isna() & (weight > 0)
    seconds = referral.loc[whole, "referral_seconds"]
    people = weight[whole]
    homes = people.groupby(referral.loc[whole, "home_id"].astype(object)).sum()
    told = {
        "mean_minutes": float(np.average(seconds, weights=people)) / 60 if len(people) else None,
        "worst_minutes": float(seconds.max()) / 60 if len(people) else None,
        "whole": float(people.sum()),
        "without": float(weight.sum() - people.sum()),
        "homes": {str(home): float(count) for home, count in homes.items()},
    }
    lacking = referral.loc[weight > 0, "missing"].value_counts()
    notes = tuple(
        f"{int(count)} 个村的转介链断在{_LINKS[str(link)]}：没有这类设施，或没有路可到。"
        for link, count in lacking.items()
    )
    return told, notes


def _named(served: CapacityAnswer, counted: gpd.GeoDataFrame) -> tuple[str, ...]:
    if not served.unknown:
        return ()
    names = "、".join(str(counted.at[one, "name"]) for one in served.unknown[:5])
    more = " 等" if len(served.unknown) > 5 else ""
    sentence = (
        f"{names}{more} {len(served.unknown)} 处设施没有填床位或名额，未计入可达性和已服务人数；"
        "能到这些设施而未服务的人另列为“容量未载明”。"
    )
    return (sentence,)
