"""Layer elders: sums to the last person, bands inside bands, small cells."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from layers.sample.people import _shared, people
from layers.schema import layer_schema


def test_the_sums_are_those_of_the_census(county):
    sums = {
        field: sum(row[field] for row in county["elders"])
        for field in ("population", "age60", "age65", "age70", "age80")
    }
    assert sums == {
        "population": 260_081,
        "age60": 49_415,
        "age65": 33_368,
        "age70": 20_000,
        "age80": 5_046,
    }


def test_every_legal_unit_has_its_people_of_2020(county, divisions):
    legal = {id for id, r in divisions.items() if r["level"] == "village" and r["legal"]}
    legal = {id for id in legal if "@" not in id}
    assert {row["village_code"] for row in county["elders"]} == legal
    assert {(row["id"], row["year"]) for row in county["elders"]} == {
        (f"{code}-2020", 2020) for code in legal
    }


def test_people_live_at_their_villages_point(county, divisions):
    for row in county["elders"]:
        assert row["geometry"] == divisions[row["village_code"]]["geometry"]


def test_every_row_keeps_the_rules_of_the_schema(county):
    for row in county["elders"]:
        assert row["population"] > 0
        assert not [rule.text for rule in layer_schema("elders").rules if rule.broken(row)]


def test_some_villages_have_counts_that_must_be_hidden():
    shares = people(7)
    for field in ("age80", "alone", "disabled"):
        assert ((shares[field] > 0) & (shares[field] < 5)).sum() >= 10


def test_what_is_made_up_says_so(county):
    assert {row["quality"] for row in county["elders"]} == {"synthetic"}
    assert all("2020 年人口普查" in r["source"] and "示意" in r["source"] for r in county["elders"])


def test_shares_go_to_the_largest_remainders():
    assert _shared(10, np.array([1.0, 1.0, 1.0])).tolist() == [4, 3, 3]
    assert _shared(7, np.array([5.0, 3.0, 2.0])).tolist() == [4, 2, 1]


@given(
    st.integers(0, 100_000),
    st.lists(st.floats(0.01, 10_000), min_size=1, max_size=50),
)
def test_shares_sum_to_the_total_and_are_near_their_quota(total, weights):
    shares = _shared(total, np.array(weights))
    assert shares.sum() == total
    quota = total * np.floor(np.array(weights) * 1e6) / np.floor(np.array(weights) * 1e6).sum()
    assert np.abs(shares - quota).max() < 1.001
