import numpy as np
import pytest
import shapely

from geo.cells import build_cells, inner_points


def cells_of(*lines, off_road_m=60.0, step_m=10.0):
    shapes = np.array([shapely.LineString(xy) for xy in lines], object)
    nodes = np.unique(np.array([xy[k] for xy in lines for k in (0, -1)], float), axis=0)
    return build_cells(shapes, nodes, step_m=step_m, off_road_m=off_road_m)


def square(side):
    return [(0, 0), (side, 0), (side, side), (0, side), (0, 0)]


@pytest.mark.parametrize(("length", "count"), [(0, 0), (9.9, 0), (10, 0), (10.1, 1), (95, 9)])
def test_steps_are_no_longer_than_asked(length, count):
    assert inner_points(np.array([length]), 10.0).tolist() == [count]


def test_sites_stand_at_equal_steps_within_the_jitter():
    cells = cells_of([(0, 0), (40, 0)])
    road = cells.xy[np.concatenate((cells.node_site, cells.edge_site))]
    assert np.sort(road[:, 0]) == pytest.approx([0, 10, 20, 30, 40], abs=0.031)
    assert np.abs(road[:, 1]).max() <= 0.03
    assert (~cells.guard).sum() == 5


def test_places_equal_to_a_centimetre_are_one_site():
    cells = cells_of([(0, 0), (20, 0)], [(10.003, 0), (10.003, 30)])
    assert (~cells.guard).sum() == 6
    assert cells.edge_site[0] in cells.node_site


def test_every_triangle_turns_left_and_every_neighbour_agrees():
    cells = cells_of([(0, 0), (200, 30)], [(0, 100), (150, 110), (160, 300)])
    a, b, c = (cells.xy[cells.triangles[:, k]] for k in range(3))
    assert (((b - a)[:, 0] * (c - a)[:, 1] - (b - a)[:, 1] * (c - a)[:, 0]) > 0).all()
    for t, row in enumerate(cells.beyond):
        for k in np.flatnonzero(row >= 0):
            shared = set(np.delete(cells.triangles[t], k))
            assert shared < set(cells.triangles[row[k]])
            assert t in cells.beyond[row[k]]


def test_circumcentres_are_equally_far_from_all_corners():
    cells = cells_of([(0, 0), (200, 30)])
    mixed = ~cells.guard[cells.triangles].all(axis=1)
    away = [
        np.hypot(*(cells.xy[cells.triangles[mixed, k]] - cells.centre[mixed]).T) for k in range(3)
    ]
    assert away[0] == pytest.approx(away[1], rel=1e-9)
    assert away[0] == pytest.approx(away[2], rel=1e-9)


def test_cell_of_a_straight_road_is_a_strip_to_both_sides():
    cells = cells_of([(0, 0), (200, 0)])
    middle = cells.edge_site[9]
    assert cells.cell_m2[middle] == pytest.approx(10 * 120, rel=0.03)


def test_areas_are_those_of_the_voronoi_cells():
    cells = cells_of(square(300), [(0, 300), (120, 420)])
    polygons = np.array(shapely.voronoi_polygons(shapely.MultiPoint(cells.xy)).geoms)
    points, own = shapely.STRtree(polygons).query(shapely.points(cells.xy), predicate="within")
    inner = ~cells.guard[points]
    assert cells.cell_m2[points[inner]] == pytest.approx(shapely.area(polygons[own[inner]]))
    yard = int(np.argmin(cells.block_m2))
    guards = cells.block_guard[cells.block_start[yard] : cells.block_start[yard + 1]]
    assert ((cells.xy[guards] > 100) & (cells.xy[guards] < 200)).all()
    assert cells.block_m2[yard] == pytest.approx(shapely.area(polygons[own[guards]]).sum())


def test_small_yard_has_no_block():
    assert cells_of(square(200)).block_m2.tolist() == [np.inf]


def test_border_of_a_block_counts_the_road_sites_that_touch_it():
    cells = cells_of(square(300))
    for block, border in enumerate(cells.block_border):
        touching = np.flatnonzero(
            [
                block in cells.touch_block[cells.touch_start[s] : cells.touch_start[s + 1]]
                for s in range(len(cells.xy))
            ]
        )
        assert border == len(touching) > 0
        assert not cells.guard[touching].any()


def test_order_of_roads_changes_only_the_numbering_of_their_sites():
    lines = [[(0, 0), (200, 30)], [(0, 100), (150, 110)], [(40, -50), (60, 300)]]
    one, two = cells_of(*lines), cells_of(*reversed(lines))
    for name in ("xy", "guard", "triangles", "beyond", "centre", "cell_m2", "block_m2"):
        assert np.array_equal(getattr(one, name), getattr(two, name))


def test_negative_and_large_coordinates_are_fine():
    shift = np.array([-38_500_000.0, 4_000_000.0])
    far = cells_of([tuple(shift), (shift[0] + 100, shift[1])])
    assert np.abs(far.xy[~far.guard] - shift).max() < 100.1
