from __future__ import annotations

from layers.cql2 import parse_filter
from layers.cql2.postgis import where
from tests.layers.cql2.test_answers import ANSWERS
from tests.layers.cql2.things import THINGS


def test_every_value_has_its_mark_and_no_other_percent_sign_is_there() -> None:
    for text, _ in ANSWERS:
        sql, values = where(parse_filter(text), THINGS)
        assert sql.count("%s") == len(values), text
        assert sql.count("%") == len(values), text


def test_the_mark_is_the_callers() -> None:
    sql, _ = where(parse_filter("size = 7 AND A_OVERLAPS(tags, ('x'))"), THINGS, mark="?")
    assert sql.count("?") == 2


def test_texts_are_compared_by_code_point() -> None:
    assert where(parse_filter("name < 'x'"), THINGS) == (
        '(t."name" < (%s::text COLLATE "C"))',
        ["x"],
    )


def test_a_geometry_is_bound_as_wkb_in_the_stored_crs() -> None:
    sql, (wkb,) = where(parse_filter("S_WITHIN(geometry, POINT(1 2))"), THINGS)
    assert sql == "ST_Within(t.geom, ST_GeomFromWKB(%s, 4490))"
    assert isinstance(wkb, bytes)
