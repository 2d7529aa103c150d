import numpy as np
import pytest
import shapely

from geo.outline import rings, sites_on, with_blocks
from tests.geo.test_cells import cells_of, square


def ringed(cells, sites):
    inside = np.zeros(len(cells.xy), np.uint8)
    seen = np.zeros(len(cells.triangles), np.uint8)
    answer = rings(
        sites,
        cells.triangles,
        cells.beyond,
        cells.site_start,
        cells.site_triangle,
        cells.site_next,
        cells.centre,
        inside,
        seen,
    )
    assert not inside.any()
    assert not seen.any()
    return answer


def filled(cells, sites, fill_m2):
    met = np.zeros(len(cells.block_m2), np.int32)
    answer = with_blocks(
        sites, cells.touch_start, cells.touch_block, cells.block_m2, cells.block_border,
        cells.block_start, cells.block_guard, fill_m2, met,
    )  # fmt: skip
    assert not met.any()
    return answer


def test_sites_of_parts_and_nodes_are_found_once_each():
    cells = cells_of([(0, 0), (40, 0)], [(40, 0), (40, 30)])
    inside = np.zeros(len(cells.xy), np.uint8)
    found = sites_on(
        np.array([0, 1]),
        np.array([0.5, 0.0]),
        np.array([1.0, 0.4]),
        np.array([1], np.int32),
        np.array([[0, 1], [1, 2]], np.int32),
        cells.edge_start,
        cells.edge_site,
        cells.node_site,
        inside,
    )
    assert np.sort(np.rint(cells.xy[found]).sum(axis=1)).tolist() == [20, 30, 40, 50]
    assert not inside.any()


def test_ring_of_one_site_is_its_voronoi_cell():
    cells = cells_of([(0, 0), (100, 0)])
    site = cells.edge_site[4:5]
    path, start, area, shell = ringed(cells, site)
    assert start.tolist() == [0, len(path)]
    assert path[0] == path[-1]
    assert shell.tolist() == [0]
    assert area[0] == pytest.approx(cells.cell_m2[site[0]], rel=1e-9)
    own = shapely.Polygon(cells.centre[path])
    everything = shapely.voronoi_polygons(shapely.MultiPoint(cells.xy))
    theirs = next(p for p in everything.geoms if p.contains(shapely.Point(cells.xy[site[0]])))
    assert own.symmetric_difference(theirs).area < 1e-6


def test_two_sites_apart_have_two_rings_and_a_frame_has_a_hole():
    cells = cells_of([(0, 0), (100, 0)])
    _, start, area, _ = ringed(cells, np.sort(cells.edge_site[[1, 6]]))
    assert len(start) == 3
    assert (area > 0).all()
    yard = cells_of(square(300))
    _, _, area, shell = ringed(yard, np.flatnonzero(~yard.guard).astype(np.int32))
    assert (area < 0).sum() == 1
    hole, outer = int(np.argmin(area)), int(np.argmax(area))
    assert shell[hole] == outer


def test_hole_goes_to_the_smallest_shell_round_it():
    cells = cells_of(square(1600), [tuple(np.add(p, 650)) for p in square(300)])
    _, _, area, shell = ringed(cells, np.flatnonzero(~cells.guard).astype(np.int32))
    assert len(area) == 4
    small = np.argsort(np.abs(area))
    assert shell[small[0]] == small[1]
    assert area[small[0]] < 0 < area[small[1]]


def test_block_joins_only_when_all_its_border_is_in_and_it_is_small_enough():
    cells = cells_of(square(300))
    roads = np.flatnonzero(~cells.guard).astype(np.int32)
    assert len(filled(cells, roads, 40_000.0)) > len(roads)
    assert np.array_equal(filled(cells, roads, 10_000.0), roads)
    touching = next(s for s in roads if cells.touch_start[s + 1] - cells.touch_start[s] == 2)
    assert len(filled(cells, roads[roads != touching], 40_000.0)) == len(roads) - 1
