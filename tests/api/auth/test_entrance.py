"""Signing in and out: sessions begin and end, all is logged."""

from __future__ import annotations

import sqlite3
from contextlib import closing

import pytest
from argon2 import PasswordHasher

from api.account import Account
from api.auth import Accounts, SignInRefused
from api.auth.passwords import Passwords
from api.auth.sessions import csrf_token
from layers.errors import InvalidRecord, NotAllowed, StoreError
from tests.api.signing import ADMIN, GOOD, OTHER

RESET = "nine-Wooden-ladders"


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


@pytest.mark.usefixtures("accounts")
def test_hashes_are_renewed_at_sign_in_when_the_costs_rise(path, clock):
    dearer = Passwords(PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    with Accounts(path, clock=clock, passwords=dearer) as later:
        later.sign_in("lin", GOOD)
        later.sign_in("lin", GOOD)
    with closing(sqlite3.connect(path)) as connection:
        (stored,) = connection.execute("SELECT password FROM users WHERE name = 'lin'").fetchone()
    assert "m=16,t=2,p=1" in stored


def test_a_refused_sign_in_is_logged_without_an_unknown_name(accounts, logged):
    for name, password in (("lin", OTHER), ("my-secret-typed-as-name", GOOD)):
        with pytest.raises(SignInRefused):
            accounts.sign_in(name, password, address="192.0.2.7")
    about = {"address": "192.0.2.7"}
    assert logged() == [
        ("sign_in_refused", "访客", about | {"account": "lin", "reason": "password"}),
        ("sign_in_refused", "访客", about | {"account": "", "reason": "unknown"}),
    ]


def test_the_own_password_does_not_undo_what_an_administrator_just_did(accounts, monkeypatch):
    here = accounts.sign_in("lin", GOOD)
    real = accounts._passwords.hash

    def slow(password):
        monkeypatch.setattr(accounts._passwords, "hash", real)
        accounts.change_user("lin", password=RESET, actor=ADMIN)
        return real(password)

    monkeypatch.setattr(accounts._passwords, "hash", slow)
    with pytest.raises(NotAllowed):
        accounts.change_own_password(here.account, GOOD, OTHER)
    assert accounts.sign_in("lin", RESET)
