"""The small map of a case: true to its scale, the same bytes, names that are there."""

from __future__ import annotations

import io
from datetime import date

import pytest
import shapely
from PIL import Image
from shapely.geometry import mapping

from webmap.printing.case_map import case_map

DAY = date(2024, 3, 1)


def entry(name: str, shape: shapely.Geometry, **more: object) -> dict:
    return {"name": name, "geometry": mapping(shape), **more}


def content(**kinds: list[dict]) -> dict:
    return {"lines": [], "areas": [], "points": [], **kinds}


LINE = content(
    lines=[entry("甲-乙", shapely.LineString([(113.0, 36.5), (113.1, 36.55)]))],
    points=[
        entry("示-001", shapely.Point(113.0, 36.5), state="intact"),
        entry("示-002", shapely.Point(113.1, 36.55), state="lost"),
    ],
    areas=[
        entry("甲县", shapely.box(112.9, 36.3, 113.05, 36.7), context=True),
        entry("乙县", shapely.box(113.05, 36.3, 113.2, 36.7), context=True),
    ],
)


def draw(shown: dict, **options):
    return case_map(shown, width_mm=150, most_mm=120, day=DAY, **options)


def pixels(png: bytes) -> Image.Image:
    return Image.open(io.BytesIO(png)).convert("RGB")


def test_scale_is_the_largest_round_one_that_holds_the_line():
    # 8,960 m wide on 132 mm: 1:67,900.
    assert draw(LINE).scale == 80_000


def test_same_content_is_the_same_bytes():
    assert draw(LINE).png == draw(LINE).png


def test_long_line_gets_a_smaller_scale_instead_of_being_cut():
    far = shapely.LineString([(113.0, 36.0), (113.0, 36.4)])
    drawn = draw(content(lines=[entry("", far)]))
    assert drawn.scale == 500_000  # 44,390 m on 102 mm: 1:435,000
    assert pixels(drawn.png).height <= 120 / 25.4 * 200 + 1


def test_flat_line_has_a_flat_map():
    flat = shapely.LineString([(113.0, 36.5), (113.1, 36.5)])
    drawn = pixels(draw(content(lines=[entry("", flat)])).png)
    assert drawn.height == pytest.approx(60 / 25.4 * 200, abs=2)


def test_worn_marker_is_red():
    red = (0xC5, 0x47, 0x2E)
    colors = {color for _, color in pixels(draw(LINE).png).getcolors(10**7)}
    sound = {**LINE, "points": [{**one, "state": "intact"} for one in LINE["points"]]}
    assert red in colors
    assert red not in {color for _, color in pixels(draw(sound).png).getcolors(10**7)}


def test_notice_is_on_the_map():
    assert draw(LINE).png != draw(LINE, notice="示意数据 非法定").png


def test_single_place_is_shown_within_its_county():
    spot = [entry("善福村", shapely.Point(113.0, 36.5))]
    county = [entry("甲县", shapely.box(112.8, 36.3, 113.2, 36.7), context=True)]
    assert draw(content(points=spot, areas=county)).scale > draw(content(points=spot)).scale


def test_area_of_its_own_is_drawn_over_its_county():
    town = [entry("镇", shapely.box(113.0, 36.5, 113.1, 36.6))]
    county = [entry("县", shapely.box(112.8, 36.3, 113.2, 36.7), context=True)]
    middle = pixels(draw(content(areas=[*county, *town])).png)
    assert middle.getpixel((middle.width // 2, middle.height // 3)) != (0xF1, 0xF0, 0xED)
