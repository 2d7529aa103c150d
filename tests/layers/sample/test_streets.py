"""Street nets of villages and of the town."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from layers.sample.draws import Draws
from layers.sample.streets import town_net, village_net

CENTRE = np.array([1_000.0, -2_000.0])
SEEDS = st.integers(0, 10_000)


def parts(net):
    count = len(net.xy)
    graph = coo_array((np.ones(len(net.ends)), net.ends.T), shape=(count, count))
    return connected_components(graph, directed=False)[0]


def lengths_m(net):
    return np.sqrt(((net.xy[net.ends[:, 0]] - net.xy[net.ends[:, 1]]) ** 2).sum(axis=1))


@given(SEEDS, st.floats(9_000, 500_000), st.floats(130, 600))
def test_a_village_is_one_piece_with_blocks_of_60_to_150_m(seed, area_m2, reach_m):
    net = village_net(Draws(seed, "roads"), CENTRE, area_m2, reach_m)
    assert parts(net) == 1
    assert 60 <= lengths_m(net).min() <= lengths_m(net).max() <= 150


@given(SEEDS, st.floats(9_000, 500_000))
def test_the_villages_point_lies_on_a_street_corner(seed, area_m2):
    net = village_net(Draws(seed, "roads"), CENTRE, area_m2, 400.0)
    assert np.sqrt(((net.xy - CENTRE) ** 2).sum(axis=1)).min() < 16


@given(SEEDS, st.floats(280, 600))
def test_two_large_neighbours_keep_their_streets_apart(seed, near_m):
    net = village_net(Draws(seed, "roads"), CENTRE, 1e6, near_m)
    assert np.sqrt(((net.xy - CENTRE) ** 2).sum(axis=1)).max() < near_m + 40


def test_more_people_have_more_streets():
    draws = [Draws(5, "roads") for _ in range(2)]
    small = village_net(draws[0], CENTRE, 20_000, 600.0)
    large = village_net(draws[1], CENTRE, 300_000, 600.0)
    assert len(large.ends) > 4 * len(small.ends)


def test_villages_have_dead_ends():
    nets = [village_net(Draws(seed, "roads"), CENTRE, 100_000, 400.0) for seed in range(20)]
    dead = [np.count_nonzero(np.bincount(net.ends.ravel()) == 1) for net in nets]
    assert np.count_nonzero(dead) > 10


@pytest.fixture(scope="module", params=range(4))
def town(request):
    return town_net(Draws(request.param, "roads"), CENTRE)


def test_the_town_is_one_grid_of_about_six_square_kilometres(town):
    assert parts(town) == 1
    hull = town.xy - CENTRE
    # As many blocks as crossings, near enough; the mean block is 112.5 m a side.
    assert 5.0 < len(town.xy) * 112.5**2 / 1e6 < 7.0
    assert 60 <= lengths_m(town).min() <= lengths_m(town).max() <= 150
    assert np.abs(hull).max() < 1_900


def test_main_streets_run_through_and_two_lanes_are_one_way(town):
    assert set(town.rank) == {0, 1, 2}
    assert set(town.one_way) == {-1, 0, 1}
    assert (town.rank[town.one_way != 0] == 0).all()
    assert len(set(town.street[town.rank == 2])) == 2
