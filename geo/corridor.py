"""Corridors: the road within a limit and a strip along it, for whoever wants no land between."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry
from shapely.ops import substring

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Reached", "corridor", "cut_lines"]

QUAD_SEGS = 6  # a disc of 25 m is 0.2 m short between its corners
MERE_M = 1e-6  # a shorter piece of road has no direction and no strip


@dataclass(frozen=True, eq=False)
class Reached:
    """What one facility reaches, in the network's plane: roads, places and the walk to the road.

    Attributes
    ----------
    roads
        Pieces of road, LineStrings cut exactly.
    leg
        (2, 2) walk from the facility to the road, cut exactly.
    places
        (p, 2) reached nodes, the facility and where it meets the road.
    left_m
        (p,) metres that can still be walked at each place.
    """

    roads: NDArray[np.object_]
    leg: NDArray[np.float64]
    places: NDArray[np.float64]
    left_m: NDArray[np.float64]


def cut_lines(
    lines: NDArray[np.object_], start: NDArray[np.float64], stop: NDArray[np.float64]
) -> NDArray[np.object_]:
    """Part of each line between two fractions of its length; parts of no length are left out.

    Parameters
    ----------
    lines
        (k,) LineStrings in a metric plane.
    start, stop
        (k,) fractions, start <= stop.
    """
    out = lines.copy()
    for i in np.flatnonzero((start > 0.0) | (stop < 1.0)):
        out[i] = substring(lines[i], start[i], stop[i], normalized=True)
    return out[shapely.length(out) > MERE_M]


def corridor(reached: Reached, buffer_m: float) -> BaseGeometry:
    """Flat-ended strips along roads and leg, and discs that end where the walk ends.

    Parameters
    ----------
    reached
        What lies within the limit.
    buffer_m
        Largest half width of the strips and radius of the discs.

    Returns
    -------
    (Multi)Polygon in the network's plane; empty if nothing is reached.
    """
    leg = np.array([shapely.linestrings(reached.leg)])
    strips = np.concatenate((reached.roads, leg[shapely.length(leg) > MERE_M]))
    # No wider than long: a road cut a metre behind a junction would show as a bar across it.
    half = np.minimum(shapely.length(strips), buffer_m)
    radius = np.minimum(reached.left_m, buffer_m)
    some = radius > MERE_M
    places = shapely.points(reached.places[some])
    parts = np.concatenate(
        (
            shapely.buffer(strips, half, quad_segs=QUAD_SEGS, cap_style="flat"),
            shapely.buffer(places, radius[some], quad_segs=QUAD_SEGS),
        )
    )
    return shapely.union_all(parts)
