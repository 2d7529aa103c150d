"""A backup holds everything, and nothing that is not verified."""

from __future__ import annotations

import json
import sqlite3
import stat
import threading
import zipfile
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from layers.accesslog import AccessLog
from layers.backup import backup
from layers.errors import StoreError
from layers.files import Files
from layers.restore import restore
from layers.store import Actor, open_store
from layers.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

CLERK = Actor("经办甲")


@pytest.fixture
def folder(tmp_path: Path, clock) -> Path:
    """A data folder: two features, an access log, a kept picture."""
    made = tmp_path / "data"
    with open_store(
        f"gpkg:{made / 'county.gpkg'}", create=True, clock=clock, min_free_mb=0
    ) as store:
        rows = [{"id": name, "name": "示意站"} for name in "ab"]
        store.put("care_facilities", rows, actor=CLERK)
    with AccessLog(made / "accounts.sqlite", clock=clock) as log:
        log.record(CLERK, "export_full", {"layer": "elders"})
    Files(made).put(b"picture", "jpg")
    return made


def backed_up(folder: Path, file: Path):
    return backup(f"gpkg:{folder / 'county.gpkg'}", folder, file)


def test_a_backup_is_one_zip_of_everything(folder, tmp_path):
    file = tmp_path / "backups" / "a.zip"
    report = backed_up(folder, file)
    with zipfile.ZipFile(file) as archive:
        names = archive.namelist()
    picture = Files(folder).kept()[0].relative_to(folder).as_posix()
    assert names == ["county.gpkg", "accounts.sqlite", "anchors.jsonl", picture, "backup.json"]
    assert (report.events, report.files, report.bytes) == (2, 1, file.stat().st_size)


def test_a_backup_is_for_its_owner_only_and_leaves_nothing_beside_it(folder, tmp_path):
    file = tmp_path / "backups" / "a.zip"
    backed_up(folder, file)
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["a.zip"]


def test_the_copies_in_it_are_whole_databases_without_a_journal(folder, tmp_path):
    backed_up(folder, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        archive.extract("county.gpkg", tmp_path / "out")
    with closing(sqlite3.connect(tmp_path / "out" / "county.gpkg")) as connection:
        assert connection.execute("PRAGMA journal_mode").fetchone() == ("delete",)
        assert connection.execute("SELECT count(*) FROM care_facilities").fetchone() == (2,)


def test_an_earlier_backup_is_replaced(folder, tmp_path):
    file = tmp_path / "a.zip"
    backed_up(folder, file)
    with open_store(f"gpkg:{folder / 'county.gpkg'}", min_free_mb=0) as store:
        store.delete("care_facilities", ["a"], actor=CLERK)
    assert backed_up(folder, file).events == 3


@pytest.mark.parametrize("place", ["county.gpkg", "accounts.sqlite", "files/a.zip"])
def test_nothing_but_a_backup_is_ever_overwritten(folder, place):
    before = (folder / "county.gpkg").read_bytes()
    with pytest.raises(StoreError) as caught:
        backed_up(folder, folder / place)
    assert caught.value.code == "backup_target"
    assert (folder / "county.gpkg").read_bytes() == before


def test_a_store_that_was_tampered_with_is_not_backed_up(folder, tmp_path):
    file = tmp_path / "a.zip"
    backed_up(folder, file)
    sound = file.read_bytes()
    with closing(sqlite3.connect(folder / "county.gpkg", isolation_level=None)) as connection:
        connection.execute("CREATE VIEW foreign_one AS SELECT 1")
    with pytest.raises(StoreError) as caught:
        backed_up(folder, file)
    assert caught.value.code == "backup_unverified"
    assert file.read_bytes() == sound
    assert [p.name for p in tmp_path.iterdir() if p != folder] == ["a.zip"]


def test_an_altered_picture_is_not_backed_up(folder, tmp_path):
    Files(folder).kept()[0].write_bytes(b"other")
    with pytest.raises(StoreError, match="与编号不符"):
        backed_up(folder, tmp_path / "a.zip")


def test_no_store_no_backup(tmp_path):
    with pytest.raises(StoreError) as caught:
        backed_up(tmp_path, tmp_path / "a.zip")
    assert caught.value.code == "store_missing"
    assert not (tmp_path / "a.zip").exists()


def test_progress_goes_from_nothing_to_everything(folder, tmp_path):
    shares = []
    url = f"gpkg:{folder / 'county.gpkg'}"
    backup(url, folder, tmp_path / "a.zip", on_progress=lambda share, _: shares.append(share))
    assert shares == sorted(shares)
    assert shares[-1] == 1.0


def test_the_report_is_the_body_of_the_command(folder, tmp_path):
    body = backed_up(folder, tmp_path / "a.zip").to_json()
    assert json.loads(json.dumps(body)) == body
    assert body["head"]["seq"] == body["events"] == 2


def test_a_backup_under_load_restores_to_a_store_that_verifies(folder, tmp_path):
    """Every backup taken between the writes of four threads is a state that once was."""
    stop = threading.Event()
    rows = [{"id": f"r{i}", "name": "示意站"} for i in range(7)]

    def write(store, number: int) -> None:
        turn = 0
        while not stop.is_set():
            turn += 1
            store.put(
                "care_facilities",
                [row | {"id": f"{number}-{row['id']}", "beds": turn} for row in rows],
                actor=CLERK,
            )

    with open_store(f"gpkg:{folder / 'county.gpkg'}", min_free_mb=0) as store:
        threads = [threading.Thread(target=write, args=(store, n)) for n in range(4)]
        for thread in threads:
            thread.start()
        try:
            reports = [backed_up(folder, tmp_path / f"{n}.zip") for n in range(3)]
        finally:
            stop.set()
            for thread in threads:
                thread.join()
    assert [r.events for r in reports] == sorted({r.events for r in reports})
    for number, report in enumerate(reports):
        out = tmp_path / f"out{number}"
        restore(report.file, out)
        assert verify(out / "county.gpkg").head == report.head
        with open_store(f"gpkg:{out / 'county.gpkg'}", min_free_mb=0) as restored:
            written = [row for row in restored.find("care_facilities") if "-" in row["id"]]
        for writer in range(4):
            assert len({r["beds"] for r in written if r["id"][0] == str(writer)}) <= 1
