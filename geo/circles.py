"""Service circles: the land whose nearest road is within a walk of a facility.

**Land belongs to its nearest road.** Along every edge stand sites; a circle is the union of the
Voronoi cells of those that are reached. So it holds no land beside an unreached street, however
near that street lies, and leaves open what no road opens. `geo.land` keeps the cells of a network,
this module asks which sites are reached and adds what sites are too coarse for.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from geopandas.array import from_shapely
from shapely.geometry.base import BaseGeometry

from geo.areas import geodesic_m2, only_areas
from geo.corridor import Reached, corridor, cut_lines
from geo.crs import transform_xy
from geo.errors import InputError
from geo.frames import (
    require_direction,
    require_not_negative,
    require_points,
    require_positive,
    take_ids,
)
from geo.land import MAX_SITES, land_near, land_of, site_total
from geo.reach import LIMIT_SLACK_S
from geo.search import EdgeParts, bounded_search, edge_parts, legs_at
from geo.snapping import snap_places

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from geo.land import Land, Outline
    from geo.network import Network
    from geo.search import AccessLegs

__all__ = ["service_circles"]

NEAR_M = 0.2


def service_circles(
    network: Network,
    facilities: gpd.GeoDataFrame,
    *,
    minutes: Sequence[float] = (15,),
    speed_mps: float = 1.1,
    dissolve: bool = False,
    direction: str = "to_facility",
    areal: bool = True,
    step_m: float = 10.0,
    off_road_m: float = 60.0,
    fill_m2: float = 40_000.0,
    buffer_m: float = 25.0,
    max_snap_m: float = 500.0,
) -> gpd.GeoDataFrame:
    """Land, or road corridors, within so many minutes of each facility.

    Parameters
    ----------
    network
        The roads.
    facilities
        Points in `network.crs`, unique index. Empty geometry: not connected.
    minutes
        One or more limits > 0, inclusive; each is a row, repeats are one.
    speed_mps
        Walking speed on the level, m/s.
    dissolve
        One row for each limit, the union over all facilities.
    direction
        `to_facility`: from where the facility can be reached; `from_facility`: what it reaches.
    areal
        True: land by its nearest road. False: the reached roads, `buffer_m` to either side.
    step_m
        Distance of the sites along a road: how finely land is told apart.
    off_road_m
        Land farther from every road belongs to none (never below `step_m / 2`).
    fill_m2
        Land far from roads is filled up to this size where all roads round it are reached.
    buffer_m
        Half the width of corridors.
    max_snap_m
        Facilities farther from any road are not connected.

    Returns
    -------
    Rows facility by facility in their order, minutes ascending: `facility_id`, `minutes`,
    `connected`, `reached_m` (metres of road within the limit), `area_m2` (geodesic), `geometry`
    (valid (Multi)Polygon in `network.crs`; empty where not connected). Longer limits hold shorter
    ones. Dissolved rows have `facility_id` `<NA>` and are connected if any facility is.

    Raises
    ------
    CrsError
        If the CRS of the facilities is missing or not the network's.
    GeometryError
        If a facility is not a point, or not finite.
    InputError
        If an id occurs twice, `minutes` is empty, a limit, speed, step or width is not > 0,
        `fill_m2` or `max_snap_m` < 0, or `direction` unknown.

    Source
    ------
    Okabe, Boots, Sugihara, Chiu: Spatial Tessellations (2000), Voronoi diagrams of line segments by
    points along them; the cells are those of the network's sites, not of the facilities.
    """
    limits = _limits(minutes)
    require_direction(direction)
    xy = require_points(facilities, network.crs, "设施")
    options = _Options(
        require_positive(speed_mps, "speed_mps"),
        direction,
        areal,
        require_positive(step_m, "step_m"),
        require_positive(off_road_m, "off_road_m"),
        require_not_negative(fill_m2, "fill_m2"),
        require_positive(buffer_m, "buffer_m"),
    )
    plane = np.column_stack(transform_xy(xy[:, 0], xy[:, 1], network.crs, network.metric_crs))
    places = snap_places(network, plane, max_snap_m=max_snap_m)
    legs = legs_at(network, places, speed_mps=speed_mps, direction=direction)
    connected = places.connected
    huge = areal and site_total(network, step_m) > MAX_SITES
    drawing = _Drawing(network, legs, plane, options, huge)
    if dissolve:
        groups = [np.flatnonzero(connected)]
        ids = take_ids(facilities.index, np.full(len(limits), -1))
    else:
        groups = [
            np.array([row]) if connected[row] else np.zeros(0, np.int64) for row in range(len(xy))
        ]
        ids = take_ids(facilities.index, np.repeat(np.arange(len(xy)), len(limits)))
    rows = [answer for group in groups for answer in drawing.circles(group, limits)]
    shapes = np.array([shape for _, shape, _ in rows], object)
    return gpd.GeoDataFrame(
        {
            "facility_id": ids,
            "minutes": np.tile(limits, len(groups)),
            "connected": np.repeat([len(group) > 0 for group in groups], len(limits)).astype(bool),
            "reached_m": np.array([metres for metres, _, _ in rows], np.float64),
            "area_m2": np.array([area_m2 for _, _, area_m2 in rows], np.float64),
            # Made here, for `set_geometry` with bare shapes takes as long as a circle.
            "geometry": from_shapely(shapes, crs=network.crs),
        },
        index=pd.RangeIndex(len(rows)),
        geometry="geometry",
        copy=False,  # the columns were made for it
    )


@dataclass(frozen=True)
class _Options:
    speed_mps: float
    direction: str
    areal: bool
    step_m: float
    off_road_m: float
    fill_m2: float
    buffer_m: float


@dataclass(frozen=True, eq=False)
class _Drawing:
    """One call: the same facilities and options for every circle."""

    network: Network
    legs: AccessLegs
    xy: NDArray[np.float64]
    """(n, 2) facilities in the plane."""
    options: _Options
    huge: bool
    """Too many sites for one triangulation."""

    def circles(
        self, rows: NDArray[np.int64], limits: NDArray[np.number]
    ) -> list[tuple[float, BaseGeometry, float]]:
        """Metres of road, shape and area of these facilities together, for each limit."""
        if not len(rows):
            return [(0.0, shapely.Polygon(), 0.0)] * len(limits)
        limits_s = [60.0 * float(limit) for limit in limits]
        nodes, seconds = self._search(rows, limits_s[-1])
        found = [self._parts(rows, nodes, seconds, limit_s) for limit_s in limits_s]
        length_m = self.network.length_m
        metres = [float(((r.stop - r.start) * length_m[r.edge]).sum()) for r in found]
        if self.options.areal:
            shapes = self._lands(rows, limits_s, nodes, seconds, found)
        else:
            shapes = self._corridors(rows, limits_s)
        return [(m, *shape) for m, shape in zip(metres, shapes, strict=True)]

    def _lands(
        self,
        rows: NDArray[np.int64],
        limits_s: list[float],
        nodes: NDArray[np.int32],
        seconds: NDArray[np.float64],
        found: list[EdgeParts],
    ) -> list[tuple[BaseGeometry, float]]:
        """Draw cells of reached sites, and what sites are too coarse for."""
        land = self._land(np.concatenate((found[-1].edge, self.legs.edge[rows])))
        extra: list[BaseGeometry] = []  # of shorter limits too: longer ones hold them
        shapes: list[tuple[BaseGeometry, float]] = []
        for parts, limit_s in zip(found, limits_s, strict=True):
            sites = land.sites(parts, nodes[seconds <= limit_s + LIMIT_SLACK_S])
            outline = land.outline(sites, self.options.fill_m2)
            if len(sites):
                extra += self._stubs(land, outline, land.hidden(parts, sites), parts)
            coarse = self._coarse(rows, limit_s)
            extra += self._coarse_strips(rows, coarse, limit_s)
            extra += self._lost_legs(land, rows[~coarse.any(axis=0)], limit_s)
            if extra:
                whole = shapely.union_all([land.plane_shape(outline), *extra])
                shapes.append(self._handed_out(whole))
            else:
                shapes.append((land.shape(outline), float(land.area_m2[outline.members].sum())))
        return shapes

    def _corridors(
        self, rows: NDArray[np.int64], limits_s: list[float]
    ) -> list[tuple[BaseGeometry, float]]:
        """Draw strips along what each facility reaches, united."""
        strips: list[BaseGeometry] = []
        for limit_s in limits_s:
            # With the shorter ones: round joints are polygons, and one may poke out by a hair.
            own = [self._strip(row, limit_s) for row in rows]
            strips.append(shapely.union_all([*strips[-1:], *own]))
        return [self._handed_out(strip) for strip in strips]

    def _search(
        self, rows: NDArray[np.int64], limit_s: float
    ) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
        return bounded_search(
            self.network,
            self.legs,
            rows,
            limit_s=limit_s + LIMIT_SLACK_S,
            speed_mps=self.options.speed_mps,
            direction=self.options.direction,
        )

    def _parts(
        self,
        rows: NDArray[np.int64],
        nodes: NDArray[np.int32],
        seconds: NDArray[np.float64],
        limit_s: float,
    ) -> EdgeParts:
        return edge_parts(
            self.network,
            self.legs,
            rows,
            nodes,
            seconds,
            limit_s=limit_s,
            speed_mps=self.options.speed_mps,
            direction=self.options.direction,
        )

    def _land(self, edge: NDArray[np.int64]) -> Land:
        size = {"step_m": self.options.step_m, "off_road_m": self.options.off_road_m}
        return land_near(self.network, edge, **size) if self.huge else land_of(self.network, **size)

    def _stubs(
        self,
        land: Land,
        outline: Outline,
        hidden: tuple[NDArray[np.intp], NDArray[np.intp]],
        parts: EdgeParts,
    ) -> list[BaseGeometry]:
        """Draw ends of roads that cells miss, where another road passes over or under them.

        A cut road may end up to a step behind its last reached site. That site's cell goes half the
        way, except where a crossing road's site stands between: there the end would be left out.
        """
        if not (len(hidden[0]) or len(hidden[1])):
            return []
        step_m, stubs = self.options.step_m, []
        shape = land.plane_shape(outline)
        shapely.prepare(shape)
        for cut, at, back in ((hidden[0], parts.start, 1.0), (hidden[1], parts.stop, -1.0)):
            lines, end = self.network.lines[parts.edge[cut]], at[cut]
            begin = end + back * step_m / self.network.planar_m[parts.edge[cut]]
            begin = np.clip(begin, parts.start[cut], parts.stop[cut])
            missed = np.zeros(len(cut), bool)
            for part in (1.0, 0.85, 0.7, 0.55):
                place = begin + part * (end - begin)
                spots = shapely.line_interpolate_point(lines, place, normalized=True)
                missed |= ~shapely.dwithin(shape, spots, step_m / 2.0 + NEAR_M)
            low, high = np.minimum(end, begin)[missed], np.maximum(end, begin)[missed]
            # So narrow that no land or road in it is farther from R than the laws allow.
            pieces = cut_lines(lines[missed], low, high)
            stubs += list(shapely.buffer(pieces, step_m / 4.0, cap_style="flat"))
        return stubs

    def _lost_legs(self, land: Land, rows: NDArray[np.int64], limit_s: float) -> list[BaseGeometry]:
        """Draw walks to the road that cells give to a road that is not reached.

        So it may be where a one-way street begins, or two roads are almost equally near. Towards
        its own road the lead of a walk over all others only grows: its far end tells. Each is asked
        of its facility's own circle, so that circles together are the union of each.
        """
        ahead, behind = self.network.edge_seconds(self.options.speed_mps)
        if self.options.direction == "to_facility":
            ahead, behind = behind, ahead
        strips = []
        for row in rows:
            edge = int(self.legs.edge[row])
            before, after = land.beside(edge, float(self.legs.fraction[row]))
            site = land.site_at(self.xy[row], before)
            if (site == before and behind[edge] < np.inf) or (
                site == after and ahead[edge] < np.inf
            ):
                continue
            own = np.array([row])
            nodes, seconds = self._search(own, limit_s)
            sites = land.sites(self._parts(own, nodes, seconds, limit_s), nodes)
            shape = land.plane_shape(land.outline(sites, self.options.fill_m2))
            if shapely.distance(shape, shapely.Point(self.xy[row])) > self.options.step_m / 2:
                leg = shapely.linestrings((self.xy[row], self._feet(own)[0]))
                strips.append(shapely.buffer(leg, self.options.step_m / 4, cap_style="flat"))
        return strips

    def _coarse(self, rows: NDArray[np.int64], limit_s: float) -> NDArray[np.bool_]:
        """(2, n) Whose road, and whose leg, no site stands for."""
        edge, offset_s = self.legs.edge[rows], self.legs.offset_s[rows]
        both = np.stack([way[edge] for way in self.network.edge_seconds(self.options.speed_mps)])
        slowest = np.where(np.isfinite(both), both, 0.0).max(axis=0)
        planar_m = self.network.planar_m[edge]
        left_s = limit_s - offset_s
        # Walking `step_m` either way passes a site, and so does a whole edge; a closed one has no
        # way to walk.
        short = left_s * planar_m < np.minimum(self.options.step_m, planar_m) * slowest
        short |= (left_s < 0.0) | np.isinf(both).all(axis=0)
        long = offset_s * self.options.speed_mps > self.options.off_road_m
        return np.stack((short, long & ~short))

    def _coarse_strips(
        self, rows: NDArray[np.int64], coarse: NDArray[np.bool_], limit_s: float
    ) -> list[BaseGeometry]:
        """Draw strips of facilities whose road or leg no site stands for."""
        strips = [self._strip(row, limit_s) for row in rows[coarse[0]]]
        return strips + [self._strip(row, limit_s, roads=False) for row in rows[coarse[1]]]

    def _feet(self, rows: NDArray[np.int64]) -> NDArray[np.float64]:
        """(n, 2) where the walks of facilities meet the road, in the plane."""
        lines = self.network.lines[self.legs.edge[rows]]
        feet = shapely.line_interpolate_point(lines, self.legs.fraction[rows], normalized=True)
        return shapely.get_coordinates(feet)

    def _strip(self, row: int, limit_s: float, *, roads: bool = True) -> BaseGeometry:
        """Corridor of one facility alone; without roads, of its leg only."""
        rows = np.array([row])
        nodes, seconds = np.zeros(0, np.int32), np.zeros(0)
        lines = np.zeros(0, object)
        if roads:
            nodes, seconds = self._search(rows, limit_s)
            parts = self._parts(rows, nodes, seconds, limit_s)
            lines = cut_lines(self.network.lines[parts.edge], parts.start, parts.stop)
        offset_s = float(self.legs.offset_s[row])
        start, foot_xy = self.xy[row], self._feet(rows)[0]
        walked = 1.0 if offset_s <= limit_s else limit_s / offset_s
        left_s = np.concatenate((limit_s - seconds, (limit_s, limit_s - offset_s)))
        reached = Reached(
            lines,
            np.stack((start, start + (foot_xy - start) * walked)),
            np.concatenate((self.network.node_xy[nodes], (start, foot_xy))),
            left_s * self.options.speed_mps,
        )
        return corridor(reached, self.options.buffer_m)

    def _handed_out(self, geometry: BaseGeometry) -> tuple[BaseGeometry, float]:
        """Move a shape of the plane to the network's CRS and measure it."""
        crs, plane = self.network.crs, self.network.metric_crs
        out = shapely.transform(
            geometry, lambda xy: np.column_stack(transform_xy(xy[:, 0], xy[:, 1], plane, crs))
        )
        out = only_areas(out)
        return out, geodesic_m2(out, crs)


def _limits(minutes: Sequence[float]) -> NDArray[np.number]:
    """Distinct minutes, ascending; whole numbers stay whole.

    Raises
    ------
    InputError
        `no_minutes`; `not_a_number` or `not_positive` from the check of each.
    """
    limits = np.atleast_1d(np.asarray(minutes))
    if not limits.size:
        raise InputError("minutes 是空的，请至少给一个分钟数。", code="no_minutes", where="minutes")
    values = [require_positive(limit, "minutes") for limit in limits.tolist()]
    return np.unique(limits if limits.dtype.kind in "iuf" else np.array(values))
