"""A backup file says what is in it, and is believed only as far as it is so."""

from __future__ import annotations

import pytest

from layers.backup_archive import ArchiveWriter, BackupDamaged, is_backup, open_archive
from layers.errors import StoreError


@pytest.fixture
def file(tmp_path):
    for name in ("county.gpkg", "anchors.jsonl"):
        (tmp_path / name).write_bytes(name.encode() * 3)
    writer = ArchiveWriter(tmp_path / "a.zip")
    for name in ("county.gpkg", "anchors.jsonl"):
        writer.add(name, tmp_path / name)
    writer.finish({"made": "2026-01-01T00:00:00.000Z"})
    return tmp_path / "a.zip"


def test_what_was_added_is_extracted(file, tmp_path):
    seen = []
    with open_archive(file) as archive:
        assert archive.sizes == {"county.gpkg": 33, "anchors.jsonl": 39}
        assert archive.about["made"] == "2026-01-01T00:00:00.000Z"
        archive.extract("county.gpkg", tmp_path / "out", seen.append)
    assert (tmp_path / "out").read_bytes() == b"county.gpkg" * 3
    assert sum(seen) == 33


def test_a_backup_is_told_from_other_files(file, tmp_path):
    assert is_backup(file)
    assert not is_backup(tmp_path / "county.gpkg")
    assert not is_backup(tmp_path / "none")


def test_a_list_without_a_database_is_refused(tmp_path):
    (tmp_path / "anchors.jsonl").write_bytes(b"")
    writer = ArchiveWriter(tmp_path / "a.zip")
    writer.add("anchors.jsonl", tmp_path / "anchors.jsonl")
    writer.finish({})
    with pytest.raises(BackupDamaged, match="缺少数据库"), open_archive(tmp_path / "a.zip"):
        pass


def test_the_error_of_a_damaged_backup_is_one_of_the_store():
    assert issubclass(BackupDamaged, StoreError)
    assert BackupDamaged.code == "backup_damaged"
