"""An installation on a PostGIS store is backed up and restored as one on a file."""

from __future__ import annotations

import json
import zipfile
from typing import TYPE_CHECKING

import psycopg
import pytest
import shapely

from layers.accesslog import AccessLog
from layers.backup import backup
from layers.backup_archive import BackupDamaged
from layers.errors import Conflict, StoreError
from layers.files import Files
from layers.restore import restore
from layers.store import Actor, open_store
from layers.verify import verify
from tests.layers.test_backup import backed_up

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.postgis
CLERK = Actor("经办甲")
NUMBERS = iter(range(1000))


@pytest.fixture
def empty(postgis) -> str:
    return postgis.database(f"restored_{next(NUMBERS)}")


@pytest.fixture(scope="module")
def installed(postgis, tmp_path_factory) -> tuple[str, Path]:
    """A store on a server, and its data folder."""
    url, folder = postgis.database("backed_up"), tmp_path_factory.mktemp("data")
    with open_store(url, create=True, folder=folder) as store:
        rows = [{"id": name, "name": "示意站", "geometry": shapely.Point(113, 36.5)}
                for name in "ab"]  # fmt: skip
        store.put("care_facilities", rows, actor=CLERK)
        store.delete("care_facilities", ["b"], actor=CLERK)
    with AccessLog(folder / "accounts.sqlite") as log:
        log.record(CLERK, "export_full", {"layer": "elders"})
    Files(folder).put(b"picture", "jpg")
    return url, folder


def test_a_backup_comes_back_whole_into_an_empty_database(installed, empty, tmp_path):
    url, folder = installed
    report = backup(url, folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        assert archive.namelist()[:3] == ["county.dump", "accounts.sqlite", "anchors.jsonl"]
    back = restore(tmp_path / "a.zip", tmp_path / "new", url=empty)
    assert (back.events, back.head, back.files) == (report.events, report.head, 1)
    assert verify(empty, folder=tmp_path / "new").findings == ()
    with open_store(empty, folder=tmp_path / "new") as store:
        assert [row["id"] for row in store.find("care_facilities")] == ["a"]
    with pytest.raises(Conflict) as caught:
        restore(tmp_path / "a.zip", tmp_path / "again", url=empty)
    assert caught.value.code == "store_not_empty"
    assert not (tmp_path / "again").exists()


def test_a_backup_of_the_other_kind_is_refused_with_the_way_to_go(
    installed, empty, tmp_path, clock
):
    url, folder = installed
    backup(url, folder, tmp_path / "server.zip")
    plain = tmp_path / "plain"
    open_store(f"gpkg:{plain / 'county.gpkg'}", create=True, clock=clock, min_free_mb=0).close()
    backed_up(plain, tmp_path / "file.zip")
    for file, target, word in (
        ("server.zip", "", "XYGEO_STORE"),
        ("file.zip", empty, "xygeo migrate"),
    ):
        with pytest.raises(StoreError, match=word) as caught:
            restore(tmp_path / file, tmp_path / "out", url=target)
        assert caught.value.code == "backup_other_store"


def test_force_keeps_the_file_that_was_left_by_a_migration(installed, empty, tmp_path, clock):
    url, folder = installed
    backup(url, folder, tmp_path / "a.zip")
    data = tmp_path / "data"
    file = f"gpkg:{data / 'county.gpkg'}"
    open_store(file, create=True, clock=clock, min_free_mb=0).close()
    restore(tmp_path / "a.zip", data, force=True, url=empty)
    with open_store(file, min_free_mb=0) as store:
        assert store.head().seq == 0


def test_a_store_that_does_not_verify_is_not_backed_up(postgis, tmp_path):
    url, folder = postgis.database("altered"), tmp_path / "data"
    folder.mkdir()
    with open_store(url, create=True, folder=folder) as store:
        store.put("care_facilities", [{"id": "a", "name": "示意站"}], actor=CLERK)
    with psycopg.connect(url) as connection:
        connection.execute("UPDATE care_facilities SET beds = 8")
    with pytest.raises(StoreError) as caught:
        backup(url, folder, tmp_path / "a.zip")
    assert caught.value.code == "backup_unverified"


def test_a_backup_whose_anchors_speak_of_more_leaves_no_store(installed, empty, tmp_path):
    url, folder = installed
    backup(url, folder, tmp_path / "a.zip")
    changed = tmp_path / "b.zip"
    more = {"store": verified_id(url), "seq": 99, "hash": "0" * 64, "at": None}
    rewrite(tmp_path / "a.zip", changed, "anchors.jsonl", json.dumps(more) + "\n")
    with pytest.raises(BackupDamaged):
        restore(changed, tmp_path / "new", url=empty)
    assert not (tmp_path / "new").exists()
    restore(tmp_path / "a.zip", tmp_path / "new", url=empty)  # the database is empty again


def verified_id(url: str) -> str:
    with psycopg.connect(url) as connection:
        row = connection.execute("SELECT value FROM xg_meta WHERE key = 'store_id'").fetchone()
    return row[0]


def rewrite(source: Path, target: Path, name: str, text: str) -> None:
    """Put other contents under a name, with a list that fits: a forger's backup."""
    from layers.backup_archive import ArchiveWriter

    folder = target.with_suffix("")
    with zipfile.ZipFile(source) as archive:
        archive.extractall(folder)
    (folder / name).write_text(text, encoding="utf-8")
    about = json.loads((folder / "backup.json").read_text(encoding="utf-8"))
    writer = ArchiveWriter(target)
    for entry in about["entries"]:
        writer.add(entry, folder / entry, on_bytes=lambda _size: None)
    writer.finish({"made": about["made"], "events": about["events"]})
