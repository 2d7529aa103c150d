import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.capacity import capacity_gaps, serve_by_capacity
from geo.coverage import coverage, gaps
from geo.errors import InputError
from geo.reach import cost_matrix
from tests.build import points, street


def costs(rows, demand="abcd", facilities="st"):
    return pd.DataFrame(rows, index=list(demand)[: len(rows)], columns=list(facilities))


def series(labels, values):
    return pd.Series(values, index=list(labels), dtype=float)


def serve(rows, people, places, minutes=10):
    table = costs(rows, facilities="stuv"[: len(places)])
    return serve_by_capacity(
        table, series(table.index, people), series(table.columns, places), minutes=minutes
    )


def test_the_nearest_are_served_first_and_a_village_in_part():
    answer = serve([[60.0], [120.0], [180.0], [601.0]], [5, 4, 3, 2], [7])
    assert answer.demand["served"].tolist() == [5, 2, 0, 0]
    assert answer.demand["reachable_unserved"].tolist() == [0, 2, 3, 0]
    assert answer.demand["unreachable"].tolist() == [0, 0, 0, 2]
    assert answer.facilities.loc["s"].tolist() == [7, 12, 7, 0, 1]
    assert answer.warnings == ()


def test_who_finds_the_nearest_full_goes_on_to_the_next():
    answer = serve([[60.0, 300.0], [30.0, np.inf]], [10, 6], [8, 3])
    assert answer.flows.to_dict() == {("b", "s"): 6, ("a", "s"): 2, ("a", "t"): 3}
    assert answer.demand.loc["a", "seconds"] == (2 * 60 + 3 * 300) / 5
    assert answer.demand["reachable_unserved"].tolist() == [5, 0]


def test_equals_go_by_id_whatever_the_order_of_rows():
    table = costs([[60.0, 60.0], [60.0, 60.0]])
    people, places = series("ab", [5, 5]), series("st", [6, 2])
    answer = serve_by_capacity(table, people, places, minutes=1)
    assert answer.flows.to_dict() == {("a", "s"): 5, ("b", "s"): 1, ("b", "t"): 2}
    turned = serve_by_capacity(table.iloc[::-1, ::-1], people, places, minutes=1)
    pd.testing.assert_series_equal(turned.flows, answer.flows)
    assert turned.demand.index.tolist() == ["b", "a"]
    assert turned.facilities["filled"].to_dict() == {"s": 6, "t": 2}


def test_no_place_is_known_to_serve_nobody():
    answer = serve([[0.0]], [5], [0])
    assert answer.demand.loc["a", ["reachable_unserved", "perhaps"]].tolist() == [5, 0]
    assert np.isnan(answer.facilities.loc["s", "load"])
    assert answer.unknown == ()


def test_an_unknown_number_of_places_serves_nobody_and_is_said():
    answer = serve([[0.0, 60.0], [30.0, np.inf], [np.inf, np.inf]], [5, 4, 1], [None, 2])
    assert answer.demand["served"].tolist() == [2, 0, 0]
    assert answer.demand["perhaps"].tolist() == [3, 4, 0]
    assert answer.unknown == ("s",)
    assert np.isnan(answer.facilities.loc["s", ["capacity", "left", "load"]].to_numpy(float)).all()
    assert answer.facilities.loc["s", "reachable"] == 9
    (warning,) = answer.warnings
    assert "s" in warning
    assert "未载明" in warning


def test_no_facility_at_all_leaves_everybody_out_of_reach():
    answer = serve_by_capacity(
        costs([[], []], facilities=""), series("ab", [1, 2]), series("", []), minutes=10
    )
    assert answer.demand["unreachable"].tolist() == [1, 2]
    assert answer.facilities.empty
    assert answer.flows.empty


@pytest.mark.parametrize("bad", [-1, np.inf])
def test_places_that_are_no_count_are_refused(bad):
    with pytest.raises(InputError) as refused:
        serve([[0.0]], [1], [bad])
    assert refused.value.code == "capacity_invalid"


