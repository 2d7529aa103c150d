"""The siting sheet: layers, blocks, panel and small map of a picture with sites."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pypdfium2
import pytest
from PIL import Image

from tests.webmap.printing.build import siting_picture, small_picture
from webmap.printing.compose import compose
from webmap.printing.errors import SheetError
from webmap.printing.extent import focus_bounds, map_crs
from webmap.printing.fonts import default_fonts
from webmap.printing.inset import document_map, free_corner, inset_items, inset_page
from webmap.printing.items import Box, PathItem, TextItem, text_box
from webmap.printing.labels import place
from webmap.printing.map_face import drawn_names, map_face
from webmap.printing.map_pen import MapPen
from webmap.printing.panel_pen import PanelPen
from webmap.printing.recipe import load_recipe
from webmap.printing.service_map import draw_map
from webmap.printing.sheets import SheetOptions
from webmap.printing.site_blocks import site_figures, site_modes, site_options
from webmap.printing.site_layers import draw_reach, draw_sites
from webmap.style import load_style

RECIPE = load_recipe("siting")
LAYOUT, STYLE, FONTS = RECIPE.layout(), load_style(), default_fonts()


@pytest.fixture(scope="module")
def sheet():
    return compose(siting_picture(), RECIPE, SheetOptions(publisher="民政局"))


def words(items):
    return [item.text for item in items if isinstance(item, TextItem)]


def pen_of(picture):
    crs = map_crs(picture)
    page = inset_page(Box(0, 0, 150, 150), [picture.focus, picture.sites], crs)
    return MapPen(picture, page, LAYOUT, STYLE, FONTS, crs)


def panel_of(block, picture):
    pen = PanelPen(LAYOUT, STYLE, FONTS, 1.0)
    block(pen, picture)
    return pen


def test_the_sheet_is_named_after_what_is_sited(sheet):
    assert sheet.title == "贾垴镇康养中心选址与15分钟服务圈"
    assert sheet.name == "siting"


def test_it_shows_the_town_the_sites_and_the_landmarks(sheet):
    west, south, east, north = sheet.page.extent
    bounds = focus_bounds(siting_picture(), sheet.crs)
    assert west < bounds[0]
    assert south < bounds[1]
    assert east > bounds[2]
    assert north > bounds[3]


def test_a_landmark_far_away_widens_the_extent():
    picture = siting_picture()
    alone = replace(picture, landmarks=())
    crs = map_crs(picture)
    assert focus_bounds(alone, crs)[0] > focus_bounds(picture, crs)[0]


def test_a_picture_without_focus_shows_the_whole_county():
    picture = siting_picture()
    none = replace(picture, focus=picture.focus.iloc[:0], sites=picture.sites.iloc[:0],
                   reach=picture.reach.iloc[:0], landmarks=())  # fmt: skip
    assert compose(none, RECIPE).page.scale >= compose(picture, RECIPE).page.scale


def test_legend_has_what_occurs(sheet):
    said = words(sheet.items)
    for title in ("推荐站址", "备选站址", "登记的规划位置", "步行可达", "汽车可达", "新增覆盖村"):
        assert title in said


def test_sites_carry_their_names_and_gains(sheet):
    names = {placed.label.name for placed in sheet.placed}
    assert {"推荐站址 +300人", "备选2 +40人", "示意规划中心"} <= names
    layers = {placed.label.name: placed.label.layer for placed in sheet.placed}
    assert layers["示意规划中心"] == "care_facilities"


def test_no_text_touches_another_or_leaves_the_paper(sheet):
    book = sheet.book
    boxes = [
        text_box(item, book.width(item.text, size=item.size, role=item.family,
                                  spacing=item.spacing)).grown(-0.12)
        for item in sheet.items
        if isinstance(item, TextItem)
    ]  # fmt: skip
    paper = Box(0, 0, sheet.page.width, sheet.page.height).grown(-9)
    assert all(paper.holds(box) for box in boxes)
    meeting = [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if a.meets(b)]
    assert not meeting


def test_every_word_is_in_the_pdf_once_per_drawing(sheet):
    text = pypdfium2.PdfDocument(sheet.pdf)[0].get_textpage().get_text_bounded()
    assert "示意数据 非法定" in text
    assert "内部用图" in text
    assert "2000国家大地坐标系" in text
    small = any(item.layer == "inset" for item in sheet.items)
    assert text.count("推荐站址 +300人") == 1 + small


def test_the_same_picture_is_the_same_svg(sheet):
    assert compose(siting_picture(), RECIPE, SheetOptions(publisher="民政局")).svg == sheet.svg


def test_reach_is_drawn_without_overlap_the_nearest_darkest():
    pen = pen_of(siting_picture())
    draw_reach(pen, siting_picture())
    drawn = [item for item in pen.drawing.items if item.layer == "reach"]
    assert [item.fill for item in drawn] == [
        STYLE.reach[m].color for m in ("car", "etrike", "walk")
    ]
    assert len(drawn[0].lines) == 2  # the outer ring, and the hole of what is nearer
    assert pen.drawing.keys == {"reach.car", "reach.etrike", "reach.walk"}


def test_the_recommended_site_is_drawn_last_with_its_tip_on_the_place():
    picture = siting_picture()
    pen = pen_of(picture)
    draw_sites(pen, picture)
    last = pen.drawing.items[-1]
    assert last.fill == STYLE.sites["chosen"].color
    lowest = last.lines[0][np.argmax(last.lines[0][:, 1])]
    place_mm = pen.shapes_mm(picture.chosen)[0]
    assert lowest == pytest.approx([place_mm.x, place_mm.y], abs=0.5)
    assert len(pen.symbols) == 3


def test_figures_tell_gain_and_both_shares():
    said = "".join(words(panel_of(site_figures, siting_picture()).items)).replace(" ", "")
    assert "+300" in said
    assert "覆盖率由0.0%升至88.2%" in said
    assert "由120人增至420人" in said


def test_without_a_chosen_site_todays_figures_stand():
    said = "".join(words(panel_of(site_figures, siting_picture(chosen=False)).items))
    assert "尚未选定站址" in said
    assert "+300" not in said


def test_a_gain_of_few_people_is_hidden_with_what_would_tell_it():
    said = "".join(words(panel_of(site_figures, siting_picture(gained=3.0)).items))
    assert "+<5" in said
    assert "增至" not in said
    assert "123" not in said


def test_modes_and_options_are_tables():
    modes = words(panel_of(site_modes, siting_picture()).items)
    assert [modes[modes.index(name) + 3] for name in ("步行", "电动三轮", "汽车")] == [
        "270–300",
        "<5",
        "0",
    ]
    options = words(panel_of(site_options, siting_picture()).items)
    assert options.index("贾垴村旁（0 米）") < options.index("磛疃村旁（9 米）")


def test_the_panel_says_what_the_figures_are_along_the_streets():
    picture = siting_picture()
    ranged = {**picture.summary, "share_low": 0.8, "share_high": picture.summary["share"]}
    said = "".join(words(panel_of(site_figures, replace(picture, summary=ranged)).items))
    assert "区间（人口在村的位置、沿村里街道）" in said
    assert "贾垴镇覆盖率79.4–88.2%" in said.replace(" ", "")
    few = siting_picture(gained=3.0)
    assert "区间" not in "".join(words(panel_of(site_figures, few).items))


def test_one_site_is_compared_with_nothing():
    assert panel_of(site_options, siting_picture(chosen=False)).items == []


def test_a_panel_table_stripes_and_sums():
    pen = PanelPen(LAYOUT, STYLE, FONTS, 1.0)
    pen.table(("", "乡镇", "人"), [("1", "甲", "5"), ("2", "乙", "6")], widths=(6, 30, 20), pitch=5,
              total=("", "合计", "11"))  # fmt: skip
    stripes = [
        i for i in pen.items if isinstance(i, PathItem) and i.fill == LAYOUT.colors["stripe"]
    ]
    assert len(stripes) == 1
    assert words(pen.items)[-1] == "11"
    assert pen.y > LAYOUT.panel.y + 15


def test_key_figures_shrink_to_their_column():
    pen = PanelPen(LAYOUT, STYLE, FONTS, 1.0)
    pen.key_figures([("1" * 30, "甲", "#000000"), ("2", "乙", "#000000")])
    wide, normal = (item for item in pen.items if item.text in {"1" * 30, "2"})
    assert wide.size < normal.size


def test_a_document_map_has_its_size_scale_and_notice():
    drawn = document_map(siting_picture(), width_mm=100, height_mm=80, dpi=100)
    image = Image.open(BytesIO(drawn.png))
    assert image.size == (394, 315)
    assert drawn.scale > 0
    assert drawn.grid_km > 0


def test_names_of_a_small_map_keep_off_reserved_places():
    picture = siting_picture()
    crs = map_crs(picture)
    page = inset_page(Box(0, 0, 100, 80), [picture.focus, picture.sites], crs)
    kept = Box(0, 0, 100, 40)
    items = inset_items(picture, page, LAYOUT, STYLE, FONTS, crs, reserved=(kept,))
    named = [item for item in items if isinstance(item, TextItem) and item.layer != "divisions"]
    assert all(item.y > 40 for item in named)


def test_a_map_face_has_the_grid_below_the_map_and_names_on_top():
    picture = small_picture()
    crs = map_crs(picture)
    layout = load_recipe("circles").layout()
    page = inset_page(layout.frame, [picture.county], crs)
    drawing = draw_map(picture, page, layout, STYLE, FONTS, crs)
    placement = place(drawing.labels, drawing.obstacles)
    items = map_face(page, layout, STYLE, crs, drawing, placement, graticules=False)
    layers = [item.layer for item in items]
    assert layers.index("grid") < layers.index("roads")
    assert len(drawn_names(layout, STYLE, drawing, placement)) >= len(placement.placed)


def test_a_circles_picture_has_no_siting_layers():
    with pytest.raises(SheetError, match="reach"):
        compose(small_picture(), RECIPE)


def test_a_small_map_takes_an_empty_corner_the_largest_first():
    frame, sizes = Box(0, 0, 200, 150), [(90, 70), (40, 30)]
    assert free_corner(frame, sizes, []) == Box(0, 0, 90, 70)
    assert free_corner(frame, sizes, [Box(10, 10, 1, 1)]) == Box(110, 0, 90, 70)
    four = [Box(x, y, 1, 1) for x in (45, 150) for y in (40, 110)]
    assert free_corner(frame, sizes, four) == Box(0, 0, 40, 30)
    assert free_corner(frame, sizes, [Box(0, 0, 200, 150)]) is None
    assert free_corner(frame, [(150, 100)], []) is None


def test_the_small_map_covers_no_symbol_and_no_name(sheet):
    frames = [item for item in sheet.items if isinstance(item, PathItem) and item.layer == "inset"]
    assert len(frames) == 1
    ring = frames[0].lines[0]
    box = Box(*ring.min(axis=0), *(ring.max(axis=0) - ring.min(axis=0)))
    assert not [placed for placed in sheet.placed if box.meets(placed.box)]
