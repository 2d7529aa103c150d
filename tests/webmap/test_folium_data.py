"""What the browser map is given: short, finished, without secrets."""

from __future__ import annotations

import json
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely import LineString, Point

from tests.webmap.pictures import demand, picture, placeless_picture
from webmap.folium_data import as_script, facility_words, map_data, shape_count
from webmap.style import load_style

STYLE = load_style()


def unpacked(steps: list[int]) -> list[tuple[float, float]]:
    """Longitude and latitude, as the script of the page reads them."""
    places = np.cumsum(np.reshape(steps, (-1, 2)), axis=0) / 100_000
    return [(round(lon, 5), round(lat, 5)) for lat, lon in places.tolist()]


def test_bounds_are_those_of_the_county():
    assert map_data(picture(), STYLE)["bounds"] == [[36.5, 112.9], [36.6, 113.1]]


def test_bounds_without_divisions_hold_what_is_asked_about_not_the_longest_road():
    (south, west), (north, east) = map_data(placeless_picture(), STYLE)["bounds"]
    assert (south, west, north, east) == (36.52, 112.92, 36.58, 113.08)


def test_bounds_of_roads_alone_and_of_nothing():
    bare = placeless_picture()
    bare = replace(bare, circles=bare.circles[:0], facilities=bare.facilities[:0])
    bare = replace(bare, demand=bare.demand[:0], gaps=bare.gaps[:0])
    assert map_data(bare, STYLE)["bounds"] == [[36.53, 112.9], [36.56, 113.1]]
    nothing = replace(bare, roads=bare.roads[:0])
    assert map_data(nothing, STYLE)["bounds"] == [[-60.0, -180.0], [75.0, 180.0]]


def test_towns_that_touch_have_different_tints_and_their_figures():
    towns = map_data(picture(), STYLE)["towns"]
    assert towns[0]["tint"] != towns[1]["tint"]
    assert ["道路覆盖率", "75.0%"] in towns[0]["facts"]
    assert ["覆盖率区间", "75.0–81.2%"] in towns[0]["facts"]
    assert ["直线覆盖率", "75.0%"] in towns[0]["facts"]


@given(st.lists(st.tuples(st.integers(0, 9999), st.integers(0, 9999)), min_size=2, max_size=9))
@settings(max_examples=40)
def test_lines_come_back_to_a_hundred_thousandth_of_a_degree(places):
    line = [(113 + x / 1e5, 36 + y / 1e5) for x, y in places]
    if len(set(line)) < 2:
        return
    roads = gpd.GeoDataFrame({"highway": ["path"]}, geometry=[LineString(line)], crs=4490)
    drawn = map_data(picture(roads=roads), STYLE)["roads"][-1]
    assert {place for steps in drawn for place in unpacked(steps)} <= {
        (round(x, 5), round(y, 5)) for x, y in line
    }


def test_roads_lie_in_the_group_of_their_class():
    groups = map_data(picture(), STYLE)["roads"]
    assert [len(lines) for lines in groups] == [1, 0, 0, 1, 1]


def test_small_counts_are_nowhere_in_the_data():
    text = as_script(map_data(picture(demand((3.0, 43.0, 300.0, 61.0))), STYLE))
    assert "\\u003c5 人" in text
    assert "隐去 人" in text
    assert '"3 人"' not in text
    assert '"43 人"' not in text


def test_village_says_what_the_road_says_and_what_the_circle_says():
    last = map_data(picture(), STYLE)["villages"][-1]
    assert last["facts"] == [
        ["所属乡镇", "虒亭镇"],
        ["老年人口", "60 人"],
        ["到最近设施", "附近没有道路"],
        ["覆盖", "否"],
        ["直线 1 公里内", "有设施"],
    ]


def test_facilities_that_count_come_first_and_say_so():
    words = facility_words(picture().facilities, STYLE)
    assert words["served"].tolist() == ["计入", "计入，附近没有道路", "不计入"]
    assert words["status"].tolist() == ["运营", "未载明", "运营"]
    assert words["key"].tolist() == ["station", "rural_daycare", "regional_home.idle"]


def test_features_without_a_place_are_left_out_of_map_and_count():
    whole = picture()
    facilities = whole.facilities.copy()
    facilities.loc["F1", "geometry"] = None
    facilities.loc["F2", "geometry"] = Point()
    lacking = picture(facilities=facilities)
    assert [f["id"] for f in map_data(lacking, STYLE)["facilities"]] == ["F3"]
    assert shape_count(lacking) == shape_count(whole) - 2


def test_shapes_are_county_towns_circle_roads_villages_and_facilities():
    assert shape_count(picture()) == 1 + 2 + 1 + 3 + 4 + 3


def test_order_of_rows_does_not_matter():
    whole = picture()
    turned = picture(
        whole.demand.iloc[::-1],
        townships=whole.townships.iloc[::-1],
        facilities=whole.facilities.iloc[::-1],
        roads=whole.roads.iloc[::-1],
    )
    assert as_script(map_data(turned, STYLE)) == as_script(map_data(whole, STYLE))


@pytest.mark.parametrize("text", ["</script><script>", "<!--", "&lt;", "\u2028"])
def test_data_cannot_leave_their_element(text):
    written = as_script({"name": text})
    assert not set("<>&\u2028") & set(written)
    assert json.loads(written) == {"name": text}
