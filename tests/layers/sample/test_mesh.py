"""The ground that roads may follow."""

import numpy as np
import pytest
import shapely

from layers.sample.draws import Draws
from layers.sample.mesh import open_ground
from layers.sample.plane import outline_plane
from layers.sample.streets import village_net
from layers.sample.terrain import Terrain


@pytest.fixture(scope="module")
def nets():
    draws = Draws(7, "nets")
    centres = np.array([(0.0, 0.0), (2_500.0, 400.0), (800.0, 2_900.0), (-700.0, -300.0)])
    return [village_net(draws, centre, 150_000, 300.0) for centre in centres]


@pytest.fixture(scope="module")
def ground(nets):
    return open_ground(Draws(7, "mesh"), nets, Terrain(7))


@pytest.fixture(scope="module")
def lines(ground):
    return shapely.linestrings(ground.xy[ground.links])


def test_links_meet_only_at_their_ends(lines):
    assert shapely.STRtree(lines).query(lines, predicate="crosses").size == 0


def test_links_keep_off_the_streets_but_at_their_own_crossing(ground, nets, lines):
    streets = np.concatenate([shapely.linestrings(net.xy[net.ends]) for net in nets])
    link, street = shapely.STRtree(streets).query(lines, predicate="intersects")
    shared = shapely.intersection(lines[link], streets[street])
    assert set(shapely.get_type_id(shared)) <= {0}
    corners = shapely.multipoints(np.vstack([net.xy for net in nets]))
    assert shapely.distance(shared, corners).max() < 1e-6
    assert (ground.net_of[ground.links[np.unique(link)]] >= 0).any(axis=1).all()


def test_no_link_joins_two_crossings_of_one_net(ground):
    a, b = ground.net_of[ground.links].T
    assert not ((a == b) & (a >= 0)).any()


def test_links_stay_in_the_county(lines):
    assert shapely.contains_properly(outline_plane(), lines).all()


def test_a_link_costs_at_least_its_length(ground, lines):
    assert (ground.cost >= np.floor(100 * shapely.length(lines))).all()
    assert (ground.cost == np.floor(ground.cost)).all()
