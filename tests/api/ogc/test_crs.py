import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from api.ogc.crs import CRS84, CRS_URIS, STORAGE_CRS, content_crs, read_crs
from geo.errors import CrsError, InputError

PLACE = shapely.Point(113, 36.5)


def array_of(*shapes):
    made = np.empty(len(shapes), dtype=object)
    made[:] = shapes
    return made


@pytest.mark.parametrize(
    ("uri", "first", "second"),
    [
        (CRS_URIS[0], 113, 36.5),
        (CRS_URIS[1], 36.5, 113),
        (CRS_URIS[2], 36.5, 113),
        # x = 500 km - 89.6 km: one degree west of the central meridian.
        (CRS_URIS[3], 4041489.577, 410407.557),
        (CRS_URIS[4], 4041489.577, 38410407.557),
    ],
)
def test_coordinates_have_the_axis_order_of_their_authority(uri, first, second):
    shown = read_crs(uri).shown(array_of(PLACE, None))
    assert shown[0].coords[0] == pytest.approx((first, second), abs=1e-3)
    assert shown[1] is None


@given(
    st.sampled_from(CRS_URIS),
    st.floats(112.5, 115.5, allow_subnormal=False),
    st.floats(35, 38, allow_subnormal=False),
)
def test_what_is_shown_can_be_stored_again(uri, lon, lat):
    crs = read_crs(uri)
    line = array_of(shapely.LineString([(lon, lat), (114, 36)]))
    assert shapely.equals_exact(crs.stored(crs.shown(line)), line, tolerance=1e-9).all()


def test_crs84_shows_the_very_coordinates_that_are_stored():
    shapes = array_of(PLACE)
    assert read_crs(CRS84).shown(shapes) is shapes
    assert read_crs(STORAGE_CRS).stored(read_crs(STORAGE_CRS).shown(shapes))[0] == PLACE


@pytest.mark.parametrize("text", ["", "EPSG:4490", "4326", CRS84 + "/", CRS84.lower(), "垃圾"])
def test_any_other_system_is_refused(text):
    with pytest.raises(InputError, match="CRS84"):
        read_crs(text)


def test_a_place_without_coordinates_in_a_plane_is_refused():
    plane = read_crs(CRS_URIS[3])
    with pytest.raises(CrsError, match="4547"):
        plane.stored(array_of(shapely.Point(1e30, 1e30)))


def test_the_header_names_the_system_in_brackets():
    assert content_crs(read_crs(CRS84)) == {"Content-Crs": f"<{CRS84}>"}
