"""Every tampering with a PostGIS store is noticed, names the feature, and nothing else is."""

# ruff: noqa: S608 - the statements are those of a tamperer.
from __future__ import annotations

import json
import threading
from datetime import date

import psycopg
import pytest
import shapely

from layers.errors import StoreError
from layers.files import Files
from layers.history import GENESIS, digest, event_hash
from layers.schema import parse_schema
from layers.store import Actor, open_store
from layers.verify import verify

pytestmark = pytest.mark.postgis
CLERK = Actor("经办甲")
NAME = "示意站"
CHANGE = "xg_{}_no_change"
MOVED = """
UPDATE care_facilities a SET geom = c.geom FROM care_facilities c WHERE a.id = 'a' AND c.id = 'c'
"""
TOOTHLESS = """
CREATE OR REPLACE FUNCTION xg_refuse() RETURNS trigger LANGUAGE plpgsql
AS 'BEGIN RETURN OLD; END'
"""
HISTORY, EVENTS = CHANGE.format("history"), CHANGE.format("events")


@pytest.fixture
def folder(tmp_path):
    return tmp_path


@pytest.fixture
def url(empty_place, folder, clock) -> str:
    """A store: features a (two versions), b (deleted), c."""
    with open_store(empty_place, create=True, clock=clock, folder=folder) as store:
        rows = [
            {"id": i, "name": NAME + i, "beds": n, "opened": f"2020-01-0{n}",
             "geometry": shapely.Point(113 + n / 10, 36.5)}
            for n, i in enumerate("abc", 1)
        ]  # fmt: skip
        store.put("care_facilities", rows, actor=CLERK)
        store.put("care_facilities", [rows[0] | {"beds": 7}], actor=CLERK, reason="扩建")
        store.delete("care_facilities", ["b"], actor=CLERK)
    return empty_place


def tamper(url: str, *statements: str, guards: tuple[str, ...] = ()) -> None:
    """Change the store as an administrator would, lifting guards for a moment."""
    with psycopg.connect(url) as connection:
        for guard in guards:
            connection.execute(f"ALTER TABLE {guard[:-10]} DISABLE TRIGGER {guard}")
        for statement in statements:
            connection.execute(statement)
        for guard in guards:
            connection.execute(f"ALTER TABLE {guard[:-10]} ENABLE ALWAYS TRIGGER {guard}")


def kinds(url: str, folder) -> set[str]:
    return {flaw.kind for flaw in verify(url, folder=folder).findings}


def test_a_store_as_written_has_no_finding(url, folder):
    report = verify(url, folder=folder)
    assert report.to_json()["findings"] == []
    assert report.events == report.head.seq == 5


def test_without_the_data_folder_the_database_alone_is_checked(url):
    assert verify(url).ok


def test_the_server_may_tidy_up_and_administrators_may_look_and_index(url, folder):
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute("VACUUM FULL care_facilities")
        connection.execute("REINDEX TABLE xg_history")
        connection.execute("CREATE INDEX ON care_facilities (name)")
        connection.execute("CREATE VIEW seen AS SELECT id FROM care_facilities")
    assert verify(url, folder=folder).ok


def test_a_live_store_is_verified_while_it_is_written(url, folder):
    with open_store(url, folder=folder) as store:
        stop = threading.Event()

        def write() -> None:
            while not stop.is_set():
                store.put("care_facilities", [{"name": NAME}], actor=CLERK)

        thread = threading.Thread(target=write)
        thread.start()
        try:
            reports = [verify(url, folder=folder) for _ in range(3)]
        finally:
            stop.set()
            thread.join()
    assert [r.findings for r in reports] == [()] * 3


