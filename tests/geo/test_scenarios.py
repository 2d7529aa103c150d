from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.errors import InputError
from geo.network import from_edges, snap
from geo.reach import cost_matrix
from geo.road_edits import EXTENTS, read_road_edits
from geo.scenarios import edited_roads, with_road_edits
from tests.build import ORIGIN, edges, grid, points, street
from tests.geo.draws import few, networks, places


def at(*spots):
    """Places of the plane as JSON has them."""
    return [[x + ORIGIN[0], y + ORIGIN[1]] for x, y in spots]


def edited(network, **edits):
    return edited_roads(network, read_road_edits(edits))


def seconds(network, start, end):
    """From one place to another at 1 m/s; inf where there is no way."""
    here, there = points({"a": start}), points({"b": end})
    return cost_matrix(network, here, there, speed_mps=1.0).iloc[0, 0]


def ladder():
    """Two streets of 1 km, 300 m apart, joined at their west ends alone."""
    return from_edges(
        edges(
            [
                (0, 1, [(0, 0), (1000, 0)]),
                (0, 2, [(0, 0), (0, 300)]),
                (2, 3, [(0, 300), (1000, 300)]),
            ],
            way_id=[5, 6, 5],
        )
    )


def test_a_new_road_between_junctions_is_a_shorter_way():
    assert seconds(ladder(), (1000, 0), (1000, 300)) == 2300
    made = edited(ladder(), added=[at((1000, 0), (1000, 300))])
    assert seconds(made.network, (1000, 0), (1000, 300)) == 300
    (hit,) = made.hits
    assert (hit.kind, hit.number, hit.joined, hit.length_m) == ("added", 1, 2, 300)


def test_a_new_road_cuts_the_roads_on_which_it_lands():
    made = edited(ladder(), added=[at((400, 0), (400, 300))]).network
    assert seconds(made, (400, 0), (400, 300)) == 300
    assert seconds(made, (0, 0), (1000, 0)) == 1000
    assert len(made.edges) == 6
    assert made.edges.loc[0, "length_m"] == pytest.approx(400)


def test_an_end_within_the_tolerance_is_moved_onto_the_road():
    made = edited(ladder(), added=[at((400, 20), (400, 290))]).network
    assert seconds(made, (400, 0), (400, 300)) == pytest.approx(300)


def test_an_end_near_a_junction_joins_it_and_cuts_nothing():
    made = edited(ladder(), added=[at((990, 10), (980, 300))]).network
    assert len(made.edges) == 4
    assert seconds(made, (1000, 0), (1000, 300)) == pytest.approx(300)


def test_an_end_far_from_all_roads_is_a_dead_end():
    made = edited(ladder(), added=[at((400, 0), (400, 200))])
    assert made.hits[0].joined == 1
    assert seconds(made.network, (0, 0), (400, 200)) == 600


def test_new_roads_join_each_other_end_to_end_and_end_to_middle():
    chain = [at((400, 0), (400, 100)), at((405, 105), (600, 105)), at((500, 110), (500, 300))]
    for order in ([0, 1, 2], [2, 1, 0], [1, 0, 2]):
        made = edited(ladder(), added=[chain[i] for i in order])
        way = seconds(made.network, (400, 0), (500, 300))
        assert way == pytest.approx(400, abs=15)


def test_a_new_road_that_crosses_another_does_not_join_it_and_says_so():
    made = edited(ladder(), added=[at((0, 150), (500, 150), (500, 500))])
    assert made.hits[0].crossed == 1
    assert seconds(made.network, (0, 150), (500, 300)) == pytest.approx(650)


def test_a_new_road_out_of_reach_of_all_roads_is_an_error():
    for lines in (
        [at((400, 100), (500, 100))],
        [at((400, 100), (500, 100)), at((500, 100), (600, 100))],
    ):
        with pytest.raises(InputError, match=r"added\[1\]") as refused:
            edited(ladder(), added=lines)
        assert refused.value.code == "edit_hits_nothing"


def test_a_closed_road_lets_nobody_through_and_shuts_its_people_in():
    network = ladder()
    made = edited(network, closed=[{"road": 1}])
    assert np.isinf(seconds(made.network, (0, 0), (0, 300)))
    assert np.isinf(seconds(made.network, (0, 150), (0, 300)))
    assert made.hits[0].edges == (1,)
    assert made.hits[0].length_m == 300


