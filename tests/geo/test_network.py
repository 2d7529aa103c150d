import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
import shapely

from geo.errors import CrsError, NetworkError
from geo.network import from_edges, read_osm, snap, whole_ticks
from tests.build import PLANE, edges, grid, grid_edges, points, street, write_pbf

ISLAND = [(1, 2, [(0, 0), (100, 0)]), (8, 9, [(0, 900), (50, 900)]), (2, 3, [(100, 0), (200, 0)])]


def lonlat_edges(*lines):
    pieces = [shapely.LineString(line) for line in lines]
    ids = np.arange(len(pieces))
    return gpd.GeoDataFrame({"u": 2 * ids, "v": 2 * ids + 1}, geometry=pieces, crs=4326)


def test_a_grid_has_its_nodes_and_edges():
    network = grid()
    assert network.nodes.index.tolist() == [0, 1, 2, 10, 11, 12, 20, 21, 22]
    assert network.nodes.index.name == "node_id"
    assert len(network.edges) == 12
    assert network.report == {
        "ways_kept": 12, "ways_denied": 0, "nodes_missing": 0, "components": 1, "total_m": 1200.0
    }  # fmt: skip
    assert network.nodes.geometry[12].coords[0] == (500_200, 4_040_100)


def test_the_frames_have_the_columns_of_the_contract():
    network = grid()
    assert network.nodes.columns.tolist() == ["component", "geometry"]
    assert network.nodes.component.dtype == "int64"
    assert network.edges.columns.tolist() == [
        "u", "v", "way_id", "highway", "length_m", "speed_mps", "forward", "backward", "geometry"
    ]  # fmt: skip
    kinds = network.edges.dtypes.astype(str).to_dict()
    assert {kinds[name] for name in ("u", "v", "way_id")} == {"int64"}
    assert {kinds[name] for name in ("forward", "backward")} == {"bool"}


def test_a_network_says_in_a_line_what_it_is():
    assert repr(grid()).startswith("<Network walk: 9 nodes, 12 edges, CGCS2000")


def test_permuted_rows_give_the_same_network():
    frame = grid_edges()
    other = from_edges(frame.sample(frac=1, random_state=3))
    pd.testing.assert_frame_equal(grid().edges, other.edges)
    pd.testing.assert_frame_equal(grid().nodes, other.nodes)


def test_a_projected_network_is_its_own_plane():
    network = grid()
    assert network.crs == network.metric_crs == PLANE
    np.testing.assert_array_equal(network.node_xy[0], (500_000, 4_040_000))


def test_a_network_in_degrees_has_a_plane_about_its_middle():
    network = from_edges(lonlat_edges([(113.0, 36.5), (113.2, 36.5)]))
    assert network.crs == "EPSG:4490"
    assert "113.1" in network.metric_crs.name
    assert network.node_xy[:, 0].sum() == pytest.approx(0, abs=1e-6)
    assert network.planar_m[0] == pytest.approx(network.edges.length_m[0], rel=1e-6)


def test_a_network_wider_than_six_degrees_is_refused():
    frame = lonlat_edges([(110.0, 36.5), (110.1, 36.5)], [(116.0, 36.5), (116.2, 36.5)])
    with pytest.raises(NetworkError, match="6 度") as caught:
        from_edges(frame)
    assert caught.value.code == "network_too_wide"


def test_parts_are_numbered_by_size_then_by_smallest_node():
    network = from_edges(edges([*ISLAND, (5, 6, [(0, 500), (9, 500)])]))
    assert network.nodes.component.to_dict() == {1: 0, 2: 0, 3: 0, 5: 1, 6: 1, 8: 2, 9: 2}
    assert network.report["components"] == 3


def test_one_way_streets_are_one_part():
    assert from_edges(edges(ISLAND[:1], backward=[False])).report["components"] == 1