def slowly(table, people, places, limit_s):
    """Serve one person at a time, always the pair with the least time."""
    waiting, free, flows = people.to_dict(), places.to_dict(), {}
    while True:
        pairs = [
            (table.at[i, j], j, i)
            for i in table.index
            for j in table
            if table.at[i, j] <= limit_s and waiting[i] > 0 and free[j] > 0
        ]
        if not pairs:
            return flows
        _, j, i = min(pairs)
        waiting[i] -= 1
        free[j] -= 1
        flows[i, j] = flows.get((i, j), 0) + 1


cases = st.tuples(st.integers(1, 5), st.integers(1, 3), st.integers(0, 10**6))


def drawn(case):
    n, m, seed = case
    draw = np.random.default_rng(seed)
    table = costs(draw.integers(0, 8, (n, m)) * 100.0, "abcde", "stu"[:m])
    return (
        table,
        series(table.index, draw.integers(0, 6, n)),
        series(table.columns, draw.integers(0, 6, m)),
    )


@given(cases)
@settings(max_examples=60)
def test_one_person_at_a_time_gives_the_same(case):
    table, people, places = drawn(case)
    answer = serve_by_capacity(table, people, places, minutes=5)
    assert answer.flows.to_dict() == slowly(table, people, places, 300)


@given(cases)
@settings(max_examples=60)
def test_sums_hold_and_no_nearer_place_is_left_to_one_farther_away(case):
    table, people, places = drawn(case)
    answer = serve_by_capacity(table, people, places, minutes=5)
    parts = answer.demand[["served", "reachable_unserved", "unreachable"]].sum(axis=1)
    assert parts.tolist() == people.tolist()
    assert answer.facilities["filled"].sum() == answer.demand["served"].sum()
    assert (answer.facilities["filled"] <= places).all()
    for i, left in answer.demand["reachable_unserved"].items():
        for j in table.columns[table.loc[i] <= 300]:
            if left > 0:
                assert answer.facilities.at[j, "left"] == 0
                taken = [table.at[k, f] for k, f in answer.flows.index if f == j]
                assert max(taken, default=0) <= table.at[i, j]


@given(cases)
@settings(max_examples=30)
def test_more_places_serve_nobody_less_in_all(case):
    table, people, places = drawn(case)
    few = serve_by_capacity(table, people, places, minutes=5).demand["served"].sum()
    assert serve_by_capacity(table, people, places + 1, minutes=5).demand["served"].sum() >= few


def on_a_street():
    network = street(0, 300, 600, 5000)
    homes = points(
        {"a": (0, 0), "b": (300, 0), "c": (5000, 0)}, town=["x", "y", None], people=[4, 6, 5]
    )
    stations = points({"s": (600, 0)})
    covered = coverage(network, stations, homes, minutes=10, speed_mps=1.0)
    answer = serve_by_capacity(
        cost_matrix(network, homes, stations, speed_mps=1.0),
        homes["people"],
        series("s", [7]),
        minutes=10,
    )
    return covered, answer


def test_the_gap_of_full_facilities_stands_beside_the_gap_of_roads():
    covered, answer = on_a_street()
    table = capacity_gaps(covered, answer, "town", weight="people")
    pd.testing.assert_frame_equal(table.iloc[:, :-4], gaps(covered, "town", weight="people"))
    assert table.index.tolist() == [pd.NA, "x", "y"]
    assert table["uncovered"].tolist() == [5, 0, 0]
    assert table["reachable_unserved"].tolist() == [0, 3, 0]
    assert table["served"].tolist() == [0, 1, 6]
    assert table["served_share"].tolist() == [0, 0.25, 1]


def test_a_gap_table_of_another_question_is_refused():
    covered, answer = on_a_street()
    with pytest.raises(InputError) as refused:
        capacity_gaps(covered.assign(covered=True), answer, "town", weight="people")
    assert refused.value.code == "answers_differ"
    with pytest.raises(InputError) as refused:
        capacity_gaps(covered.iloc[1:], answer, "town", weight="people")
    assert refused.value.code == "labels_unmatched"
