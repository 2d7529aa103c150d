"""Documents of cases: both formats say what the rows say, and look the same on every run."""

from __future__ import annotations

import io
import re
import zipfile
from typing import TYPE_CHECKING

import pdfplumber
import pytest
from docx import Document
from openpyxl import load_workbook
from PIL import Image

from geo.errors import InputError
from layers.files import Files
from webmap.documents import write_document
from webmap.documents.filled import Form, FormTable, fill
from webmap.documents.templates import load_template, template_names

if TYPE_CHECKING:
    from pathlib import Path

_ARTICLES = re.compile("第[一二三四五六七八九十百0-9]+条")


@pytest.fixture(params=["paper", "placed"])
def both(request):
    """Rows and files of every document, of cases on paper alone and of cases with places."""
    rows = request.getfixturevalue(f"{request.param}_rows")
    return rows, request.getfixturevalue(f"{request.param}_files")


def written(rows: dict, folder: Path, suffix: str = "docx", **options) -> Path:
    path = folder / f"{rows['type']}.{rows['name']}.{suffix}"
    write_document(rows, path, **options)
    return path


def cells(path: Path) -> list[list[list[str]]]:
    """Texts of every table; a merged cell once."""
    return [
        [list(dict.fromkeys((cell._tc, cell.text) for cell in row.cells)) for row in table.rows]
        for table in Document(path).tables
    ]


def test_every_document_has_a_template(placed_rows):
    assert set(placed_rows) == set(template_names())


@pytest.mark.parametrize("name", template_names())
def test_docx_reads_back_as_its_rows(both, name):
    rows, files = both[0][name], both[1]
    tables = [[[text for _, text in row] for row in table] for table in cells(files[name, "docx"])]
    for block in fill(rows).blocks:
        if isinstance(block, FormTable):
            wanted = [[cell.text for cell in row] for row in block.rows]
            assert any(table[-len(wanted) :] == wanted for table in tables if wanted) or not wanted
        if isinstance(block, Form):
            assert [[part for pair in row for part in pair] for row in block.rows] in tables


@pytest.mark.parametrize(
    "name", ["inspection.records", "place_name.filing", "plates.list", "siting.comparison"]
)
def test_xlsx_holds_what_the_docx_shows(both, name):
    rows, files = both[0][name], both[1]
    book = load_workbook(files[name, "xlsx"])
    shown = [
        [_shown(cell) for cell in row if cell.value is not None]
        for sheet in book
        for row in sheet.iter_rows()
    ]
    for block in fill(rows).blocks:
        if isinstance(block, FormTable):
            for row in block.rows:
                assert [cell.text for cell in row] in shown
        if isinstance(block, Form):
            for row in block.rows:
                assert all(list(pair) in shown for pair in row)


def _shown(cell) -> str:
    if isinstance(cell.value, str):
        return cell.value
    percent = cell.number_format.endswith("%")
    decimals = len(cell.number_format.removesuffix("%").partition(".")[2])
    return f"{cell.value:.{decimals}{'%' if percent else 'f'}}"


def test_numbers_of_a_workbook_are_numbers(placed_files):
    sheet = load_workbook(placed_files["inspection.records", "xlsx"]).worksheets[0]
    assert [sheet.cell(6, place).value for place in (1, 4, 5)] == [1, 112.92, 36.71]
    assert sheet.print_title_rows == "$1:$5"


@pytest.mark.parametrize("name", template_names())
def test_same_rows_are_the_same_bytes(both, name, tmp_path):
    rows, files = both[0][name], both[1]
    for suffix in rows["formats"]:
        again = written(rows, tmp_path, suffix).read_bytes()
        assert files[name, suffix].read_bytes() == again


@pytest.mark.parametrize("name", template_names())
def test_nothing_reaches_outside_the_file(placed_files, name):
    for path in (path for (one, _), path in placed_files.items() if one == name):
        with zipfile.ZipFile(path) as parts:
            assert not [part for part in parts.namelist() if "vba" in part.lower()]
            for part in parts.namelist():
                assert b'TargetMode="External"' not in parts.read(part)


@pytest.mark.parametrize("name", template_names())
def test_made_up_rows_say_so_on_every_page(paper_rows, name, tmp_path):
    rows = {**paper_rows[name], "notice": "示意数据 非法定"}
    (section,) = Document(written(rows, tmp_path)).sections
    assert "示意数据 非法定" in section.header.paragraphs[0].text
    if "xlsx" in rows["formats"]:
        for sheet in load_workbook(written(rows, tmp_path, "xlsx")):
            assert sheet.oddHeader.right.text == "示意数据 非法定"


def test_head_of_a_table_is_repeated_on_every_page(placed_files):
    document = Document(placed_files["inspection.records", "docx"])
    xml = document.tables[1]._tbl.xml
    assert xml.count("<w:tblHeader/>") == 2


def test_record_table_lies_across_an_a4_page(paper_files):
    (section,) = Document(paper_files["inspection.records", "docx"]).sections
    assert (round(section.page_width.mm), round(section.page_height.mm)) == (297, 210)


def test_office_is_told_the_chinese_faces(paper_files):
    with zipfile.ZipFile(paper_files["place_name.announcement", "docx"]) as parts:
        assert 'w:eastAsia="仿宋_GB2312"' in parts.read("word/document.xml").decode()


def test_missing_value_prints_as_not_known(paper_files):
    texts = [
        text
        for table in cells(paper_files["inspection.report", "docx"])
        for row in table
        for _, text in row
    ]
    assert texts.count("未载明") > 3
    assert not any("None" in text for text in texts)


