"""Points of villages."""

import numpy as np
import pytest

from geo.errors import InputError
from layers.sample.draws import Draws
from layers.sample.plane import seat_plane, to_lonlat, to_plane
from layers.sample.terrain import Terrain
from layers.sample.villages import village_points

RELIEF = Terrain(7)


@pytest.fixture(scope="module")
def found():
    return village_points(Draws(7, "x"), RELIEF, 200)


def test_points_are_places_of_the_lattice(found):
    assert np.array_equal(to_plane(to_lonlat(found)), found)


def test_the_town_has_room_for_its_streets(found):
    assert np.sqrt(((found - seat_plane()) ** 2).sum(axis=1)).min() >= 2_150


def test_villages_lie_in_the_valleys(found):
    anywhere = np.column_stack([np.linspace(-27e3, 21e3, 999), np.linspace(-17e3, 21e3, 999)])
    assert np.median(RELIEF.height(found)) < 0.8 * np.median(RELIEF.height(anywhere))


def test_too_many_villages_are_refused():
    with pytest.raises(InputError) as caught:
        village_points(Draws(7, "x"), RELIEF, 2_000)
    assert (caught.value.code, caught.value.where) == ("sample_seed", "seed")
