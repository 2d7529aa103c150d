"""The made-up relief."""

import numpy as np

from layers.sample.terrain import Terrain

PLACES = np.column_stack([np.linspace(-27e3, 21e3, 400), np.linspace(-17e3, 21e3, 400)])


def test_heights_run_from_valley_to_ridge():
    height = Terrain(7).height(PLACES)
    assert 0 <= height.min() < 0.15
    assert 0.6 < height.max() <= 1


def test_the_ground_has_no_steps():
    near = Terrain(7).height(PLACES) - Terrain(7).height(PLACES + 1.0)
    assert np.abs(near).max() < 0.01


def test_another_seed_is_another_relief():
    assert not np.allclose(Terrain(7).height(PLACES), Terrain(8).height(PLACES))
