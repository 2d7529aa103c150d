"""Papers as .docx, read back with python-docx and as zip."""

from __future__ import annotations

import zipfile
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from docx.oxml.ns import qn
from docx.shared import Mm
from PIL import Image

from webmap.documents.paper import BODY_MM, Paper

DAY = date(2024, 6, 30)


def png() -> bytes:
    out = BytesIO()
    Image.new("RGB", (40, 20), "white").save(out, "PNG")
    return out.getvalue()


def written(path, **changes):
    paper = Paper("选址研究", day=DAY, **{"notice": "示意数据 非法定", **changes})
    paper.heading("一、结论")
    paper.text("建议放在村口。")
    paper.points([("带来什么。", "新增 5 人。")])
    paper.figures([("+5 人", "新增"), ("10.0%", "覆盖率")])
    paper.table(
        "各乡镇",
        [("乡镇", "left"), ("人数", "right")],
        [[f"镇{n}", str(n)] for n in range(80)] + [["合计", "3160"]],
        widths=(2, 1),
        total=True,
        note="说明。",
    )
    paper.figure(png(), "地图", width_mm=100, alt="一张地图")
    paper.heading("二、附录", new_page=True)
    paper.save(path)
    return path


@pytest.fixture
def document(tmp_path):
    return Document(str(written(tmp_path / "a.docx")))


def texts(document):
    return [paragraph.text for paragraph in document.paragraphs]


def test_the_page_is_a4_with_room_for_the_text(document):
    section = document.sections[0]
    assert [round(one / Mm(1)) for one in (section.page_width, section.page_height)] == [210, 297]
    room = section.page_width - section.left_margin - section.right_margin
    assert round(room / Mm(1)) == BODY_MM


def test_every_page_has_the_notice_the_day_and_its_number(document):
    section = document.sections[0]
    assert "示意数据 非法定" in section.header.paragraphs[0].text
    foot = section.footer.paragraphs[0]
    assert "资料截止 2024-06-30" in foot.text
    codes = [found.text.strip() for found in foot._p.iter(qn("w:instrText"))]
    assert codes == ["PAGE", "NUMPAGES"]


def test_without_a_notice_nothing_is_stamped(tmp_path):
    document = Document(str(written(tmp_path / "b.docx", notice="")))
    assert "非法定" not in document.sections[0].header.paragraphs[0].text


def test_the_head_of_a_table_is_repeated_and_no_row_is_broken(document):
    table = document.tables[-1]
    heads = [row._tr.trPr.find(qn("w:tblHeader")) is not None for row in table.rows]
    assert heads == [True] + [False] * 81
    assert all(row._tr.trPr.find(qn("w:cantSplit")) is not None for row in table.rows)
    assert [cell.text for cell in table.rows[-1].cells] == ["合计", "3160"]


def test_a_table_is_as_wide_as_the_text_and_shared_as_asked(document):
    first, second = (column.width / Mm(1) for column in document.tables[-1].columns)
    assert first + second == pytest.approx(BODY_MM, abs=0.1)
    assert first / second == pytest.approx(2, rel=0.01)


def test_captions_are_numbered_tables_above_figures_below(document):
    said = texts(document)
    assert "表 1　各乡镇" in said
    assert "图 1　地图" in said


def test_a_figure_is_described_for_those_who_do_not_see_it(document):
    drawing = document.inline_shapes[0]
    assert drawing._inline.docPr.get("descr") == "一张地图"
    assert drawing.width == Mm(100)


def test_no_figure_is_wider_than_the_text(tmp_path):
    paper = Paper("宽", day=DAY)
    paper.figure(png(), "图", width_mm=500, alt="图")
    paper.save(tmp_path / "c.docx")
    assert Document(str(tmp_path / "c.docx")).inline_shapes[0].width < Mm(BODY_MM)


def test_chinese_faces_are_named_for_office_and_have_stand_ins(tmp_path):
    path = written(tmp_path / "a.docx")
    with zipfile.ZipFile(path) as parts:
        styles, faces = (parts.read(f"word/{n}.xml").decode() for n in ("styles", "fontTable"))
        names = parts.namelist()
    for face in ("仿宋_GB2312", "黑体", "方正小标宋简体"):
        assert f'w:eastAsia="{face}"' in styles
        assert f'w:name="{face}"><w:altName' in faces
    assert not [name for name in names if "fonts/" in name]  # named, never embedded


def test_no_style_keeps_a_face_of_the_templates_theme(document):
    for name in ("Normal", "Title", "Heading 1", "Heading 2", "Caption"):
        fonts = document.styles[name].element.rPr.find(qn("w:rFonts"))
        assert not [key for key in fonts.attrib if "Theme" in key]


def test_the_same_rows_are_the_same_bytes(tmp_path):
    first, again = (written(tmp_path / name).read_bytes() for name in ("a.docx", "b.docx"))
    assert first == again


def test_all_times_in_the_file_are_the_datas_day(tmp_path):
    with zipfile.ZipFile(written(tmp_path / "a.docx")) as parts:
        assert {part.date_time for part in parts.infolist()} == {(2024, 6, 30, 0, 0, 0)}
        core = parts.read("docProps/core.xml").decode()
    assert core.count("2024-06-30T00:00:00Z") == 2
    assert "python-docx" not in core


def test_a_day_before_zip_files_is_told_as_their_first(tmp_path):
    paper = Paper("旧", day=date(1970, 1, 1))
    paper.save(tmp_path / "old.docx")
    with zipfile.ZipFile(tmp_path / "old.docx") as parts:
        assert parts.infolist()[0].date_time[:3] == (1980, 1, 1)


def test_borders_stand_where_the_schema_wants_them(document):
    for table in document.tables:
        names = [part.tag.split("}")[1] for part in table._tbl.tblPr]
        wanted = ["tblStyle", "tblW", "jc", "tblBorders", "tblLayout", "tblCellMar", "tblLook"]
        assert names == [name for name in wanted if name in names]
