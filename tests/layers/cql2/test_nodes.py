from __future__ import annotations

from layers.cql2 import parse_filter
from layers.cql2.nodes import Box, Literal, Property, Shape, mapped_shapes, properties_in, walk


def test_every_property_is_found_wherever_it_stands() -> None:
    node = parse_filter("a = 1 AND b IN (c, 2) AND T_AFTER(INTERVAL(d, e), INTERVAL('..', '..'))")
    assert properties_in(node) == {"a", "b", "c", "d", "e"}


def test_walking_gives_each_node_before_its_parts() -> None:
    node = parse_filter("a = 1")
    assert list(walk(node)) == [node, Property("a"), Literal(1)]


def test_only_geometries_are_changed() -> None:
    node = parse_filter("a IN (1, 2) AND S_WITHIN(g, BBOX(1, 2, 3, 4))")
    seen: list[Box | Shape] = []

    def change(one: Box | Shape) -> Box | Shape:
        seen.append(one)
        return Box(0, 0, 1, 1)

    assert mapped_shapes(node, change) == parse_filter("a IN (1, 2) AND S_WITHIN(g, BBOX(0,0,1,1))")
    assert seen == [Box(1, 2, 3, 4)]
