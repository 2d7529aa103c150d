"""Accounts are added and changed, and each change is logged."""

from __future__ import annotations

import pytest

from api.auth import SignInRefused
from layers.accesslog import check_access_log
from layers.errors import Conflict, InvalidRecord, NotFound
from tests.api.signing import ADMIN, GOOD, OPERATOR, OTHER


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
