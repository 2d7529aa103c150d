"""Where a facility might come: villages, road nodes, stored rows, places from a file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from scipy.spatial import cKDTree

from geo.crs import STORED_CRS
from geo.errors import InputError
from geo.geodesy import metres_per_degree
from layers.errors import NotFound
from layers.importers.reading import read_file
from layers.schema import layer_schema
from layers.store import Query, read_frame

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from layers.analysis.inputs import ServiceInputs
    from layers.store import Store

__all__ = [
    "CANDIDATE_COLUMNS",
    "file_candidates",
    "node_candidates",
    "point_candidates",
    "row_candidates",
    "township_area",
    "village_candidates",
]

CANDIDATE_COLUMNS: Final = ("name", "quality", "source", "geometry")
"""Columns of every frame of candidates; index id (text), EPSG:4490. Those from rows and files have
`investment_yuan` and `places` (day places, else beds) too, NaN where they are not known."""


_NUMBERS: Final = {"day_places": "capacity", "investment_yuan": "investment_yuan"}


def village_candidates(inputs: ServiceInputs, township: str | None = None) -> gpd.GeoDataFrame:
    """Take the place of every village that has one.

    Parameters
    ----------
    inputs
        What the question reads.
    township
        Code of the township they must be in; None: the county.

    Raises
    ------
    NotFound
        If none has a place, code `no_candidates`.
    """
    villages = inputs.demand
    if township is not None:
        _require_township(inputs, township)
        villages = villages[villages["township_code"] == township]
    frame = _frame(villages["village_code"], villages["name"], villages, villages.geometry)
    return _placed(frame, "村")


def node_candidates(inputs: ServiceInputs, township: str | None = None) -> gpd.GeoDataFrame:
    """Take every node of the road network, in a township if one is named.

    Parameters
    ----------
    inputs, township
        As `village_candidates`.

    Raises
    ------
    NotFound
        If no node lies there, code `no_candidates`; if the township has no outline.
    """
    network = inputs.network()
    nodes = network.nodes
    if township is not None:
        nodes = nodes[nodes.within(township_area(inputs, township))]
    ids = nodes.index.astype(str)
    beside = _nearest_villages(inputs, nodes.geometry)
    names = [f"{village}路口 {one}".strip() for village, one in zip(beside, ids, strict=True)]
    roads = pd.DataFrame(
        {"quality": inputs.roads["quality"].mode().get(0), "source": None}, index=nodes.index
    )
    return _placed(_frame("node-" + ids, names, roads, nodes.geometry), "路口")


def row_candidates(store: Store, ids: Iterable[str]) -> gpd.GeoDataFrame:
    """Rows of `care_facilities` by id: planned or closed ones, where a new one might come.

    Parameters
    ----------
    store
        An open store.
    ids
        Their ids.

    Raises
    ------
    NotFound
        If there is no such row, code `no_candidates`, or none has a place.
    """
    wanted = list(dict.fromkeys(ids))
    rows = read_frame(store, "care_facilities", Query(ids=tuple(wanted)))
    lacking = [one for one in wanted if one not in rows.index]
    if lacking:
        raise NotFound(
            f"care_facilities 里没有编号“{lacking[0]}”，请检查候选点编号。",
            code="no_candidates",
            where=lacking[0],
        )
    return _placed(_frame(rows.index, rows["name"], rows, rows.geometry), "设施")


def point_candidates(points: Iterable[object]) -> gpd.GeoDataFrame:
    """Points as a question holds them: ``{lon, lat}`` in degrees, perhaps with more.

    Parameters
    ----------
    points
        One a candidate, perhaps with `name`, `capacity` (places) and `investment_yuan`; ids are 1,
        2 ... in their order.

    Raises
    ------
    InputError
        If one is no such point, or a number of it is none, code `candidate_point`.
    """
    rows, places = [], []
    for number, point in enumerate(points, start=1):
        try:
            lon, lat = float(point["lon"]), float(point["lat"])  # type: ignore[index]
            told = {
                name: float(point[key])
                for name, key in _NUMBERS.items()
                if isinstance(point, dict) and point.get(key) is not None
            }
        except (KeyError, TypeError, ValueError):
            raise InputError(
                f"第 {number} 个候选点应写成 {{lon, lat}}（度；可另写 name、capacity、"
                f"investment_yuan），现在是“{point}”。",
                code="candidate_point",
                where=f"candidates[{number}]",
            ) from None
        name = point.get("name") if isinstance(point, dict) else None
        rows.append(
            {
                "name": name or f"候选点 {number}",
                "quality": "approximate",
                "source": "",
                "day_places": np.nan,
                "investment_yuan": np.nan,
                **told,
            }
        )
        places.append((lon, lat))
    table = pd.DataFrame(rows, index=[str(number) for number in range(1, len(rows) + 1)])
    shapes = gpd.GeoSeries(shapely.points(places), crs=STORED_CRS)
    return _placed(_frame(table.index, table["name"], table, shapes), "候选点")


def file_candidates(path: str | Path, *, crs: str | None = None) -> gpd.GeoDataFrame:
    """Places from a file: csv, xlsx, GeoJSON, GeoPackage, zipped shp.

    Parameters
    ----------
    path
        Rows as those of `care_facilities`; only a place is needed, `name`, `id` and
        `investment_yuan` are read if there.
    crs
        CRS of the coordinates, over what the file says.

    Raises
    ------
    InputError
        If the file is missing or of another kind, or an id occurs twice.
    InvalidRecord
        If something in it cannot be read.
    NotFound
        If no row has a place, code `no_candidates`.
    """
    rows = read_file(path, layer_schema("care_facilities"), crs=crs)
    names = [
        name or f"候选点 {number}" for number, name in enumerate(rows["name"].to_list(), start=1)
    ]
    frame = _placed(_frame(rows.index, names, rows, rows.geometry), "候选点")
    if not frame.index.is_unique:
        twice = frame.index[frame.index.duplicated()][0]
        raise InputError(
            f"候选点文件里的编号“{twice}”出现两次，请让编号唯一。",
            code="duplicate_id",
            where=str(twice),
        )
    return frame


def township_area(inputs: ServiceInputs, township: str) -> shapely.Geometry:
    """Outline of a township.

    Raises
    ------
    NotFound
        If there is no such township, code `unknown_township`, or it has no outline.
    """
    row = _require_township(inputs, township)
    area = row.geometry.iloc[0] if len(row) else None
    if area is None or area.is_empty or area.geom_type not in {"Polygon", "MultiPolygon"}:
        raise NotFound(
            f"乡镇 {township} 没有边界面，无法取其中的路口；请用 villages 或文件给出候选点。",
            code="township_without_outline",
            where=township,
        )
    return area


def _nearest_villages(inputs: ServiceInputs, places: gpd.GeoSeries) -> list[str]:
    """Name of the village nearest to each place; a node's number tells nobody where it is."""
    villages = inputs.demand[~(inputs.demand.geometry.isna() | inputs.demand.geometry.is_empty)]
    if villages.empty or places.empty:
        return [""] * len(places)
    there = shapely.get_coordinates(villages.geometry.to_numpy())
    here = shapely.get_coordinates(places.to_numpy())
    scale = metres_per_degree(float(there[:, 1].mean()))
    _, nearest = cKDTree(there * scale).query(here * scale)
    return villages["name"].iloc[nearest].to_list()


