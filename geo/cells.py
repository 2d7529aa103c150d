"""Land by its nearest road: sites on the roads, their Voronoi cells, and the land left open.

A *site* is a graph node or one of the points k/n along an edge. Cells are never built one by one:
the Delaunay triangulation of the sites holds all of them, its circumcentres are their corners.
*Guards* (`geo.guards`) are sites that no road reaches; they stand round the roads so that land far
from any road belongs to none. Guards whose cells touch form a *block*, such as a field.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import shapely
from scipy import sparse
from scipy.spatial import Delaunay, cKDTree

from geo.guards import guard_places

if TYPE_CHECKING:
    from numpy.typing import NDArray

__all__ = ["Cells", "build_cells", "inner_points"]

CENTIMETRES = 100.0  # places are told apart to 1 cm
JITTER_M = 0.03  # far below any road width; four sites on one circle no longer happen
HIDDEN_M = 0.1
SURE_M = 1e-6  # a thousand times the rounding error of a corner
BLOCK_BITS = 16  # sites are stored in squares of 2**16 cm: neighbours on land, neighbours in memory


@dataclass(frozen=True, eq=False)
class Cells:
    """The sites of a road network and the triangulation that holds their cells.

    All positions are metres in the network's plane; `-1` means "none".
    """

    xy: NDArray[np.float64]
    """(s, 2) sites, roads and guards, in the order of their place."""
    guard: NDArray[np.bool_]
    """(s,) true where no road reaches."""
    node_site: NDArray[np.int32]
    """(nodes,) site of each graph node."""
    edge_start: NDArray[np.int64]
    """(edges + 1,) where an edge's inner points begin in `edge_site`."""
    edge_site: NDArray[np.int32]
    """Sites of the inner points k/n, k = 1 .. n - 1, of every edge."""
    hidden: NDArray[np.int32]
    """Site of another road, crossing or beside, that takes the middle between two sites in a row;
    else -1. The step after point k of edge e is at `edge_start[e] + e + k`."""
    triangles: NDArray[np.int32]
    """(t, 3) sites, counter-clockwise."""
    beyond: NDArray[np.int32]
    """(t, 3) triangle across the side opposite to the corner."""
    centre: NDArray[np.float64]
    """(t, 2) circumcentres."""
    sure: bool
    """Whether no cell edge of a road is so short that rounding could turn it round: then every
    outline of cells is a valid one."""
    site_start: NDArray[np.int64]
    """(s + 1,) where a site's triangles begin in `site_triangle`."""
    site_triangle: NDArray[np.int32]
    """Triangles round every site."""
    site_next: NDArray[np.int32]
    """In each of those triangles the corner that follows the site, counter-clockwise."""
    cell_m2: NDArray[np.float64]
    """(s,) planar area of each cell; of no meaning for the outermost guards."""
    block_m2: NDArray[np.float64]
    """(b,) area of each block, inf for the land outside all roads."""
    block_border: NDArray[np.int64]
    """(b,) number of road sites whose cells touch the block."""
    block_start: NDArray[np.int64]
    """(b + 1,) where a block's guards begin in `block_guard`."""
    block_guard: NDArray[np.int32]
    """Guards of every block."""
    touch_start: NDArray[np.int64]
    """(s + 1,) where the blocks that a road site touches begin in `touch_block`."""
    touch_block: NDArray[np.int32]
    """Blocks touched by every site."""


def inner_points(lengths_m: NDArray[np.float64], step_m: float) -> NDArray[np.int64]:
    """Count the sites between the ends of each edge: at k/n, n = ceil(length / step).

    Parameters
    ----------
    lengths_m
        (m,) planar lengths.
    step_m
        Largest distance of two sites along an edge.
    """
    return np.maximum(np.ceil(lengths_m / step_m).astype(np.int64) - 1, 0)


