"""Places along a line."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.along import length_along_m, positions_m, stretch
from geo.errors import GeometryError, InputError
from geo.geodesy import GRS80

EAST = shapely.LineString([(113.0, 36.5), (113.01, 36.5), (113.02, 36.5)])
TWO = shapely.MultiLineString([[(113.0, 36.5), (113.01, 36.5)], [(113.02, 36.5), (113.03, 36.5)]])
STEP = GRS80.inv(113.0, 36.5, 113.01, 36.5)[2]


def test_a_line_is_as_long_as_its_segments():
    assert length_along_m(EAST) == pytest.approx(2 * STEP)


def test_what_lies_between_two_stretches_does_not_count():
    assert length_along_m(TWO) == pytest.approx(2 * STEP)
    at = positions_m(TWO, np.array([[113.025, 36.5]]))
    assert at[0] == pytest.approx(1.5 * STEP)


def test_a_point_beside_the_line_is_measured_at_its_foot():
    beside = np.array([[113.005, 36.501], [112.9, 36.5], [114.0, 36.5]])
    assert positions_m(EAST, beside) == pytest.approx([STEP / 2, 0.0, 2 * STEP])


def test_no_points_have_no_positions():
    assert positions_m(EAST, np.empty((0, 2))).shape == (0,)


def test_a_stretch_keeps_the_bends_between_its_ends():
    part = stretch(EAST, STEP / 2, 1.5 * STEP)
    assert shapely.get_coordinates(part)[:, 0] == pytest.approx([113.005, 113.01, 113.015])


def test_a_stretch_across_a_gap_is_in_two():
    part = stretch(TWO, STEP / 2, 1.5 * STEP)
    assert part.geom_type == "MultiLineString"
    assert len(part.geoms) == 2


def test_beyond_the_ends_is_the_end():
    assert stretch(EAST, -5.0, 1e9).equals(EAST)


def test_nothing_lies_between_one_place_and_itself():
    assert stretch(EAST, 10.0, 10.0).is_empty


def test_places_out_of_order_are_refused():
    with pytest.raises(InputError) as caught:
        stretch(EAST, 2.0, 1.0)
    assert caught.value.code == "not_in_order"


@pytest.mark.parametrize(
    "shape", [shapely.Point(113, 36), shapely.LineString(), shapely.box(113, 36, 114, 37)]
)
def test_only_lines_with_a_length_are_measured(shape):
    with pytest.raises(GeometryError) as caught:
        length_along_m(shape)
    assert caught.value.code == "not_a_line"


@given(st.floats(0, 1), st.floats(0, 1))
def test_stretches_add_up(one, other):
    low, high = sorted((one * 2 * STEP, other * 2 * STEP))
    pieces = [stretch(EAST, 0, low), stretch(EAST, low, high), stretch(EAST, high, 2 * STEP)]
    total = sum(length_along_m(piece) for piece in pieces if piece.length)
    assert total == pytest.approx(2 * STEP, abs=1e-3)
