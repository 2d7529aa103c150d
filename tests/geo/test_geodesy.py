import numpy as np
import shapely

from geo.geodesy import GRS80, area_m2, geodesic_lengths_m, metres_per_degree


def test_the_ellipsoid_is_that_of_cgcs2000():
    assert (GRS80.a, round(1 / GRS80.f, 9)) == (6_378_137, 298.257222101)


def test_lengths_of_lines_end_to_end_do_not_run_into_each_other():
    lonlat = np.array([(113, 36), (113.001, 36), (10, 50), (10, 50.001), (10, 50.002)])
    lengths = geodesic_lengths_m(lonlat, np.array([2, 3]))
    np.testing.assert_allclose(lengths, [90.16, 222.46], atol=0.01)


def test_a_line_is_the_sum_of_its_segments():
    lonlat = np.array([(113, 36), (113.2, 36.1), (113.1, 36.3)])
    (length,) = geodesic_lengths_m(lonlat, np.array([3]))
    np.testing.assert_allclose(length, GRS80.line_length(*lonlat.T), rtol=1e-15)


def test_no_lines_have_no_lengths():
    assert len(geodesic_lengths_m(np.empty((0, 2)), np.empty(0, np.int64))) == 0


def test_a_degree_is_as_long_as_the_ellipsoid_says():
    # Radii of curvature of GRS 80 at 36.5 N: N cos B and M, times pi / 180.
    sine2 = np.sin(np.radians(36.5)) ** 2
    squash = GRS80.es
    across = GRS80.a * np.cos(np.radians(36.5)) / np.sqrt(1 - squash * sine2)
    along = GRS80.a * (1 - squash) / (1 - squash * sine2) ** 1.5
    np.testing.assert_allclose(metres_per_degree(36.5), np.radians([across, along]), rtol=1e-8)


def test_small_and_large_areas_are_measured_alike():
    sides = [0.0099, 0.0101]  # to either side of the change of method
    ratios = [area_m2(shapely.box(113, 36, 113 + side, 36 + side)) / side**2 for side in sides]
    np.testing.assert_allclose(ratios[0], ratios[1], rtol=3e-6)  # 0.0001 degrees further north


def test_a_square_decimetre_is_not_lost():
    step = 0.1 / metres_per_degree(36.5)
    patch = shapely.box(113, 36.5, *(np.array([113, 36.5]) + step))
    np.testing.assert_allclose(area_m2(patch), 0.01, rtol=1e-6)


def test_what_has_no_area_has_none():
    shapes = [shapely.Point(113, 36), shapely.LineString([(113, 36), (114, 36)]), shapely.Polygon()]
    assert [area_m2(shape) for shape in shapes] == [0.0, 0.0, 0.0]


def test_a_hole_is_not_ground_whichever_way_its_ring_turns():
    outer, inner = shapely.box(113, 36, 113.1, 36.1), shapely.box(113.02, 36.02, 113.05, 36.05)
    for turned in (inner, shapely.reverse(inner)):
        ring = shapely.Polygon(outer.exterior, [turned.exterior])
        np.testing.assert_allclose(area_m2(ring), area_m2(outer) - area_m2(inner), rtol=1e-9)


def test_edges_are_straight_in_degrees():
    # Cut by a straight line along a parallel, halves are as large as the whole.
    whole = shapely.box(113, 36, 113.5, 36.1)
    halves = [shapely.box(113, 36, 113.5, 36.05), shapely.box(113, 36.05, 113.5, 36.1)]
    bent = shapely.segmentize(halves[0], 0.01)
    np.testing.assert_allclose(sum(map(area_m2, halves)), area_m2(whole), rtol=1e-7)
    np.testing.assert_allclose(area_m2(bent), area_m2(halves[0]), rtol=1e-7)
