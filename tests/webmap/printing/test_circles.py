"""The sheet as a whole, measured in its PDF."""

import io
import itertools
import json
from dataclasses import replace
from datetime import date

import numpy as np
import pdfplumber
import pyproj
import pytest
from pdfminer.pdftypes import resolve1

from layers.provenance import Provenance
from tests.webmap.printing.build import county_picture, picture, small_picture, town_picture
from webmap.printing import SheetError, SheetOptions, circles_sheet
from webmap.printing.items import TextItem
from webmap.printing.pins import Pin

MM = 25.4 / 72


@pytest.fixture(scope="module")
def small():
    return circles_sheet(small_picture(), SheetOptions(crosses=True))


@pytest.fixture(scope="module")
def small_page(small):
    with pdfplumber.open(io.BytesIO(small.pdf)) as document:
        page = document.pages[0]
        page.chars  # noqa: B018  (parse before the file is closed)
        yield page


def words(sheet) -> list[str]:
    return [item.text for item in sheet.items if isinstance(item, TextItem)]


def test_the_crosses_are_true_to_scale_within_a_thousandth(small, small_page):
    red = [
        line
        for line in small_page.lines
        if tuple(line["stroking_color"]) == (1, 0, 0) or line["stroking_color"] == (1.0, 0.0, 0.0)
    ]
    middles = {
        (round((line["x0"] + line["x1"]) / 2, 2), round((line["top"] + line["bottom"]) / 2, 2))
        for line in red
    }
    assert len(middles) == 2
    measured = np.hypot(*np.diff(np.array(sorted(middles)), axis=0)[0]) * MM
    true = np.hypot(*np.diff(np.array(small.crosses), axis=0)[0]) * 1000 / small.page.scale
    assert measured == pytest.approx(true, rel=1e-3)


def test_the_scale_bar_is_as_long_as_it_says_within_a_tenth_of_a_millimetre(small, small_page):
    parts = [r for r in small_page.rects if abs(float(r["height"]) * MM - 1.3) < 0.01]
    assert len(parts) == 4
    length = (max(r["x1"] for r in parts) - min(r["x0"] for r in parts)) * MM
    numbers = [w for w in words(small) if w.replace(".", "").isdigit()]
    said = float(numbers[numbers.index("0") + 4]) * 1e6 / small.page.scale
    assert float(length) == pytest.approx(said, abs=0.1)


def test_the_page_is_a3_within_a_twentieth_of_a_millimetre(small_page):
    size = (float(small_page.width) * MM, float(small_page.height) * MM)
    assert size == pytest.approx((420, 297), abs=0.05)


def test_every_font_is_an_embedded_subset_with_a_unicode_map(small):
    with pdfplumber.open(io.BytesIO(small.pdf)) as document:
        fonts = resolve1(document.pages[0].page_obj.resources["Font"])
        assert len(fonts) == 2
        for reference in fonts.values():
            font = resolve1(reference)
            assert font["Subtype"].name == "Type0"
            assert "ToUnicode" in font
            descendant = resolve1(resolve1(font["DescendantFonts"])[0])
            name = descendant["BaseFont"].name
            assert name[6] == "+"
            assert "FontFile3" in resolve1(descendant["FontDescriptor"])


def test_every_text_is_in_the_pdf_once_for_each_time_it_is_drawn(small, small_page):
    text = "".join(char["text"] for char in small_page.chars).replace(" ", "")
    drawn = "".join(words(small)).replace(" ", "").replace("　", "")
    assert sorted(text.replace("　", "")) == sorted(drawn)
    for name in ("虒亭镇", "贾垴", "示意日间照料中心01"):
        assert text.count(name) == drawn.count(name)


