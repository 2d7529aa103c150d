"""The nearest services of a place by road, and the way there: what somebody who clicks asks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely

from geo.coverage import straight_metres
from geo.network import snap
from geo.reach import AGE_SPEEDS_MPS, cost_matrix
from geo.ways import ways
from layers.schema import layer_schema

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely.geometry.base import BaseGeometry

    from layers.analysis.inputs import ServiceInputs
    from layers.provenance import Provenance

__all__ = ["LIMIT_MINUTES", "NearestAnswer", "NearestHit", "nearest_answer"]

LIMIT_MINUTES = 60.0
"""Farther than this counts as not reached: nobody plans an hour's walk to a service."""

_ON_FOOT = ("60", "80")


@dataclass(frozen=True, kw_only=True)
class NearestHit:
    """One service.

    Attributes
    ----------
    id, name, kind, beds
        Of the facility; beds None where unknown.
    place
        Where it stands.
    seconds
        Age band -> seconds on foot (``60``, ``80``), or ``all`` in a vehicle; None beyond
        `LIMIT_MINUTES`.
    length_m
        Of the way; None without one.
    straight_m
        As the crow flies.
    way
        The line from the asked point to the facility; None without one.
    """

    id: str
    name: str
    kind: str | None
    beds: int | None
    place: BaseGeometry
    seconds: dict[str, float | None]
    length_m: float | None
    straight_m: float
    way: shapely.LineString | None


@dataclass(frozen=True, kw_only=True)
class NearestAnswer:
    """The nearest services of one point.

    Attributes
    ----------
    connected
        Whether a road is near enough to the point.
    offset_m
        To that road.
    hits
        By kind in the schema's order, the nearest of each kind first; those that are not reached
        come after those that are, by straight distance.
    """

    connected: bool
    offset_m: float
    hits: tuple[NearestHit, ...]
    provenance: Provenance


def nearest_answer(inputs: ServiceInputs, place: shapely.Point, *, limit: int = 3) -> NearestAnswer:
    """Find the nearest services of a point, kind by kind.

    Parameters
    ----------
    inputs
        What the question reads: its mode says how one travels, its kinds which services count.
    place
        Degrees, EPSG:4490.
    limit
        Hits a kind, > 0.

    Raises
    ------
    PlatformError
        If `geo` refuses an input.
    """
    network = inputs.network()
    counted = inputs.counted
    counted = counted[~(counted.geometry.isna() | counted.geometry.is_empty)]
    origin = gpd.GeoDataFrame(geometry=[place], index=["here"], crs=counted.crs)
    snapped = snap(network, origin).iloc[0]
    speeds = _speeds(inputs.question.mode)
    seconds = {
        band: cost_matrix(
            network, origin, counted, minutes=LIMIT_MINUTES, speed_mps=speed
        ).to_numpy()[0]
        for band, speed in speeds.items()
    }
    fastest = next(iter(seconds.values()))
    straight_m = straight_metres(
        shapely.get_coordinates(counted.geometry.to_numpy()),
        shapely.get_coordinates(place),
        network.crs,
    )
    chosen = _chosen(counted["kind"], fastest, straight_m, limit)
    found = ways(
        network,
        origin,
        counted.iloc[chosen],
        minutes=LIMIT_MINUTES,
        speed_mps=next(iter(speeds.values())),
    )
    lines = found.geometry.to_numpy()
    lengths_m = found["length_m"].to_numpy()
    ids, places = counted.index.to_list(), counted.geometry.to_numpy()
    words = {name: counted[name].to_list() for name in ("name", "kind", "beds")}
    hits = tuple(
        NearestHit(
            id=str(ids[row]),
            name=str(words["name"][row]),
            kind=_or_none(words["kind"][row]),
            beds=_or_none(words["beds"][row]),
            place=places[row],
            seconds={band: _finite(values[row]) for band, values in seconds.items()},
            length_m=_finite(lengths_m[number]),
            straight_m=float(straight_m[row]),
            way=lines[number],
        )
        for number, row in enumerate(chosen)
    )
    return NearestAnswer(
        connected=bool(snapped["connected"]),
        offset_m=float(snapped["offset_m"]),
        hits=hits,
        provenance=inputs.provenance,
    )


def _speeds(mode: str) -> dict[str, float]:
    """Band -> walking speed, the fastest first; a vehicle is as fast for all."""
    if mode == "walk":
        return {band: AGE_SPEEDS_MPS[band] for band in _ON_FOOT}
    return {"all": AGE_SPEEDS_MPS["60"]}


def _chosen(
    kinds: pd.Series,
    seconds: NDArray[np.float64],
    straight_m: NDArray[np.float64],
    limit: int,
) -> list[int]:
    """Rows of the nearest of each kind: by time, and what is not reached by distance."""
    codes = list(layer_schema("care_facilities").fields["kind"].codes)
    # A facility without a kind has no place among the codes: -1, and comes last.
    rank = pd.Index(codes).get_indexer(pd.Index(kinds)) % (len(codes) + 1)
    order = np.lexsort((straight_m, seconds))
    nearest = pd.Series(order).groupby(rank[order]).head(limit)
    return sorted((int(row) for row in nearest), key=rank.__getitem__)


def _finite(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _or_none(value: Any) -> Any:  # noqa: ANN401 - a cell
    if pd.isna(value):
        return None
    return value.item() if hasattr(value, "item") else value
