"""A siting question, checked and sorted by label, so that the order of rows changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from geo.errors import InputError
from geo.frames import require_unique_index, require_weights, sorted_positions, take_ids
from geo.siting.solution import PROVEN_GAP, Solution, relative_gap

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

__all__ = ["Problem", "require_count", "require_gap"]

_NOBODY: Final = -1


@dataclass(frozen=True, eq=False)
class Problem:
    """Seconds and sites in ascending order of their ids.

    Attributes
    ----------
    name
        Name of the model.
    demand
        Ids of the demand in the caller's order.
    row
        (n,) the caller's position of each sorted row.
    sites
        (m,) ids of the sites, sorted.
    cost
        (n, m) seconds, rows and columns sorted.
    existing
        (m,) stands already.
    free
        (m,) a new site may come here.
    """

    name: str
    demand: pd.Index
    row: NDArray[np.intp]
    sites: pd.Index
    column: NDArray[np.intp]
    cost: NDArray[np.float64]
    existing: NDArray[np.bool_]
    free: NDArray[np.bool_]

    @classmethod
    def of(
        cls,
        name: str,
        cost_seconds: pd.DataFrame,
        existing: Iterable[Any],
        forbidden: Iterable[Any],
    ) -> Problem:
        """Check a table and its lists of sites.

        Raises
        ------
        InputError
            If a label occurs twice or is missing, a cost is not a number or negative, or a list
            names a site twice, an unknown one, or one that the other list names too.
        """
        require_unique_index(cost_seconds, "需求点")
        require_unique_index(cost_seconds.iloc[:0].T, "候选点")
        row = sorted_positions(cost_seconds.index)
        column = sorted_positions(cost_seconds.columns)
        cost = _numbers(cost_seconds)[np.ix_(row, column)]
        sites = cost_seconds.columns[column]
        stands = _members(sites, existing, "existing")
        barred = _members(sites, forbidden, "forbidden")
        both = stands & barred
        if both.any():
            site = sites[int(np.argmax(both))]
            raise InputError(
                f"“{site}”既在 existing（已有）又在 forbidden（禁用）里，两者矛盾，请去掉一个。",
                code="existing_and_forbidden",
                where=str(site),
            )
        free = ~stands & ~barred
        return cls(name, cost_seconds.index, row, sites, column, cost, stands, free)

    @property
    def usable(self) -> NDArray[np.bool_]:
        """(m,) sites that may serve: existing or free."""
        return self.existing | self.free

    def without_new(self) -> NDArray[np.float64]:
        """(n,) seconds to the nearest existing site; inf where there is none."""
        return np.asarray(self.cost[:, self.existing].min(axis=1, initial=np.inf))

    def weights(self, weight: pd.Series) -> NDArray[np.float64]:
        """Weight of each sorted row.

        Raises
        ------
        InputError
            `labels_unmatched`, or `weight_invalid` naming the row.
        """
        matched = _aligned(weight, self.demand, "weight", "需求点")
        return require_weights(matched, "weight ")[self.row]

    def of_demand(self, values: pd.Series, name: str) -> pd.Series:
        """Values by demand, in sorted order, missing ones kept.

        Raises
        ------
        InputError
            `labels_unmatched`.
        """
        return _aligned(values, self.demand, name, "需求点").iloc[self.row]

    def of_sites(
        self, values: pd.Series, name: str, *, needed: NDArray[np.bool_], finite: bool
    ) -> NDArray[np.float64]:
        """Numbers >= 0 by site, sorted; zero for sites that need none.

        Raises
        ------
        InputError
            `labels_unmatched`, or `site_value_invalid` naming the site.
        """
        require_unique_index(values.to_frame(), name)
        strange = ~values.index.isin(self.sites)
        lacking = needed & ~self.sites.isin(values.index)
        if strange.any() or lacking.any():
            site = (
                values.index[int(np.argmax(strange))]
                if strange.any()
                else self.sites[int(np.argmax(lacking))]
            )
            what = "不是候选点" if strange.any() else "没有值"
            raise InputError(
                f"{name} 与候选点对不上：“{site}”{what}，请按候选点编号给出。",
                code="labels_unmatched",
                where=str(site),
            )
        given = pd.to_numeric(values, errors="coerce").reindex(self.sites)
        numbers = given.to_numpy(np.float64, na_value=np.nan)
        bad = needed & (~(numbers >= 0) | (finite & np.isinf(numbers)))
        if bad.any():
            site = self.sites[int(np.argmax(bad))]
            raise InputError(
                f"{name} 在候选点“{site}”处是空的、负的或不是数字，请填 0 或正数。",
                code="site_value_invalid",
                where=str(site),
            )
        return np.where(needed, numbers, 0.0)

    def uncoverable(self, within: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """(n,) rows that no usable site serves, of those (n, m) that would."""
        return np.asarray(~within[:, self.usable].any(axis=1))

    def answer(
        self,
        chosen: NDArray[np.integer],
        *,
        objective: float,
        bound: float,
        uncoverable: NDArray[np.bool_],
        limit_s: float = np.inf,
    ) -> Solution:
        """Put a choice into words: everybody goes to the cheapest open site.

        Parameters
        ----------
        chosen
            Positions of the new sites.
        objective, bound
            As in `Solution`; equal up to rounding means proven.
        uncoverable
            (n,) rows outside the objective.
        limit_s
            Whoever is farther stays unserved.
        """
        opened = self._opened(chosen)
        assignment, seconds = self.by_demand(*self._nearest(opened, limit_s))
        gap = relative_gap(objective, bound)
        if gap <= PROVEN_GAP:
            bound, gap = objective, 0.0
        return Solution(
            problem=self.name,
            status="feasible" if gap else "optimal",
            chosen=self._ids(np.sort(chosen)),
            open=self._ids(opened),
            assignment=assignment,
            seconds=seconds,
            objective=float(objective),
            bound=float(bound),
            gap=float(gap),
            uncoverable=self.named(uncoverable),
        )

    def refusal(self, reason: str, uncoverable: NDArray[np.bool_]) -> Solution:
        """Say that no choice meets the conditions; the assignment is to what stands already."""
        opened = np.flatnonzero(self.existing)
        assignment, seconds = self.by_demand(*self._nearest(opened, np.inf))
        return Solution(
            problem=self.name,
            status="infeasible",
            chosen=(),
            open=self._ids(opened),
            assignment=assignment,
            seconds=seconds,
            objective=np.nan,
            bound=np.nan,
            gap=np.nan,
            uncoverable=self.named(uncoverable),
            reason=reason,
        )

    def by_demand(
        self, site: NDArray[np.integer], seconds: NDArray[np.float64]
    ) -> tuple[pd.Series, pd.Series]:
        """Site positions (-1: none) and seconds of sorted rows as series in the caller's order."""
        back = np.argsort(self.row)
        ids = take_ids(self.sites, site[back])
        return (
            pd.Series(ids, index=self.demand, name="facility_id"),
            pd.Series(seconds[back], index=self.demand, name="seconds"),
        )

    def named(self, rows: NDArray[np.bool_]) -> tuple[Any, ...]:
        """Ids of sorted rows."""
        return tuple(self.demand[self.row[rows]].tolist())

    def positions(self, ids: Iterable[Any]) -> NDArray[np.intp]:
        """Positions of sites by id."""
        return np.asarray(self.sites.get_indexer(pd.Index(list(ids), dtype=self.sites.dtype)))

    def _ids(self, positions: NDArray[np.integer]) -> tuple[Any, ...]:
        return tuple(self.sites[positions].tolist())

    def _opened(self, chosen: NDArray[np.integer]) -> NDArray[np.intp]:
        opened = self.existing.copy()
        opened[chosen] = True
        return np.flatnonzero(opened)

    def _nearest(
        self, opened: NDArray[np.intp], limit_s: float
    ) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
        if not len(opened):
            return np.full(len(self.row), _NOBODY), np.full(len(self.row), np.inf)
        near = self.cost[:, opened]
        best = near.argmin(axis=1)
        seconds = near[np.arange(len(near)), best]
        there = np.isfinite(seconds) & (seconds <= limit_s)
        return np.where(there, opened[best], _NOBODY), np.where(there, seconds, np.inf)


