import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo import reach
from geo.errors import CrsError, GeometryError, InputError
from geo.network import from_edges, read_osm, snap
from geo.reach import (
    AGE_SPEEDS_MPS,
    access_legs,
    bounded_search,
    cost_matrix,
    edge_parts,
    nearest_facility,
    nearest_for_points,
)
from tests.build import edges, grid, grid_edges, points, street
from tests.geo.oracle import plain_graph, plain_nearest

DIRECTIONS = ("to_facility", "from_facility")
few = settings(max_examples=40)
places = st.tuples(st.floats(-250, 450), st.floats(-250, 450))


def seconds(network, facilities, **options):
    return nearest_facility(network, facilities, speed_mps=1.0, **options).seconds.tolist()


def matrix(network, origins, destinations, **options):
    options = {"speed_mps": 1.0} | options
    return cost_matrix(network, points(origins), points(destinations), **options)


def cost(network, origin, destination, **options):
    return matrix(network, {"o": origin}, {"d": destination}, **options).loc["o", "d"]


def around(network, at, limit_s, direction="to_facility", speed_mps=1.0):
    """Nodes, their seconds, and edge parts of one facility."""
    snapped = snap(network, points({"f": at}))
    options = {"speed_mps": speed_mps, "direction": direction}
    legs = access_legs(network, snapped, **options)
    nodes, found = bounded_search(network, legs, 0, limit_s=limit_s, **options)
    parts = edge_parts(network, legs, 0, nodes, found, limit_s=limit_s, **options)
    rows = zip(parts.edge, parts.start, parts.stop, strict=True)
    return nodes.tolist(), found.tolist(), [(int(e), float(a), float(b)) for e, a, b in rows]


