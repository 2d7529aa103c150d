import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import CrsError, GeometryError, InputError
from geo.network import from_edges
from geo.snapping import snap
from tests.build import PLANE, edges, grid, grid_edges, points, street

PARALLEL = shapely.LineString([(113.0, 36.5), (113.2, 36.5)])
ISLAND = [(1, 2, [(0, 0), (100, 0)]), (8, 9, [(0, 900), (50, 900)]), (2, 3, [(100, 0), (200, 0)])]


def test_a_point_beside_a_street_is_snapped_onto_it():
    row = snap(street(0, 100), points({"a": (30, 4)})).loc["a"]
    assert (row.edge_id, row.fraction, row.offset_m) == (0, 0.3, 4.0)
    assert (row.connected, row.component) == (True, 0)


def test_the_snap_frame_has_the_kinds_of_the_contract():
    frame = snap(street(0, 100), points({"a": (30, 4), "b": None}))
    assert frame.dtypes.astype(str).to_dict() == {
        "edge_id": "Int64", "fraction": "float64", "offset_m": "float64",
        "connected": "bool", "component": "Int64",
    }  # fmt: skip
    assert frame.index.tolist() == ["a", "b"]


def test_an_empty_point_is_not_connected():
    row = snap(street(0, 100), points({"a": None})).loc["a"]
    assert row.edge_id is pd.NA
    assert np.isnan(row.fraction)
    assert np.isnan(row.offset_m)
    assert not row.connected


def test_a_point_five_kilometres_from_any_road_is_not_connected_but_measured():
    far = snap(street(0, 100), points({"a": (50, 5000)})).loc["a"]
    assert not far.connected
    assert far.offset_m == 5000


def test_the_farthest_snap_is_inclusive_and_can_be_changed():
    at = points({"a": (50, 500), "b": (50, 500.01)})
    assert snap(street(0, 100), at).connected.tolist() == [True, False]
    assert snap(street(0, 100), at, max_snap_m=10).connected.tolist() == [False, False]
    assert snap(street(0, 100), at, max_snap_m=float("inf")).connected.all()


def test_between_edges_equally_near_the_smaller_id_wins():
    network = grid()
    at_corner = snap(network, points({"a": (100, 100)})).loc["a"]
    touching = network.edges[(network.edges[["u", "v"]] == 11).any(axis=1)]
    assert at_corner.edge_id == touching.index.min()
    flipped = from_edges(grid_edges().set_index(pd.RangeIndex(11, -1, -1)))
    touching = flipped.edges[(flipped.edges[["u", "v"]] == 11).any(axis=1)]
    assert snap(flipped, points({"a": (100, 100)})).edge_id["a"] == touching.index.min()


def test_motorways_are_not_snapped_to():
    network = from_edges(
        edges(
            [(1, 2, [(0, 0), (100, 0)]), (3, 4, [(0, 50), (100, 50)])],
            highway=["motorway_link", "service"],
            speed_mps=20.0,
        ),
        mode="car",
    )
    row = snap(network, points({"a": (50, 1)})).loc["a"]
    assert (row.edge_id, row.offset_m) == (1, 49.0)


def test_a_point_is_not_moved_to_a_bigger_part():
    network = from_edges(edges(ISLAND))
    assert snap(network, points({"a": (25, 880)})).component["a"] == 1


def test_an_edge_of_no_length_can_be_snapped_to():
    network = from_edges(edges([(1, 2, [(0, 0), (0, 0)])]))
    row = snap(network, points({"a": (3, 4)})).loc["a"]
    assert (row.fraction, row.offset_m) == (0.0, 5.0)


def test_points_that_are_not_the_networks_are_refused():
    network = street(0, 100)
    with pytest.raises(CrsError):
        snap(network, points({"a": (0, 0)}).to_crs(4490))
    with pytest.raises(InputError):
        snap(network, points({"a": (0, 0)}), max_snap_m=-1)
    lines = gpd.GeoDataFrame(geometry=[shapely.LineString([(0, 0), (1, 1)])], crs=PLANE)
    with pytest.raises(GeometryError):
        snap(network, lines)


def test_points_in_wgs84_are_taken_as_cgcs2000():
    network = from_edges(gpd.GeoDataFrame({"u": [1], "v": [2]}, geometry=[PARALLEL], crs=4326))
    at = gpd.GeoDataFrame(geometry=gpd.points_from_xy([113.1], [36.501]), crs="OGC:CRS84")
    assert snap(network, at).offset_m[0] == pytest.approx(
        111 - 4.6, abs=0.5
    )  # less the sag of the chord


@given(st.lists(st.tuples(st.floats(-300, 500), st.floats(-300, 500)), min_size=1, max_size=8))
def test_no_edge_is_nearer_than_the_one_snapped_to(places):
    network = grid()
    at = points(dict(enumerate(places)))
    found = snap(network, at)
    for i, point in enumerate(at.geometry):
        away = network.edges.geometry.distance(point)
        assert found.offset_m[i] == pytest.approx(away.min(), abs=1e-9)
        assert found.edge_id[i] == away.index[away <= away.min() + 1e-6].min()
        line = network.edges.geometry[found.edge_id[i]]
        foot = line.interpolate(found.fraction[i], normalized=True)
        assert foot.distance(point) == pytest.approx(away.min(), abs=1e-6)


@pytest.mark.parametrize("span_m", [100, 3_000, 200_000])
def test_squares_of_any_size_find_what_looking_at_every_edge_finds(span_m):
    rng = np.random.default_rng(span_m)
    ends = rng.integers(0, span_m, (60, 3, 2)).astype(float)
    ends[:20, 1:] = ends[:20, :1] + [[0, 40], [40, 0]]  # short ones, upright and level
    pieces = [(2 * i, 2 * i + 1, xy.tolist()) for i, xy in enumerate(ends)]
    network = from_edges(edges(pieces))
    lines = network.edges.geometry.to_numpy()
    beside = shapely.line_interpolate_point(lines, rng.random(60), normalized=True)
    at = np.concatenate(
        [shapely.get_coordinates(beside) + rng.normal(0, away, (60, 2)) for away in (0, 5, 40, 5e5)]
    )
    shapes = gpd.GeoDataFrame(geometry=gpd.points_from_xy(*at.T), crs=network.crs)
    found = snap(network, shapes, max_snap_m=1e9)
    away = shapely.distance(shapes.geometry.to_numpy()[:, None], lines[None, :])
    np.testing.assert_allclose(found.offset_m, away.min(axis=1), atol=1e-9)
    nearest = (away <= away.min(axis=1, keepdims=True) + 1e-6).argmax(axis=1)
    assert found.edge_id.tolist() == network.edges.index[nearest].tolist()
