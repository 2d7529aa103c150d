"""Shortest times on a road network: to the nearest facility, between places, within a limit.

How points get on the roads and how roads are searched is in `geo.search`; here are the questions.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from geo.crs import transform_xy
from geo.frames import (
    require_direction,
    require_points,
    require_positive,
    sorted_positions,
    take_ids,
)
from geo.search import (
    AccessLegs,
    EdgeParts,
    Searching,
    access_legs,
    bounded_search,
    edge_parts,
    kernels,
    legs_at,
)
from geo.snapping import kernels as snapping_kernels
from geo.snapping import snap, snap_places

if TYPE_CHECKING:
    import geopandas as gpd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = [
    "AGE_SPEEDS_MPS",
    "LIMIT_SLACK_S",
    "AccessLegs",
    "EdgeParts",
    "PlacedPoints",
    "access_legs",
    "bounded_search",
    "cost_matrix",
    "edge_parts",
    "nearest_facility",
    "nearest_for_points",
    "nearest_placed",
    "warm_up",
]

AGE_SPEEDS_MPS: Final = {"60": 1.1, "70": 1.0, "80": 0.8, "disabled": 0.5}
"""Walking speed on the level by age band, m/s; `disabled`: disabled elders of any age."""

LIMIT_SLACK_S: Final = 1e-6
"""Limits are inclusive: within m minutes is `seconds <= 60 * m + LIMIT_SLACK_S`."""


def nearest_facility(
    network: Network,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
    direction: str = "to_facility",
) -> pd.DataFrame:
    """Nearest facility of every node, and the seconds to it.

    Parameters
    ----------
    network
        The roads.
    facilities
        Points in `network.crs`, unique index. Empty geometry, or too far from roads: left out.
    minutes
        Limit, > 0, inclusive; None for all that can be reached.
    speed_mps
        Walking speed on the level, m/s, > 0; other modes use it off the road only.
    max_snap_m
        Farthest walk to a road, >= 0.
    direction
        `to_facility`: the elder comes. `from_facility`: service comes home. They differ on one-way
        streets and slopes.

    Returns
    -------
    Index `nodes.index`; `facility_id` (nullable, the facilities' kind of id) and `seconds`. Past
    the limit or cut off: `<NA>` and inf. Of facilities equally near the smaller id. The snap frame
    of the facilities is in `.attrs["snap"]`.

    Raises
    ------
    CrsError
        If the CRS of the facilities is missing or not the network's.
    GeometryError
        If a facility is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    limit_s = _limit_s(minutes)
    speed_mps = require_positive(speed_mps, "speed_mps")
    require_direction(direction)
    snapped = snap(network, facilities, max_snap_m=max_snap_m)
    by_id = sorted_positions(facilities.index)
    legs = access_legs(network, snapped, speed_mps=speed_mps, direction=direction)
    n = len(network.nodes)
    with Searching(network, speed_mps, direction) as searcher:
        count = searcher.run_labelled(legs, by_id, limit_s)
        reached, found = searcher.scratch.lists[2, :count], searcher.scratch.nodes
        label = np.full(n, -1, np.int64)
        label[network.search_order[reached]] = found["label"][reached]
        seconds = found["seconds"][network.search_rank[:n]]
    answer = pd.DataFrame(
        {"facility_id": take_ids(facilities.index[by_id], label), "seconds": seconds},
        index=network.nodes.index,
    )
    answer.attrs["snap"] = snapped
    return answer


def nearest_for_points(
    network: Network,
    facilities: gpd.GeoDataFrame,
    points: gpd.GeoDataFrame,
    *,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
    direction: str = "to_facility",
) -> pd.DataFrame:
    """Nearest facility of every point by the costs of `cost_matrix`, in one search.

    Parameters
    ----------
    network, facilities, speed_mps, max_snap_m, direction
        As in `nearest_facility`.
    points
        Points in `network.crs`, unique index. Empty geometry: inf.

    Returns
    -------
    Index of `points`: `facility_id` (nullable), `seconds`, and `connected`, `offset_m` of `snap`.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    speed_mps = require_positive(speed_mps, "speed_mps")
    require_direction(direction)
    by_id = sorted_positions(facilities.index)
    back = "from_facility" if direction == "to_facility" else "to_facility"
    sorted_facilities = facilities.iloc[by_id]
    there = PlacedPoints.of(network, sorted_facilities, speed_mps, max_snap_m, direction, "设施")
    here = PlacedPoints.of(network, points, speed_mps, max_snap_m, back, "需求点")
    seconds, label = nearest_placed(
        network, there, here, speed_mps=speed_mps, direction=direction, limit_s=np.inf
    )
    return pd.DataFrame(
        {
            "facility_id": take_ids(facilities.index[by_id], label),
            "seconds": seconds,
            "connected": here.connected,
            "offset_m": here.place[:, _OFFSET_M],
        },
        index=points.index,
    )


def nearest_placed(
    network: Network,
    facilities: PlacedPoints,
    points: PlacedPoints,
    *,
    speed_mps: float,
    direction: str,
    limit_s: float,
) -> tuple[NDArray[np.float64], NDArray[np.int32]]:
    """Nearest facility of every point where both are placed already: `nearest_for_points`, bare.

    Parameters
    ----------
    network, speed_mps, direction
        As in `nearest_for_points`, and the same when the points were placed.
    facilities, points
        Where they get on the roads; facilities in the order of their ids.
    limit_s
        The search along the roads goes no farther; what it would find beyond may be missing.

    Returns
    -------
    (n,) seconds, inf where nothing is reached, and (n,) rows of `facilities`, -1 there.
    """
    there, here = facilities, points
    ahead, behind = network.edge_seconds(speed_mps)
    if direction == "from_facility":
        ahead, behind = behind, ahead
    seconds, label = np.empty(len(here.connected)), np.empty(len(here.connected), np.int32)
    with Searching(network, speed_mps, direction) as searcher:
        searcher.run_labelled(there.legs, np.arange(len(there.connected)), limit_s)
        kernels().point_seconds(
            here.legs.row,
            here.legs.seconds,
            here.legs.edge,
            here.place,
            there.legs.edge,
            there.place,
            ahead,
            behind,
            speed_mps,
            searcher.scratch.nodes,
            seconds,
            label,
        )
    return seconds, label


def cost_matrix(
    network: Network,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
) -> pd.DataFrame:
    """Seconds from every origin to every destination: both legs and the network.

    Two points on one edge may also go directly along it, and two points closer together than one
    of them is to its road walk straight (a house beside the station does not walk to the road and
    back; the same place is 0), even where no road is near.

    Parameters
    ----------
    network
        The roads.
    origins, destinations
        Points in `network.crs`, unique index. Empty geometry: inf.
    minutes
        Limit, > 0, inclusive; longer ways are inf. None: no limit.
    speed_mps
        Walking speed on the level, m/s, > 0.
    max_snap_m
        Farthest walk to a road, >= 0.

    Returns
    -------
    float64 seconds, rows origins, columns destinations; inf where there is no way.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, or an argument is out of its range.
    """
    limit_s = _limit_s(minutes)
    speed_mps = require_positive(speed_mps, "speed_mps")
    start = PlacedPoints.of(network, origins, speed_mps, max_snap_m, "from_facility", "起点")
    end = PlacedPoints.of(network, destinations, speed_mps, max_snap_m, "to_facility", "终点")
    forward, backward = network.edge_seconds(speed_mps)
    # One search a member of the smaller side; from destinations the roads are searched backwards.
    turned = len(destinations) < len(origins)
    near, far = (end.legs, start.legs) if turned else (start.legs, end.legs)
    seconds = np.empty((len(near.edge), len(far.edge)))
    direction = "to_facility" if turned else "from_facility"
    with Searching(network, speed_mps, direction) as searcher:
        searcher.run_each(near, far, limit_s, seconds)
    seconds = np.ascontiguousarray(seconds.T) if turned else seconds
    kernels().direct_seconds(
        start.legs.edge,
        start.place,
        end.legs.edge,
        end.place,
        forward,
        backward,
        speed_mps,
        limit_s,
        seconds,
    )
    return pd.DataFrame(seconds, index=origins.index, columns=destinations.index)


def warm_up() -> None:
    """Load the compiled kernels now, so that the first question of a process need not wait."""
    kernels()
    snapping_kernels()


_OFFSET_M: Final = 2


@dataclass(frozen=True, eq=False)
class PlacedPoints:
    """Points on a network as the kernels want them, one row a point.

    Attributes
    ----------
    connected
        (n,) whether a road is near enough.
    legs
        How each gets on the roads or off them.
    place
        (n, 5) fraction along the edge, offset in seconds, offset in metres, x, y.
    """

    connected: NDArray[np.bool_]
    legs: AccessLegs
    place: NDArray[np.float64]

    @classmethod
    def of(
        cls,
        network: Network,
        points: gpd.GeoDataFrame,
        speed_mps: float,
        max_snap_m: float,
        direction: str,
        where: str,
    ) -> PlacedPoints:
        """Snap points and work out their legs.

        Parameters
        ----------
        network
            The roads.
        points
            Points in `network.crs`, unique index.
        speed_mps, max_snap_m
            As in `nearest_facility`.
        direction
            `to_facility` if ways end at these points, `from_facility` if they begin there.
        where
            What the points are, for messages.
        """
        xy = require_points(points, network.crs, where)
        x, y = transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs)
        found = snap_places(network, np.column_stack((x, y)), max_snap_m=max_snap_m)
        legs = legs_at(network, found, speed_mps=speed_mps, direction=direction)
        place = np.column_stack((legs.fraction, legs.offset_s, found.offset_m, x, y))
        return cls(found.connected, legs, place)


def _limit_s(minutes: float | None) -> float:
    if minutes is None:
        return np.inf
    return 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
