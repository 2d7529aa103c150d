"""Which town takes which pale tint: no two that touch share one (DSATUR, Kempe chains)."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import shapely

if TYPE_CHECKING:
    import geopandas as gpd

__all__ = ["tints"]

_TOUCH_DEG = 1e-6  # About a decimetre: borders drawn twice by hand still count as one.


def tints(towns: gpd.GeoDataFrame, *, by: str = "code", colours: int = 5) -> pd.Series[int]:
    """Tint of each town, so that no two that touch, even in one point, share one.

    Parameters
    ----------
    towns
        Polygons in degrees, unique index. Empty geometry touches nobody.
    by
        Column that breaks ties, so that the order of the rows does not matter.
    colours
        How many tints there are.

    Returns
    -------
    The towns' index; integers from 0 to `colours` - 1.

    Source
    ------
    Brélaz 1979 (DSATUR). Where no tint is free, a Kempe chain is exchanged, which always succeeds
    for five tints and neighbours that meet as on a plane map; where even that fails (exclaves, six
    towns at a point) the tint that the fewest neighbours have is taken.
    """
    order = np.argsort(np.asarray(towns[by].astype(str)), kind="stable")
    beside = _neighbours(np.asarray(towns.geometry.array)[order])
    chosen = np.full(len(towns), -1)
    for _ in range(len(towns)):
        here = max(
            (town for town in range(len(towns)) if chosen[town] < 0),
            key=lambda town: (
                len({chosen[other] for other in beside[town]} - {-1}),
                len(beside[town]),
                -town,
            ),
        )
        chosen[here] = _free_tint(here, beside, chosen, colours)
    result = np.empty(len(towns), dtype=np.int64)
    result[order] = chosen
    return pd.Series(result, index=towns.index, name="tint")


def _neighbours(shapes: np.ndarray) -> list[set[int]]:
    tree = shapely.STRtree(shapes)
    left, right = tree.query(shapes, predicate="dwithin", distance=_TOUCH_DEG)
    beside: list[set[int]] = [set() for _ in shapes]
    for a, b in zip(left.tolist(), right.tolist(), strict=True):
        if a != b:
            beside[a].add(b)
    return beside


def _free_tint(here: int, beside: list[set[int]], chosen: np.ndarray, colours: int) -> int:
    around = [int(chosen[other]) for other in beside[here]]
    for tint in range(colours):
        if tint not in around:
            return tint
    for first in range(colours):
        for second in range(colours):
            if first != second and _exchange(here, beside, chosen, first, second):
                return first
    return min(range(colours), key=lambda tint: (around.count(tint), tint))


def _exchange(
    here: int, beside: list[set[int]], chosen: np.ndarray, first: int, second: int
) -> bool:
    """Free `first` at a town by swapping two tints in the chains of its neighbours."""
    chain = {other for other in beside[here] if chosen[other] == first}
    waiting = list(chain)
    while waiting:
        for other in beside[waiting.pop()]:
            if other not in chain and chosen[other] in {first, second}:
                chain.add(other)
                waiting.append(other)
    if any(chosen[other] == second for other in chain & beside[here]):
        return False
    for other in chain:
        chosen[other] = second if chosen[other] == first else first
    return True
