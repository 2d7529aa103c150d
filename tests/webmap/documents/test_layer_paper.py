"""A layer as a paper: titles for codes, counts hidden, heads repeated, the notice on every page."""

from __future__ import annotations

import pytest
from docx import Document

from geo.errors import InputError
from layers.exporters.tables import stored_table
from layers.store import Actor, open_store
from tests.calling import xygeo
from webmap.documents.layer_paper import MOST_ROWS, write_layer

CLERK = Actor("经办甲")


@pytest.fixture
def data(tmp_path):
    """Two facilities and two villages, one with few old people."""
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        rows = [
            {"name": "示意甲站", "kind": "station", "beds": 20, "quality": "synthetic",
             "services": ["助餐", "助洁"], "source": "示意"},
            {"name": "示意乙站", "kind": "canteen"},
        ]  # fmt: skip
        store.put("care_facilities", rows, actor=CLERK)
        counts = [{"village_code": f"14042310000{n}", "year": 2020, "population": 900, "age60": m}
                  for n, m in ((1, 3), (2, 70))]  # fmt: skip
        store.put("elders", counts, actor=CLERK)
    return tmp_path


def table_of(file):
    (table,) = Document(str(file)).tables
    return [[cell.text for cell in row.cells] for row in table.rows]


def test_paper_holds_every_row_with_titles_for_codes(data, tmp_path):
    file = tmp_path / "list.docx"
    answer = xygeo("export", "care_facilities", file, data=data)
    assert (answer.code, "已导出 2 行" in answer.out) == (0, True)
    head, *rows = table_of(file)
    found = [dict(zip(head, row, strict=True)) for row in rows]
    assert [(row["名称"], row["类型"], row["床位（张）"]) for row in found] == [
        ("示意甲站", "养老服务驿站", "20"),
        ("示意乙站", "老年食堂", "—"),
    ]
    assert found[0]["服务内容"] == "助餐、助洁"


def test_column_without_any_value_is_left_out(data, tmp_path):
    file = tmp_path / "list.docx"
    xygeo("export", "care_facilities", file, data=data)
    assert "投资（元）" not in table_of(file)[0]


def test_paper_of_synthetic_rows_says_so_on_every_page(data, tmp_path):
    file = tmp_path / "list.docx"
    xygeo("export", "care_facilities", file, data=data)
    (section,) = Document(str(file)).sections
    assert "示意数据 非法定" in "".join(p.text for p in section.header.paragraphs)


def test_small_count_is_hidden_unless_asked_in_full(data, tmp_path):
    hidden, full = tmp_path / "hidden.docx", tmp_path / "full.docx"
    xygeo("export", "elders", hidden, data=data)
    xygeo("export", "elders", full, "--full", data=data)
    place = table_of(hidden)[0].index("60岁及以上（人）")
    assert table_of(hidden)[1][place] == "<5"
    assert table_of(full)[1][place] == "3"


def test_same_rows_are_the_same_bytes(data, tmp_path):
    files = [tmp_path / "a.docx", tmp_path / "b.docx"]
    for file in files:
        xygeo("export", "care_facilities", file, data=data)
    assert files[0].read_bytes() == files[1].read_bytes()


def test_empty_layer_is_a_paper_that_says_so(data, tmp_path):
    file = tmp_path / "none.docx"
    assert xygeo("export", "roads", file, data=data).code == 0
    assert any("没有记录" in p.text for p in Document(str(file)).paragraphs)


def test_long_layer_is_sent_to_a_workbook(data, tmp_path):
    with open_store(f"gpkg:{data / 'county.gpkg'}", min_free_mb=0) as store:
        many = [{"name": f"示意{n}站", "kind": "station"} for n in range(MOST_ROWS)]
        store.put("care_facilities", many, actor=CLERK)
        table = stored_table(store, "care_facilities")
        with pytest.raises(InputError, match="请改导出 xlsx"):
            write_layer(table, tmp_path / "long.docx")
    assert not (tmp_path / "long.docx").exists()
