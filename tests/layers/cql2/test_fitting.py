from __future__ import annotations

from datetime import date

import pytest

from layers.cql2 import fitted, parse_filter
from layers.cql2.errors import FilterError
from layers.cql2.fitting import kind_of
from layers.cql2.nodes import Call, Instant, Literal, Property
from tests.layers.cql2.things import THINGS


def test_properties_get_their_type() -> None:
    found = fitted(parse_filter("SIZE = 7"), THINGS)
    assert found == Call("=", (Property("size", "integer"), Literal(7)))


def test_text_beside_a_time_is_read_as_one() -> None:
    found = fitted(parse_filter("'2024-01-01' < opened"), THINGS)
    assert found == Call("<", (Instant(date(2024, 1, 1)), Property("opened", "date")))


def test_constants_are_folded_before_any_store_sees_them() -> None:
    found = fitted(parse_filter("name LIKE CASEI(ACCENTI('CHIȘ%'))"), THINGS)
    assert found == Call("like", (Property("name", "text"), Literal("chis%")))


def test_folding_twice_is_folding_once() -> None:
    once = fitted(parse_filter("CASEI(name) = 'x'"), THINGS)
    assert fitted(parse_filter("CASEI(CASEI(CASEI(name))) = 'x'"), THINGS) == once


@pytest.mark.parametrize(
    ("text", "kind"),
    [("size", "number"), ("seen", "datetime"), ("tags", "list"), ("parts", "json")],
)
def test_kinds_follow_from_types(text: str, kind: str) -> None:
    found = fitted(parse_filter(f"{text} IS NULL"), THINGS)
    assert isinstance(found, Call)
    assert kind_of(found.args[0]) == kind


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("size = '7'", "字段 size（数）与“7”（文字）；文字要加单引号，数不加"),
        ("name = 7", "文字要加单引号"),
        ("size", "整个条件 要用是否，写的是字段 size（数）"),
        ("'x'", "整个条件"),
        ("size = NULL", "IS NULL"),
        ("size IN (1, 'x')", "类型不同"),
        ("size IN (1, NULL)", "IS NULL"),
        ("size IN ()", "IN"),
        ("open < TRUE", "< 要用"),
        ("open BETWEEN FALSE AND TRUE", "BETWEEN"),
        ("NOT size", "NOT 要用是否"),
        ("size AND open", "AND 要用是否"),
        ("name + 1 = 2", "+ 要用数"),
        ("-name = 2", "* 要用数"),
        ("CASEI(size) = 'x'", "CASEI 要用文字"),
        ("size LIKE '7%'", "LIKE 要用文字"),
        ("name LIKE name", "样式"),
        ("name LIKE 'x\\'", "反斜杠"),
        ("geometry = POINT(1 2)", "= 要用"),
        ("tags = ('x', 'y')", "= 要用"),
        ("parts = 'x'", "类型不同"),
        ("1 IS NULL", "IS NULL"),
        ("DATE('2024-01-01') IS NULL", "IS NULL"),
        ("opened = TIMESTAMP('2024-01-01T00:00:00Z')", "类型不同"),
        ("opened = '2024'", "日期"),
        ("opened = 'x'", "日期"),
        ("seen > 'noon of the first day'", "时刻"),
        ("T_AFTER(seen, DATE('2024-01-01'))", "一边是日期、一边是时刻"),
        ("T_AFTER(size, DATE('2024-01-01'))", "T_AFTER 要用日期"),
        ("T_AFTER(INTERVAL(opened, seen), opened)", "同为日期"),
        ("T_AFTER(INTERVAL(size, '..'), opened)", "INTERVAL 要用日期"),
        ("T_AFTER(opened)", "T_AFTER 应有 2 个参数，写了 1 个"),
        ("S_INTERSECTS(name, POINT(1 2))", "S_INTERSECTS 要用几何"),
        ("S_INTERSECTS(geometry, 'POINT(1 2)')", "S_INTERSECTS 要用几何"),
        ("S_WITHIN(geometry, GEOMETRYCOLLECTION(POINT(1 2), POINT(3 4)))", "GEOMETRYCOLLECTION"),
        ("S_INTERSECTS(geometry, POINT(27 114))", "纬度超出 ±90"),
        ("S_INTERSECTS(geometry, BBOX(400000, 0, 500000, 1))", "filter-crs"),
        ("A_CONTAINS(name, ('x'))", "A_CONTAINS 要用列表"),
        ("A_CONTAINS(tags, (1))", "文字"),
        ("A_CONTAINS(tags, (name, 'x'))", "文字"),
        ("upper(name) = 'X'", "upper"),
        ("s_dwithin(geometry, POINT(1 2), 3)", "s_dwithin"),
    ],
)
def test_what_does_not_go_together_is_said_in_words(text: str, said: str) -> None:
    with pytest.raises(FilterError) as caught:
        fitted(parse_filter(text), THINGS)
    assert caught.value.code == "bad_filter"
    assert said in str(caught.value)


@pytest.mark.parametrize(
    "text", ["nmae = 'x'", "T_AFTER(INTERVAL(start, '..'), opened)", "fid = 1"]
)
def test_unknown_properties_have_their_own_code(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        fitted(parse_filter(text), THINGS)
    assert caught.value.code == "unknown_property"


def test_what_somebody_may_not_see_they_may_not_ask_for() -> None:
    node = parse_filter("updated_by = 'li'")
    assert fitted(node, THINGS)
    with pytest.raises(FilterError) as caught:
        fitted(node, THINGS, hidden={"updated_by"})
    assert caught.value.code == "unknown_property"


@pytest.mark.parametrize("op", ["and", "or", "=", "in", "like", "between", "isNull", "casei", "+"])
def test_json_with_too_few_arguments_is_refused(op: str) -> None:
    with pytest.raises(FilterError):
        fitted(parse_filter({"op": op, "args": []}, lang="cql2-json"), THINGS)