@st.composite
def networks(draw, *, two_way=False):
    """Small multigraphs with loops, parallels, parts, one-way streets and edges of no length."""
    n = draw(st.integers(2, 7))
    m = draw(st.integers(1, 12))
    ends = draw(st.lists(st.tuples(*[st.integers(0, n - 1)] * 2), min_size=m, max_size=m))
    at = [(100.0 * (i % 3), 100.0 * (i // 3)) for i in range(n)]
    pieces = [(u, v, [at[u], (at[u][0] + 30, at[u][1] + 40), at[v]]) for u, v in ends]
    flags = st.lists(st.booleans(), min_size=m, max_size=m)
    given_m = draw(st.lists(st.one_of(st.just(0.0), st.floats(1, 400)), min_size=m, max_size=m))
    ways = {} if two_way else {"forward": draw(flags), "backward": draw(flags)}
    return from_edges(edges(pieces, length_m=given_m, **ways))


def test_age_bands_have_the_speeds_of_the_contract():
    assert AGE_SPEEDS_MPS == {"60": 1.1, "70": 1.0, "80": 0.8, "disabled": 0.5}


def test_every_node_of_a_street_has_its_nearest_facility():
    network = street(0, 100, 200, 300)
    answer = nearest_facility(network, points({7: (0, 0), 5: (300, 0)}), speed_mps=1.0)
    assert answer.seconds.tolist() == [0, 100, 100, 0]
    assert answer.facility_id.tolist() == [7, 7, 5, 5]
    assert answer.index.equals(network.nodes.index)


def test_the_answer_has_the_kinds_of_the_contract_and_the_snap_frame():
    network = street(0, 100)
    for ids, kind in (([7], "Int64"), (["a"], "string")):
        answer = nearest_facility(network, points(dict.fromkeys(ids, (30, 4))))
        assert answer.dtypes.astype(str).to_dict() == {"facility_id": kind, "seconds": "float64"}
        assert answer.attrs["snap"].fraction.tolist() == [0.3]


def test_a_facility_inside_an_edge_is_reached_from_both_ends_with_its_offset():
    assert seconds(street(0, 100), points({"a": (30, 4)})) == [34, 74]


def test_the_offset_is_walked_in_every_mode():
    network = street(0, 100, mode="car", speed_mps=20.0)
    assert seconds(network, points({"a": (40, 10)})) == [12, 13]


def test_a_one_way_street_is_entered_from_its_beginning_only():
    network = street(0, 100, 200, backward=False)
    at = points({"a": (130, 0)})
    assert seconds(network, at) == [130, 30, np.inf]
    assert seconds(network, at, direction="from_facility") == [np.inf, np.inf, 70]


def test_slopes_differ_by_direction():
    frame = edges([(1, 2, [(0, 0), (100, 0)])], ascent_m=[10.0])
    network = from_edges(frame, slope="naismith")
    top = points({"top": (100, 0)})
    assert seconds(network, top)[0] == pytest.approx(179.2, abs=1e-9)
    assert seconds(network, top, direction="from_facility")[0] == pytest.approx(100)


def test_an_unreached_node_has_infinite_seconds_and_no_facility():
    network = from_edges(edges([(1, 2, [(0, 0), (9, 0)]), (3, 4, [(0, 900), (9, 900)])]))
    answer = nearest_facility(network, points({"a": (0, 0)}))
    assert np.isinf(answer.seconds[[3, 4]]).all()
    assert answer.facility_id[[3, 4]].isna().all()


def test_the_limit_is_inclusive():
    at = points({"a": (0, 0)})
    assert seconds(street(0, 60, 60.001), at, minutes=1) == [0, 60, np.inf]
    assert seconds(street(0, 60.0000009), at, minutes=1)[1] < np.inf


def test_between_facilities_equally_near_the_smaller_id_wins():
    network = street(0, 100, 200)
    for ids in ((9, 4), ("b", "a")):
        answer = nearest_facility(network, points(dict(zip(ids, [(0, 0), (200, 0)], strict=True))))
        assert answer.facility_id[1] == min(ids)


def test_ties_hold_across_edges_of_no_length():
    network = street(0, 100, 100, 100, 200)
    answer = nearest_facility(network, points({2: (0, 0), 1: (200, 0)}), speed_mps=1.0)
    assert answer.facility_id.tolist() == [2, 1, 1, 1, 1]


def test_facilities_at_one_place_are_a_tie():
    answer = nearest_facility(grid(), points({"z": (50, 3), "y": (50, 3)}))
    assert (answer.facility_id == "y").all()


def test_no_facility_and_facilities_without_a_road_reach_nothing():
    for at in (points({}), points({"a": None}), points({"a": (100, 5000)})):
        answer = nearest_facility(grid(), at)
        assert np.isinf(answer.seconds).all()
        assert answer.facility_id.isna().all()


def test_a_network_without_edges_answers_nothing():
    network = from_edges(edges([]))
    assert len(nearest_facility(network, points({"a": (0, 0)}))) == 0
    assert np.isinf(cost(network, (0, 0), (0, 0)))


@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"minutes": 0}, InputError),
        ({"minutes": -5}, InputError),
        ({"speed_mps": 0}, InputError),
        ({"max_snap_m": -1}, InputError),
        ({"direction": "both"}, InputError),
    ],
)
def test_arguments_out_of_range_are_refused(options, error):
    with pytest.raises(error):
        nearest_facility(grid(), points({"a": (0, 0)}), **options)


def test_facilities_that_are_not_points_of_the_network_are_refused():
    at = points({"a": (0, 0)})
    with pytest.raises(CrsError):
        nearest_facility(grid(), at.to_crs(4490))
    with pytest.raises(InputError):
        nearest_facility(grid(), pd.concat([at, at]))
    with pytest.raises(GeometryError):
        nearest_facility(grid(), at.set_geometry(at.buffer(5)))


def test_a_matrix_adds_both_legs_and_the_network():
    table = matrix(grid(), {"a": (50, 5), "b": (150, 100)}, {"c": (200, 190)})
    assert table.loc["a", "c"] == 5 + 150 + 190
    assert table.loc["b", "c"] == 50 + 90
    assert table.index.tolist() == ["a", "b"]
    assert table.columns.tolist() == ["c"]


def test_two_points_on_one_edge_go_directly_along_it():
    assert cost(street(0, 1000), (200, 1), (700, 2)) == 1 + 500 + 2


