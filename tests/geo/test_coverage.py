import geopandas as gpd
import numpy as np
import pandas as pd
import pyproj
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from geo.coverage import by_band, coverage, gaps, straight_summary
from geo.errors import CrsError, GeometryError, InputError
from geo.network import from_edges
from geo.reach import cost_matrix
from tests.build import edges, grid, points, street

# One village at the station, one 800 m on, one behind the river with no bridge, one on paper only.
VILLAGES = {"a": (0, 0), "b": (800, 0), "c": (0, 300), "d": None}
TOWNS = ["north", "north", "south", None]
PEOPLE = [10, 20, 5, 1]
RIVER = [(1, 2, [(0, 0), (800, 0)]), (3, 4, [(0, 300), (50, 300)])]


def river(**options):
    demand = points(VILLAGES, town=TOWNS, people=PEOPLE)
    options = {"speed_mps": 1.0, "minutes": 10} | options
    return coverage(from_edges(edges(RIVER)), points({"s": (0, 0)}), demand, **options)


def table(**columns):
    """A coverage table written by hand."""
    n = len(next(iter(columns.values())))
    missing = {"covered": True, "connected": True, "seconds": 60.0, "circle_covered": True}
    return pd.DataFrame({name: [value] * n for name, value in missing.items()} | columns)


def test_coverage_says_who_is_near_enough_by_road_and_by_circle():
    frame = river()
    assert frame.index.tolist() == list("abcd")
    assert frame.facility_id.tolist() == ["s", "s", pd.NA, pd.NA]
    assert frame.seconds.tolist() == [0, 800, np.inf, np.inf]
    assert frame.covered.tolist() == [True, False, False, False]
    assert frame.connected.tolist() == [True, True, True, False]
    assert frame.circle_covered.tolist() == [True, True, True, False]
    np.testing.assert_allclose(frame.straight_m, [0, 800, 300, np.inf], rtol=2e-3)


def test_the_columns_of_demand_are_kept_and_the_new_ones_have_their_kinds():
    frame = river()
    assert frame.columns.tolist()[:3] == ["town", "people", "geometry"]
    assert frame.dtypes.astype(str).to_dict() | {"town": "str"} == {
        "town": "str", "people": "int64", "geometry": "geometry", "facility_id": "string",
        "seconds": "float64", "covered": "bool", "connected": "bool", "snap_offset_m": "float64",
        "straight_m": "float64", "circle_covered": "bool",
    }  # fmt: skip
    assert isinstance(frame, gpd.GeoDataFrame)


def test_demand_is_not_changed():
    demand = points(VILLAGES)
    coverage(grid(), points({"s": (0, 0)}), demand)
    assert demand.columns.tolist() == ["geometry"]


def test_seconds_are_the_true_cost_and_not_cut_at_the_limit():
    homes = points({"a": (150, 30), "b": (500, 640)})
    stations = points({"s": (0, 0), "t": (190, 200)})
    frame = coverage(grid(), stations, homes, minutes=0.1)
    assert frame.seconds.tolist() == cost_matrix(grid(), homes, stations).min(axis=1).tolist()
    assert not frame.covered.any()


def test_the_limit_and_the_circle_are_inclusive():
    frame = coverage(
        street(0, 60, 61), points({"s": (0, 0)}), points({"a": (60, 0), "b": (61, 0)}),
        minutes=1, speed_mps=1.0, circle_m=0.0,
    )  # fmt: skip
    assert frame.covered.tolist() == [True, False]
    at_home = coverage(street(0, 60), points({"s": (0, 0)}), points({"a": (0, 0)}), circle_m=0)
    assert at_home.circle_covered.all()


def test_service_that_comes_home_may_cover_others_than_elders_who_come():
    network = street(0, 100, 200, backward=False)
    homes = points({"a": (0, 0), "b": (200, 0)})
    to, back = (
        coverage(network, points({"s": (100, 0)}), homes, direction=direction)
        for direction in ("to_facility", "from_facility")
    )
    assert to.covered.tolist() == [True, False]
    assert back.covered.tolist() == [False, True]


def test_without_facilities_nobody_is_covered():
    frame = coverage(grid(), points({}), points({"a": (0, 0)}))
    assert frame.seconds.tolist() == frame.straight_m.tolist() == [np.inf]
    assert not frame.covered.any()
    assert not frame.circle_covered.any()
    assert frame.facility_id.isna().all()


