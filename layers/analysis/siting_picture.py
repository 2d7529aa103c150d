"""Everything that a siting sheet and map draw: sites beside a service picture."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import pandas as pd

from geo.crs import STORED_CRS
from layers.analysis.picture import ServicePicture

if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["ROLES", "SitingPicture", "sites_frame"]

ROLES = ("chosen", "alternative", "registered")
"""What a site is on a sheet: recommended, nearly as good, or where a register has it planned."""


@dataclass(frozen=True, kw_only=True)
class SitingPicture(ServicePicture):
    """A service picture with sites: circles of today; people, gaps and sums with the chosen open.

    Attributes
    ----------
    subject
        What is being sited.
    focus
        Townships asked about: columns `code name geometry`.
    landmarks
        Ids of facilities that the sheet must show.
    sites
        Index id: columns `name place role rank gained geometry`; `place` says where in words,
        `gained` is the people newly covered, NaN where it was not computed.
    reach
        Circle of the sites that are drawn (the chosen ones, else the registered), the widest mode
        first: columns `mode minutes area_m2 people gained geometry`.
    before
        `ServicePicture.summary` of today.
    focus_before, focus_after
        `total covered share` of the people in `focus`.
    """

    subject: str
    focus: gpd.GeoDataFrame
    landmarks: tuple[str, ...]
    sites: gpd.GeoDataFrame
    reach: gpd.GeoDataFrame
    before: dict[str, Any]
    focus_before: dict[str, float]
    focus_after: dict[str, float]

    @property
    def chosen(self) -> gpd.GeoDataFrame:
        """The recommended sites."""
        return self.sites[self.sites["role"] == "chosen"]


def sites_frame(rows: Sequence[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a frame of sites; `rows` have `id name place role rank gained geometry`."""
    columns = ["name", "place", "role", "rank", "gained"]
    table = pd.DataFrame(list(rows), columns=["id", *columns, "geometry"]).set_index("id")
    return gpd.GeoDataFrame(table[columns], geometry=table["geometry"].to_list(), crs=STORED_CRS)
