"""Where villages lie: in the valleys, apart from each other, inside the county."""

from __future__ import annotations

import numpy as np
import shapely
from numpy.typing import NDArray

from geo.errors import InputError
from layers.sample.draws import Draws
from layers.sample.plane import outline_plane, seat_plane, to_lonlat, to_plane
from layers.sample.terrain import Terrain

__all__ = ["village_points"]

_SPACING_M = 625.0  # 600 m asked; the plane is true to 0.3 %
_WIDE_SPACING_M = 1_400.0
_FROM_OUTLINE_M = 260.0
_TOWN_CLEARANCE_M = 2_150.0


def village_points(draws: Draws, terrain: Terrain, count: int) -> NDArray[np.float64]:
    """Throw villages into the valleys, far enough from the outline, the seat and each other.

    Parameters
    ----------
    draws
        Stream of the divisions.
    terrain
        Relief; most villages lie low.
    count
        How many.

    Returns
    -------
    (count, 2) metres, places of the lattice.

    Raises
    ------
    InputError
        If there is no room for so many.
    """
    county = outline_plane()
    west, south, east, north = county.bounds
    seat = seat_plane()
    many = 40 * count
    thrown = np.column_stack([draws.between(west, east, many), draws.between(south, north, many)])
    # One village in five keeps its distance, the others may lie as near as allowed: hamlets that
    # see each other across a ravine are where a circle on the map misleads.
    apart = np.where(draws.unit(many) < 0.8, _SPACING_M, _WIDE_SPACING_M)
    valley = 1.0 - terrain.height(thrown)
    wanted = draws.unit(many) < 0.05 + valley * valley
    thrown = to_plane(to_lonlat(thrown))
    inside = shapely.contains_xy(county, thrown)
    far = shapely.distance(shapely.points(thrown), county.exterior) >= _FROM_OUTLINE_M
    off_town = ((thrown - seat) ** 2).sum(axis=1) >= _TOWN_CLEARANCE_M**2
    kept = np.empty((count, 2))
    need = np.empty(count)
    found = 0
    for at in np.flatnonzero(wanted & inside & far & off_town):
        square = ((kept[:found] - thrown[at]) ** 2).sum(axis=1)
        if (square >= np.maximum(need[:found], apart[at] ** 2)).all():
            kept[found], need[found] = thrown[at], apart[at] ** 2
            found += 1
            if found == count:
                return kept
    raise InputError(
        f"种子放不下 {count} 个村，请换一个 --seed。", code="sample_seed", where="seed"
    )