def test_no_demand_is_no_error():
    frame = coverage(grid(), points({"s": (0, 0)}), points({}, town=[]))
    assert len(frame) == 0
    assert len(gaps(frame, "town")) == 0
    assert np.isnan(straight_summary(frame)["road_share"])


def test_the_straight_line_is_geodesic_and_counts_facilities_without_a_road():
    geod = pyproj.Geod(ellps="GRS80")
    homes = points({"a": (0, 0), "b": (30_000, 40_000)})
    stations = points({"far": (0, 5_000), "empty": None})
    frame = coverage(grid(), stations, homes)
    lonlat = homes.to_crs(4490).geometry
    there = stations.to_crs(4490).geometry["far"]
    true = [geod.inv(p.x, p.y, there.x, there.y)[2] for p in lonlat]
    np.testing.assert_allclose(frame.straight_m, true, atol=1e-6)
    assert not frame.covered.any()


@settings(max_examples=20)
@given(st.integers(0, 1000), st.integers(1, 30))
def test_the_straight_line_is_the_least_of_all(seed, count):
    rng = np.random.default_rng(seed)
    places = [points(dict(enumerate(rng.uniform(-9e4, 9e4, (n, 2))))) for n in (count, 10)]
    frame = coverage(grid(), *places)
    geod = pyproj.Geod(ellps="GRS80")
    stations, homes = (frame.to_crs(4490).geometry for frame in places)
    for home, straight_m in zip(homes, frame.straight_m, strict=True):
        least = min(geod.inv(home.x, home.y, s.x, s.y)[2] for s in stations)
        assert straight_m == pytest.approx(least, abs=1e-6)


def test_a_column_of_the_answer_that_is_taken_is_refused():
    with pytest.raises(InputError, match="seconds") as caught:
        coverage(grid(), points({"s": (0, 0)}), points({"a": (0, 0)}, seconds=[1]))
    assert caught.value.code == "column_taken"


@pytest.mark.parametrize(
    ("options", "error"),
    [({"minutes": 0}, InputError), ({"speed_mps": -1}, InputError), ({"circle_m": -1}, InputError),
     ({"max_snap_m": -1}, InputError), ({"direction": "up"}, InputError)],
)  # fmt: skip
def test_arguments_out_of_range_are_refused(options, error):
    with pytest.raises(error):
        river(**options)


def test_demand_that_is_not_points_of_the_network_is_refused():
    homes = points({"a": (0, 0)})
    with pytest.raises(CrsError, match="需求点"):
        coverage(grid(), homes, homes.to_crs(4490))
    with pytest.raises(GeometryError, match="需求点"):
        coverage(grid(), homes, homes.set_geometry(homes.buffer(1)))
    with pytest.raises(InputError, match="需求点"):
        coverage(grid(), homes, pd.concat([homes, homes]))


def test_gaps_rank_by_people_left_out():
    frame = gaps(river(), "town", weight="people")
    assert frame.index.tolist() == ["north", "south", pd.NA]
    assert frame["rank"].tolist() == [1, 2, 3]
    assert frame.columns.tolist() == [
        "rank", "total", "covered", "uncovered", "share", "points", "uncovered_points",
        "unconnected_points", "mean_seconds", "worst_seconds", "misled",
    ]  # fmt: skip
    assert frame.loc["north"].tolist() == [1, 30, 10, 20, 1 / 3, 2, 1, 0, 20 * 800 / 30, 800, 20]
    assert frame.loc["south"].tolist()[:8] == [2, 5, 0, 5, 0, 1, 1, 0]
    assert frame.loc["south", "misled"] == 5
    assert np.isnan(frame.loc["south", "mean_seconds"])
    assert np.isinf(frame.loc["south", "worst_seconds"])
    assert frame.iloc[2].tolist()[:8] == [3, 1, 0, 1, 0, 1, 1, 1]


def test_without_weights_each_point_counts_once():
    frame = gaps(river(), "town")
    assert frame.total.to_dict() == {"north": 2, "south": 1, pd.NA: 1}
    assert frame.total.dtype == "int64"


