import numpy as np
import pytest

from geo.areas import geodesic_m2
from geo.land import land_near, land_of, site_total
from geo.network import from_edges
from geo.search import EdgeParts
from tests.build import ORIGIN, edges, grid

SIZE = {"step_m": 10.0, "off_road_m": 60.0}


def parts(edge, start, stop):
    return EdgeParts(np.array([edge]), np.array([start], float), np.array([stop], float))


def no_nodes():
    return np.zeros(0, np.int32)


def test_site_total_counts_nodes_and_inner_points():
    assert site_total(grid(), 10.0) == 9 + 12 * 9


def test_land_is_kept_with_the_network():
    network = grid()
    assert land_of(network, **SIZE) is land_of(network, **SIZE)
    assert land_of(network, **SIZE) is not land_of(grid(), **SIZE)


def test_part_of_an_edge_holds_the_sites_on_it_ends_included():
    land = land_of(grid(), **SIZE)
    assert len(land.sites(parts(0, 0.0, 0.25), no_nodes())) == 3
    assert len(land.sites(parts(0, 0.2, 0.3), no_nodes())) == 2
    assert len(land.sites(parts(0, 0.21, 0.29), no_nodes())) == 0
    assert len(land.sites(parts(0, 0.0, 1.0), no_nodes())) == 11
    assert len(land.sites(parts(0, 0.95, 1.0), np.array([0], np.int32))) == 2


@pytest.mark.parametrize(("fraction", "metres"), [(0.0, 0), (0.34, 30), (0.3001, 30), (1.0, 90)])
def test_a_place_on_an_edge_lies_between_two_sites(fraction, metres):
    land = land_of(grid(), **SIZE)
    ends = land.cells.xy[list(land.beside(0, fraction))] - ORIGIN
    np.testing.assert_allclose(ends, [(metres, 0), (metres + 10, 0)], atol=0.05)


def test_the_site_of_a_place_is_the_nearest_of_all_wherever_one_looks_from():
    land = land_of(grid(), **SIZE)
    rng = np.random.default_rng(3)
    roads = np.flatnonzero(~land.cells.guard)
    for place in rng.uniform(-50, 250, (50, 2)) + ORIGIN:
        nearest = int(np.hypot(*(land.cells.xy - place).T).argmin())
        assert land.site_at(place, int(rng.choice(roads))) == nearest


def test_outline_has_the_area_of_its_cells():
    land = land_of(grid(), **SIZE)
    outline = land.outline(land.sites(parts(0, 0.0, 0.5), no_nodes()), 0.0)
    area_m2 = land.area_m2[outline.members].sum()
    assert area_m2 == pytest.approx(geodesic_m2(land.shape(outline), grid().crs), rel=1e-6)
    assert land.shape(outline).equals(land.plane_shape(outline))


def test_hidden_are_ends_beside_a_site_of_a_crossing_road():
    bridge = (90, 91, [(43, -60), (43, 60)])
    network = from_edges(edges([(0, 1, [(0, 0), (100, 0)]), bridge]))
    land = land_of(network, **SIZE)
    for start, stop, found in ((0, 0.495, (0, 1)), (0.41, 1, (1, 0)), (0, 0.2, (0, 0))):
        part = parts(0, start, stop)
        assert tuple(map(len, land.hidden(part, land.sites(part, no_nodes())))) == found


def test_land_near_some_roads_leaves_far_ones_out():
    network = grid(60, 2)
    some = parts(0, 0.0, 1.0)
    near = land_near(network, some.edge, **SIZE)
    assert near.edge_rows is not None
    assert 0 < len(near.edge_rows) < len(network.edges)
    whole = land_of(network, **SIZE)
    shapes = [x.shape(x.outline(x.sites(some, no_nodes()), 0.0)) for x in (near, whole)]
    assert shapes[0].normalize().equals_exact(shapes[1].normalize(), 1e-6)
