"""Where the villages lie and which town each belongs to, in 2020 and today."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.optimize import linear_sum_assignment
from shapely.geometry import Polygon

from geo.errors import InputError
from layers import facts
from layers.sample.draws import Draws
from layers.sample.plane import seat_plane, to_lonlat, to_plane
from layers.sample.terrain import Terrain
from layers.sample.villages import village_points
from layers.sample.zones import Zone, zones

__all__ = ["COUNTY_SEAT", "Layout", "layout"]

COUNTY_SEAT = "140423100000"
"""Code of 古韩镇, seat of the county."""

_BEFORE = date(2020, 6, 30)
# Townships of 2020 that the change of 2021 concerned: 上马乡 joined 虒亭镇, 北底乡 was split.
_SHANFU, _BEIDI, _SHANGMA, _SITING = (
    "140423200000",
    "140423201000",
    "140423202000",
    "140423104000",
)
_COMMUNITIES_M = np.array([(x, y) for y in (-780, 0, 780) for x in (-460, 460)], dtype=float)


@dataclass(frozen=True)
class Layout:
    """The skeleton of the sample county.

    Attributes
    ----------
    codes
        The 238 living legal village-level units, ascending.
    lonlat, xy
        (238, 2) their points: degrees on the lattice, the same in metres of the plane.
    seats
        Town code → position of its seat village in `codes`; the county seat has none, it lies
        between its communities.
    zones
        Ground that belonged together in 2020 and does today; they tile the county.
    """

    codes: tuple[str, ...]
    lonlat: NDArray[np.float64]
    xy: NDArray[np.float64]
    seats: dict[str, int]
    zones: tuple[Zone, ...]

    def seat_xy(self, town: str) -> NDArray[np.float64]:
        """Place of a town's seat.

        Parameters
        ----------
        town
            Twelve digits.

        Returns
        -------
        (2,) metres.
        """
        if town == COUNTY_SEAT:
            return seat_plane()
        return np.asarray(self.xy[self.seats[town]])


def _membership() -> dict[tuple[str, str], list[str]]:
    """Group the living units by (township of 2020, town of today)."""
    then = {
        code: unit.parent_code
        for unit in facts.divisions_on(_BEFORE)
        if unit.level == "village" and unit.legal
        for code in facts.successors(unit.code)
    }
    groups: dict[tuple[str, str], list[str]] = {}
    for unit in facts.divisions():
        if unit.level == "village" and unit.legal:
            key = (then.get(unit.code, unit.parent_code), unit.parent_code)
            groups.setdefault(key, []).append(unit.code)
    return {key: sorted(groups[key]) for key in sorted(groups)}


def _first_centres(
    draws: Draws, towns: list[str], points: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Draw a first centre a township: 北底 between the seat and 善福, 上马 beside 虒亭."""
    at = points[draws.order(len(points))[: len(towns)]].copy()
    where = {town: k for k, town in enumerate(towns)}
    seat = seat_plane()
    at[where[COUNTY_SEAT]] = seat
    at[where[_BEIDI]] = (seat + at[where[_SHANFU]]) / 2
    shift = draws.between(-6_000.0, 6_000.0, 2)
    at[where[_SHANGMA]] = at[where[_SITING]] + shift
    return at