def test_ties_rank_by_share_then_by_name_and_missing_last():
    frame = gaps(
        table(
            town=["c", "c", "b", "a", None, "z"],
            covered=[False, True, False, False, False, True],
            people=[2, 2, 2, 2, 2, 0],
        ),
        "town",
        weight="people",
    )
    assert frame.index.tolist() == ["a", "b", pd.NA, "c", "z"]
    assert np.isnan(frame.share["z"])


def test_nobody_at_all_has_no_share():
    frame = gaps(table(town=["a"], people=[0]), "town", weight="people")
    assert frame.loc["a", ["total", "covered", "uncovered", "misled"]].tolist() == [0, 0, 0, 0]
    assert np.isnan(frame.share["a"])
    assert np.isnan(frame.mean_seconds["a"])


def test_the_groups_keep_their_kind():
    assert str(gaps(table(town=[3, 1]), "town").index.dtype) == "Int64"
    assert str(gaps(table(town=["x", None]), "town").index.dtype) == "string"
    assert gaps(table(town=[3, 1]), "town").index.name == "town"


@pytest.mark.parametrize("bad", [[1, -1], [1, None], [1, float("nan")]])
def test_weights_that_are_missing_or_negative_are_refused(bad):
    with pytest.raises(InputError) as caught:
        gaps(table(town=["a", "b"], people=bad), "town", weight="people")
    assert caught.value.code == "weight_invalid"
    with pytest.raises(InputError):
        straight_summary(table(people=bad), weight="people")


def test_missing_columns_are_refused():
    for call in (
        lambda: gaps(table(town=["a"]), "village"),
        lambda: gaps(table(town=["a"]), "town", weight="people"),
        lambda: gaps(table(town=["a"]).drop(columns="covered"), "town"),
        lambda: straight_summary(table(town=["a"]).drop(columns="circle_covered")),
        lambda: by_band(grid(), points({}), points({"a": (0, 0)}), bands={"age80": 0.8}),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.code == "column_missing"


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", None]),
            st.floats(0, 1e4),
            st.booleans(),
            st.booleans(),
            st.one_of(st.floats(0, 1e4), st.just(np.inf)),
        ),
        min_size=1,
        max_size=12,
    ),
    st.randoms(),
)
def test_totals_hold_and_permuted_rows_give_the_same_gaps(rows, random):
    town, people, covered, circle, seconds = map(list, zip(*rows, strict=True))
    frame = table(town=town, people=people, covered=covered, circle_covered=circle, seconds=seconds)
    answer = gaps(frame, "town", weight="people")
    assert (answer.covered + answer.uncovered == answer.total).all()
    assert answer.total.sum() == pytest.approx(sum(people))
    assert answer.points.sum() == len(rows)
    assert (answer.misled <= answer.uncovered).all()
    assert answer.uncovered.is_monotonic_decreasing
    order = list(range(len(rows)))
    random.shuffle(order)
    pd.testing.assert_frame_equal(answer, gaps(frame.iloc[order], "town", weight="people"))


def test_each_band_walks_at_its_own_speed():
    homes = points({"near": (300, 0), "far": (900, 0)}, age60=[5, 5], disabled=[1, 3])
    network, station = street(0, 1000), points({"s": (0, 0)})
    frame = by_band(network, station, homes, bands={"age60": 1.1, "disabled": 0.5}, minutes=15)
    assert frame.index.tolist() == ["age60", "disabled"]
    assert frame.columns.tolist() == ["speed_mps", "total", "covered", "uncovered", "share"]
    assert frame.loc["age60"].tolist() == [1.1, 10, 10, 0, 1.0]
    assert frame.loc["disabled"].tolist() == [0.5, 4, 1, 3, 0.25]


def test_no_bands_give_no_rows():
    frame = by_band(grid(), points({"s": (0, 0)}), points({"a": (0, 0)}), bands={})
    assert frame.columns.tolist() == ["speed_mps", "total", "covered", "uncovered", "share"]
    assert len(frame) == 0


def test_the_summary_puts_the_straight_line_beside_the_road():
    summary = straight_summary(river(), weight="people")
    assert summary == {
        "circle_share": pytest.approx(35 / 36),
        "road_share": pytest.approx(10 / 36),
        "misled_share": pytest.approx(25 / 36),
    }
    assert straight_summary(river())["road_share"] == 0.25
