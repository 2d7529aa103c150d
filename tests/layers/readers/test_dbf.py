from __future__ import annotations

import pytest

from layers.findings import UnreadableError
from layers.readers.dbf import decoded, read_dbf
from tests.layers.readers.files import write_dbf


def table(tmp_path, names, records, encoding, code_page=None):
    path = write_dbf(
        tmp_path / "a.dbf",
        [name.encode(encoding) for name in names],
        [[cell.encode(encoding) for cell in record] for record in records],
    )
    return read_dbf(path, code_page=code_page, shown="a.zip")


@pytest.mark.parametrize(("encoding", "found"), [("gbk", "gb18030"), ("utf-8", "utf-8")])
def test_text_without_a_code_page_is_told_apart(tmp_path, encoding, found):
    made = table(tmp_path, ["名称"], [["善福村"], ["plain"]], encoding)
    assert (made.names, made.encoding) == (("名称",), found)


@pytest.mark.parametrize("word", ["GBK", "936", "CP936", "ANSI 936", "gb18030\n"])
def test_the_code_page_is_believed(tmp_path, word):
    made = table(tmp_path, ["name"], [["a"]], "ascii", code_page=word)
    assert made.encoding in {"gb18030", "gbk", "cp936"}


@pytest.mark.parametrize(
    ("encoding", "code_page"),
    [
        ("utf-8", "GBK"),
        ("utf-8", "936"),
        ("utf-8", "ISO-8859-1"),
        ("gbk", "1252"),
        ("gbk", "88591"),
    ],
)
def test_a_code_page_that_makes_nonsense_of_chinese_is_refused(tmp_path, encoding, code_page):
    with pytest.raises(UnreadableError, match="cpg"):
        table(tmp_path, ["name"], [["善福村"], ["虒亭"], ["plain"]], encoding, code_page=code_page)


def test_accents_are_no_chinese(tmp_path):
    made = table(tmp_path, ["name"], [["Café Zürich"]], "latin-1", code_page="ISO-8859-1")
    assert made.encoding == "iso8859-1"


def test_an_unknown_code_page_is_refused(tmp_path):
    with pytest.raises(UnreadableError, match="不认识"):
        table(tmp_path, ["name"], [["a"]], "ascii", code_page="KLINGON")


def test_a_name_cut_in_the_middle_of_a_character_is_read_as_far_as_it_goes(tmp_path):
    path = write_dbf(tmp_path / "a.dbf", ["名称名称".encode()[:10]], [["善福".encode()]])
    assert read_dbf(path, code_page=None, shown="a.zip").names == ("名称名",)


@pytest.mark.parametrize(
    "records", [["善福村".encode(), "府前".encode("gbk")], ["善福村府前社区".encode()[:-1]]]
)
def test_two_encodings_or_half_a_character_are_refused(tmp_path, records):
    path = write_dbf(tmp_path / "a.dbf", [b"name"], [[cell] for cell in records])
    with pytest.raises(UnreadableError):
        read_dbf(path, code_page=None, shown="a.zip")


def test_a_cell_that_is_no_text_of_the_code_page_names_its_row():
    cell = "善福村".encode("gbk").decode("latin-1")
    assert decoded(cell, "gb18030", row=1, heading="名称") == "善福村"
    with pytest.raises(UnreadableError, match=r"第 7 行“名称”.*UTF-8.*cpg"):
        decoded(cell, "utf-8", row=7, heading="名称")


def test_half_a_header_is_refused(tmp_path):
    (tmp_path / "a.dbf").write_bytes(b"\x03" * 9)
    with pytest.raises(UnreadableError, match="不完整"):
        read_dbf(tmp_path / "a.dbf", code_page=None, shown="a.zip")
