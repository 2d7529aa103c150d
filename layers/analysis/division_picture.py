"""What a county or township sheet draws: divisions of a day, roads, facilities in service."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import pandas as pd

from geo.crs import STORED_CRS
from layers.analysis.data_day import data_day
from layers.analysis.digest import frames_digest
from layers.analysis.line_picture import line_picture
from layers.analysis.picture import MapPicture
from layers.errors import NotFound
from layers.provenance import provenance_of
from layers.store import Query, read_frame

if TYPE_CHECKING:
    from datetime import date

    from layers.store import Store

__all__ = ["DivisionPicture", "division_picture"]

_READ = ("divisions", "roads", "care_facilities", "boundary_lines")
_AREAS = ("Polygon", "MultiPolygon")


@dataclass(frozen=True, kw_only=True)
class DivisionPicture(MapPicture):
    """Divisions of one day, with the roads and facilities among them.

    Attributes
    ----------
    within
        Townships that the sheet is about, with or without a polygon: columns `code name geometry`;
        empty where it is about the whole county.
    villages
        Village-level units of the sheet, points or polygons or neither: index id, columns
        `code name kind parent_code geometry`.
    undetermined
        Stretches of the county's boundary that both sides have not agreed on: LineStrings.
    idle
        Names of statistical units (no legal divisions) that have no place and are left out.
    day
        As `as_of`.
    """

    within: gpd.GeoDataFrame
    villages: gpd.GeoDataFrame
    undetermined: gpd.GeoSeries
    idle: tuple[str, ...] = ()
    day: date | None = None

    @property
    def as_of(self) -> date | None:
        """The day asked about."""
        return self.day

    @property
    def drawn_rows(self) -> dict[str, list[str]]:
        """Ids of the rows drawn, by layer of the store."""
        rows = super().drawn_rows
        return {**rows, "divisions": [*rows["divisions"], *map(str, self.villages.index)]}


def division_picture(
    store: Store,
    *,
    township: str | None = None,
    as_of: date | None = None,
    time_zone: str = "Asia/Shanghai",
) -> DivisionPicture:
    """Read the divisions of a day and what lies among them.

    Parameters
    ----------
    store
        An open store.
    township
        Code or name of the township that the sheet is about; None is the whole county.
    as_of
        Rows valid on that day; None is the day of the latest event of the layers read.
    time_zone
        Zone in which that event's instant is a day.

    Raises
    ------
    InputError
        If a stretch recorded as undetermined names a marker that is not on its line.
    NotFound
        `no_township` if there is none of this code or name on the day, or several of the name.
    """
    data_date = data_day(store, _READ, time_zone=time_zone)
    query = Query(at=as_of or data_date)
    divisions = read_frame(store, "divisions", query).sort_index()
    roads = read_frame(store, "roads", query).sort_index()
    facilities = _in_service(read_frame(store, "care_facilities", query).sort_index())
    lines = read_frame(store, "boundary_lines", query).sort_index()
    lines = lines[lines["undetermined"].notna()]
    areas = divisions[divisions.geometry.geom_type.isin(_AREAS)]
    towns = divisions[divisions["level"] == "township"]
    units = divisions[divisions["level"].isin(["township", "village"])]
    within = towns[:0]
    if township is not None:
        within = _township(towns, township)
        units = units[units["parent_code"].isin(within["code"])]
        facilities = facilities[_belongs(facilities, within)]
    # A statistical unit without a place cannot be drawn by anybody; a legal one is missed.
    idle = _placeless(units) & ~units["legal"].fillna(value=True).astype(bool)
    villages = units[(units["level"] == "village") & ~idle]
    frames = {
        "county": areas[areas["level"] == "county"],
        "townships": areas[areas["level"] == "township"],
        "villages": villages,
        "roads": roads,
        "facilities": facilities,
        "lines": lines,
    }
    stretches = [
        stretch
        for key in lines.index
        for stretch in line_picture(store, key, as_of=as_of, time_zone=time_zone).undetermined
    ]
    return DivisionPicture(
        county=frames["county"][["code", "name", "geometry"]],
        townships=frames["townships"][["code", "name", "geometry"]],
        roads=roads[["highway", "name", "geometry"]],
        facilities=facilities[["name", "kind", "status", "geometry"]].assign(counted=True),
        provenance=provenance_of(*frames.values()),
        data_date=data_date,
        data_hash=frames_digest({**frames, "within": within}),
        within=within[["code", "name", "geometry"]],
        villages=villages[["code", "name", "kind", "parent_code", "geometry"]],
        undetermined=gpd.GeoSeries(stretches, crs=STORED_CRS),
        idle=tuple(units["name"][idle].astype(str)),
        day=as_of,
    )


def _placeless(frame: gpd.GeoDataFrame) -> pd.Series[bool]:
    missing: pd.Series[bool] = frame.geometry.isna() | frame.geometry.is_empty
    return missing


def _in_service(facilities: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Facilities that stand today; one without a status is taken as in service."""
    status, kind = facilities["status"], facilities["kind"]
    return facilities[
        (status.isna() | (status == "in_service")) & (kind.isna() | (kind != "planned"))
    ]


def _township(towns: gpd.GeoDataFrame, asked: str) -> gpd.GeoDataFrame:
    # One by code or name.
    found = towns[(towns["code"] == asked) | (towns["name"] == asked)]
    if len(found) == 1:
        return found
    offered = "、".join(
        f"{name} {code}" for code, name in zip(towns["code"], towns["name"], strict=True)
    )
    if len(found):
        raise NotFound(
            f"“{asked}”不止一个乡镇，请用区划代码：{offered}。",
            code="no_township",
            where="township",
        )
    raise NotFound(
        f"没有乡镇“{asked}”，可选：{offered or '（库中没有乡镇）'}。",
        code="no_township",
        where="township",
    )


def _belongs(facilities: gpd.GeoDataFrame, within: gpd.GeoDataFrame) -> pd.Series[bool]:
    """Which facilities stand in the township; where there is no place or outline, by their code."""
    outline = within.geometry.iloc[0]
    by_code: pd.Series[bool] = (facilities["township_code"] == within["code"].iloc[0]).fillna(
        value=False
    )
    if outline is None or outline.is_empty or outline.geom_type not in _AREAS:
        return by_code.astype(bool)
    inside: pd.Series[bool] = facilities.geometry.intersects(outline)
    return inside.where(~_placeless(facilities), by_code).astype(bool)
