"""The land of a road network: the cells of its sites, and the shape of any set of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from geo.areas import areal_scale, only_areas
from geo.cells import build_cells, inner_points
from geo.crs import transform_xy

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from geo.cells import Cells
    from geo.network import Network
    from geo.search import EdgeParts

__all__ = [
    "MAX_SITES",
    "Land",
    "Outline",
    "land_near",
    "land_of",
    "site_total",
]

MAX_SITES = 2_000_000
"""Networks with more sites get their land around each reached part only."""

SQUARE_M = 2000.0
LANDS_KEPT = 2


@dataclass(frozen=True, eq=False)
class Outline:
    """A union of cells as rings of triangles, see `geo.outline.rings`.

    Attributes
    ----------
    members
        Sites that are in.
    path, start, area, shell
        The rings.
    """

    members: NDArray[np.int32]
    path: NDArray[np.int32]
    start: NDArray[np.int64]
    area: NDArray[np.float64]
    shell: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class _Scratch:
    """Zeros for the kernels of `geo.outline`, which leave them so: a site, triangle, block each."""

    site: NDArray[np.uint8]
    triangle: NDArray[np.uint8]
    block: NDArray[np.int32]

    @classmethod
    def fresh(cls, cells: Cells) -> _Scratch:
        return cls(
            np.zeros(len(cells.xy), np.uint8),
            np.zeros(len(cells.triangles), np.uint8),
            np.zeros(len(cells.block_m2), np.int32),
        )


@dataclass(frozen=True, eq=False)
class Land:
    """Cells of a network, or of a part of it, with corners and areas as they are handed out.

    Attributes
    ----------
    cells
        Sites and triangulation in the plane.
    ends
        (m, 2) nodes of each edge, as in `cells`.
    corner
        (t, 2) circumcentres in the network's CRS; `cells.centre` itself if that is a plane.
    area_m2
        (s,) geodesic area of every cell.
    edge_rows, node_rows
        Ascending positions in the network of the edges and nodes of `cells`; None: all.
    idle
        Scratch that no kernel uses now: fresh zeros cost a circle a page fault for each place.
    """

    cells: Cells
    ends: NDArray[np.int32]
    corner: NDArray[np.float64]
    area_m2: NDArray[np.float64]
    edge_rows: NDArray[np.int64] | None = None
    node_rows: NDArray[np.int64] | None = None
    idle: list[_Scratch] = field(default_factory=list)

    def _lent(self) -> _Scratch:
        """Scratch for one kernel, to be given back to `idle`; dropped if the kernel fails."""
        try:
            return self.idle.pop()
        except IndexError:
            return _Scratch.fresh(self.cells)

    def sites(self, parts: EdgeParts, nodes: NDArray[np.int32]) -> NDArray[np.int32]:
        """Distinct road sites, ascending, on these parts of edges and at these nodes.

        Parameters
        ----------
        parts
            Parts of the network's edges.
        nodes
            Positions of nodes in the network.
        """
        edge, place = parts.edge, nodes
        if self.edge_rows is not None and self.node_rows is not None:
            edge = np.searchsorted(self.edge_rows, edge)
            place = np.searchsorted(self.node_rows, nodes).astype(np.int32)
        # numba costs a second at its first import: only who draws circles pays.
        from geo.outline import sites_on  # noqa: PLC0415

        cells, scratch = self.cells, self._lent()
        found = sites_on(
            edge,
            parts.start,
            parts.stop,
            place,
            self.ends,
            cells.edge_start,
            cells.edge_site,
            cells.node_site,
            scratch.site,
        )
        self.idle.append(scratch)
        return np.sort(found)

    def beside(self, edge: int, fraction: float) -> tuple[int, int]:
        """Give the sites before and after a place on an edge.

        Parameters
        ----------
        edge
            Position of an edge in the network.
        fraction
            Where on it; at its end the last step counts.
        """
        if self.edge_rows is not None:
            edge = int(np.searchsorted(self.edge_rows, edge))
        cells = self.cells
        first, last = cells.edge_start[edge : edge + 2].tolist()
        steps = last - first + 1
        step = min(int(fraction * steps), steps - 1)
        u, v = cells.node_site[self.ends[edge]]
        before = u if step == 0 else cells.edge_site[first + step - 1]
        after = v if step == steps - 1 else cells.edge_site[first + step]
        return int(before), int(after)

    def site_at(self, xy: NDArray[np.float64], near: int) -> int:
        """Site in whose cell a place lies.

        Parameters
        ----------
        xy
            (2,) place in the plane.
        near
            Site to look from: each neighbour nearer to the place leads on.
        """
        cells = self.cells
        away = float(((cells.xy[near] - xy) ** 2).sum())
        while True:
            around = cells.site_next[cells.site_start[near] : cells.site_start[near + 1]]
            others = ((cells.xy[around] - xy) ** 2).sum(axis=1)
            k = int(others.argmin())
            if others[k] >= away:
                return near
            near, away = int(around[k]), float(others[k])

    def outline(self, sites: NDArray[np.int32], fill_m2: float) -> Outline:
        """Outline of the cells of these sites and of the blocks that they enclose.

        Parameters
        ----------
        sites
            Distinct road sites, ascending.
        fill_m2
            Largest block to fill, m2 in the plane.
        """
        from geo.outline import rings, with_blocks  # noqa: PLC0415

        cells, scratch = self.cells, self._lent()
        members = with_blocks(
            sites,
            cells.touch_start,
            cells.touch_block,
            cells.block_m2,
            cells.block_border,
            cells.block_start,
            cells.block_guard,
            fill_m2,
            scratch.block,
        )
        found = rings(
            members,
            cells.triangles,
            cells.beyond,
            cells.site_start,
            cells.site_triangle,
            cells.site_next,
            cells.centre,
            scratch.site,
            scratch.triangle,
        )
        self.idle.append(scratch)
        return Outline(members, *found)

    def shape(self, outline: Outline) -> BaseGeometry:
        """(Multi)Polygon in the network's CRS.

        Parameters
        ----------
        outline
            Of this land.
        """
        return self._valid(_assemble(self.corner, outline))

    def plane_shape(self, outline: Outline) -> BaseGeometry:
        """(Multi)Polygon in the network's plane.

        Parameters
        ----------
        outline
            Of this land.
        """
        return self._valid(_assemble(self.cells.centre, outline))

    def _valid(self, shape: BaseGeometry) -> BaseGeometry:
        return shape if self.cells.sure else only_areas(shape)

    def hidden(
        self, parts: EdgeParts, sites: NDArray[np.int32]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Find parts whose first, and whose last, end may lie too far from the cells of its road.

        These are ends more than half a step behind the last site, in a step whose middle is
        hidden by a site that is not reached.

        Parameters
        ----------
        parts
            Parts of the network's edges.
        sites
            Reached sites, ascending, at least one.
        """
        edge = parts.edge
        if self.edge_rows is not None:
            edge = np.searchsorted(self.edge_rows, edge)
        first = self.cells.edge_start[edge] + edge
        steps = self.cells.edge_start[edge + 1] - self.cells.edge_start[edge] + 1
        found = []
        for at, forward in ((parts.start, False), (parts.stop, True)):
            cut = np.flatnonzero((at > 0.0) & (at < 1.0))
            step, over = np.divmod(at[cut] * steps[cut], 1.0)
            far = over > 0.5 if forward else over < 0.5
            site = self.cells.hidden[first[cut] + step.astype(np.int64)]
            near = sites[np.minimum(np.searchsorted(sites, site), len(sites) - 1)]
            found.append(cut[far & (site >= 0) & (near != site)])
        return found[0], found[1]


