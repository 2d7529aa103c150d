"""How many predictable pieces make up a text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.auth.guessing import common_words, pieces


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("", 0),
        ("k", 1),
        ("kx8", 3),
        ("password", 1),
        ("p4$$w0rd", 1),
        ("abcdef", 1),
        ("fedcba", 1),
        ("aaaa", 1),
        ("qwerty", 1),
        ("poiuyt", 1),
        ("1qaz", 1),
        ("2024", 1),
        ("20240131", 1),
        ("2024-1-31", 1),
        ("13812345678", 1),
        ("14042319900101123x", 1),
        ("kx8kx8", 4),
        ("password2024!", 3),
        ("ab", 2),
    ],
)
def test_words_runs_and_days_are_one_piece_each(text, number):
    assert pieces(text) == number


def test_a_word_may_be_known_besides():
    assert pieces("kxqz", {"kxqz"}) == 1
    assert pieces("kxqz") == 4


@given(st.text(max_size=40))
def test_a_text_never_has_more_pieces_than_characters(text):
    assert min(1, len(text)) <= pieces(text) <= len(text)


def test_every_common_word_is_one_piece():
    assert {pieces(word) for word in common_words()} == {1}
    assert all(word == word.casefold() for word in common_words())
