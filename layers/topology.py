"""Do the divisions fit together? Findings T01-T08, for every day on which something changed.

``T01`` gap in the parent          ``T05`` code not under parent_code
``T02`` overlap                    ``T06`` parent missing
``T03`` either, narrower than 5 m  ``T07`` invalid polygon
``T04`` child outside its parent   ``T08`` code twice at one time

One fault is one finding: a polygon that is invalid, a row that contradicts its parent's code or
that is there twice is not judged again for what follows from that. Nothing is repaired here.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import combinations
from typing import Any

import geopandas as gpd
import numpy as np
import shapely
from numpy.typing import NDArray

from geo.topology import Fault, gaps, invalid, outside, overlaps
from layers.division_units import ALWAYS, EVER, PARENT_DIGITS, DivisionUnits
from layers.findings import Level

__all__ = ["DivisionFinding", "check_divisions"]

_LEVELS = {"county": "县", "township": "乡镇", "village": "村级单位"}


@dataclass(frozen=True)
class DivisionFinding:
    """One fault of the divisions.

    Attributes
    ----------
    code
        T01-T08.
    ids
        The rows at fault, those of today first.
    where
        Longitude and latitude of a place on the fault; None where the rows have no geometry.
    area_m2
        Geodesic area of the ground at fault; None where the fault is no ground.
    message
        One Chinese sentence: what, where, what to do.
    level
        ``error``, or ``warning`` for what is narrow.
    fault
        The ground at fault, its ids the positions of the rows as text; None where it is no ground.
    """

    code: str
    ids: tuple[str, ...]
    where: tuple[float, float] | None
    area_m2: float | None
    message: str
    level: Level = "error"
    fault: Fault | None = field(default=None, repr=False, compare=False)

    def to_json(self) -> dict[str, Any]:
        """Give the finding as `xygeo check divisions --json` carries it."""
        return {
            "code": self.code,
            "level": self.level,
            "ids": list(self.ids),
            "where": None if self.where is None else list(self.where),
            "area_m2": self.area_m2,
            "message": self.message,
        }


def check_divisions(divisions: gpd.GeoDataFrame) -> list[DivisionFinding]:
    """Check how divisions fit together, on every level and every day.

    Parameters
    ----------
    divisions
        EPSG:4490; index id (may repeat), columns code, name, level, parent_code, valid_from,
        valid_to (datetime64) of layer divisions. Null and empty geometry is no fault. A parent of
        which a child is known as a point only is not looked over for gaps.

    Returns
    -------
    Findings by code, those of today before those of former days.

    Raises
    ------
    CrsError
        If the CRS is missing or not EPSG:4490.
    """
    units = DivisionUnits(divisions)
    faults = _Faults(units)
    faults.look()
    found = [
        *_contradictions(units),
        *_missing_parents(units),
        *_twice(units),
        *faults.findings(),
    ]
    return sorted(found, key=lambda finding: finding.code)


@dataclass
class _Found:
    """A fault of some days: whom it concerns, and the last of those days."""

    fault: Fault
    units: dict[int, None]
    day: int
    parent: int | None = None


@dataclass
class _Faults:
    """Faults of the ground, each once however many days it lasts."""

    units: DivisionUnits
    found: dict[tuple[str, bool, bytes], _Found] = field(default_factory=dict)

    def look(self) -> None:
        """Look at every set of units that was valid together, the latest first."""
        units = self.units
        for fault in invalid(units.ground(range(len(units.ids)))):
            self._take([fault], int(units.end[int(fault.ids[0])]) - 1)
        ends = np.concatenate([units.begin, units.end])
        days = np.unique(np.append(ends[ends < EVER], ALWAYS))[::-1]
        seen: set[tuple[int, ...]] = set()
        for day in days:
            now = units.begin <= day
            now &= day < units.end
            for level in _LEVELS:
                here = np.flatnonzero(now & (units.levels == level) & units.placed)
                polygons = here[units.areal[here] & units.valid[here]]
                if (key := (-1, *polygons)) not in seen:
                    seen.add(key)
                    self._take(self._overlaps(polygons), int(day))
                for parent, children in self._families(here, now):
                    if (key := (parent, *children)) not in seen:
                        seen.add(key)
                        self._take(self._nesting(parent, children), int(day), parent)

    def findings(self) -> Iterator[DivisionFinding]:
        """Give the faults as findings."""
        gaps_found = [found for found in self.found.values() if found.fault.gap]
        for found in self.found.values():
            fault = found.fault
            if fault.code == "T04" and any(_follows(found, gap) for gap in gaps_found):
                continue
            lon, lat = fault.where
            words = _sentence(self.units, found)
            yield DivisionFinding(
                fault.code,
                tuple(self.units.ids[unit] for unit in found.units),
                (lon, lat),
                round(fault.area_m2, 2) if shapely.get_dimensions(fault.shape) > 1 else None,
                f"{words.format(place=f'东经 {lon:.6f}、北纬 {lat:.6f}')}{self._when(found.day)}。",
                "warning" if fault.code == "T03" else "error",
                replace(fault, ids=tuple(str(unit) for unit in found.units)),
            )

    def _overlaps(self, polygons: NDArray[np.int64]) -> list[Fault]:
        codes = self.units.codes
        return [
            fault
            for fault in overlaps(self.units.ground(polygons))
            if codes[int(fault.ids[0])] != codes[int(fault.ids[1])]  # that is T08
        ]

    def _families(
        self, here: NDArray[np.int64], now: NDArray[np.bool_]
    ) -> Iterator[tuple[int, list[int]]]:
        """Give each parent that has a valid polygon now, with its children that have a place."""
        units = self.units
        children: dict[str, list[int]] = defaultdict(list)
        for unit in here:
            children[units.by_code[unit]].append(int(unit))
        for code, members in children.items():
            for parent in units.by_own_code.get(code, ()):
                if now[parent] and units.areal[parent] and units.valid[parent]:
                    yield parent, members

    def _nesting(self, parent: int, children: list[int]) -> list[Fault]:
        units = self.units
        ground = units.shapes[parent]
        faults = []
        if units.areal[children].all():
            faults += gaps(ground, units.ground(children), parent_id=str(parent))
        # Of a child that contradicts its parent's code nobody knows where it belongs.
        sure = [unit for unit in children if not units.contradicts[unit]]
        return faults + outside(ground, units.ground(sure), parent_id=str(parent))

    def _take(self, faults: list[Fault], day: int, parent: int | None = None) -> None:
        for fault in faults:
            key = (fault.code, fault.gap, shapely.to_wkb(shapely.normalize(fault.shape)))
            found = self.found.setdefault(key, _Found(fault, {}, day, parent))
            found.units.update(dict.fromkeys(int(unit) for unit in fault.ids))

    def _when(self, day: int) -> str:
        """Say of a fault that is not there today when it was."""
        changes = np.concatenate([self.units.begin, self.units.end])
        later = changes[(changes > day) & (changes < EVER)]
        return f"（{np.datetime64(int(later.min()), 'D')} 以前的情况）" if len(later) else ""


def _follows(outlier: _Found, gap: _Found) -> bool:
    """Tell whether a child lies outside because its parent has a gap there: that is one fault."""
    return outlier.parent in gap.units and bool(
        shapely.covered_by(outlier.fault.shape, shapely.buffer(gap.fault.shape, 1e-9))
    )


def _sentence(units: DivisionUnits, found: _Found) -> str:
    """Say what is wrong and what to do; ``{place}`` is yet to be filled."""
    fault, concerned = found.fault, list(found.units)
    size = f"{fault.area_m2:,.0f} 平方米"
    narrow = "（窄于 5 米）" if fault.code == "T03" else ""
    if fault.code == "T07":
        return f"{units.label(concerned[0])}的图形无效：边界在 {{place}} 处自相交等，请先修复再查"
    if fault.code == "T04":
        parent = found.parent if found.parent is not None else concerned[-1]
        beyond = f"超出{units.label(parent)} {size}" if fault.area_m2 else "不在上级范围内"
        return f"{units.label(concerned[0])}在 {{place}} 处{beyond}，请核对两者的界线"
    if fault.gap:
        parent = found.parent if found.parent is not None else concerned[0]
        around = units.labels([unit for unit in concerned if unit != parent])
        return (
            f"{units.label(parent)}内 {{place}} 处有{narrow}缝隙 {size}，不属于任何下级，"
            f"旁边是{around}，请确定归属"
        )
    return f"{units.labels(concerned)}在 {{place}} 处重叠{narrow} {size}，请确定归属"


def _contradictions(units: DivisionUnits) -> Iterator[DivisionFinding]:
    for unit in np.flatnonzero(units.contradicts).tolist():
        yield DivisionFinding(
            "T05",
            (units.ids[unit],),
            units.place([unit]),
            None,
            f"{units.label(unit)}的代码 {units.codes[unit]} 不属于上级 {units.parents[unit]}，"
            f"按代码应是 {units.by_code[unit]}，请核对两者。",
        )


def _missing_parents(units: DivisionUnits) -> Iterator[DivisionFinding]:
    orphans: dict[str, list[int]] = defaultdict(list)
    for unit, level in enumerate(units.levels):
        if level in PARENT_DIGITS and not units.contradicts[unit]:
            spans = [
                (int(units.begin[parent]), int(units.end[parent]))
                for parent in units.by_own_code.get(units.parents[unit], ())
            ]
            if not _covered(int(units.begin[unit]), int(units.end[unit]), spans):
                orphans[units.parents[unit]].append(unit)
    for parent, children in orphans.items():
        what = f"上级 {parent} 不存在，或当时还没有、已经撤销" if parent else "没有填上级代码"
        yield DivisionFinding(
            "T06",
            tuple(units.ids[unit] for unit in children),
            units.place(children),
            None,
            f"{units.labels(children)}的{what}，请补上上级或改正代码。",
        )


def _covered(begin: int, end: int, spans: list[tuple[int, int]]) -> bool:
    """Tell whether a period lies within the union of others."""
    for since, until in sorted(spans):
        if since <= begin < until:
            begin = until
    return begin >= end


def _twice(units: DivisionUnits) -> Iterator[DivisionFinding]:
    for code, members in units.by_own_code.items():
        at_once = {
            unit: None
            for pair in combinations(members, 2)
            if units.together(*pair)
            for unit in pair
        }
        if at_once and code:
            same = list(at_once)
            yield DivisionFinding(
                "T08",
                tuple(units.ids[unit] for unit in same),
                units.place(same),
                None,
                f"代码 {code} 同时用于{units.labels(same)}，请改正其中一个的代码或有效期。",
            )
