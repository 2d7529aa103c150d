from __future__ import annotations

from datetime import UTC, date, datetime

import pytest
import shapely

from layers.cql2 import parse_filter
from layers.cql2.errors import FilterError
from layers.cql2.nodes import Box, Call, Instant, Interval, Items, Literal, Property, Shape

A = Property("a")


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("a = 1", Call("=", (A, Literal(1)))),
        ("a = 1.5", Call("=", (A, Literal(1.5)))),
        ("a = 'it''s'", Call("=", (A, Literal("it's")))),
        ("名称 = '香园'", Call("=", (Property("名称"), Literal("香园")))),
        ('"a b" <> true', Call("<>", (Property("a b"), Literal(value=True)))),
        ("a IS NOT NULL", Call("not", (Call("isnull", (A,)),))),
        ("a NOT IN (1)", Call("not", (Call("in", (A, Items((Literal(1),)))),))),
        ("a IN ((1), 2)", Call("in", (A, Items((Literal(1), Literal(2)))))),
        ("A_OVERLAPS(a, ())", Call("a_overlaps", (A, Items(())))),
        ("a > DATE('2024-06-30')", Call(">", (A, Instant(date(2024, 6, 30))))),
        (
            "a = TIMESTAMP('2024-06-30T08:15:00Z')",
            Call("=", (A, Instant(datetime(2024, 6, 30, 8, 15, tzinfo=UTC)))),
        ),
        (
            "T_AFTER(a, INTERVAL('2024-01-01', '..'))",
            Call("t_after", (A, Interval(Instant(date(2024, 1, 1)), None))),
        ),
        ("T_AFTER(a, INTERVAL(b, ('..')))", None),
        ("S_WITHIN(a, BBOX(1, 2, 3, 4))", Call("s_within", (A, Box(1.0, 2.0, 3.0, 4.0)))),
        (
            "S_WITHIN(a, POINT Z (1 2 3))",
            Call("s_within", (A, Shape(shapely.Point(1, 2)))),
        ),
    ],
)
def test_text_becomes_a_tree(text: str, tree: Call | None) -> None:
    if tree is None:
        with pytest.raises(FilterError, match="INTERVAL"):
            parse_filter(text)
    else:
        assert parse_filter(text) == tree


@pytest.mark.parametrize(
    ("text", "body"),
    [
        ("a = 1", {"op": "=", "args": [{"property": "a"}, 1]}),
        ("a IN (1)", {"op": "in", "args": [{"property": "a"}, [1]]}),
        ("a IN (1, 2)", {"op": "in", "args": [{"property": "a"}, [1, 2]]}),
        (
            "NOT (a LIKE 'x%')",
            {"op": "not", "args": [{"op": "like", "args": [{"property": "a"}, "x%"]}]},
        ),
        (
            "S_INTERSECTS(a, BBOX(1,2,3,4))",
            {"op": "s_intersects", "args": [{"property": "a"}, {"bbox": [1, 2, 3, 4]}]},
        ),
        (
            "T_DURING(a, INTERVAL('..', '2024-01-01'))",
            {"op": "t_during", "args": [{"property": "a"}, {"interval": ["..", "2024-01-01"]}]},
        ),
    ],
)
def test_both_languages_make_one_tree(text: str, body: dict[str, object]) -> None:
    assert parse_filter(text) == parse_filter(body, lang="cql2-json")


def test_parentheses_group_and_change_nothing_else() -> None:
    plain = parse_filter("a = 1 OR b = 2 AND NOT c = 3")
    assert parse_filter("((a = (1)) OR ((((b = 2))) AND (NOT (c = 3))))") == plain
    assert parse_filter("(a = 1 OR b = 2) AND NOT c = 3") != plain


def test_sixty_four_parentheses_are_read() -> None:
    assert parse_filter("(" * 64 + "a = 1" + ")" * 64) == parse_filter("a = 1")


@pytest.mark.parametrize(
    "text",
    [
        "(" * 64,
        "(" * 64 + "a =" + ")" * 64,
        "(" * 40 + "1" + "),2" * 40,
        "a = 1 AND (" * 40 + "b =" + ")" * 40,
        "a IN (" * 40 + "b =" + ")" * 40,
        "f((" * 30 + "a =" + "))" * 30,
        "POLYGON((" * 30 + "a =" + "))" * 30,
        "POLYGON((((((((1",
    ],
)
def test_a_mistake_deep_inside_is_told_at_once(text: str) -> None:
    # The library alone needs 2^depth steps for these; the suite would never end.
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.code == "bad_filter"


@pytest.mark.parametrize(
    "text",
    [
        "", "  ", "a =", "= 1", "a == 1", "a = .5", "a = 1e999", "a = 'x", "1 2", "a;b",
        "S_INTERSECTS(a, BBOX(1, 2, 3))", "S_INTERSECTS(a, BBOX(1, 5, 3, 4))",
        "a = DATE('2024-02-30')",
        "a = DATE(b)", "a = TIMESTAMP('2024-06-30')", "a = TIMESTAMP('0001-01-01T00:00:00+14:00')",
        "T_AFTER(a, INTERVAL('2024-01-02', '2024-01-01'))", "T_AFTER(a, INTERVAL(1, 2))",
        "T_AFTER(a, INTERVAL('2024-01-02', '2024-01-03T00:00:00Z'))",
        "S_WITHIN(a, POLYGON((0 0, 1 1, 1 0, 0 1, 0 0)))", "S_WITHIN(a, POLYGON((0 0, 1 1, 1 0)))",
        "S_WITHIN(a, LINESTRING(0 0))", "a = '\ud800'", "a-" * 200 + "a = 1",
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_a_clear_refusal(text: str) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(text)
    assert caught.value.code == "bad_filter"
    assert str(caught.value).startswith("筛选条件 filter ")
    assert str(caught.value).endswith("。")
    assert "\x01" not in str(caught.value)


@pytest.mark.parametrize(
    "body",
    [
        "{", "[1", "{'op': 1}", '{"a": 1}', '{"op": "="}', "NaN", '{"op":"=","args":[1,1e999]}',
        {"op": "=", "args": [1, float("nan")]}, {"op": "=", "args": [1, {1}]},
        {"op": "s_within", "args": [{"property": "a"}, {"type": "Point", "coordinates": []}]},
        {"op": "s_within", "args": [{"property": "a"}, {"type": "Polygon", "coordinates": [[]]}]},
        {"op": "s_within", "args": [{"property": "a"}, {"bbox": [1]}]},
        {"op": "t_after", "args": [{"property": "a"}, {"interval": ["2024-01-01"]}]},
    ],
)  # fmt: skip
def test_json_that_is_no_filter_is_a_clear_refusal(body: object) -> None:
    with pytest.raises(FilterError) as caught:
        parse_filter(body, lang="cql2-json")
    assert caught.value.code == "bad_filter"


def test_another_language_is_named() -> None:
    with pytest.raises(FilterError, match="cql-text") as caught:
        parse_filter("a = 1", lang="cql-text")
    assert caught.value.code == "unknown_filter_lang"


def test_the_place_of_a_mistake_is_quoted() -> None:
    with pytest.raises(FilterError, match="在“! 2”处"):
        parse_filter("a = 1 AND (b ! 2)")
