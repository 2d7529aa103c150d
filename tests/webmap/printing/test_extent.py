"""Plane and extent of a sheet."""

import pytest

from tests.webmap.printing.build import picture, small_picture, town_picture
from webmap.printing.extent import map_bounds, map_crs


def test_the_county_is_drawn_in_its_zone():
    assert map_crs(small_picture()).to_epsg() == 4547


def test_a_town_far_away_is_drawn_in_a_plane_of_its_own():
    assert map_crs(town_picture()).to_epsg() is None
    assert "8.680000E" in map_crs(town_picture()).name


def test_the_divisions_decide_the_extent():
    answer = small_picture()
    west, south, east, north = map_bounds(answer, map_crs(answer))
    assert east - west == pytest.approx(3580, abs=60)
    assert north - south == pytest.approx(4438, abs=60)


def test_without_divisions_points_and_circles_decide_not_the_roads():
    answer = town_picture()
    west, _, east, _ = map_bounds(answer, map_crs(answer))
    assert east - west < 5_500


def test_an_empty_picture_has_no_extent():
    assert map_bounds(picture(), map_crs(picture())) is None
