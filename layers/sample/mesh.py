"""The fine mesh over open ground that roads between villages follow."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components
from scipy.spatial import Delaunay, cKDTree

from layers.sample.draws import Draws
from layers.sample.plane import outline_plane
from layers.sample.streets import Net
from layers.sample.terrain import Terrain

__all__ = ["Ground", "open_ground"]

_SPACING_M = 340.0
_CLEAR_M = 95.0
_FROM_OUTLINE_M = 60.0
_LONGEST_LINK_M = 1_000.0
_HEIGHT_COST = 1.6
_SLOPE_COST_M = 1_300.0


@dataclass(frozen=True)
class Ground:
    """Places that a road may pass and the links it may follow; no two links cross.

    Attributes
    ----------
    xy
        (n, 2) places: all streets' crossings first, in the order of the nets, then the mesh.
    net_of
        (n,) position of the place's net, -1 in the mesh.
    links
        (m, 2) pairs of places, none of them of one net; clear of every street.
    cost
        (m,) whole centimetres, dearer uphill and on the ridges.
    """

    xy: NDArray[np.float64]
    net_of: NDArray[np.int64]
    links: NDArray[np.int64]
    cost: NDArray[np.float64]


def open_ground(draws: Draws, nets: list[Net], terrain: Terrain) -> Ground:
    """Mesh the ground between the nets.

    Parameters
    ----------
    draws
        Stream of the roads.
    nets
        Street nets that the mesh keeps clear of.
    terrain
        Relief that makes links dear.

    Returns
    -------
    The mesh with all streets' crossings in it: a Delaunay triangulation, so links never cross.
    """
    streets = np.vstack([net.xy for net in nets])
    net_of = np.repeat(np.arange(len(nets)), [len(net.xy) for net in nets])
    mesh = _mesh(draws, streets)
    xy = np.vstack([streets, mesh])
    net_of = np.concatenate([net_of, np.full(len(mesh), -1)])
    corners = Delaunay(xy).simplices.astype(np.int64)
    pairs = np.sort(np.vstack([corners[:, [0, 1]], corners[:, [1, 2]], corners[:, [0, 2]]]), axis=1)
    pairs = np.unique(pairs, axis=0)
    apart = (net_of[pairs[:, 0]] != net_of[pairs[:, 1]]) | (net_of[pairs[:, 0]] < 0)
    length = _length(xy, pairs)
    pairs = pairs[apart & (length <= _LONGEST_LINK_M)]
    pairs = pairs[_clear(xy, pairs, net_of, nets)]
    pairs = pairs[_open(pairs, net_of)]
    return Ground(xy, net_of, pairs, _cost(xy, pairs, terrain))


def _length(xy: NDArray[np.float64], pairs: NDArray[np.int64]) -> NDArray[np.float64]:
    step = xy[pairs[:, 1]] - xy[pairs[:, 0]]
    return np.asarray(np.sqrt(step[:, 0] * step[:, 0] + step[:, 1] * step[:, 1]))


def _mesh(draws: Draws, streets: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shake a honeycomb of places and keep those in the county and off the streets."""
    county = outline_plane()
    west, south, east, north = county.bounds
    columns = np.arange(west, east, _SPACING_M)
    rows = np.arange(south, north, _SPACING_M * 0.866)
    x, y = np.meshgrid(columns, rows)
    x[1::2] += _SPACING_M / 2
    places = np.column_stack([x.ravel(), y.ravel()])
    shake = 0.27 * _SPACING_M
    places += draws.between(-shake, shake, places.size).reshape(-1, 2)
    inside = shapely.contains_xy(county, places)
    near = cKDTree(streets).query(places, distance_upper_bound=_CLEAR_M)[0] < _CLEAR_M
    return np.asarray(places[inside & ~near])


def _clear(
    xy: NDArray[np.float64], pairs: NDArray[np.int64], net_of: NDArray[np.int64], nets: list[Net]
) -> NDArray[np.bool_]:
    """Tell which links stay in the county and meet no street but at their own ends."""
    begin, end = xy[pairs[:, 0]], xy[pairs[:, 1]]
    inner = outline_plane().buffer(-_FROM_OUTLINE_M)
    shapely.prepare(inner)
    lines = shapely.linestrings(np.stack([begin, end], axis=1))
    clear = np.array(shapely.contains_properly(inner, lines))
    # A link's end at a crossing touches that crossing's streets: look at the link without it.
    step = 0.04 * (end - begin)
    begin = np.where((net_of[pairs[:, 0]] >= 0)[:, None], begin + step, begin)
    end = np.where((net_of[pairs[:, 1]] >= 0)[:, None], end - step, end)
    streets = np.asarray(shapely.linestrings(np.concatenate([n.xy[n.ends] for n in nets])))
    lines = shapely.linestrings(np.stack([begin, end], axis=1))
    hit = shapely.STRtree(streets).query(lines, predicate="intersects")[0]
    clear[hit] = False
    return clear


def _open(pairs: NDArray[np.int64], net_of: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Tell which links lead to open ground: the largest part of the mesh, or a door to it."""
    mesh = net_of < 0
    inner = pairs[mesh[pairs].all(axis=1)]
    graph = coo_array((np.ones(len(inner)), inner.T.astype(np.int32)), shape=(len(mesh), len(mesh)))
    part = connected_components(graph, directed=False)[1]
    main = part == np.bincount(part[mesh]).argmax()
    door = np.zeros(len(mesh), dtype=bool)
    door[pairs[main[pairs].any(axis=1)].ravel()] = True
    return np.asarray((main | door)[pairs].all(axis=1))


def _cost(
    xy: NDArray[np.float64], pairs: NDArray[np.int64], terrain: Terrain
) -> NDArray[np.float64]:
    height = terrain.height(xy)
    low, high = height[pairs[:, 0]], height[pairs[:, 1]]
    length = _length(xy, pairs)
    dear = 1.0 + _HEIGHT_COST * (low + high) / 2 + _SLOPE_COST_M * np.abs(high - low) / length
    return np.floor(100.0 * length * dear) + 1.0
