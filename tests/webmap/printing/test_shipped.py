"""The outlines that come with the program."""

from tests.webmap.printing.build import county_picture, small_picture
from webmap.printing.shipped import shipped_neighbours


def test_the_county_they_surround_has_its_six_neighbours():
    found = shipped_neighbours(county_picture())
    assert len(found) == 6
    assert {"code", "name", "geometry"} <= set(found.columns)


def test_another_county_has_none():
    assert shipped_neighbours(small_picture()) is None
