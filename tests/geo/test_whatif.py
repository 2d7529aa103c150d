from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import geopandas as gpd
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pandas.testing import assert_frame_equal

from geo.coverage import coverage, gaps
from geo.errors import CrsError, GeometryError, InputError
from geo.whatif import WhatIf
from tests.build import grid, points, street
from tests.geo.draws import few, networks, places

HOMES = points({"a": (0, 0), "b": (400, 0), "c": (1000, 0)}, unit=["x", "x", "y"], people=[3, 5, 7])


def line():
    """A street of 1 km walked at 1 m/s, a station at its west end, three homes along it."""
    return WhatIf(
        street(0, 400, 1000),
        points({"west": (0, 0)}),
        HOMES,
        by="unit",
        weight="people",
        minutes=5,
        speed_mps=1.0,
    )


def test_before_is_what_stands():
    before = line().before
    assert before.seconds.tolist() == [0, 400, 1000]
    assert before.covered.tolist() == [True, False, False]
    assert before.gaps.loc["y", "uncovered"] == 7


def test_a_candidate_takes_the_homes_that_are_nearer_to_it():
    answer = line().at(points({"new": (850, 0)}))
    assert answer.seconds.tolist() == [0, 400, 150]
    assert answer.coverage["facility_id"].tolist() == ["west", "west", "new"]
    assert answer.gaps.loc["y", "uncovered"] == 0


def test_at_equal_distance_the_smaller_id_wins():
    whatif = line()
    assert whatif.at(points({"a": (800, 0)})).coverage.loc["b", "facility_id"] == "a"
    assert whatif.at(points({"z": (800, 0)})).coverage.loc["b", "facility_id"] == "west"


def test_a_removed_facility_serves_nobody():
    answer = line().at(removed=["west"])
    assert np.isinf(answer.seconds).all()
    assert np.isinf(answer.straight_m).all()
    assert answer.coverage["facility_id"].isna().all()


def test_a_moved_facility_is_one_removed_and_one_added():
    answer = line().at(points({"west again": (400, 0)}), removed=["west"])
    assert answer.seconds.tolist() == [400, 0, 600]


def test_a_candidate_without_a_place_changes_nothing():
    whatif = line()
    answer = whatif.at(points({"nowhere": None}))
    assert_frame_equal(answer.coverage, whatif.before.coverage)


def test_an_answer_leaves_the_inputs_alone():
    facilities, homes = points({"west": (0, 0)}), HOMES.copy()
    whatif = WhatIf(street(0, 400, 1000), facilities, homes, by="unit")
    frame = whatif.at(points({"new": (800, 0)})).coverage
    frame.iloc[0, 0] = "changed"
    assert_frame_equal(homes, HOMES)
    assert_frame_equal(whatif.before.coverage[["unit"]], HOMES[["unit"]])


def test_an_id_that_stands_already_is_refused():
    with pytest.raises(InputError) as refused:
        line().at(points({"west": (800, 0)}))
    assert (refused.value.code, refused.value.where) == ("duplicate_id", "west")


def test_an_unknown_removed_facility_is_named():
    with pytest.raises(InputError, match="east") as refused:
        line().at(removed=["east"])
    assert refused.value.code == "unknown_facility"


def test_another_crs_and_another_shape_are_refused():
    with pytest.raises(CrsError):
        line().at(points({"new": (0, 0)}).to_crs(4490))
    square = points({"new": (0, 0)})
    square = square.set_geometry(square.buffer(5))
    with pytest.raises(GeometryError):
        line().at(square)


@pytest.mark.parametrize(("name", "value"), [("minutes", 0), ("circle_m", -1), ("speed_mps", -1)])
def test_what_coverage_refuses_is_refused(name, value):
    with pytest.raises(InputError):
        WhatIf(grid(), points({"s": (0, 0)}), HOMES, by="unit", **{name: value})


def test_a_column_that_is_missing_is_refused_at_once():
    with pytest.raises(InputError) as refused:
        WhatIf(grid(), points({"s": (0, 0)}), HOMES, by="town")
    assert refused.value.code == "column_missing"


def test_threads_may_ask_the_same_one():
    whatif = line()
    spots = [points({"new": (x, 3.0)}) for x in range(0, 1000, 50)] * 5
    alone = [whatif.at(spot).seconds for spot in spots]
    with ThreadPoolExecutor(4) as pool:
        together = list(pool.map(lambda spot: whatif.at(spot).seconds, spots))
    np.testing.assert_array_equal(together, alone)


def _frame(places_of, ids):
    return points(dict(zip(ids, places_of, strict=True)))


kinds = st.sampled_from([str, int])


@few
@given(
    networks(),
    st.lists(st.one_of(st.none(), places), max_size=4),
    st.lists(st.one_of(st.none(), places), min_size=1, max_size=3),
    st.lists(st.one_of(st.none(), places), max_size=6),
    st.integers(0, 3),
    st.sampled_from(["to_facility", "from_facility"]),
    st.permutations(range(20)),
    kinds,
    kinds,
)
def test_it_equals_coverage_and_gaps_from_scratch(
    network, standing, new, homes, gone, direction, numbers, kind, other
):
    ids = [kind(number) for number in numbers]
    facilities = _frame(standing, ids[:4][: len(standing)])
    candidates = _frame(new, [other(number) for number in numbers[4 : 4 + len(new)]])
    demand = _frame(homes, ids[8 : 8 + len(homes)]).assign(
        unit=[f"u{i % 2}" for i in range(len(homes))], people=range(len(homes))
    )
    asked = {"minutes": 4, "speed_mps": 1.0, "direction": direction, "max_snap_m": 150}
    whatif = WhatIf(network, facilities, demand, by="unit", weight="people", **asked)
    removed = list(facilities.index[:gone])
    answer = whatif.at(candidates, removed=removed)
    changed = gpd.GeoDataFrame(
        pd.concat([facilities.drop(removed), candidates]), crs=facilities.crs
    )
    scratch = coverage(network, changed, demand, **asked)
    assert_frame_equal(answer.coverage, scratch, check_exact=True)
    assert_frame_equal(answer.gaps, gaps(scratch, "unit", weight="people"), check_exact=True)
