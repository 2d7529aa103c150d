"""The boundary-line sheet, read back from its PDF and its display list."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import numpy as np
import pandas as pd
import pdfplumber
import pytest
import shapely

from geo.crs import to_crs
from layers.analysis.line_picture import line_picture
from tests.layers.analysis.boundary import ACTOR, ID, filled, marker
from webmap.printing.compose import compose
from webmap.printing.errors import SheetError
from webmap.printing.fonts import default_fonts
from webmap.printing.items import Box, PathItem, TextItem, text_box
from webmap.printing.line_blocks import azimuth_rows, azimuths, line_course
from webmap.printing.line_layers import reference_words, to_scale
from webmap.printing.page import SCALES
from webmap.printing.panel_pen import PanelPen
from webmap.printing.press import sheet as print_sheet
from webmap.printing.recipe import load_recipe
from webmap.printing.sheets import SheetOptions
from webmap.style import load_style

RECIPE = load_recipe("boundary-line")
LAYOUT, STYLE, FONTS = RECIPE.layout(), load_style(), default_fonts()
REFS = [
    {"name": "独立树", "grid_azimuth_deg": 30.5, "distance_m": 12.0},
    {"name": "水塔", "grid_azimuth_deg": 151.0, "distance_m": 48.3},
    {"name": "房角", "grid_azimuth_deg": 270.0, "distance_m": 7.0},
]


def read(folder, **row):
    rows = [
        marker("3", 113.08, state="lost", refs=REFS),
        marker("1", 113.0, kind="tripoint", line_ids=["140497-140499", ID], refs=REFS),
        marker("2", 113.04, refs=REFS[:1]),
    ]
    with filled(folder, markers=row.pop("markers", rows), **row) as store:
        return line_picture(store, ID)


@pytest.fixture(scope="module")
def picture(tmp_path_factory):
    return read(tmp_path_factory.mktemp("line"))


@pytest.fixture(scope="module")
def sheet(picture):
    return compose(picture, RECIPE, SheetOptions(publisher="民政局"))


@pytest.fixture(scope="module")
def text(sheet):
    with pdfplumber.open(BytesIO(sheet.pdf)) as pdf:
        return pdf.pages[0].extract_text()


def panel_of(block, picture, **more):
    pen = PanelPen(LAYOUT, STYLE, FONTS, 1.0)
    for name, value in more.items():
        setattr(pen, name, value)
    block(pen, picture)
    return pen


def paths(sheet, layer):
    return [item for item in sheet.items if isinstance(item, PathItem) and item.layer == layer]


def test_the_sheet_is_named_after_both_sides(sheet):
    assert sheet.title == "邻县—示意县界线图"


def test_the_scale_is_the_largest_that_holds_the_line(sheet, picture):
    line = to_crs(picture.line[["geometry"]], sheet.crs).total_bounds
    wide, high = (line[2] - line[0]) * 1000, (line[3] - line[1]) * 1000
    fit = [s for s in SCALES if wide / s <= LAYOUT.room.width and high / s <= LAYOUT.room.height]
    assert sheet.page.scale == min(fit)


def test_a_larger_scale_is_refused_with_the_largest_that_fits(sheet, picture):
    with pytest.raises(SheetError, match=f"{sheet.page.scale:,}") as caught:
        compose(picture, RECIPE, SheetOptions(scale=2_000))
    assert caught.value.code == "scale_too_large"


def test_every_marker_has_its_number_and_both_counties_their_names(sheet):
    names = {(placed.label.layer, placed.label.name) for placed in sheet.placed}
    assert {("boundary_markers", n) for n in "123"} <= names
    assert {name for layer, name in names if layer == "sides"} == {"示意县", "邻县"}
    assert not sheet.unplaced


def test_the_counties_stand_on_their_own_side_of_the_line(sheet, picture):
    line = sheet.page.shapes(np.array(to_crs(picture.line[["geometry"]], sheet.crs).geometry))[0]
    at = {p.label.name: p.box.centre for p in sheet.placed if p.label.layer == "sides"}
    y = shapely.centroid(line).y
    assert at["示意县"][1] > y > at["邻县"][1]  # the own county lies in the south


def test_a_ray_has_the_azimuth_of_its_reference(sheet, picture):
    rays = [item.lines[0] for item in paths(sheet, "references") if not item.closed]
    assert len(rays) == len(picture.references)
    for (start, end), azimuth in zip(rays, picture.references["grid_azimuth_deg"], strict=True):
        east, south = end - start
        assert np.degrees(np.arctan2(east, -south)) % 360 == pytest.approx(azimuth, abs=1e-6)


def test_rays_say_azimuth_and_distance(text):
    assert "30.5° 12米" in text
    assert "151° 48.3米" in text


def test_the_table_lists_every_reference_once(picture):
    rows = azimuth_rows(picture)
    assert [row[0] for row in rows] == ["1", "", "", "2", "3", "", ""]
    assert rows[1] == ("", "2", "水塔", "151.0", "48.3")


def test_a_marker_without_references_has_a_row_that_says_so(tmp_path):
    rows = azimuth_rows(read(tmp_path, markers=[marker("7", 113.02)]))
    assert rows == [("7", "", "未载明", "", "")]


def test_the_table_is_in_the_pdf(text):
    for word in ("界桩方位物", "独立树", "水塔", "151.0", "界线走向", "协议长度 未载明"):
        assert word in text


def test_legend_tells_kinds_state_and_that_rays_are_no_distances(text):
    for title in ("单立界桩", "三交点界桩", "损坏、移位或丢失的界桩", "方位物方向（距离不按比例）"):
        assert title in text
    assert "双立界桩" not in text
    assert "未定界" not in text


def test_internal_sheets_say_so(text):
    assert "内部用图" in text
    assert "本图界线不作为划界依据" in text


def test_no_text_touches_another_or_leaves_the_paper(sheet):
    boxes = [
        text_box(item, sheet.book.width(item.text, size=item.size, role=item.family,
                                        spacing=item.spacing)).grown(-0.12)
        for item in sheet.items
        if isinstance(item, TextItem)
    ]  # fmt: skip
    paper = Box(0, 0, sheet.page.width, sheet.page.height).grown(-9)
    assert all(paper.holds(box) for box in boxes)
    assert not [(a, b) for n, a in enumerate(boxes) for b in boxes[:n] if a.meets(b)]


def test_no_letter_is_smaller_than_the_paper_allows(sheet):
    assert min(i.size for i in sheet.items if isinstance(i, TextItem)) >= LAYOUT.least - 1e-9


def test_a_stretch_not_agreed_on_has_its_own_symbol(tmp_path):
    drawn = compose(read(tmp_path, undetermined=[{"from": "2", "to": "3"}]), RECIPE)
    (dashed,) = paths(drawn, "undetermined")
    (agreed,) = paths(drawn, "boundary_lines")
    assert dashed.dash != agreed.dash
    assert dashed.dash
    assert "未定界" in [item.text for item in drawn.items if isinstance(item, TextItem)]
    low, high = dashed.lines[0][:, 0].min(), dashed.lines[0][:, 0].max()
    for line in agreed.lines:
        assert line[:, 0].max() <= low + 1e-6 or line[:, 0].min() >= high - 1e-6


def test_long_tables_take_smaller_type_and_then_count_what_is_left_out(picture):
    def with_markers(n):
        keys = [f"m{k:03d}" for k in range(n)]
        rows = picture.markers.iloc[[0] * n].set_index(pd.Index(keys, name="id"))
        rows = rows.assign(number=[f"桩{k:03d}" for k in range(n)])
        one = picture.references.iloc[:3]
        refs = pd.concat([one.assign(marker=key) for key in keys], ignore_index=True)
        return replace(picture, markers=rows, references=refs)

    space = {"y": LAYOUT.panel.y + 80.0, "bottom": LAYOUT.panel.bottom - 45.0}
    sizes = []
    for n in (5, 12, 15, 60):
        pen = panel_of(azimuths, with_markers(n), **space)
        body = [i for i in pen.items if isinstance(i, TextItem) and i.text.startswith("桩")]
        sizes.append(min(item.size for item in body))
        lowest = max(item.y for item in pen.items if isinstance(item, TextItem))
        assert lowest <= pen.bottom
        said = [i.text for i in pen.items if isinstance(i, TextItem)]
        left = [t for t in said if t.startswith("另有")]
        assert left == ([] if len(body) == n else [f"另有 {n - len(body)} 个界桩未列出。"])
        if n < 60:
            assert len(body) == n
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] >= 1.6


def test_the_course_is_as_detailed_as_there_is_room_for(picture):
    def wordy():
        return ("从甲起，" + "向东行 1.00 千米，" * 60 + "至乙。", "从甲起，向东行 60 千米，至乙。")

    class Wordy(type(picture)):
        courses = staticmethod(wordy)

    talked = Wordy(**{f: getattr(picture, f) for f in picture.__dataclass_fields__})
    wide = panel_of(line_course, talked)
    assert sum(i.text.count("1.00") for i in wide.items if isinstance(i, TextItem)) == 60
    narrow = panel_of(line_course, talked, bottom=LAYOUT.panel.y + 16.0)
    assert "60 千米" in "".join(i.text for i in narrow.items if isinstance(i, TextItem))
    assert not panel_of(line_course, talked, bottom=LAYOUT.panel.y + 6.0).items


def test_distances_are_to_scale_only_where_all_can_be_seen(picture):
    assert not to_scale(picture, 1000 / 50_000)
    assert to_scale(picture, 1000 / 2_000)
    assert not to_scale(replace(picture, references=picture.references.iloc[:0]), 1.0)


def test_rays_to_scale_are_as_long_as_the_distance(tmp_path):
    near = shapely.LineString([(113.0, 36.5), (113.002, 36.5)])
    far = [{"name": "塔", "grid_azimuth_deg": 0.0, "distance_m": 60.0}]
    drawn = compose(read(tmp_path, geometry=near, markers=[marker("1", 113.001, refs=far)]), RECIPE)
    assert drawn.page.scale == 2_000
    (ray,) = [item.lines[0] for item in paths(drawn, "references") if not item.closed]
    assert np.linalg.norm(ray[1] - ray[0]) == pytest.approx(30.0)
    assert "方位物方向与距离" in [i.text for i in drawn.items if isinstance(i, TextItem)]


def test_what_was_not_measured_is_not_said():
    nan = float("nan")
    assert reference_words(28.9, 42.0) == "28.9° 42米"
    assert reference_words(nan, 42.0) == "42米"
    assert reference_words(nan, nan) == ""


def test_a_line_without_markers_is_drawn(tmp_path):
    drawn = compose(read(tmp_path, markers=[]), RECIPE)
    assert paths(drawn, "boundary_lines")
    assert not paths(drawn, "boundary_markers")


def test_a_public_line_is_drawn_from_the_store_alone(tmp_path):
    number = {"review_no": "晋S1", "approval": "F1", "actor": ACTOR}
    with filled(tmp_path, markers=[]) as store:
        drawn = print_sheet(store, "boundary-line", line=ID, publish="public", **number)
    assert "审图号：晋S1" in [i.text for i in drawn.items if isinstance(i, TextItem)]
    assert not paths(drawn, "neighbour")


def test_a_public_line_with_markers_is_refused(tmp_path):
    number = {"review_no": "晋S1", "approval": "F1", "actor": ACTOR}
    with filled(tmp_path) as store, pytest.raises(SheetError, match="界桩坐标") as caught:
        print_sheet(store, "boundary-line", line=ID, publish="public", **number)
    assert caught.value.code == "public_not_allowed"


def test_the_same_store_gives_the_same_bytes(picture, sheet):
    again = compose(picture, RECIPE, SheetOptions(publisher="民政局"))
    assert again.svg == sheet.svg
    assert again.pdf == sheet.pdf
