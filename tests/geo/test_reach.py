import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo import reach
from geo.errors import CrsError, GeometryError, InputError
from geo.network import from_edges, read_osm, snap
from geo.reach import (
    AGE_SPEEDS_MPS,
    cost_matrix,
    nearest_facility,
    nearest_for_points,
)
from tests.build import edges, grid, grid_edges, points, street
from tests.geo.draws import few, networks, places
from tests.geo.oracle import plain_graph, plain_nearest
from tests.geo.plain import along, relaxed

DIRECTIONS = ("to_facility", "from_facility")


def seconds(network, facilities, **options):
    return nearest_facility(network, facilities, speed_mps=1.0, **options).seconds.tolist()


def matrix(network, origins, destinations, **options):
    options = {"speed_mps": 1.0} | options
    return cost_matrix(network, points(origins), points(destinations), **options)


def cost(network, origin, destination, **options):
    return matrix(network, {"o": origin}, {"d": destination}, **options).loc["o", "d"]


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
@given(networks(), places, places)
def test_a_cost_is_the_least_of_all_ways(network, home, station):
    origin, destination = points({"o": home}), points({"d": station})
    here, there = snap(network, origin).loc["o"], snap(network, destination).loc["d"]
    ahead, behind = network.edge_seconds(1.0)
    least = relaxed(network, there, there.offset_m, ahead, behind)
    ways = [np.inf]
    if here.connected:
        u, v = network.edges.loc[here.edge_id, ["u", "v"]]
        ways.append(here.offset_m + along(here.fraction, behind[here.edge_id]) + least[u])
        ways.append(here.offset_m + along(1 - here.fraction, ahead[here.edge_id]) + least[v])
        if there.connected and here.edge_id == there.edge_id:
            part = there.fraction - here.fraction
            allowed = ahead if part > 0 else behind
            if part == 0:
                allowed = np.minimum(ahead, behind)
            ways.append(here.offset_m + along(abs(part), allowed[here.edge_id]) + there.offset_m)
    apart_m = origin.geometry.iloc[0].distance(destination.geometry.iloc[0])
    if apart_m <= max(here.offset_m, there.offset_m):
        ways.append(apart_m)
    assert cost(network, home, station) == pytest.approx(min(ways), abs=1e-6)


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
