"""Rows of layer elders: the census totals shared among the villages, to the last person."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely.geometry import Point

from layers import facts
from layers.sample.draws import Draws
from layers.sample.layout import COUNTY_SEAT, layout
from layers.sample.stamp import sample_source

__all__ = ["TOTALS", "YEAR", "elder_rows", "people"]

YEAR = 2020

# The first four are the census; no source seen has the others.
TOTALS = {
    **{
        {0: "population"}.get(count.age_from, f"age{count.age_from}"): count.persons
        for count in facts.census()
    },
    "age70": 20_000,
    "alone": 6_200,
    "disabled": 2_900,
}
"""Field → persons in the county."""


def _shared(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Share whole persons by weight: largest remainder, the first place wins a tie."""
    whole = [int(weight * 1_000_000) for weight in weights]
    heap = sum(whole)
    shares = [total * weight // heap for weight in whole]
    rests = [total * weight % heap for weight in whole]
    order = sorted(range(len(whole)), key=lambda k: (-rests[k], k))
    for k in order[: total - sum(shares)]:
        shares[k] += 1
    return np.array(shares, dtype=np.int64)


def _persons(draws: Draws, seed: int) -> NDArray[np.float64]:
    """Weigh the villages: communities far above seats, seats above the rest, many hamlets."""
    plan = layout(seed)
    count = len(plan.codes)
    square = draws.unit(count)
    weights = 55.0 + 1_950.0 * square * square
    town, seats, urban = (draws.between(*bounds, count) for bounds in _LARGE)
    for k, code in enumerate(plan.codes):
        if code[9] == "0":
            weights[k] = town[k] if code.startswith(COUNTY_SEAT[:9]) else urban[k]
        elif k in plan.seats.values():
            weights[k] = seats[k]
    return weights


_LARGE = ((8_000.0, 14_000.0), (1_900.0, 3_600.0), (3_000.0, 6_000.0))


@lru_cache(maxsize=2)
def people(seed: int) -> dict[str, NDArray[np.int64]]:
    """Share the county's people among the layout's villages.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    Field of `TOTALS` → (238,) persons, in the order of the layout's codes.
    """
    draws = Draws(seed, "elders")
    count = len(layout(seed).codes)
    urban = np.array([code[9] == "0" for code in layout(seed).codes])
    shares = {"population": _shared(TOTALS["population"], _persons(draws, seed))}
    # Each band is drawn from the band around it, with a spread that cannot make it the larger.
    for field, around in (
        ("age60", "population"),
        ("age65", "age60"),
        ("age70", "age65"),
        ("age80", "age70"),
        ("alone", "age60"),
        ("disabled", "age60"),
    ):
        spread = draws.between(0.85, 1.15, count)
        if field == "age60":  # the young have left the villages
            spread = np.where(urban, 0.7, 1.0) * spread
        shares[field] = _shared(TOTALS[field], shares[around] * spread)
    return shares


def elder_rows(seed: int) -> list[dict[str, Any]]:
    """Make the rows of layer elders.

    Parameters
    ----------
    seed
        The county's seed.

    Returns
    -------
    One row a legal village-level unit, by id; the sums are those of `TOTALS`.
    """
    plan = layout(seed)
    shares = people(seed)
    real = "县合计为 2020 年人口普查（age60、age65、age80 与总人口）"
    return [
        {
            "id": f"{code}-{YEAR}",
            "geometry": Point(plan.lonlat[k]),
            "village_code": code,
            "year": YEAR,
            **{field: int(persons[k]) for field, persons in shares.items()},
            "quality": "synthetic",
            "source": sample_source(seed, real, "分村人数和位置"),
        }
        for k, code in enumerate(plan.codes)
    ]