def test_everything_that_must_be_on_a_sheet_is_on_it(small):
    found = "\n".join(words(small))
    for must in (
        *("示意县15分钟养老服务圈与覆盖缺口", "示意数据 非法定", "内部用图", "检测用", "图例"),
        *("2000国家大地坐标系　高斯-克吕格投影 3°带　中央经线114°", "本图界线不作为划界依据"),
        *("编制单位：未载明", "编制日期：2026年11月1日", "资料截止日期：2026年11月1日"),
        *("真北", "坐标北", "子午线收敛角", "资料来源：手工示意数据", "数据 0123456789abcdef"),
    ):
        assert must in found
    assert f"1:{small.page.scale:,}" in found


def test_the_convergence_is_proj_s(small):
    to_lonlat = pyproj.Transformer.from_crs(4547, 4490, always_xy=True)
    lon, lat = to_lonlat.transform(*small.page.centre)
    factors = pyproj.Proj(pyproj.CRS.from_epsg(4547)).get_factors(lon, lat)
    assert small.convergence_deg == pytest.approx(factors.meridian_convergence, abs=1e-9)
    assert small.convergence_deg < 0


def test_no_text_is_smaller_than_1_6_mm(small):
    assert min(item.size for item in small.items if isinstance(item, TextItem)) >= 1.6


def test_the_json_answer_is_complete(small):
    answer = json.loads(json.dumps(small.to_json(files=["a.pdf"])))
    assert answer["files"] == ["a.pdf"]
    assert answer["scale"] == small.page.scale
    assert answer["frame_mm"] == pytest.approx(list(small.page.frame))
    width = answer["extent"][2] - answer["extent"][0]
    assert width * 1000 / answer["scale"] == pytest.approx(answer["frame_mm"][2], abs=1e-3)
    assert {row["name"] for row in answer["placed"]} >= {"虒亭镇", "贾垴"}
    assert answer["unplaced"] == []
    assert answer["crosses"][0].keys() == {"e", "n"}
    assert answer["quality"] == "synthetic"


def test_the_date_can_be_given_and_the_data_s_day_stays():
    sheet = circles_sheet(small_picture(), SheetOptions(date=date(2026, 12, 1)))
    assert "编制日期：2026年12月1日" in words(sheet)
    assert "资料截止日期：2026年11月1日" in words(sheet)


def test_another_scale_is_kept_if_it_fits():
    assert circles_sheet(small_picture(), SheetOptions(scale=50_000)).page.scale == 50_000


def test_too_large_a_scale_is_refused():
    with pytest.raises(SheetError, match="1:25,000") as caught:
        circles_sheet(small_picture(), SheetOptions(scale=5_000))
    assert caught.value.code == "scale_too_large"


def test_an_empty_picture_is_refused():
    with pytest.raises(SheetError) as caught:
        circles_sheet(picture())
    assert caught.value.code == "nothing_to_draw"


def test_an_unknown_character_is_refused_for_review_and_warned_of_inside():
    answer = small_picture()
    villages = answer.demand.assign(name=["上\ue123村", "乙村", "丙村", "丁村"])
    odd = replace(answer, demand=villages)
    assert "U+E123" in circles_sheet(odd).warnings[0]
    with pytest.raises(SheetError) as caught:
        circles_sheet(odd, SheetOptions(publish="review"))
    assert caught.value.code == "glyph_missing"


def test_public_is_refused_for_synthetic_rows_and_drawn_for_surveyed_ones():
    public = SheetOptions(publish="public", review_no="晋S(2026)001号", approval="F1")
    with pytest.raises(SheetError) as caught:
        circles_sheet(small_picture(), public)
    assert caught.value.code == "public_not_allowed"
    surveyed = small_picture(provenance=Provenance("surveyed", ("实测",)))
    found = words(circles_sheet(surveyed, public))
    assert "审图号：晋S(2026)001号" in found
    assert "内部用图" not in found
    assert "示意数据 非法定" not in found


def test_a_pin_moves_a_name_on_every_format():
    pin = Pin("divisions", "140499101000", 60.0, 60.0)
    sheet = circles_sheet(small_picture(), SheetOptions(pins=(pin,)))
    row = next(r for r in sheet.to_json()["placed"] if r["id"] == pin.id)
    assert (row["x_mm"], row["y_mm"]) == (60.0, 60.0)
    assert 'x="' in sheet.svg


