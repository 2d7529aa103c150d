"""Everything that a sheet, the browser map and the table draw, computed once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd
    import pandas as pd

    from layers.analysis.question import CareQuestion
    from layers.provenance import Provenance

__all__ = ["MapPicture", "ServicePicture"]


@dataclass(frozen=True, kw_only=True)
class MapPicture:
    """What every sheet draws beneath its subject, and where it comes from.

    Every frame is EPSG:4490 and may be empty.

    Attributes
    ----------
    county
        County polygons: index id, columns `code name geometry`.
    townships
        Township polygons valid on the day: index id, columns `code name geometry`.
    roads
        Roads: columns `highway geometry`.
    facilities
        Every facility that stands: index id, columns `name kind status counted geometry`; those
        that are not counted are drawn hollow.
    data_date
        Day of the store's latest event: the date on sheets.
    data_hash
        SHA-256 of what is drawn, without made ids, versions and recording times.
    """

    county: gpd.GeoDataFrame
    townships: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    provenance: Provenance
    data_date: date
    data_hash: str

    @property
    def as_of(self) -> date | None:
        """The day whose rows are shown, if another than the data's own was asked for."""
        return None

    @property
    def drawn_rows(self) -> dict[str, list[str]]:
        """Ids of the rows that are drawn, by layer of the store."""
        return {
            "divisions": [*map(str, self.county.index), *map(str, self.townships.index)],
            "care_facilities": list(map(str, self.facilities.index)),
            "roads": list(map(str, self.roads.index)),
        }


@dataclass(frozen=True, kw_only=True)
class ServicePicture(MapPicture):
    """The answer to one `CareQuestion`, with all that is drawn around it.

    A store without divisions has empty `county` and `townships` and one gap row 全部.

    Attributes
    ----------
    circles
        Dissolved service circle: one row, columns `minutes area_m2 geometry`.
    facilities
        Also `connected`: a road is near enough, else NA; `counted`: its circle is drawn.
    demand
        `geo.coverage.coverage` of the villages: index id, columns `village_code name weight
        township_code seconds covered connected straight_m circle_covered street_share geometry`
        and more, as `GapAnswer.villages`.
    gaps
        Rows of `layers.analysis.gaps.gap_rows`, with their ranges.
    summary
        `layers.analysis.gaps.gap_summary`, with its range.
    """

    question: CareQuestion
    circles: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    gaps: pd.DataFrame
    summary: dict[str, Any]

    @property
    def as_of(self) -> date | None:
        """The day the question asks about, if it names one."""
        return self.question.as_of

    @property
    def drawn_rows(self) -> dict[str, list[str]]:
        """Ids of the rows that are drawn, by layer of the store."""
        return {**super().drawn_rows, "elders": list(map(str, self.demand.index))}
