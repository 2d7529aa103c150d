from __future__ import annotations

import pytest
import shapely

from layers.cql2 import parse_filter
from layers.cql2.nodes import Box, Shape
from layers.cql2.sql import CONVERSE, geometry_of, quoted
from layers.cql2.sqlite import _Writer, where
from tests.layers.cql2.things import THINGS


def test_a_box_over_the_antimeridian_is_two() -> None:
    geometry = geometry_of(Box(170, -1, -170, 1))
    assert shapely.get_num_geometries(geometry) == 2
    assert shapely.area(geometry) == 40


@pytest.mark.parametrize(
    ("box", "kind"),
    [
        (Box(1, 2, 3, 4), "Polygon"),
        (Box(1, 2, 1, 4), "LineString"),
        (Box(1, 2, 1, 2), "Point"),
        (Box(180, -1, -180, 1), "MultiLineString"),
    ],
)
def test_a_box_without_area_is_a_line_or_a_point(box: Box, kind: str) -> None:
    assert geometry_of(box).geom_type == kind


def test_a_shape_is_itself() -> None:
    point = shapely.Point(1, 2)
    assert geometry_of(Shape(point)) is point


def test_the_converse_of_the_converse_is_the_relation() -> None:
    assert all(CONVERSE[CONVERSE[op]] == op for op in CONVERSE)


def test_names_are_quoted() -> None:
    assert quoted('a"b') == '"a""b"'


def test_the_deep_part_comes_first_and_its_values_with_it() -> None:
    deep = "size = 1 OR " + "(size = 2 AND (size = 3 OR " * 5 + "size = 4" + "))" * 5
    sql, values = where(parse_filter(deep), THINGS)
    assert sql.count("?") == len(values)
    assert sql.startswith("((((")
    assert values[-1] == 1


def test_no_word_of_a_filter_reaches_the_sql() -> None:
    sql, values = where(parse_filter("name = 'Robert''); DROP' AND size = 77"), THINGS)
    assert sql == '((t."name" = ?) AND (t."size" = ?))'
    assert values == ["Robert'); DROP", 77]


def test_a_node_that_is_not_a_condition_is_a_fault_of_ours() -> None:
    with pytest.raises(TypeError):
        _Writer(THINGS, None).condition(Box(1, 2, 3, 4))
