from __future__ import annotations

import zipfile

import pytest
import shapely

from layers.findings import UnreadableError
from layers.importers.child import read_in_child
from tests.layers.readers.files import read, write_shp_zip, write_zip

GBK = [["善福村".encode("gbk")], ["府前".encode("gbk")]]
NAME = ["名称".encode("gbk")]


def opened(path, sheet=None):
    return read_in_child("shp", path, sheet=sheet, prefer="care_facilities")


def refusal(path, sheet=None):
    with pytest.raises(UnreadableError) as caught:
        read(opened(path, sheet))
    assert caught.value.finding.code == "I01"
    return str(caught.value)


@pytest.mark.parametrize("cpg", [None, "GBK"])
@pytest.mark.parametrize("folder", ["", "数据/里面/"])
def test_a_gbk_table_is_read_with_and_without_its_code_page(tmp_path, cpg, folder):
    path = write_shp_zip(tmp_path / "a.shp.zip", NAME, GBK, cpg=cpg, folder=folder)
    table = opened(path)
    assert (table.headings, table.crs, table.total) == (("名称",), "EPSG:4490", 2)
    chunk = next(table.chunks)
    assert (chunk.rows, chunk.cells) == ([1, 2], {"名称": ["善福村", "府前"]})
    assert chunk.geometry.tolist() == [shapely.Point(113, 36.5), shapely.Point(113.01, 36.5)]


def test_a_utf8_table_needs_no_code_page(tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", ["名称".encode()], [["善福村".encode()]])
    assert read(opened(path)) == ([1], {"名称": ["善福村"]})


def test_without_prj_nothing_is_said_of_the_crs(tmp_path):
    assert opened(write_shp_zip(tmp_path / "a.zip", NAME, GBK, prj=False)).crs is None


def test_a_wrong_code_page_is_found(tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", [b"name"], GBK, cpg="UTF-8")
    assert "第 1 行“name”的文字不是 UTF-8 编码" in refusal(path)


def test_a_missing_table_is_named(tmp_path):
    assert "缺少“a.dbf”" in refusal(write_zip(tmp_path / "a.zip", **{"a.shp": b"x"}))


def test_an_archive_without_shp_is_refused(tmp_path):
    assert "没有 .shp" in refusal(write_zip(tmp_path / "a.zip", **{"a.txt": b"x"}))


def test_one_of_several_is_chosen_by_name(tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", NAME, GBK)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other.shp", b"x")
    assert "有：sites、other" in refusal(path)
    assert read(opened(path, "sites"))[0] == [1, 2]


def test_a_shp_of_rubbish_is_refused(tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", NAME, GBK)
    with zipfile.ZipFile(path) as old:
        members = {name: old.read(name) for name in old.namelist()}
    members["sites.shp"] = b"rubbish" * 50
    assert "a.zip" in refusal(write_zip(path, **members))


def test_a_member_whose_bytes_were_changed_is_refused(tmp_path):
    path = write_shp_zip(tmp_path / "a.zip", NAME, GBK)
    data = bytearray(path.read_bytes())
    data[150] ^= 0xFF
    path.write_bytes(data)
    assert "已损坏" in refusal(path)
