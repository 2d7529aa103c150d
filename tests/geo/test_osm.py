import numpy as np
import osmium
import pytest
from osmium.osm.mutable import Node, Way

from geo.errors import NetworkError
from geo.network import read_osm
from geo.osm import read_edges, read_pieces
from tests.build import write_pbf
from tests.geo.oracle import plain_graph

# Five nodes on one parallel, 0.001 degree (111.3 m) apart.
NODES = {i: (113.0 + 0.001 * i, 36.5) for i in range(1, 6)}
STEP_M = 89.591  # 0.001 degree x a cos(36.5) / sqrt(1 - e2 sin2(36.5))
ANCHORS = {
    ("heidelberg", "walk"): (30_868, 40_166, 3_575.261),
    ("heidelberg", "etrike"): (17_870, 21_936, 2_856.850),
    ("heidelberg", "car"): (17_476, 21_183, 2_801.415),
    ("liechtenstein", "walk"): (6_183, 7_756, 1_116.373),
    ("liechtenstein", "etrike"): (4_847, 5_509, 780.074),
    ("liechtenstein", "car"): (4_649, 5_262, 745.018),
}


def edges(tmp_path, ways, mode="walk", nodes=NODES, **options):
    path = write_pbf(tmp_path / "roads.osm.pbf", nodes, ways, **options)
    return read_edges(path, mode)


def one(tmp_path, mode="walk", **tags):
    """Pieces of a single way through nodes 1, 2, 3 with these tags."""
    return edges(tmp_path, {10: ([1, 2, 3], {"highway": "residential"} | tags)}, mode)


def test_a_way_between_two_ends_is_one_edge(tmp_path):
    frame, report = one(tmp_path)
    row = frame.loc[0]
    assert (row.u, row.v, row.way_id, row.highway) == (1, 3, 10, "residential")
    assert row.length_m == pytest.approx(2 * STEP_M, abs=0.01)
    assert np.isnan(row.speed_mps)
    assert list(row.geometry.coords) == [NODES[1], NODES[2], NODES[3]]
    assert report == {"ways_kept": 1, "ways_denied": 0, "nodes_missing": 0}
    assert frame.crs == "EPSG:4490"


def test_ways_are_cut_where_they_meet(tmp_path):
    frame, _ = edges(
        tmp_path,
        {10: ([1, 2, 3], {"highway": "path"}), 11: ([4, 2], {"highway": "path"})},
    )
    assert frame[["u", "v", "way_id"]].to_numpy().tolist() == [[1, 2, 10], [2, 3, 10], [4, 2, 11]]


def test_a_way_that_the_mode_may_not_use_cuts_nothing(tmp_path):
    ways = {10: ([1, 2, 3], {"highway": "primary"}), 11: ([4, 2], {"highway": "footway"})}
    assert len(edges(tmp_path, ways, "walk")[0]) == 3
    assert len(edges(tmp_path, ways, "car")[0]) == 1


def test_a_way_that_meets_itself_is_cut_there(tmp_path):
    frame, _ = edges(tmp_path, {10: ([1, 2, 3, 4, 2], {"highway": "path"})})
    assert frame[["u", "v"]].to_numpy().tolist() == [[1, 2], [2, 2]]


def test_a_closed_way_is_a_loop_and_parallels_stay(tmp_path):
    frame, _ = edges(
        tmp_path,
        {10: ([1, 2, 3, 1], {"highway": "path"}), 11: ([4, 5], {"highway": "path"}),
         12: ([4, 5], {"highway": "path"})},
    )  # fmt: skip
    assert frame[["u", "v"]].to_numpy().tolist() == [[1, 1], [4, 5], [4, 5]]


def test_a_node_repeated_in_a_row_counts_once(tmp_path):
    frame, _ = edges(tmp_path, {10: ([1, 2, 2, 3], {"highway": "path"})})
    assert frame[["u", "v"]].to_numpy().tolist() == [[1, 3]]
    assert len(frame.geometry[0].coords) == 3


def test_two_nodes_at_one_place_make_an_edge_of_no_length(tmp_path):
    frame, _ = edges(tmp_path, {10: ([1, 2], {"highway": "path"})}, nodes={1: (8, 9), 2: (8, 9)})
    assert frame.length_m.tolist() == [0.0]


