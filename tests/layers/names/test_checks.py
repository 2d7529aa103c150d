from __future__ import annotations

import pytest

from geo.errors import InputError
from layers.names import NameFinding, check_name, check_stored_names, name_lists
from layers.names.checks import NameLists
from layers.store import Actor

CLERK = Actor("tester", "reviewer")


def codes(findings: list[NameFinding]) -> dict[str, str]:
    return {finding.code: finding.level for finding in findings}


@pytest.mark.parametrize(
    ("name", "kind", "pinyin", "found"),
    [
        ("新安路", "street", "Xīn'ān Lù", {}),
        ("善福村", "committee_seat", "Shànfúcūn", {"N01": "error"}),
        ("善福邨", "other", None, {"N02": "warning"}),
        ("开源社区", "division", None, {"N02": "warning"}),
        ("東风路", "street", None, {"N05": "error"}),
        ("龘龙路", "street", None, {"N05": "error"}),
        ("CBD大道", "street", None, {"N06": "error"}),
        ("新·安路", "street", None, {"N06": "error"}),
        ("新安路", "street", "Xīnān Lù", {"N07": "error"}),
        ("新安路", "street", "Jiùān Lù", {"N07": "error"}),
        ("新安", "street", None, {"N08": "warning"}),
        ("新安", "other", None, {}),
        ("3路", "street", None, {"N09": "warning"}),
        ("第十二街", "street", None, {"N09": "warning"}),
        ("十里铺", "committee_seat", None, {}),
    ],
)
def test_each_rule_has_its_finding(county, name, kind, pinyin, found):
    assert codes(check_name(county, name, kind=kind, pinyin=pinyin)) == found


def test_a_name_in_use_is_named_with_its_place(county):
    (finding,) = check_name(county, "善福村", kind="division")
    assert finding.ids == ("140423108200",)
    assert "善福镇善福村（140423108200）" in finding.message


@pytest.mark.parametrize("name", ["崔家庄村", "王家沟村"])
def test_doubles_in_use_are_a_warning(county, name):
    (finding,) = check_name(county, name, kind="division")
    assert (finding.code, finding.level, len(finding.ids)) == ("N01", "warning", 2)


def test_the_bearer_of_a_name_is_no_double_of_itself(county):
    assert check_name(county, "善福村", kind="division", id="140423108200") == []


def test_a_double_that_is_stored_is_a_warning(county):
    (finding,) = check_name(county, "崔家庄村", kind="division", id="140423100263")
    assert (finding.level, finding.ids) == ("warning", ("140423100263", "140423108207"))


def test_forbidden_words_come_from_the_lists(county):
    lists = NameLists(persons=("示意人",), brands=("示意牌",))
    assert codes(check_name(county, "示意人路", kind="street", lists=lists)) == {"N03": "error"}
    assert codes(check_name(county, "示意牌路", kind="street", lists=lists)) == {"N04": "error"}


def test_the_shipped_lists_are_empty():
    assert name_lists() == NameLists()


def test_the_bureau_keeps_its_own_lists(tmp_path):
    path = tmp_path / "name_lists.yaml"
    assert name_lists(path) == NameLists()
    path.write_text("persons: [示意人]\nbrands: [示意牌]\n", encoding="utf-8")
    assert name_lists(path) == NameLists(("示意人",), ("示意牌",))


@pytest.mark.parametrize("text", ["persons: 示意人", "people: [a]", "- a", "persons: [1]", "a: ["])
def test_a_list_in_another_form_is_refused(tmp_path, text):
    path = tmp_path / "name_lists.yaml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError, match="persons"):
        name_lists(path)


def test_blanks_around_a_name_are_no_fault_of_it(county):
    assert check_name(county, " 新安路　", kind="street") == []


def test_nothing_and_unknown_kinds_are_refused(county):
    with pytest.raises(InputError, match="不能为空"):
        check_name(county, " ")
    with pytest.raises(InputError, match="natural"):
        check_name(county, "新安路", kind="road")


def test_the_county_has_two_double_names(county):
    found = check_stored_names(county)
    assert [(f.code, f.level, f.name) for f in found] == [
        ("N01", "warning", "崔家庄村"),
        ("N01", "warning", "王家沟村"),
    ]


def test_stored_names_are_checked_each_for_itself(store):
    unit = {"level": "village", "kind": "village", "parent_code": "140423108000", "legal": True}
    store.put("divisions", [{"code": "140423108200", "name": "善福村", **unit}], actor=CLERK)
    rows = [
        {"name": "善福村", "kind": "committee_seat", "division_code": "140423108200"},
        {"name": "善福村", "kind": "committee_seat", "division_code": "140423108201"},
        {"name": "喆路", "kind": "street", "status": "standard", "pinyin_tone": "Zhé lù"},
        {"name": "囍路", "kind": "street", "status": "standard", "pinyin_tone": "Xǐ Lù"},
    ]
    ids = store.put("place_names", rows, actor=CLERK, reason="old register").ids
    found = [(f.code, f.level, f.name) for f in check_stored_names(store)]
    # The seat of the village bears its name; the other seat is a double of both.
    assert sorted(found) == [
        ("N01", "error", "善福村"),
        ("N01", "error", "善福村"),
        ("N07", "error", "喆路"),
    ]
    assert check_name(store, "囍路", kind="street", id=ids[3]) == []
    assert codes(check_name(store, "囍大道", kind="street")) == {"N05": "error"}