def require_count(p: int, sites: int) -> int:
    """Return the number of new sites, a whole number from 0 to that of all candidates.

    Raises
    ------
    InputError
        `p_invalid`.
    """
    whole = isinstance(p, int | float | np.number) and not isinstance(p, bool) and p == p // 1
    if not whole or not 0 <= p <= sites:
        raise InputError(
            f"p（新建设施数）应是 0 到候选点数 {sites} 的整数，现在是 {p}。",
            code="p_invalid",
            where="p",
        )
    return int(p)


def require_gap(gap: float, time_limit_s: float | None) -> None:
    """Refuse a gap or a time limit that is none.

    Raises
    ------
    InputError
        `gap_invalid`, `time_limit_invalid`.
    """
    if not 0 <= gap < 1:
        raise InputError(
            f"gap 应在 0（要求最优）到 1 之间，现在是 {gap}。", code="gap_invalid", where="gap"
        )
    if time_limit_s is not None and not time_limit_s > 0:
        raise InputError(
            f"time_limit_s 必须大于 0，现在是 {time_limit_s}。",
            code="time_limit_invalid",
            where="time_limit_s",
        )


def _numbers(cost_seconds: pd.DataFrame) -> NDArray[np.float64]:
    try:
        cost = cost_seconds.to_numpy(np.float64, na_value=np.nan)
    except (TypeError, ValueError) as error:
        raise InputError(
            "cost_seconds 里有不是数字的值，请检查。", code="cost_invalid", where="cost_seconds"
        ) from error
    bad = ~(cost >= 0)
    if bad.any():
        row, column = divmod(int(np.argmax(bad)), bad.shape[1])
        where = f"{cost_seconds.index[row]}, {cost_seconds.columns[column]}"
        raise InputError(
            f"cost_seconds 在（{where}）处是空的或负的；到不了的请填 inf。",
            code="cost_invalid",
            where=where,
        )
    return cost


def _members(sites: pd.Index, ids: Iterable[Any], name: str) -> NDArray[np.bool_]:
    if isinstance(ids, str):
        raise InputError(f"{name} 应是候选点编号的列表，不是文字“{ids}”。", where=name)
    found = np.zeros(len(sites), bool)
    known = {site: position for position, site in enumerate(sites)}
    for one in ids:
        position = known.get(one)
        if position is None or found[position]:
            twice = "出现了两次" if position is not None else "不在候选点里"
            raise InputError(
                f"{name} 里的“{one}”{twice}，请检查编号。",
                code="duplicate_site" if position is not None else "unknown_site",
                where=str(one),
            )
        found[position] = True
    return found


def _aligned(values: pd.Series, index: pd.Index, name: str, whose: str) -> pd.Series:
    require_unique_index(values.to_frame(), name)
    strange = values.index.difference(index, sort=False)
    lacking = index.difference(values.index, sort=False)
    if len(strange) or len(lacking):
        label = (strange if len(strange) else lacking)[0]
        what = f"不是{whose}" if len(strange) else "没有值"
        raise InputError(
            f"{name} 与{whose}对不上：“{label}”{what}，请按{whose}编号给出。",
            code="labels_unmatched",
            where=str(label),
        )
    return values.reindex(index)
