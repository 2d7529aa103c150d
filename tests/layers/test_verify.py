"""Every tampering is noticed, names the feature, and nothing else is."""

# ruff: noqa: S608 - the statements are those of a tamperer.
from __future__ import annotations

import json
import shutil
import sqlite3
import threading
from contextlib import closing
from datetime import date
from typing import TYPE_CHECKING

import pytest
import shapely

from layers.accesslog import AccessLog
from layers.errors import StoreError
from layers.files import Files
from layers.history import GENESIS, digest, event_hash
from layers.schema import parse_schema
from layers.store import Actor, open_store
from layers.stores.gpkg_geometry import register_functions, to_blob
from layers.verify import verify

if TYPE_CHECKING:
    from pathlib import Path

CLERK = Actor("经办甲")
NAME = "示意站"
EVENTS = 5


@pytest.fixture
def path(tmp_path: Path, clock) -> Path:
    """A closed store: features a (two versions), b (deleted), c, one unit."""
    file = tmp_path / "county.gpkg"
    with open_store(f"gpkg:{file}", create=True, clock=clock, min_free_mb=0) as store:
        rows = [
            {"id": i, "name": NAME + i, "beds": n, "geometry": shapely.Point(113 + n / 10, 36.5)}
            for n, i in enumerate("abc", 1)
        ]
        store.put("care_facilities", rows, actor=CLERK)
        store.put("care_facilities", [rows[0] | {"beds": 7}], actor=CLERK, reason="扩建")
        store.delete("care_facilities", ["b"], actor=CLERK)
    with AccessLog(tmp_path / "accounts.sqlite", clock=clock) as log:
        for number in range(3):
            log.record(CLERK, "export_full", {"number": number})
    return file


