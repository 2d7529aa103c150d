from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.names.folding import core, fold, fold_variants, is_chinese


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("開元 社區", "开元社区"),
        ("Sītíng Zhèn", "sitingzhen"),
        ("Xī'ān", "xian"),
        ("Xī’ān", "xian"),
        ("ＳＴ", "st"),
        ("LǙ", "lv"),
        ("lü", "lv"),
        ("\u3000善\t福\u00a0", "善福"),
        ("乾隆", "干隆"),
        ("", ""),
    ],
)
def test_one_name_has_one_form(text, folded):
    assert fold(text) == folded


@given(st.text(max_size=20))
def test_folding_twice_changes_nothing_more(text):
    once = fold(text)
    assert fold(once) == fold(fold(once))


@given(st.text("善福镇開元贾脑村", max_size=6), st.text("善福镇開元贾脑村", max_size=6))
def test_a_part_folds_as_the_whole_does(one, other):
    assert fold(one + other) == fold(one) + fold(other)


@pytest.mark.parametrize(
    ("one", "other"), [("贾脑", "贾垴"), ("阎村", "闫村"), ("南洼", "南凹"), ("傅村", "付村")]
)
def test_characters_of_the_list_stand_for_one_another(one, other):
    assert fold_variants(fold(one)) == fold_variants(fold(other))


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("善福村", "善福"),
        ("王村", "王村"),
        ("开元社区", "开元"),
        ("襄垣县", "襄垣"),
        ("善福乡", "善福"),
        ("社区", "社区"),
    ],
)
def test_the_core_keeps_two_characters(name, short):
    assert core(name) == short


def test_chinese_is_chinese_in_every_extension():
    assert all(map(is_chinese, "虒〇㐂𠮷"))
    assert not any(map(is_chinese, "a1·，"))
