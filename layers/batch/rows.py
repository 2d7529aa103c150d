"""A county's rows as its question wants them, from its store or from files."""

from __future__ import annotations

import math
from contextlib import ExitStack
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import numpy as np
import shapely

from geo.modes import require_mode
from layers.analysis.demand import elder_demand
from layers.analysis.facilities import standing_facilities
from layers.analysis.inputs import ServiceInputs
from layers.batch.files import file_stamp, read_layer_file
from layers.batch.manifest import OWN_LAYERS
from layers.errors import NotFound
from layers.store import Query, open_store, read_frame

if TYPE_CHECKING:
    from pathlib import Path

    import geopandas as gpd

    from layers.analysis.question import CareQuestion
    from layers.batch.manifest import CountyTask
    from layers.store import Store

__all__ = ["Box", "county_inputs", "county_stamps", "reach_m"]

Box = tuple[float, float, float, float]
"""West, south, east, north in degrees."""

_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)
_LEAST_METRES_A_DEGREE = 110_500.0
_SLACK_M = 1_000.0


def reach_m(question: CareQuestion) -> float:
    """How far a trip within the limit can lead: roads must be known as far over the border.

    Parameters
    ----------
    question
        Its mode's fastest road, for its minutes: 25 km for 15 minutes by car.

    Returns
    -------
    Metres; on foot those of the age band's walk.
    """
    speeds = np.array(list(require_mode(question.mode).speeds_mps.values()))
    fastest = question.speed_mps if np.isnan(speeds).all() else float(np.nanmax(speeds))
    return 60.0 * question.minutes * max(fastest, question.speed_mps)


def county_inputs(task: CountyTask, *, time_zone: str = "Asia/Shanghai") -> ServiceInputs:
    """Read what a county's question needs; roads as far as a trip can lead.

    Parameters
    ----------
    task
        Where the rows are and what is asked.
    time_zone
        As `layers.analysis.inputs.read_inputs`.

    Returns
    -------
    The rows.

    Raises
    ------
    NotFound
        As `layers.analysis.inputs.read_inputs`; `file_missing`.
    StoreError
        If a store cannot be read.
    InputError
        If a file is no GeoParquet, lacks a column or holds a wrong value, or a village has no
        count in the asked age band.
    """
    question = task.question
    with ExitStack() as opened:
        store = None if task.store is None else opened.enter_context(_store(task.store))
        day = question.as_of if store is None else _day(store, time_zone)
        at = question.as_of or day
        frames = {layer: _own(task, store, layer, at) for layer in OWN_LAYERS}
        facilities, warnings = standing_facilities(frames["care_facilities"], question)
        demand, notes = elder_demand(frames["elders"], frames["divisions"], question)
        if task.roads is not None:
            places = (facilities[facilities["counted"]], demand)
            roads = _shared_roads(task.roads, _box(reach_m(question), *places), at, time_zone)
        else:
            roads = _own(task, store, "roads", at)
    if roads.empty:
        raise NotFound("县域及周边没有道路数据，无法计算路网。", code="no_roads", where="roads")
    return ServiceInputs(
        question=question,
        divisions=frames["divisions"],
        roads=roads,
        facilities=facilities,
        demand=demand,
        data_date=day or _NOTHING_YET.date(),
        warnings=warnings + notes,
    )


def county_stamps(task: CountyTask) -> dict[str, str]:
    """Tell the present state of everything a county reads, cheaply.

    Parameters
    ----------
    task
        Where the rows are.

    Returns
    -------
    Part of the task -> its stamp: the hash of a store's last event, name, size and time of a file.

    Raises
    ------
    NotFound
        If a file is missing, `file_missing`, or a store, `store_missing`.
    StoreError
        If a store cannot be read.
    """
    paths = {"store": task.store, "roads": task.roads}
    paths |= {layer: getattr(task, layer) for layer in OWN_LAYERS}
    stamps = {}
    for name, path in paths.items():
        if path is None:
            continue
        if _is_store(path):
            with _store(path) as store:
                stamps[name] = store.head().hash
        else:
            stamps[name] = file_stamp(path)
    return stamps


def _is_store(path: Path) -> bool:
    return path.suffix.lower() == ".gpkg"


def _store(path: Path) -> Store:
    return open_store(f"gpkg:{path}", min_free_mb=0)


def _day(store: Store, time_zone: str) -> date:
    """Day of the store's latest event, as `layers.analysis.inputs.read_inputs` takes it."""
    return (store.head().at or _NOTHING_YET).astimezone(ZoneInfo(time_zone)).date()


def _own(task: CountyTask, store: Store | None, layer: str, at: date | None) -> gpd.GeoDataFrame:
    path: Path | None = getattr(task, layer)
    if path is not None:
        return read_layer_file(path, layer, at=at)
    if store is not None:
        return read_frame(store, layer, Query(at=at))
    return read_layer_file(None, layer)


def _shared_roads(path: Path, box: Box, at: date | None, time_zone: str) -> gpd.GeoDataFrame:
    if not _is_store(path):
        return read_layer_file(path, "roads", at=at, box=box)
    with _store(path) as store:
        return read_frame(store, "roads", Query(bbox=box, at=at or _day(store, time_zone)))


def _box(reach: float, *frames: gpd.GeoDataFrame) -> Box:
    """Box around all places of the county, wider by the reach.

    Raises
    ------
    NotFound
        `no_places` if nothing has a place.
    """
    shapes = np.concatenate([frame.geometry.to_numpy() for frame in frames])
    west, south, east, north = shapely.total_bounds(shapes)
    if not math.isfinite(west):
        raise NotFound(
            "设施和老年人口都没有位置，无法确定要读哪里的道路。", code="no_places", where="geometry"
        )
    high = (reach + _SLACK_M) / _LEAST_METRES_A_DEGREE
    top = min(max(abs(south), abs(north)) + high, 89.0)
    wide = high / math.cos(math.radians(top))
    return (
        max(west - wide, -180.0),
        max(south - high, -90.0),
        min(east + wide, 180.0),
        min(north + high, 90.0),
    )