def site_total(network: Network, step_m: float) -> int:
    """Sites of the whole network before places are merged.

    Parameters
    ----------
    network
        The roads.
    step_m
        Largest distance of two sites along an edge.
    """
    totals = network.kept.setdefault("geo.land.site_total", {})
    if step_m not in totals:
        inner = inner_points(network.planar_m, step_m).sum()
        totals[step_m] = len(network.nodes) + int(inner)
    total: int = totals[step_m]
    return total


def land_of(network: Network, *, step_m: float, off_road_m: float) -> Land:
    """Land of the whole network, made at the first call and kept with the network.

    Parameters
    ----------
    network
        With at least one edge.
    step_m, off_road_m
        As in `geo.cells.build_cells`.
    """
    lands = network.kept.setdefault("geo.land", {})
    key = (step_m, off_road_m)
    if key not in lands:
        cells = build_cells(network.lines, network.node_xy, step_m=step_m, off_road_m=off_road_m)
        while len(lands) >= LANDS_KEPT:
            lands.pop(next(iter(lands)), None)
        lands[key] = _land(network, cells, network.edge_nodes)
    land: Land = lands[key]
    return land


def land_near(
    network: Network, edge: NDArray[np.int64], *, step_m: float, off_road_m: float
) -> Land:
    """Land of the roads in the 2 km squares of these edges and their surroundings.

    The cells of sites on these edges are those of the whole network: guards and neighbours that
    could change them lie within `8 * off_road_m`.

    Parameters
    ----------
    network
        The roads.
    edge
        Positions of the edges that are reached, at least one.
    step_m, off_road_m
        As in `geo.cells.build_cells`.
    """
    margin = 8.0 * max(off_road_m, step_m)
    bounds = shapely.bounds(network.lines[np.unique(edge)])
    low = np.floor((bounds[:, :2] - margin) / SQUARE_M).astype(np.int64)
    high = np.floor((bounds[:, 2:] + margin) / SQUARE_M).astype(np.int64)
    squares = np.unique(
        np.concatenate(
            [
                np.stack(np.meshgrid(np.arange(a, c + 1), np.arange(b, d + 1)), axis=-1).reshape(
                    -1, 2
                )
                for (a, b), (c, d) in np.unique(np.stack((low, high), axis=1), axis=0)
            ]
        ),
        axis=0,
    )
    if "geo.land.tree" not in network.kept:
        network.kept["geo.land.tree"] = shapely.STRtree(network.lines)
    tree: shapely.STRtree = network.kept["geo.land.tree"]
    boxes = shapely.box(*(squares * SQUARE_M).T, *((squares + 1) * SQUARE_M).T)
    edges = np.unique(tree.query(boxes, predicate="intersects")[1]).astype(np.int64)
    nodes = np.unique(network.edge_nodes[edges]).astype(np.int64)
    cells = build_cells(
        network.lines[edges], network.node_xy[nodes], step_m=step_m, off_road_m=off_road_m
    )
    ends = np.searchsorted(nodes, network.edge_nodes[edges]).astype(np.int32)
    return _land(network, cells, ends, edges, nodes)


