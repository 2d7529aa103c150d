"""Who did what that must be answered for: appended, chained, readable by the owner alone."""

from __future__ import annotations

import sqlite3
import stat
import threading
from contextlib import closing

import pytest

from layers.accesslog import AccessLog, append_entry, check_access_log
from layers.errors import StoreError
from layers.store import Actor

ACTOR = Actor("经办甲", "planner", verified=True)


@pytest.fixture
def path(tmp_path):
    return tmp_path / "data" / "accounts.sqlite"


@pytest.fixture
def log(path, clock):
    with AccessLog(path, clock=clock) as opened:
        yield opened


def test_what_was_recorded_can_be_read(log):
    assert log.record(ACTOR, "export_full", {"layer": "elders", "file": "老年人口.csv"}) == 1
    log.record(ACTOR, "print_public")
    first, second = log.entries()
    assert (first.actor, first.role, first.verified) == ("经办甲", "planner", True)
    assert dict(first.detail) == {"layer": "elders", "file": "老年人口.csv"}
    assert (second.seq, second.action, dict(second.detail)) == (2, "print_public", {})
    assert log.entries(after=1) == [second]
    assert log.entries(limit=1) == [first]


def test_nobody_but_the_owner_reads_the_file(log, path):
    log.record(ACTOR, "export_full")
    modes = {stat.S_IMODE(f.stat().st_mode) for f in path.parent.iterdir()}
    assert modes == {0o600}


def test_entries_cannot_be_changed_or_removed(log, path):
    log.record(ACTOR, "export_full")
    with closing(sqlite3.connect(path)) as connection:
        for statement in ("UPDATE access_log SET actor = 'x'", "DELETE FROM access_log"):
            with pytest.raises(sqlite3.IntegrityError, match="append-only"):
                connection.execute(statement)


def test_many_threads_make_one_chain(log, path):
    threads = [
        threading.Thread(target=lambda: [log.record(ACTOR, "login") for _ in range(5)])
        for _ in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert [e.seq for e in log.entries()] == list(range(1, 21))
    assert list(check_access_log(path)) == []


def test_two_processes_make_one_chain(log, path):
    with AccessLog(path) as other:
        log.record(ACTOR, "login")
        other.record(ACTOR, "login")
        log.record(ACTOR, "login")
    assert list(check_access_log(path)) == []


def test_a_log_that_cannot_be_opened_is_an_error(tmp_path):
    (tmp_path / "accounts.sqlite").write_bytes(b"no database" * 99)
    with pytest.raises(StoreError) as caught:
        AccessLog(tmp_path / "accounts.sqlite")
    assert caught.value.code == "log_unreadable"


def test_no_log_is_no_flaw(tmp_path):
    assert list(check_access_log(tmp_path / "accounts.sqlite")) == []


def test_an_entry_stands_or_falls_with_the_change_it_is_about(log, path, clock):
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute("BEGIN IMMEDIATE")
        assert append_entry(connection, clock(), ACTOR, "account_added") == 1
        connection.execute("ROLLBACK")
        assert log.entries() == []
        connection.execute("BEGIN IMMEDIATE")
        append_entry(connection, clock(), ACTOR, "account_added", {"account": "x"})
        connection.execute("COMMIT")
    log.record(ACTOR, "export_full")
    assert [entry.action for entry in log.entries()] == ["account_added", "export_full"]
    assert list(check_access_log(path)) == []
