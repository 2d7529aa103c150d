"""What if a service stood here? Coverage and gaps of the whole county while a candidate is moved.

All that does not change when a candidate moves is worked out once: how the demand gets on the
roads, and the seconds from each point to each facility that stands. A question is then one search
round the candidate, no wider than the worst place is badly off today.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.coverage import coverage, gaps, straight_metres
from geo.crs import transform_xy
from geo.errors import InputError
from geo.frames import (
    require_not_negative,
    require_points,
    require_positive,
    require_unique_index,
    sorted_positions,
    take_ids,
)
from geo.reach import LIMIT_SLACK_S, PlacedPoints, cost_matrix, nearest_placed

if TYPE_CHECKING:
    from collections.abc import Iterable

    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["WhatIf", "WhatIfAnswer"]


@dataclass(frozen=True, eq=False)
class WhatIfAnswer:
    """Who would be covered; the frames are made when they are asked for.

    Attributes
    ----------
    seconds
        (n,) to the nearest facility, in the order of the demand; inf if none is reached.
    covered
        (n,) within the limit.
    """

    whatif: WhatIf
    seconds: NDArray[np.float64]
    covered: NDArray[np.bool_]
    straight_m: NDArray[np.float64]
    circle_covered: NDArray[np.bool_]
    ids: pd.Index
    nearest: NDArray[np.integer]

    @cached_property
    def coverage(self) -> gpd.GeoDataFrame:
        """What `geo.coverage.coverage` answers for the facilities of this question."""
        fixed = self.whatif
        return fixed.demand.assign(
            facility_id=take_ids(self.ids, self.nearest),
            seconds=self.seconds,
            covered=self.covered,
            connected=fixed.connected,
            snap_offset_m=fixed.snap_offset_m,
            straight_m=self.straight_m,
            circle_covered=self.circle_covered,
        )

    @cached_property
    def gaps(self) -> pd.DataFrame:
        """What `geo.coverage.gaps` answers, by the column and weight that `WhatIf` was given."""
        fixed = self.whatif
        answered = {
            "covered": self.covered,
            "connected": fixed.connected,
            "seconds": self.seconds,
            "circle_covered": self.circle_covered,
        }
        rows = pd.DataFrame(fixed.people | answered, index=fixed.demand.index, copy=False)
        return gaps(rows, fixed.by, weight=fixed.weight)


class WhatIf:
    """Coverage of a county with more facilities, or fewer, again and again.

    Reading from several threads is safe: nothing is changed after it is made.

    Parameters
    ----------
    network, facilities, demand, minutes, speed_mps, direction, circle_m, max_snap_m
        As in `geo.coverage.coverage`; none may be changed afterwards.
    by
        Column of `demand` by which gaps are counted.
    weight
        Column of people a row; None counts each row as 1.

    Attributes
    ----------
    before
        The answer without any change.

    Raises
    ------
    CrsError
        As `geo.coverage.coverage`.
    GeometryError
        As `geo.coverage.coverage`.
    InputError
        As `geo.coverage.coverage` and `geo.coverage.gaps`.
    """

    def __init__(
        self,
        network: Network,
        facilities: gpd.GeoDataFrame,
        demand: gpd.GeoDataFrame,
        *,
        by: str,
        weight: str | None = None,
        minutes: float = 15,
        speed_mps: float = 1.1,
        direction: str = "to_facility",
        circle_m: float = 1000.0,
        max_snap_m: float = 500.0,
    ) -> None:
        asked = {
            "minutes": minutes,
            "speed_mps": speed_mps,
            "direction": direction,
            "circle_m": circle_m,
            "max_snap_m": max_snap_m,
        }
        # Asked in full once: whatever is wrong with the inputs is said as `coverage` says it.
        gaps(coverage(network, facilities, demand, **asked), by, weight=weight)  # type: ignore[arg-type]
        self.by, self.weight = by, weight
        self.demand = demand
        self.people = {name: demand[name] for name in (by, weight) if name is not None}
        self._network = network
        self._limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
        self._speed_mps, self._direction = float(speed_mps), direction
        self._circle_m = require_not_negative(circle_m, "circle_m")
        self._max_snap_m = max_snap_m
        self._facilities = facilities
        self._places_xy = require_points(facilities, network.crs, "设施")
        self._demand_xy = require_points(demand, network.crs, "需求点")
        self._here = PlacedPoints.of(
            network, demand, self._speed_mps, max_snap_m, _other_way(direction), "需求点"
        )
        self.connected = self._here.connected
        self.snap_offset_m = self._here.place[:, 2]
        self._component = _components(network, self._here)
        self._seconds = self._standing_seconds()
        self._standing = self._nearest_standing(np.arange(len(facilities)), facilities.index)
        self._straight_m = straight_metres(self._demand_xy, self._places_xy, network.crs)
        self.before = self._answer(self._standing, self._straight_m, facilities.index)

    def at(
        self, candidates: gpd.GeoDataFrame | None = None, *, removed: Iterable[object] = ()
    ) -> WhatIfAnswer:
        """Answer for the facilities that stand, some candidates added and some facilities gone.

        Parameters
        ----------
        candidates
            Points in `network.crs`, an index unlike that of the facilities. None: only removals.
        removed
            Ids of facilities that close.

        Returns
        -------
        The same, to the last bit, as `coverage` and `gaps` of the changed facilities from scratch.

        Raises
        ------
        CrsError
            If the CRS of the candidates is missing or not the network's.
        GeometryError
            If a candidate is not a point, or not finite.
        InputError
            If an id occurs twice (`duplicate_id`) or a removed one is unknown
            (`unknown_facility`).
        """
        gone = self._positions(removed)
        kept = np.setdiff1d(np.arange(len(self._facilities)), gone)
        if candidates is None:
            candidates = self._facilities.iloc[:0]
        ids = self._facilities.index[kept].append(candidates.index)
        require_unique_index(pd.DataFrame(index=ids), "设施和候选点")
        xy = require_points(candidates, self._network.crs, "候选点")
        same = not len(gone) and _same_order(self._facilities.index, ids)
        nearest = self._standing if same else self._nearest_standing(kept, ids)
        straight_m = self._straight_m if not len(gone) else self._straight_without(kept)
        if len(candidates):
            nearest = self._with(candidates, nearest, ids, len(kept))
            straight_m = np.minimum(straight_m, self._straight_to(xy))
        return self._answer(nearest, straight_m, ids)

    def _answer(
        self, nearest: _Nearest, straight_m: NDArray[np.float64], ids: pd.Index
    ) -> WhatIfAnswer:
        return WhatIfAnswer(
            self,
            nearest.seconds,
            nearest.seconds <= self._limit_s,
            straight_m,
            straight_m <= self._circle_m,
            ids,
            nearest.position,
        )

    def _standing_seconds(self) -> NDArray[np.float64]:
        """(facilities, demand) seconds."""
        ways = {"speed_mps": self._speed_mps, "max_snap_m": self._max_snap_m}
        if self._direction == "to_facility":
            matrix = cost_matrix(self._network, self.demand, self._facilities, **ways)
            return np.ascontiguousarray(matrix.to_numpy().T)
        return cost_matrix(self._network, self._facilities, self.demand, **ways).to_numpy()

    def _nearest_standing(self, kept: NDArray[np.integer], ids: pd.Index) -> _Nearest:
        """Nearest of the facilities kept; of equals the first in the order of all ids."""
        n = len(self.demand)
        if not len(kept):
            return _Nearest(np.full(n, np.inf), np.full(n, -1))
        order = sorted_positions(ids)
        order = order[order < len(kept)]
        seconds = self._seconds[kept[order]]
        first = seconds.argmin(axis=0)
        best = seconds[first, np.arange(n)]
        return _Nearest(best, np.where(np.isfinite(best), order[first], -1))

    def _with(
        self, candidates: gpd.GeoDataFrame, nearest: _Nearest, ids: pd.Index, kept: int
    ) -> _Nearest:
        """Let candidates, which stand behind the first `kept` ids, take what is nearer to them."""
        order = sorted_positions(ids)
        rank = np.empty(len(ids) + 1, np.int64)
        rank[order] = np.arange(len(ids))
        rank[-1] = len(ids)  # nobody's
        by_id = order[order >= kept] - kept
        seconds, label = self._search(candidates.iloc[by_id], nearest.seconds)
        position = np.where(label >= 0, by_id[label] + kept, -1)
        better = (seconds < nearest.seconds) | (
            (seconds == nearest.seconds) & (rank[position] < rank[nearest.position])
        )
        return _Nearest(
            np.where(better, seconds, nearest.seconds),
            np.where(better, position, nearest.position),
        )

    def _search(
        self, candidates: gpd.GeoDataFrame, today_s: NDArray[np.float64]
    ) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
        """Seconds to the nearest candidate where that can be an improvement, else perhaps inf."""
        network, here, speed_mps = self._network, self._here, self._speed_mps
        there = PlacedPoints.of(
            network, candidates, speed_mps, self._max_snap_m, self._direction, "候选点"
        )
        # No farther than the worst place of these components is today.
        near = np.isin(self._component, _components(network, there)) & self.connected
        return nearest_placed(
            network,
            there,
            here,
            speed_mps=speed_mps,
            direction=self._direction,
            limit_s=float(today_s[near].max(initial=0.0)),
        )

    def _straight_to(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """(n,) geodesic metres to the nearest of a few places."""
        best = np.full(len(self.demand), np.inf)
        crs = self._network.crs
        geod, degrees = crs.get_geod(), crs.geodetic_crs
        if geod is None or degrees is None:  # as `straight_metres`: no globe, no geodesic
            return best
        here = np.flatnonzero(~np.isnan(self._demand_xy[:, 0]))
        from_x, from_y = self._demand_xy[here].T
        to_x, to_y = xy[~np.isnan(xy[:, 0])].T
        lon, lat = transform_xy(from_x, from_y, crs, degrees)
        for x, y in zip(*transform_xy(to_x, to_y, crs, degrees), strict=True):
            _, _, metres = geod.inv(lon, lat, np.full(len(here), x), np.full(len(here), y))
            best[here] = np.minimum(best[here], metres)
        return best

    def _straight_without(self, kept: NDArray[np.integer]) -> NDArray[np.float64]:
        return straight_metres(self._demand_xy, self._places_xy[kept], self._network.crs)

    def _positions(self, removed: Iterable[object]) -> NDArray[np.intp]:
        wanted = list(removed)
        found = self._facilities.index.get_indexer(pd.Index(wanted)) if wanted else np.empty(0, int)
        if (found < 0).any():
            unknown = wanted[int(np.argmax(found < 0))]
            raise InputError(
                f"没有编号为“{unknown}”的设施，无法去掉，请核对编号。",
                code="unknown_facility",
                where=str(unknown),
            )
        return np.asarray(found, np.intp)


@dataclass(frozen=True, eq=False)
class _Nearest:
    """Seconds to the nearest facility of each point, and its position (-1: none)."""

    seconds: NDArray[np.float64]
    position: NDArray[np.integer]


def _other_way(direction: str) -> str:
    return "from_facility" if direction == "to_facility" else "to_facility"


def _same_order(fixed: pd.Index, ids: pd.Index) -> bool:
    """Whether the fixed ids, which come first in `ids`, keep their order among all."""
    order = sorted_positions(ids)
    return bool(np.array_equal(order[order < len(fixed)], sorted_positions(fixed)))


def _components(network: Network, placed: PlacedPoints) -> NDArray[np.int64]:
    """Component of each point's edge; -1 where it is on none."""
    node = placed.legs.node[:, 0]
    component = np.append(network.nodes["component"].to_numpy(np.int64), -1)
    return component[node]
