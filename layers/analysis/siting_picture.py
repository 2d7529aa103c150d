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
        Index id: columns `name place role rank gained gained_along geometry`; `place` says where in
        words, `gained` is the people newly covered, `gained_along` the same counted along their
        streets, NaN where it was not computed.
    reach
        Circle of the sites that are drawn (the chosen ones, else the registered), the widest mode
        first: columns `mode minutes area_m2 people gained people_along gained_along geometry`.
    before
        `ServicePicture.summary` of today.
    focus_before, focus_after
        `total covered share share_low share_high` of the people in `focus`.
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
    def gained(self) -> float:
        """People newly covered with the chosen sites open."""
        return float(self.summary["covered"]) - float(self.before["covered"])

    @property
    def gained_along(self) -> float:
        """The same people when they are counted along their streets."""
        after, before = (_along(figures) for figures in (self.summary, self.before))
        return float(self.summary["total"]) * (after - before)

    @property
    def chosen(self) -> gpd.GeoDataFrame:
        """The recommended sites."""
        return self.sites[self.sites["role"] == "chosen"]


def _along(figures: dict[str, Any]) -> float:
    """Share along the streets: of the two ends the one that is not the share at the points."""
    return float(figures["share_low"]) + float(figures["share_high"]) - float(figures["share"])


def sites_frame(rows: Sequence[dict[str, Any]]) -> gpd.GeoDataFrame:
    """Make a frame of sites; `rows` have the columns of `SitingPicture.sites` and `id`."""
    columns = ["name", "place", "role", "rank", "gained", "gained_along"]
    table = pd.DataFrame(list(rows), columns=["id", *columns, "geometry"]).set_index("id")
    return gpd.GeoDataFrame(table[columns], geometry=table["geometry"].to_list(), crs=STORED_CRS)
