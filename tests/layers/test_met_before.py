from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from layers.met_before import IdsOfOnePut, KeyIndex, MetBefore, Repeat


def test_a_key_is_told_with_the_row_that_had_it_first():
    met = MetBefore()
    assert met.add(["a", "b"], [2, 3], [7, 8]) == []
    assert met.add(["c", "a"], [4, 5], [9, 7]) == [Repeat(1, 2, same=True, told=False)]


def test_only_the_first_repeat_with_other_contents_is_not_told_yet():
    found = MetBefore().add(["a", "a", "a"], [2, 3, 4], [1, 2, 3])
    assert found == [
        Repeat(1, 2, same=False, told=False),
        Repeat(2, 2, same=False, told=True),
    ]


def test_a_text_and_a_tuple_are_two_keys():
    assert MetBefore().add(["a", ("a",), ("a", None), ("a", "")], [1, 2, 3, 4]) == []


@given(
    st.lists(st.lists(st.tuples(st.text(max_size=2), st.integers(0, 3)), max_size=6), max_size=6)
)
def test_the_repeats_are_those_of_a_dictionary(parts):
    met = MetBefore()
    first = {}
    row = 0
    for part in parts:
        rows = list(range(row, row + len(part)))
        expected = [
            (position, first[key])
            for position, key in enumerate(part)
            if first.setdefault(key, rows[position]) != rows[position]
        ]
        row += len(part)
        assert [(r.position, r.first) for r in met.add(part, rows)] == expected


def test_an_index_gives_every_id_of_a_key():
    index = KeyIndex([(("a", None), "2"), (("a", None), "1"), (("b", None), "3")])
    assert index.find(("a", None)) == ["1", "2"]
    assert index.find(("c", None)) == []


def test_an_id_that_comes_twice_in_a_put_is_found_by_its_place():
    met = IdsOfOnePut()
    assert met.repeated([]) is None
    assert met.repeated(["a", "b"]) is None
    assert met.repeated(["c", "d"]) is None
    assert met.repeated(["e", "b", "a"]) == 1
    assert IdsOfOnePut().repeated(["x", "y", "x"]) == 2
