"""The files of a study, read back: report, workbook, sheet, map and JSON tell the same figures."""

from __future__ import annotations

import json
import re

import pypdfium2
import pytest
from docx import Document
from openpyxl import load_workbook

from layers.analysis.study import houbao_study
from layers.store import open_store
from tests.layers.analysis.county import road, station
from tests.layers.analysis.houbao import fill_houbao, people, plan
from webmap.study_files import write_study

pytestmark = pytest.mark.slow

SYNTHETIC = {"quality": "synthetic", "source": "示意数据"}


def study_of(folder, **changes):
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        return houbao_study(fill_houbao(store, **changes))


@pytest.fixture(scope="module")
def study(tmp_path_factory):
    return study_of(
        tmp_path_factory.mktemp("study"),
        roads=road(0, 500, 1500, 2600, 3000, 3400, 4200, 6000, **SYNTHETIC),
    )


@pytest.fixture(scope="module")
def made(study, tmp_path_factory):
    return write_study(study, tmp_path_factory.mktemp("out"), publisher="襄垣县民政局")


@pytest.fixture(scope="module")
def paper(made):
    return Document(str(made.files[0]))


@pytest.fixture(scope="module")
def book(made):
    return load_workbook(made.files[1])


@pytest.fixture(scope="module")
def sheet_text(made):
    return pypdfium2.PdfDocument(made.files[2])[0].get_textpage().get_text_bounded()


@pytest.fixture(scope="module")
def page(made):
    return made.files[3].read_text("utf-8")


def said(paper):
    return "\n".join(paragraph.text for paragraph in paper.paragraphs)


def tables(paper):
    """Tables of the report by their caption."""
    captions = [p.text.split("　")[1] for p in paper.paragraphs if re.match(r"表 \d", p.text)]
    grids = [
        [[cell.text for cell in row.cells] for row in table.rows] for table in paper.tables[1:]
    ]
    return dict(zip(captions, grids, strict=True))


def rows_of(sheet):
    """Rows of a sheet below its head, as dicts by heading."""
    heads = [str(cell.value).replace("\n", "") for cell in sheet[4] if cell.value is not None]
    return [
        dict(zip(heads, values, strict=False))
        for values in sheet.iter_rows(min_row=5, values_only=True)
        if values[0] is not None
    ]


def test_the_four_files_have_plain_names(made):
    assert [path.name for path in made.files] == [
        "houbao-study.docx",
        "houbao-study.xlsx",
        "houbao-siting-a3.pdf",
        "houbao-map.html",
    ]


def test_all_tell_the_same_gain(made, study, paper, book, sheet_text, page):
    assert study.site["gained"] == 100
    assert made.numbers["options"][0]["gained"] == 100
    assert rows_of(book["站址比较"])[0]["新增覆盖"] == 100
    assert tables(paper)["站址比较"][1][2] == "100"
    assert "老人新增 100 人" in said(paper)
    assert "+100" in sheet_text
    assert "<dt>新增覆盖</dt><dd>100 人</dd>" in page


def test_all_tell_the_same_shares(made, paper, book, sheet_text, page):
    town = made.numbers["change"][0]
    assert (town["before_share"], town["after_share"]) == (0.231, 1.0)
    row = rows_of(book["前后对比"])[0]
    assert (row["现覆盖率"], row["建成后覆盖率"]) == (0.231, 1.0)
    cells = tables(paper)["建成前后对比"][1]
    assert (cells[5], cells[7]) == ("23.1%", "100.0%")
    assert cells[8] == f"{100 * town['after_low']:.1f}–100.0%"
    assert "23.1% → 100.0%" in [cell.text for cell in paper.tables[0].rows[0].cells]
    assert "23.1%" in sheet_text
    assert "100.0%" in sheet_text
    assert "23.1% → 100.0%" in page


def test_every_figure_of_the_report_is_in_the_workbook_and_the_json(made, paper, book):
    in_json = made.numbers
    assert len(book.sheetnames) == len(in_json) + 1
    for key, name in (("modes", "出行方式"), ("bands", "年龄段"), ("models", "三种准则")):
        values = [list(row.values()) for row in rows_of(book[name])]
        assert values == [list(row.values()) for row in in_json[key]]
    grids = tables(paper)
    assert len(grids) == len(in_json)
    for row, cells in zip(in_json["modes"], grids["不同出行方式（全县）"][1:], strict=True):
        counts = [row[name] for name in ("total", "before", "after", "gained")]
        assert cells[1:5] == [f"{value:,}" for value in counts]
        assert cells[5::2] == [f"{row[name]:.1%}" for name in ("before_share", "after_share")]
        assert all(row["after_low"] <= row["after_share"] <= row["after_high"] for _ in cells)