def test_no_article_is_named_that_was_not_seen(placed_files):
    for (_, suffix), path in placed_files.items():
        if suffix == "docx":
            words = "".join(one.text for one in Document(path).paragraphs)
            assert set(_ARTICLES.findall(words)) <= {"第六条"}  # order 28, which was seen


def test_layout_of_ours_says_that_it_is_ours(paper_files):
    for (name, suffix), path in paper_files.items():
        if suffix == "docx":
            words = "".join(one.text for one in Document(path).paragraphs)
            assert ("参考格式" in words) == (name != "place_name.announcement")


def test_map_is_there_with_its_scale_or_the_report_says_why_not(paper_files, placed_files):
    with_map = Document(placed_files["inspection.report", "docx"])
    assert len(with_map.inline_shapes) == 1
    assert any("比例尺 1:" in one.text for one in with_map.paragraphs)
    without = Document(paper_files["inspection.report", "docx"])
    assert len(without.inline_shapes) == 0
    assert any("本报告不附图" in one.text for one in without.paragraphs)


def test_photos_stand_small_in_the_report(paper_rows, tmp_path):
    out = io.BytesIO()
    Image.new("RGB", (2000, 3000), (90, 120, 90)).save(out, "JPEG")
    files = Files(tmp_path)
    photo = {"file": files.put(out.getvalue(), "jpg"), "caption": "界桩 示-001（位置核对：相符）"}
    gone = {"file": f"{'0' * 64}.jpg", "caption": "界桩 示-002"}
    rows = {**paper_rows["inspection.report"], "photos": [photo, gone]}
    document = Document(written(rows, tmp_path, files=files))
    (shape,) = document.inline_shapes
    assert round(shape.height.mm) == 36
    texts = [
        text
        for table in document.tables
        for row in table.rows
        for text in (c.text for c in row.cells)
    ]
    assert any("照片文件缺失" in text for text in texts)


def test_letters_that_no_file_can_hold_are_left_out(paper_rows, tmp_path):
    rows = paper_rows["place_name.filing"]
    rows = {**rows, "fields": {**rows["fields"], "meaning": "取\x0b建\x00设\n之意 <w:t>&"}}
    rows["source"] = rows["case_title"] = "某\x01处"
    for suffix in rows["formats"]:
        written(rows, tmp_path, suffix)
    texts = [
        text
        for table in cells(tmp_path / "place_name.filing.docx")
        for row in table
        for _, text in row
    ]
    assert "取建设\n之意 <w:t>&" in texts


def test_text_that_looks_like_a_formula_stays_text(paper_rows, tmp_path):
    rows = paper_rows["place_name.filing"]
    rows = {**rows, "fields": {**rows["fields"], "meaning": "=1+1"}}
    book = load_workbook(written(rows, tmp_path, "xlsx"))
    (cell,) = [c for sheet in book for row in sheet for c in row if c.value == "=1+1"]
    assert cell.data_type == "s"


def test_format_that_a_document_does_not_have_is_refused(paper_rows, tmp_path):
    with pytest.raises(InputError) as caught:
        written(paper_rows["inspection.plan"], tmp_path, "xlsx")
    assert caught.value.code == "document_format"


def test_document_without_a_template_is_refused(paper_rows, tmp_path):
    with pytest.raises(InputError) as caught:
        written({**paper_rows["inspection.plan"], "type": "strange"}, tmp_path)
    assert caught.value.code == "unknown_template"


def test_announcement_of_a_name_given_up_brings_no_name_into_force(paper_rows, tmp_path):
    rows = paper_rows["place_name.announcement"]
    fields = {"announcement": "地名销名公告", "given": None, "given_up": "建设路"}
    path = written({**rows, "fields": {**rows["fields"], **fields}}, tmp_path)
    words = [one.text for one in Document(path).paragraphs]
    assert words[0] == "地名销名公告"
    assert not any("标准地名予以公告" in one for one in words)


def test_publisher_stands_where_it_is_given_out(paper_rows, tmp_path):
    path = written(paper_rows["place_name.announcement"], tmp_path, publisher="襄垣县民政局")
    assert any(one.text == "发布单位（公章）：襄垣县民政局" for one in Document(path).paragraphs)


@pytest.mark.parametrize("name", template_names())
def test_templates_have_only_words_that_writers_know(name):
    assert load_template(name)["blocks"]


@pytest.mark.slow
def test_every_printed_document_has_its_title_and_last_rows_on_a4(placed_rows, printed):
    for (name, _suffix), path in printed.items():
        filled = fill(placed_rows[name])
        with pdfplumber.open(path) as pdf:
            text = "".join("".join(page.extract_text() for page in pdf.pages).split())
            sizes = {tuple(sorted(map(round, (page.width, page.height)))) for page in pdf.pages}
        assert filled.title in text
        assert sizes == {(595, 842)}
        for block in filled.blocks:
            if isinstance(block, FormTable) and block.rows:
                short = [cell.text for cell in block.rows[-1] if len(cell.text) <= 3]
                assert [one for one in short if one not in text] == [], name


@pytest.mark.slow
@pytest.mark.parametrize("suffix", ["docx", "xlsx"])
def test_long_record_repeats_its_head_and_loses_no_marker(printed, suffix):
    with pdfplumber.open(printed["inspection.records", suffix]) as pdf:
        pages = [page.extract_text() for page in pdf.pages]
    full = [page for page in pages if "示-0" in page]
    assert len(full) > 1
    assert all("方位物" in page for page in full)
    assert all(f"示-{n:03d}" in "".join(full) for n in range(1, 41))