def _land(
    network: Network,
    cells: Cells,
    ends: NDArray[np.int32],
    edges: NDArray[np.int64] | None = None,
    nodes: NDArray[np.int64] | None = None,
) -> Land:
    corner = cells.centre
    if not network.crs.is_projected:
        x, y = cells.centre.T
        corner = np.column_stack(transform_xy(x, y, network.metric_crs, network.crs))
    scale = areal_scale(network.metric_crs, cells.xy)
    return Land(cells, ends, corner, cells.cell_m2 / scale, edges, nodes)


def _assemble(corner: NDArray[np.float64], outline: Outline) -> BaseGeometry:
    """Polygons from rings: largest shell first, each followed by its holes."""
    start, area, shell = outline.start, outline.area, outline.shell
    if not len(area):
        return shapely.Polygon()
    size = np.where(shell >= 0, area[shell], -np.inf)
    order = np.lexsort((-np.abs(area), area < 0, shell, -size))
    order = order[shell[order] >= 0]
    count = np.diff(start)[order]
    skip = np.cumsum(count) - count
    take = np.repeat(start[order] - skip, count) + np.arange(int(count.sum()))
    ring_start = np.concatenate(([0], np.cumsum(count)))
    shells = np.flatnonzero(area[order] > 0)
    polygon_start = np.append(shells, len(order))
    offsets: tuple[NDArray[np.int64], ...] = (ring_start, polygon_start)
    kind = shapely.GeometryType.POLYGON
    if len(shells) > 1:
        offsets += (np.array([0, len(shells)]),)
        kind = shapely.GeometryType.MULTIPOLYGON
    shape = shapely.from_ragged_array(kind, corner[outline.path[take]], offsets)[0]
    assert isinstance(shape, BaseGeometry)  # noqa: S101 - narrows the type, cannot fail
    return shape
