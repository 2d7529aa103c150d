import numpy as np
import pandas as pd
import pytest

from geo.cost_table import CostTable
from geo.errors import InputError

COSTS = pd.DataFrame({"t": [1.0, 2.0], "s": [3.0, np.inf]}, index=["b", "a"])


def test_rows_and_columns_stand_in_the_order_of_their_ids():
    table = CostTable.of(COSTS)
    assert table.seconds.tolist() == [[np.inf, 2.0], [3.0, 1.0]]
    assert table.people(pd.Series({"a": 5, "b": 7})).tolist() == [5.0, 7.0]
    assert table.places(pd.Series({"t": 1, "s": 2})).tolist() == [2.0, 1.0]


@pytest.mark.parametrize("bad", [np.nan, -1.0, "far"])
def test_a_cost_that_is_no_time_is_refused_with_its_row(bad):
    costs = COSTS.astype(object)
    costs.loc["a", "t"] = bad
    with pytest.raises(InputError) as refused:
        CostTable.of(costs)
    assert refused.value.code == "cost_invalid"


@pytest.mark.parametrize("people", [{"a": 1}, {"a": 1, "b": 1, "c": 1}])
def test_people_without_a_row_and_rows_without_people_are_refused(people):
    with pytest.raises(InputError) as refused:
        CostTable.of(COSTS).people(pd.Series(people))
    assert refused.value.code == "labels_unmatched"
    assert refused.value.where in ("b", "c")


@pytest.mark.parametrize("bad", [-1, np.inf, "many"])
def test_a_capacity_that_is_no_count_is_refused_even_where_it_may_be_missing(bad):
    capacity = pd.Series({"s": bad, "t": 1}, dtype=object)
    with pytest.raises(InputError) as refused:
        CostTable.of(COSTS).places(capacity, unknown=True)
    assert (refused.value.code, refused.value.where) == ("capacity_invalid", "s")


def test_a_missing_capacity_is_unknown_only_where_that_is_allowed():
    capacity = pd.Series({"s": None, "t": 1}, dtype="Int64")
    assert np.isnan(CostTable.of(COSTS).places(capacity, unknown=True)[0])
    with pytest.raises(InputError):
        CostTable.of(COSTS).places(capacity)


@pytest.mark.parametrize("turned", [False, True])
def test_a_label_that_occurs_twice_is_refused(turned):
    twice = pd.DataFrame(1.0, index=["a", "a"], columns=["s", "t"])
    with pytest.raises(InputError) as refused:
        CostTable.of(twice.T if turned else twice)
    assert refused.value.code == "duplicate_id"