def test_a_node_without_coordinates_cuts_the_way_and_is_reported(tmp_path):
    ways = {10: ([1, 2, 99, 3, 98, 4, 5], {"highway": "path"}), 11: ([98, 1], {"highway": "path"})}
    frame, report = edges(tmp_path, ways)
    assert frame[["u", "v"]].to_numpy().tolist() == [[1, 2], [4, 5]]
    assert report["nodes_missing"] == 2
    assert report["ways_kept"] == 2


def test_the_order_of_objects_in_the_file_does_not_matter(tmp_path):
    ways = {10: ([1, 2, 3], {"highway": "path"})}
    frame, report = edges(tmp_path, ways, ways_first=True)
    assert len(frame) == 1
    assert report["nodes_missing"] == 0


def test_areas_and_other_highways_are_no_roads(tmp_path):
    for tags in ({"area": "yes"}, {"highway": "proposed"}, {"highway": "bus_guideway"}):
        frame, report = one(tmp_path, **tags)
        assert len(frame) == 0
        assert report["ways_denied"] == 0
    assert len(one(tmp_path, area="no")[0]) == 1


def test_a_ferry_is_no_road(tmp_path):
    for tags in ({"route": "ferry"}, {"route": "ferry", "highway": "service"}):
        frame, report = edges(tmp_path, {10: ([1, 2], tags)})
        assert len(frame) == 0
        assert report["ways_denied"] == 0


@pytest.mark.parametrize(
    ("mode", "tags", "kept"),
    [
        ("walk", {"access": "private"}, False),
        ("walk", {"access": "no", "foot": "yes"}, True),
        ("walk", {"foot": "use_sidepath"}, False),
        ("walk", {"vehicle": "no"}, True),
        ("etrike", {"vehicle": "no"}, False),
        ("etrike", {"vehicle": "no", "motor_vehicle": "destination"}, True),
        ("etrike", {"motorcar": "no"}, True),
        ("car", {"motorcar": "no"}, False),
        ("car", {"motorcar": "yes", "access": "no"}, True),
        ("car", {"access": "forestry"}, False),
        ("car", {"access": "delivery"}, True),
    ],
)
def test_the_first_access_tag_present_decides(tmp_path, mode, tags, kept):
    frame, report = one(tmp_path, mode, **tags)
    assert len(frame) == kept
    assert report["ways_denied"] == (not kept)


@pytest.mark.parametrize(
    ("tags", "forward", "backward"),
    [
        ({}, True, True),
        ({"oneway": "yes"}, True, False),
        ({"oneway": "1"}, True, False),
        ({"oneway": "-1"}, False, True),
        ({"oneway": "reverse"}, False, True),
        ({"oneway": "reversible"}, True, True),
        ({"oneway": "no", "junction": "roundabout"}, True, True),
        ({"junction": "roundabout"}, True, False),
        ({"junction": "circular"}, True, False),
        ({"highway": "motorway"}, True, False),
        ({"highway": "motorway_link"}, True, True),
    ],
)
def test_one_way_streets_bind_vehicles(tmp_path, tags, forward, backward):
    frame, _ = one(tmp_path, "car", **tags)
    assert (frame.forward[0], frame.backward[0]) == (forward, backward)


def test_one_way_streets_do_not_bind_walkers(tmp_path):
    frame, _ = one(tmp_path, "walk", oneway="yes", junction="roundabout")
    assert (frame.forward[0], frame.backward[0]) == (True, True)


def test_a_street_drawn_against_its_one_way_keeps_its_drawing(tmp_path):
    frame, _ = one(tmp_path, "car", oneway="-1")
    assert (frame.u[0], frame.v[0]) == (1, 3)


def test_an_unknown_mode_is_refused(tmp_path):
    with pytest.raises(NetworkError, match="boat") as caught:
        read_edges(tmp_path / "any.osm.pbf", "boat")
    assert caught.value.code == "unknown_mode"


def test_a_missing_file_is_refused_by_name(tmp_path):
    with pytest.raises(NetworkError, match=r"nothing\.osm\.pbf") as caught:
        read_edges(tmp_path / "nothing.osm.pbf")
    assert caught.value.code == "file_missing"


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(NetworkError) as caught:
        read_edges(tmp_path)
    assert caught.value.code == "file_missing"


