"""The study of the Houbao smart-care centre: one question, asked in every way that matters.

Where in 侯堡镇 should the centre stand so that most elders who reach no service today reach one?
All road places of the township are looked at; what stands stays. The best place for that is set
beside those that two other models would take, the place in the register, and the next best.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import geopandas as gpd
import pandas as pd
import shapely

from geo.crs import STORED_CRS
from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.ranges import Streets
from layers.analysis.robustness import robustness_answer
from layers.analysis.saved_scenarios import save_scenario
from layers.analysis.sited import siting_picture, with_sites
from layers.analysis.sited_scenario import LANDMARK_KINDS
from layers.analysis.siting import siting_answer
from layers.analysis.siting_picture import sites_frame
from layers.analysis.siting_question import MODEL_TITLES, SitingQuestion
from layers.analysis.study_parts import (
    GAIN_COLUMNS,
    Gains,
    by_age,
    by_mode,
    data_quality,
    equity,
    part_of,
    place_of,
    registered_places,
    straight_m,
)
from layers.errors import NotFound
from layers.provenance import merge, provenance_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from layers.analysis.inputs import ServiceInputs
    from layers.analysis.robustness import RobustnessAnswer
    from layers.analysis.siting import SitingAnswer
    from layers.analysis.siting_picture import SitingPicture
    from layers.provenance import Provenance
    from layers.store import Actor, Store

__all__ = ["HOUBAO", "MOVED", "StudyAnswer", "houbao_study", "save_study"]

HOUBAO: Final = "140423102000"
"""侯堡镇."""

MOVED: Final = ("speed", "mode", "demand", "failure")
"""Families of worlds, each of which counts the same for `StudyAnswer.steadiest`."""

_SUBJECT = "侯堡镇智慧康养综合服务中心"
_CHOICES: Final = 6
_TOLERANCE: Final = 1.0
"""The next best are shown however much less they are: the reader sees by how much."""

_MODELS = ("mclp", "p_median", "p_center")
_DECIMALS = 6


@dataclass(frozen=True, kw_only=True)
class StudyAnswer:
    """Everything that report, workbook, sheet and map of the study show.

    Attributes
    ----------
    subject, township
        What is being sited, and the township's name.
    siting
        The answer of the covering model: recommended site, next best, before and after.
    options
        The recommended site and the next best: `rank id lon lat distance_m` (from the recommended
        one) and `layers.analysis.study_parts.GAIN_COLUMNS`.
    models
        One site of each model: `model title id distance_m` and the same.
    registered
        Where the register has the centre planned: `id name lon lat distance_m` and the same.
    modes, bands, access
        `layers.analysis.study_parts.by_mode`, `by_age`, `equity`.
    robustness
        The recommended site among the next best and the registered place, by id, in other worlds.
    quality
        A row a layer: `layer title rows synthetic approximate surveyed`.
    focus_before, focus_after
        `layers.analysis.study_parts.part_of` the township's people.
    picture
        What sheet and map draw.
    """

    subject: str
    township: str
    seed: int
    siting: SitingAnswer
    options: pd.DataFrame
    models: pd.DataFrame
    registered: pd.DataFrame
    modes: pd.DataFrame
    bands: pd.DataFrame
    access: pd.DataFrame
    robustness: RobustnessAnswer
    quality: pd.DataFrame
    focus_before: dict[str, float]
    focus_after: dict[str, float]
    picture: SitingPicture
    inputs: ServiceInputs
    provenance: Provenance
    data_date: date
    inputs_hash: str
    version: str
    warnings: tuple[str, ...] = ()

    @property
    def steadiest(self) -> str:
        """The id of the option that loses least on average over speed, mode, counts and failure."""
        return str(self._mean_lost().idxmin())

    @property
    def rival(self) -> str:
        """The id of the steadiest option beside the recommended one; that one if it is alone."""
        others = self._mean_lost().iloc[1:]
        return str(others.idxmin()) if len(others) else str(self.site["id"])

    def _mean_lost(self) -> pd.Series:
        lost = self.robustness.found.summary["mean_lost"]
        families = [name for name in MOVED if name in lost.index.get_level_values("family")]
        mean = lost.loc[families].groupby("option", sort=False).mean()
        return mean.reindex([str(one) for one in self.options["id"]])

    @property
    def site(self) -> pd.Series:
        """The recommended site: its row of `options`."""
        return self.options.iloc[0]


def houbao_study(
    store: Store,
    *,
    minutes: float = 15,
    seed: int = 7,
    time_zone: str = "Asia/Shanghai",
    on_progress: Callable[[float, str], None] | None = None,
) -> StudyAnswer:
    """Study where the Houbao smart-care centre should stand.

    Parameters
    ----------
    store
        An open store; nothing is written.
    minutes
        Limit on foot.
    seed
        Of the demand noise in the robustness test.
    time_zone
        Zone in which the latest event's instant is a day.
    on_progress
        Told the share done and what is being done.

    Returns
    -------
    The study; the same store, minutes and seed give the same figures.

    Raises
    ------
    NotFound
        If roads, elders, facilities or the township are missing; `no_gain` if no place in the
        township would serve anybody who is not served.
    PlatformError
        If `geo` refuses an input.
    """
    tell = on_progress or (lambda _share, _words: None)
    tell(0.02, "读取图层")
    inputs = read_inputs(store, CareQuestion(minutes=minutes), time_zone=time_zone)
    registered = registered_places(store, inputs, HOUBAO)
    tell(0.15, "比较全部候选位置")
    answers = {
        model: siting_answer(
            inputs,
            SitingQuestion(
                model=model,
                township=HOUBAO,
                choices=_CHOICES if model == "mclp" else 1,
                tolerance=_TOLERANCE,
            ),
            "nodes",
        )
        for model in _MODELS
    }
    best = answers["mclp"]
    if best.sites.empty or not best.sites["gained"].sum() > 0:
        raise NotFound(
            f"侯堡镇内没有一处位置能在 {minutes:g} 分钟内新增覆盖老年人，无需比选；"
            "请检查道路、设施和分村人口，或改 --minutes。",
            code="no_gain",
            where=HOUBAO,
        )
    chosen = best.sites
    streets = Streets.of(inputs)
    gains = Gains(inputs=inputs, before=best.villages_before, township=HOUBAO, streets=streets)
    options = _options(gains, best)
    planned = _registered(gains, registered, best)
    tell(0.4, "各方式、各年龄段、均衡程度")
    opened = with_sites(inputs, chosen)
    modes, bands = (part(streets, streets.serving(opened)) for part in (by_mode, by_age))
    access = equity(inputs, opened)
    tell(0.5, "检验稳健性")
    compared = _compared(options, registered)
    robustness = robustness_answer(
        inputs,
        compared,
        {str(site): (str(site),) for site in compared.index},
        seed=seed,
        on_progress=lambda share, words: tell(0.5 + 0.1 * share, words),
    )
    tell(0.6, "绘图数据")
    places = provenance_of(registered)
    picture = siting_picture(
        inputs,
        subject=str(registered["name"].iloc[0]) if len(registered) else _SUBJECT,
        sites=_sites(options, registered, planned),
        focus=(HOUBAO,),
        landmarks=_landmarks(inputs),
        provenance=places if len(registered) else None,
    )
    return StudyAnswer(
        subject=picture.subject,
        township=_name(inputs),
        seed=seed,
        siting=best,
        options=options,
        models=_models(gains, answers),
        registered=planned,
        modes=modes,
        bands=bands,
        access=access,
        robustness=robustness,
        quality=data_quality(inputs),
        focus_before=part_of(best.villages_before, HOUBAO),
        focus_after=part_of(best.villages_after, HOUBAO),
        picture=picture,
        inputs=inputs,
        provenance=merge(best.provenance, places) if len(registered) else best.provenance,
        data_date=inputs.data_date,
        inputs_hash=best.inputs_hash,
        version=version("xygeo"),
        warnings=inputs.warnings,
    )


def save_study(store: Store, answer: StudyAnswer, *, numbers: dict[str, Any], actor: Actor) -> str:
    """Keep the study as a scenario; equal figures make no event.

    Parameters
    ----------
    store
        The store that was asked.
    answer
        The study.
    numbers
        Its figures as everybody may see them: counts of 1-4 hidden.
    actor
        Who keeps it.

    Returns
    -------
    The scenario's id.

    Raises
    ------
    NotAllowed
        If the actor may not write the layer.
    """
    return save_scenario(
        store,
        name=f"{answer.subject}选址研究",
        question={
            "model": "mclp",
            "p": 1,
            "candidates": ["nodes"],
            "options": {"township": HOUBAO, "seed": answer.seed},
        },
        result={"version": answer.version, "numbers": numbers},
        inputs=answer.inputs,
        geometry=answer.siting.sites.geometry.iloc[0],
        actor=actor,
        reason="选址研究",
    )


def _options(gains: Gains, best: SitingAnswer) -> pd.DataFrame:
    """Give the recommended site and the next best with their place in words and figures."""
    rows = []
    shapes: list[shapely.Point] = []
    for rank, sites in zip(best.options["rank"], best.options["sites"], strict=True):
        place = best.candidates.loc[list(sites)]
        if place.empty:
            continue
        shapes.append(place_of(place))
        rows.append(
            {
                "rank": int(rank),
                "id": str(place.index[0]),
                "lon": round(float(shapes[-1].x), _DECIMALS),
                "lat": round(float(shapes[-1].y), _DECIMALS),
                "distance_m": straight_m(shapes[0], shapes[-1]),
                **gains.of(place),
            }
        )
    table = pd.DataFrame(rows)
    return table[table["gained"] > 0].reset_index(drop=True)


def _models(gains: Gains, answers: dict[str, SitingAnswer]) -> pd.DataFrame:
    home = place_of(answers["mclp"].sites)
    rows = []
    for model, answer in answers.items():
        if answer.sites.empty:
            continue
        rows.append(
            {
                "model": model,
                "title": MODEL_TITLES[model],
                "id": str(answer.sites.index[0]),
                "distance_m": straight_m(home, place_of(answer.sites)),
                **gains.of(answer.sites.iloc[:1]),
            }
        )
    return pd.DataFrame(rows)


def _registered(gains: Gains, registered: gpd.GeoDataFrame, best: SitingAnswer) -> pd.DataFrame:
    home = place_of(best.sites)
    rows = [
        {
            "id": str(key),
            "name": str(name),
            "lon": round(float(place_of(registered.loc[[key]]).x), _DECIMALS),
            "lat": round(float(place_of(registered.loc[[key]]).y), _DECIMALS),
            "distance_m": straight_m(home, place_of(registered.loc[[key]])),
            **gains.of(registered.loc[[key]]),
        }
        for key, name in zip(registered.index, registered["name"], strict=True)
    ]
    return pd.DataFrame(rows, columns=["id", "name", "lon", "lat", "distance_m", *GAIN_COLUMNS])


def _sites(
    options: pd.DataFrame, registered: gpd.GeoDataFrame, figures: pd.DataFrame
) -> gpd.GeoDataFrame:
    """Give the sites as sheet and map draw them; the register's own are last."""
    rows = [
        {
            "id": row["id"],
            "name": "推荐站址" if row["rank"] == 1 else f"备选{row['rank']}",
            "place": row["place"],
            "role": "chosen" if row["rank"] == 1 else "alternative",
            "rank": row["rank"],
            "gained": row["gained"],
            "gained_along": row["gained_along"],
            "geometry": shapely.Point(row["lon"], row["lat"]),
        }
        for row in options.to_dict("records")
    ]
    told = figures.set_index("id")
    rows += [
        {
            "id": str(key),
            "name": name,
            "place": "登记的规划位置",
            "role": "registered",
            "rank": len(rows) + 1,
            "gained": told.at[str(key), "gained"],
            "gained_along": told.at[str(key), "gained_along"],
            "geometry": shape,
        }
        for key, name, shape in zip(
            registered.index, registered["name"], registered.geometry, strict=True
        )
    ]
    return sites_frame(rows)


def _compared(options: pd.DataFrame, registered: gpd.GeoDataFrame) -> gpd.GeoDataFrame:
    """Give the sites that are compared: the recommended first, the register's last."""
    shapes = [
        *(shapely.Point(lon, lat) for lon, lat in zip(options["lon"], options["lat"], strict=True)),
        *registered.geometry,
    ]
    ids = [*options["id"], *(str(key) for key in registered.index)]
    return gpd.GeoDataFrame(geometry=shapes, index=pd.Index(ids, dtype="str"), crs=STORED_CRS)


def _landmarks(inputs: ServiceInputs) -> list[str]:
    standing = inputs.facilities
    return [str(key) for key in standing.index[standing["kind"].isin(LANDMARK_KINDS)]]


def _name(inputs: ServiceInputs) -> str:
    divisions = inputs.divisions
    return str(divisions.loc[divisions["code"] == HOUBAO, "name"].iloc[0])