def test_behind_a_closed_road_lies_another_part_of_the_network():
    made = edited(ladder(), closed=[{"road": 1}]).network
    part = made.nodes.component
    assert part[0] == part[1]
    assert part[2] == part[3] != part[0]
    homes = points({"south": (900, 0), "north": (900, 300)})
    assert snap(made, homes).component.nunique() == 2
    assert snap(ladder(), homes).component.nunique() == 1


def test_a_bare_id_closes_that_piece():
    assert edited(ladder(), closed=[1]).hits == edited(ladder(), closed=[{"road": 1}]).hits


def test_a_whole_road_is_all_pieces_of_its_way():
    made = edited(ladder(), closed=[{"road": 0, "extent": "whole"}])
    assert made.hits[0].edges == (0, 2)


def test_a_road_without_a_way_is_whole_alone():
    made = edited(street(0, 100, 200), closed=[{"road": 0, "extent": "whole"}])
    assert made.hits[0].edges == (0,)


def test_a_place_that_is_closed_leaves_both_sides_open():
    made = edited(ladder(), closed=[{"point": at((0, 100))[0], "extent": "place"}]).network
    assert np.isinf(seconds(made, (0, 0), (0, 300)))
    assert seconds(made, (0, 0), (0, 90)) == pytest.approx(90)
    assert seconds(made, (0, 300), (0, 110)) == pytest.approx(190)


def test_a_line_across_closes_every_road_that_it_crosses():
    made = edited(ladder(), closed=[{"across": at((500, -50), (500, 350))}])
    assert made.hits[0].edges == (0, 2)
    spot = edited(ladder(), closed=[{"across": at((500, -50), (500, 350)), "extent": "place"}])
    assert spot.hits[0].edges == (0, 2)
    assert np.isinf(seconds(spot.network, (0, 0), (1000, 0)))
    assert seconds(spot.network, (0, 0), (400, 0)) == pytest.approx(400)


def test_a_line_along_closes_the_roads_beside_it_and_no_side_street():
    made = edited(ladder(), closed=[{"along": at((0, 10), (950, 5))}])
    assert made.hits[0].edges == (0,)


@pytest.mark.parametrize(
    "stretch",
    [
        {"point": at((500, 100))[0]},
        {"across": at((500, 100), (600, 100))},
        {"along": at((500, 100), (600, 100))},
    ],
)
def test_an_edit_that_hits_nothing_is_an_error(stretch):
    with pytest.raises(InputError, match=r"closed\[1\]") as refused:
        edited(ladder(), closed=[stretch])
    assert (refused.value.code, refused.value.where) == ("edit_hits_nothing", "closed[1]")


def test_an_unknown_road_is_named():
    with pytest.raises(InputError, match="77") as refused:
        edited(ladder(), closed=[77])
    assert refused.value.code == "unknown_road"


def test_roads_may_have_names_of_their_own():
    edits = read_road_edits({"closed": ["9-0"]})
    made = edited_roads(ladder(), edits, roads={"9-0": 1})
    assert made.hits[0].edges == (1,)
    with pytest.raises(InputError):
        edited_roads(ladder(), edits, roads={"9-1": 1})


def test_a_slowed_road_takes_longer_and_keeps_its_length():
    made = edited(ladder(), slowed=[{"road": 1, "factor": 0.5}])
    assert seconds(made.network, (0, 0), (0, 300)) == 600
    assert made.network.edges.loc[1, "length_m"] == 300
    again = edited(made.network, slowed=[{"road": 1, "factor": 0.5}])
    assert seconds(again.network, (0, 0), (0, 300)) == 1200


def test_a_car_is_slowed_too():
    network = street(0, 300, speed_mps=10.0, mode="car")
    made = edited(network, slowed=[{"road": 0, "factor": 0.5}]).network
    assert seconds(made, (0, 0), (300, 0)) == 60


def test_a_new_road_has_the_speed_of_its_class_or_its_own():
    network = street(0, 300, speed_mps=10.0, mode="car")
    road = {"line": at((0, 0), (0, 600)), "highway": "secondary"}
    assert edited(network, added=[road]).network.edges.loc[1, "speed_mps"] == 50 / 3.6
    road["speed_kmh"] = 36
    assert edited(network, added=[road]).network.edges.loc[1, "speed_mps"] == 10


