"""Parts of a siting study: what a place gains, by mode and by age, how evenly, from which data."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
import shapely

from geo.access import e2sfca, gini
from geo.coverage import by_band
from geo.geodesy import GRS80
from geo.reach import AGE_SPEEDS_MPS, cost_matrix
from layers.analysis.gaps import covered_demand
from layers.analysis.question import AGE_COLUMNS, MODES
from layers.analysis.ranges import Streets
from layers.analysis.sited import with_sites
from layers.analysis.siting import coverage_with
from layers.provenance import QUALITIES
from layers.schema import layer_schema
from layers.store import Query, read_frame

if TYPE_CHECKING:
    import geopandas as gpd

    from layers.analysis.inputs import ServiceInputs
    from layers.store import Store

__all__ = [
    "GAIN_COLUMNS",
    "Gains",
    "beside",
    "by_age",
    "by_mode",
    "data_quality",
    "equity",
    "part_of",
    "place_of",
    "registered_places",
    "straight_m",
]

GAIN_COLUMNS: Final = (
    "place",
    "gained",
    "gained_along",
    "share",
    "focus_share",
    "focus_mean_seconds",
    "focus_worst_seconds",
)
"""What `Gains.of` gives."""

ZONES_SECONDS, ZONE_WEIGHTS = (600, 1200, 1800), (1, 0.68, 0.22)


def registered_places(
    store: Store, inputs: ServiceInputs, township: str | None = None
) -> gpd.GeoDataFrame:
    """Planned facilities that the register knows, with a place.

    Parameters
    ----------
    store
        The store that the inputs were read from.
    inputs
        For the day.
    township
        Code of the township they must be in; None: the county.

    Returns
    -------
    Rows of `care_facilities`, index id.
    """
    day = inputs.question.as_of or inputs.data_date
    rows = read_frame(store, "care_facilities", Query(at=day)).sort_index()
    planned = (rows["kind"] == "planned") | (rows["status"] == "planned")
    placed = ~(rows.geometry.isna() | rows.geometry.is_empty)
    rows = rows[planned & placed]
    return rows if township is None else rows[rows["township_code"] == township]


@dataclass(frozen=True, kw_only=True, eq=False)
class Gains:
    """What one more facility would change: asked of many places.

    Attributes
    ----------
    inputs
        What the question reads.
    before
        Coverage of today.
    township
        Code of the township whose times are given.
    streets
        The people along their streets.
    """

    inputs: ServiceInputs
    before: gpd.GeoDataFrame
    township: str
    streets: Streets

    def along(self, place: gpd.GeoDataFrame | None = None) -> pd.Series:
        """Covered people of each village along its streets, today or with one more place."""
        inputs = self.inputs if place is None else with_sites(self.inputs, place)
        streets = self.streets if place is None else Streets(inputs, self.streets.points)
        return self.inputs.demand["weight"] * streets.covered_shares()

    def of(self, place: gpd.GeoDataFrame) -> dict[str, Any]:
        """Figures of the county, and of the township, with one more place.

        Parameters
        ----------
        place
            One row with `name`, its geometry a point.

        Returns
        -------
        `GAIN_COLUMNS`: the place in words; people newly covered, at their village's point and along
        its streets; share of the county and of the township that is covered then, mean and worst
        seconds of the township's people.
        """
        inputs = self.inputs
        after = coverage_with(inputs, inputs.counted, place)
        won = after["covered"].astype(bool) & ~self.before["covered"].astype(bool)
        weight = after["weight"]
        own = part_of(after, self.township)
        return {
            "place": beside(after, coverage_with(inputs, place)["straight_m"]),
            "gained": float(weight[won].sum()),
            "gained_along": float((self.along(place) - self.along()).sum()),
            "share": float(weight[after["covered"].astype(bool)].sum() / weight.sum()),
            "focus_share": own["share"],
            "focus_mean_seconds": own["mean_seconds"],
            "focus_worst_seconds": own["worst_seconds"],
        }


def beside(villages: gpd.GeoDataFrame, straight: pd.Series) -> str:
    """Say a place in words: the nearest village and how far it is.

    Parameters
    ----------
    villages
        With `name`.
    straight
        Metres of each to the place, in the same order; NaN where it has no place.
    """
    if not straight.notna().any():
        return ""
    home = int(np.nanargmin(straight))
    return f"{villages['name'].iloc[home]}旁（{straight.iloc[home]:.0f} 米）"


def part_of(villages: gpd.GeoDataFrame, township: str) -> dict[str, float]:
    """People of one township: `total covered share mean_seconds worst_seconds` (of the reached)."""
    own = villages[villages["township_code"] == township]
    weight, seconds = own["weight"], own["seconds"]
    reached = np.isfinite(seconds) & (weight > 0)
    people, total = float(weight[reached].sum()), float(weight.sum())
    covered = float(weight[own["covered"].astype(bool)].sum())
    return {
        "total": total,
        "covered": covered,
        "share": covered / total if total else np.nan,
        "mean_seconds": float((weight * seconds)[reached].sum()) / people if people else np.nan,
        "worst_seconds": float(seconds[reached].max()) if people else np.nan,
    }


def by_mode(before: Streets, after: Streets) -> pd.DataFrame:
    """County coverage in every mode, without and with the new site.

    Parameters
    ----------
    before, after
        The people along their streets, asked without and with it.

    Returns
    -------
    `mode total before after before_along after_along`: people at their villages' points, and along
    their streets.
    """
    weight = before.inputs.demand["weight"]
    rows = []
    for mode in MODES:
        row: dict[str, Any] = {"mode": mode, "total": float(weight.sum())}
        for name, streets in (("before", before), ("after", after)):
            covered = covered_demand(streets.inputs, mode)["covered"].astype(bool)
            row[name] = float(weight[covered].sum())
            row[f"{name}_along"] = float((weight * streets.covered_shares(mode)).sum())
        rows.append(row)
    return pd.DataFrame(rows)


def by_age(before: Streets, after: Streets) -> pd.DataFrame:
    """County coverage of every age band at its own speed.

    Parameters
    ----------
    before, after
        As `by_mode`.

    Returns
    -------
    `band speed_mps` and the columns of `by_mode`.
    """
    demand = before.inputs.demand
    bands = {
        column: AGE_SPEEDS_MPS[age]
        for age, column in AGE_COLUMNS.items()
        if demand[column].notna().all()
    }
    old, new = (
        by_band(
            inputs.network(),
            inputs.counted,
            inputs.demand.astype(dict.fromkeys(bands, float)),
            bands=bands,
            minutes=inputs.question.minutes,
            direction=inputs.question.direction,
        )
        for inputs in (before.inputs, after.inputs)
    )
    along = {
        f"{name}_along": [
            float((demand[band] * streets.covered_shares(speed_mps=speed_mps)).sum())
            for band, speed_mps in bands.items()
        ]
        for name, streets in (("before", before), ("after", after))
    }
    return pd.DataFrame(
        {
            "band": list(old.index),
            "speed_mps": old["speed_mps"].to_numpy(),
            "total": old["total"].to_numpy(),
            "before": old["covered"].to_numpy(),
            "after": new["covered"].to_numpy(),
            **along,
        }
    )


def equity(before: ServiceInputs, after: ServiceInputs) -> pd.DataFrame:
    """How evenly service points are spread over people, without and with the new site.

    E2SFCA with one place a facility: the register does not know the places of most, and a made-up
    number would weigh more than the roads.

    Returns
    -------
    Rows `before`, `after`: `access` service points within reach for 1,000 people (mean), `gini`
    between people, `without` people with none within 30 minutes.
    """
    rows = []
    for state, inputs in (("before", before), ("after", after)):
        counted, demand = inputs.counted, inputs.demand
        placed = counted[~(counted.geometry.isna() | counted.geometry.is_empty)]
        seconds = cost_matrix(
            inputs.network(),
            demand,
            placed,
            minutes=ZONES_SECONDS[-1] / 60,
            speed_mps=inputs.question.speed_mps,
        )
        score = e2sfca(
            seconds,
            demand["weight"],
            pd.Series(1.0, index=placed.index),
            breaks_seconds=ZONES_SECONDS,
            weights=ZONE_WEIGHTS,
        )
        people = demand["weight"]
        rows.append(
            {
                "state": state,
                "access": 1000 * float((score * people).sum() / people.sum()),
                "gini": gini(score, weights=people),
                "without": float(people[score == 0].sum()),
            }
        )
    return pd.DataFrame(rows)


def data_quality(inputs: ServiceInputs) -> pd.DataFrame:
    """Rows of each layer read by quality: `layer title rows synthetic approximate surveyed`."""
    frames = {
        "divisions": inputs.divisions,
        "roads": inputs.roads,
        "care_facilities": inputs.facilities,
        "elders": inputs.demand,
    }
    rows = []
    for layer, frame in frames.items():
        quality = frame["quality"].fillna("approximate")
        counts = {name: int((quality == name).sum()) for name in QUALITIES}
        rows.append(
            {"layer": layer, "title": layer_schema(layer).title, "rows": len(frame), **counts}
        )
    return pd.DataFrame(rows)


def place_of(frame: gpd.GeoDataFrame) -> shapely.Point:
    """Give the first place of a frame of points."""
    place = frame.geometry.iloc[0]
    return shapely.Point(place.x, place.y)  # type: ignore[attr-defined]


def straight_m(here: shapely.Point, there: shapely.Point) -> float:
    """Metres between two places in degrees, on the ellipsoid."""
    return float(GRS80.inv(here.x, here.y, there.x, there.y)[2])
