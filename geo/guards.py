"""Places round the roads that belong to no road, so that far land can be left open."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy import ndimage
from scipy.spatial import cKDTree

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["guard_places"]

WINDOW = 1024  # raster cells a side, worked through one window at a time
HALO = 7  # cells round a window that may hold the nearest site: four to the guard, and the ring
SLACK_M = 0.2
ROUNDS = 12  # in a corner between two roads a guard closes in on its place step by step


def guard_places(road_xy: NDArray[np.float64], far_m: float) -> NDArray[np.float64]:
    """Points round the road sites, all `far_m` away from the nearest and about `far_m / 4` apart.

    Parameters
    ----------
    road_xy
        (n, 2) sites on the roads, n > 0, metres.
    far_m
        How far away the guards stand; the outline of lonely roads runs at half of it.

    Returns
    -------
    (g, 2) places, the same for the same sites in any order, and four far outside all: no road site
    lies on the hull.
    """
    # A raster finds where the line runs; each of its cells on the line is then moved straight away
    # from its nearest site, and again where that brought it too close to another.
    side = far_m / 4.0
    cell = np.floor(road_xy / side).astype(np.int64)
    found = []
    for window in _windows(cell, HALO):
        low = np.maximum(window * WINDOW, cell.min(axis=0) - HALO)
        high = np.minimum((window + 1) * WINDOW, cell.max(axis=0) + HALO + 1)
        here = cell - (low - HALO)
        size = high - low + 2 * HALO
        here = here[((here >= 0) & (here < size)).all(axis=1)]
        free = np.ones(size, bool)
        free[here[:, 0], here[:, 1]] = False
        near = ndimage.distance_transform_edt(free) * side < far_m
        ring = ndimage.binary_dilation(near) & ~near
        found.append(np.argwhere(ring[HALO:-HALO, HALO:-HALO]) + low)
    guards = (np.concatenate(found) + 0.5) * side
    tree = cKDTree(road_xy)
    target = far_m + SLACK_M
    moving = np.arange(len(guards))
    for _ in range(ROUNDS):
        distance, foot = _nearest(tree, guards[moving])
        off = np.abs(distance - target) > SLACK_M
        if not off.any():
            break
        moving, foot = moving[off], foot[off]
        stretch = target / np.maximum(distance[off], SLACK_M)
        guards[moving] = foot + (guards[moving] - foot) * stretch[:, None]
    distance, _ = _nearest(tree, guards)
    low, high = road_xy.min(axis=0) - 10.0 * far_m, road_xy.max(axis=0) + 10.0 * far_m
    frame = np.array([(x, y) for x in (low[0], high[0]) for y in (low[1], high[1])])
    return np.concatenate((guards[distance >= far_m], frame))  # no road site is on the hull


def _nearest(
    tree: cKDTree, xy: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Distance to the nearest site, and where it is."""
    distance, site = tree.query(xy)
    return np.asarray(distance), np.asarray(tree.data)[site]


def _windows(cell: NDArray[np.int64], halo: int) -> NDArray[np.int64]:
    """Raster windows that a cell, or its surroundings, lies in."""
    corners = [(x, y) for x in (-halo, halo) for y in (-halo, halo)]
    rows = np.concatenate([(cell + shift) // WINDOW for shift in corners])
    low = rows.min(axis=0)
    wide = int(rows[:, 1].max() - low[1]) + 1
    flat = np.unique((rows[:, 0] - low[0]) * wide + rows[:, 1] - low[1])
    return np.asarray(np.column_stack((flat // wide, flat % wide)) + low)
