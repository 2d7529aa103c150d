from __future__ import annotations

import pytest

from layers.findings import UnreadableError
from layers.importers import import_file
from layers.importers.osm_roads import OSM_SOURCE, read_road_rows, stale_pieces
from tests.layers.importers.files import CLERK, codes
from tests.layers.importers.osm import write_pbf


@pytest.fixture
def pbf(tmp_path):
    return write_pbf(tmp_path / "in.osm.pbf")


def test_a_row_is_a_piece_of_the_union_of_all_modes(pbf):
    table = read_road_rows(pbf)
    chunk = next(table.chunks)
    names = ("way_id", "piece", "u", "v", "name", "walk", "etrike", "car", "car_kmh")
    assert list(zip(*(chunk.cells[name] for name in names), strict=True)) == [
        (10, 0, 1, 2, "示意街", "both", "forward", "forward", 25.0),
        (10, 1, 2, 3, "示意街", "both", "forward", "forward", 25.0),
        (20, 0, 4, 2, "小巷", "both", "none", "none", None),
        (20, 1, 2, 5, "小巷", "both", "none", "none", None),
        (30, 0, 3, 6, None, "none", "none", "forward", 100.0),
        (40, 0, 6, 5, None, "both", "both", "none", 60.0),
    ]
    assert chunk.rows == [1, 2, 3, 4, 5, 6]
    assert table.total == 6


def test_roads_are_stored_with_their_source_and_unchanged_the_second_time(store, pbf):
    report = import_file(store, "roads", pbf, actor=CLERK)
    assert (report.stored, report.findings) == (6, ())
    head = store.head()
    assert import_file(store, "roads", pbf, actor=CLERK).unchanged == 6
    assert store.head() == head
    row = store.get("roads", "10-1")
    assert (row["quality"], row["source"]) == ("approximate", f"{OSM_SOURCE}，in.osm.pbf")


def test_a_source_that_is_given_wins(store, pbf):
    import_file(
        store, "roads", pbf, actor=CLERK, source="OpenStreetMap 2026-11", quality="synthetic"
    )
    row = store.get("roads", "10-0")
    assert (row["quality"], row["source"]) == ("synthetic", "OpenStreetMap 2026-11")


def test_an_empty_file_is_a_finding(store, tmp_path):
    path = tmp_path / "in.osm.pbf"
    path.write_bytes(b"")
    assert codes(import_file(store, "roads", path, actor=CLERK)) == [(None, None, "I01")]


@pytest.mark.parametrize("keep", [10, 0.5, 0.9])
def test_a_truncated_or_foreign_file_is_a_finding_and_stores_nothing(store, pbf, keep):
    data = pbf.read_bytes()
    pbf.write_bytes(data[: keep if keep > 1 else int(len(data) * keep)])
    report = import_file(store, "roads", pbf, actor=CLERK)
    assert codes(report) == [(None, None, "I01")]
    assert "重新下载" in report.findings[0].message
    assert store.count("roads") == 0


def test_reading_alone_raises_with_the_finding(tmp_path):
    path = tmp_path / "in.osm.pbf"
    path.write_bytes(b"no roads here")
    with pytest.raises(UnreadableError) as caught:
        read_road_rows(path)
    assert caught.value.finding.code == "I01"


def test_a_way_cut_at_fewer_places_leaves_no_old_pieces(store, pbf, tmp_path):
    import_file(store, "roads", pbf, actor=CLERK)
    newer = write_pbf(tmp_path / "newer.osm.pbf", without=(20,))
    head = store.head()
    report = import_file(store, "roads", newer, actor=CLERK, dry_run=True)
    assert (report.changed, report.removed, store.head()) == (1, 1, head)
    report = import_file(store, "roads", newer, actor=CLERK)
    assert (report.changed, report.unchanged, report.to_json()["removed"]) == (1, 2, 1)
    ids = {row["id"] for row in store.find("roads")}
    assert ids == {"10-0", "20-0", "20-1", "30-0", "40-0"}  # way 20 is not in the file: it stays


def test_only_pieces_of_imported_ways_are_stale():
    stored = ["-5-0", "-5-1", "7-0", "7-1", "8-0"]
    assert stale_pieces(stored, ["-5-0", "7-0"]) == ["-5-1", "7-1"]
