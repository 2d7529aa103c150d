from __future__ import annotations

import geopandas as gpd
import numpy as np
import pytest
import shapely

from geo.errors import InputError
from geo.network import read_osm
from geo.reach import cost_matrix
from geo.screening import screen_candidates
from tests.build import grid, points, street


def test_each_node_gets_the_people_within_the_limit():
    homes = points({"h": (100, 0), "far": (2000, 0)}, people=[5, 7])
    found = screen_candidates(
        street(0, 100, 1000, 2000), homes, weight="people", minutes=15, speed_mps=1.0
    )
    assert found["covered"].to_dict() == {0: 5, 1: 5, 2: 5, 3: 7}
    assert found["points"].to_dict() == {0: 1, 1: 1, 2: 1, 3: 1}


def test_who_is_served_already_is_not_won():
    homes = points({"h": (100, 0), "far": (2000, 0)}, people=[5, 7])
    stands = points({"f": (0, 0)})
    found = screen_candidates(
        street(0, 100, 1000, 2000),
        homes,
        facilities=stands,
        weight="people",
        minutes=15,
        speed_mps=1.0,
    )
    assert found["gained"].to_dict() == {0: 0, 1: 0, 2: 0, 3: 7}
    assert found["rank"].to_dict() == {3: 1, 0: 2, 1: 3, 2: 4}


def test_places_are_screened_as_nodes_are():
    roads = grid(4, 4)
    homes = points({1: (20, 10), 2: (290, 300), 3: (150, 100)}, people=[1, 2, 4])
    nodes = screen_candidates(roads, homes, weight="people", minutes=3)
    places = screen_candidates(
        roads, homes, candidates=roads.nodes[["geometry"]], weight="people", minutes=3
    )
    assert nodes.equals(places)
    assert nodes["covered"].nunique() > 2


@pytest.mark.parametrize(("direction", "node"), [("to_facility", 1), ("from_facility", 0)])
def test_a_one_way_street_is_seen_from_the_right_end(direction, node):
    one_way = street(0, 400, forward=True, backward=False, mode="etrike")
    homes = points({"h": (200, 0)})
    found = screen_candidates(one_way, homes, minutes=5, direction=direction)
    assert found.index[found["covered"] > 0].tolist() == [node]


def test_demand_without_a_place_or_road_is_in_nobodys_reach():
    homes = points({"none": None, "off": (0, 9000)})
    found = screen_candidates(street(0, 100), homes)
    assert found["covered"].sum() == 0


def test_the_order_of_demand_changes_nothing():
    roads = grid(4, 4)
    homes = points({1: (20, 10), 2: (290, 300), 3: (150, 100)}, people=[1, 2, 4])
    plain = screen_candidates(roads, homes, weight="people", minutes=3)
    assert plain.equals(screen_candidates(roads, homes.iloc[::-1], weight="people", minutes=3))


def test_a_missing_column_or_a_limit_of_nothing_is_refused():
    homes = points({1: (20, 10)})
    with pytest.raises(InputError, match="people"):
        screen_candidates(grid(), homes, weight="people")
    with pytest.raises(InputError):
        screen_candidates(grid(), homes, minutes=0)


@pytest.mark.slow
def test_every_node_of_a_town_counts_as_its_own_table_does(shared_data):
    network = read_osm(shared_data / "osm" / "heidelberg.osm.pbf")
    rng = np.random.default_rng(4)
    at = shapely.get_coordinates(network.nodes.geometry.to_numpy())
    at = at[rng.integers(0, len(at), 200)] + rng.normal(0, 5e-4, (200, 2))
    homes = gpd.GeoDataFrame(
        {"people": rng.integers(0, 40, 200)}, geometry=gpd.points_from_xy(*at.T), crs=network.crs
    )
    found = screen_candidates(network, homes, weight="people")
    some = network.nodes[["geometry"]].iloc[::50]
    table = cost_matrix(network, homes, some, minutes=15)
    expected = np.isfinite(table).T @ homes["people"]
    assert found.loc[some.index, "covered"].tolist() == expected.tolist()
