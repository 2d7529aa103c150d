from __future__ import annotations

import pytest

from layers.names.readings import initials, known_readings, plain_readings, readings


def syllables(name):
    return [[reading.syllable for reading in one] for one in readings(name)]


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("虒亭镇", [["sī"], ["tíng"], ["zhèn"]]),
        ("侯堡镇", [["hóu"], ["bǎo", "bǔ"], ["zhèn"]]),
        ("里阚村", [["lǐ"], ["kàn"], ["cūn"]]),
        ("丰曲村", [["fēng"], ["qū"], ["cūn"]]),
        ("邕子村", [["yōng"], ["zǐ"], ["cūn"]]),
        ("卜沟村", [["bǔ"], ["gōu"], ["cūn"]]),
    ],
)
def test_the_list_of_the_county_comes_before_the_dictionary(name, read):
    assert syllables(name) == read


def test_a_name_that_the_list_does_not_name_keeps_the_dictionary_too():
    assert syllables("阚家沟")[0] == ["kàn", "hǎn"]


def test_every_listed_reading_says_its_basis():
    (own,) = readings("虒")[0]
    assert own.basis.startswith("seen")
    assert readings("亭")[0][0].basis == "字典"


def test_what_is_not_chinese_stands_for_itself():
    assert plain_readings("a座12号") == (("a", "zuo", "1", "2", "hao"),)
    assert plain_readings("𠮷·村")[0][1:] == ("·", "cun")


def test_combinations_are_bounded():
    assert len(plain_readings("堡凹" * 6)) == 12


def test_initials_are_first_letters():
    assert initials(("kai", "yuan", "she", "qu")) == "kysq"


def test_known_readings_join_list_and_dictionary():
    assert {"kàn", "hǎn"} <= known_readings("阚")
    assert {"bǎo", "bǔ", "pù"} <= known_readings("堡")
