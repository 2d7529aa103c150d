"""Whether the study's site stays first when speed, mode, counts or services change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.reach import AGE_SPEEDS_MPS, cost_matrix
from geo.robustness import Condition, Robustness, robustness
from layers.analysis.question import MODES

if TYPE_CHECKING:
    from layers.analysis.inputs import ServiceInputs

__all__ = ["DRAWS", "NOISE", "study_robustness"]

DRAWS: Final = 200
"""So many counts of people are drawn."""

NOISE: Final = 0.2
"""Their coefficient of variation."""


def study_robustness(
    inputs: ServiceInputs, places: gpd.GeoDataFrame, *, seed: int = 7
) -> Robustness:
    """Compare single sites over speeds, modes, demand noise and the failure of each service.

    Parameters
    ----------
    inputs
        What the question reads.
    places
        The sites compared: index id, points.
    seed
        Of the demand noise.

    Returns
    -------
    As `geo.robustness.robustness`; options are named by the sites' ids.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    care = inputs.question
    counted = inputs.counted
    standing = counted[~(counted.geometry.isna() | counted.geometry.is_empty)]
    sites = gpd.GeoDataFrame(
        geometry=np.concatenate((standing.geometry.to_numpy(), places.geometry.to_numpy())),
        index=pd.Index([*standing.index, *places.index], dtype="str"),
        crs=places.crs,
    )
    asked = Condition(care.mode, care.speed_mps)
    speeds = [Condition(care.mode, speed) for speed in sorted(set(AGE_SPEEDS_MPS.values()))[::-1]]
    modes = [Condition(mode, care.speed_mps) for mode in MODES]
    coming = care.direction == "to_facility"
    costs: dict[Condition, pd.DataFrame] = {}
    for condition in dict.fromkeys((asked, *speeds, *modes)):
        ends = (inputs.demand, sites) if coming else (sites, inputs.demand)
        seconds = cost_matrix(
            inputs.network(condition.mode),
            *ends,
            minutes=care.minutes,
            speed_mps=condition.speed_mps,
        )
        costs[condition] = seconds if coming else seconds.T
    return robustness(
        costs,
        inputs.demand["weight"],
        {str(site): (site,) for site in places.index},
        asked=asked,
        existing=tuple(standing.index),
        minutes=care.minutes,
        draws=DRAWS,
        noise=NOISE,
        seed=seed,
    )