def test_on_a_one_way_edge_only_forward():
    network = from_edges(
        edges([(1, 2, [(0, 0), (1000, 0)]), (2, 1, [(1000, 0), (1000, 600), (0, 600), (0, 0)])],
              backward=False)
    )  # fmt: skip
    assert cost(network, (200, 0), (700, 0)) == 500
    assert cost(network, (700, 0), (200, 0)) == 300 + 2200 + 200


def test_neighbours_walk_straight_and_not_to_the_road_and_back():
    network = street(0, 1000)
    assert cost(network, (500, 80), (500, 90)) == 10
    assert cost(network, (500, 80), (510, 80)) == 10
    assert cost(network, (500, 5), (600, 5)) == 110
    assert cost(network, (500, 80), (500, 80)) == 0


def test_neighbours_walk_straight_even_where_no_road_is_near():
    assert cost(street(0, 100), (50, 5000), (80, 5040)) == 50
    assert np.isinf(cost(street(0, 100), (50, 5000), (50, 0), max_snap_m=10, minutes=15))


def test_an_empty_point_is_reached_from_nowhere():
    assert np.isinf(matrix(grid(), {"a": None, "b": (0, 0)}, {"c": None})).all(axis=None)


def test_a_matrix_is_cut_at_its_limit_inclusively():
    table = matrix(street(0, 60, 61), {"a": (0, 0)}, {"b": (60, 0), "c": (61, 0)}, minutes=1)
    assert table.loc["a"].tolist() == [60, np.inf]


def test_direct_ways_are_cut_at_the_limit_too():
    assert np.isinf(cost(street(0, 1000), (0, 500), (0, 561), minutes=1))


def test_permuted_rows_give_the_same_matrix():
    origins, destinations = {"a": (3, 7), "b": (150, 90)}, {3: (40, 60), 1: (260, 10), 2: (5, 5)}
    one = matrix(grid(), origins, destinations)
    other = matrix(
        from_edges(grid_edges().sample(frac=1, random_state=1)),
        dict(reversed(origins.items())),
        dict(sorted(destinations.items())),
    )
    pd.testing.assert_frame_equal(one, other.loc[one.index, one.columns], check_exact=True)


def test_a_facility_reaches_along_its_edge_before_any_node():
    assert around(street(0, 100), (50, 0), 25) == ([], [], [(0, 0.25, 0.75)])


def test_an_edge_reached_from_both_ends_has_a_gap_in_the_middle():
    square = [(0, 1, [(0, 0), (100, 0)]), (1, 2, [(100, 0), (100, 100)]),
              (2, 3, [(100, 100), (0, 100)]), (3, 0, [(0, 100), (0, 0)])]  # fmt: skip
    nodes, found, parts = around(from_edges(edges(square)), (50, 0), 190)
    assert (nodes, found) == ([0, 1, 2, 3], [50, 50, 150, 150])
    assert parts == [(0, 0, 1), (1, 0, 1), (2, 0, 0.4), (2, 0.6, 1), (3, 0, 1)]


def test_parts_that_meet_are_one():
    assert around(street(0, 100, 200), (0, 0), 150)[2] == [(0, 0, 1), (1, 0, 0.5)]


def test_parts_of_one_way_streets_follow_the_direction():
    network = street(0, 100, 200, 300, backward=False)
    assert around(network, (130, 0), 60)[2] == [(0, 0.7, 1), (1, 0, 0.3)]
    assert around(network, (130, 0), 100, "from_facility")[2] == [(1, 0.3, 1), (2, 0, 0.3)]


def test_the_offset_comes_off_the_parts():
    assert around(street(0, 100), (50, 20), 30)[2] == [(0, 0.4, 0.6)]
    assert around(street(0, 100), (50, 40), 30)[2] == []


def test_a_facility_that_is_not_connected_reaches_nothing():
    assert around(street(0, 100), (50, 5000), 1e6) == ([], [], [])
    assert around(street(0, 100), None, 1e6) == ([], [], [])


