"""Stored roads to the network of one mode; the inverse of reading a road file into the store."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from geo.modes import ETRIKE_MPS, require_mode
from geo.network import from_edges

if TYPE_CHECKING:
    import geopandas as gpd

    from geo.network import Network

__all__ = ["network_of", "road_edges", "road_ids"]


def road_edges(roads: gpd.GeoDataFrame, mode: str) -> gpd.GeoDataFrame:
    """Pick the road pieces that a mode may use, as edges of `geo.network.from_edges`.

    Parameters
    ----------
    roads
        Rows of the layer `roads` as `layers.store.read_frame` gives them. A row that says nothing
        of the mode is open both ways, if its class is one of the mode's.
    mode
        `walk`, `etrike` or `car`.

    Returns
    -------
    Index 0, 1 ... in the order of way_id and piece; columns `u v way_id highway speed_mps forward
    backward geometry`. Rows without geometry or end nodes are left out: nothing can travel there.

    Raises
    ------
    NetworkError
        If the mode is unknown.
    """
    speeds_mps = require_mode(mode).speeds_mps
    kept, ways = _kept(roads, mode)
    edges = kept[["u", "v", "way_id", "highway", "geometry"]].reset_index(drop=True)
    return edges.assign(
        u=edges["u"].to_numpy(np.int64),
        v=edges["v"].to_numpy(np.int64),
        way_id=edges["way_id"].to_numpy(np.int64),
        speed_mps=_speeds_mps(kept, mode, speeds_mps),
        forward=ways.isin(["both", "forward"]).to_numpy(bool),
        backward=ways.isin(["both", "backward"]).to_numpy(bool),
    )


def road_ids(roads: gpd.GeoDataFrame, mode: str) -> dict[str, int]:
    """Say which edge of `network_of` each stored road is.

    Parameters
    ----------
    roads, mode
        As in `road_edges`.

    Returns
    -------
    Id of the row -> edge id; roads that the mode may not use are left out.

    Raises
    ------
    NetworkError
        If the mode is unknown.
    """
    kept, _ = _kept(roads, mode)
    return {str(road): edge for edge, road in enumerate(kept.index)}


def network_of(roads: gpd.GeoDataFrame, mode: str) -> Network:
    """Build the network of a mode from stored roads.

    Parameters
    ----------
    roads
        Rows of the layer `roads` valid on one day.
    mode
        `walk`, `etrike` or `car`.

    Returns
    -------
    The network. For roads that came from an .osm.pbf file: the seconds between shared nodes and the
    metres of `geo.network.read_osm`; where only another mode needed a cut, a node more.

    Raises
    ------
    NetworkError
        If the mode is unknown or `geo.network.from_edges` refuses the rows.
    """
    return from_edges(road_edges(roads, mode), mode=mode)


_USUAL = {True: "both", False: "none"}


def _kept(roads: gpd.GeoDataFrame, mode: str) -> tuple[gpd.GeoDataFrame, pd.Series]:
    """Rows that the mode may use, in the order of their edges, and which way each is open."""
    known = list(require_mode(mode).speeds_mps)
    usual = "none" if roads.empty else roads["highway"].isin(known).map(_USUAL)
    ways = roads[mode].astype(object).where(roads[mode].notna(), usual)
    there = roads["u"].notna() & roads["v"].notna() & ~_blank(roads)
    kept = roads[(ways != "none") & there].sort_values(["way_id", "piece"], kind="stable")
    return kept, ways.loc[kept.index]


def _blank(roads: gpd.GeoDataFrame) -> pd.Series:
    return roads.geometry.isna() | roads.geometry.is_empty


def _speeds_mps(
    roads: gpd.GeoDataFrame, mode: str, speeds_mps: dict[str, float]
) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """Speed of each row: a car's own where the row says so, else that of its class."""
    if mode == "walk":
        return np.full(len(roads), np.nan)
    if mode == "etrike":
        return np.full(len(roads), ETRIKE_MPS)
    own = roads["car_kmh"].to_numpy(np.float64) / 3.6
    usual = roads["highway"].map(speeds_mps).to_numpy(np.float64)
    return np.where(np.isnan(own), usual, own)
