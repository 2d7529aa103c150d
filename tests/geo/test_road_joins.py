from __future__ import annotations

from itertools import count, pairwise

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from geo.road_joins import Cut, cut_line, join_roads
from tests.build import ORIGIN, street

LINE = np.array([[0.0, 0.0], [100.0, 0.0], [100.0, 100.0]])


def test_a_line_is_cut_at_its_fractions_whatever_their_order():
    pieces = cut_line(LINE, LINE, (1, 2), [Cut(0.75, 8, 8), Cut(0.25, 7, 7)])
    assert [(piece.u, piece.v) for piece in pieces] == [(1, 7), (7, 8), (8, 2)]
    assert [piece.share for piece in pieces] == [0.25, 0.5, 0.25]
    assert pieces[1].xy.tolist() == [[50, 0], [100, 0], [100, 50]]


def test_a_gap_has_a_node_on_either_side():
    before, after = cut_line(LINE, LINE, (1, 2), [Cut(0.5, 7, 8)])
    assert (before.v, after.u) == (7, 8)
    assert before.xy[-1].tolist() == after.xy[0].tolist() == [100, 0]


def test_a_line_that_is_a_point_keeps_what_it_costs_in_its_first_part():
    dot = np.array([[1.0, 1.0], [1.0, 1.0]])
    assert [piece.share for piece in cut_line(dot, dot, (1, 1), [Cut(0.5, 7, 7)])] == [1, 0]


@given(st.lists(st.floats(0, 1), max_size=5))
def test_pieces_together_are_the_line(fractions):
    pieces = cut_line(LINE, LINE, (1, 2), [Cut(at, 5, 5) for at in fractions])
    assert sum(piece.share for piece in pieces) == pytest.approx(1)
    assert sum(shapely.LineString(piece.xy).length for piece in pieces) == pytest.approx(200)
    assert (pieces[0].xy[0] == LINE[0]).all()
    assert (pieces[-1].xy[-1] == LINE[-1]).all()
    for one, following in pairwise(pieces):
        assert (one.xy[-1] == following.xy[0]).all()


def join(*lines, open_=(True, True)):
    network = street(0, 500, 1000)
    drawn = [shapely.LineString(np.array(line) + ORIGIN) for line in lines]
    return join_roads(network, drawn, np.array(open_), 25.0, count(10))


def test_the_nearest_road_is_joined_at_its_junction_or_cut():
    joins = join([(510, 0), (510, 200)], [(300, 5), (300, 200)])
    assert joins.ends[0][0] == 1
    assert joins.old_cuts[0] == [Cut(0.6, joins.ends[1][0], joins.ends[1][0])]
    assert joins.joined == [1, 1]
    assert joins.reached == [True, True]


def test_a_road_reaches_the_network_over_another_new_one():
    joins = join([(300, 0), (300, 200)], [(310, 210), (600, 210)], [(600, 300), (700, 300)])
    assert joins.reached == [True, True, False]
    assert joins.ends[0][1] == joins.ends[1][0]


def test_what_is_not_open_is_not_joined():
    assert join([(300, 0), (300, 200)], open_=(False, True)).reached == [False]
