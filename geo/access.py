"""How much service each place can reach, how unequal that is, and where it is worst."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.cost_table import CostTable
from geo.errors import InputError
from geo.frames import (
    as_numbers,
    nullable,
    require_unique_ids,
    require_weights,
    sorted_positions,
)
from geo.reach import LIMIT_SLACK_S

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

__all__ = ["e2sfca", "gini", "inequality_by"]

_BYTE: Final = 255
_COLUMNS: Final = ("demand", "points", "mean_access", "min_access", "gini", "share_without")


def e2sfca(
    cost_seconds: pd.DataFrame,
    demand: pd.Series,
    capacity: pd.Series,
    *,
    breaks_seconds: Sequence[float] = (600, 1200, 1800),
    weights: Sequence[float] = (1, 0.68, 0.22),
) -> pd.Series:
    """Places within reach for each person, by the enhanced two-step floating catchment area.

    Parameters
    ----------
    cost_seconds
        Rows demand, columns facilities; inf where there is no way.
    demand
        People by row label, >= 0. A place without people still gets its score.
    capacity
        Beds or places by column label, >= 0, none missing: leave out facilities of which it is not
        known. 0 gives nobody anything.
    breaks_seconds
        Outer ends of the zones, ascending, > 0, inclusive.
    weights
        Weight of each zone in [0, 1], never ascending. One zone of weight 1 is 2SFCA.

    Returns
    -------
    `access`, places a person, in the order of the rows of `cost_seconds`. A facility that nobody
    can use counts for nothing; for all others people x access sums to their capacity.

    Raises
    ------
    InputError
        If a label is missing, occurs twice or has no partner, a number is missing or negative, or
        the zones are not as said above (`zones_invalid`).

    Source
    ------
    Luo & Qi (2009), Health & Place 15(4), 1100-1107; one zone: Luo & Wang (2003), Environment and
    Planning B 30(6), 865-884.
    """
    ends, shares = _zones(breaks_seconds, weights)
    table = CostTable.of(cost_seconds)
    people, places = table.people(demand), table.places(capacity)
    # The zone of each pair in a byte, then its weight: far cheaper than setting weights by masks.
    zone = np.zeros(table.seconds.shape, np.intp if len(ends) > _BYTE else np.uint8)
    for end in ends:
        zone += table.seconds > end + LIMIT_SLACK_S
    pull = np.append(shares, 0.0).take(zone)
    # Not `@`: its threads cost more than they save on one pass, the more so on a busy machine, and
    # their number would decide the last bit of the sums.
    wanted = np.einsum("i,ij->j", people, pull)
    used = wanted > 0
    ratio = np.where(used, places / np.where(used, wanted, 1.0), 0.0)
    scores = np.empty(len(people))
    scores[table.row] = np.einsum("ij,j->i", pull, ratio)
    return pd.Series(scores, index=table.demand_ids, name="access")


def gini(values: ArrayLike, *, weights: ArrayLike | None = None) -> float:
    """Gini coefficient: 0 if all have the same, towards 1 if one has all.

    Parameters
    ----------
    values
        (n,) what each has, >= 0.
    weights
        (n,) how many people have it, >= 0; None counts each value once.

    Returns
    -------
    The coefficient; NaN if there is nothing to share or nobody to share it.

    Raises
    ------
    InputError
        If a value or weight is missing, negative or not finite, or the lengths differ.
    """
    have = _amounts(values, "values")
    people = np.ones(len(have)) if weights is None else _amounts(weights, "weights")
    if len(people) != len(have):
        raise InputError(
            f"weights 有 {len(people)} 个，values 有 {len(have)} 个，应一样多。",
            code="lengths_differ",
            where="weights",
        )
    # Equal values in one order of weights: rounding then does not depend on the order given.
    order = np.lexsort((people, have))
    have, people = have[order], people[order]
    amount = have * people
    total, crowd = amount.sum(), people.sum()
    if not total > 0:
        return float("nan")
    cumulated = np.cumsum(amount) / total
    before = np.concatenate(([0.0], cumulated[:-1]))
    # A sum of rounded parts may miss the ends by a few ulps.
    return float(np.clip(1.0 - (people / crowd) @ (cumulated + before), 0.0, 1.0))


def inequality_by(access: pd.Series, demand: pd.Series, by: pd.Series) -> pd.DataFrame:
    """Access of the people of each unit, and how unequal it is within.

    Parameters
    ----------
    access
        Scores, as `e2sfca` gives them.
    demand
        People, the same labels.
    by
        Unit of each, for example its township; missing ones stay together as `<NA>`.

    Returns
    -------
    A row a unit, ascending, missing last: `demand`, `points`, `mean_access` (of a person),
    `min_access` (of the worst place where somebody lives), `gini` (between people),
    `share_without` (of people with no access at all). NaN where nobody lives; `gini` also where
    nobody has access.

    Raises
    ------
    InputError
        If a label is missing, occurs twice or has no partner, or a number is missing, negative or
        not finite.
    """
    require_unique_ids(access.index, "可达性")
    for other, name in ((demand, "demand"), (by, "by")):
        require_unique_ids(other.index, name)
        if len(other) != len(access) or not access.index.isin(other.index).all():
            raise InputError(
                f"{name} 的编号与可达性表对不上，请核对编号。", code="labels_unmatched", where=name
            )
    order = sorted_positions(access.index)
    labels = access.index[order]
    scores = require_weights(access.iloc[order], "可达性")
    people = require_weights(demand.reindex(labels), "需求点")
    codes, units = pd.factorize(pd.Index(nullable(by.reindex(labels))), use_na_sentinel=False)
    rows = [_unequal(scores[codes == unit], people[codes == unit]) for unit in range(len(units))]
    table = pd.DataFrame(rows, columns=list(_COLUMNS), index=units.rename(by.name or "by"))
    missing = np.asarray(units.isna(), bool)
    known = np.flatnonzero(~missing)
    ascending = np.concatenate((known[sorted_positions(units[known])], np.flatnonzero(missing)))
    return table.iloc[ascending].astype({"points": np.int64})


def _unequal(
    scores: NDArray[np.float64], people: NDArray[np.float64]
) -> tuple[float, int, float, float, float, float]:
    crowd = float(people.sum())
    if not crowd > 0:
        return 0.0, len(scores), np.nan, np.nan, np.nan, np.nan
    lived = people > 0
    return (
        crowd,
        len(scores),
        float(scores @ people) / crowd,
        float(scores[lived].min()),
        gini(scores, weights=people),
        float(people[scores == 0].sum()) / crowd,
    )


def _zones(
    breaks_seconds: Sequence[float], weights: Sequence[float]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    ends, shares = _amounts(breaks_seconds, "breaks_seconds"), _amounts(weights, "weights")
    faults = (
        (not len(ends) or len(ends) != len(shares), "个数不同或一个也没有"),
        (bool((ends <= 0).any() or (np.diff(ends) <= 0).any()), "分段不是由小到大的正数"),
        (bool((shares > 1).any() or (np.diff(shares) > 0).any()), "权重大于 1 或由小变大"),
    )
    for wrong, what in faults:
        if wrong:
            raise InputError(
                f"breaks_seconds 与 weights {what}；请给同样多的分段（秒，递增）和权重"
                "（0 到 1，不递增）。",
                code="zones_invalid",
                where="breaks_seconds",
            )
    return ends, shares


def _amounts(values: ArrayLike, name: str) -> NDArray[np.float64]:
    """Numbers that are there, finite and not negative.

    Raises
    ------
    InputError
        `amount_invalid`, naming the place.
    """
    converted = as_numbers(pd.Series(values))
    bad = ~((converted >= 0) & np.isfinite(converted))
    if bad.any():
        place = int(np.argmax(bad))
        raise InputError(
            f"{name} 的第 {place + 1} 个是空的、负的或不是有限的数字，请改为 0 或正数。",
            code="amount_invalid",
            where=name,
        )
    return converted
