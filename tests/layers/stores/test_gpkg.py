"""What is particular to the GeoPackage: the standard, other readers, files, full disks."""

# ruff: noqa: S608 - the table names are those of the test.
from __future__ import annotations

import contextlib
import json
import os
import shutil
import sqlite3
import subprocess
import threading
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import geopandas as gpd
import pyogrio
import pytest
import shapely

from layers.errors import StoreError
from layers.history import stamp
from layers.store import Actor, Query, open_store
from layers.stores.gpkg_connection import in_our_words
from tests.conftest import lacking

if TYPE_CHECKING:
    from pathlib import Path

CLERK = Actor("经办甲")
STATION = {
    "name": "示意站",
    "kind": "station",
    "beds": 25,
    "floor_area_m2": 1200.5,
    "services": ["助餐", "助洁"],
    "opened": date(2023, 11, 15),
    "geometry": shapely.Point(113.0252812345678, 36.5354712345678),
}
UNIT = {"code": "140423000000", "name": "襄垣县", "level": "county", "kind": "county",
        "legal": True}  # fmt: skip


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "county.gpkg"


@pytest.fixture
def live(store):
    """The store, still open, with one facility, one without place, and the county."""
    store.put("care_facilities", [STATION, {"name": "无址"}], actor=CLERK)
    shape = shapely.box(112.7, 36.4, 113.2, 36.7)
    store.put("divisions", [UNIT | {"geometry": shape}], actor=CLERK)
    return store


def ask(path: Path, sql: str) -> list[tuple]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(sql).fetchall()


# The standard


def test_the_file_says_what_it_is(live):
    assert ask(live.path, "PRAGMA application_id") == [(0x47504B47,)]
    assert ask(live.path, "PRAGMA user_version") == [(10400,)]
    assert live.path.read_bytes()[68:72] == b"GPKG"


def test_geometry_is_a_geopackage_blob_with_its_envelope(live):
    ((blob,),) = ask(live.path, "SELECT geom FROM care_facilities WHERE geom NOTNULL")
    x, y = STATION["geometry"].coords[0]
    assert blob[:4] == b"GP\x00\x03"
    assert int.from_bytes(blob[4:8], "little") == 4490
    assert shapely.from_wkb(blob[40:]).equals(STATION["geometry"])
    assert [float.fromhex(v.hex()) for v in memoryview(blob[8:40]).cast("d")] == [x, x, y, y]


def test_storage_types_are_those_of_the_schema(live):
    types = "typeof(beds), typeof(floor_area_m2), opened, services, typeof(geom)"
    row = ask(live.path, f"SELECT {types} FROM care_facilities WHERE kind = 'station'")[0]
    assert row == ("integer", "real", "2023-11-15", '["助餐","助洁"]', "blob")
    assert ask(live.path, "SELECT legal, typeof(legal) FROM divisions") == [(1, "integer")]


def test_history_and_events_refuse_update_delete_and_replace(live):
    with closing(sqlite3.connect(live.path)) as connection:
        for table in ("xg_history", "xg_events"):
            for statement in (
                f"UPDATE {table} SET layer = 'x'",
                f"DELETE FROM {table}",
                f"INSERT OR REPLACE INTO {table} SELECT * FROM {table} WHERE seq = 1",
            ):
                with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                    connection.execute(statement)


def test_the_triggers_of_the_index_hold_under_every_kind_of_change(live):
    """As a tool that changes fids and geometries would; the index must follow."""
    connection = live._connections._writer
    bounds = 'SELECT id FROM "rtree_care_facilities_geom" ORDER BY id'
    blob = connection.execute("SELECT geom FROM care_facilities WHERE fid = 1").fetchone()[0]
    steps = [
        ("UPDATE care_facilities SET geom = NULL WHERE fid = 1", []),
        ("UPDATE care_facilities SET geom = ? WHERE fid = 1", [1]),
        ("UPDATE care_facilities SET geom = ? WHERE fid = 2", [1, 2]),
        ("UPDATE care_facilities SET fid = 9 WHERE fid = 2", [1, 9]),
        ("UPDATE care_facilities SET fid = 8, geom = NULL WHERE fid = 9", [1]),
        ("DELETE FROM care_facilities WHERE fid = 1", []),
    ]
    for statement, expected in steps:
        connection.execute(statement, [blob] if "?" in statement else [])
        assert [i for (i,) in connection.execute(bounds)] == expected, statement


# Other readers, while the store is open


def test_pyogrio_reads_the_live_file_with_crs_extent_types_and_index(live):
    info = pyogrio.read_info(live.path, "care_facilities")
    assert info["crs"] == "EPSG:4490"
    assert info["total_bounds"] == (*STATION["geometry"].coords[0] * 2,)
    assert info["capabilities"]["fast_spatial_filter"]
    types = dict(zip(info["fields"], info["ogr_types"], strict=True))
    assert (types["beds"], types["opened"]) == ("OFTInteger64", "OFTDate")
    divisions = pyogrio.read_info(live.path, "divisions")
    subtypes = dict(zip(divisions["fields"], divisions["ogr_subtypes"], strict=True))
    assert subtypes["legal"] == "OFSTBoolean"