def test_a_layer_whose_schema_grew_is_no_finding(url, folder):
    fields = {"kind": {"title": "类型", "type": "text"}, "n": {"title": "数", "type": "real"}}
    wells = {"name": "wells", "title": "水井", "geometry": ["Point"], "fields": fields}
    with open_store(url, folder=folder) as store:
        store.add_layer(parse_schema(wells))
        store.put("wells", [{"kind": "a", "n": 1.5}], actor=CLERK)
        fields["use"] = {"title": "用途", "type": "boolean"}
        store.add_layer(parse_schema(wells))
        store.put("wells", [{"use": True}], actor=CLERK)
    assert verify(url, folder=folder).findings == ()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE care_facilities SET beds = 8 WHERE id = 'a'",
        "UPDATE care_facilities SET beds = NULL WHERE id = 'a'",
        "UPDATE care_facilities SET opened = '2020-01-02' WHERE id = 'a'",
        "UPDATE care_facilities SET version = 1, beds = 1 WHERE id = 'a'",
        "UPDATE care_facilities SET updated_by = 'x' WHERE id = 'a'",
        "UPDATE care_facilities SET updated_at = '2020-01-01' WHERE id = 'a'",
        MOVED,
        "UPDATE care_facilities SET geom = NULL WHERE id = 'a'",
        "DELETE FROM care_facilities WHERE id = 'a'",
        "UPDATE care_facilities SET id = 'z' WHERE id = 'a'",
    ],
)
def test_a_row_changed_is_named(url, folder, statement):
    tamper(url, statement)
    found = verify(url, folder=folder).findings
    assert {flaw.kind for flaw in found} == {"row"}
    assert ("care_facilities", "a") in {(flaw.layer, flaw.id) for flaw in found}


def test_rows_swapped_reordered_added_and_brought_back_are_named(url, folder):
    tamper(
        url,
        "UPDATE care_facilities SET id = 'x' WHERE id = 'a'",
        "UPDATE care_facilities SET id = 'a' WHERE id = 'c'",
        "UPDATE care_facilities SET id = 'c' WHERE id = 'x'",
        "INSERT INTO care_facilities (id, version, name, quality, source, updated_at, updated_by)"
        " VALUES ('b', 1, '示意站b', 'approximate', 'x', now(), 'x'),"
        " ('new', 1, '示意站b', 'approximate', 'x', now(), 'x')",
    )
    found = {flaw.id for flaw in verify(url, folder=folder).findings if flaw.kind == "row"}
    assert found == {"a", "b", "c", "new"}


def test_a_row_moved_to_the_end_is_noticed(url, folder):
    tamper(url, "UPDATE care_facilities SET fid = 99 WHERE id = 'a'")
    assert kinds(url, folder) == {"row"}


@pytest.mark.parametrize(
    ("statement", "guard", "kind"),
    [
        ("UPDATE xg_history SET body = replace(body, '示意站c', '实测站c') WHERE seq = 3",
         HISTORY, "history"),
        ("UPDATE xg_history SET at = '2020-01-01T00:00:00.000Z' WHERE seq = 3",
         HISTORY, "history"),
        ("DELETE FROM xg_history WHERE seq = 3", HISTORY, "history"),
        ("UPDATE xg_events SET actor = '别人' WHERE seq = 3", EVENTS, "chain"),
        ("UPDATE xg_events SET detail = '{}' WHERE seq = 3", EVENTS, "chain"),
        ("UPDATE xg_events SET hash = '0' WHERE seq = 3", EVENTS, "chain"),
        ("DELETE FROM xg_events WHERE seq = 3", EVENTS, "chain"),
    ],
)  # fmt: skip
def test_a_version_or_event_changed_or_removed_is_named(url, folder, statement, guard, kind):
    tamper(url, statement, guards=(guard,))
    assert (kind, 3) in {(flaw.kind, flaw.seq) for flaw in verify(url, folder=folder).findings}


def test_a_cut_tail_contradicts_the_anchors(url, folder):
    with open_store(url, folder=folder) as store:
        store.put("care_facilities", [{"id": "d", "name": NAME}], actor=CLERK)
    tamper(
        url,
        "DELETE FROM xg_history WHERE seq = 6",
        "DELETE FROM xg_events WHERE seq = 6",
        "DELETE FROM care_facilities WHERE id = 'd'",
        guards=(HISTORY, EVENTS),
    )
    assert [(f.kind, f.seq) for f in verify(url, folder=folder).findings] == [("anchor", 6)]


