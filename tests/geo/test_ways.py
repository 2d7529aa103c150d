"""The way to a facility: as long as its seconds say, from the point to the facility, over roads."""

from __future__ import annotations

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.errors import InputError
from geo.network import from_edges
from geo.reach import cost_matrix
from geo.ways import ways
from tests.build import ORIGIN, edges, grid, points, street
from tests.geo.draws import networks, places


def way(network, origin, destination, **options):
    options = {"speed_mps": 1.0} | options
    return ways(network, points({"o": origin}), points({"d": destination}), **options).loc["d"]


def metres(line):
    return [tuple(place) for place in (shapely.get_coordinates(line) - ORIGIN).round(6).tolist()]


def test_a_way_goes_to_the_road_along_it_and_off_again():
    found = way(street(0, 100, 200), (30, 4), (150, -5))
    assert metres(found.geometry) == [(30, 4), (30, 0), (100, 0), (150, 0), (150, -5)]
    assert found.length_m == pytest.approx(129, abs=0.1)
    assert found.seconds == 129


def test_a_way_on_one_edge_stays_on_it():
    found = way(street(0, 100), (80, 1), (20, 2))
    assert metres(found.geometry) == [(80, 1), (80, 0), (20, 0), (20, 2)]
    assert found.seconds == 63


def test_neighbours_nearer_than_the_road_walk_straight():
    found = way(street(0, 100), (50, 40), (53, 44))
    assert metres(found.geometry) == [(50, 40), (53, 44)]
    assert (found.length_m, found.seconds) == (5, 5)


def test_the_place_itself_is_no_way_to_draw():
    found = way(street(0, 100), (50, 4), (50, 4))
    assert (found.seconds, found.length_m, found.geometry) == (0, 0, None)


def test_what_cannot_be_reached_has_no_way():
    parts = from_edges(edges([(0, 1, [(0, 0), (99, 0)]), (2, 3, [(0, 800), (99, 800)])]))
    found = ways(parts, points({"o": (0, 0)}), points({"a": None, "b": (0, 800)}))
    assert np.isinf(found.seconds).all()
    assert found.length_m.isna().all()
    assert found.geometry.isna().all()


def test_beyond_the_limit_there_is_no_way():
    assert way(street(0, 100), (0, 0), (100, 0), minutes=1).geometry is None


def test_a_one_way_street_is_gone_round():
    square = edges(
        [
            (0, 1, [(0, 0), (100, 0)]),
            (1, 2, [(100, 0), (100, 100)]),
            (2, 0, [(100, 100), (0, 0)]),
        ],
        highway="residential",
        speed_mps=1.0,
        forward=True,
        backward=[False, True, True],
    )
    network = from_edges(square, mode="car")
    assert metres(way(network, (0, 0), (100, 0)).geometry) == [(0, 0), (100, 0)]
    back = way(network, (100, 0), (0, 0))
    assert metres(back.geometry) == [(100, 0), (100, 100), (0, 0)]


def test_of_equal_ways_it_is_always_the_same():
    lines = {way(grid(3, 3), (0, 0), (200, 200)).geometry.wkb_hex for _ in range(3)}
    assert len(lines) == 1


def test_there_is_one_origin():
    with pytest.raises(InputError, match="恰好一个"):
        ways(grid(), points({"a": (0, 0), "b": (1, 1)}), points({"c": (0, 0)}))


@given(networks(), st.lists(places, min_size=2, max_size=4))
def test_a_way_takes_the_seconds_of_the_matrix_and_joins_both_ends(network, found):
    origin = points({"o": found[0]})
    facilities = points(dict(enumerate(found[1:])))
    answer = ways(network, origin, facilities, speed_mps=1.0)
    matrix = cost_matrix(network, origin, facilities, speed_mps=1.0).to_numpy()[0]
    assert answer.seconds.tolist() == matrix.tolist()
    for number, line in answer.geometry.items():
        if line is None:
            continue
        ends = shapely.get_coordinates(line)[[0, -1]]
        places_ = [origin.geometry.iloc[0], facilities.geometry[number]]
        assert np.allclose(ends, shapely.get_coordinates(places_), atol=1e-6)
        assert answer.length_m[number] == pytest.approx(answer.seconds[number], abs=1e-6)
