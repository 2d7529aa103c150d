"""The picture of a saved siting scenario; without one, of what the register has planned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import STORED_CRS
from layers.analysis.inputs import read_inputs
from layers.analysis.ranges import Streets
from layers.analysis.saved_scenarios import is_stale, load_scenario
from layers.analysis.sited import siting_picture, with_sites
from layers.analysis.siting import coverage_with
from layers.analysis.siting_picture import sites_frame
from layers.analysis.study_parts import beside, registered_places
from layers.errors import NotFound
from layers.provenance import provenance_of

if TYPE_CHECKING:
    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.question import CareQuestion
    from layers.analysis.saved_scenarios import SavedScenario
    from layers.analysis.siting_picture import SitingPicture
    from layers.store import Store

__all__ = ["LANDMARK_KINDS", "ScenarioPicture", "scenario_picture"]

LANDMARK_KINDS = ("station", "community_centre")
"""Kinds of facilities that a siting sheet always shows."""


class ScenarioPicture(NamedTuple):
    """A picture, and what the reader must be told about the scenario."""

    picture: SitingPicture
    warnings: tuple[str, ...]


def scenario_picture(
    store: Store,
    question: CareQuestion,
    scenario: str | None = None,
    *,
    time_zone: str = "Asia/Shanghai",
) -> ScenarioPicture:
    """Compute the picture of a saved scenario, or of the planned facilities.

    Parameters
    ----------
    store
        An open store.
    question
        What is asked where no scenario is given; a scenario has its own question.
    scenario
        Id or name of a saved scenario.
    time_zone
        Zone in which the latest event's instant is a day.

    Raises
    ------
    NotFound
        `unknown_scenario`; `no_sites` if the scenario chose no place, or nothing is planned.
    PlatformError
        If `geo` refuses an input.
    """
    saved = None if scenario is None else load_scenario(store, scenario)
    care = question if saved is None else saved.care_question
    inputs = read_inputs(store, care, time_zone=time_zone)
    planned = registered_places(store, inputs)
    chosen = [] if saved is None else _points(saved.geometry)
    if not chosen and (saved is not None or planned.empty):
        said = (
            "没有规划中的设施，也没有给出方案"
            if saved is None
            else f"方案“{saved.name}”没有选出位置"
        )
        raise NotFound(
            f"{said}，无法出选址图；请先用 xygeo site --save 存一个方案，再用 --scenario 给出。",
            code="no_sites",
            where=scenario or "care_facilities",
        )
    focus = _townships(inputs, chosen or list(planned.geometry))
    if chosen:
        planned = planned[planned["township_code"].isin(focus)]
    streets = Streets.of(inputs)
    rows = [*_chosen(streets, saved, chosen), *_planned(streets, planned)]
    picture = siting_picture(
        inputs,
        subject=_subject(saved, planned),
        sites=sites_frame(rows),
        focus=focus,
        landmarks=[
            str(key)
            for key in inputs.facilities.index[inputs.facilities["kind"].isin(LANDMARK_KINDS)]
        ],
        provenance=provenance_of(planned) if len(planned) else None,
    )
    stale = saved is not None and is_stale(saved, inputs)
    warning = "方案保存之后数据或程序已有变化，图上是按今天的数据重算的；请重新选址。"
    return ScenarioPicture(picture, (warning,) if stale else ())


def _points(shape: shapely.Geometry | None) -> list[shapely.Point]:
    parts: list[Any] = [] if shape is None else list(shapely.get_parts(shape))
    return [part for part in parts if isinstance(part, shapely.Point) and not part.is_empty]


def _townships(inputs: ServiceInputs, points: list[Any]) -> list[str]:
    towns = inputs.divisions[inputs.divisions["level"] == "township"]
    places = shapely.multipoints(points)
    return [
        str(code)
        for code, shape in zip(towns["code"], towns.geometry, strict=True)
        if shape is not None and shape.intersects(places)
    ]


def _subject(saved: SavedScenario | None, planned: gpd.GeoDataFrame) -> str:
    if len(planned) == 1:
        return str(planned["name"].iloc[0])
    return "养老服务设施" if saved is None else saved.name


def _chosen(
    streets: Streets, saved: SavedScenario | None, points: list[shapely.Point]
) -> list[dict[str, Any]]:
    """Give the chosen places, and the alternatives that a study kept with them."""
    several = len(points) > 1
    rows = [
        _row(
            streets,
            key=f"site-{number}",
            name=f"推荐站址{number}" if several else "推荐站址",
            role="chosen",
            rank=number,
            point=point,
        )
        for number, point in enumerate(points, start=1)
    ]
    numbers = saved.result.get("numbers", {}) if saved is not None else {}
    for option in numbers.get("options", []):
        if str(option.get("option", "")).startswith("备选"):
            rows.append(
                _row(
                    streets,
                    key=str(option["id"]),
                    name=str(option["option"]),
                    role="alternative",
                    rank=len(rows) + 1,
                    point=shapely.Point(option["lon"], option["lat"]),
                )
            )
    return rows


def _planned(streets: Streets, planned: gpd.GeoDataFrame) -> list[dict[str, Any]]:
    return [
        _row(
            streets,
            key=str(key),
            name=str(name),
            role="registered",
            rank=1000 + number,
            point=shapely.Point(shapely.get_coordinates(shape)[0]),
            place="登记的规划位置",
        )
        for number, (key, name, shape) in enumerate(
            zip(planned.index, planned["name"], planned.geometry, strict=True)
        )
    ]


def _row(
    streets: Streets,
    *,
    key: str,
    name: str,
    role: str,
    rank: int,
    point: shapely.Point,
    place: str = "",
) -> dict[str, Any]:
    index = pd.Index([key])
    site = gpd.GeoDataFrame({"name": [name]}, geometry=[point], index=index, crs=STORED_CRS)
    inputs = streets.inputs
    before = coverage_with(inputs, inputs.counted)
    along = streets.serving(with_sites(inputs, site)).covered_shares() - streets.covered_shares()
    after = coverage_with(inputs, inputs.counted, site)
    won = after["covered"].astype(bool) & ~before["covered"].astype(bool)
    return {
        "id": key,
        "name": name,
        "place": place or beside(after, coverage_with(inputs, site)["straight_m"]),
        "role": role,
        "rank": rank,
        "gained": float(after["weight"][won].sum()),
        "gained_along": float((after["weight"] * along).sum()),
        "geometry": point,
    }
