"""Styles to items."""

import numpy as np
import pytest
import shapely

from webmap.printing.recipe import load_recipe
from webmap.printing.symbols import (
    area_item,
    circle_items,
    dot_item,
    line_item,
    lines_of,
    rings_of,
    symbol_item,
)
from webmap.style import load_style

STYLE = load_style()


def test_lines_are_taken_out_of_every_kind_of_geometry():
    mixed = shapely.GeometryCollection(
        [shapely.Point(0, 0), shapely.LineString([(0, 0), (1, 1)]), shapely.box(0, 0, 1, 1)]
    )
    several = shapely.MultiLineString([[(0, 0), (1, 0)], [(2, 0), (3, 0)]])
    assert len(lines_of([mixed, several, shapely.Point()])) == 4


def test_rings_are_taken_out_of_every_kind_of_geometry():
    holed = shapely.box(0, 0, 9, 9).difference(shapely.box(1, 1, 2, 2))
    mixed = shapely.GeometryCollection([holed, shapely.LineString([(0, 0), (1, 1)])])
    assert len(rings_of([mixed, shapely.Polygon(), None])) == 2


def test_a_dot_has_its_size():
    item = dot_item((10, 20), STYLE.dots["covered"], 2.0, layer="elders")
    low, high = item.lines[0].min(axis=0), item.lines[0].max(axis=0)
    assert np.allclose(high - low, STYLE.dots["covered"].size_mm * 2)
    assert np.allclose((high + low) / 2, (10, 20))


@pytest.mark.parametrize("kind", [*STYLE.facilities, "other"])
def test_a_symbol_with_its_rim_stays_in_its_square(kind):
    style = STYLE.facility(kind)
    item = symbol_item((0, 0), style, 1.0, layer="care_facilities")
    assert np.abs(item.lines[0]).max() <= style.size_mm / 2 + 1e-9


def test_a_hollow_symbol_is_light_inside():
    style = STYLE.facility("rural_daycare", hollow=True)
    item = symbol_item((0, 0), style, 1.0, layer="care_facilities")
    assert (item.fill, item.stroke) == (style.outline, style.color)


def test_dashes_and_widths_scale_together():
    line = (np.array([(0.0, 0.0), (1.0, 0.0)]),)
    item = line_item(line, STYLE.lines["county"], 0.5, layer="county")
    assert item.width == STYLE.lines["county"].width_mm / 2
    assert item.dash == tuple(v / 2 for v in STYLE.lines["county"].dash_mm)
    assert item.cap == "round"


def test_a_circle_on_the_map_and_in_the_legend_is_the_same():
    ring = (np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]),)
    fill, edge = circle_items(ring, STYLE, load_recipe("circles").layout("A3"), layer="circles")
    assert fill.fill == STYLE.areas["circle"].color
    assert edge.closed
    assert edge.fill is None


def test_an_area_has_no_outline():
    ring = (np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 0.0)]),)
    assert area_item(ring, STYLE.areas["water"], layer="water").stroke is None
