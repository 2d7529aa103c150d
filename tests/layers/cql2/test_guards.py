from __future__ import annotations

import pytest

from layers.cql2.errors import FilterError
from layers.cql2.guards import (
    MAX_NESTING,
    MAX_OPERATORS,
    pieces_of,
    require_plain_text,
    require_shallow_json,
)


def test_a_text_of_4096_characters_is_read_and_one_more_is_not() -> None:
    require_plain_text("x" * 4096)
    with pytest.raises(FilterError, match="4097 个字符"):
        require_plain_text("x" * 4097)


@pytest.mark.parametrize("letter", ["\x00", "\x01", "\x1f", "\x7f", "\ud800"])
def test_what_no_stored_text_holds_is_refused(letter: str) -> None:
    with pytest.raises(FilterError, match="控制字符"):
        require_plain_text(f"name = '{letter}'")


@pytest.mark.parametrize(
    ("opener", "closer"), [("(", ")"), ("f(", ")"), ("NOT ", ""), ("- ", ""), ("+ ", "")]
)
def test_nesting_ends_at_64_of_each_kind(opener: str, closer: str) -> None:
    pieces_of(opener * MAX_NESTING + "a" + closer * MAX_NESTING)
    with pytest.raises(FilterError, match="64 层"):
        pieces_of(opener * (MAX_NESTING + 1) + "a" + closer * (MAX_NESTING + 1))


def test_kinds_of_nesting_add_up() -> None:
    with pytest.raises(FilterError, match="64 层"):
        pieces_of("NOT (" * 33 + "a" + ")" * 33)


def test_signs_of_one_operand_do_not_deepen_the_next() -> None:
    pieces_of(" AND ".join(["NOT a"] * 100))


@pytest.mark.parametrize("operator", ["AND", "=", "+", "LIKE", "div"])
def test_operators_end_at_256(operator: str) -> None:
    pieces_of(f" {operator} ".join(["a"] * (MAX_OPERATORS + 1)))
    with pytest.raises(FilterError, match="256 个"):
        pieces_of(f" {operator} ".join(["a"] * (MAX_OPERATORS + 2)))


def test_signs_of_coordinates_are_no_operators() -> None:
    ring = ",".join(["-1 -1"] * 300)
    text, pieces = pieces_of(f"S_INTERSECTS(geometry, POLYGON(({ring})))")
    assert ring in text
    assert pieces == []


def test_words_in_quotes_are_no_operators() -> None:
    text, pieces = pieces_of("name = '" + "(NOT - " * 300 + "'")
    assert text.startswith("name = '(NOT")
    assert pieces == []


def test_the_library_never_sees_a_group_within_a_group() -> None:
    text, pieces = pieces_of("((a = 1) OR b IN (1, (2)))")
    assert text.strip() == '"\x014"'.replace("4", str(len(pieces) - 1))
    assert all("(" not in item for piece in pieces for item in piece.items)


def test_a_list_is_known_by_its_comma_or_the_word_before() -> None:
    _, (single, pair, group) = pieces_of("a IN (1) AND A_EQUALS(b, ('x', 'y')) AND (c)")
    assert [single.is_list, pair.is_list, group.is_list] == [True, True, False]


@pytest.mark.parametrize("text", ["(a", "f(a", "a)", "POINT(1 2", "'a", '"a', "a = 'x''"])
def test_quotes_and_parentheses_need_their_fellow(text: str) -> None:
    with pytest.raises(FilterError):
        pieces_of(text)


def test_deep_json_is_refused_however_deep() -> None:
    for depth in (65, 1000, 2000):
        with pytest.raises(FilterError, match="64 层"):
            require_shallow_json("[" * depth + "]" * depth)


def test_json_has_256_operators_at_most() -> None:
    one = '{"op":"a","args":[]}'
    require_shallow_json(f"[{','.join([one] * 256)}]")
    with pytest.raises(FilterError, match="256 个"):
        require_shallow_json(f"[{','.join([one] * 257)}]")


def test_hidden_characters_in_json_are_seen() -> None:
    with pytest.raises(FilterError, match="控制字符"):
        require_shallow_json('{"property":"\\u00010"}')


def test_measuring_never_takes_long() -> None:
    worst = ["'" + "''" * 2000, "(" * 2000, "-" * 4000, '"' * 4001, "POINT(" * 600, "a" * 4096]
    for text in worst:  # the suite would never end
        with pytest.raises(FilterError):
            pieces_of(text + "(")
