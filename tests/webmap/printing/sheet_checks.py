"""What must hold of every printed sheet, measured in its PDF."""

from __future__ import annotations

import math

import pyproj
import rtree

from tests.webmap.printing.paper import Paper, letters_of, svg_texts
from webmap.printing.items import Box
from webmap.printing.marginalia import projection_line
from webmap.printing.page import PAPERS
from webmap.printing.recipe import load_recipe
from webmap.printing.sheets import Sheet
from webmap.style import load_style

TOUCH = 0.02
"""Boxes that share less than this, mm, only touch: letters are placed to a thousandth."""


def check_sheet(sheet: Sheet) -> Paper:
    """Check a sheet that was drawn with its crosses."""
    paper = Paper(sheet.pdf)
    check_size_and_scale(sheet, paper)
    check_fonts_and_texts(sheet, paper)
    check_names(sheet, paper)
    check_margins(sheet, paper)
    check_legend(sheet, paper)
    assert len(sheet.svg.encode()) <= 5e6
    assert sheet.svg.count("http") == 1
    assert "href" not in sheet.svg
    assert len(sheet.pdf) <= 2e6
    return paper


def check_size_and_scale(sheet: Sheet, paper: Paper) -> None:
    assert math.dist(paper.size, PAPERS[sheet.page.paper]) <= 0.05
    marks = [shape.box.centre for shape in paper.shapes if shape.stroke == "#ff0000"]
    ends = (min(marks), max(marks))
    measured, true = math.dist(*ends), math.dist(*sheet.crosses) * 1000 / sheet.page.scale
    assert abs(measured / true - 1) <= 0.001
    diagonal = math.hypot(sheet.page.frame.width, sheet.page.frame.height)
    assert measured >= diagonal / 2
    layout = load_recipe(sheet.name).layout(sheet.page.paper)
    ink = load_style().ink
    bar = [
        shape.box
        for shape in paper.shapes
        if shape.stroke == ink
        and layout.footer.holds(shape.box)
        and abs(shape.box.height - 1.3 * layout.unit) < 0.01
    ]
    assert len(bar) == 4
    length = max(box.right for box in bar) - min(box.x for box in bar)
    numbers = sorted(
        (
            word
            for word in paper.inside(layout.footer)
            if word.text.rstrip("千米").replace(".", "").isdigit()
        ),
        key=lambda word: word.box.x,
    )
    last = numbers[-1].text
    unit = 1_000_000 if any("千米" in word.text for word in paper.words) else 1_000
    said = float(last.rstrip("千米")) * unit / sheet.page.scale
    assert abs(length - said) <= 0.1


def check_fonts_and_texts(sheet: Sheet, paper: Paper) -> None:
    assert paper.fonts
    for font in paper.fonts:
        assert font["subtype"] == "Type0"
        assert font["embedded"]
        assert font["unicode"]
        assert font["name"][6] == "+"
    in_pdf = letters_of([letter for letter, *_ in paper.letters])
    assert in_pdf == letters_of(svg_texts(sheet.svg))
    # PDF units are 1/72 inch and pdfium's em boxes a little tighter than ours: a hundredth is free.
    least = 1.6 if sheet.page.paper in {"A3", "A2"} else 2.0
    assert min(word.box.height for word in paper.words) >= 0.95 * least


def check_names(sheet: Sheet, paper: Paper) -> None:
    """No two words meet, none covers a symbol of the map, none leaves the frame or the paper."""
    index = rtree.index.Index()
    boxes = [word.box for word in paper.words]
    for number, box in enumerate(boxes):
        index.insert(number, box.bounds)
    for number, box in enumerate(boxes):
        for other in index.intersection(box.grown(-TOUCH).bounds):
            assert other <= number or not box.grown(-TOUCH).meets(boxes[other]), (
                paper.words[number].text,
                paper.words[other].text,
            )
    style, frame = load_style(), sheet.page.frame
    symbols = {one.color for one in (*style.facilities.values(), style.dots["community"])}
    for shape in paper.shapes:
        if shape.fill in symbols and frame.holds(shape.box):
            for number in index.intersection(shape.box.grown(-TOUCH).bounds):
                assert not shape.box.grown(-TOUCH).meets(boxes[number]), paper.words[number].text
    names = {placed.label.name for placed in sheet.placed}
    drawn = [word for word in paper.words if word.text in names and frame.meets(word.box)]
    assert len(drawn) >= len(sheet.placed)
    assert all(frame.holds(word.box) for word in drawn)
    edge = Box(0, 0, *paper.size).grown(-9)
    assert all(edge.holds(box) for box in boxes)


def check_margins(sheet: Sheet, paper: Paper) -> None:
    """Everything that a sheet must say is on it, and the convergence is PROJ's."""
    text = "".join(word.text for word in paper.words)
    for must in (
        *(sheet.title, "示意数据非法定", "内部用图", "检测用", "图例", "真北", "坐标北"),
        *("本图界线不作为划界依据", "编制单位：", "编制日期：", "资料截止日期：", "资料来源："),
        *(projection_line(sheet.crs), "2000国家大地坐标系", "方里网间隔", "子午线收敛角"),
        *(f"1:{sheet.page.scale:,}", "千米", f"数据{sheet.data_hash[:16]}"),
    ):
        assert must.replace("　", "").replace(" ", "") in text, must
    to_lonlat = pyproj.Transformer.from_crs(sheet.crs, 4490, always_xy=True)
    lon, lat = to_lonlat.transform(*sheet.page.centre)
    true = pyproj.Proj(sheet.crs).get_factors(lon, lat).meridian_convergence
    assert abs(sheet.convergence_deg - true) <= 0.01
    degrees = int(abs(true))
    minutes = (abs(true) - degrees) * 60
    assert f"{degrees}°{minutes:04.1f}′" in text
    # Frame and panel stand off the edges alike.
    layout = load_recipe(sheet.name).layout(sheet.page.paper)
    left = layout.outer.x
    right = layout.width - max(word.box.right for word in paper.words)
    assert abs(left - right) <= 0.25 * left + 1


def check_legend(sheet: Sheet, paper: Paper) -> None:
    """The kinds of facility in the legend are those on the map."""
    style, frame = load_style(), sheet.page.frame
    colors = {one.color for one in (*style.facilities.values(), *style.gap_shares)}
    colors |= {one.color for one in style.gap_villages} | {style.dots["covered"].color}
    seen: dict[bool, set[str]] = {True: set(), False: set()}
    for shape in paper.shapes:
        if shape.fill in colors:
            seen[frame.holds(shape.box)].add(str(shape.fill))
    assert seen[True] == seen[False]
