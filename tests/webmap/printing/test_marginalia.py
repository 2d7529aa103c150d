"""Title, scale, projection, crosses."""

from dataclasses import replace
from datetime import date

import numpy as np
import pyproj
import pytest

from geo.crs import local_tm_crs
from webmap.printing.fonts import default_fonts
from webmap.printing.items import Box, PathItem, TextItem
from webmap.printing.marginalia import (
    Imprint,
    crosses,
    footer,
    projection_line,
    scale_bar,
    title_row,
)
from webmap.printing.page import Page
from webmap.printing.recipe import load_recipe
from webmap.style import load_style

LAYOUT = load_recipe("circles").layout("A3")
STYLE = load_style()
FONTS = default_fonts()
ZONE = pyproj.CRS.from_epsg(4547)
IMPRINT = Imprint(
    title="襄垣县15分钟养老服务圈与覆盖缺口",
    notice="示意数据 非法定",
    number_line="内部用图",
    approval="",
    publisher="襄垣县民政局",
    day=date(2026, 11, 24),
    data_day=date(2026, 11, 1),
    stamp="xygeo",
)


def page(scale: int = 180_000) -> Page:
    return Page(
        paper="A3",
        width=420,
        height=297,
        frame=LAYOUT.frame,
        scale=scale,
        centre=(412_345.0, 4_043_210.0),
    )


def words(items) -> list[str]:
    return [item.text for item in items if isinstance(item, TextItem)]


def test_a_sheet_of_another_day_says_which():
    said = words(footer(page(), LAYOUT, IMPRINT, ZONE, STYLE, FONTS))
    assert "资料截止日期：2026年11月1日" in said
    then = replace(IMPRINT, as_of=date(2020, 6, 30))
    said = words(footer(page(), LAYOUT, then, ZONE, STYLE, FONTS))
    assert "资料截止日期：2026年11月1日　区划时点：2020年6月30日" in said


@pytest.mark.parametrize("scale", [2_000, 12_000, 25_000, 60_000, 180_000, 200_000])
def test_the_bar_is_as_long_as_it_says(scale):
    items = scale_bar(page(scale), LAYOUT, STYLE)
    boxes = np.vstack([i.lines[0] for i in items if isinstance(i, PathItem)])
    length = boxes[:, 0].max() - boxes[:, 0].min()
    numbers = [w for w in words(items) if w[0].isdigit() and ":" not in w]
    unit = 1_000 if "千米" in words(items) else 1
    assert length == pytest.approx(float(numbers[-1]) * unit * 1000 / scale)
    assert 40 < length < 120


def test_the_numeric_scale_has_commas():
    assert "1:180,000" in words(scale_bar(page(), LAYOUT, STYLE))


def test_the_projection_of_a_zone_names_its_meridian():
    line = projection_line(pyproj.CRS.from_epsg(4547))
    assert line == "2000国家大地坐标系　高斯-克吕格投影 3°带　中央经线114°"


def test_another_plane_is_named_too():
    assert "横轴墨卡托投影　中央经线8.6800°" in projection_line(local_tm_crs(8.68))


def test_the_footer_says_who_when_and_that_borders_bind_nobody():
    found = "".join(words(footer(page(), LAYOUT, IMPRINT, ZONE, STYLE, FONTS)))
    assert "编制单位：襄垣县民政局" in found
    assert "编制日期：2026年11月24日" in found
    assert "资料截止日期：2026年11月1日" in found
    assert "本图界线不作为划界依据" in found


def test_an_unknown_publisher_is_said_to_be_unknown():
    nobody = replace(IMPRINT, publisher="")
    found = words(footer(page(), LAYOUT, nobody, ZONE, STYLE, FONTS))
    assert "编制单位：未载明" in found


def test_the_title_row_has_notice_and_number_line():
    found = words(title_row(LAYOUT, IMPRINT, STYLE, FONTS))
    assert found == [IMPRINT.title, "示意数据 非法定", "内部用图"]


def test_a_long_title_and_publisher_are_set_smaller():
    long = replace(IMPRINT, title="某" * 60, publisher="某" * 40)
    title = title_row(LAYOUT, long, STYLE, FONTS)[0]
    assert FONTS.item_width(title) < 0.75 * LAYOUT.width
    rows = [i for i in footer(page(), LAYOUT, long, ZONE, STYLE, FONTS) if isinstance(i, TextItem)]
    (publisher,) = (item for item in rows if item.text.startswith("编制单位"))
    assert publisher.x + FONTS.item_width(publisher) <= LAYOUT.panel.right + 1e-6


def test_a_test_sheet_says_so():
    found = words(title_row(LAYOUT, replace(IMPRINT, test=True), STYLE, FONTS))
    assert "检测用" in found


@pytest.mark.parametrize(("scale", "step"), [(180_000, 1000), (20_000, 1000), (2_000, 100)])
def test_crosses_stand_on_whole_kilometres_far_apart(scale, step):
    items, places = crosses(page(scale))
    assert all(value % step == 0 for place in places for value in place)
    middles = np.array([[i.lines[0][:, 0].mean(), i.lines[1][:, 1].mean()] for i in items])
    assert np.hypot(*(middles[1] - middles[0])) > np.hypot(*LAYOUT.frame[2:]) / 2
    assert np.allclose(middles, page(scale).to_mm(np.array(places)))
    assert all(LAYOUT.frame.holds(Box(x, y, 0, 0)) for x, y in middles)
