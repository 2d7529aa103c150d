"""The offline map page, as text and in a browser."""

from __future__ import annotations

import json
import os
import re
from base64 import b64decode
from contextlib import contextmanager
from dataclasses import replace
from io import BytesIO
from xml.dom import minidom

import folium
import pytest
from PIL import Image, ImageChops, ImageStat
from playwright.sync_api import expect, sync_playwright

from layers.provenance import Provenance
from tests.webmap.pictures import demand, picture, placeless_picture
from webmap.folium_assets import render_offline
from webmap.folium_map import render_map, service_map, write_map

ARGUMENTS = [
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
]
PAINTED = """new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() =>
  done(document.querySelector('.leaflet-overlay-pane canvas').toDataURL()))))"""
NAMELESS = """() => [...document.querySelectorAll('button, a[href], [role], summary, [tabindex]')]
  .filter(one => one.offsetParent && one.getAttribute('role') !== 'presentation')
  .filter(one => !(one.ariaLabel || one.textContent.trim() || one.title))
  .map(one => one.outerHTML.slice(0, 80))"""
EVIL = "<script>document.title='x'</script>{{ 7 * 7 }}\"'&</textarea>"


def test_page_is_chinese_titled_and_says_what_it_is():
    page = render_map(picture(), publisher="襄垣县民政局")
    assert page.startswith("<!DOCTYPE html>")
    assert '<html lang="zh-CN">' in page
    assert "<title>襄垣县 15 分钟养老服务圈与覆盖缺口</title>" in page
    for words in ("示意数据 非法定", "编制单位：襄垣县民政局", "资料截止：2024-01-31"):
        assert words in page
    assert "本图界线不作为划界依据" in page


def test_real_data_carry_no_stamp():
    page = render_map(picture(provenance=Provenance("surveyed", ("实测",))))
    assert "示意数据" not in page


def test_openstreetmap_is_credited():
    assert "© OpenStreetMap contributors (ODbL)" in render_map(placeless_picture())


def test_same_picture_same_bytes():
    assert render_map(picture()) == render_map(picture())


def test_table_is_in_the_page_itself_in_rank_order():
    page = render_map(picture())
    table = re.search(r"<table>(.*?)</table>", page, re.DOTALL)[0]
    assert re.findall(r"<button type=\"button\">(.*?)</button>", table) == ["虒亭镇", "古韩镇"]
    assert table.index("83.3%") < table.index("75.0%")


def test_small_counts_are_not_in_the_page_unless_asked_for():
    small = picture(demand((3.0, 43.0, 300.0, 61.0)))
    assert ">3</td>" not in render_map(small)
    assert ">&lt;5</td>" in render_map(small)
    assert ">3</td>" in render_map(small, full=True)


def test_page_without_divisions_has_one_row():
    page = render_map(placeless_picture())
    assert "<title>15 分钟养老服务圈与覆盖缺口</title>" in page
    assert '<th scope="row">全部</th>' in page


def test_writing_counts_the_shapes_and_leaves_no_part_behind(tmp_path):
    assert write_map(picture(), tmp_path / "map.html") == 14
    assert [path.name for path in tmp_path.iterdir()] == ["map.html"]


def test_more_folium_elements_may_be_added():
    made = service_map(picture())
    folium.CircleMarker([36.55, 113.0], tooltip="候选点").add_to(made)
    assert "候选点" in render_offline(made.page)


@pytest.fixture(scope="module")
def browser(chromium):
    sandbox = ["--no-sandbox"] if os.geteuid() == 0 else []
    with sync_playwright() as tool:
        started = tool.chromium.launch(executable_path=chromium, args=[*ARGUMENTS, *sandbox])
        yield started
        started.close()


