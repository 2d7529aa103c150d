import math

import geopandas as gpd
import numpy as np
import pyproj
import pytest
import shapely

from geo.crs import (
    COUNTY_CRS,
    STORED_CRS,
    convergence_deg,
    local_tm_crs,
    print_crs,
    require_crs,
    require_measuring_crs,
    require_same_crs,
    same_crs,
    to_crs,
    transform_xy,
)
from geo.errors import CrsError

ESRI_XIAN = (
    'GEOGCS["GCS_Xian_1980",DATUM["D_Xian_1980",SPHEROID["Xian_1980",6378140.0,298.257]],'
    'PRIMEM["Greenwich",0.0],UNIT["Degree",0.0174532925199433]]'
)
COUNTY = (112.7, 36.38, 113.24, 36.74)


def code(crs, check=require_crs):
    with pytest.raises(CrsError) as caught:
        check(crs, "数据")
    return caught.value.code


@pytest.mark.parametrize("crs", ["EPSG:4326", "OGC:CRS84", "EPSG:4490", 4490])
def test_wgs84_and_cgcs2000_count_as_one(crs):
    assert require_crs(crs, "数据") == STORED_CRS
    assert same_crs(pyproj.CRS(crs), STORED_CRS)


def test_other_datums_are_other():
    assert not same_crs(pyproj.CRS(4258), STORED_CRS)
    assert not same_crs(COUNTY_CRS, STORED_CRS)


@pytest.mark.parametrize("style", ["WKT1_ESRI", "WKT1_GDAL", "WKT2_2019"])
@pytest.mark.parametrize("epsg", [4490, 4326, 4547, 32649, 4258])
def test_a_prj_file_means_what_its_code_means(style, epsg):
    spelled = pyproj.CRS.from_wkt(pyproj.CRS(epsg).to_wkt(style))
    assert same_crs(spelled, pyproj.CRS(epsg))
    assert not same_crs(spelled, pyproj.CRS(4548))


def test_no_crs_and_an_unknown_one_are_refused_and_never_guessed():
    assert code(None) == "crs_missing"
    assert code("EPSG:999999") == "crs_unknown"
    assert code("我的坐标系") == "crs_unknown"


@pytest.mark.parametrize(
    "crs",
    [
        4214,  # Beijing 1954
        2437,  # Beijing 1954 / 3-degree Gauss-Kruger CM 120E
        4555,  # New Beijing
        4610,  # Xian 1980
        2361,  # Xian 1980 / 3-degree Gauss-Kruger zone 37
        "+proj=tmerc +lon_0=114 +ellps=krass +x_0=500000 +units=m",
        ESRI_XIAN,
    ],
)
def test_beijing_54_and_xian_80_are_refused(crs):
    assert code(crs) == "crs_refused"
    with pytest.raises(CrsError, match="控制点"):
        require_crs(crs, "数据")


@pytest.mark.parametrize("crs", [3857, 3395, 2249, 4978])
def test_web_mercator_feet_and_geocentric_are_no_measure(crs):
    assert code(crs, require_measuring_crs) == "crs_not_measuring"


@pytest.mark.parametrize("crs", [4490, 4547, 32649, 4258])
def test_degrees_and_true_planes_are_a_measure(crs):
    assert require_measuring_crs(crs, "数据") == pyproj.CRS(crs)


def test_a_frame_in_another_crs_is_refused_by_name():
    points = gpd.GeoSeries([shapely.Point(0, 0)], crs=4547)
    with pytest.raises(CrsError, match=r"设施.*不同") as caught:
        require_same_crs(points, STORED_CRS, "设施")
    assert caught.value.code == "crs_differs"


def test_coordinates_go_to_the_plane_and_back():
    lon, lat = np.array([113.05]), np.array([36.53])
    x, y = transform_xy(lon, lat, STORED_CRS, COUNTY_CRS)
    assert 400_000 < x[0] < 500_000  # a degree west of 114 E
    back = transform_xy(x, y, COUNTY_CRS, STORED_CRS)
    np.testing.assert_allclose(np.ravel(back), [113.05, 36.53], atol=1e-11)


