"""What a service question reads from the store, read once."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import TYPE_CHECKING

from layers.analysis.data_day import data_day
from layers.analysis.demand import elder_demand
from layers.analysis.digest import frames_digest
from layers.analysis.facilities import standing_facilities
from layers.analysis.roads import network_of
from layers.errors import NotFound
from layers.provenance import Provenance, provenance_of
from layers.store import Query, read_frame

if TYPE_CHECKING:
    from datetime import date

    import geopandas as gpd

    from geo.network import Network
    from layers.analysis.question import CareQuestion
    from layers.store import Store

__all__ = ["INPUT_LAYERS", "ServiceInputs", "read_inputs"]

INPUT_LAYERS = ("divisions", "roads", "care_facilities", "elders")


@dataclass(frozen=True, kw_only=True)
class ServiceInputs:
    """Stored rows valid on the question's day, and the networks made from them.

    Attributes
    ----------
    divisions, roads
        Frames of the layers, index id, EPSG:4490.
    facilities
        `layers.analysis.facilities.standing_facilities`.
    demand
        `layers.analysis.demand.elder_demand`.
    data_date
        Day of the latest event of these layers in the bureau's time zone.
    warnings
        Chinese sentences about inputs that were taken but deserve a look.
    """

    question: CareQuestion
    divisions: gpd.GeoDataFrame
    roads: gpd.GeoDataFrame
    facilities: gpd.GeoDataFrame
    demand: gpd.GeoDataFrame
    data_date: date
    warnings: tuple[str, ...] = ()
    _networks: dict[str, Network] = field(default_factory=dict, repr=False, compare=False)

    def network(self, mode: str | None = None) -> Network:
        """Road network of a mode (default: the question's), built once."""
        mode = mode or self.question.mode
        if mode not in self._networks:
            self._networks[mode] = network_of(self.roads, mode)
        return self._networks[mode]

    def on(self, network: Network) -> ServiceInputs:
        """Give the same rows on other roads of the network's mode; these stay as they are."""
        return replace(self, _networks={**self._networks, network.mode: network})

    @property
    def counted(self) -> gpd.GeoDataFrame:
        """The facilities whose service counts."""
        return self.facilities[self.facilities["counted"]]

    @cached_property
    def provenance(self) -> Provenance:
        """Worst quality and all sources of what was read."""
        return provenance_of(self.divisions, self.roads, self.facilities, self.demand)

    @cached_property
    def data_hash(self) -> str:
        """SHA-256 of the rows read, without made ids, versions and recording times."""
        return frames_digest(
            {
                "divisions": self.divisions,
                "roads": self.roads,
                "facilities": self.facilities,
                "demand": self.demand,
            }
        )


def read_inputs(
    store: Store, question: CareQuestion, *, time_zone: str = "Asia/Shanghai"
) -> ServiceInputs:
    """Read what a service question needs.

    Parameters
    ----------
    store
        An open store.
    question
        What is asked; `as_of` chooses rows valid on that day. The default is the day of the latest
        event of the layers read, so that the same data give the same answer whenever they are
        asked.
    time_zone
        Zone in which the latest event's instant is a day.

    Returns
    -------
    The rows; networks are built on demand.

    Raises
    ------
    NotFound
        If there are no roads (`no_roads`), no facility that counts (`no_facilities`) or no elders
        in the asked age band (`no_demand`).
    InputError
        If a village has no count in the asked age band.
    """
    data_date = data_day(store, INPUT_LAYERS, time_zone=time_zone)
    query = Query(at=question.as_of or data_date)
    roads = read_frame(store, "roads", query)
    if roads.empty:
        raise NotFound(
            "没有道路数据，无法计算路网；请先运行 xygeo import roads 文件。",
            code="no_roads",
            where="roads",
        )
    divisions = read_frame(store, "divisions", query)
    facilities, warnings = standing_facilities(
        read_frame(store, "care_facilities", query), question
    )
    demand, notes = elder_demand(read_frame(store, "elders", query), divisions, question)
    return ServiceInputs(
        question=question,
        divisions=divisions,
        roads=roads,
        facilities=facilities,
        demand=demand,
        data_date=data_date,
        warnings=warnings + notes,
    )
