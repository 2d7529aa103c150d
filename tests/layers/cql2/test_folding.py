from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.cql2.folding import accenti, casei


@pytest.mark.parametrize(
    ("one", "other"), [("KØBENHAVN", "København"), ("Straße", "STRASSE"), ("ΟΔΟΣ", "οδος")]
)
def test_case_is_folded(one: str, other: str) -> None:
    assert casei(one) == casei(other)


@pytest.mark.parametrize(
    ("text", "plain"),
    [("Chișinău", "Chisinau"), ("Xiāngyuán", "Xiangyuan"), ("香园", "香园"), ("ガ한", "ガ한")],
)
def test_accents_go_and_letters_stay(text: str, plain: str) -> None:
    assert accenti(text) == plain


@given(st.text())
def test_folding_twice_is_folding_once(text: str) -> None:
    assert accenti(accenti(text)) == accenti(text)
    assert casei(casei(text)) == casei(text)
