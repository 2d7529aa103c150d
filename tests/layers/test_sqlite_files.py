"""Looking at a database leaves its folder as it was."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from layers.sqlite_files import looking_uri


def make(path):
    connection = sqlite3.connect(path, isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t AS SELECT 1 AS a")
    return connection


def look(path):
    with closing(sqlite3.connect(looking_uri(path), uri=True)) as connection:
        connection.execute("PRAGMA query_only = ON")
        return connection.execute("SELECT a FROM t").fetchone()


def test_a_closed_database_is_read_and_no_file_left(tmp_path):
    path = tmp_path / "a b#c.sqlite"
    make(path).close()
    before = path.read_bytes()
    assert look(path) == (1,)
    assert {f.name: f.read_bytes() for f in tmp_path.iterdir()} == {path.name: before}


def test_a_wal_is_read_and_left_unfolded(tmp_path):
    path = tmp_path / "t.sqlite"
    with closing(make(path)):
        before = path.read_bytes()
        assert look(path) == (1,)
        assert path.read_bytes() == before
        assert path.with_name("t.sqlite-wal").exists()