@pytest.fixture
def opened(browser, tmp_path):
    """Open a page from its file; nothing may be asked from outside, nothing may go wrong."""

    @contextmanager
    def open_page(html, width=1440, height=900):
        file = tmp_path / "map.html"
        file.write_text(html, encoding="utf-8")
        page = browser.new_page(viewport={"width": width, "height": height})
        asked, wrong = [], []

        def only_inside(route):
            inside = route.request.url.startswith(("file:", "data:", "blob:"))
            if inside:
                route.continue_()
            else:
                asked.append(route.request.url)
                route.abort()

        page.route("**/*", only_inside)
        page.on("console", lambda line: wrong.append(line.text))
        page.on("pageerror", lambda error: wrong.append(str(error)))
        page.goto(file.as_uri())
        page.wait_for_selector("body[data-state=ready]")
        yield page
        page.close()
        assert asked == []
        assert wrong == []

    return open_page


@pytest.fixture(scope="module")
def html():
    return render_map(picture(), publisher="襄垣县民政局")


def sideways(page) -> bool:
    return page.evaluate("document.documentElement.scrollWidth > innerWidth")


def painted(page) -> Image.Image:
    """Picture on the canvas after the next two frames."""
    return Image.open(BytesIO(b64decode(page.evaluate(PAINTED).split(",")[1]))).convert("RGB")


def changed(one: Image.Image, other: Image.Image) -> float:
    """Share of the pixels that differ visibly."""
    apart = ImageChops.difference(one, other).convert("L").point(lambda value: 255 * (value > 12))
    return ImageStat.Stat(apart).mean[0] / 255


def colours(page, selector) -> int:
    shot = Image.open(BytesIO(page.locator(selector).screenshot())).convert("RGB")
    return len(shot.getcolors(maxcolors=1 << 24))


@pytest.mark.browser
@pytest.mark.slow
def test_browser_draws_every_shape_but_roads_one_by_one(opened, html):
    with opened(html) as page:
        assert page.evaluate("document.body.dataset.shapes") == str(14 - 3)
        assert page.locator(".facility").count() == 3
        assert colours(page, ".folium-map") > 100


@pytest.mark.browser
@pytest.mark.slow
@pytest.mark.parametrize(("width", "height"), [(1440, 900), (390, 844), (320, 640)])
def test_nothing_scrolls_sideways_and_the_stamp_is_in_sight(opened, html, width, height):
    with opened(html, width, height) as page:
        assert not sideways(page)
        expect(page.get_by_role("note")).to_be_in_viewport()
        expect(page.locator(".folium-map")).to_be_in_viewport()
        page.locator("main").evaluate("panel => panel.scrollTo(0, 9e9)")
        page.evaluate("scrollTo(0, 9e9)")
        expect(page.get_by_role("note")).to_be_in_viewport()


@pytest.mark.browser
@pytest.mark.slow
def test_row_of_the_table_is_reached_by_keyboard_and_shows_its_town(opened, html):
    with opened(html) as page:
        button = page.get_by_role("button", name="古韩镇")
        button.focus()
        expect(page.locator("tr.lit")).to_contain_text("古韩镇")
        before = page.locator(".leaflet-control-scale-line").text_content()
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-control-scale-line")).not_to_have_text(before)


@pytest.mark.browser
@pytest.mark.slow
def test_town_under_the_pointer_tells_both_shares(opened, html):
    with opened(html) as page:
        frame = page.locator(".folium-map").bounding_box()
        page.mouse.move(frame["x"] + 0.3 * frame["width"], frame["y"] + 0.6 * frame["height"])
        tip = page.locator(".leaflet-tooltip")
        expect(tip).to_contain_text("虒亭镇")
        expect(tip).to_contain_text("道路覆盖率83.3%")
        expect(tip).to_contain_text("直线覆盖率100.0%")
        expect(page.locator("tr.lit")).to_contain_text("虒亭镇")


@pytest.mark.browser
@pytest.mark.slow
def test_facility_is_a_named_button_that_opens_its_card(opened, html):
    with opened(html) as page:
        place = page.get_by_role("button", name="府前社区养老服务驿站，养老服务驿站")
        place.focus()
        page.keyboard.press("Enter")
        expect(page.locator(".leaflet-popup")).to_contain_text("状态运营本次统计计入")