def test_a_pin_of_nobody_is_warned_of():
    sheet = circles_sheet(small_picture(), SheetOptions(pins=(Pin("divisions", "9", 60, 60),)))
    assert "divisions 9 不在本图上" in sheet.warnings[0]


@pytest.mark.parametrize("part", ["county", "townships", "roads", "circles", "centres", "villages"])
def test_each_part_alone_is_a_sheet(part):
    whole = small_picture()
    name = {"centres": "facilities", "villages": "demand"}.get(part, part)
    alone = picture(**{part: getattr(whole, name)})
    assert circles_sheet(alone).pdf.startswith(b"%PDF")


def test_a_control_character_in_the_county_s_name_breaks_no_format():
    answer = small_picture()
    odd = replace(answer, county=answer.county.assign(name="示\x07意县"))
    assert circles_sheet(odd).title.startswith("示〓意县")
    assert circles_sheet(odd).pdf.startswith(b"%PDF")


def test_a_store_without_divisions_has_its_sheet_with_the_osm_line():
    sheet = circles_sheet(town_picture())
    found = "\n".join(words(sheet))
    assert "© OpenStreetMap contributors (ODbL)" in found
    assert "横轴墨卡托投影" in found
    assert "全部" in found
    assert "示意数据" not in found


def test_other_ids_and_another_order_of_rows_draw_the_same():
    answer = town_picture()
    centres = answer.facilities.iloc[::-1].set_axis([f"X{k}" for k in range(5)])
    other = replace(answer, facilities=centres, demand=answer.demand.iloc[::-1])
    assert circles_sheet(other).svg == circles_sheet(answer).svg


def test_the_graticule_comes_by_switch():
    plain, with_net = (
        {item.layer for item in circles_sheet(small_picture(), SheetOptions(graticule=g)).items}
        for g in (False, True)
    )
    assert with_net - plain == {"graticule"}


@pytest.mark.parametrize("paper", ["A2", "A1", "A0"])
def test_larger_papers_take_a_larger_scale_and_letters_of_two_millimetres(paper):
    sheet = circles_sheet(small_picture(), SheetOptions(paper=paper))
    assert sheet.page.scale < 20_000
    least = min(item.size for item in sheet.items if isinstance(item, TextItem))
    assert least >= (1.6 if paper == "A2" else 2.0)


@pytest.fixture(scope="module")
def county():
    return circles_sheet(county_picture())


def test_the_county_is_placed_on_a3(county):
    assert county.page.scale == 180_000
    names = [placed.label for placed in county.placed]
    assert sum(label.priority <= 2 for label in names) == 9 + 26 + sum(
        label.layer == "neighbours" for label in names
    )
    villages = [label for label in (*names, *county.unplaced) if label.priority == 4]
    assert len(villages) == 238
    assert sum(label.priority == 4 for label in county.unplaced) <= 7
    assert {"武乡县", "沁县", "屯留区"} <= {label.name for label in names}


@pytest.mark.slow
def test_no_two_words_of_the_county_sheet_meet_in_the_pdf(county):
    with pdfplumber.open(io.BytesIO(county.pdf)) as document:
        found = document.pages[0].extract_words(use_text_flow=True, keep_blank_chars=True)
    frame = [edge / MM for edge in county.page.frame.bounds]
    names = [word for word in found if frame[0] < word["x0"] < frame[2] and word["top"] < frame[3]]
    assert len(names) >= len(county.placed)
    for one, other in itertools.combinations(found, 2):
        apart = (
            one["x1"] <= other["x0"]
            or other["x1"] <= one["x0"]
            or one["bottom"] <= other["top"]
            or other["bottom"] <= one["top"]
        )
        assert apart, (one["text"], other["text"])
    text = "".join(word["text"] for word in found)
    assert "虒亭镇" in text
    assert "贾垴" in text