def test_wgs84_becomes_cgcs2000_unchanged_and_utm_by_its_own_projection():
    lon, lat = np.array([113.05]), np.array([36.53])
    same = transform_xy(lon, lat, pyproj.CRS(4326), STORED_CRS)
    assert np.ravel(same).tolist() == [113.05, 36.53]
    x, y = pyproj.Transformer.from_crs(4326, 32649, always_xy=True).transform(lon, lat)
    back = transform_xy(x, y, pyproj.CRS(32649), STORED_CRS)
    np.testing.assert_allclose(np.ravel(back), [113.05, 36.53], atol=1e-9)


def test_a_datum_without_known_transformation_is_refused_not_guessed():
    with pytest.raises(CrsError) as caught:
        transform_xy(np.zeros(1), np.zeros(1), pyproj.CRS(4258), STORED_CRS)
    assert caught.value.code == "crs_no_transform"


def test_a_frame_keeps_index_columns_and_empty_geometry_in_another_crs():
    shapes = [shapely.Point(114, 36), shapely.Point(), None]
    frame = gpd.GeoDataFrame({"name": list("abc")}, geometry=shapes, crs=4326, index=[7, 8, 9])
    moved = to_crs(frame, COUNTY_CRS)
    assert moved.crs == COUNTY_CRS
    assert moved.index.tolist() == [7, 8, 9]
    assert moved.geometry.iloc[0].x == pytest.approx(500_000)
    assert moved.geometry.iloc[1].is_empty
    assert moved.geometry.iloc[2] is None
    assert frame.geometry.iloc[0].x == 114


def test_a_local_plane_is_true_to_scale_on_its_meridian():
    plane = local_tm_crs(8.67)
    factors = pyproj.Proj(plane).get_factors(8.67, 49.4)
    assert factors.meridional_scale == pytest.approx(1, abs=1e-9)
    assert plane.ellipsoid.inverse_flattening == pytest.approx(298.257222101)


@pytest.mark.parametrize(
    ("bounds", "epsg"),
    [
        (COUNTY, 4547),
        ((112.5, 36, 115.5, 37), 4547),
        ((116.0, 39, 117.0, 40), 4548),
        ((73.6, 38, 76.0, 40), 4534),
        ((134.0, 47, 135.1, 48), 4554),
    ],
)
def test_the_print_plane_is_the_zone_that_holds_the_data(bounds, epsg):
    assert print_crs(bounds).to_epsg() == epsg


@pytest.mark.parametrize("bounds", [(8.5, 49.3, 8.8, 49.5), (115.0, 36, 116.0, 37)])
def test_where_no_zone_fits_the_network_has_its_own_plane(bounds):
    assert print_crs(bounds).to_epsg() is None
    own = local_tm_crs(9.5)
    assert print_crs(bounds, otherwise=own) is own


@pytest.mark.parametrize(
    "bounds", [(36, 112, 37, 113), (114, 36, 113, 37), (float("nan"),) * 4, (5e5, 4e6, 6e5, 5e6)]
)
def test_bounds_that_are_no_degrees_are_refused(bounds):
    with pytest.raises(CrsError) as caught:
        print_crs(bounds)
    assert caught.value.code == "crs_bounds"


def test_convergence_follows_the_textbook():
    # gamma = (lon - lon_0) sin(lat) near the meridian, positive to its east.
    for lon in (113.0, 114.0, 114.5):
        textbook = (lon - 114) * math.sin(math.radians(36.5))
        assert convergence_deg(COUNTY_CRS, lon, 36.5) == pytest.approx(textbook, abs=1e-3)


def test_degrees_have_no_convergence():
    with pytest.raises(CrsError, match="收敛角"):
        convergence_deg(STORED_CRS, 113, 36)
