"""Shortest times on a road network: to the nearest facility, between places, within a limit.

The numba kernels live in `geo.reach_kernels` and are imported by the functions that need them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    import geopandas as gpd
    import pandas as pd
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = [
    "AGE_SPEEDS_MPS",
    "AccessLegs",
    "EdgeParts",
    "access_legs",
    "bounded_search",
    "cost_matrix",
    "edge_parts",
    "nearest_facility",
]

AGE_SPEEDS_MPS: Final = {"60": 1.1, "70": 1.0, "80": 0.8, "disabled": 0.5}
"""Walking speed on the level by age band, m/s; `disabled`: disabled elders of any age."""


@dataclass(frozen=True, eq=False)
class AccessLegs:
    """How each snapped point gets on the network (or off it), one row a point.

    Attributes
    ----------
    edge
        (n,) position of its edge, -1 if not connected.
    fraction
        (n,) where on it, of the planar length from u; NaN if not connected.
    offset_s
        (n,) seconds of the walk between the point and the road.
    node
        (n, 2) positions of u and v, -1 if not connected.
    seconds
        (n, 2) whole leg between the point and u, and v: offset and part of the edge; `inf` where
        the edge may not be travelled so.
    """

    edge: NDArray[np.int64]
    fraction: NDArray[np.float64]
    offset_s: NDArray[np.float64]
    node: NDArray[np.int32]
    seconds: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EdgeParts:
    """Parts of edges within a limit, cut exactly; an edge reached from both ends has two rows.

    Attributes
    ----------
    edge
        (k,) positions of edges, ascending.
    start, stop
        (k,) fractions from u, start < stop (start = stop on edges of no length); parts of one edge
        ascend and do not touch.
    """

    edge: NDArray[np.int64]
    start: NDArray[np.float64]
    stop: NDArray[np.float64]


def access_legs(
    network: Network, snapped: pd.DataFrame, *, speed_mps: float, direction: str = "to_facility"
) -> AccessLegs:
    """Legs between snapped facilities and both ends of their edges.

    Parameters
    ----------
    network
        The network of `snapped`.
    snapped
        What `geo.network.snap` answered.
    speed_mps
        Walking speed on the level, m/s.
    direction
        `to_facility`: legs end at the point. `from_facility`: they begin there.
    """
    raise NotImplementedError


def bounded_search(
    network: Network,
    legs: AccessLegs,
    rows: NDArray[np.integer] | int,
    *,
    limit_s: float,
    speed_mps: float,
    direction: str = "to_facility",
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Nodes within a limit of one facility, or of the nearest of several.

    The cost grows with the nodes reached and not with the network. Safe to call from threads.

    Parameters
    ----------
    network, legs, speed_mps, direction
        As in `access_legs`.
    rows
        Row number(s) of `legs`: the facilities searched from together.
    limit_s
        Seconds, inclusive; `inf` for all that can be reached.

    Returns
    -------
    (k,) node positions and (k,) seconds, ascending by seconds, then position.
    """
    raise NotImplementedError


def edge_parts(
    network: Network,
    legs: AccessLegs,
    rows: NDArray[np.integer] | int,
    nodes: NDArray[np.int32],
    seconds: NDArray[np.float64],
    *,
    limit_s: float,
    speed_mps: float,
    direction: str = "to_facility",
) -> EdgeParts:
    """Parts of edges within a limit, given what `bounded_search` answered.

    Parameters
    ----------
    network, legs, rows, limit_s, speed_mps, direction
        As in `bounded_search`; a smaller limit may be asked of the same answer.
    nodes, seconds
        The answer of `bounded_search`.
    """
    raise NotImplementedError


def nearest_facility(
    network: Network,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
    direction: str = "to_facility",
) -> pd.DataFrame:
    """Nearest facility of every node and the seconds to it."""
    raise NotImplementedError


def cost_matrix(
    network: Network,
    origins: gpd.GeoDataFrame,
    destinations: gpd.GeoDataFrame,
    *,
    minutes: float | None = None,
    speed_mps: float = 1.1,
    max_snap_m: float = 500.0,
) -> pd.DataFrame:
    """Seconds from every origin to every destination."""
    raise NotImplementedError