def build_cells(
    lines: NDArray[np.object_],
    node_xy: NDArray[np.float64],
    *,
    step_m: float,
    off_road_m: float,
) -> Cells:
    """Sites of a road network, guards round them, and one Delaunay triangulation of all.

    Parameters
    ----------
    lines
        (m,) edges as LineStrings in a metric plane.
    node_xy
        (k, 2) nodes in the same plane, k > 0; the ends of the lines are among them.
    step_m
        Largest distance of two sites along an edge.
    off_road_m
        Land farther than this from every road belongs to no road. Below `step_m / 2` it counts as
        that: sites stand no closer.

    Returns
    -------
    The same for the same roads in any order of rows and nodes, up to the numbering of
    `node_site` and `edge_site`.
    """
    edge_start = np.zeros(len(lines) + 1, np.int64)
    np.cumsum(inner_points(shapely.length(lines), step_m), out=edge_start[1:])
    keys, origin, place_of = _places(np.concatenate((node_xy, _inner_xy(lines, edge_start))))
    road_xy = _positions(keys, origin)
    guard_xy = guard_places(road_xy, max(2.0 * off_road_m, step_m))
    guard_keys = np.setdiff1d(_keys(guard_xy, origin), keys)

    every = np.concatenate((keys, guard_keys))
    order = np.argsort(every)
    rank = np.empty(len(every), np.int32)
    rank[order] = np.arange(len(every), dtype=np.int32)
    guard = order >= len(keys)
    xy = _positions(every[order], origin)
    xy += _jitter(xy)

    triangles, beyond, alias = _triangulate(xy)
    road_rank = alias[rank[: len(keys)]]
    road_site = road_rank[place_of]
    centre = _circumcentres(xy - xy.mean(axis=0), triangles) + xy.mean(axis=0)
    site_start, corner = _group(triangles.ravel(), len(xy))
    site_next = np.roll(triangles, -1, axis=1).ravel()[corner]
    cell_m2 = _cell_areas(xy, triangles, centre)
    return Cells(
        xy,
        guard,
        road_site[: len(node_xy)],
        edge_start,
        road_site[len(node_xy) :],
        np.append(road_rank, np.int32(-1))[_hidden(lines, edge_start, road_xy)],
        triangles,
        beyond,
        centre,
        _sure(xy, guard, triangles, beyond, centre),
        site_start,
        (corner // 3).astype(np.int32),
        site_next,
        cell_m2,
        *_blocks(triangles, beyond, guard, cell_m2),
    )


def _inner_xy(lines: NDArray[np.object_], edge_start: NDArray[np.int64]) -> NDArray[np.float64]:
    count = np.diff(edge_start)
    edge = np.repeat(np.arange(len(lines)), count)
    k = np.arange(edge_start[-1]) - np.repeat(edge_start[:-1], count) + 1
    points = shapely.line_interpolate_point(lines[edge], k / (count[edge] + 1), normalized=True)
    return np.column_stack((shapely.get_x(points), shapely.get_y(points)))


def _hidden(
    lines: NDArray[np.object_], edge_start: NDArray[np.int64], road_xy: NDArray[np.float64]
) -> NDArray[np.intp]:
    """Which site is nearer to the middle of a step than both its ends are; -1: none."""
    count = np.diff(edge_start) + 1
    edge = np.repeat(np.arange(len(lines)), count)
    k = np.arange(len(edge)) - np.repeat(np.cumsum(count) - count, count)
    low, middle, high = (
        shapely.get_coordinates(
            shapely.line_interpolate_point(lines[edge], (k + part) / count[edge], normalized=True)
        )
        for part in (0.0, 0.5, 1.0)
    )
    nearest, site = cKDTree(road_xy).query(middle)
    ends = np.maximum(np.hypot(*(middle - low).T), np.hypot(*(middle - high).T))
    return np.where(nearest < ends - HIDDEN_M, site, -1)


def _places(
    xy: NDArray[np.float64],
) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """Distinct places to 1 cm: their keys in order, the keys' origin, and each point's place."""
    origin = (np.floor(xy.min(axis=0) * CENTIMETRES).astype(np.int64) >> BLOCK_BITS) - 8192
    keys, place_of = np.unique(_keys(xy, origin), return_inverse=True)
    return keys, origin, place_of


def _keys(xy: NDArray[np.float64], origin: NDArray[np.int64]) -> NDArray[np.int64]:
    """One sortable number a place: square's row, square's column, x and y inside the square."""
    whole = np.rint(xy * CENTIMETRES).astype(np.int64)
    square = (whole >> BLOCK_BITS) - origin
    inside = whole & ((1 << BLOCK_BITS) - 1)
    # 15 bits each for row and column: 21,000 km. Odd rows run backwards, so squares are a chain.
    column = np.where(square[:, 1] & 1, (1 << 15) - 1 - square[:, 0], square[:, 0])
    return (square[:, 1] << 47) | (column << 32) | (inside[:, 0] << 16) | inside[:, 1]


def _positions(keys: NDArray[np.int64], origin: NDArray[np.int64]) -> NDArray[np.float64]:
    row = keys >> 47
    column = (keys >> 32) & ((1 << 15) - 1)
    column = np.where(row & 1, (1 << 15) - 1 - column, column)
    low = (1 << BLOCK_BITS) - 1
    x = ((column + origin[0]) << BLOCK_BITS) | ((keys >> 16) & low)
    y = ((row + origin[1]) << BLOCK_BITS) | (keys & low)
    return np.column_stack((x, y)) / CENTIMETRES


def _jitter(xy: NDArray[np.float64]) -> NDArray[np.float64]:
    """Shift of at most `JITTER_M` either way, by the place alone: no row order, no seed."""
    whole = np.rint(xy * CENTIMETRES).astype(np.int64).astype(np.uint64)
    word = whole[:, 0] * np.uint64(0x9E3779B97F4A7C15) + whole[:, 1]
    for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
        word = (word ^ (word >> np.uint64(shift))) * np.uint64(factor)
    word ^= word >> np.uint64(31)
    halves = np.column_stack((word >> np.uint64(32), word & np.uint64(0xFFFFFFFF)))
    return JITTER_M * (halves.astype(np.float64) / 2.0**31 - 1.0)


def _triangulate(
    xy: NDArray[np.float64],
) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Triangles counter-clockwise, their neighbours, and for each site the site standing for it."""
    mesh = Delaunay(xy - xy.mean(axis=0))
    triangles = mesh.simplices.astype(np.int32)
    beyond = mesh.neighbors.astype(np.int32)
    a, b, c = (xy[triangles[:, k]] for k in range(3))
    turned = _cross(b - a, c - a) < 0
    triangles[turned, 1:] = triangles[turned, 2:0:-1]
    beyond[turned, 1:] = beyond[turned, 2:0:-1]
    alias = np.arange(len(xy), dtype=np.int32)
    alias[mesh.coplanar[:, 0]] = mesh.coplanar[:, 2]  # not a corner of any triangle
    return triangles, beyond, alias


def _circumcentres(xy: NDArray[np.float64], triangles: NDArray[np.int32]) -> NDArray[np.float64]:
    a, b, c = (xy[triangles[:, k]] for k in range(3))
    ab, ac = b - a, c - a
    twice = 2.0 * _cross(ab, ac)
    bb, cc = (ab**2).sum(axis=1), (ac**2).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        x = (ac[:, 1] * bb - ab[:, 1] * cc) / twice
        y = (ab[:, 0] * cc - ac[:, 0] * bb) / twice
    centre = a + np.column_stack((x, y))
    flat = ~np.isfinite(centre).all(axis=1)
    centre[flat] = (a[flat] + b[flat] + c[flat]) / 3.0
    return np.asarray(centre)


def _sure(
    xy: NDArray[np.float64],
    guard: NDArray[np.bool_],
    triangles: NDArray[np.int32],
    beyond: NDArray[np.int32],
    centre: NDArray[np.float64],
) -> bool:
    """See `Cells.sure`. All edges of a cell in their order make it convex, and cells a tiling."""
    for k in range(3):
        ends = triangles[:, [(k + 1) % 3, (k + 2) % 3]]
        ours = ~guard[ends].all(axis=1)
        side = xy[ends[ours, 1]] - xy[ends[ours, 0]]
        edge = centre[beyond[ours, k]] - centre[ours]
        if (_cross(edge, side) < SURE_M * np.hypot(side[:, 0], side[:, 1])).any():
            return False
    return True


def _cross(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.asarray(a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0])


def _cell_areas(
    xy: NDArray[np.float64], triangles: NDArray[np.int32], centre: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Each triangle gives each corner the signed quadrilateral corner, mid, centre, mid."""
    area = np.zeros(len(xy))
    for k in range(3):
        site = triangles[:, k]
        corner = xy[site]
        half_next = (xy[triangles[:, (k + 1) % 3]] - corner) / 2.0
        half_last = (xy[triangles[:, (k + 2) % 3]] - corner) / 2.0
        arm = centre - corner
        part = (_cross(half_next, arm) + _cross(arm, half_last)) / 2.0
        area += np.bincount(site, part, len(xy))
    return area


def _group(owner: NDArray[np.int32], owners: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Group items by owner: where each owner's list starts, and the items in that order."""
    start = np.zeros(owners + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=owners), out=start[1:])
    return start, np.argsort(owner, kind="stable")


def _blocks(
    triangles: NDArray[np.int32],
    beyond: NDArray[np.int32],
    guard: NDArray[np.bool_],
    cell_m2: NDArray[np.float64],
) -> tuple[
    NDArray[np.float64],
    NDArray[np.int64],
    NDArray[np.int64],
    NDArray[np.int32],
    NDArray[np.int64],
    NDArray[np.int32],
]:
    """Fields of `Cells` from `block_m2` on: connected guard cells and the road sites they touch."""
    sites = len(guard)
    tail = triangles[:, [0, 1, 2]].ravel()
    head = triangles[:, [1, 2, 0]].ravel()
    both = guard[tail] & guard[head]
    links = sparse.coo_matrix(
        (np.ones(int(both.sum()), np.int8), (tail[both], head[both])), (sites, sites)
    )
    _, label = sparse.csgraph.connected_components(links, directed=False)
    guards = np.flatnonzero(guard)
    _, block = np.unique(label[guards], return_inverse=True)
    count = int(block.max()) + 1
    of_site = np.full(sites, -1, np.int64)
    of_site[guards] = block

    area = np.bincount(block, cell_m2[guards], count).astype(np.float64)
    hull_triangle, hull_corner = np.nonzero(beyond < 0)
    for turn in (1, 2):
        outer = of_site[triangles[hull_triangle, (hull_corner + turn) % 3]]
        area[outer[outer >= 0]] = np.inf

    mixed = guard[tail] != guard[head]
    one, two = tail[mixed], head[mixed]
    pairs = np.unique(
        np.column_stack(
            (np.where(guard[one], of_site[one], of_site[two]), np.where(guard[one], two, one))
        ),
        axis=0,
    ).reshape(-1, 2)
    border = np.bincount(pairs[:, 0], minlength=count).astype(np.int64)
    block_start, member = _group(block.astype(np.int32), count)
    touch_start, which = _group(pairs[:, 1].astype(np.int32), sites)
    return (
        area,
        border,
        block_start,
        guards[member].astype(np.int32),
        touch_start,
        np.asarray(pairs[which, 0], np.int32),
    )
