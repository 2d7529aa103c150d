"""Who is really served when places are limited: reachable but unserved is a gap of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.cost_table import CostTable
from geo.coverage import gaps
from geo.errors import InputError
from geo.frames import require_positive
from geo.reach import LIMIT_SLACK_S

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["CapacityAnswer", "capacity_gaps", "serve_by_capacity"]


@dataclass(frozen=True, eq=False)
class CapacityAnswer:
    """Who is served where, and what is left.

    Attributes
    ----------
    demand
        By demand: `demand`, `served`, `reachable_unserved`, `unreachable`, which sum to it;
        `perhaps`, the part of `reachable_unserved` that may find a place after all, for one of the
        facilities within reach does not say how many it has; `seconds`, mean time of those served,
        NaN if none.
    facilities
        By facility: `capacity` (NaN: unknown), `reachable` (people within reach, whoever serves
        them), `filled`, `left` (NaN: unknown), `load` (filled / capacity, NaN for none or unknown).
    flows
        People by (demand, facility), in the order in which they were served; positive.
    unknown
        Ids of facilities whose capacity is not known.
    warnings
        Chinese sentences to show beside the figures.
    """

    demand: pd.DataFrame
    facilities: pd.DataFrame
    flows: pd.Series
    unknown: tuple[object, ...]
    warnings: tuple[str, ...]


def serve_by_capacity(
    cost_seconds: pd.DataFrame, demand: pd.Series, capacity: pd.Series, *, minutes: float
) -> CapacityAnswer:
    """Serve people in order of travel time until all places are taken.

    The pairs of demand and facility within the limit are taken by seconds, of equals by facility
    id, then by demand id. Each pair fills as many of the places left as it has people left: a
    village may be served in part and by several facilities. So nobody has an unfilled place nearer
    than his own, and no place goes to one farther away while a nearer one waits.

    Parameters
    ----------
    cost_seconds
        Rows demand, columns facilities; inf where there is no way.
    demand
        People by row label, >= 0.
    capacity
        Beds or places by column label, >= 0. 0 serves nobody, and that is known. Missing is
        unknown: it serves nobody in these figures, never everybody; those who could reach it
        unserved are `perhaps`, and a warning says so.
    minutes
        Limit, > 0, inclusive.

    Returns
    -------
    Demand and facilities in the order of `cost_seconds`.

    Raises
    ------
    InputError
        If a label is missing, occurs twice or has no partner, or a number is missing (capacity
        excepted), negative or not finite.

    Source
    ------
    WHO AccessMod 5, geographic coverage analysis (manual section 5.5.4, appendix 4): a catchment
    grows with travel time until it holds the facility's capacity, covered people are removed from
    the map, the rest remain as residual population. Ours deviates in two ways: AccessMod completes
    one facility after the other in an order that the user must choose, and shares the last minute
    out over all its cells; here all facilities fill together in order of time itself, so that no
    order must be chosen, and equals go by id.
    """
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    table = CostTable.of(cost_seconds)
    people = table.people(demand)
    places = table.places(capacity, unknown=True)
    near = table.seconds <= limit_s
    known = ~np.isnan(places)
    flows = _fill(table.seconds, near & known, people, np.where(known, places, 0.0))
    who, where, count = flows
    served = np.bincount(who, weights=count, minlength=len(people))
    filled = np.bincount(where, weights=count, minlength=len(places))
    time = np.bincount(who, weights=count * table.seconds[who, where], minlength=len(people))
    # Differences of fractions of people may miss zero by an ulp.
    left = np.maximum(people - served, 0.0)
    reached = near.any(axis=1)
    unknown = table.facility_ids[np.sort(table.column[~known])]
    demand_table = pd.DataFrame(
        {
            "demand": people,
            "served": served,
            "reachable_unserved": np.where(reached, left, 0.0),
            "unreachable": np.where(reached, 0.0, people),
            "perhaps": np.where((near & ~known).any(axis=1), left, 0.0),
            "seconds": np.where(served > 0, time / np.where(served > 0, served, 1.0), np.nan),
        }
    )
    facility_table = pd.DataFrame(
        {
            "capacity": places,
            "reachable": people @ near,
            "filled": filled,
            "left": np.maximum(places - filled, 0.0),
            "load": np.where(places > 0, filled / np.where(places > 0, places, 1.0), np.nan),
        }
    )
    pairs = pd.MultiIndex.from_arrays(
        [table.demand_ids[table.row[who]], table.facility_ids[table.column[where]]],
        names=["demand", "facility"],
    )
    return CapacityAnswer(
        demand=_as_given(demand_table, table.row, table.demand_ids),
        facilities=_as_given(facility_table, table.column, table.facility_ids),
        flows=pd.Series(count, index=pairs, name="people"),
        unknown=tuple(unknown),
        warnings=_warnings(unknown),
    )


def capacity_gaps(
    coverage: pd.DataFrame, answer: CapacityAnswer, by: str, *, weight: str
) -> pd.DataFrame:
    """Gaps of `geo.coverage.gaps` with those beside who reach a facility that is full.

    Parameters
    ----------
    coverage
        What `geo.coverage.coverage` answered for the same demand, facilities and limit.
    answer
        What `serve_by_capacity` answered.
    by
        Column to group by.
    weight
        Column of people, those that were served.

    Returns
    -------
    As `gaps`, in its order, and `served`, `reachable_unserved`, `perhaps`, `served_share` (NaN if
    total is 0). `served + reachable_unserved = covered`; `uncovered` are the unreachable.

    Raises
    ------
    InputError
        As `gaps`; if the labels differ (`labels_unmatched`), or people counted as covered are not
        those within reach (`answers_differ`): the two answers are not about the same question.
    """
    table = answer.demand
    if len(table) != len(coverage) or not coverage.index.isin(table.index).all():
        raise InputError(
            "容量结果与覆盖表的需求点不同，请用同一批需求点计算。",
            code="labels_unmatched",
            where="answer",
        )
    ranked = gaps(coverage, by, weight=weight)
    added = ["served", "reachable_unserved", "perhaps"]
    parts = table[added].sort_index().assign(**{by: coverage[by]})
    sums = parts.groupby(by, dropna=False)[added].sum().reindex(ranked.index)
    if not np.allclose(sums["served"] + sums["reachable_unserved"], ranked["covered"]):
        raise InputError(
            "容量结果与覆盖表不是同一个问题（时限、设施或人口列不同），请用同一口径计算。",
            code="answers_differ",
            where="answer",
        )
    total = ranked["total"].where(ranked["total"] > 0)
    return ranked.join(sums).assign(served_share=sums["served"] / total)


def _fill(
    seconds: NDArray[np.float64],
    usable: NDArray[np.bool_],
    people: NDArray[np.float64],
    places: NDArray[np.float64],
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64]]:
    """Rows, columns and people of each service, in order of seconds, column, row."""
    row, column = np.nonzero(usable & (people > 0)[:, None] & (places > 0))
    order = np.lexsort((row, column, seconds[row, column]))
    waiting, free = people.tolist(), places.tolist()
    taken: list[tuple[int, int, float]] = []
    for i, j in zip(row[order].tolist(), column[order].tolist(), strict=True):
        count = min(waiting[i], free[j])
        if count > 0:
            waiting[i] -= count
            free[j] -= count
            taken.append((i, j, count))
    rows, columns, counts = zip(*taken, strict=True) if taken else ((), (), ())
    return np.array(rows, np.intp), np.array(columns, np.intp), np.array(counts, np.float64)


def _as_given(table: pd.DataFrame, positions: NDArray[np.intp], labels: pd.Index) -> pd.DataFrame:
    """Put sorted rows back into the caller's order, under his labels."""
    back = np.empty(len(positions), np.intp)
    back[positions] = np.arange(len(positions))
    return table.iloc[back].set_axis(labels)


def _warnings(unknown: pd.Index) -> tuple[str, ...]:
    if not len(unknown):
        return ()
    named = "、".join(str(facility) for facility in unknown[:5])
    more = f" 等 {len(unknown)} 处" if len(unknown) > 5 else ""
    sentence = (
        f"设施 {named}{more}的容量未载明，未计入已服务人数；够得着它们而未服务的人另列为"
        "“容量未载明”，补全床位或名额后重算。"
    )
    return (sentence,)
