"""Who is covered by a service, by road and by the straight line beside, and where the gaps are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd
from scipy.spatial import cKDTree

from geo.crs import transform_xy
from geo.errors import InputError
from geo.frames import (
    nullable,
    require_columns,
    require_not_negative,
    require_points,
    require_positive,
    require_weights,
    sorted_positions,
)
from geo.reach import LIMIT_SLACK_S, nearest_for_points

if TYPE_CHECKING:
    from collections.abc import Mapping

    import geopandas as gpd
    import pyproj
    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["by_band", "coverage", "gaps", "straight_metres", "straight_summary"]

_ADDED: Final = (
    "facility_id",
    "seconds",
    "covered",
    "connected",
    "snap_offset_m",
    "straight_m",
    "circle_covered",
)
_CANDIDATES: Final = 8


def coverage(
    network: Network,
    facilities: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    *,
    minutes: float = 15,
    speed_mps: float = 1.1,
    direction: str = "to_facility",
    circle_m: float = 1000.0,
    max_snap_m: float = 500.0,
) -> gpd.GeoDataFrame:
    """Nearest facility of every demand point, and whether it is near enough.

    Parameters
    ----------
    network
        The roads.
    facilities
        Points in `network.crs`, unique index. None at all: nobody is covered.
    demand
        Points in `network.crs`, unique index, any columns. Empty geometry: inf, not covered, but
        still a row, so that totals hold.
    minutes
        Limit, > 0, inclusive.
    speed_mps
        Walking speed on the level, m/s, > 0; other modes use it off the road only.
    direction
        `to_facility`: the elder comes. `from_facility`: service comes home.
    circle_m
        Radius of the straight-line circle beside which the truth is shown, >= 0, inclusive.
    max_snap_m
        Farthest walk to a road, >= 0.

    Returns
    -------
    Index and columns of `demand`, and `facility_id` (nullable; of equals the smaller), `seconds`
    (the true cost as in `geo.reach.cost_matrix`, not cut at the limit), `covered`, `connected`,
    `snap_offset_m`, `straight_m` (geodesic to the nearest facility, connected or not),
    `circle_covered`.

    Raises
    ------
    CrsError
        If a CRS is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice, an argument is out of its range, or a column of that name is there
        already (`column_taken`).
    """
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    circle_m = require_not_negative(circle_m, "circle_m")
    taken = [name for name in _ADDED if name in demand.columns]
    if taken:
        raise InputError(
            f"需求点已有列 {'、'.join(taken)}，与结果同名，请先改名或删去。",
            code="column_taken",
            where=taken[0],
        )
    nearest = nearest_for_points(
        network,
        facilities,
        demand,
        speed_mps=speed_mps,
        max_snap_m=max_snap_m,
        direction=direction,
    )
    straight_m = straight_metres(
        require_points(demand, network.crs, "需求点"),
        require_points(facilities, network.crs, "设施"),
        network.crs,
    )
    return demand.assign(
        facility_id=nearest["facility_id"],
        seconds=nearest["seconds"],
        covered=nearest["seconds"] <= limit_s,
        connected=nearest["connected"],
        snap_offset_m=nearest["offset_m"],
        straight_m=straight_m,
        circle_covered=straight_m <= circle_m,
    )


def gaps(coverage: pd.DataFrame, by: str, *, weight: str | None = None) -> pd.DataFrame:
    """Rank areas by the people that no facility reaches in time.

    Parameters
    ----------
    coverage
        What `coverage` answered.
    by
        Column to group by; rows where it is missing stay together as `<NA>`.
    weight
        Column of people a row; None counts each row as 1.

    Returns
    -------
    Index `by` in rank order (uncovered descending, share ascending with NaN last, then `by`):
    `rank`, `total`, `covered`, `uncovered`, `share` (NaN if total is 0), `points`,
    `uncovered_points`, `unconnected_points`, `mean_seconds` (weighted, of those reached; NaN if
    none), `worst_seconds` (inf if one is not reached), `misled` (people whom the circle says are
    covered and the road does not). `covered + uncovered = total`, whole numbers if weights are.

    Raises
    ------
    InputError
        If a column is missing, or a weight is missing, negative or not finite.
    """
    require_columns(coverage, (by, "covered", "connected", "seconds", "circle_covered"), "覆盖表")
    # Sums are taken in the order of ids, so that they do not depend on the order of rows.
    rows = coverage.iloc[sorted_positions(coverage.index)]
    people = _people(rows, weight)
    codes, groups = pd.factorize(pd.Index(nullable(rows[by])), use_na_sentinel=False)
    n = len(groups)
    reached = rows["seconds"].to_numpy(np.float64)
    covered = rows["covered"].to_numpy(bool)
    connected = rows["connected"].to_numpy(bool)
    misled = rows["circle_covered"].to_numpy(bool) & ~covered

    def summed(where: NDArray[np.bool_]) -> NDArray[np.float64]:
        # Doubles hold whole numbers of people exactly, far beyond any county.
        return np.bincount(codes[where], weights=people[where], minlength=n).astype(people.dtype)

    def counted(where: NDArray[np.bool_]) -> NDArray[np.int64]:
        return np.bincount(codes[where], minlength=n).astype(np.int64)

    finite = np.isfinite(reached)
    time = np.bincount(codes[finite], weights=people[finite] * reached[finite], minlength=n)
    worst = np.full(n, -np.inf)
    np.maximum.at(worst, codes, reached)
    inside, outside = summed(covered), summed(~covered)
    answer = pd.DataFrame(
        {
            "total": inside + outside,
            "covered": inside,
            "uncovered": outside,
            "share": _share(inside, inside + outside),
            "points": counted(np.ones(len(rows), bool)),
            "uncovered_points": counted(~covered),
            "unconnected_points": counted(~connected),
            "mean_seconds": _share(time, summed(finite)),
            "worst_seconds": worst,
            "misled": summed(misled),
        },
        index=groups.rename(by),
    )
    name_order = np.empty(n, np.int64)
    name_order[_na_last(answer.index)] = np.arange(n)
    shares = answer["share"].to_numpy(np.float64)
    order = np.lexsort((name_order, shares, -answer["uncovered"].to_numpy()))
    answer = answer.iloc[order]
    answer.insert(0, "rank", np.arange(1, n + 1))
    return answer


def by_band(
    network: Network,
    facilities: gpd.GeoDataFrame,
    demand: gpd.GeoDataFrame,
    *,
    bands: Mapping[str, float],
    minutes: float = 15,
    direction: str = "to_facility",
    max_snap_m: float = 500.0,
) -> pd.DataFrame:
    """Coverage of each age band at its own walking speed.

    Parameters
    ----------
    network, facilities, demand, minutes, direction, max_snap_m
        As in `coverage`.
    bands
        {column of people: walking speed, m/s}, for example `age80: 0.8`.

    Returns
    -------
    A row a band, in the order of `bands`: `speed_mps total covered uncovered share`.

    Raises
    ------
    CrsError
        As `coverage`.
    GeometryError
        As `coverage`.
    InputError
        As `coverage`; if a column is missing, or a weight is missing, negative or not finite.
    """
    require_columns(demand, bands, "需求点")
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    rows = []
    for column, speed_mps in bands.items():
        nearest = nearest_for_points(
            network,
            facilities,
            demand,
            speed_mps=speed_mps,
            max_snap_m=max_snap_m,
            direction=direction,
        )
        order = sorted_positions(demand.index)
        people = _people(demand.iloc[order], column)
        covered = nearest["seconds"].to_numpy(np.float64)[order] <= limit_s
        inside, outside = people[covered].sum(), people[~covered].sum()
        total = inside + outside
        share = float(_share(np.array([inside]), np.array([total]))[0])
        rows.append((float(speed_mps), total, inside, outside, share))
    names = ["speed_mps", "total", "covered", "uncovered", "share"]
    return pd.DataFrame(rows, columns=names, index=pd.Index(list(bands), name="band"))


def straight_summary(coverage: pd.DataFrame, *, weight: str | None = None) -> dict[str, float]:
    """Put the straight line beside the road, as shares of all people.

    Parameters
    ----------
    coverage
        What `coverage` answered.
    weight
        As in `gaps`.

    Returns
    -------
    `circle_share`, `road_share`, `misled_share` (within the circle, not within reach by road); NaN
    without people.

    Raises
    ------
    InputError
        If a column is missing, or a weight is missing, negative or not finite.
    """
    require_columns(coverage, ("covered", "circle_covered"), "覆盖表")
    rows = coverage.iloc[sorted_positions(coverage.index)]
    people = _people(rows, weight)
    circle, road = (rows[name].to_numpy(bool) for name in ("circle_covered", "covered"))
    parts = np.array([people[circle].sum(), people[road].sum(), people[circle & ~road].sum()])
    shares = _share(parts, np.full(3, people.sum()))
    return dict(zip(("circle_share", "road_share", "misled_share"), shares.tolist(), strict=True))


def _people(rows: pd.DataFrame, weight: str | None) -> NDArray[np.int64] | NDArray[np.float64]:
    """People a row: whole numbers stay whole."""
    if weight is None:
        return np.ones(len(rows), np.int64)
    require_columns(rows, (weight,), "覆盖表")
    numbers = require_weights(rows[weight], f"列 {weight} ")
    whole = pd.api.types.is_integer_dtype(rows[weight])
    return numbers.astype(np.int64) if whole else numbers


def _share(
    part: NDArray[np.int64] | NDArray[np.float64], whole: NDArray[np.int64] | NDArray[np.float64]
) -> NDArray[np.float64]:
    there = whole > 0
    return np.where(there, part / np.where(there, whole, 1), np.nan)


def _na_last(index: pd.Index) -> NDArray[np.intp]:
    """Positions in ascending order, missing last."""
    missing = np.asarray(index.isna(), bool)
    known = np.flatnonzero(~missing)
    return np.concatenate((known[sorted_positions(index[known])], np.flatnonzero(missing)))


def straight_metres(
    points: NDArray[np.float64], facilities: NDArray[np.float64], crs: pyproj.CRS
) -> NDArray[np.float64]:
    """Geodesic metres from each point to the nearest facility.

    Parameters
    ----------
    points, facilities
        (n, 2) and (k, 2) coordinates; NaN where there is no place.
    crs
        Of both.

    Returns
    -------
    (n,) metres; inf where there is none.
    """
    here = np.flatnonzero(~np.isnan(points[:, 0]))
    there = facilities[~np.isnan(facilities[:, 0])]
    straight = np.full(len(points), np.inf)
    geod, degrees = crs.get_geod(), crs.geodetic_crs
    if not len(here) or not len(there) or geod is None or degrees is None:
        return straight
    lon, lat = transform_xy(points[here, 0], points[here, 1], crs, degrees)
    to_lon, to_lat = transform_xy(there[:, 0], there[:, 1], crs, degrees)
    # The chord through the earth orders places as the geodesic does but for millimetres: take the
    # few nearest by chord, and measure those.
    k = min(_CANDIDATES, len(there))
    tree = cKDTree(_chord_xyz(to_lon, to_lat, geod))
    near = tree.query(_chord_xyz(lon, lat, geod), k=k)[1].reshape(len(here), k)
    _, _, metres = geod.inv(
        np.repeat(lon, k), np.repeat(lat, k), to_lon[near].ravel(), to_lat[near].ravel()
    )
    straight[here] = np.asarray(metres).reshape(len(here), k).min(axis=1)
    return straight


def _chord_xyz(
    lon: NDArray[np.float64], lat: NDArray[np.float64], geod: pyproj.Geod
) -> NDArray[np.float64]:
    """Geocentric coordinates, metres."""
    lam, phi = np.radians(lon), np.radians(lat)
    normal = geod.a / np.sqrt(1 - geod.es * np.sin(phi) ** 2)
    return np.column_stack(
        (
            normal * np.cos(phi) * np.cos(lam),
            normal * np.cos(phi) * np.sin(lam),
            normal * (1 - geod.es) * np.sin(phi),
        )
    )
