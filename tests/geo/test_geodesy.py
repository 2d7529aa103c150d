import numpy as np

from geo.geodesy import GRS80, geodesic_lengths_m


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
