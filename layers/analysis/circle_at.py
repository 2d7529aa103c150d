"""Circles round one place: how far one comes, and how many elders live within."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.circles import service_circles
from geo.reach import LIMIT_SLACK_S, cost_matrix
from layers.analysis.question import AGE_COLUMNS

if TYPE_CHECKING:
    import shapely

    from layers.analysis.inputs import ServiceInputs
    from layers.provenance import Provenance

__all__ = ["CircleAt", "circle_at"]


@dataclass(frozen=True, kw_only=True)
class CircleAt:
    """Circles of one place.

    Attributes
    ----------
    circles
        `geo.circles.service_circles` rows, the smallest limit first, EPSG:4490.
    elders
        A row a limit as in `circles`: column of `elders` (age60, age70, age80, disabled) ->
        people of the villages whose point is within the limit by road.
    """

    circles: gpd.GeoDataFrame
    elders: pd.DataFrame
    provenance: Provenance


def circle_at(
    inputs: ServiceInputs, place: shapely.Point, *, minutes: tuple[float, ...] = (15,)
) -> CircleAt:
    """Draw circles round a place.

    Parameters
    ----------
    inputs
        What the question reads; its mode, age (speed) and direction hold.
    place
        Degrees, EPSG:4490.
    minutes
        Limits, each > 0.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    question, network = inputs.question, inputs.network()
    here = gpd.GeoDataFrame(geometry=[place], index=["here"], crs=inputs.facilities.crs)
    limits = tuple(sorted(set(minutes)))
    circles = service_circles(
        network,
        here,
        minutes=limits,
        speed_mps=question.speed_mps,
        direction=question.direction,
    )
    ends = (inputs.demand, here) if question.direction == "to_facility" else (here, inputs.demand)
    matrix = cost_matrix(network, *ends, minutes=limits[-1], speed_mps=question.speed_mps)
    seconds = matrix.to_numpy().ravel()
    people = inputs.demand[list(AGE_COLUMNS.values())].astype("Float64")
    within = [people[seconds <= 60.0 * limit + LIMIT_SLACK_S].sum() for limit in limits]
    return CircleAt(
        circles=circles.sort_values("minutes", kind="stable").reset_index(drop=True),
        elders=pd.DataFrame(within, index=pd.Index(np.array(limits, float), name="minutes")),
        provenance=inputs.provenance,
    )
