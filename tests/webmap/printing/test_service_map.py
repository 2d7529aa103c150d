"""What the map of the circles sheet shows."""

import geopandas as gpd
import numpy as np
import pytest
import shapely

from tests.webmap.printing.build import demand, frame, small_picture, town_picture
from webmap.printing.extent import map_bounds, map_crs
from webmap.printing.fonts import default_fonts
from webmap.printing.items import PathItem
from webmap.printing.page import Page, choose_scale
from webmap.printing.recipe import load_recipe
from webmap.printing.service_map import draw_map
from webmap.printing.typeset import short_name
from webmap.style import load_style

LAYOUT, STYLE, FONTS = load_recipe("circles").layout("A3"), load_style(), default_fonts()


def drawn(answer, neighbours: gpd.GeoDataFrame | None = None, scale: int | None = None):
    crs = map_crs(answer)
    west, south, east, north = map_bounds(answer, crs)
    page = Page(
        paper="A3",
        width=420,
        height=297,
        frame=LAYOUT.frame,
        scale=scale
        or choose_scale((west, south, east, north), LAYOUT.room, asked=None, paper="A3"),
        centre=((west + east) / 2, (south + north) / 2),
    )
    return draw_map(answer, page, LAYOUT, STYLE, FONTS, crs, neighbours=neighbours), page


def layer(drawing, name: str) -> list[PathItem]:
    return [item for item in (*drawing.ground, *drawing.items) if item.layer == name]


@pytest.mark.parametrize(
    ("name", "short"),
    [
        ("善福村", "善福"),
        ("贾垴村", "贾垴"),
        ("开元社区", "开元"),
        ("上村", "上村"),
        ("虒亭镇", "虒亭镇"),
    ],
)
def test_village_names_drop_their_generic_part_where_two_characters_remain(name, short):
    assert short_name(name) == short


def test_nothing_leaves_the_frame():
    drawing, page = drawn(town_picture(), scale=60_000)
    for item in (*drawing.ground, *drawing.items):
        if item.layer in {"roads", "circles", "county", "townships", "township"}:
            points = np.vstack(item.lines)
            assert points.min(axis=0)[0] >= page.frame.x - 1e-6
            assert points.max(axis=0)[1] <= page.frame.bottom + 1e-6


def test_keys_say_what_occurs_inside_the_frame():
    drawing, _ = drawn(small_picture())
    assert drawing.keys == {
        *("area.circle", "line.county", "line.township", "dot.covered"),
        *("gap.0", "gap.1", "gap.3", "road.0", "road.3", "road.4", "facility.rural_daycare"),
    }


def test_a_boundary_that_is_also_the_county_s_is_drawn_once():
    drawing, _ = drawn(small_picture())
    (inner,) = layer(drawing, "township")
    assert len(inner.lines) == 1
    assert np.ptp(inner.lines[0][:, 0]) < 3  # the meridian in the middle, not the outline


def test_every_named_thing_asks_for_its_name_once():
    drawing, _ = drawn(small_picture())
    assert sorted(label.name for label in drawing.labels) == sorted(
        ["虒亭镇", "贾垴镇", "虒亭", "上马", "贾垴", "磛疃", "示意日间照料中心01"]
    )
    assert {label.layer for label in drawing.labels} == {"divisions", "care_facilities"}


def test_without_divisions_villages_are_named_as_elders():
    drawing, _ = drawn(town_picture())
    assert {label.layer for label in drawing.labels} == {"elders", "care_facilities"}


def test_missing_names_and_places_are_left_out():
    villages = demand(
        [(113.0, 36.5), (113.01, 36.5)], [10.0, 20.0], [False, False], ["甲村", "乙村"]
    )
    villages["name"] = villages["name"].where([True, False], None)
    villages.loc[villages.index[0], "geometry"] = None
    drawing, _ = drawn(small_picture(villages=villages))
    assert {label.name for label in drawing.labels if label.priority == 4} == set()
    assert len(layer(drawing, "elders")) == 1


def test_neighbours_are_named_outside_the_county():
    beside = frame(
        {"code": ["140499"], "name": ["邻县"]}, [shapely.box(113.04, 36.48, 113.2, 36.6)]
    )
    drawing, page = drawn(small_picture(), beside)
    (label,) = [label for label in drawing.labels if label.layer == "neighbours"]
    assert label.area.bounds[0] > page.frame.centre[0]
    assert "line.neighbour" in drawing.keys


def test_large_gaps_are_drawn_below_small_ones():
    dots = [item.lines[0] for item in layer(drawn(small_picture())[0], "elders")]
    sizes = [float(np.ptp(ring[:, 0])) for ring in dots]
    assert sizes == sorted(sizes, reverse=True)