def test_many_facilities_are_searched_together():
    network = street(0, 100, 200, 300)
    snapped = snap(network, points({"a": (0, 0), "b": (300, 0)}))
    legs = access_legs(network, snapped, speed_mps=1.0)
    rows = np.array([0, 1])
    nodes, found = bounded_search(network, legs, rows, limit_s=100, speed_mps=1.0)
    assert (nodes.tolist(), found.tolist()) == ([0, 1, 2, 3], [0, 100, 100, 0])
    parts = edge_parts(network, legs, rows, nodes, found, limit_s=100, speed_mps=1.0)
    assert parts.edge.tolist() == [0, 2]


def test_searches_leave_nothing_behind_and_may_run_in_threads():
    network = grid(8, 8)
    at = points({i: (13.0 * i, 29.0 * i) for i in range(24)})
    legs = access_legs(network, snap(network, at), speed_mps=1.0)

    def search(row):
        return bounded_search(network, legs, row, limit_s=300, speed_mps=1.0)

    alone = [search(row) for row in range(24)]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(search, list(range(24)) * 20))
    for i, (nodes, found) in enumerate(together):
        np.testing.assert_array_equal(nodes, alone[i % 24][0])
        np.testing.assert_array_equal(found, alone[i % 24][1])


@few
@given(networks(), places, st.floats(0, 900), st.sampled_from(DIRECTIONS))
def test_edge_parts_are_where_the_cost_is_within_the_limit(network, at, limit_s, direction):
    _, _, parts = around(network, at, limit_s, direction)
    own = snap(network, points({"f": at})).loc["f"]
    offset_s = own.offset_m if own.connected else np.inf
    ahead, behind = network.edge_seconds(1.0)
    if direction == "from_facility":
        ahead, behind = behind, ahead
    least = relaxed(network, own, offset_s, ahead, behind)
    for e, (u, v) in enumerate(network.edges[["u", "v"]].to_numpy()):
        for share in (0.1, 0.35, 0.5, 0.77):
            ways = [least[u] + along(share, behind[e]), least[v] + along(1 - share, ahead[e])]
            if own.connected and own.edge_id == e:
                part = own.fraction - share
                ways.append(offset_s + along(abs(part), ahead[e] if part > 0 else behind[e]))
            inside = any(edge == e and a <= share <= b for edge, a, b in parts)
            if abs(min(ways) - limit_s) > 1e-6:
                assert inside == (min(ways) < limit_s)


def along(share, whole_s):
    """Seconds of a share of an edge; a closed edge is closed however short."""
    return share * whole_s if whole_s < np.inf else np.inf


def relaxed(network, own, offset_s, ahead, behind):
    """Seconds from nodes to the facility by relaxing every edge until nothing changes."""
    ends = network.edges[["u", "v"]].to_numpy()
    least = dict.fromkeys(network.nodes.index, np.inf)
    if own.connected:
        u, v = ends[own.edge_id]
        least[u] = offset_s + along(own.fraction, ahead[own.edge_id])
        least[v] = min(least[v], offset_s + along(1 - own.fraction, behind[own.edge_id]))
    for _ in least:
        for e, (u, v) in enumerate(ends):
            least[u] = min(least[u], least[v] + ahead[e])
            least[v] = min(least[v], least[u] + behind[e])
    return least


@few
@given(networks(), st.lists(places, min_size=1, max_size=4), st.sampled_from(DIRECTIONS))
def test_reach_grows_with_minutes(network, at, direction):
    facilities = points(dict(enumerate(at)))
    before = None
    for minutes in (0.5, 2, 5, None):
        answer = nearest_facility(
            network, facilities, minutes=minutes, speed_mps=1.0, direction=direction
        )
        if before is not None:
            reached = np.isfinite(before.seconds)
            assert (answer.seconds[reached] == before.seconds[reached]).all()
            assert (answer.facility_id[reached] == before.facility_id[reached]).all()
        before = answer


@few
@given(networks(two_way=True), st.lists(places, min_size=1, max_size=4))
def test_two_way_networks_are_the_same_in_both_directions(network, at):
    facilities = points(dict(enumerate(at)))
    to, back = (nearest_facility(network, facilities, direction=d) for d in DIRECTIONS)
    pd.testing.assert_frame_equal(to, back, check_exact=True)
    table = cost_matrix(network, facilities, facilities)
    np.testing.assert_array_equal(table, table.T)


