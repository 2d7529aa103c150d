from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.importers.row_numbers import RowNumbers


@given(st.lists(st.integers(1, 60), unique=True, min_size=1).map(sorted), st.integers(0, 60))
def test_every_position_has_the_number_that_was_added(numbers, cut):
    kept = RowNumbers()
    kept.add(numbers[:cut])
    kept.add(numbers[cut:])
    assert len(kept) == len(numbers)
    assert [kept.of(position) for position in range(len(kept))] == numbers
