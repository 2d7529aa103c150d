"""Rows of layer care_facilities: nine that the report names, twenty day-care centres made up."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Point

from layers import facts
from layers.sample.draws import Draws
from layers.sample.layout import COUNTY_SEAT, Layout, layout
from layers.sample.people import people
from layers.sample.plane import to_lonlat
from layers.sample.stamp import sample_source

__all__ = ["DAYCARE_SERVICES", "facility_rows"]

DAYCARE_SERVICES = ("助餐", "助行", "助急")
"""What the report says of day-care centres, as far as the schema has words for it."""

_NEAR_M = (18.0, 45.0)
_LEAST_IN_TOWN = 2


def _beside(draws: Draws, place: NDArray[np.float64]) -> Point:
    """Draw a place a few houses away: within the streets, never on the village's own point."""
    east, north = draws.between(*_NEAR_M, 2)
    sign = draws.whole(0, 2, 2) * 2 - 1
    (lonlat,) = to_lonlat((place + np.array([east, north]) * sign)[None])
    return Point(lonlat)


def _month(text: str | None) -> date | None:
    return date.fromisoformat(f"{text}-01") if text else None


def _named_rows(draws: Draws, plan: Layout, seed: int) -> list[dict[str, Any]]:
    rows = []
    for found in facts.facilities():
        town = found.township_code or COUNTY_SEAT
        at = plan.seat_xy(town)
        if found.village_code is not None:
            at = plan.xy[plan.codes.index(found.village_code)]
        note = [found.about] if found.about else []
        if found.township_code is None:
            note.append("报告未载明所在乡镇，示意县中放在县城")
        rows.append(
            {
                "id": found.id,
                "geometry": _beside(draws, at),
                "name": found.name,
                "kind": found.kind,
                "status": found.status,
                "township_code": town,
                "village_code": found.village_code,
                "beds": found.beds,
                "floor_area_m2": found.floor_area_m2,
                "investment_yuan": found.investment_yuan,
                "operator": found.operator,
                "operation": found.operation,
                "services": list(found.services) or None,
                "opened": _month(found.opened),
                "date_precision": "month" if found.opened else None,
                "note": "；".join(note) or None,
                "quality": "synthetic",
                "source": sample_source(seed, found.source),
            }
        )
    return rows


def _daycare_villages(draws: Draws, plan: Layout, seed: int) -> list[int]:
    """Draw the villages of the day-care centres: two a town, the rest anywhere; larger ones first.

    古韩镇 has its stations; it may get one of the rest.
    """
    persons = people(seed)["age60"]
    rural = [k for k, code in enumerate(plan.codes) if code[9] != "0"]
    lot = draws.unit(len(plan.codes))
    # The larger of two draws by people: large villages come first, but not always.
    ranked = sorted(rural, key=lambda k: -float(lot[k] * persons[k]))
    chosen: list[int] = []
    for town in plan.seats:
        chosen += [k for k in ranked if plan.codes[k][:9] == town[:9]][:_LEAST_IN_TOWN]
    rest = [k for k in ranked if k not in chosen]
    return sorted([*chosen, *rest[: facts.rural_daycare_count() - len(chosen)]])


def _daycare_rows(draws: Draws, plan: Layout, seed: int) -> list[dict[str, Any]]:
    villages = _daycare_villages(draws, plan, seed)
    places = draws.whole(2, 7, len(villages)) * 5
    return [
        {
            "id": f"XY-S{number:03d}",
            "geometry": _beside(draws, plan.xy[village]),
            "name": f"示意日间照料中心{number:02d}",
            "kind": "rural_daycare",
            "status": "in_service",
            "township_code": f"{plan.codes[village][:9]}000",
            "village_code": plan.codes[village],
            "day_places": int(places[number - 1]),
            "services": list(DAYCARE_SERVICES),
            "quality": "synthetic",
            "source": sample_source(seed),
        }
        for number, village in enumerate(villages, start=1)
    ]


def facility_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer care_facilities.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    29 rows by id: XY-F… are the report's, XY-S… made up.
    """
    draws = Draws(seed, "care_facilities")
    plan = layout(seed)
    return [*_named_rows(draws, plan, seed), *_daycare_rows(draws, plan, seed)]
