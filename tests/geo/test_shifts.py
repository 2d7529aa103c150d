import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from geo.shifts import (
    axes_swapped,
    gcj02_from_bd09,
    gcj02_from_wgs84,
    looks_like_gcj02,
    wgs84_from_gcj02,
)

RNG = np.random.default_rng(7)
KNOWN = np.column_stack((RNG.uniform(112.8, 113.2, 20), RNG.uniform(36.4, 36.7, 20)))


def test_the_shift_is_the_published_one():
    lon, lat = gcj02_from_wgs84(np.array([116.404]), np.array([39.915]))
    np.testing.assert_allclose([lon[0], lat[0]], [116.41024449916938, 39.91640428150164], atol=1e-9)


def test_places_abroad_are_not_shifted():
    lon, lat = gcj02_from_wgs84(np.array([8.67, 139.7]), np.array([49.4, 35.7]))
    assert lon.tolist() == [8.67, 139.7]
    assert lat.tolist() == [49.4, 35.7]


@given(st.floats(74, 135), st.floats(18, 53))
def test_undoing_the_shift_gives_the_place_back(lon, lat):
    shifted = gcj02_from_wgs84(np.array([lon]), np.array([lat]))
    back = wgs84_from_gcj02(*shifted)
    np.testing.assert_allclose(np.ravel(back), [lon, lat], atol=1e-9)


def test_shifted_places_are_recognised():
    shifted = np.column_stack(gcj02_from_wgs84(*KNOWN.T))
    assert looks_like_gcj02(KNOWN, shifted + RNG.normal(0, 1e-4, shifted.shape))


def test_true_places_and_other_errors_are_not_taken_for_the_shift():
    assert not looks_like_gcj02(KNOWN, KNOWN)
    assert not looks_like_gcj02(KNOWN, KNOWN - 0.006)


def test_nine_places_are_too_few_to_say():
    shifted = np.column_stack(gcj02_from_wgs84(*KNOWN.T))
    assert not looks_like_gcj02(KNOWN[:9], shifted[:9])
    shifted[9:] = np.nan
    assert not looks_like_gcj02(KNOWN, shifted)


def test_swapped_axes_are_recognised_in_china_and_where_degrees_fail():
    x = np.array([113.0, 36.5, 49.4, 8.67, np.nan, 35.7])
    y = np.array([36.5, 113.0, 8.67, 49.4, 1.0, 139.7])
    assert axes_swapped(x, y).tolist() == [False, True, False, False, False, True]


def test_a_place_of_bd09_comes_back_to_gcj02():
    # The pair that converters of both systems publish as their example.
    lon, lat = gcj02_from_bd09(np.array([116.404]), np.array([39.915]))
    assert (lon[0], lat[0]) == pytest.approx((116.397627, 39.908657), abs=1e-5)