@few
@given(networks(), st.lists(places, min_size=1, max_size=5), st.randoms())
def test_permuted_facilities_give_the_same_answer(network, at, random):
    order = list(range(len(at)))
    random.shuffle(order)
    one = nearest_facility(network, points(dict(enumerate(at))))
    other = nearest_facility(network, points({i: at[i] for i in order}))
    pd.testing.assert_frame_equal(one, other, check_exact=True)


@few
@given(
    networks(),
    st.lists(places, min_size=1, max_size=4),
    st.lists(places, min_size=1, max_size=5),
    st.sampled_from(DIRECTIONS),
)
def test_the_nearest_for_points_is_the_least_of_the_matrix(network, at, homes, direction):
    facilities, people = points(dict(enumerate(at))), points(dict(enumerate(homes)))
    found = nearest_for_points(network, facilities, people, direction=direction)
    if direction == "to_facility":
        table = cost_matrix(network, people, facilities)
    else:
        table = cost_matrix(network, facilities, people).T
    assert (found.seconds == table.min(axis=1)).all()
    reached = np.isfinite(found.seconds)
    least = table[reached].idxmin(axis=1)  # the first, that is the smallest id
    assert found.facility_id[reached].tolist() == least.tolist()


@few
@given(
    networks(), st.lists(places, min_size=1, max_size=6), st.lists(places, min_size=1, max_size=3)
)
def test_the_side_that_is_searched_from_does_not_matter(network, many, few):
    many, few = points(dict(enumerate(many))), points(dict(enumerate(few)))
    table = cost_matrix(network, many, few)
    for name in few.index:
        column = cost_matrix(network, many, few.loc[[name]])
        np.testing.assert_array_equal(table[name], column[name])


@settings(max_examples=25)
@given(st.lists(st.floats(1e-3, 1e5), min_size=5, max_size=30), st.floats(0.01, 1e4))
def test_the_width_of_buckets_does_not_change_the_answer(lengths, per_s):
    stops = np.concatenate(([0], np.cumsum(lengths)))
    network = street(*stops)
    at = points({"a": (0, 0)})
    true = nearest_facility(network, at, speed_mps=1.0)
    network.kept["geo.search"].buckets_per_s[1.0] = per_s
    pd.testing.assert_frame_equal(true, nearest_facility(network, at, speed_mps=1.0))


def test_importing_the_module_does_not_load_numba():
    code = "import sys, geo.reach, geo.coverage; sys.exit('numba' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_warming_up_loads_the_kernels():
    code = "import sys, geo.reach; geo.reach.warm_up(); sys.exit('numba' not in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_the_names_are_those_exported():
    assert all(hasattr(reach, name) for name in reach.__all__)


def real_points(network, count, seed):
    rng = np.random.default_rng(seed)
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    near = at[rng.choice(len(at), count, replace=False)] + rng.normal(0, 8e-4, (count, 2))
    return gpd.GeoDataFrame(geometry=gpd.points_from_xy(*near.T), crs=network.crs)


@pytest.mark.slow
@pytest.mark.parametrize("town", ["heidelberg", "liechtenstein"])
@pytest.mark.parametrize("mode", ["walk", "etrike", "car"])
def test_real_roads_have_the_seconds_of_an_independent_graph(shared_data, town, mode):
    path = shared_data / "osm" / f"{town}.osm.pbf"
    network = read_osm(path, mode)
    facilities = real_points(network, 50, 11)
    graph = plain_graph(path, mode)
    lonlat = shapely.get_coordinates(facilities.geometry.to_numpy())
    for direction in DIRECTIONS:
        mine = nearest_facility(network, facilities, direction=direction)
        ids, true = plain_nearest(graph, lonlat, direction=direction)
        assert mine.index.tolist() == ids.tolist()
        np.testing.assert_array_equal(np.isinf(mine.seconds), np.isinf(true))
        reached = np.isfinite(true)
        assert reached.mean() > 0.9
        assert np.abs(mine.seconds[reached] - true[reached]).max() < 1e-6
        within = nearest_facility(network, facilities, minutes=5, direction=direction)
        np.testing.assert_array_equal(np.isfinite(within.seconds), true <= 300 + 1e-6)
