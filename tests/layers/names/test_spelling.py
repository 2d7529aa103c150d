from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from layers.facts import divisions
from layers.names.spelling import generic_of, proposals, spelled, spelling_fault
from layers.schema import layer_schema


@pytest.mark.parametrize(
    ("name", "kind", "pinyin"),
    [
        ("虒亭镇", "division", "Sītíng Zhèn"),
        ("善福村", "division", "Shànfúcūn"),
        ("善福村", "committee_seat", "Shànfúcūn"),
        ("开元社区", "division", "Kāiyuán Shèqū"),
        ("西安路", "street", "Xī'ān Lù"),
        ("仙堂山", "natural", "Xiāntáng Shān"),
        ("人民公园", "park", "Rénmín Gōngyuán"),
        ("后湾水库", "facility", "Hòuwān Shuǐkù"),
    ],
)
def test_names_are_written_by_the_rules(name, kind, pinyin):
    assert spelled(name, kind) == pinyin
    assert spelling_fault(name, pinyin, kind) is None


@pytest.mark.parametrize(
    ("name", "pinyin", "said"),
    [
        ("虒亭镇", "Sìtíng Zhèn", "不是这几个字的读音"),
        ("虒亭镇", "Siting Zhen", "没有标声调"),
        ("虒亭镇", "sītíng zhèn", "应写作 Sītíng Zhèn"),
        ("虒亭镇", "Sītíngzhèn", "应写作 Sītíng Zhèn"),
        ("虒亭镇", "Sī Tíng Zhèn", "应写作 Sītíng Zhèn"),
        ("善福村", "Shànfú Cūn", "应写作 Shànfúcūn"),
        ("西安村", "Xīāncūn", "应写作 Xī'āncūn"),
        ("虒亭镇", "", "不是这几个字的读音"),
    ],
)
def test_what_breaks_a_rule_is_said(name, pinyin, said):
    assert said in (spelling_fault(name, pinyin, "division") or "")


@pytest.mark.parametrize("pinyin", ["Hóubǎo Zhèn", "Hóubǔ Zhèn"])
def test_any_reading_that_is_known_is_right(pinyin):
    assert spelling_fault("侯堡镇", pinyin, "division") is None


def test_decomposed_tone_marks_are_the_same():
    assert spelling_fault("虒亭镇", "Si\u0304ti\u0301ng Zhe\u0300n", "division") is None


def test_every_uncertain_character_is_named_for_a_person():
    first, second = proposals("侯堡镇", "division")
    assert (first.pinyin, second.plain) == ("Hóubǎo Zhèn", "Houbu Zhen")
    assert first.to_json()["unsure"] == [{"char": "堡", "reading": "bǎo", "basis": "memory"}]


@pytest.mark.parametrize(
    ("name", "kind", "generic"),
    [
        ("长治大道", "street", "大道"),
        ("长治路", "natural", ""),
        ("路", "street", ""),
        ("新华村", None, "村"),
    ],
)
def test_the_longest_generic_term_counts(name, kind, generic):
    assert generic_of(name, kind) == generic


@given(st.sampled_from([unit.name for unit in divisions()]))
def test_every_proposal_passes_its_own_check_and_the_schema(name):
    for one in proposals(name, "division"):
        assert spelling_fault(name, one.pinyin, "division") is None
        assert layer_schema("place_names").fields["pinyin_tone"].matches(one.pinyin)
