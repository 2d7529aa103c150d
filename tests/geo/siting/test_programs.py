from __future__ import annotations

import numpy as np
import pytest
from scipy import sparse

from geo.errors import InputError
from geo.siting.programs import Clock, Program, TimeIsUpError, cut_rows


def program(need: float) -> Program:
    return Program(
        np.array([1e-9, 3e-9]),
        2,
        sparse.csr_array(np.ones((1, 2))),
        np.array([need]),
        np.array([np.inf]),
    )


def test_tiny_prices_are_not_lost_in_tolerances():
    found = program(1.0).solve(Clock.start(None, 0.0))
    assert found.values.round().tolist() == [1, 0]
    assert found.bound == pytest.approx(1e-9)


def test_no_choice_has_an_endless_bound():
    found = program(3.0).solve(Clock.start(None, 0.0))
    assert found.values is None
    assert found.bound == np.inf


def test_a_cut_with_a_site_that_is_gone_is_no_row():
    rows, high = cut_rows([np.array([1, 3]), np.array([2])], np.array([1, 3, 4]), 5)
    assert rows.tolist() == [[1, 1, 0, 0, 0]]
    assert high.tolist() == [1]


def test_a_time_that_is_up_is_an_input_error_that_names_its_argument():
    error = TimeIsUpError()
    assert (error.code, error.where) == ("time_limit_too_short", "time_limit_s")
    assert isinstance(error, InputError)


def test_time_runs_out():
    assert Clock.start(1e-9, 0.0).up
    assert not Clock.start(None, 0.0).up
    assert 0 < Clock.start(1e-9, 0.0).left_s < 1
