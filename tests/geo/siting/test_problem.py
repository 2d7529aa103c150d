from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from geo.errors import InputError
from geo.siting.problem import Problem, require_count, require_gap
from geo.siting.solution import relative_gap
from tests.geo.siting.tables import STREET


def problem(cost=STREET, **options) -> Problem:
    return Problem.of("mclp", cost, options.get("existing", ()), options.get("forbidden", ()))


def test_rows_and_columns_are_sorted_by_label():
    asked = problem(STREET.loc[["v3", "v1"], ["c", "a"]])
    assert list(asked.sites) == ["a", "c"]
    assert asked.cost.tolist() == [[0, 600], [600, 0]]


def test_answers_come_in_the_callers_order():
    asked = problem(STREET.loc[["v3", "v1"]])
    found = asked.answer(
        np.array([0]), objective=1.0, bound=1.0, uncoverable=np.array([True, False])
    )
    assert found.seconds.to_dict() == {"v3": 600, "v1": 0}
    assert list(found.seconds.index) == ["v3", "v1"]
    assert found.uncoverable == ("v1",)


def test_ids_keep_their_kind():
    cost = pd.DataFrame([[5.0, 60]], index=[7], columns=[20, 3])
    found = problem(cost).answer(
        np.array([0]), objective=1.0, bound=1.0, uncoverable=np.array([False])
    )
    assert found.chosen == (3,)
    assert type(found.chosen[0]) is int
    assert str(found.assignment.dtype) == "Int64"


def test_a_column_that_is_no_number_is_refused():
    with pytest.raises(InputError, match="不是数字"):
        problem(STREET.assign(b="far"))


def test_a_negative_cost_is_refused_with_its_place():
    cost = STREET.copy()
    cost.loc["v2", "c"] = -1
    with pytest.raises(InputError) as caught:
        problem(cost)
    assert caught.value.where == "v2, c"


@pytest.mark.parametrize(
    ("count", "allowed"), [(0, True), (3, True), (2.0, True), (np.int64(1), True), (np.nan, False)]
)
def test_counts_are_whole(count, allowed):
    if allowed:
        assert require_count(count, 3) == count
    else:
        with pytest.raises(InputError):
            require_count(count, 3)


def test_a_gap_of_all_is_refused():
    with pytest.raises(InputError):
        require_gap(1.0, None)


@pytest.mark.parametrize(
    ("objective", "bound", "gap"),
    [(0.0, 0.0, 0.0), (10.0, 9.0, 0.1), (9.0, 10.0, 1 / 9), (0.0, 1.0, np.inf)],
)
def test_the_gap_is_relative_to_the_objective(objective, bound, gap):
    assert relative_gap(objective, bound) == pytest.approx(gap)