@pytest.mark.browser
@pytest.mark.slow
def test_layers_are_switched_in_chinese_and_keep_their_order(opened, html):
    with opened(html) as page:
        page.get_by_role("button", name="图层").focus()
        page.keyboard.press("Enter")
        names = page.locator(".leaflet-control-layers-overlays label").all_text_contents()
        assert [name.strip() for name in names] == [
            "乡镇", "服务圈", "道路", "未覆盖的村", "其他村", "养老服务设施", "名称",
        ]  # fmt: skip
        page.locator(".leaflet-control-layers-overlays").hover()
        before = painted(page)
        box = page.get_by_role("checkbox", name="乡镇")
        box.uncheck()
        assert changed(before, painted(page)) > 0.1
        box.check()
        assert changed(before, painted(page)) < 0.002


@pytest.mark.browser
@pytest.mark.slow
def test_what_people_wrote_stays_text(opened):
    whole = picture()
    villages = whole.demand.assign(name=EVIL)
    evil = replace(
        whole,
        facilities=whole.facilities.assign(name=EVIL, status=EVIL, kind=EVIL),
        townships=whole.townships.assign(name=EVIL),
        county=whole.county.assign(name=EVIL),
        demand=villages,
        gaps=whole.gaps.assign(name=EVIL),
        provenance=Provenance("synthetic", (EVIL,)),
    )
    with opened(render_map(evil, publisher=EVIL)) as page:
        assert page.title() == f"{EVIL} 15 分钟养老服务圈与覆盖缺口"
        assert page.locator("h1").text_content() == page.title()
        assert page.locator("tr[data-code] button").first.text_content() == EVIL
        page.locator(".facility").first.focus()
        page.keyboard.press("Enter")
        assert page.locator(".leaflet-popup .card strong").text_content() == EVIL
        assert "49" not in page.locator("header").text_content().replace("{{ 7 * 7 }}", "")


@pytest.mark.browser
@pytest.mark.slow
def test_page_without_divisions_works_too(opened):
    with opened(render_map(placeless_picture())) as page:
        assert colours(page, ".folium-map") > 30
        expect(page.locator(".leaflet-control-attribution")).to_contain_text("OpenStreetMap")


@pytest.mark.browser
@pytest.mark.slow
def test_paper_has_map_legend_and_the_whole_table_and_no_controls(opened, html):
    with opened(html) as page:
        page.locator("details.gaps > summary").click()
        page.emulate_media(media="print")
        expect(page.locator(".leaflet-overlay-pane svg path")).not_to_have_count(0)
        expect(page.locator(".leaflet-control-zoom")).to_be_hidden()
        expect(page.locator(".legend")).to_contain_text("县界")
        page.emulate_media(media="screen")
        expect(page.locator(".leaflet-overlay-pane svg path")).to_have_count(0)
        assert page.pdf(prefer_css_page_size=True).startswith(b"%PDF")


@pytest.mark.browser
@pytest.mark.slow
def test_everything_has_a_name_for_screen_readers(opened, html):
    with opened(html) as page:
        assert page.evaluate(NAMELESS) == []
        ids = page.evaluate("[...document.querySelectorAll('[id]')].map(one => one.id)")
        assert len(ids) == len(set(ids))


def test_legend_drawings_are_well_formed(html):
    drawings = re.findall(r"<svg.*?</svg>", html.split("图例")[1].split("</details>")[0])
    assert len(drawings) > 8
    for drawing in drawings:
        assert minidom.parseString(drawing).documentElement.tagName == "svg"  # noqa: S318


def test_data_of_the_page_are_json(html):
    data = re.search(r'id="xygeo-data">(.*?)</script>', html, re.DOTALL)[1]
    assert len(json.loads(data)["villages"]) == 4
