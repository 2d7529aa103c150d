from __future__ import annotations

import stat
import struct
import warnings
import zipfile

import pytest

from layers.findings import UnreadableError
from layers.readers.archives import MAX_ENTRIES, open_archive
from tests.layers.readers.files import write_zip


def refusal(path):
    with pytest.raises(UnreadableError) as caught:
        open_archive(path)
    assert caught.value.finding.code == "I01"
    return str(caught.value)


def test_a_plain_archive_with_folders_is_opened(tmp_path):
    with open_archive(write_zip(tmp_path / "a.zip", **{"数据/a.shp": b"1", "b": b""})) as archive:
        assert archive.read("数据/a.shp") == b"1"


@pytest.mark.parametrize(
    "name", ["../a.shp", "x/../../a.shp", "/etc/a.shp", "C:/a.shp", "x\\a.shp", "..\\a.shp"]
)
def test_a_path_that_leads_out_is_refused(tmp_path, name):
    assert "指向包外" in refusal(write_zip(tmp_path / "a.zip", **{name: b"1"}))


@pytest.mark.parametrize("name", ["in.zip", "x/a.7Z", "b.tar", "c.gz"])
def test_an_archive_in_an_archive_is_refused(tmp_path, name):
    assert "里还有压缩包" in refusal(write_zip(tmp_path / "a.zip", **{name: b"1"}))


def test_a_bomb_is_refused_before_it_is_unpacked(tmp_path):
    path = write_zip(tmp_path / "a.zip", **{"a.shp": b"\x00" * (2 * 2**20)})
    assert path.stat().st_size < 5_000
    assert "压缩比超过 200 倍" in refusal(path)


def test_more_than_half_a_gigabyte_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", **{"a.shp": b"1", "b.shp": b"2"})
    data = bytearray(path.read_bytes())
    start = data.index(b"PK\x01\x02")
    data[start + 24 : start + 28] = struct.pack("<I", 600 * 2**20)
    path.write_bytes(data)
    assert "超过 512 MiB" in refusal(path)


def test_too_many_entries_are_refused(tmp_path):
    members = {f"{i}.txt": b"" for i in range(MAX_ENTRIES + 1)}
    assert "最多 200 个" in refusal(write_zip(tmp_path / "a.zip", **members))


def test_a_link_is_refused(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        link = zipfile.ZipInfo("a.shp")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
    assert "是链接" in refusal(tmp_path / "a.zip")


def test_an_encrypted_entry_is_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", **{"a.shp": b"1"})
    data = bytearray(path.read_bytes())
    data[data.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(data)
    assert "已加密" in refusal(path)


def test_an_entry_twice_is_refused_whatever_its_case(tmp_path):
    with warnings.catch_warnings(), zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        warnings.simplefilter("ignore")
        archive.writestr("a.shp", "1")
        archive.writestr("A.SHP", "2")
    assert "里有两个" in refusal(tmp_path / "a.zip")


def test_entries_over_the_same_bytes_are_refused(tmp_path):
    path = write_zip(tmp_path / "a.zip", **{"aa.shp": b"1" * 50, "bb.shp": b"1" * 50})
    data = bytearray(path.read_bytes())
    second = data.rindex(b"PK\x01\x02")
    data[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(data)
    assert "互相重叠" in refusal(path)


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_a_damaged_archive_is_refused(tmp_path, keep):
    path = write_zip(tmp_path / "a.zip", **{"a.shp": b"1"})
    path.write_bytes(path.read_bytes()[:keep])
    assert "不是完整的 zip" in refusal(path)
