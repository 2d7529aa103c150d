"""Paper and scale."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from webmap.printing.errors import SheetError
from webmap.printing.items import Box
from webmap.printing.page import SCALES, Page, choose_scale, clipped, largest_scale


def page(scale: int = 10_000) -> Page:
    return Page(
        paper="A3",
        width=420,
        height=297,
        frame=Box(10, 20, 200, 100),
        scale=scale,
        centre=(500_000.0, 4_000_000.0),
    )


def test_the_frame_centre_is_the_map_centre():
    assert page().to_mm(np.array([[500_000.0, 4_000_000.0]])).tolist() == [[110, 70]]


def test_a_kilometre_north_is_up_by_a_thousand_over_scale():
    assert page().to_mm(np.array([[500_000.0, 4_001_000.0]])).tolist() == [[110, -30]]


@given(st.integers(500, 500_000), st.floats(-1e5, 1e5), st.floats(-1e5, 1e5))
def test_scale_is_the_same_in_x_and_y(scale, east, north):
    moved = page(scale).to_mm(np.array([[500_000.0 + east, 4_000_000.0 + north]]))[0]
    assert np.allclose(moved - (110, 70), np.array([east, -north]) * 1000 / scale)


def test_roads_grow_with_the_scale_and_keep_bounds():
    assert page(180_000).road_factor == 1.0
    assert page(25_000).road_factor == pytest.approx(2**0.5)
    assert page(1_000).road_factor == 1.9


def test_extent_is_the_frame_in_metres():
    assert page().extent == (499_000.0, 3_999_500.0, 501_000.0, 4_000_500.0)


def test_shapes_move_like_points():
    moved = page().shapes(np.array([shapely.Point(500_100.0, 4_000_000.0, 800.0)]))
    assert moved[0].coords[0] == (120, 70)


def test_scales_run_from_2000_to_200000_in_the_agreed_steps():
    assert SCALES[:4] == (2_000, 2_500, 3_000, 4_000)
    assert {12_000, 15_000, 18_000, 180_000} <= set(SCALES)
    assert SCALES[-1] == 200_000
    assert list(SCALES) == sorted(set(SCALES))


def test_the_largest_scale_is_the_smallest_denominator_that_fits():
    assert largest_scale((0, 0, 48_800, 39_600), Box(0, 0, 272, 221)) == 180_000


def test_a_scale_that_exactly_fits_is_taken():
    assert choose_scale((0, 0, 2_000, 10), Box(0, 0, 200, 100), asked=10_000, paper="A3") == 10_000


def test_too_large_a_scale_is_refused_and_names_the_largest_that_fits():
    with pytest.raises(SheetError, match="1:12,000") as caught:
        choose_scale((0, 0, 2_300, 10), Box(0, 0, 200, 100), asked=10_000, paper="A3")
    assert caught.value.code == "scale_too_large"


def test_what_fits_no_scale_asks_for_larger_paper():
    with pytest.raises(SheetError, match="--paper"):
        choose_scale((0, 0, 1e6, 10), Box(0, 0, 200, 100), asked=None, paper="A3")


def test_a_scale_below_one_is_refused():
    with pytest.raises(SheetError, match="大于 0"):
        choose_scale((0, 0, 1, 1), Box(0, 0, 200, 100), asked=0, paper="A3")


def test_nothing_leaves_the_frame():
    line = shapely.LineString([(-100, 50), (500, 50)])
    assert clipped(np.array([line]), Box(10, 20, 200, 100))[0].bounds == (10, 50, 210, 50)
