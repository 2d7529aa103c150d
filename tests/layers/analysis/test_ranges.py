from __future__ import annotations

import math

import pandas as pd
import pytest

from layers.analysis.inputs import read_inputs
from layers.analysis.question import CareQuestion
from layers.analysis.ranges import Streets, share_span, span_of
from tests.layers.analysis.county import fill


def test_shares_stand_in_the_order_of_the_demand_and_are_kept(store):
    inputs = read_inputs(fill(store), CareQuestion())
    streets = Streets.of(inputs)
    shares = streets.covered_shares()
    assert shares.index.equals(inputs.demand.index)
    # The near village wholly, the far and the placeless one not at all.
    assert shares.tolist() == [1, 0, 0]
    assert streets.covered_shares("walk", "to_facility", 1.1) is shares


def test_places_are_filled_along_the_streets_too(store):
    inputs = read_inputs(fill(store), CareQuestion())
    streets = Streets.of(inputs)
    places = pd.Series(12.0, index=inputs.counted.index)
    served = streets.served(places)
    assert served.index.equals(inputs.demand.index)
    assert served.tolist() == pytest.approx([12, 0, 0])


def test_what_differs_by_rounding_alone_is_one_figure():
    assert span_of(0.3, 0.1 + 0.2) == (0.3, 0.3)
    assert span_of(0.3, 0.2) == (0.2, 0.3)


def test_streets_are_those_of_walking_and_the_time_is_the_modes(store):
    inputs = read_inputs(fill(store), CareQuestion())
    assert Streets.of(inputs).covered_shares("car").tolist() == [1, 1, 0]


@pytest.mark.parametrize(("share", "span"), [(0.5, (0.25, 0.5)), (0.1, (0.1, 0.25))])
def test_a_span_holds_both_shares(share, span):
    people = pd.Series([10.0, 30.0])
    assert share_span(share, people, pd.Series([1.0, 0.0])) == span


def test_nobody_has_no_span():
    assert all(map(math.isnan, share_span(math.nan, pd.Series([0.0]), pd.Series([1.0]))))