def tamper(path: Path, *statements: str, guards: tuple[str, ...] = ()) -> None:
    """Change the file as somebody with a database tool would, lifting guards for a moment."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        register_functions(connection)
        kept = [
            connection.execute("SELECT sql FROM sqlite_master WHERE name = ?", [g]).fetchone()[0]
            for g in guards
        ]
        for guard in guards:
            connection.execute(f"DROP TRIGGER {guard}")
        for statement in (*statements, *kept):
            connection.execute(statement)


def kinds(path: Path) -> set[str]:
    return {flaw.kind for flaw in verify(path).findings}


HISTORY = ("xg_history_no_update", "xg_history_no_delete", "xg_history_no_replace")
EVENT = ("xg_events_no_update", "xg_events_no_delete", "xg_events_no_replace")


def test_a_store_as_written_has_no_finding(path):
    report = verify(f"gpkg:{path}")
    assert report.ok
    assert report.to_json()["findings"] == []
    assert report.events == report.head.seq == EVENTS


def test_looking_changes_no_file(path):
    before = {f.name: f.read_bytes() for f in path.parent.iterdir()}
    verify(path)
    assert {f.name: f.read_bytes() for f in path.parent.iterdir()} == before


def test_vacuum_and_copying_the_folder_are_no_findings(path, tmp_path):
    tamper(path, "VACUUM", "REINDEX", "ANALYZE")
    assert verify(path).ok
    shutil.copytree(path.parent, tmp_path / "copy", ignore=lambda *_: ["copy"])
    assert verify(tmp_path / "copy" / path.name).ok


def test_a_live_store_is_verified_while_it_is_written(path):
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        stop = threading.Event()

        def write() -> None:
            number = 0
            while not stop.is_set():
                number += 1
                store.put("care_facilities", [{"name": NAME, "beds": number}], actor=CLERK)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            reports = [verify(path) for _ in range(5)]
        finally:
            stop.set()
            thread.join()
    assert [r.findings for r in reports] == [()] * 5
    assert reports[-1].events > EVENTS


def test_a_schema_that_grew_is_no_finding(path):
    tamper(path, "ALTER TABLE care_facilities RENAME COLUMN opened TO opened_x")
    tamper(path, "ALTER TABLE care_facilities DROP COLUMN opened_x",
           "UPDATE xg_layers SET schema = '{}' WHERE name = 'care_facilities'")  # fmt: skip
    assert not verify(path).ok
    with open_store(f"gpkg:{path}", min_free_mb=0):
        pass  # opening adds the column that the schema has and the table lacks
    assert verify(path).ok


def test_a_layer_whose_schema_changed_in_every_lawful_way_is_no_finding(path):
    kind = {"title": "类型", "type": "text", "codes": {"a": "甲", "b": "乙"}}
    wells = {"name": "wells", "title": "水井", "geometry": ["Point"], "fields": {"kind": kind}}
    grown = {
        "name": "wells",
        "title": "井泉",
        "geometry": ["Point", "LineString"],
        "fields": {
            "kind": {"title": "类别", "type": "text"},
            "use": {"title": "用途", "type": "text", "codes": {"c": "丙"}},
        },
    }
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        store.add_layer(parse_schema(wells))
        store.put("wells", [{"kind": "a", "geometry": shapely.Point(113, 36)}], actor=CLERK)
        store.add_layer(parse_schema(grown))
        store.put("wells", [{"use": "c"}], actor=CLERK)
    assert verify(path).findings == ()


ROWS = {
    "a value changed": "UPDATE care_facilities SET beds = 8 WHERE id = 'a'",
    "a value emptied": "UPDATE care_facilities SET beds = NULL WHERE id = 'a'",
    "a value of another storage type": "UPDATE care_facilities SET beds = x'37' WHERE id = 'a'",
    "a number as text": "UPDATE care_facilities SET name = 1, id = 'a' WHERE id = 'a'",
    "a version put back": "UPDATE care_facilities SET version = 1, beds = 1 WHERE id = 'a'",
    "a version raised": "UPDATE care_facilities SET version = 3 WHERE id = 'a'",
    "its writer changed": "UPDATE care_facilities SET updated_by = 'x' WHERE id = 'a'",
    "its time changed": "UPDATE care_facilities SET updated_at = '2020' WHERE id = 'a'",
    "its geometry moved": "UPDATE care_facilities SET geom = ? WHERE id = 'a'",
    "its geometry removed": "UPDATE care_facilities SET geom = NULL WHERE id = 'a'",
    "removed": "DELETE FROM care_facilities WHERE id = 'a'",
    "renamed": "UPDATE care_facilities SET id = 'z' WHERE id = 'a'",
}


@pytest.mark.parametrize("what", ROWS)
def test_a_row_changed_is_named(path, what):
    point = shapely.Point(113.15, 36.5)
    blob = to_blob(point.wkb, point.bounds).hex()
    tamper(path, ROWS[what].replace("?", f"x'{blob}'"))
    found = [f for f in verify(path).findings if f.kind == "row"]
    assert ("care_facilities", "a") in {(f.layer, f.id) for f in found}


def test_a_row_added_or_brought_back_is_named(path):
    columns = "id, version, name, quality, source, updated_at, updated_by"
    values = "1, '示意站b', 'approximate', 'x', '2024', 'x'"
    for made in ("b", "new"):
        tamper(path, f"INSERT INTO care_facilities ({columns}) VALUES ('{made}', {values})")
    assert {f.id for f in verify(path).findings} == {"b", "new"}


def test_two_rows_swapped_are_named(path):
    tamper(
        path,
        "UPDATE care_facilities SET id = 'x' WHERE id = 'a'",
        "UPDATE care_facilities SET id = 'a' WHERE id = 'c'",
        "UPDATE care_facilities SET id = 'c' WHERE id = 'x'",
    )
    assert {f.id for f in verify(path).findings if f.kind == "row"} == {"a", "c"}


def test_rows_reordered_are_noticed(path):
    tamper(path, "UPDATE care_facilities SET fid = 99 WHERE id = 'a'")
    assert "row" in kinds(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE xg_history SET body = replace(body, '示意站c', '实测站c') WHERE feature_id = 'c'",
        "UPDATE xg_history SET at = '2020-01-01T00:00:00.000Z' WHERE feature_id = 'c'",
        "UPDATE xg_history SET feature_id = 'd' WHERE feature_id = 'c'",
        "DELETE FROM xg_history WHERE feature_id = 'c'",
    ],
)
def test_a_version_changed_or_removed_is_named(path, statement):
    tamper(path, statement, guards=HISTORY)
    found = [f for f in verify(path).findings if f.kind == "history"]
    assert {(f.layer, f.id, f.seq) for f in found} == {("care_facilities", "c", 3)}


def test_a_version_added_is_noticed(path):
    tamper(path, "INSERT INTO xg_history VALUES (6, 'care_facilities', 'c', 2, '2024', '{}')")
    assert "history" in kinds(path)


@pytest.mark.parametrize(
    ("column", "value"),
    [
        ("actor", "'别人'"),
        ("at", "'2020-01-01T00:00:00.000Z'"),
        ("detail", "'{}'"),
        ("action", "'update'"),
        ("txn", "2"),
        ("digest", "'0'"),
        ("prev", "'0'"),
        ("hash", "'0'"),
        ("version", "9"),
        ("feature_id", "'d'"),
    ],
)
def test_an_event_changed_is_noticed(path, column, value):
    tamper(path, f"UPDATE xg_events SET {column} = {value} WHERE seq = 3", guards=EVENT)
    assert kinds(path) & {"chain", "history"}
    assert 3 in {f.seq for f in verify(path).findings}


def test_an_event_removed_is_noticed(path):
    tamper(path, "DELETE FROM xg_events WHERE seq = 3", guards=EVENT)
    assert ("chain", 3) in {(f.kind, f.seq) for f in verify(path).findings}


def test_events_reordered_are_noticed(path):
    tamper(
        path,
        "UPDATE xg_events SET seq = 99 WHERE seq = 1",
        "UPDATE xg_events SET seq = 1 WHERE seq = 2",
        "UPDATE xg_events SET seq = 2 WHERE seq = 99",
        guards=EVENT,
    )
    assert "chain" in kinds(path)


def cut_tail(path: Path) -> None:
    """Remove the last event with all its traces: the chain alone cannot show it."""
    tamper(path, "DELETE FROM xg_history WHERE seq = 5", "DELETE FROM xg_events WHERE seq = 5",
           guards=HISTORY + EVENT)  # fmt: skip
    with closing(sqlite3.connect(path)) as connection:
        register_functions(connection)
        at, body = connection.execute(
            "SELECT at, body FROM xg_history WHERE feature_id = 'b'"
        ).fetchone()
        row = json.loads(body)
        wkb = bytes.fromhex(row["geometry"])
        connection.execute(
            "INSERT INTO care_facilities (fid, geom, id, version, name, beds, quality, source,"
            " updated_at, updated_by) VALUES (2, ?, 'b', 1, ?, ?, ?, ?, ?, '经办甲')",
            [to_blob(wkb, shapely.from_wkb(wkb).bounds), row["name"], row["beds"], row["quality"],
             row["source"], at],
        )  # fmt: skip
        connection.commit()


def test_a_cut_tail_contradicts_the_anchors(path):
    cut_tail(path)
    assert [(f.kind, f.seq) for f in verify(path).findings] == [("anchor", 5)]


def test_an_older_file_put_back_contradicts_the_anchors(path, tmp_path):
    shutil.copy(path, tmp_path / "old.gpkg")
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        store.put("care_facilities", [{"name": NAME}], actor=CLERK)
    shutil.copy(tmp_path / "old.gpkg", path)
    assert kinds(path) == {"anchor"}


def anchors_of(path: Path) -> Path:
    return path.with_name("anchors.jsonl")


@pytest.mark.parametrize("old_new", [("\"seq\":5", "\"seq\":4"), ("\"hash\":\"", "\"hash\":\"0"),
                                     ("2024-06-30", "2024-06-29"), ("{", "")])  # fmt: skip
def test_altered_anchors_are_noticed(path, old_new):
    file = anchors_of(path)
    *rest, last = file.read_text().splitlines()
    file.write_text("\n".join([*rest, last.replace(*old_new)]) + "\n")
    assert kinds(path) == {"anchor"}


def test_removed_anchors_are_noticed(path):
    anchors_of(path).unlink()
    assert kinds(path) == {"anchor"}


def test_anchors_missing_in_the_middle_are_noticed(tmp_path, clock):
    file = tmp_path / "county.gpkg"
    with open_store(f"gpkg:{file}", create=True, clock=clock, min_free_mb=0) as store:
        for _ in range(5):
            rows = [{"name": NAME, "beds": n} for n in range(60)]
            store.put("care_facilities", rows, actor=CLERK)
    lines = anchors_of(file).read_text().splitlines()
    assert [json.loads(line)["seq"] for line in lines] == [0, 120, 240, 300]
    anchors_of(file).write_text("\n".join([lines[0], lines[3]]) + "\n")
    assert kinds(file) == {"anchor"}


def test_half_a_line_left_by_a_power_cut_is_no_finding(path):
    with anchors_of(path).open("a") as file:
        file.write('{"at":"2024')
    assert verify(path).ok
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        store.put("care_facilities", [{"name": NAME}], actor=CLERK)
    assert verify(path).ok


def rewrite(path: Path) -> None:
    """Change a row with all versions, digests, hashes and anchors: a perfect forgery."""
    tamper(
        path,
        "UPDATE xg_history SET body = replace(body, '示意站c', '实测站c') WHERE feature_id = 'c'",
        "UPDATE care_facilities SET name = '实测站c' WHERE id = 'c'",
        guards=HISTORY,
    )
    with closing(sqlite3.connect(path)) as connection:
        bodies = dict(connection.execute("SELECT seq, body FROM xg_history"))
        prev, changes = GENESIS, []
        for event in connection.execute("SELECT * FROM xg_events ORDER BY seq"):
            columns = [*event[:9], digest(bodies[event[0]]), prev]
            prev = event_hash(*columns)
            changes.append((columns[9], columns[10], prev, event[0]))
    tamper(
        path,
        *(
            f"UPDATE xg_events SET digest = '{d}', prev = '{p}', hash = '{h}' WHERE seq = {s}"
            for d, p, h, s in changes
        ),
        guards=EVENT,
    )
    lines = [json.loads(line) for line in anchors_of(path).read_text().splitlines()]
    for line in lines:
        if line["seq"]:
            line["hash"] = {s: h for _, _, h, s in changes}[line["seq"]]
    anchors_of(path).write_text("".join(json.dumps(line) + "\n" for line in lines))


def test_a_head_kept_elsewhere_catches_a_perfect_forgery(path, tmp_path):
    kept = tmp_path / "head.json"
    kept.write_text(json.dumps(verify(path).to_json()["head"], indent=2))
    assert verify(path, anchor=kept).ok
    rewrite(path)
    assert verify(path).ok  # inside the folder nothing shows it
    assert [f.kind for f in verify(path, anchor=kept).findings] == ["anchor"]


def test_an_unreadable_anchor_file_is_an_error(path, tmp_path):
    (tmp_path / "head.json").write_text("[]")
    with pytest.raises(StoreError) as caught:
        verify(path, anchor=tmp_path / "head.json")
    assert caught.value.code == "anchor_unreadable"


@pytest.mark.parametrize(
    "statement",
    [
        "DELETE FROM rtree_care_facilities_geom WHERE id = 1",
        "UPDATE rtree_care_facilities_geom SET maxx = 114 WHERE id = 1",
        "INSERT INTO rtree_care_facilities_geom VALUES (77, 1, 1, 1, 1)",
    ],
)
def test_an_index_that_is_not_the_geometries_is_noticed(path, statement):
    tamper(path, statement)
    assert kinds(path) == {"index"}


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE gpkg_contents SET max_x = 114 WHERE table_name = 'care_facilities'",
        "UPDATE gpkg_contents SET srs_id = 4326 WHERE table_name = 'care_facilities'",
        "DELETE FROM gpkg_contents WHERE table_name = 'county_info'",
        "UPDATE gpkg_spatial_ref_sys SET definition = 'undefined' WHERE srs_id = 4490",
        "UPDATE gpkg_geometry_columns SET z = 1",
        "DELETE FROM gpkg_extensions WHERE table_name = 'roads'",
    ],
)
def test_a_changed_registration_is_noticed(path, statement):
    tamper(path, statement)
    assert "contents" in kinds(path)


@pytest.mark.parametrize(
    "statement",
    [
        "DROP TRIGGER xg_history_no_delete",
        "DROP TRIGGER rtree_care_facilities_geom_update6",
        "CREATE TRIGGER t AFTER INSERT ON care_facilities BEGIN SELECT 1; END",
        "CREATE VIEW v AS SELECT * FROM care_facilities",
    ],
)
def test_changed_triggers_are_noticed(path, statement):
    tamper(path, statement)
    assert kinds(path) == {"trigger"}


@pytest.mark.parametrize(
    "statement",
    [
        "ALTER TABLE care_facilities ADD COLUMN secret TEXT",
        "DROP INDEX xg_events_layer",
        "UPDATE xg_layers SET schema = '{}' WHERE name = 'roads'",
        "DELETE FROM xg_layers WHERE name = 'care_facilities'",
        "DROP TABLE xg_sheets",
    ],
)
def test_changed_tables_are_noticed(path, statement):
    tamper(path, statement)
    assert kinds(path) & {"schema", "contents"}


def test_a_damaged_page_is_a_finding_not_a_crash(path):
    data = bytearray(path.read_bytes())
    for page in range(8, len(data) // 4096):
        data[page * 4096 : page * 4096 + 200] = b"\xff" * 200
    path.write_bytes(data)
    assert "integrity" in kinds(path)


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access_log SET actor = 'x' WHERE seq = 2",
        "DELETE FROM access_log WHERE seq = 2",
        "UPDATE access_log SET detail = '{}' WHERE seq = 1",
    ],
)
def test_a_changed_access_log_is_noticed(path, statement):
    tamper(path.with_name("accounts.sqlite"), statement,
           guards=("access_log_no_update", "access_log_no_delete"))  # fmt: skip
    assert kinds(path) == {"access_log"}


def test_what_is_no_store_is_an_error(tmp_path):
    for name, content in (("none.gpkg", None), ("text.gpkg", b"hello" * 300), ("empty.gpkg", b"")):
        if content is not None:
            (tmp_path / name).write_bytes(content)
        with pytest.raises(StoreError) as caught:
            verify(tmp_path / name)
        assert caught.value.code in {"store_missing", "not_a_store"}


def test_kept_files_that_are_altered_strange_or_gone_are_found(path):
    kept = Files(path.parent)
    names = [kept.put(text, "jpg") for text in (b"whole", b"altered", b"gone", b"of a document")]
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        data = {"line_id": "140423-140430", "photos": [{"file": name} for name in names[:3]]}
        row = {
            "id": "k1", "type": "inspection", "title": "联检", "state": "field_check",
            "opened_on": date(2024, 3, 1), "step_on": date(2024, 3, 1), "action": "open",
            "data": json.dumps(data),
        }  # fmt: skip
        store.put("cases", [row], actor=CLERK)
        record = {"version": 2, "files": {"docx": names[3]}, "earlier": []}
        store.put_sheet_record("documents", "k1/report", record, actor=CLERK)
        store.put_sheet_record("pins", "k1", {"files": {"x": "0" * 64 + ".jpg"}}, actor=CLERK)
    assert verify(path).ok
    kept.path(names[1]).write_bytes(b"other")
    (kept.folder / "list.txt").write_text("x", encoding="utf-8")
    for name in (names[2], names[3]):
        kept.path(name).unlink()
    found = [(flaw.kind, flaw.layer or "", flaw.id) for flaw in verify(path).findings]
    assert found == [
        ("file", "", names[1]),
        ("file", "", "list.txt"),
        ("file", "", "k1/report"),
        ("file", "cases", "k1"),
    ]


def test_earlier_document_is_still_to_be_there(path):
    gone = {"version": 1, "files": {"docx": "0" * 64 + ".docx"}}
    with open_store(f"gpkg:{path}", min_free_mb=0) as store:
        record = {"version": 2, "files": {}, "earlier": [gone]}
        store.put_sheet_record("documents", "k1/plan", record, actor=CLERK)
    (flaw,) = verify(path).findings
    assert flaw.message == f"“k1/plan”的文件 {'0' * 64}.docx 不见了。"
