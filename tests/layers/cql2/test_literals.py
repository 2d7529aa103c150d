from __future__ import annotations

from datetime import UTC, date, datetime

import pyproj
import pytest
import shapely

from layers.cql2 import parse_filter, swap_axes, transformed
from layers.cql2.errors import FilterError
from layers.cql2.literals import box_of, day_of, instant_of, interval_of, moment_of, shape_of
from layers.cql2.nodes import Box, Call, Instant, Interval, Property, Shape


def shape_in(node: object) -> shapely.Geometry:
    assert isinstance(node, Call)
    literal = node.args[1]
    assert isinstance(literal, Shape)
    return literal.geometry


def test_a_box_of_six_loses_its_heights() -> None:
    assert box_of([1, 2, 9, 3, 4, 10]) == Box(1, 2, 3, 4)


@pytest.mark.parametrize(
    "numbers", [[], [1, 2, 3], [1, 2, 3, 4, 5], [1, 2, 3, True], ["1", 2, 3, 4]]
)
def test_a_box_has_four_or_six_numbers(numbers: list[object]) -> None:
    with pytest.raises(FilterError, match="BBOX"):
        box_of(numbers)


def test_geometries_of_every_kind_are_read() -> None:
    bodies = [
        shapely.from_wkt(text)
        for text in (
            "POINT (1 2)", "LINESTRING (1 2, 3 4)",
            "POLYGON ((0 0, 4 0, 4 4, 0 0), (2 1, 3 1, 3 2, 2 1))",
            "MULTIPOINT ((1 2), (3 4))", "MULTILINESTRING ((1 2, 3 4))",
            "MULTIPOLYGON (((0 0, 4 0, 4 4, 0 0)))",
            "GEOMETRYCOLLECTION (POINT (1 2), LINESTRING (1 2, 3 4))",
        )
    ]  # fmt: skip
    for geometry in bodies:
        assert shape_of(shapely.geometry.mapping(geometry)).geometry == geometry


def test_swapped_axes_come_back_by_swapping_again() -> None:
    node = parse_filter("S_WITHIN(g, LINESTRING(1 2, 3 4)) AND S_WITHIN(g, BBOX(1, 2, 3, 4))")
    swapped = swap_axes(node)
    assert swapped == parse_filter(
        "S_WITHIN(g, LINESTRING(2 1, 4 3)) AND S_WITHIN(g, BBOX(2,1,4,3))"
    )
    assert swap_axes(swapped) == node


def test_metres_become_degrees() -> None:
    to_stored = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)
    node = transformed(parse_filter("S_WITHIN(g, POINT(500000 3000000))"), to_stored)
    point = shape_in(node)
    assert point.x == pytest.approx(114.0)
    assert point.y == pytest.approx(27.1, abs=0.1)


def test_the_edges_of_a_box_are_bent_as_the_projection_bends_them() -> None:
    to_stored = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)
    node = transformed(parse_filter("S_WITHIN(g, BBOX(400000,3000000,600000,3100000))"), to_stored)
    assert shapely.get_num_coordinates(shape_in(node)) > 5


def test_places_outside_a_projection_are_refused() -> None:
    to_stored = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)
    with pytest.raises(FilterError, match="filter-crs"):
        transformed(parse_filter(f"S_WITHIN(g, POINT({'9' * 30} 1))"), to_stored)
    with pytest.raises(FilterError, match="180"):
        transformed(parse_filter("S_WITHIN(g, BBOX(600000,1,500000,2))"), to_stored)


def test_days_and_moments_are_told_apart() -> None:
    assert instant_of("2024-06-30") == day_of("2024-06-30") == Instant(date(2024, 6, 30))
    moment = Instant(datetime(2024, 6, 30, 0, 15, tzinfo=UTC))
    assert instant_of("2024-06-30T08:15:00+08:00") == moment_of("2024-06-30t00:15:00z") == moment


@pytest.mark.parametrize(
    "text", ["2024-6-30", "20240630", "２０２４-06-30", "2024-06-31", "", None, 3]
)
def test_a_day_has_one_form(text: object) -> None:
    with pytest.raises(FilterError, match="日期"):
        day_of(text)


def test_open_ends_are_none() -> None:
    assert interval_of(["..", ""]) == Interval(None, None)
    assert interval_of([Property("a"), "2024-01-01"]) == Interval(
        Property("a"), Instant(date(2024, 1, 1))
    )
