"""Everything that the circles sheet, the browser map and the table draw, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = ["ServicePicture"]


@dataclass(frozen=True, kw_only=True)
class ServicePicture:
    """The answer to one `CareQuestion`, with all that is drawn around it.

    Every frame is EPSG:4490 and may be empty; a store without divisions has empty `county` and
    `townships` and one gap row 全部.

    Attributes
    ----------
    county
        County polygons: index id, columns `code name geometry`.
    townships
        Township polygons valid on the day: index id, columns `code name geometry`.
    roads
        Roads of the mode: columns `highway geometry`.
    circles
        Dissolved service circle: one row, columns `minutes area_m2 geometry`.
    facilities
        Every facility that stands: index id, columns `name kind status counted connected geometry`
        (`counted`: its circle is drawn; `connected`: a road is near enough, else NA).
    demand
        `geo.coverage.coverage` of the villages: index id, columns `village_code name weight
        township_code seconds covered connected straight_m circle_covered geometry` and more.
    gaps
        `geo.coverage.gaps` rows in rank order: columns `code name rank total covered uncovered
        share points uncovered_points unconnected_points mean_seconds worst_seconds misled`.
    summary
        `total covered share circle_share misled`.
    data_date
        Day of the store's latest event: the date on sheets.
    data_hash
        SHA-256 of what is drawn, without made ids, versions and recording times.
    """

    question: CareQuestion
    county: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    circles: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    gaps: pd.DataFrame
    summary: dict[str, Any]
    provenance: Provenance
    data_date: date
    data_hash: str