def test_an_empty_file_is_refused(tmp_path):
    path = tmp_path / "empty.osm.pbf"
    path.touch()
    with pytest.raises(NetworkError, match="空的") as caught:
        read_edges(path)
    assert caught.value.code == "file_empty"


@pytest.mark.parametrize("content", [b"<osm></osm>", b"\x00" * 200, b"PK\x03\x04 a zip", b"\x01"])
def test_a_file_of_another_kind_is_refused(tmp_path, content):
    path = tmp_path / "other.osm.pbf"
    path.write_bytes(content)
    with pytest.raises(NetworkError, match=r"other\.osm\.pbf") as caught:
        read_edges(path)
    assert caught.value.code == "file_unreadable"


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_truncated_file_is_refused(tmp_path, share):
    nodes = {i: (113 + i * 1e-5, 36.5) for i in range(1, 20_000)}
    ways = {1: (list(range(1, 1_900)), {"highway": "path"})}
    whole = write_pbf(tmp_path / "whole.osm.pbf", nodes, ways).read_bytes()
    path = tmp_path / "part.osm.pbf"
    path.write_bytes(whole[: int(len(whole) * share)])
    with pytest.raises(NetworkError) as caught:
        read_edges(path)
    assert caught.value.code == "file_unreadable"


def test_a_file_without_roads_is_a_network_that_connects_nothing(tmp_path):
    network = read_osm(write_pbf(tmp_path / "none.osm.pbf", NODES, {}))
    assert (len(network.nodes), len(network.edges)) == (0, 0)
    assert network.report["components"] == 0


def test_deleted_objects_and_points_with_highway_do_no_harm(tmp_path):
    path = tmp_path / "odd.osm.pbf"
    with osmium.SimpleWriter(str(path)) as out:
        for i, at in NODES.items():
            out.add_node(Node(id=i, location=at, tags={"highway": "crossing"}))
        out.add_way(Way(id=1, nodes=[1], tags={"highway": "path"}))
        out.add_way(Way(id=2, nodes=[], tags={"highway": "path"}))
        out.add_way(Way(id=3, nodes=[1, 2], tags={"highway": "path"}))
    frame, report = read_edges(path)
    assert frame.way_id.tolist() == [3]
    assert report["ways_kept"] == 3


def test_pieces_serve_every_mode_at_once(tmp_path):
    ways = {
        10: ([1, 2, 3], {"highway": "primary", "name": "长街", "oneway": "yes"}),
        11: ([4, 2], {"highway": "footway"}),
        12: ([4, 5], {"highway": "motorway"}),
    }
    frame = read_pieces(write_pbf(tmp_path / "roads.osm.pbf", NODES, ways))
    assert frame[["way_id", "piece", "u", "v"]].to_numpy().tolist() == [
        [10, 0, 1, 2], [10, 1, 2, 3], [11, 0, 4, 2], [12, 0, 4, 5]
    ]  # fmt: skip
    assert frame.walk.tolist() == ["both", "both", "both", "none"]
    assert frame.car.tolist() == ["forward", "forward", "none", "forward"]
    assert frame.etrike.tolist() == ["forward", "forward", "none", "none"]
    assert frame.car_kmh.tolist()[::3] == [60.0, 100.0]
    assert frame.name.tolist()[0] == "长街"
    assert frame.name.isna().tolist() == [False, False, True, True]


@pytest.mark.slow
@pytest.mark.parametrize(("town", "mode"), list(ANCHORS))
def test_real_roads_equal_an_independent_reading(shared_data, town, mode):
    path = shared_data / "osm" / f"{town}.osm.pbf"
    frame, report = read_edges(path, mode)
    plain = plain_graph(path, mode)
    assert report["ways_denied"] == plain.denied
    columns = ["u", "v", "way_id", "highway", "forward", "backward"]
    mine = list(frame[columns].itertuples(index=False, name=None))
    assert mine == [(e[0], e[1], e[2], e[3], e[5], e[6]) for e in plain.edges]
    np.testing.assert_allclose(frame.length_m, [e[8] for e in plain.edges], rtol=0, atol=1e-6)
    np.testing.assert_allclose(frame.speed_mps, [e[7] for e in plain.edges], rtol=1e-12)
    nodes = np.unique(frame[["u", "v"]])
    assert nodes.tolist() == sorted(plain.node_at)
    assert (len(nodes), len(frame), round(frame.length_m.sum() / 1000, 3)) == ANCHORS[town, mode]