def test_a_road_that_is_closed_both_ways_connects_nothing():
    row = edges([(1, 2, [(0, 0), (100, 0)]), (2, 3, [(100, 0), (200, 0)])])
    network = from_edges(row.assign(forward=[True, False], backward=[True, False]))
    assert network.nodes.component.to_dict() == {1: 0, 2: 0, 3: 1}
    assert network.report["components"] == 2


def test_no_edges_are_a_valid_network():
    network = from_edges(edges([]))
    assert len(network.nodes) == len(network.edges) == 0
    assert network.report["total_m"] == 0
    assert not snap(network, points({"a": (0, 0)})).connected.any()


def test_web_mercator_and_beijing_54_are_no_plane_to_measure_in():
    for crs, code in ((3857, "crs_not_measuring"), (2437, "crs_refused"), (None, "crs_missing")):
        frame = grid_edges().set_crs(crs, allow_override=True)
        with pytest.raises(CrsError) as caught:
            from_edges(frame)
        assert caught.value.code == code


def test_an_unknown_mode_is_refused():
    with pytest.raises(NetworkError, match="boat"):
        from_edges(grid_edges(), mode="boat")


def test_seconds_follow_speed_and_direction():
    network = street(0, 110, 220, backward=[True, False], speed_mps=[None, 2.2])
    forward, backward = network.edge_seconds(1.1)
    np.testing.assert_allclose(forward, [100, 50])
    np.testing.assert_allclose(backward, [100, np.inf])


def test_seconds_are_kept_for_the_speeds_last_used():
    network = grid()
    first = network.arc_seconds(1.0, "to_facility")
    for speed_mps in range(2, 9):
        network.arc_seconds(float(speed_mps), "to_facility")
    assert network.arc_seconds(1.0, "to_facility") is first
    network.arc_seconds(9.0, "to_facility")
    assert network.arc_seconds(1.0, "to_facility") is not first


def test_ticks_make_sums_exact():
    parts = whole_ticks(np.array([0.1, 0.2, 0.3, 1 / 3]))
    assert parts.sum() == parts[::-1].cumsum()[-1]
    assert abs(parts[3] - 1 / 3) < 1e-10


def test_the_search_graph_keeps_neighbours_together_whatever_their_ids():
    ids = {0: 7, 1: 3, 2: 9, 3: 1}
    pieces = [(ids[i], ids[i + 1], [(100 * i, 0), (100 * i + 100, 0)]) for i in range(3)]
    network = from_edges(edges(pieces))
    assert network.nodes.index[network.search_order].tolist() == [7, 3, 9, 1]
    assert network.search_rank[network.search_order].tolist() == [0, 1, 2, 3]
    assert network.search_rank[-1] == -1


def test_the_search_graph_respects_one_way_streets():
    network = street(0, 100, 200, backward=[False, True])
    out, into = network.graph("from_facility"), network.graph("to_facility")
    assert np.diff(out.indptr).tolist() == [1, 1, 1]
    assert out.heads.tolist() == [1, 2, 1]
    assert into.heads.tolist() == [0, 2, 1]


def test_a_file_and_its_own_edges_give_the_same_network(tmp_path):
    nodes = {i: (113 + 0.001 * i, 36.5 + 0.0005 * (i % 3)) for i in range(1, 8)}
    ways = {1: ([1, 2, 3, 4], {"highway": "path"}), 2: ([5, 3, 6, 7], {"highway": "track"})}
    network = read_osm(write_pbf(tmp_path / "a.osm.pbf", nodes, ways))
    again = from_edges(network.edges)
    pd.testing.assert_frame_equal(network.nodes, again.nodes)
    pd.testing.assert_frame_equal(network.edges, again.edges)


def test_the_plane_is_that_of_the_contract():
    network = from_edges(lonlat_edges([(8.5, 49.3), (8.9, 49.5)]))
    own = pyproj.Transformer.from_crs(
        4490, "+proj=tmerc +lat_0=0 +lon_0=8.7 +k=1 +ellps=GRS80", always_xy=True
    )
    np.testing.assert_allclose(network.node_xy[0], own.transform(8.5, 49.3), atol=1e-6)
