"""Elders by village as demand points: newest year, one weight, a name and a township."""

from __future__ import annotations

from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd

from geo.errors import InputError
from layers.analysis.units import UnitsOfDay, units_of_day
from layers.errors import NotFound

if TYPE_CHECKING:
    from layers.analysis.question import CareQuestion

__all__ = ["EVERYWHERE", "elder_demand"]

EVERYWHERE = "全部"
"""The one unit of a store without divisions."""


def elder_demand(
    elders: gpd.GeoDataFrame, divisions: gpd.GeoDataFrame, question: CareQuestion
) -> tuple[gpd.GeoDataFrame, tuple[str, ...]]:
    """Demand points of the question's year, by default the newest.

    A village counted without a place of its own stands where its division does, if that is known;
    otherwise it stays without a place: counted, never covered. Its people belong to the units of
    the asked day (`layers.analysis.units`); the county's total is the same for every day.

    Parameters
    ----------
    elders, divisions
        Rows of the layers valid on the day, index id, EPSG:4490.
    question
        `age` says which count is the weight, `by` the unit of the table.

    Returns
    -------
    Index id: the rows' columns plus `weight` (float), `name`, `township_code` and `unit` (the code
    that gaps are counted by; 全部 where the store has no divisions and townships are asked), all
    of the units of the day; and warnings where those are not the units of the count.

    Raises
    ------
    NotFound
        If there is no elder in the band, code `no_demand`, or no count of the year, code `no_year`.
    InputError
        If a village has no count in the band, code `demand_missing`.
    """
    column = question.demand_column
    if not elders.empty:
        elders = _of_year(elders, question.year)
    weight = pd.to_numeric(elders[column]).astype("Float64")
    if weight.isna().any():
        missing = list(elders.loc[weight.isna(), "village_code"])
        raise InputError(
            f"elders 层有 {len(missing)} 个村没有填 {column}（如 {missing[0]}），"
            "请补齐后再算，没有人时填 0。",
            code="demand_missing",
            where=column,
        )
    if elders.empty or weight.sum() == 0:
        raise NotFound(
            f"elders 层没有老年人口（{column} 合计为 0），无法计算覆盖；请先导入 elders。",
            code="no_demand",
            where=column,
        )
    villages = divisions[divisions["level"] == "village"]
    places = _places(elders, villages)
    elders = elders.set_geometry(places)
    names = dict(zip(villages["code"], villages["name"], strict=True))
    units = units_of_day(elders["village_code"], places, divisions)
    unit = units.township if question.by == "township" else units.village
    if question.by == "township" and divisions.empty:
        unit = pd.Series(EVERYWHERE, index=elders.index)
    demand = elders.assign(
        weight=weight.astype(float),
        name=[names.get(one, one) for one in units.village],
        township_code=units.township,
        unit=unit,
    )
    return demand, () if divisions.empty else _warnings(units)


def _of_year(elders: gpd.GeoDataFrame, year: int | None) -> gpd.GeoDataFrame:
    """Give the counts of a year, by default the newest.

    Raises
    ------
    NotFound
        `no_year`.
    """
    counted = elders["year"]
    known = sorted(int(one) for one in counted.dropna().unique())
    if year is not None and year not in known:
        raise NotFound(
            f"elders 层没有 {year} 年的人数，现有：{'、'.join(map(str, known))}。",
            code="no_year",
            where="year",
        )
    return elders[counted == (year or counted.max())].sort_index()


def _warnings(units: UnitsOfDay) -> tuple[str, ...]:
    said = []
    if moved := int(units.moved.sum()):
        said.append(
            f"{moved} 条分村人数的代码当日还没有或已不再使用，已按沿革归入当日所在的村和乡镇，"
            "总数不变。"
        )
    if lost := int(units.unknown.sum()):
        said.append(f"{lost} 条分村人数找不到当日所属的乡镇，按代码前九位统计，总数不变。")
    return tuple(said)


def _places(elders: gpd.GeoDataFrame, villages: gpd.GeoDataFrame) -> gpd.GeoSeries:
    """Give each count its own place, else its village's, else none."""
    standing = villages[~(villages.geometry.isna() | villages.geometry.is_empty)]
    known = dict(zip(standing["code"], standing.geometry.representative_point(), strict=True))
    places = elders.geometry.to_numpy().copy()
    for row in np.flatnonzero(elders.geometry.isna() | elders.geometry.is_empty):
        places[row] = known.get(elders["village_code"].iloc[row])
    return gpd.GeoSeries(places, index=elders.index, crs=elders.crs)
