"""The one door: accounts are added and changed, sessions and tokens come and go, all is logged."""

from __future__ import annotations

import sqlite3
import stat
from contextlib import closing

import pytest
from argon2 import PasswordHasher

from api.account import Account
from api.auth import Accounts, SignInRefused
from api.auth.passwords import Passwords
from api.auth.sessions import csrf_token
from layers.accesslog import AccessLog, check_access_log
from layers.errors import Conflict, InvalidRecord, NotAllowed, NotFound, StoreError
from tests.api.signing import ADMIN, GOOD, OPERATOR

OTHER = "seven-Quiet-lanterns"


@pytest.fixture
def logged(path, accounts):  # noqa: ARG001 - makes the file
    """Entries of the log since the fixture's own accounts: (action, actor, detail)."""
    with AccessLog(path) as log:
        start = log.entries()[-1].seq
        yield lambda: [(e.action, e.actor, dict(e.detail)) for e in log.entries(after=start)]


def test_the_right_password_begins_a_session(accounts):
    session = accounts.sign_in("王经办", GOOD)
    assert session.account == Account("王经办", "clerk", "session")
    assert accounts.by_session(session.cookie) == session.account
    assert session.csrf == csrf_token(session.cookie)
    assert len(session.cookie) == 43


@pytest.mark.parametrize("typed", ["LIN", "ｌｉｎ", "Lin"])
def test_a_name_is_known_in_any_case_and_width(accounts, typed):
    assert accounts.sign_in(typed, GOOD).account.name == "lin"


@pytest.mark.parametrize(
    ("name", "password"), [("lin", OTHER), ("nobody", GOOD), ("", ""), ("\ud800", "\ud800")]
)
def test_wrong_name_and_wrong_password_are_told_alike(accounts, name, password):
    with pytest.raises(SignInRefused) as wrong:
        accounts.sign_in(name, password)
    assert str(wrong.value) == "账号或密码不对，请重新输入；忘记密码请找管理员。"


def test_every_sign_in_has_a_fresh_id_and_ends_the_one_it_replaces(accounts):
    first = accounts.sign_in("lin", GOOD)
    second = accounts.sign_in("lin", GOOD, replaces=first.cookie)
    assert first.cookie != second.cookie
    assert accounts.by_session(first.cookie) is None
    assert accounts.by_session(second.cookie) is not None


def test_a_session_ends_after_half_an_hour_without_use(accounts, clock):
    cookie = accounts.sign_in("lin", GOOD).cookie
    clock.pass_(minutes=29)
    assert accounts.by_session(cookie) is not None
    clock.pass_(minutes=29)
    assert accounts.by_session(cookie) is not None
    clock.pass_(minutes=30)
    assert accounts.by_session(cookie) is None


def test_a_session_ends_after_twelve_hours_whatever_its_use(accounts, clock):
    cookie = accounts.sign_in("lin", GOOD).cookie
    for _ in range(35):
        clock.pass_(minutes=20)
        assert accounts.by_session(cookie) is not None
    clock.pass_(minutes=20)
    assert accounts.by_session(cookie) is None


def test_use_of_a_session_is_written_once_a_minute(accounts, clock, path):
    cookie = accounts.sign_in("lin", GOOD).cookie
    with closing(sqlite3.connect(path)) as connection:
        before = connection.execute("PRAGMA data_version").fetchone()
        clock.pass_(seconds=59)
        accounts.by_session(cookie)
        assert connection.execute("PRAGMA data_version").fetchone() == before
        clock.pass_(seconds=1)
        accounts.by_session(cookie)
        assert connection.execute("PRAGMA data_version").fetchone() != before


def test_a_session_that_cannot_be_touched_still_reads(accounts, clock, monkeypatch):
    cookie = accounts.sign_in("lin", GOOD).cookie
    clock.pass_(minutes=5)

    def full():
        raise StoreError("磁盘已满。", code="disk_full")

    monkeypatch.setattr(accounts._file, "writing", full)
    assert accounts.by_session(cookie) is not None


def test_sessions_that_are_over_are_swept_out(accounts, clock, path):
    accounts.sign_in("lin", GOOD)
    clock.pass_(hours=1)
    accounts.sign_in("lin", GOOD)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT COUNT(*) FROM sessions").fetchone() == (1,)


def test_signing_out_ends_the_session_and_may_be_done_twice(accounts, logged):
    cookie = accounts.sign_in("lin", GOOD).cookie
    accounts.sign_out(cookie)
    accounts.sign_out(cookie)
    assert accounts.by_session(cookie) is None
    assert [action for action, *_ in logged()] == ["sign_in", "sign_out"]


@pytest.mark.parametrize(
    "change", [{"role": "reviewer"}, {"active": False}, {"password": OTHER}], ids=str
)
def test_a_change_by_the_administrator_ends_all_sessions(accounts, change):
    cookies = [accounts.sign_in("lin", GOOD).cookie for _ in range(2)]
    kept = accounts.sign_in("王经办", GOOD).cookie
    accounts.change_user("lin", **change, actor=ADMIN)
    assert [accounts.by_session(cookie) for cookie in cookies] == [None, None]
    assert accounts.by_session(kept) is not None


def test_a_change_to_what_already_is_changes_nothing(accounts, logged):
    cookie = accounts.sign_in("lin", GOOD).cookie
    accounts.change_user("lin", role="planner", active=True, actor=ADMIN)
    assert accounts.by_session(cookie) is not None
    assert [action for action, *_ in logged()] == ["sign_in"]


