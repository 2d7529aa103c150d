"""What a backup gives back; and that no bad file touches what is there."""

from __future__ import annotations

import hashlib
import json
import sqlite3
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from layers.accesslog import AccessLog
from layers.backup import backup
from layers.backup_archive import BackupDamaged
from layers.errors import StoreError
from layers.files import Files
from layers.restore import restore
from layers.store import Actor, open_store
from layers.verify import verify

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

CLERK = Actor("经办甲")


def fill(folder: Path, *names: str) -> Path:
    with open_store(f"gpkg:{folder / 'county.gpkg'}", create=True, min_free_mb=0) as store:
        rows = [{"id": name, "name": "示意站"} for name in names]
        store.put("care_facilities", rows, actor=CLERK)
    return folder


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    """A backup with two features, a log entry and a picture."""
    place = tmp_path_factory.mktemp("made")
    folder = fill(place / "data", "a", "b")
    with AccessLog(folder / "accounts.sqlite") as log:
        log.record(CLERK, "export_full")
    Files(folder).put(b"picture", "jpg")
    backup(f"gpkg:{folder / 'county.gpkg'}", folder, place / "a.zip")
    return place / "a.zip"


def listing(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def rewritten(made: Path, target: Path, change: Callable[[dict[str, bytes]], None]) -> Path:
    """Write the backup again with its content changed, and its list made to agree."""
    with zipfile.ZipFile(made) as archive:
        content = {name: archive.read(name) for name in archive.namelist()}
    change(content)
    about = json.loads(content.pop("backup.json"))
    about["entries"] = {
        name: {"size": len(data), "sha256": hashlib.sha256(data).hexdigest()}
        for name, data in content.items()
    }
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in content.items():
            archive.writestr(name, data)
        archive.writestr("backup.json", json.dumps(about))
    return target


def test_a_restored_store_verifies_and_serves(made, tmp_path):
    folder = tmp_path / "data"
    report = restore(made, folder)
    assert (report.events, report.files, report.head.seq) == (2, 1, 2)
    assert verify(folder / "county.gpkg").ok
    assert sorted(path.name for path in folder.iterdir()) == [
        "accounts.sqlite", "anchors.jsonl", "county.gpkg", "files",
    ]  # fmt: skip
    with open_store(f"gpkg:{folder / 'county.gpkg'}", min_free_mb=0) as store:
        assert store.count("care_facilities") == 2
        store.delete("care_facilities", ["a"], actor=CLERK)
    assert verify(folder / "county.gpkg").ok


def test_accounts_come_back_for_their_owner_only(made, tmp_path):
    restore(made, tmp_path)
    assert (tmp_path / "accounts.sqlite").stat().st_mode & 0o777 == 0o600
    with AccessLog(tmp_path / "accounts.sqlite") as log:
        assert [entry.action for entry in log.entries()] == ["export_full"]


def test_a_folder_with_anything_in_it_is_left_alone(made, tmp_path):
    (tmp_path / "note.txt").write_text("x")
    with pytest.raises(StoreError) as caught:
        restore(made, tmp_path)
    assert caught.value.code == "folder_not_empty"
    assert listing(tmp_path) == {"note.txt": b"x"}


def test_force_replaces_the_store_and_keeps_what_is_not_of_it(made, tmp_path):
    folder = fill(tmp_path / "data", "c")
    Files(folder).put(b"old picture", "jpg")
    (folder / "logs").mkdir()
    (folder / "logs" / "today.log").write_text("x")
    restore(made, folder, force=True)
    assert {"logs/today.log", "county.gpkg"} <= listing(folder).keys()
    assert len(Files(folder).kept()) == 1
    assert verify(folder / "county.gpkg").events == 2
    assert not list(folder.glob("re*-*"))


def test_a_store_in_use_is_not_replaced(made, tmp_path):
    folder = fill(tmp_path / "data", "c")
    with open_store(f"gpkg:{folder / 'county.gpkg'}", min_free_mb=0) as store:
        with pytest.raises(StoreError) as caught:
            restore(made, folder, force=True)
        assert store.count("care_facilities") == 1
    assert caught.value.code == "store_in_use"
    assert verify(folder / "county.gpkg").ok


def test_a_broken_store_is_replaced(made, tmp_path):
    folder = fill(tmp_path / "data", "c")
    (folder / "county.gpkg").write_bytes(b"no database")
    restore(made, folder, force=True)
    assert verify(folder / "county.gpkg").ok


def test_an_error_while_replacing_puts_the_old_store_back(made, tmp_path, monkeypatch):
    folder = fill(tmp_path / "data", "c")
    before = listing(folder)

    def fail(_folder: Path) -> None:
        raise OSError(5, "input/output error")

    monkeypatch.setattr("layers.restore.sync_folder", fail)
    with pytest.raises(StoreError) as caught:
        restore(made, folder, force=True)
    assert caught.value.code == "restore_unwritable"
    assert listing(folder).keys() == before.keys()
    assert verify(folder / "county.gpkg").head.seq == 1


@pytest.mark.parametrize("share", [0.0, 0.2, 0.9, 0.999])
def test_a_file_cut_short_is_refused_and_leaves_nothing(made, tmp_path, share):
    data = made.read_bytes()
    (tmp_path / "cut.zip").write_bytes(data[: int(len(data) * share)])
    with pytest.raises(BackupDamaged):
        restore(tmp_path / "cut.zip", tmp_path / "data")
    assert not (tmp_path / "data").exists()


def test_a_changed_byte_is_noticed_or_changes_nothing(made, tmp_path):
    restore(made, tmp_path / "right")
    right = listing(tmp_path / "right")
    data = made.read_bytes()
    noticed = 0
    for number, place in enumerate(range(5, len(data), len(data) // 25)):
        changed = bytearray(data)
        changed[place] ^= 0x55
        (tmp_path / "a.zip").write_bytes(changed)
        folder = tmp_path / str(number)
        try:
            restore(tmp_path / "a.zip", folder)
        except BackupDamaged:
            noticed += 1
            assert not folder.exists()
        else:  # a date in a header of the zip, say
            assert listing(folder) == right
    assert noticed > 20


def test_a_bad_file_leaves_the_old_store_as_it_was(made, tmp_path):
    folder = fill(tmp_path / "data", "c")
    before = listing(folder)
    (tmp_path / "cut.zip").write_bytes(made.read_bytes()[:-400])
    with pytest.raises(BackupDamaged):
        restore(tmp_path / "cut.zip", folder, force=True)
    assert listing(folder) == before


@pytest.mark.parametrize(
    "name",
    [
        "../county.gpkg", "/etc/passwd", "files/../../x.jpg", "files/aa/x.jpg", "county.gpkg-wal",
        "files\\aa\\x.jpg", "logs/a.log", f"files/ab/{'a' * 64}.jpg",
    ],
)  # fmt: skip
def test_a_name_that_a_backup_has_not_is_refused(made, tmp_path, name):
    hostile = rewritten(made, tmp_path / "h.zip", lambda content: content.update({name: b"x"}))
    with pytest.raises(BackupDamaged, match="不该有"):
        restore(hostile, tmp_path / "in" / "data")
    assert [p.name for p in tmp_path.rglob("*")] == ["h.zip"]


def test_a_link_is_refused(made, tmp_path):
    with zipfile.ZipFile(made) as old, zipfile.ZipFile(tmp_path / "h.zip", "w") as new:
        for info in old.infolist():
            data = old.read(info)
            if info.filename == "accounts.sqlite":
                info.external_attr = 0o120777 << 16
            new.writestr(info, data)
    with pytest.raises(BackupDamaged, match="普通文件"):
        restore(tmp_path / "h.zip", tmp_path / "data")


def test_a_bomb_is_refused_before_it_is_unpacked(made, tmp_path):
    bomb = b"\0" * (100 * 2**20)
    name = f"files/{hashlib.sha256(bomb).hexdigest()[:2]}/{hashlib.sha256(bomb).hexdigest()}.jpg"
    hostile = rewritten(made, tmp_path / "h.zip", lambda content: content.update({name: bomb}))
    with pytest.raises(BackupDamaged, match="不合常理"):
        restore(hostile, tmp_path / "data")


def test_another_zip_is_no_backup(tmp_path):
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("county.gpkg", b"x")
    with pytest.raises(BackupDamaged, match="没有清单"):
        restore(tmp_path / "a.zip", tmp_path / "data")


def test_a_tampered_database_in_a_well_made_zip_is_refused(made, tmp_path):
    def tamper(content: dict[str, bytes]) -> None:
        place = tmp_path / "t.gpkg"
        place.write_bytes(content["county.gpkg"])
        with closing(sqlite3.connect(place, isolation_level=None)) as connection:
            connection.execute(
                "CREATE TRIGGER foreign_one AFTER INSERT ON xg_sheets BEGIN SELECT 1; END"
            )
        content["county.gpkg"] = place.read_bytes()

    hostile = rewritten(made, tmp_path / "h.zip", tamper)
    with pytest.raises(BackupDamaged, match="不是平台所建"):
        restore(hostile, tmp_path / "data")


def test_a_backup_of_a_newer_program_is_told_as_such(made, tmp_path):
    def newer(content: dict[str, bytes]) -> None:
        content["backup.json"] = content["backup.json"].replace(b'"format":1', b'"format":2')

    with pytest.raises(StoreError) as caught:
        restore(rewritten(made, tmp_path / "h.zip", newer), tmp_path / "data")
    assert caught.value.code == "backup_newer"


def test_no_file_no_restore(tmp_path):
    with pytest.raises(StoreError) as caught:
        restore(tmp_path / "none.zip", tmp_path / "data")
    assert caught.value.code == "backup_missing"