def _shares(
    draws: Draws, towns: list[str], sizes: list[int], points: NDArray[np.float64]
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Share the points among the townships: true numbers, shortest ways to the middle."""
    centres = _first_centres(draws, towns, points)
    slots = np.repeat(np.arange(len(towns)), sizes)
    seat = towns.index(COUNTY_SEAT)
    owner = np.zeros(len(points), dtype=np.int64)
    for _ in range(6):
        square = ((points[:, None] - centres[None]) ** 2).sum(axis=2)
        # Whole square decametres: sums stay exact, so no machine sees another optimum.
        rows, columns = linear_sum_assignment(np.floor(square / 100.0)[:, slots])
        owner[rows] = slots[columns]
        for k in range(len(towns)):
            if k != seat:
                centres[k] = np.floor(points[owner == k]).sum(axis=0) / sizes[k]
    return owner, centres


def _nearest_first(points: NDArray[np.float64], centre: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.argsort(((points - centre) ** 2).sum(axis=1), kind="stable")


def _named(
    draws: Draws,
    groups: dict[tuple[str, str], list[str]],
    owner: NDArray[np.int64],
    centres: NDArray[np.float64],
    points: NDArray[np.float64],
    communities: NDArray[np.float64],
) -> tuple[dict[str, NDArray[np.float64]], dict[str, str]]:
    """Give each point a unit: the seat's name in the middle, communities next, the rest drawn."""
    towns = sorted({then for then, _ in groups})
    place: dict[str, NDArray[np.float64]] = {}
    seats: dict[str, str] = {}
    for (then, now), codes in groups.items():
        k = towns.index(then)
        members = points[owner == k]
        if then == _BEIDI:  # part went to 古韩镇, the rest to 善福镇: cut straight across
            pull = ((members - centres[towns.index(COUNTY_SEAT)]) ** 2).sum(axis=1)
            pull -= ((members - centres[towns.index(_SHANFU)]) ** 2).sum(axis=1)
            part = np.argsort(pull, kind="stable")
            near = len(groups[then, COUNTY_SEAT])
            members = members[part[:near] if now == COUNTY_SEAT else part[near:]]
        urban = [code for code in codes if code[9] == "0"]
        if now == COUNTY_SEAT and then == now:
            place |= dict(zip(urban, communities, strict=True))
            first: list[str] = []
        else:
            first = [codes[len(urban)], *urban]  # the village that bears the town's name is x200
        rest = [code for code in codes if code not in place and code not in first]
        near_first = members[_nearest_first(members, centres[k])]
        place |= dict(zip(first, near_first[: len(first)], strict=True))
        others = near_first[len(first) :]
        place |= dict(zip(rest, others[draws.order(len(others))], strict=True))
        if first and codes[len(urban)] == f"{now[:9]}200":
            seats[now] = codes[len(urban)]
    return place, seats


@lru_cache(maxsize=2)
def layout(seed: int) -> Layout:
    """Lay out the villages and towns of the sample county.

    Parameters
    ----------
    seed
        The county's seed; the same seed gives the same county.

    Returns
    -------
    Layout whose towns and townships of 2020 have their true numbers and are each one piece.

    Raises
    ------
    InputError
        If the seed finds no such county; another one will.
    """
    draws = Draws(seed, "divisions")
    terrain = Terrain(seed)
    groups = _membership()
    towns = sorted({then for then, _ in groups})
    sizes = [sum(len(codes) for (then, _), codes in groups.items() if then == t) for t in towns]
    seat = seat_plane()
    communities = to_plane(
        to_lonlat(seat + _COMMUNITIES_M + draws.between(-70.0, 70.0, 12).reshape(6, 2))
    )
    sizes[towns.index(COUNTY_SEAT)] -= len(communities)
    for _ in range(20):
        points = village_points(draws, terrain, sum(sizes))
        for _ in range(20):
            owner, centres = _shares(draws, towns, sizes, points)
            place, seats = _named(draws, groups, owner, centres, points, communities)
            codes = tuple(sorted(place))
            xy = np.array([place[code] for code in codes])
            of = {code: key for key, members in groups.items() for code in members}
            found = zones(xy, [of[code] for code in codes])
            if found is not None and _whole(found):
                at = {town: codes.index(code) for town, code in seats.items()}
                return Layout(codes, to_lonlat(xy), xy, at, found)
    raise InputError(
        f"种子 {seed} 排不出各镇连片的示意县，请换一个 --seed。", code="sample_seed", where="seed"
    )


def _whole(found: tuple[Zone, ...]) -> bool:
    """Tell whether each township of 2020 and each town of today is one piece."""
    for pick in (0, 1):
        units: dict[str, list[Polygon]] = {}
        for zone in found:
            units.setdefault((zone.then, zone.now)[pick], []).append(zone.polygon)
        if any(shapely.union_all(parts).geom_type != "Polygon" for parts in units.values()):
            return False
    return True
