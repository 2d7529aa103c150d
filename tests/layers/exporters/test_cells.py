from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.exporters.cells import cell_text, list_text
from layers.importers.values import parse_list


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (None, ""),
        (True, "true"),
        (-5, "-5"),
        (1e-7, "0.0000001"),
        (1e22, "10000000000000000000000"),
        (0.1, "0.1"),
        (date(2020, 1, 2), "2020-01-02"),
        (["助餐", "助洁"], "助餐、助洁"),
        ([], "[]"),
    ],
)
def test_a_value_is_written_without_loss(value, text):
    assert cell_text(value) == text


@given(st.floats(allow_nan=False, allow_infinity=False))
def test_every_number_comes_back(number):
    text = cell_text(number)
    assert float(text) == number
    assert "e" not in text.casefold()


@given(st.lists(st.text(max_size=5), max_size=4))
def test_every_list_comes_back(items):
    assert parse_list(list_text(items)) == items
