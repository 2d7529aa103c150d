"""People of a village along its streets instead of at one point, and coverage as a range.

A count by village stands at one point only on paper: the point makes a village wholly covered or
wholly not. Spread along the streets where people live, the same count is covered in part. Neither
is the truth; both together tell how far a figure may be trusted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
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
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.network import Network

__all__ = ["STREET_CLASSES", "coverage_range", "spread_demand", "spread_shares"]

STREET_CLASSES: Final = (("residential", "living_street"), ("unclassified",))
"""Roads along which people live; a later group only where a village has none of the earlier."""

_SAME_PLACE_M: Final = 0.01


def spread_demand(
    network: Network,
    demand: gpd.GeoDataFrame,
    *,
    within_m: float = 500.0,
    step_m: float = 100.0,
    classes: Sequence[Sequence[str]] = STREET_CLASSES,
) -> gpd.GeoDataFrame:
    """Spread each demand point along the streets around it.

    A street belongs, place by place, to the nearest demand point in a straight line (its Voronoi
    share), if that is within `within_m`. Each edge is cut into equal pieces of at most `step_m`;
    a piece stands at its middle and bears people by its metres. Points at one place (1 cm) share
    the same streets. A point with no street of the first group of classes takes the next group;
    one with none at all stays where it is, and one without a place stays without.

    Parameters
    ----------
    network
        The roads, with their classes; that of walking has all streets.
    demand
        Points in `network.crs`, unique index.
    within_m
        Farthest street of a village from its point, > 0.
    step_m
        Longest piece, > 0.
    classes
        Groups of `highway` values.

    Returns
    -------
    Points in `network.crs`, by demand id and edge: `demand_id`, `share` of the demand's people
    (they sum to 1 a demand), `on_street` (False where the demand stays at its point).

    Raises
    ------
    CrsError
        If the CRS of the demand is missing or not the network's.
    GeometryError
        If a geometry is not a point, or not finite.
    InputError
        If an id occurs twice or an argument is out of its range.

    Source
    ------
    Dasymetric mapping along streets: Reibel & Bufalino (2005), Environment and Planning A 37(1),
    127-139 (street weighting); our deviation: shares go by nearest village, not by tract outline.
    """
    within_m = require_positive(within_m, "within_m")
    step_m = require_positive(step_m, "step_m")
    xy = require_points(demand, network.crs, "需求点")
    order = sorted_positions(demand.index)
    plane = np.column_stack(transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs))
    there = order[np.isfinite(plane[order, 0])]
    places, place_of = np.unique(
        np.round(plane[there] / _SAME_PLACE_M), axis=0, return_inverse=True
    )
    centres = places * _SAME_PLACE_M
    pieces = _pieces(network, centres, within_m, step_m, classes)
    # One demand after the other, each with the pieces of its place; the rest stay at their points.
    # Pieces are sorted by place, so each place's are a slice.
    first = np.searchsorted(pieces["place"], np.arange(len(centres) + 1))
    counts = np.diff(first)[place_of.ravel()] if len(there) else np.zeros(0, np.int64)
    own = np.ones(len(demand), np.int64)
    own[there] = np.maximum(counts, 1)
    begin = np.full(len(demand), -1, np.int64)
    spread = counts > 0
    begin[there[spread]] = first[place_of.ravel()[spread]]
    rows = np.repeat(order, own[order])
    nth = np.arange(len(rows)) - np.repeat(np.cumsum(own[order]) - own[order], own[order])
    on_street = begin[rows] >= 0
    at = np.where(on_street, begin[rows] + nth, 0)
    out = xy[rows].copy()
    share = np.ones(len(rows))
    if on_street.any():
        chosen = at[on_street]
        share[on_street] = pieces["share"][chosen]
        out[on_street] = np.column_stack(
            transform_xy(pieces["x"][chosen], pieces["y"][chosen], network.metric_crs, network.crs)
        )
    shapes = np.full(len(rows), None, object)
    placed = np.isfinite(out[:, 0])
    shapes[placed] = shapely.points(out[placed])
    return gpd.GeoDataFrame(
        {"demand_id": nullable(demand.index[rows]), "share": share, "on_street": on_street},
        geometry=gpd.GeoSeries(shapes, crs=network.crs),
        crs=network.crs,
    )


def spread_shares(
    network: Network,
    facilities: gpd.GeoDataFrame,
    spread: gpd.GeoDataFrame,
    *,
    minutes: float = 15,
    speed_mps: float = 1.1,
    direction: str = "to_facility",
    max_snap_m: float = 500.0,
) -> pd.Series:
    """Share of each demand's people, spread along its streets, that reaches a facility in time.

    Parameters
    ----------
    network, facilities, minutes, speed_mps, direction, max_snap_m
        As in `geo.coverage.coverage`.
    spread
        What `spread_demand` answered, of this or another mode's network of the same CRS.

    Returns
    -------
    `covered_share` in [0, 1] by demand id, ascending.

    Raises
    ------
    CrsError
        As `geo.coverage.coverage`.
    GeometryError
        As `geo.coverage.coverage`.
    InputError
        As `geo.coverage.coverage`; if a column of `spread` is missing.
    """
    require_columns(spread, ("demand_id", "share"), "街道人口")
    limit_s = 60.0 * require_positive(minutes, "minutes") + LIMIT_SLACK_S
    max_snap_m = require_not_negative(max_snap_m, "max_snap_m")
    nearest = nearest_for_points(
        network,
        facilities,
        spread[[spread.geometry.name]],
        speed_mps=speed_mps,
        max_snap_m=max_snap_m,
        direction=direction,
    )
    codes, ids = pd.factorize(pd.Index(spread["demand_id"]), sort=True)
    covered = nearest["seconds"].to_numpy(np.float64) <= limit_s
    share = spread["share"].to_numpy(np.float64)
    all_of = np.bincount(codes, weights=share, minlength=len(ids))
    inside = np.bincount(codes[covered], weights=share[covered], minlength=len(ids))
    # Wholly covered is exactly 1, whatever the rounding of the shares.
    values = np.divide(inside, all_of, out=np.zeros(len(ids)), where=all_of > 0)
    whole = np.bincount(codes[~covered], minlength=len(ids)) == 0
    return pd.Series(np.where(whole, 1.0, values), index=ids, name="covered_share")


def coverage_range(
    covered: pd.Series, spread: pd.Series, weight: pd.Series, by: pd.Series | None = None
) -> pd.DataFrame:
    """Coverage at the point and spread over the streets, side by side.

    Parameters
    ----------
    covered
        Whether each demand is covered at its point (`geo.coverage.coverage`).
    spread
        Share of each demand that is covered along its streets (`spread_shares`).
    weight
        People of each demand, >= 0.
    by
        Unit of each demand, missing kept together; None: one row, labelled 0.

    Returns
    -------
    Index the units, in order of first appearance by demand id: `share_point`, `share_spread`,
    `share_low`, `share_high` (of the unit's people; NaN if there are none), `covered_spread`
    (people, not whole).

    Raises
    ------
    InputError
        If labels differ (`labels_unmatched`), or a weight is missing, negative or not finite.
    """
    labels = covered.index[sorted_positions(covered.index)]
    unit = pd.Series(0, index=labels) if by is None else by.reindex(labels)
    for values, name in (
        (spread, "spread"),
        (weight, "weight"),
        (unit if by is None else by, "by"),
    ):
        if len(values) != len(labels) or not labels.isin(values.index).all():
            raise InputError(
                f"{name} 的编号与覆盖表对不上，请用同一批需求点计算。",
                code="labels_unmatched",
                where=name,
            )
    people = require_weights(weight.reindex(labels), "需求点")
    point = people * covered.reindex(labels).to_numpy(bool)
    along = people * spread.reindex(labels).to_numpy(np.float64)
    codes, units = pd.factorize(pd.Index(nullable(unit)), use_na_sentinel=False)

    def summed(values: NDArray[np.float64]) -> NDArray[np.float64]:
        sums: NDArray[np.float64] = np.bincount(codes, values, len(units)).astype(np.float64)
        return sums

    total, at_point, on_streets = summed(people), summed(point), summed(along)
    lived = total > 0
    share = np.where(lived, at_point / np.where(lived, total, 1.0), np.nan)
    spread_share = np.where(lived, on_streets / np.where(lived, total, 1.0), np.nan)
    return pd.DataFrame(
        {
            "share_point": share,
            "share_spread": spread_share,
            "share_low": np.fmin(share, spread_share),
            "share_high": np.fmax(share, spread_share),
            "covered_spread": on_streets,
        },
        index=units.rename(None if by is None else by.name),
    )


def _pieces(
    network: Network,
    centres: NDArray[np.float64],
    within_m: float,
    step_m: float,
    classes: Sequence[Sequence[str]],
) -> dict[str, NDArray[np.float64]]:
    """Street pieces by place: its position, where the piece stands, its share of the place."""
    highway = network.edges["highway"].astype("str").to_numpy(object)
    length_m = network.edges["length_m"].to_numpy(np.float64)
    found: list[tuple[NDArray[np.float64], ...]] = []
    lacking = np.ones(len(centres), bool)
    tree = cKDTree(centres) if len(centres) else None
    for group in classes:
        rows = np.flatnonzero(np.isin(highway, list(group)) & (length_m > 0))
        if tree is None or not lacking.any() or not len(rows):
            continue
        n = np.maximum(np.ceil(network.planar_m[rows] / step_m).astype(np.int64), 1)
        edge = np.repeat(rows, n)
        nth = np.arange(len(edge)) - np.repeat(np.cumsum(n) - n, n)
        middle = shapely.line_interpolate_point(
            network.lines[edge], (nth + 0.5) / np.repeat(n, n), normalized=True
        )
        at = shapely.get_coordinates(middle)
        found_m, found_at = tree.query(at)
        away_m, place = np.asarray(found_m), np.asarray(found_at, np.int64)
        kept = (away_m <= within_m) & lacking[place]
        metres = length_m[edge] / np.repeat(n, n)
        found.append((place[kept].astype(np.float64), *at[kept].T, metres[kept]))
        lacking[place[kept]] = False
    if not found:
        empty = np.zeros(0)
        return {"place": empty, "x": empty, "y": empty, "share": empty}
    place, x, y, metres = (np.concatenate(column) for column in zip(*found, strict=True))
    order = np.argsort(place, kind="stable")
    place, x, y, metres = place[order], x[order], y[order], metres[order]
    whole = np.bincount(place.astype(np.int64), weights=metres, minlength=len(centres))
    return {"place": place, "x": x, "y": y, "share": metres / whole[place.astype(np.int64)]}
