"""How many facilities a demand point may choose from: one alone is lost when it closes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.reach import cost_matrix

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.network import Network

__all__ = ["MATRIX_BYTES", "facility_choices"]

MATRIX_BYTES = 256 * 2**20
"""Most memory that a table of times may take at once."""

_BYTES_A_CELL = 16  # float64, and its copy when the table is turned


def facility_choices(
    network: Network,
    facilities: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    *,
    minutes: float = 15,
    speed_mps: float = 1.1,
    direction: str = "to_facility",
    matrix_bytes: int = MATRIX_BYTES,
) -> pd.Series:
    """Count the facilities within the limit of each demand point.

    Parameters
    ----------
    network, facilities, demand, minutes, speed_mps, direction
        As in `geo.coverage.coverage`.
    matrix_bytes
        Facilities are taken in blocks whose table of times is no larger.

    Returns
    -------
    int64, demand's index, `choices`; at least 1 where `coverage` says covered, else 0.

    Raises
    ------
    PlatformError
        As `geo.reach.cost_matrix`.
    """
    counts = np.zeros(len(demand), np.int64)
    size = max(1, matrix_bytes // (_BYTES_A_CELL * max(len(demand), 1)))
    for start in range(0, len(facilities), size):
        block = facilities.iloc[start : start + size]
        ends = (demand, block) if direction == "to_facility" else (block, demand)
        seconds = cost_matrix(network, *ends, minutes=minutes, speed_mps=speed_mps).to_numpy()
        within = np.isfinite(seconds)
        counts += within.sum(axis=1 if direction == "to_facility" else 0)
    return pd.Series(counts, index=demand.index, name="choices")
