"""The file of the accounts: who reads it, who wrote it, several workers at once."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing

import pytest

from api.auth import Accounts
from layers.accesslog import AccessLog, check_access_log
from layers.errors import StoreError
from tests.api.signing import ADMIN, GOOD, OPERATOR


def test_no_secret_lies_in_the_file(accounts, path):
    session = accounts.sign_in("lin", GOOD)
    text, _ = accounts.issue_token("lin", days=1, actor=ADMIN)
    accounts.close()
    content = path.read_bytes()
    for secret in (GOOD, session.cookie, session.csrf, text, text.removeprefix("xyg_")):
        assert secret.encode() not in content


@pytest.mark.usefixtures("accounts")
def test_nobody_but_the_owner_reads_the_file(path):
    modes = {stat.S_IMODE(file.stat().st_mode) for file in path.parent.iterdir()}
    assert modes == {0o600}


def test_what_one_worker_changes_the_others_know_at_once(accounts, path, clock, cheap):
    with Accounts(path, clock=clock, passwords=cheap) as other:
        cookie = other.sign_in("lin", GOOD).cookie
        assert accounts.by_session(cookie) is not None
        other.change_user("lin", active=False, actor=ADMIN)
        assert accounts.by_session(cookie) is None


def test_a_file_of_a_newer_program_is_refused(accounts, path):
    accounts.close()
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute("INSERT INTO migrations VALUES ('accounts', 99, '')")
    with pytest.raises(StoreError) as refused:
        Accounts(path)
    assert refused.value.code == "store_newer"


def test_an_access_log_from_before_accounts_gets_their_tables(path, clock, cheap):
    with AccessLog(path) as log:
        log.record(ADMIN, "export_full", {"layer": "elders"})
    with Accounts(path, clock=clock, passwords=cheap) as accounts:
        assert accounts.users() == []
        accounts.create_user("lin", "planner", GOOD, actor=OPERATOR)
    with AccessLog(path) as log:
        assert [entry.action for entry in log.entries()] == ["export_full", "account_added"]
    assert list(check_access_log(path)) == []


def test_a_change_that_cannot_be_logged_is_not_made(accounts, path):
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.execute(
            "CREATE TRIGGER full BEFORE INSERT ON access_log"
            " BEGIN SELECT RAISE(ABORT, 'no more'); END"
        )
    with pytest.raises(sqlite3.IntegrityError):
        accounts.change_user("lin", role="admin", actor=ADMIN)
    assert accounts.users()[0].role == "planner"


def test_after_closing_nothing_is_read(accounts):
    accounts.close()
    accounts.close()
    with pytest.raises(StoreError) as refused:
        accounts.users()
    assert refused.value.code == "store_closed"
