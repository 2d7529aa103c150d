"""Villages' Voronoi cells, dissolved and clipped so that they tile the county to the last digit."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.spatial import Voronoi, cKDTree
from shapely.geometry import LineString, Polygon

from layers.facts import outline
from layers.sample.plane import DECIMALS, LATTICE_DEG, to_lonlat, to_plane

__all__ = ["Zone", "zones"]

_FAR_M = 400_000.0


@dataclass(frozen=True)
class Zone:
    """Ground that shares its township of 2020 and its town of today.

    Attributes
    ----------
    then, now
        Codes of the two.
    polygon
        Degrees on the lattice.
    """

    then: str
    now: str
    polygon: Polygon


def zones(xy: NDArray[np.float64], keys: list[tuple[str, str]]) -> tuple[Zone, ...] | None:
    """Dissolve the villages' cells by key and clip them to the outline.

    All borders are noded together on the lattice of six decimals, and only then made into faces:
    neighbours share their vertices exactly, and the outline gains a vertex where a border ends.

    Parameters
    ----------
    xy
        (n, 2) village points, metres of the plane.
    keys
        (n,) township of 2020 and town of today of each village.

    Returns
    -------
    One zone a key, by key; None if a key's ground falls into pieces.
    """
    corners = np.array([(-_FAR_M, -_FAR_M), (-_FAR_M, _FAR_M), (_FAR_M, -_FAR_M), (_FAR_M, _FAR_M)])
    diagram = Voronoi(np.vstack([xy, corners]))
    vertices = to_lonlat(diagram.vertices)
    borders = [
        LineString(vertices[ends])
        for (a, b), ends in zip(diagram.ridge_points, diagram.ridge_vertices, strict=True)
        if a < len(xy) and b < len(xy) and keys[a] != keys[b]
    ]
    county = outline()
    noded = shapely.union_all([*borders, county.exterior], grid_size=LATTICE_DEG)
    faces = shapely.get_parts(shapely.polygonize(shapely.get_parts(noded)))
    faces = faces[shapely.contains_properly(county, shapely.point_on_surface(faces))]
    middles = to_plane(shapely.get_coordinates(shapely.point_on_surface(faces)))
    owner = np.asarray(cKDTree(xy).query(middles)[1])
    found: dict[tuple[str, str], Polygon] = {}
    for face, k in zip(faces, owner, strict=True):
        if keys[k] in found:
            return None
        found[keys[k]] = shapely.transform(face, lambda at: np.round(at, DECIMALS)).normalize()
    return tuple(Zone(*key, found[key]) for key in sorted(found))