def test_the_gap_table_of_the_map_is_that_after_the_site(study, page):
    cells = re.findall(r'<tr data-code="\d+">(.*?)</tr>', page, re.DOTALL)[0]
    assert [int(n) for n in re.findall(r'class="num(?: strong)?">(\d+)<', cells)][1:4] == [
        130,
        130,
        0,
    ]
    assert study.picture.summary["uncovered"] == 0


def test_the_map_shows_sites_and_reach(page):
    data = json.loads(re.search(r'id="xygeo-data">(.*?)</script>', page, re.DOTALL)[1])
    keys = [entry["key"] for entry in data["facilities"]]
    assert {"site.chosen", "site.alternative", "site.registered"} <= set(keys)
    assert len(data["reach"]) == 3
    assert sum(entry["key"] == "dot.gained" for entry in data["villages"]) == 2


def test_everything_says_what_is_synthetic(paper, book, sheet_text, page):
    notice = "示意数据 非法定"
    assert notice in paper.sections[0].header.paragraphs[0].text
    assert "不能据此定址" in said(paper)
    assert all(sheet["A3"].value == notice for sheet in book.worksheets[:-1])
    assert all(notice in (sheet.oddHeader.right.text or "") for sheet in book.worksheets)
    assert notice in sheet_text
    assert f'role="note">{notice}<' in page


def test_the_report_names_its_inputs_and_program(study, paper, book):
    assert study.inputs_hash in said(paper)
    assert f"xygeo {study.version}" in said(paper)
    notes = {row[0].value: row[1].value for row in book["说明"].iter_rows(max_col=2)}
    assert notes["输入摘要"] == study.inputs_hash
    assert notes["随机种子"] == "7"


def test_the_first_page_answers_then_says_how_sure(paper):
    text = said(paper)
    order = [text.index(word) for word in ("一、结论", "带来什么", "有多大把握", "与登记位置比")]
    assert order == sorted(order)
    assert text.index("还要核实") < text.index("二、研究的问题")
    heads = [p for p in paper.paragraphs if p.text.startswith("二、")]
    assert heads[0].paragraph_format.page_break_before


def test_the_same_study_is_the_same_bytes(study, made, tmp_path):
    again = write_study(study, tmp_path, publisher="襄垣县民政局")
    for first, second in zip(made.files, again.files, strict=True):
        assert first.read_bytes() == second.read_bytes(), first.name
    assert again.numbers == made.numbers


def test_few_people_are_hidden_everywhere(tmp_path):
    study = study_of(tmp_path, elders=people(30, 3, 0))
    found = write_study(study, tmp_path / "out")
    assert found.numbers["options"][0]["gained"] is None
    assert found.numbers["change"][0]["gained"] is None
    paper = Document(str(found.files[0]))
    assert tables(paper)["站址比较"][1][2] == "<5"
    assert "新增 3 人" not in said(paper)
    book = load_workbook(found.files[1])
    assert rows_of(book["站址比较"])[0]["新增覆盖"] == "<5"
    text = pypdfium2.PdfDocument(found.files[2])[0].get_textpage().get_text_bounded()
    assert "+<5" in text
    assert "增至" not in text
    page = found.files[3].read_text("utf-8")
    assert "<dd>&lt;5 人</dd>" in page
    assert "覆盖率</dt><dd>90" not in page


def test_without_a_plan_nothing_is_compared_with_it(tmp_path):
    study = study_of(tmp_path, care_facilities=[station("西站", 0)])
    found = write_study(study, tmp_path / "out")
    assert "与登记位置比" not in said(Document(str(found.files[0])))


def test_surveyed_rows_carry_no_notice(tmp_path):
    study = study_of(tmp_path, care_facilities=[station("西站", 0), plan()])
    found = write_study(study, tmp_path / "out")
    assert "非法定" not in said(Document(str(found.files[0])))
