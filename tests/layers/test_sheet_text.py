from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.sheet_text import fits_a_cell, from_cell, pieces, reference, referred, to_cell

TEXT = st.text(st.sampled_from("_x005FdD\r\n甲"), max_size=30)


@pytest.mark.parametrize(
    ("text", "cell"),
    [
        ("a\r\nb", "a_x000D_\nb"),
        ("_x000D_", "_x005F_x000D_"),
        ("_x00_ x000D_", "_x00_ x000D_"),
    ],
)
def test_a_carriage_return_is_escaped_as_excel_does(text, cell):
    assert to_cell(text) == cell
    assert from_cell(cell) == text


@given(TEXT)
def test_every_text_comes_back(text):
    assert from_cell(to_cell(text)) == text


def test_a_text_fits_by_its_escaped_utf_16_length():
    assert fits_a_cell("a" * 32_767)
    assert not fits_a_cell("a" * 32_768)
    assert fits_a_cell("\U00020000" * 16_383)
    assert not fits_a_cell("\U00020000" * 16_384)
    assert not fits_a_cell("\r" * 5_000)


def test_a_text_that_looks_like_a_reference_does_not_fit():
    assert referred(reference(12)) == 12
    assert not fits_a_cell(reference(12))
    assert referred("〔长文 x〕") is None


def test_pieces_join_to_the_text_and_fit_even_if_all_is_escaped():
    text = "\r" * 9_001
    assert "".join(pieces(text)) == text
    assert all(fits_a_cell(piece) for piece in pieces(text))
