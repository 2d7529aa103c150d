"""The plane is true enough for the county, and its lattice is exact."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from layers.sample.plane import outline_plane, to_lonlat, to_plane

LON = st.integers(112_698_240, 113_243_340)
LAT = st.integers(36_388_124, 36_744_416)


@given(LON, LAT)
def test_a_lattice_place_comes_back_to_the_digit(lon, lat):
    place = np.array([[lon / 1e6, lat / 1e6]])
    assert to_lonlat(to_plane(place)).tolist() == place.tolist()


@given(LON, LAT, LON, LAT)
def test_a_distance_in_the_plane_is_true_to_three_permille(lon, lat, lon2, lat2):
    ends = np.array([[lon / 1e6, lat / 1e6], [lon2 / 1e6, lat2 / 1e6]])
    step = np.diff(to_plane(ends), axis=0)[0]
    true_m = Geod(ellps="GRS80").inv(*ends[0], *ends[1])[2]
    assert np.hypot(*step) == pytest.approx(true_m, rel=0.003, abs=0.01)


def test_the_outline_has_the_countys_area_in_the_plane():
    assert outline_plane().area / 1e6 == pytest.approx(1178.16, rel=0.002)
