"""Circles, coverage and all around them in one picture, for the sheet and the map."""

from __future__ import annotations

from typing import TYPE_CHECKING

from geo.network import snap
from layers.analysis.circles import dissolved_circles
from layers.analysis.gaps import gap_rows, gap_summary, ranged_demand
from layers.analysis.inputs import read_inputs
from layers.analysis.picture import ServicePicture

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.analysis.ranges import Streets
    from layers.store import Store

__all__ = ["picture_of", "service_picture"]


def service_picture(
    store: Store, question: CareQuestion, *, time_zone: str = "Asia/Shanghai"
) -> ServicePicture:
    """Read the store and compute everything that a circles sheet or map draws.

    Parameters
    ----------
    store, question, time_zone
        As `layers.analysis.inputs.read_inputs`.

    Raises
    ------
    NotFound
        As `layers.analysis.inputs.read_inputs`.
    PlatformError
        If `geo` refuses an input.
    """
    return picture_of(read_inputs(store, question, time_zone=time_zone))


def picture_of(inputs: ServiceInputs, streets: Streets | None = None) -> ServicePicture:
    """Compute everything that a circles sheet or map draws from inputs already read.

    Parameters
    ----------
    inputs, streets
        As `layers.analysis.gaps.ranged_demand`.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    question = inputs.question
    demand = ranged_demand(inputs, streets)
    divisions = inputs.divisions
    areas = divisions[divisions.geometry.geom_type.isin(["Polygon", "MultiPolygon"])]
    return ServicePicture(
        question=question,
        county=areas[areas["level"] == "county"][["code", "name", "geometry"]],
        townships=areas[areas["level"] == "township"][["code", "name", "geometry"]],
        roads=inputs.network().edges[["highway", "geometry"]],
        circles=dissolved_circles(inputs)[["minutes", "area_m2", "geometry"]],
        facilities=_facilities(inputs),
        demand=demand,
        gaps=gap_rows(inputs, demand),
        summary=gap_summary(demand),
        provenance=inputs.provenance,
        data_date=inputs.data_date,
        data_hash=inputs.data_hash,
    )


def _facilities(inputs: ServiceInputs) -> gpd.GeoDataFrame:
    counted = inputs.counted
    snapped = snap(inputs.network(), counted)
    connected = snapped["connected"].astype("boolean").reindex(inputs.facilities.index)
    frame = inputs.facilities.assign(connected=connected)
    return frame[["name", "kind", "status", "counted", "connected", "geometry"]]
