"""Numbers are found by their text, whether sorted in already or just added."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.names import postings
from layers.names.postings import Beginnings, Postings

ADDED = st.lists(st.tuples(st.text(alphabet="ab王村", max_size=3), st.integers(0, 9)), max_size=30)


@pytest.fixture(params=[0, 5, 1000], scope="module", autouse=True)
def unsorted(request):
    """How much may wait to be sorted in: nothing, some, all."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(postings, "_UNSORTED", request.param)
        yield


def test_two_texts_of_the_same_bytes_in_memory_are_two_texts():
    table = Postings()
    table.add(1, "nf")
    assert table.find("普").tolist() == []
    assert table.find("nf").tolist() == [1]


@given(before=ADDED, after=ADDED)
def test_every_number_is_found_by_its_text_and_no_other(before, after):
    whole, begins = Postings(), Beginnings()
    for part in (before, after):
        for text, slot in part:
            whole.add(slot, text)
            begins.add(slot, text)
        whole.settle()
        begins.settle()
    added = [*before, *after]
    for asked in {text for text, _ in added} | {"x", "王"}:
        assert sorted(whole.find(asked)) == sorted(slot for text, slot in added if text == asked)
        found = sorted(slot for text, slot in added if text.startswith(asked))
        assert sorted(begins.find(asked)) == found