def test_a_oneway_binds_wheels_and_no_walker():
    road = {"line": at((300, 0), (300, 600)), "oneway": True}
    cars = edited(street(0, 300, speed_mps=10.0, mode="car"), added=[road]).network
    assert np.isinf(seconds(cars, (300, 600), (0, 0)))
    assert seconds(cars, (0, 0), (300, 600)) < np.inf
    assert seconds(edited(street(0, 300), added=[road]).network, (300, 600), (0, 0)) == 900


def test_a_footpath_is_no_road_for_cars():
    network = street(0, 300, speed_mps=10.0, mode="car")
    with pytest.raises(InputError, match="footway") as refused:
        edited(network, added=[{"line": at((0, 0), (0, 600)), "highway": "footway"}])
    assert refused.value.code == "edit_not_in_mode"


def test_a_new_road_does_not_join_a_closed_one():
    with pytest.raises(InputError) as refused:
        edited(street(0, 300), closed=[0], added=[at((150, 0), (150, 300))])
    assert refused.value.code == "edit_hits_nothing"


def test_pieces_of_a_climbing_road_share_its_climb():
    network = from_edges(edges([(0, 1, [(0, 0), (1000, 0)])], ascent_m=[100.0]), slope="naismith")
    made = edited(network, added=[at((400, 0), (400, 300))]).network
    assert made.edges["ascent_m"].sum() == pytest.approx(100)
    assert seconds(made, (0, 0), (1000, 0)) == pytest.approx(seconds(network, (0, 0), (1000, 0)))


def test_the_given_network_is_never_touched():
    network = ladder()
    before = network.edges.copy(deep=True)
    edited(network, added=[at((400, 0), (400, 300))], closed=[1], slowed=[{"road": 2, "factor": 2}])
    assert_frame_equal(network.edges, before)
    assert seconds(network, (0, 0), (0, 300)) == 300


def test_longitude_and_latitude_are_measured_in_metres():
    line = shapely.LineString([(113.0, 36.5), (113.01, 36.5)])
    network = from_edges(gpd.GeoDataFrame({"u": [1], "v": [2]}, geometry=[line], crs=4490))
    made = edited(network, added=[[[113.005, 36.50001], [113.005, 36.51]]])
    assert made.hits[0].length_m == pytest.approx(1109.6, abs=1)
    assert made.network.metric_crs == network.metric_crs
    assert made.hits[0].joined == 1


def test_without_edits_the_roads_are_the_same():
    network = ladder()
    assert_frame_equal(with_road_edits(network, read_road_edits({})).edges, network.edges)


spots = st.lists(st.one_of(places), min_size=1, max_size=3)


def _near(network, share, row):
    row %= len(network.edges)
    shape = network.lines[row]
    return shapely.get_coordinates(shape.interpolate(share, normalized=True))[0].tolist()


@few
@given(networks(), spots, spots, st.integers(0, 20), st.floats(0, 1), st.sampled_from(EXTENTS[:2]))
def test_closing_brings_nobody_nearer(network, start, end, row, share, extent):
    made = edited(network, closed=[{"point": _near(network, share, row), "extent": extent}]).network
    here, there = points(dict(enumerate(start))), points(dict(enumerate(end)))
    before = cost_matrix(network, here, there, speed_mps=1.0).to_numpy()
    after = cost_matrix(made, here, there, speed_mps=1.0).to_numpy()
    assert (after >= before).all()


low = st.lists(st.tuples(st.floats(0, 200), st.floats(0, 149)), min_size=1, max_size=3)


@few
@given(low, low, st.floats(0, 200), st.integers(0, 11))
def test_cutting_a_road_changes_no_way_along_it(start, end, x, row):
    # The new road is a dead end that leaves the grid at its top, far from all these points.
    network = grid()
    point = shapely.get_coordinates(network.lines[row].interpolate(0.4, normalized=True))[0]
    made = edited(
        network,
        added=[at((x, 200), (x, 900))],
        slowed=[{"point": point.tolist(), "factor": 1}],
    ).network
    here, there = points(dict(enumerate(start))), points(dict(enumerate(end)))
    before = cost_matrix(network, here, there, speed_mps=1.0).to_numpy()
    after = cost_matrix(made, here, there, speed_mps=1.0).to_numpy()
    np.testing.assert_allclose(after, before, atol=1e-6)
