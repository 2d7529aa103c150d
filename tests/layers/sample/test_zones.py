"""Cells that tile the county."""

import numpy as np
import shapely
from pyproj import Geod

from layers.facts import outline
from layers.sample.zones import zones

SOUTH, NORTH = ("a", "south"), ("b", "north")
PAIR = np.array([(0.0, -5_000.0), (0.0, 5_000.0)])


def test_two_villages_share_the_county_along_their_bisector():
    south, north = zones(PAIR, [SOUTH, NORTH])
    assert (south.now, north.now) == ("south", "north")
    assert south.polygon.bounds[3] == north.polygon.bounds[1] == 36.55


def test_the_pieces_share_their_vertices_and_fill_the_outline():
    found = zones(PAIR, [SOUTH, NORTH])
    parts = [zone.polygon for zone in found]
    assert shapely.coverage_is_valid(parts)
    rest = shapely.symmetric_difference(shapely.coverage_union_all(parts), outline())
    assert abs(Geod(ellps="GRS80").geometry_area_perimeter(rest)[0]) < 1_000


def test_ground_in_two_pieces_is_refused():
    row = np.array([(-9_000.0, 0.0), (0.0, 0.0), (9_000.0, 0.0)])
    assert zones(row, [SOUTH, NORTH, SOUTH]) is None


def test_every_coordinate_has_six_decimals():
    found = zones(np.array([(0.0, -5_000.0), (700.0, 5_000.0)]), [SOUTH, NORTH])
    places = shapely.get_coordinates([zone.polygon for zone in found])
    assert (places == np.round(places, 6)).all()
