import numpy as np
import pyproj
import pytest
import shapely

from geo.areas import areal_scale, geodesic_m2, only_areas
from geo.crs import local_tm_crs
from tests.build import ORIGIN


def test_crossing_outline_is_repaired_to_areas():
    bow_tie = shapely.Polygon([(0, 0), (2, 2), (2, 0), (0, 2)])
    repaired = only_areas(bow_tie)
    assert repaired.is_valid
    assert repaired.geom_type in {"Polygon", "MultiPolygon"}
    fine = shapely.box(0, 0, 1, 1)
    assert only_areas(fine) is fine


def test_area_is_geodesic_in_degrees_and_in_a_plane():
    degrees, plane = pyproj.CRS.from_epsg(4490), pyproj.CRS.from_epsg(4547)
    x, y = ORIGIN
    field = shapely.box(x, y, x + 1000, y + 1000).difference(
        shapely.box(x + 400, y + 400, x + 500, y + 500)
    )
    assert geodesic_m2(field, plane) == pytest.approx(990_000, rel=1e-6)
    lonlat = pyproj.Transformer.from_crs(plane, degrees, always_xy=True)
    there = shapely.transform(field, lambda xy: np.column_stack(lonlat.transform(*xy.T)))
    assert geodesic_m2(there, degrees) == pytest.approx(990_000, rel=1e-6)
    assert geodesic_m2(shapely.Polygon(), degrees) == 0.0


def test_scale_of_areas_is_that_of_small_squares_wherever_they_lie():
    plane = local_tm_crs(113.0)
    places = np.array([(0.0, 4.0e6), (250_000.0, 4.1e6), (-3_000.0, 4.05e6)])
    for place, scale in zip(places, areal_scale(plane, places), strict=True):
        square = shapely.box(*(place - 50), *(place + 50))
        assert scale == pytest.approx(10_000 / geodesic_m2(square, plane), rel=1e-6)
