import warnings

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps

from geo.access import e2sfca, gini, inequality_by
from geo.errors import InputError

BREAKS, WEIGHTS = (600, 1200, 1800), (1.0, 0.68, 0.22)


def table(rows, columns="st"):
    return pd.DataFrame(rows, index=list("abcdefgh")[: len(rows)], columns=list(columns))


def series(labels, values):
    return pd.Series(values, index=list(labels), dtype=float)


def random_case(seed, n=40, m=7):
    draw = np.random.default_rng(seed)
    costs = pd.DataFrame(draw.uniform(0, 2400, (n, m)).round(), index=np.arange(n))
    costs = costs.mask(draw.random((n, m)) < 0.2, np.inf)
    people = pd.Series(draw.integers(0, 300, n), index=costs.index)
    return costs, people, pd.Series(draw.integers(0, 60, m), index=costs.columns)


def by_hand(costs, people, places, breaks, weights):
    """The two steps, written as the paper says them."""

    def pull(c):
        return next((w for end, w in zip(breaks, weights, strict=True) if c <= end), 0.0)

    ratio = {}
    for j in costs:
        wanted = sum(people[k] * pull(costs.at[k, j]) for k in costs.index)
        ratio[j] = places[j] / wanted if wanted else 0.0
    return [sum(ratio[j] * pull(costs.at[i, j]) for j in costs) for i in costs.index]


