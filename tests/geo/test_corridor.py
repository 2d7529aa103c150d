import numpy as np
import pytest
import shapely

from geo.corridor import Reached, corridor, cut_lines

STREET = shapely.LineString([(0, 0), (60, 0), (60, 40)])


def reached(roads=(), leg=((0, 0), (0, 0)), places=(), left_m=()):
    return Reached(
        np.array([*roads, None], object)[:-1],
        np.array(leg, float),
        np.array(places, float).reshape(-1, 2),
        np.array(left_m, float),
    )


def test_lines_are_cut_at_fractions_of_their_length():
    parts = cut_lines(np.array([STREET] * 3), np.array([0, 0.5, 0]), np.array([1, 0.7, 0.2]))
    assert parts[0] is STREET
    assert [part.length for part in parts] == pytest.approx([100, 20, 20])
    assert shapely.get_coordinates(parts[1]).tolist() == [[50, 0], [60, 0], [60, 10]]


def test_parts_of_no_length_are_left_out():
    assert len(cut_lines(np.array([STREET]), np.array([0.4]), np.array([0.4]))) == 0


def test_strips_end_flat_and_discs_end_with_the_walk():
    shape = corridor(reached([STREET], places=[(0, 0)], left_m=[3.0]), 10.0)
    assert shape.bounds == pytest.approx((-3, -10, 70, 40))


def test_leg_is_a_strip_too():
    shape = corridor(reached(leg=((0, 0), (0, 50)), places=[(0, 0)], left_m=[100.0]), 5.0)
    assert shape.bounds == pytest.approx((-5, -5, 5, 50))


def test_nothing_reached_is_empty():
    assert corridor(reached(places=[(0, 0)], left_m=[-1.0]), 5.0).is_empty
