"""What a filter finds, in each store alike."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from layers.cql2 import parse_filter
from layers.store_values import Query
from tests.layers.cql2.things import rows

if TYPE_CHECKING:
    from layers.store import Store

SQUARE = "POLYGON((113 26,115 26,115 28,113 28,113 26))"

ANSWERS = [
    # NULL is neither equal nor unequal, and NOT of it is no more true.
    ("size = 7", "a"),
    ("size <> 7", "bc"),
    ("NOT size = 7", "bc"),
    ("size IS NULL", "d"),
    ("NOT (size IS NULL)", "abc"),
    ("size = 7 OR name IS NULL", "ad"),
    ("size IN (7, -7)", "ab"),
    ("size NOT IN (7)", "bc"),
    ("size BETWEEN -7 AND 0", "bc"),
    ("share >= 0.5", "ab"),
    ("open", "ac"),
    ("NOT open", "b"),
    ("open = FALSE", "b"),
    ("open IN (TRUE, FALSE)", "abc"),
    ("(size = 7) = open", "ab"),
    ("TRUE", "abcd"),
    ("FALSE OR id = 'd'", "d"),
    ("1 = 1", "abcd"),
    ("'a' > 'B'", "abcd"),
    # Text sorts by code point; LIKE minds case and takes \ as it is meant.
    ("name > 'a'", "c"),
    ("name LIKE '100\\%%'", "a"),
    ("name LIKE '%\\_%'", "a"),
    ("name LIKE '%\\\\%'", "a"),
    ("name LIKE 'ch%'", ""),
    ("name LIKE '__'", "c"),
    ("NOT name LIKE '__'", "ab"),
    ("CASEI(name) LIKE CASEI('%STRASSE')", "a"),
    ("ACCENTI(name) = 'Chisinau'", "b"),
    ("ACCENTI(CASEI(name)) LIKE ACCENTI(CASEI('CHIȘ%'))", "b"),
    ("name = 'x'' OR 1=1 --'", ""),
    ("\"name\" = '香园'", "c"),
    # Calculations: what has no result is NULL, whole numbers do not cut a division.
    ("size / 2 = 3.5", "a"),
    ("size div 2 = -3", "b"),
    ("size % 2 = -1", "b"),
    ("size ^ 2 = 49", "ab"),
    ("1 / size > 0", "a"),
    ("1 div size IS NULL", "cd"),
    ("1 % size IS NULL", "cd"),
    ("0 ^ size IS NULL", "bd"),
    ("(-8) ^ share IS NULL", "abd"),
    ("10 ^ (size * 100) IS NULL", "ad"),
    ("10 ^ (size * 100) = 0", "b"),
    ("-size = 7", "b"),
    ("size + share * 2 - 1 = 7", "a"),
    # Days and moments.
    ("opened = DATE('2024-01-01')", "a"),
    ("opened > '2024-01-01'", "b"),
    ("seen = TIMESTAMP('2024-01-01T20:00:00+08:00')", "a"),
    ("seen IN ('2024-01-01T12:00:00Z', '2024-06-30T12:00:00Z')", "ab"),
    ("T_AFTER(opened, DATE('2024-01-01'))", "b"),
    ("T_DURING(opened, INTERVAL('2023-12-31', '2024-01-02'))", "a"),
    ("T_INTERSECTS(seen, INTERVAL('..', '2024-01-01T12:00:00Z'))", "a"),
    ("NOT T_INTERSECTS(opened, INTERVAL('2024-06-30', '..'))", "a"),
    ("T_INTERSECTS(INTERVAL('..', '..'), opened)", "ab"),
    ("T_EQUALS(INTERVAL('..', '..'), INTERVAL('..', '..'))", "abcd"),
    ("T_BEFORE(DATE('2024-01-01'), INTERVAL('..', '2025-01-01'))", ""),
    ("T_DISJOINT(DATE('2024-01-01'), INTERVAL('2024-01-02', '..'))", "abcd"),
    # Of the validity of a feature, nothing means that it goes on.
    ("T_INTERSECTS(INTERVAL(valid_from, valid_to), DATE('2024-01-01'))", "acd"),
    ("T_INTERSECTS(INTERVAL(valid_from, valid_to), INTERVAL('..', '2005-01-01'))", "bcd"),
    ("T_AFTER(valid_from, DATE('2010-01-01'))", "a"),
    ("valid_to IS NULL", "acd"),
    # Lists are sets.
    ("A_CONTAINS(tags, ('y'))", "ab"),
    ("A_CONTAINS(tags, ('y', 'x', 'y'))", "a"),
    ("A_CONTAINS(tags, ())", "abc"),
    ("A_EQUALS(tags, ('z', 'y'))", "b"),
    ("A_EQUALS(tags, ())", "c"),
    ("A_CONTAINEDBY(tags, ('x', 'y', 'q'))", "ac"),
    ("A_CONTAINEDBY(('z'), tags)", "b"),
    ("A_OVERLAPS(tags, ('x', 'q'))", "a"),
    ("NOT A_OVERLAPS(tags, ('x'))", "bc"),
    ("A_OVERLAPS(tags, tags)", "ab"),
    ("tags IS NULL", "d"),
    ("parts IS NULL", "bcd"),
    # What the store writes.
    ("version = 1", "abcd"),
    ("updated_at > TIMESTAMP('2020-01-01T00:00:00Z')", "abcd"),
    ("updated_by = 'test'", "abcd"),
    ("id IN ('a', 'd')", "ad"),
    ("quality = 'approximate'", "abcd"),
    # Geometry: no geometry is in no relation, nor out of one.
    ("S_INTERSECTS(geometry, BBOX(113, 26, 114, 27))", "ab"),
    ("S_INTERSECTS(geom, BBOX(115, 28, 116, 29))", "b"),
    ("S_INTERSECTS(geometry, BBOX(179, 0, -179, 2))", "c"),
    ("S_INTERSECTS(geometry, BBOX(114, 27, 114, 27))", "ab"),
    ("NOT S_INTERSECTS(geometry, BBOX(113, 26, 114, 27))", "c"),
    ("S_DISJOINT(geometry, BBOX(113, 26, 114, 27))", "c"),
    ("NOT S_DISJOINT(geometry, BBOX(113, 26, 114, 27))", "ab"),
    ("S_INTERSECTS(geometry, BBOX(113, 26, 114, 27)) = FALSE", "c"),
    ("S_WITHIN(geometry, BBOX(113.5, 26.5, 114.5, 27.5))", "a"),
    ("S_CONTAINS(geometry, POINT(114 27))", "ab"),
    ("S_CONTAINS(POINT(114 27), geometry)", "a"),
    ("S_WITHIN(POINT(114.5 27), geometry)", "b"),
    (f"S_EQUALS(geometry, {SQUARE})", "b"),
    ("S_TOUCHES(geometry, POINT(180 1))", "c"),
    ("S_CROSSES(geometry, LINESTRING(179 0, 179 2))", "c"),
    ("S_OVERLAPS(geometry, BBOX(114, 27, 117, 30))", "b"),
    ("S_INTERSECTS(geometry, GEOMETRYCOLLECTION(POINT(114 27), POINT(179 1)))", "abc"),
    ("S_DISJOINT(geometry, GEOMETRYCOLLECTION(POINT(1 1), POINT(179 1)))", "ab"),
    ("S_INTERSECTS(geometry, MULTIPOINT((114 27), (179 1)))", "abc"),
    ("S_INTERSECTS(geometry, POLYGON EMPTY)", ""),
    ("S_DISJOINT(geometry, POLYGON EMPTY)", "abc"),
    ("S_INTERSECTS(geometry, geometry)", "abc"),
    ("S_TOUCHES(geometry, geometry)", ""),
    ("S_INTERSECTS(POINT(1 1), BBOX(0, 0, 1, 1)) AND id = 'd'", "d"),
    ("geometry IS NULL", "d"),
    ("S_INTERSECTS(geometry, BBOX(113,26,114,27)) OR name = '香园'", "abc"),
    ("S_INTERSECTS(geometry, BBOX(113,26,114,27)) OR size IS NULL", "abd"),
]


@pytest.mark.parametrize(("text", "ids"), ANSWERS, ids=[text for text, _ in ANSWERS])
def test_a_filter_finds_these(things: Store, text: str, ids: str) -> None:
    question = Query(filter=parse_filter(text))
    assert "".join(row["id"] for row in things.find("things", question)) == ids
    assert things.count("things", question) == len(ids)


def test_a_filter_goes_with_all_else_that_is_asked(things: Store) -> None:
    node = parse_filter("size >= -7")
    box = (113.0, 26.0, 115.0, 28.0)
    assert things.count("things", Query(filter=node, bbox=box)) == 2
    assert things.count("things", Query(filter=node, at=date(2024, 1, 1))) == 2
    assert [r["id"] for r in things.find("things", Query(filter=node, ids=["b", "d"]))] == ["b"]
    assert things.table("things", Query(filter=node, bbox=box)).columns["id"] == ["a", "b"]


def test_pages_of_a_filter_miss_and_repeat_nothing(things: Store) -> None:
    node = parse_filter("S_INTERSECTS(geometry, BBOX(-180, -90, 180, 90))")
    found, after = [], None
    while True:
        page = things.find("things", Query(filter=node, limit=1, after=after))
        found += [row["id"] for row in page]
        after = page.after
        if after is None:
            break
    assert found == ["a", "b", "c"]
    assert things.count("things", Query(filter=node, limit=1, after=2)) == 3


def test_the_longest_filters_that_are_read_are_answered(things: Store) -> None:
    for text in (
        " AND ".join(["size<9"] * 128),
        " OR ".join(["size=7"] * 128),
        "size=" + "+".join(["size"] * 100),
        f"size IN ({','.join(['7'] * 1900)})",
        "NOT " * 62 + "size = 7",
        "(" * 64 + "size = 7" + ")" * 64,
        "CASEI(" * 60 + "name" + ")" * 60 + " = 'x'",
        "name LIKE '" + "%a" * 2000 + "%'",
    ):
        things.count("things", Query(filter=parse_filter(text)))


def test_the_rows_are_what_they_are_thought_to_be(things: Store) -> None:
    assert [row["id"] for row in things.find("things")] == [row["id"] for row in rows()]