def test_removed_anchors_are_noticed(url, folder):
    (folder / "anchors.jsonl").unlink()
    assert kinds(url, folder) == {"anchor"}


def test_a_head_kept_elsewhere_catches_a_perfect_forgery(url, folder):
    kept = folder / "head.json"
    kept.write_text(json.dumps(verify(url, folder=folder).to_json()["head"]), encoding="utf-8")
    with psycopg.connect(url) as connection:
        bodies = dict(connection.execute("SELECT seq, body FROM xg_history").fetchall())
        bodies[3] = bodies[3].replace("示意站c", "实测站c")
        events = connection.execute("SELECT * FROM xg_events ORDER BY seq").fetchall()
    prev, changes = GENESIS, []
    for event in events:
        columns = [*event[:9], digest(bodies[event[0]]), prev]
        prev = event_hash(*columns)
        changes.append(
            f"UPDATE xg_events SET digest = '{columns[9]}', prev = '{columns[10]}',"
            f" hash = '{prev}' WHERE seq = {event[0]}"
        )
    tamper(
        url,
        f"UPDATE xg_history SET body = '{bodies[3]}' WHERE seq = 3",
        "UPDATE care_facilities SET name = '实测站c' WHERE id = 'c'",
        *changes,
        guards=(HISTORY, EVENTS),
    )
    assert verify(url).ok  # nothing in the database shows it
    assert [f.kind for f in verify(url, anchor=kept).findings] == ["anchor"]


@pytest.mark.parametrize(
    ("statement", "kind"),
    [
        (f"ALTER TABLE xg_history DISABLE TRIGGER {HISTORY}", "trigger"),
        (f"ALTER TABLE xg_history ENABLE TRIGGER {HISTORY}", "trigger"),
        ("DROP TRIGGER xg_events_no_truncate ON xg_events", "trigger"),
        (TOOTHLESS, "trigger"),
        ("CREATE TRIGGER t BEFORE INSERT ON roads FOR EACH ROW EXECUTE FUNCTION xg_refuse()",
         "trigger"),
        ("CREATE RULE r AS ON INSERT TO roads DO INSTEAD NOTHING", "trigger"),
        ("ALTER TABLE roads ENABLE ROW LEVEL SECURITY", "schema"),
        ("ALTER TABLE care_facilities ADD COLUMN secret text", "schema"),
        ("ALTER TABLE care_facilities ALTER COLUMN beds TYPE integer", "schema"),
        ("DROP INDEX xg_events_layer", "schema"),
        ("DROP INDEX care_facilities_geom", "index"),
        ("UPDATE xg_layers SET schema = '{}' WHERE name = 'roads'", "schema"),
        ("DELETE FROM xg_layers WHERE name = 'care_facilities'", "schema"),
        ("DROP TABLE xg_sheets", "schema"),
        ("DROP TABLE care_facilities", "schema"),
        ("ALTER TABLE care_facilities DROP COLUMN beds", "schema"),
    ],
)  # fmt: skip
def test_changed_triggers_and_tables_are_noticed(url, folder, statement, kind):
    tamper(url, statement)
    assert kind in kinds(url, folder)


def test_kept_files_that_are_gone_are_found(url, folder):
    name = Files(folder).put(b"photo", "jpg")
    row = {
        "id": "k1", "type": "inspection", "title": "联检", "state": "field_check",
        "opened_on": date(2024, 3, 1), "step_on": date(2024, 3, 1), "action": "open",
        "data": json.dumps({"photos": [{"file": name}]}),
    }  # fmt: skip
    with open_store(url, folder=folder) as store:
        store.put("cases", [row], actor=CLERK)
    assert verify(url, folder=folder).ok
    Files(folder).path(name).unlink()
    found = [(flaw.kind, flaw.layer, flaw.id) for flaw in verify(url, folder=folder).findings]
    assert found == [("file", "cases", "k1")]


def test_what_is_no_store_is_an_error(empty_place):
    with pytest.raises(StoreError) as caught:
        verify(empty_place)
    assert caught.value.code == "store_missing"
