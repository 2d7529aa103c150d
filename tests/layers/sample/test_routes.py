"""Roads between villages."""

import numpy as np
import pytest

from geo.errors import InputError
from layers.sample.draws import Draws
from layers.sample.mesh import Ground, open_ground
from layers.sample.routes import _Walk, routes
from layers.sample.streets import village_net
from layers.sample.terrain import Terrain

CENTRES = [(x, y) for x in (-4_000.0, -500.0, 3_000.0) for y in (-3_000.0, 400.0, 3_800.0)]


@pytest.fixture(scope="module")
def nets():
    draws = Draws(7, "nets")
    return [
        village_net(draws, np.array(at), 60_000 + 9_000 * k, 400.0) for k, at in enumerate(CENTRES)
    ]


@pytest.fixture(scope="module")
def ground(nets):
    return open_ground(Draws(7, "mesh"), nets, Terrain(7))


@pytest.fixture(scope="module")
def found(nets, ground):
    return routes(Draws(7, "roads"), nets, ground, Terrain(7))


def reached(links, net_of):
    """Nets that hang together by these links."""
    part = {int(at): int(at) for at in np.unique(links)}

    def root(at):
        while part[at] != at:
            at = part[at]
        return at

    first = {}
    for a, b in links.tolist():
        part[root(a)] = root(b)
    for at in part:
        if net_of[at] >= 0:
            k = first.setdefault(int(net_of[at]), at)
            part[root(at)] = root(k)
    return len({root(at) for at in part})


def test_every_village_is_joined_by_the_tree_alone(found, ground):
    tree = found.links[~found.minor]
    assert set(ground.net_of[tree.ravel()]) - {-1} == set(range(9))
    assert reached(tree, ground.net_of) == 1


def test_there_are_more_ways_than_the_tree(found):
    assert 0 < found.minor.sum() < len(found.minor)


def test_a_village_has_one_to_three_ways_out(found, ground, nets):
    ends = np.unique(found.links)
    largest = max(range(9), key=lambda k: len(nets[k].xy))
    doors = np.bincount(ground.net_of[ends][ground.net_of[ends] >= 0], minlength=9)
    assert doors.min() >= 1
    assert np.delete(doors, largest).max() <= 3


def test_a_village_that_is_shut_in_is_a_seed_that_does_not_work(nets, ground):
    open_link = (ground.net_of[ground.links] != 4).all(axis=1)
    shut = Ground(ground.xy, ground.net_of, ground.links[open_link], ground.cost[open_link])
    with pytest.raises(InputError) as caught:
        routes(Draws(7, "roads"), nets, shut, Terrain(7))
    assert caught.value.code == "sample_seed"


def test_the_cheapest_way_changes_once_a_road_is_there():
    # 0-1-3 costs 20, 0-2-3 costs 22: a road on 0-2 makes it the cheaper one.
    links = np.array([(0, 1), (1, 3), (0, 2), (2, 3)])
    walk = _Walk(4, links, np.array([10.0, 10.0, 11.0, 11.0]))
    assert walk.route(0, 3) == [1, 0]
    walk.share(2)
    assert walk.route(0, 3) == [3, 2]