def test_a_disabled_account_cannot_sign_in_until_it_is_enabled(accounts):
    accounts.change_user("lin", active=False, actor=ADMIN)
    with pytest.raises(SignInRefused):
        accounts.sign_in("lin", GOOD)
    accounts.change_user("lin", active=True, actor=ADMIN)
    assert accounts.sign_in("lin", GOOD)


def test_the_own_password_needs_the_old_one_and_ends_the_other_sessions(accounts, logged):
    here, there = (accounts.sign_in("lin", GOOD) for _ in range(2))
    with pytest.raises(NotAllowed) as wrong:
        accounts.change_own_password(here.account, OTHER, OTHER, kept=here.cookie)
    assert wrong.value.code == "wrong_password"
    accounts.change_own_password(here.account, GOOD, OTHER, kept=here.cookie)
    assert accounts.by_session(here.cookie) is not None
    assert accounts.by_session(there.cookie) is None
    assert accounts.sign_in("lin", OTHER)
    assert [action for action, *_ in logged()][2:4] == ["password_refused", "password_changed"]


def test_a_bad_new_password_leaves_the_old_one(accounts):
    session = accounts.sign_in("lin", GOOD)
    with pytest.raises(InvalidRecord):
        accounts.change_own_password(session.account, GOOD, "short")
    assert accounts.sign_in("lin", GOOD)


def test_an_administrator_cannot_change_the_own_account_but_the_operator_can(accounts):
    for change in ({"role": "clerk"}, {"active": False}, {"password": OTHER}):
        with pytest.raises(Conflict) as refused:
            accounts.change_user("管理", **change, actor=ADMIN)
        assert refused.value.code == "own_account"
    assert accounts.change_user("管理", role="clerk", actor=OPERATOR).role == "clerk"


@pytest.mark.parametrize(
    "name", ["", " lin", "a b", "a/b", "a\n", "x" * 65, "e\u0301a", ".a", "<b>"]
)
def test_a_name_is_of_letters_that_a_path_can_hold(accounts, name):
    with pytest.raises(InvalidRecord) as refused:
        accounts.create_user(name, "clerk", GOOD, actor=ADMIN)
    assert refused.value.code == "account_name"


@pytest.mark.parametrize("name", ["zhang.san@office-2", "李四", "𠮷田", "x" * 64])
def test_names_of_any_script_are_good(accounts, name):
    assert accounts.create_user(name, "auditor", GOOD, actor=ADMIN).name == name


def test_there_are_no_two_accounts_of_nearly_the_same_name(accounts):
    with pytest.raises(Conflict) as refused:
        accounts.create_user("ＬＩＮ", "clerk", GOOD, actor=ADMIN)
    assert refused.value.code == "account_exists"


def test_nobody_is_given_the_role_of_a_viewer(accounts):
    with pytest.raises(InvalidRecord) as refused:
        accounts.create_user("x", "viewer", GOOD, actor=ADMIN)
    assert refused.value.code == "unknown_role"


def test_an_unknown_account_is_not_changed(accounts):
    for step in (
        lambda: accounts.change_user("x", role="clerk", actor=ADMIN),
        lambda: accounts.issue_token("x", days=1, actor=ADMIN),
        lambda: accounts.tokens("x"),
        lambda: accounts.revoke_all("x", actor=ADMIN),
    ):
        with pytest.raises(NotFound) as refused:
            step()
        assert refused.value.code == "unknown_account"


def test_accounts_are_listed_by_name(accounts):
    accounts.change_user("lin", active=False, actor=ADMIN)
    assert [(u.name, u.role, u.active) for u in accounts.users()] == [
        ("lin", "planner", False),
        ("王经办", "clerk", True),
        ("管理", "admin", True),
    ]


@pytest.mark.usefixtures("accounts")
def test_hashes_are_renewed_at_sign_in_when_the_costs_rise(path, clock):
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with Accounts(path, clock=clock, passwords=dearer) as later:
        later.sign_in("lin", GOOD)
        later.sign_in("lin", GOOD)
    with closing(sqlite3.connect(path)) as connection:
        (stored,) = connection.execute("SELECT password FROM users WHERE name = 'lin'").fetchone()
    assert "m=16,t=2,p=1" in stored


def test_who_did_what_to_whom_is_logged(accounts, logged, path):
    accounts.create_user("hu", "clerk", GOOD, actor=ADMIN)
    accounts.change_user("hu", role="reviewer", password=OTHER, actor=ADMIN)
    _, token = accounts.issue_token("hu", days=30, gis=True, actor=OPERATOR)
    accounts.revoke_token(token.id, owner="hu", actor=ADMIN)
    accounts.change_user("hu", active=False, actor=ADMIN)
    about = {"account": "hu", "token": token.id}
    assert logged() == [
        ("account_added", "管理", {"account": "hu", "role": "clerk"}),
        ("account_role", "管理", {"account": "hu", "role": "reviewer", "before": "clerk"}),
        ("account_password", "管理", {"account": "hu"}),
        ("token_issued", "root", about | {"days": 30, "gis": True}),
        ("token_revoked", "管理", about),
        ("account_disabled", "管理", {"account": "hu", "tokens": 0}),
    ]
    assert list(check_access_log(path)) == []


def test_a_refused_sign_in_is_logged_without_an_unknown_name(accounts, logged):
    for name, password in (("lin", OTHER), ("my-secret-typed-as-name", GOOD)):
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, password, address="192.0.2.7")
    about = {"address": "192.0.2.7"}
    assert logged() == [
        ("sign_in_refused", "访客", about | {"account": "lin", "reason": "password"}),
        ("sign_in_refused", "访客", about | {"account": "", "reason": "unknown"}),
    ]


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