def peer(costs, people, places, breaks, weights):
    """The score of PySAL's `access`."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from access import Access
        from access import weights as kinds

        pairs = costs.stack().rename("cost").reset_index()
        pairs.columns = ["origin", "dest", "cost"]
        pairs = pairs[np.isfinite(pairs["cost"])]
        peer = Access(
            demand_df=pd.DataFrame({"id": costs.index, "people": people.to_numpy()}),
            demand_index="id",
            demand_value="people",
            supply_df=pd.DataFrame({"id": costs.columns, "places": places.to_numpy()}),
            supply_index="id",
            supply_value="places",
            cost_df=pairs,
            cost_origin="origin",
            cost_dest="dest",
            cost_name="cost",
        )
        # Its step function keeps each threshold inside, as ours does.
        steps = kinds.step_fn(dict(zip(breaks, weights, strict=True)))
        found = peer.enhanced_two_stage_fca(
            name="it", cost="cost", max_cost=breaks[-1], weight_fn=steps
        )
    return found["it_places"].reindex(costs.index).fillna(0.0)


def test_two_villages_and_two_stations_by_hand():
    # s: 10 places for a (1) and b (0.68): 10 / (100 + 68); t: 30 places, b alone.
    costs = table([[600, np.inf], [601, 0]])
    access = e2sfca(costs, series("ab", [100, 100]), series("st", [10, 30]))
    assert access.to_dict() == pytest.approx({"a": 10 / 168, "b": 6.8 / 168 + 0.3})
    assert access.name == "access"


def test_one_zone_counts_all_within_it_alike():
    costs = table([[600.0], [601.0]], "s")
    one = e2sfca(costs, series("ab", [5, 5]), series("s", [10]), breaks_seconds=[600], weights=[1])
    assert one.tolist() == [2.0, 0.0]


def test_a_place_without_people_gets_its_score_and_an_unused_facility_gives_none():
    costs = table([[0, np.inf], [10, 0]])
    access = e2sfca(costs, series("ab", [5, 0]), series("st", [10, 99]))
    assert access.tolist() == [2.0, 2.0]


def test_a_facility_without_places_gives_nobody_anything():
    costs = table([[0, 0]])
    assert e2sfca(costs, series("a", [5]), series("st", [0, 10])).tolist() == [2.0]


@pytest.mark.parametrize("seed", range(5))
def test_scores_are_those_of_the_paper_and_of_pysal(seed):
    costs, people, places = random_case(seed)
    ours = e2sfca(costs, people, places)
    assert ours.tolist() == pytest.approx(by_hand(costs, people, places, BREAKS, WEIGHTS))
    assert ours.tolist() == pytest.approx(
        peer(costs, people, places, BREAKS, WEIGHTS).tolist(), abs=1e-12
    )


def test_two_step_scores_are_those_of_pysal():
    costs, people, places = random_case(9)
    ours = e2sfca(costs, people, places, breaks_seconds=[900], weights=[1])
    assert ours.tolist() == pytest.approx(
        peer(costs, people, places, [900], [1.0]).tolist(), abs=1e-12
    )


@given(seed=st.integers(0, 10**6))
@settings(max_examples=40)
def test_access_times_people_sums_to_the_places_of_used_facilities(seed):
    costs, people, places = random_case(seed, 12, 4)
    near = costs.le(BREAKS[-1]).mul(people > 0, axis=0)
    shared = float((e2sfca(costs, people, places) * people).sum())
    assert shared == pytest.approx(float(places[near.any()].sum()))


@given(seed=st.integers(0, 10**6))
@settings(max_examples=20)
def test_the_order_of_rows_and_columns_changes_no_digit(seed):
    costs, people, places = random_case(seed, 12, 4)
    before = e2sfca(costs, people, places)
    mixed = costs.sample(frac=1, random_state=seed).sample(frac=1, axis=1, random_state=seed)
    after = e2sfca(mixed, people[::-1], places[::-1])
    assert after.index.tolist() == mixed.index.tolist()
    pd.testing.assert_series_equal(after.reindex(before.index), before, check_exact=True)


def test_inputs_are_not_changed():
    costs, people, places = random_case(1)
    kept = costs.copy(), people.copy(), places.copy()
    e2sfca(costs, people, places)
    pd.testing.assert_frame_equal(costs, kept[0])
    pd.testing.assert_series_equal(people, kept[1])
    pd.testing.assert_series_equal(places, kept[2])


@pytest.mark.parametrize(
    ("ends", "shares"),
    [([], []), ([600], [1, 0.5]), ([600, 600], [1, 1]), ([0], [1]), ([600], [1.1]),
     ([600, 1200], [0.5, 0.6])],
)  # fmt: skip
def test_zones_that_make_no_sense_are_refused(ends, shares):
    with pytest.raises(InputError) as refused:
        e2sfca(table([[0, 0]]), series("a", [1]), series("st", [1, 1]),
               breaks_seconds=ends, weights=shares)  # fmt: skip
    assert refused.value.code == "zones_invalid"


@pytest.mark.parametrize("bad", [np.nan, -1, np.inf])
def test_people_places_and_zones_must_be_there_and_not_negative(bad):
    costs, one, two = table([[0, 0]]), series("a", [1]), series("st", [1, 1])
    with pytest.raises(InputError, match="人数"):
        e2sfca(costs, series("a", [bad]), two)
    with pytest.raises(InputError, match="容量"):
        e2sfca(costs, one, series("st", [1, bad]))
    with pytest.raises(InputError):
        e2sfca(costs, one, two, breaks_seconds=[bad], weights=[1])


def test_gini_by_hand():
    assert gini([3, 3, 3]) == pytest.approx(0)
    assert gini([0, 0, 0, 1]) == pytest.approx(0.75)
    assert gini([1, 3]) == pytest.approx(0.25)
    assert np.isnan(gini([0, 0]))
    assert np.isnan(gini([]))
    assert np.isnan(gini([1], weights=[0]))


@given(
    nps.arrays(float, st.integers(2, 30), elements=st.integers(0, 100).map(float)),
    st.integers(0, 10**6),
)
@settings(max_examples=60)
def test_gini_is_that_of_pysal_and_a_weight_is_so_many_people(values, seed):
    from inequality.gini import Gini

    if values.sum() == 0:
        return
    assert gini(values) == pytest.approx(float(Gini(values).g), abs=1e-12)
    people = np.random.default_rng(seed).integers(0, 4, len(values))
    one_by_one = np.repeat(values, people)
    assert gini(values, weights=people) == pytest.approx(gini(one_by_one), abs=1e-12, nan_ok=True)


@given(st.lists(st.floats(0, 1e6), min_size=1, max_size=30), st.randoms())
def test_gini_lies_between_nothing_and_all_and_knows_no_order(values, random):
    mixed = random.sample(values, len(values))
    found = gini(values)
    assert np.isnan(found) or 0 <= found < 1
    assert gini(mixed) == pytest.approx(found, abs=0, nan_ok=True)


@pytest.mark.parametrize("bad", [[1, np.nan], [1, -1], [1, np.inf], ["much"]])
def test_gini_refuses_what_is_no_amount(bad):
    with pytest.raises(InputError) as refused:
        gini(bad)
    assert refused.value.code == "amount_invalid"
    with pytest.raises(InputError):
        gini([1] * len(bad), weights=bad)


def test_gini_refuses_weights_that_do_not_fit():
    with pytest.raises(InputError) as refused:
        gini([1, 2], weights=[1])
    assert refused.value.code == "lengths_differ"


def test_inequality_is_told_unit_by_unit():
    by = pd.Series(["south", "north", "north", None], index=list("abcd"), name="town")
    found = inequality_by(series("abcd", [0.1, 0, 0.4, 9]), series("abcd", [10, 30, 10, 0]), by)
    assert found.index.tolist() == ["north", "south", pd.NA]
    assert found.index.name == "town"
    north = found.loc["north"]
    assert north.tolist() == pytest.approx([40, 2, 0.1, 0.0, 0.75, 0.75])
    assert found.loc["south"].tolist() == pytest.approx([10, 1, 0.1, 0.1, 0.0, 0.0])
    assert found.iloc[2].isna().tolist() == [False, False, True, True, True, True]


def test_inequality_refuses_labels_without_partner():
    one = series("ab", [1, 1])
    with pytest.raises(InputError) as refused:
        inequality_by(one, one, pd.Series(["x"], index=["a"]))
    assert refused.value.code == "labels_unmatched"