def test_geopandas_reads_the_live_file(live):
    frame = pyogrio.read_dataframe(live.path, layer="care_facilities", use_arrow=True)
    assert frame["name"].tolist() == ["示意站", "无址"]
    assert frame.geometry.iloc[0].equals(STATION["geometry"])
    assert frame.geometry.iloc[1] is None


def test_gdal_lists_the_layers_and_none_of_our_own_tables(live):
    layers = [name for name, _ in pyogrio.list_layers(live.path)]
    assert sorted(layers) == sorted([*live.layers(), "county_info"])


def test_ogrinfo_of_the_system_reads_the_live_file(live):
    if shutil.which("ogrinfo") is None:
        lacking("ogrinfo", "run `make system` as root")
    command = ["ogrinfo", "-json", "-so", str(live.path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:  # GDAL before 3.7 has no -json
        command = ["ogrinfo", "-al", "-so", str(live.path)]
        done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert "4490" in done.stdout
    assert "xg_events" not in done.stdout
    assert "care_facilities" in done.stdout


def test_titles_and_code_lists_are_there_for_desktop_gis(live):
    titles = dict(ask(live.path, "SELECT column_name, title FROM gpkg_data_columns"
                            " WHERE table_name = 'care_facilities'"))  # fmt: skip
    assert titles["beds"] == "床位"
    codes = dict(ask(live.path, "SELECT value, description FROM gpkg_data_column_constraints"
                           " WHERE constraint_name = 'care_facilities_kind'"))  # fmt: skip
    assert codes["station"] == "养老服务驿站"


def test_bounds_and_time_of_change_are_registered(live):
    sql = "SELECT min_x, max_y, last_change FROM gpkg_contents WHERE table_name = 'divisions'"
    changed = stamp(live.get("divisions", "140423000000")["updated_at"])
    assert ask(live.path, sql) == [(112.7, 36.7, changed)]


# Files


def test_a_clean_close_leaves_no_wal(live):
    thread = threading.Thread(target=live.count, args=["divisions"])
    thread.start()
    thread.join()
    live.close()
    assert {f.name for f in live.path.parent.iterdir()} == {"county.gpkg", "anchors.jsonl"}


def test_an_open_store_is_in_wal_mode_with_full_sync(live):
    writer = live._connections._writer
    modes = [writer.execute(f"PRAGMA {p}").fetchone()[0]
             for p in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")]  # fmt: skip
    assert modes == ["wal", 2, 1, 10000]


def test_a_reader_is_kept_for_whoever_reads_next(live):
    connections = live._connections
    for _ in range(3):
        thread = threading.Thread(target=live.count, args=["divisions"])
        thread.start()
        thread.join()
    with connections.reading() as first, connections.reading() as second:
        assert first is not second
    with connections.reading() as again:
        assert again in {first, second}
    assert len(connections._idle) == 2


def test_who_cannot_open_a_reader_waits_for_one_to_come_back(live, monkeypatch):
    connections = live._connections
    live.count("divisions")  # one reader is open

    def full():
        raise sqlite3.OperationalError("disk I/O error")

    monkeypatch.setattr(connections, "_open_reader", full)
    with connections.reading():
        thread = threading.Thread(target=live.count, args=["divisions"])
        thread.start()
    thread.join()
    assert len(connections._idle) == 1
    connections._idle.pop().close()
    with pytest.raises(sqlite3.OperationalError), connections.reading():
        pass  # nobody has one: there is nothing to wait for


def test_making_a_store_leaves_nothing_else_and_never_replaces_one(path):
    open_store(f"gpkg:{path}", create=True, min_free_mb=0).close()
    first = ask(path, "SELECT value FROM xg_meta WHERE key = 'store_id'")
    open_store(f"gpkg:{path}", create=True, min_free_mb=0).close()
    assert ask(path, "SELECT value FROM xg_meta WHERE key = 'store_id'") == first
    assert not list(path.parent.glob("*.part*"))


def test_a_store_that_cannot_be_made_is_an_error(tmp_path):
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(StoreError, match="路径") as caught:
        open_store(f"gpkg:{tmp_path / 'file' / 'county.gpkg'}", create=True)
    assert caught.value.code == "store_io"


def test_a_newer_store_is_refused(live):
    live.close()
    with closing(sqlite3.connect(live.path)) as connection:
        connection.execute("UPDATE xg_meta SET value = '99' WHERE key = 'schema_version'")
        connection.commit()
    with pytest.raises(StoreError, match="升级") as caught:
        open_store(f"gpkg:{live.path}")
    assert caught.value.code == "store_newer"


@pytest.mark.parametrize("content", [b"", b"hello" * 999, b"SQLite format 3\x00" + b"\xff" * 4080])
def test_a_file_that_is_no_store_is_refused_and_left_alone(path, content):
    path.write_bytes(content)
    with pytest.raises(StoreError) as caught:
        open_store(f"gpkg:{path}", create=True)
    assert caught.value.code in {"not_a_store", "store_damaged"}
    assert path.read_bytes() == content


def test_somebody_elses_geopackage_is_refused(path):
    gpd.GeoDataFrame({"a": [1]}, geometry=[shapely.Point(1, 1)], crs=4326).to_file(path)
    with pytest.raises(StoreError) as caught:
        open_store(f"gpkg:{path}")
    assert caught.value.code == "not_a_store"


def test_two_processes_share_the_file(live):
    with open_store(f"gpkg:{live.path}", min_free_mb=0) as other:
        other.put("care_facilities", [{"name": "乙"}], actor=CLERK)
        live.put("care_facilities", [{"name": "丙"}], actor=CLERK)
        assert live.count("care_facilities") == other.count("care_facilities") == 4
        assert [e.seq for e in live.changes()] == [1, 2, 3, 4, 5]


def test_anchors_are_written_at_start_every_hundred_events_and_at_the_end(path):
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as store:
        for _ in range(3):
            store.put("care_facilities", [{"name": str(i)} for i in range(70)], actor=CLERK)
    lines = path.with_name("anchors.jsonl").read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [0, 140, 210]


# Full disks


def test_a_full_disk_is_an_error_undone_and_needs_no_restart(live):
    writer = live._connections._writer
    pages = writer.execute("PRAGMA page_count").fetchone()[0]
    writer.execute(f"PRAGMA max_page_count = {pages + 20}")
    rows = [{"name": "长" * 200, "note": "x" * 4000} for _ in range(100)]
    with pytest.raises(StoreError, match="已满") as caught:
        live.put("care_facilities", rows, actor=CLERK)
    assert caught.value.code == "disk_full"
    assert live.count("care_facilities") == 2
    writer.execute("PRAGMA max_page_count = 1000000")
    assert live.put("care_facilities", rows, actor=CLERK).new == 100


def test_a_full_disk_inside_a_batch_undoes_all_of_it(live):
    writer = live._connections._writer
    writer.execute(f"PRAGMA max_page_count = {writer.execute('PRAGMA page_count').fetchone()[0]}")

    def fill():
        with live.batch(CLERK):
            live.put("care_facilities", [{"name": "甲", "note": "x" * 60000}], actor=CLERK)

    with pytest.raises(StoreError):
        fill()
    assert live.head().seq == 3


def test_writing_stops_before_the_disk_is_full_and_reading_goes_on(live):
    live.close()
    with open_store(f"gpkg:{live.path}", min_free_mb=2**40) as store:
        with pytest.raises(StoreError, match="MB") as caught:
            store.put("care_facilities", [{"name": "甲"}], actor=CLERK)
        assert caught.value.code == "disk_full"
        assert store.count("care_facilities") == 2


@pytest.mark.parametrize(
    ("code", "word"),
    [
        (sqlite3.SQLITE_BUSY, "store_busy"),
        (sqlite3.SQLITE_READONLY, "store_read_only"),
        (sqlite3.SQLITE_IOERR | 8 << 8, "store_io"),
        (sqlite3.SQLITE_CORRUPT, "store_damaged"),
        (sqlite3.SQLITE_FULL, "disk_full"),
    ],
)
def test_errors_of_sqlite_get_our_words(path, code, word):
    error = sqlite3.OperationalError("x")
    error.sqlite_errorcode = code
    with pytest.raises(StoreError) as caught, in_our_words(path):
        raise error
    assert caught.value.code == word


def fill(file: Path) -> None:
    """Write until the disk has not a byte left."""
    with contextlib.suppress(OSError), file.open("wb", buffering=0) as ballast:
        while ballast.write(b"x" * 1000):
            pass


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
@pytest.mark.slow
def test_on_a_disk_without_a_free_byte_reading_goes_on_and_freed_space_is_enough(tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)]
    if subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("this machine lets nobody mount a small disk")
    try:
        with open_store(f"gpkg:{disk / 'county.gpkg'}", create=True, min_free_mb=0) as store:
            store.put("care_facilities", [STATION], actor=CLERK)
            store.count("care_facilities")  # this thread's reader is open now
            ballast = disk / "ballast"
            fill(ballast)
            rows = [{"name": "甲", "note": "x" * 60000} for _ in range(20)]
            for _ in range(2):
                with pytest.raises(StoreError) as caught:
                    store.put("care_facilities", rows, actor=CLERK)
                assert caught.value.code == "disk_full"
                assert store.find("care_facilities", Query(bbox=(113, 36, 114, 37)))
            ballast.unlink()
            store.put("care_facilities", [{"name": "乙"}], actor=CLERK)
            assert store.count("care_facilities") == 2
    finally:
        subprocess.run(["umount", str(disk)], check=True)
