import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage import coverage
from geo.errors import InputError
from geo.network import from_edges
from geo.spread import coverage_range, spread_demand, spread_shares
from tests.build import ORIGIN, edges, grid, points, street


def metres(spread):
    return shapely.get_coordinates(spread.geometry.to_numpy()) - ORIGIN


def a_street(highway="residential", length_m=400):
    return from_edges(edges([(0, 1, [(0, 0), (length_m, 0)])], highway=[highway]))


def test_a_village_stands_along_its_street_in_equal_pieces():
    spread = spread_demand(a_street(), points({"a": (200, 30)}), step_m=100)
    assert metres(spread).tolist() == [[50, 0], [150, 0], [250, 0], [350, 0]]
    assert spread["share"].tolist() == [0.25] * 4
    assert spread["on_street"].all()
    assert set(spread["demand_id"]) == {"a"}


def test_a_street_between_two_villages_is_parted_in_the_middle():
    homes = points({"b": (400, 0), "a": (0, 0)})
    spread = spread_demand(a_street(), homes, step_m=100)
    assert spread["demand_id"].tolist() == ["a", "a", "b", "b"]
    assert metres(spread)[:, 0].tolist() == [50, 150, 250, 350]


def test_streets_beyond_the_distance_are_left_out():
    spread = spread_demand(a_street(), points({"a": (0, 0)}), step_m=100, within_m=200)
    assert metres(spread)[:, 0].tolist() == [50, 150]


@pytest.mark.parametrize("highway", ["secondary", "footway", "path"])
def test_nobody_lives_along_a_main_road_or_a_path(highway):
    spread = spread_demand(a_street(highway), points({"a": (200, 30)}))
    assert metres(spread).tolist() == [[200, 30]]
    assert spread["share"].tolist() == [1]
    assert not spread["on_street"].any()


def test_a_country_road_serves_only_the_village_without_streets():
    both = from_edges(
        edges(
            [(0, 1, [(0, 0), (100, 0)]), (1, 2, [(100, 0), (900, 0)])],
            highway=["residential", "unclassified"],
        )
    )
    homes = points({"a": (50, 0), "b": (900, 0)})
    spread = spread_demand(both, homes, step_m=200, within_m=250)
    assert spread["demand_id"].tolist() == ["a", "b"]
    assert metres(spread).tolist() == [[50, 0], [800, 0]]


def test_a_demand_without_a_place_stays_without():
    spread = spread_demand(a_street(), points({"a": None}))
    assert spread.geometry.isna().tolist() == [True]
    network, station = a_street(), points({"s": (0, 0)})
    assert spread_shares(network, station, spread).to_dict() == {"a": 0.0}


def test_two_demands_at_one_place_share_its_streets():
    spread = spread_demand(a_street(), points({"a": (0, 0), "b": (0, 0)}), step_m=200)
    assert spread.groupby("demand_id")["share"].sum().to_dict() == {"a": 1, "b": 1}
    assert len(spread) == 4


def test_no_demand_and_no_road_give_no_point_and_no_street():
    assert spread_demand(a_street(), points({})).empty
    bare = from_edges(edges([]).assign(highway=[]))
    assert not spread_demand(bare, points({"a": (0, 0)}))["on_street"].any()


def spread_of(network, homes, stations, **options):
    spread = spread_demand(network, homes, step_m=100)
    return spread_shares(network, stations, spread, speed_mps=1.0, **options)


def test_half_of_a_street_within_reach_is_half_of_its_people():
    # At its point the village is out of reach (250 s); two of four pieces are within (50, 150 s).
    homes, stations = points({"a": (250, 0)}), points({"s": (0, 0)})
    shares = spread_of(a_street(), homes, stations, minutes=4)
    assert shares.to_dict() == {"a": 0.5}
    covered = coverage(a_street(), stations, homes, minutes=4, speed_mps=1.0)["covered"]
    table = coverage_range(covered, shares, pd.Series({"a": 30}))
    assert table.iloc[0].to_dict() == {
        "share_point": 0, "share_spread": 0.5, "share_low": 0, "share_high": 0.5,
        "covered_spread": 15,
    }  # fmt: skip


def test_a_range_is_taken_unit_by_unit_and_missing_units_stay_together():
    covered = pd.Series([True, False, True], index=list("abc"))
    table = coverage_range(
        covered,
        pd.Series([0.5, 0.5, 0.0], index=list("abc")),
        pd.Series([10, 10, 0], index=list("abc")),
        pd.Series(["x", "x", None], index=list("abc"), name="town"),
    )
    assert table.index.tolist() == ["x", pd.NA]
    assert table.index.name == "town"
    assert table.loc["x", ["share_low", "share_high"]].tolist() == [0.5, 0.5]
    assert table.iloc[1][["share_low", "share_high"]].isna().all()


def test_other_labels_are_refused():
    covered = pd.Series([True], index=["a"])
    with pytest.raises(InputError) as refused:
        coverage_range(covered, pd.Series([1.0], index=["b"]), pd.Series([1], index=["a"]))
    assert (refused.value.code, refused.value.where) == ("labels_unmatched", "spread")


@pytest.mark.parametrize("option", ["within_m", "step_m"])
def test_distances_must_be_positive(option):
    with pytest.raises(InputError) as refused:
        spread_demand(a_street(), points({"a": (0, 0)}), **{option: 0})
    assert refused.value.where == option


places = st.lists(st.tuples(st.integers(-50, 250), st.integers(-50, 250)), min_size=1, max_size=6)


@given(places, st.integers(30, 200), st.integers(50, 400), st.randoms())
@settings(max_examples=40, deadline=None)
def test_shares_sum_to_one_and_the_order_of_rows_changes_nothing(spots, step, within, random):
    network = grid()
    network.edges["highway"] = "residential"
    homes = points(dict(enumerate(spots)))
    spread = spread_demand(network, homes, step_m=step, within_m=within)
    sums = spread.groupby("demand_id")["share"].sum()
    assert sums.index.tolist() == list(range(len(spots)))
    assert np.allclose(sums, 1, atol=1e-12)
    mixed = homes.sample(frac=1, random_state=random.randrange(10**6))
    other = spread_demand(network, mixed, step_m=step, within_m=within)
    pd.testing.assert_frame_equal(pd.DataFrame(other), pd.DataFrame(spread))


@given(st.integers(1, 20), st.integers(0, 400))
@settings(max_examples=40, deadline=None)
def test_more_minutes_never_cover_less(minutes, at):
    homes, stations = points({"a": (200, 0)}), points({"s": (at, 0)})
    few = spread_of(a_street(), homes, stations, minutes=minutes)["a"]
    assert 0 <= few <= spread_of(a_street(), homes, stations, minutes=minutes + 1)["a"] <= 1


def test_inputs_are_not_changed():
    homes = points({"a": (0, 0)}, people=[3])
    spread_demand(street(0, 100), homes)
    assert homes.columns.tolist() == ["people", "geometry"]
