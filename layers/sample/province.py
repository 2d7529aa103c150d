"""A made-up province of many counties, for trying out and measuring work on many at once.

No place of it is real: counties are called 示意县001 and have codes that no register gives (99…).
They lie side by side in a lattice, and roads run on over every border, so that a county alone
would be judged wrongly at its edge. Everything is drawn from hashes of lattice places: a county
is the same whoever makes it, in whatever order, on every machine.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from layers.sample.stamp import sample_source

__all__ = ["ProvinceCounty", "SampleProvince", "province_county"]

_SPACING_M = 600.0
_ORIGIN_DEG = (110.0, 34.5)
# A plain scaling, the same bits on every machine (see `layers.sample.plane`).
_METRES_PER_DEGREE = (89_533.0, 110_969.0)
_DECIMALS = 6
_TOWNS_A_SIDE = 3
_LONGEST_SIDE = 80
_DROPPED = 0.22
_MAIN_EVERY, _MIDDLE_EVERY = 12, 4
_ONE_WAY = 0.02
_PATH = 0.12
_YEAR = 2020
_CLASSES = ("secondary", "tertiary", "unclassified", "track", "path")
_CAR_KMH = {"secondary": 50.0, "tertiary": 40.0, "unclassified": 30.0, "track": 15.0, "path": None}


@dataclass(frozen=True, kw_only=True)
class SampleProvince:
    """How large the province is.

    Attributes
    ----------
    counties
        How many, 1 to 400; the real province has 117.
    side
        Lattice places along a county's edge, 600 m apart: 60 make 36 km, as a real one has.
    villages
        Of each county.
    seed
        Same seed, same province.

    Raises
    ------
    InputError
        If a number is out of its range.
    """

    counties: int = 117
    side: int = 60
    villages: int = 90
    seed: int = 7

    def __post_init__(self) -> None:
        for name, value, low, high in (
            ("counties", self.counties, 1, 400),
            ("side", self.side, 2 * _TOWNS_A_SIDE, _LONGEST_SIDE),
            ("villages", self.villages, 1, self.side * self.side // 4),
            ("seed", self.seed, 0, 2**31),
        ):
            if not low <= value <= high:
                raise InputError(f"{name} 应在 {low} 到 {high} 之间，不是 {value}。", where=name)

    @property
    def columns(self) -> int:
        """Counties side by side from west to east."""
        return int(np.ceil(np.sqrt(self.counties)))

    def corner(self, number: int) -> tuple[int, int]:
        """Lattice place of a county's south-west corner; counties count from 1."""
        row, column = divmod(number - 1, self.columns)
        return column * self.side, row * self.side

    def holds(self, columns: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Which lattice places belong to a county."""
        x, y = columns // self.side, rows // self.side
        inside = (x >= 0) & (x < self.columns) & (y >= 0)
        return np.asarray(inside & (y * self.columns + x < self.counties))


class ProvinceCounty(NamedTuple):
    """One county: rows as `Store.put` takes them, by layer.

    Attributes
    ----------
    code
        Six digits that no register gives.
    name
        Such as 示意县001.
    layers
        `divisions`, `care_facilities`, `elders` and `roads`: its own roads, each starting in it.
    """

    code: str
    name: str
    layers: dict[str, list[dict[str, Any]]]


def province_county(province: SampleProvince, number: int) -> ProvinceCounty:
    """Make one county.

    Parameters
    ----------
    province
        How large all is.
    number
        Which county, from 1.

    Returns
    -------
    The county; the same without its neighbours being made.

    Raises
    ------
    InputError
        If the province has no such county.
    """
    if not 1 <= number <= province.counties:
        raise InputError(
            f"示意省只有 {province.counties} 个县，没有第 {number} 个。", where="number"
        )
    code, name = f"99{number:04d}", f"示意县{number:03d}"
    stamp = {"quality": "synthetic", "source": sample_source(province.seed)}
    at = _Villages.of(province, number)
    layers = {
        "divisions": _divisions(province, number, code, name, at),
        "care_facilities": _facilities(province, code, at),
        "elders": _elders(province, code, at),
        "roads": _roads(province, number),
    }
    for rows in layers.values():
        for row in rows:
            row.update(stamp)
    return ProvinceCounty(code, name, layers)


class _Villages(NamedTuple):
    """Where a county's villages stand: lattice places, towns 0-8 and numbers in the town."""

    column: NDArray[np.int64]
    row: NDArray[np.int64]
    town: NDArray[np.int64]
    number: NDArray[np.int64]

    @classmethod
    def of(cls, province: SampleProvince, number: int) -> _Villages:
        west, south = province.corner(number)
        side = province.side
        places = np.arange(side * side, dtype=np.int64)
        column, row = west + places % side, south + places // side
        lot = _unit(province.seed, 1, column, row)
        chosen = np.sort(np.argsort(lot, kind="stable")[: province.villages])
        x, y = chosen % side, chosen // side
        town = (y * _TOWNS_A_SIDE // side) * _TOWNS_A_SIDE + x * _TOWNS_A_SIDE // side
        order = np.argsort(town, kind="stable")
        chosen, town = chosen[order], town[order]
        counts = np.bincount(town, minlength=_TOWNS_A_SIDE**2)
        first = np.concatenate(([0], np.cumsum(counts)))[town]
        return cls(column[chosen], row[chosen], town, np.arange(len(chosen)) - first + 1)

    def codes(self, county: str) -> list[str]:
        towns, numbers = self.town.tolist(), self.number.tolist()
        return [f"{county}{t + 1:03d}{n:03d}" for t, n in zip(towns, numbers, strict=True)]


def _divisions(
    province: SampleProvince, number: int, code: str, name: str, at: _Villages
) -> list[dict[str, Any]]:
    west, south = province.corner(number)
    side = province.side
    county = f"{code}000000"
    cuts = [side * k // _TOWNS_A_SIDE for k in range(_TOWNS_A_SIDE + 1)]
    rows = [
        _division(county, name, "county", "county", None, _box(west, south, side, side)),
    ]
    for town in range(_TOWNS_A_SIDE**2):
        y, x = divmod(town, _TOWNS_A_SIDE)
        shape = _box(west + cuts[x], south + cuts[y], cuts[x + 1] - cuts[x], cuts[y + 1] - cuts[y])
        made = f"{code}{town + 1:03d}000"
        rows.append(_division(made, f"示意镇{town + 1}", "township", "township", county, shape))
    lonlat = _lonlat(province, at.column, at.row)
    for village, place in zip(at.codes(code), lonlat, strict=True):
        town_code = f"{village[:9]}000"
        title = f"示意村{village[6:]}"
        rows.append(
            _division(village, title, "village", "village", town_code, shapely.Point(place))
        )
    return rows


def _division(
    code: str, name: str, level: str, kind: str, parent: str | None, shape: shapely.Geometry
) -> dict[str, Any]:
    return {
        "id": code,
        "geometry": shape,
        "code": code,
        "name": name,
        "level": level,
        "kind": kind,
        "parent_code": parent,
        "legal": False,
    }


def _box(column: int, row: int, width: int, height: int) -> shapely.Polygon:
    """Outline of lattice places, half a step around them: neighbours share their border."""
    edges = np.array(
        [(column - 0.5, row - 0.5), (column + width - 0.5, row + height - 0.5)], dtype=float
    )
    (west, south), (east, north) = np.round(
        edges * _SPACING_M / np.array(_METRES_PER_DEGREE) + np.array(_ORIGIN_DEG), _DECIMALS
    )
    return shapely.Polygon([(east, south), (east, north), (west, north), (west, south)])


def _facilities(province: SampleProvince, code: str, at: _Villages) -> list[dict[str, Any]]:
    """One village in four has a day-care centre, every town's first village one of them."""
    lot = _unit(province.seed, 2, at.column, at.row)
    chosen = np.flatnonzero((lot < 0.25) | (at.number == 1))
    lonlat = _lonlat(province, at.column, at.row, aside=3)
    codes = at.codes(code)
    return [
        {
            "id": f"{code}-S{serial:03d}",
            "geometry": shapely.Point(lonlat[k]),
            "name": f"示意日间照料中心{serial:03d}",
            "kind": "rural_daycare",
            "status": "in_service",
            "township_code": f"{codes[k][:9]}000",
            "village_code": codes[k],
            "day_places": 10 + 5 * int(lot[k] * 16),
        }
        for serial, k in enumerate(chosen.tolist(), start=1)
    ]


def _elders(province: SampleProvince, code: str, at: _Villages) -> list[dict[str, Any]]:
    """Many hamlets, few large villages; every band a part of the one around it."""
    square = _unit(province.seed, 4, at.column, at.row)
    people = np.floor(60 + 1_900 * square * square).astype(np.int64)
    parts = {"population": people}
    for stream, (band, around, low, high) in enumerate(
        (
            ("age60", "population", 0.20, 0.34),
            ("age65", "age60", 0.60, 0.75),
            ("age70", "age65", 0.55, 0.70),
            ("age80", "age70", 0.15, 0.35),
            ("alone", "age60", 0.08, 0.20),
            ("disabled", "age60", 0.03, 0.10),
        ),
        start=5,
    ):
        share = low + (high - low) * _unit(province.seed, stream, at.column, at.row)
        parts[band] = np.floor(parts[around] * share).astype(np.int64)
    lonlat = _lonlat(province, at.column, at.row)
    return [
        {
            "id": f"{village}-{_YEAR}",
            "geometry": shapely.Point(lonlat[k]),
            "village_code": village,
            "year": _YEAR,
            **{band: int(counts[k]) for band, counts in parts.items()},
        }
        for k, village in enumerate(at.codes(code))
    ]


def _roads(province: SampleProvince, number: int) -> list[dict[str, Any]]:
    """Roads that start in the county: from each place to the east and to the north.

    Every twelfth line of the lattice is a main road and whole; elsewhere links are missing.
    """
    west, south = province.corner(number)
    places = np.arange(province.side * province.side, dtype=np.int64)
    column, row = west + places % province.side, south + places // province.side
    rows: list[dict[str, Any]] = []
    for turn, (step_x, step_y) in enumerate(((1, 0), (0, 1))):
        to_column, to_row = column + step_x, row + step_y
        line = row if step_x else column
        lot = _unit(province.seed, 20 + turn, column, row)
        main = line % _MAIN_EVERY == 0
        kept = province.holds(to_column, to_row) & (main | (lot >= _DROPPED))
        rank = np.where(main, 0, np.where(line % _MIDDLE_EVERY == 0, 1, 2))
        minor = (rank == 2) & (lot > 1 - 2 * _PATH)
        rank = np.where(minor, np.where(lot > 1 - _PATH, 4, 3), rank)
        one_way = (rank == 2) & (lot < _DROPPED + _ONE_WAY)
        here, there = _lonlat(province, column, row), _lonlat(province, to_column, to_row)
        bend = _bends(province, column, row, here, there, stream=22 + turn)
        lines = np.asarray(shapely.linestrings(np.stack([here, bend, there], axis=1)))
        ids = _node(column, row), _node(to_column, to_row)
        for k in np.flatnonzero(kept).tolist():
            way = 2 * int(ids[0][k]) + turn
            highway = _CLASSES[int(rank[k])]
            wheels = "none" if highway == "path" else "forward" if one_way[k] else "both"
            rows.append(
                {
                    "id": f"{way}-0",
                    "geometry": lines[k],
                    "way_id": way,
                    "piece": 0,
                    "u": int(ids[0][k]),
                    "v": int(ids[1][k]),
                    "highway": highway,
                    "walk": "both",
                    "etrike": wheels,
                    "car": wheels,
                    "car_kmh": _CAR_KMH[highway],
                }
            )
    return rows


def _node(column: NDArray[np.int64], row: NDArray[np.int64]) -> NDArray[np.int64]:
    """Give a lattice place its number in the province: the same from both sides of a border."""
    return np.asarray(row * 100_000 + column + 1)


def _lonlat(
    province: SampleProvince, column: NDArray[np.int64], row: NDArray[np.int64], *, aside: int = 0
) -> NDArray[np.float64]:
    """Degrees of lattice places, shaken; `aside`: a few houses from there, by this stream."""
    xy = np.column_stack([column, row]) * _SPACING_M
    shake = np.column_stack([_unit(province.seed, stream, column, row) for stream in (11, 12)])
    xy = xy + (shake - 0.5) * 0.5 * _SPACING_M
    if aside:
        step = [_unit(province.seed, 30 + aside + axis, column, row) for axis in (0, 1)]
        xy = xy + 15.0 + 30.0 * np.column_stack(step)
    degrees = xy / np.array(_METRES_PER_DEGREE) + np.array(_ORIGIN_DEG)
    return np.asarray(np.round(degrees, _DECIMALS))


def _bends(
    province: SampleProvince,
    column: NDArray[np.int64],
    row: NDArray[np.int64],
    here: NDArray[np.float64],
    there: NDArray[np.float64],
    *,
    stream: int,
) -> NDArray[np.float64]:
    """Middle of each road, up to an eighth of its length off the straight line."""
    off = 0.25 * (_unit(province.seed, stream, column, row) - 0.5)
    step = there - here
    middle = (here + there) / 2 + off[:, None] * np.column_stack([-step[:, 1], step[:, 0]])
    return np.asarray(np.round(middle, _DECIMALS))


def _unit(
    seed: int, stream: int, column: NDArray[np.int64], row: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Give each lattice place its number in [0, 1): SplitMix64's finaliser over its coordinates."""
    key = np.uint64(seed * 1_000 + stream)
    mixed = _mix(np.full(len(column), key) * np.uint64(0x9E3779B97F4A7C15))
    mixed = _mix(mixed ^ column.astype(np.uint64))
    mixed = _mix(mixed ^ (row.astype(np.uint64) << np.uint64(20)))
    return np.asarray((mixed >> np.uint64(11)).astype(np.float64) * 2.0**-53)


def _mix(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    words = (words ^ (words >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    words = (words ^ (words >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return np.asarray(words ^ (words >> np.uint64(31)))