def _require_township(inputs: ServiceInputs, township: str) -> gpd.GeoDataFrame:
    """Give the township's row; refuse a code that neither divisions nor villages know.

    Raises
    ------
    NotFound
        `unknown_township`.
    """
    divisions = inputs.divisions
    row = divisions[(divisions["level"] == "township") & (divisions["code"] == township)]
    if row.empty and not (inputs.demand["township_code"] == township).any():
        raise NotFound(
            f"没有乡镇代码“{township}”，应为 12 位、末三位为 000，如 140423101000。",
            code="unknown_township",
            where=township,
        )
    return row


def _frame(
    ids: pd.Series | pd.Index,
    names: pd.Series | pd.Index | list[str],
    rows: pd.DataFrame,
    places: gpd.GeoSeries,
) -> gpd.GeoDataFrame:
    columns = {
        "name": np.asarray(names, object),
        "quality": np.asarray(rows["quality"], object),
        "source": np.asarray(rows["source"], object),
    }
    if "investment_yuan" in rows:
        columns["investment_yuan"] = _numbers(rows["investment_yuan"]).to_numpy()
        day = _numbers(rows["day_places"])
        columns["places"] = (
            day.fillna(_numbers(rows["beds"])) if "beds" in rows else day
        ).to_numpy()
    table = pd.DataFrame(
        columns,
        index=pd.Index(np.asarray(ids).astype(str), name="id"),
    )
    return gpd.GeoDataFrame(table, geometry=places.to_numpy(), crs=STORED_CRS)


def _numbers(column: pd.Series) -> pd.Series:
    return pd.to_numeric(column).astype("Float64").astype(float)


def _placed(frame: gpd.GeoDataFrame, what: str) -> gpd.GeoDataFrame:
    """Rows that have a place, by id.

    Raises
    ------
    NotFound
        `no_candidates` if none has.
    """
    there = frame[~(frame.geometry.isna() | frame.geometry.is_empty)]
    if there.empty:
        raise NotFound(
            f"没有可用的候选点：找不到有位置的{what}。", code="no_candidates", where="candidates"
        )
    return there.sort_index(kind="stable")
