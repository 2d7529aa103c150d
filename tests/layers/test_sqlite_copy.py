"""A copy of a database is one moment of it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest

from layers.sqlite_copy import copy_database


@pytest.fixture
def live(tmp_path):
    connection = sqlite3.connect(tmp_path / "live.sqlite", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("CREATE TABLE t (a)")
    connection.executemany("INSERT INTO t VALUES (?)", [(b"x" * 60_000,)] * 600)
    yield connection
    connection.close()


def count(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        return connection.execute("SELECT count(*) FROM t").fetchone()[0]


def test_what_is_written_while_it_is_copied_is_not_in_it(live, tmp_path):
    """The copy takes several steps; a write between two of them neither joins nor restarts it."""
    shares = []

    def write_on(share):
        shares.append(share)
        live.execute("INSERT INTO t VALUES ('later')")

    copy_database(tmp_path / "live.sqlite", tmp_path / "copy.sqlite", on_progress=write_on)
    assert shares == sorted(shares)
    assert len(shares) >= 3
    assert count(tmp_path / "copy.sqlite") == 600


@pytest.mark.usefixtures("live")
def test_a_copy_is_its_owners_and_has_no_journal(tmp_path):
    copy_database(tmp_path / "live.sqlite", tmp_path / "copy.sqlite")
    assert (tmp_path / "copy.sqlite").stat().st_mode & 0o777 == 0o600
    assert not list(tmp_path.glob("copy.sqlite-*"))


@pytest.mark.usefixtures("live")
def test_no_file_is_overwritten(tmp_path):
    (tmp_path / "copy.sqlite").write_text("other")
    with pytest.raises(FileExistsError):
        copy_database(tmp_path / "live.sqlite", tmp_path / "copy.sqlite")
