"""`xygeo user`, called as whoever runs the machine does."""

from __future__ import annotations

import io
import shutil
import stat
import sys

import pytest

from api.auth import Accounts
from layers.accesslog import AccessLog
from tests.api.signing import GOOD, OPERATOR, OTHER, cheap_passwords
from tests.calling import xygeo, xygeo_process


@pytest.fixture
def user(tmp_path, monkeypatch):
    """Run `xygeo user ...` with a line on standard input."""

    def run(*words, stdin=""):
        monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        return xygeo("user", *words, data=tmp_path)

    return run


@pytest.fixture(scope="module")
def one_clerk(tmp_path_factory):
    """Made once and copied: every change waits for the disk."""
    path = tmp_path_factory.mktemp("clerk") / "accounts.sqlite"
    with Accounts(path, passwords=cheap_passwords()) as accounts:
        accounts.create_user("王经办", "clerk", GOOD, actor=OPERATOR)
    return path


@pytest.fixture
def clerk(one_clerk, tmp_path):
    shutil.copy(one_clerk, tmp_path / "accounts.sqlite")


@pytest.fixture
def accounts(tmp_path, clerk):  # noqa: ARG001 - makes the file
    with Accounts(tmp_path / "accounts.sqlite") as opened:
        yield opened


def test_an_added_account_can_sign_in(user, tmp_path):
    words = ("add", "王经办", "--role", "clerk", "--password-stdin", "--json")
    made = user(*words, stdin=f"{GOOD}\n").json
    assert (made["name"], made["role"], made["active"]) == ("王经办", "clerk", True)
    with Accounts(tmp_path / "accounts.sqlite") as accounts:
        assert accounts.sign_in("王经办", GOOD).account.role == "clerk"


def test_the_file_is_readable_by_its_owner_alone(user, tmp_path):
    user("list")
    assert stat.S_IMODE((tmp_path / "accounts.sqlite").stat().st_mode) == 0o600


def test_a_token_is_given_as_json_and_stands_for_the_account(user, accounts):
    made = user("token", "王经办", "--days", "30", "--label", "QGIS", "--gis", "--json").json
    assert made["token"].startswith("xyg_")
    assert (made["label"], made["gis"]) == ("QGIS", True)
    found = accounts.by_token(made["token"])
    assert (found.name, found.role, found.gis) == ("王经办", "clerk", True)


def test_a_token_is_shown_alone_on_its_line(user, clerk):  # noqa: ARG001
    first, second = user("token", "王经办", "--days", "1").out.splitlines()
    assert first.startswith("xyg_")
    assert first not in second


def test_accounts_are_listed_with_their_tokens_but_without_secrets(user, clerk):  # noqa: ARG001
    made = user("token", "王经办", "--days", "3", "--json").json
    told = user("list", "--json")
    assert [token["id"] for token in told.json["users"][0]["tokens"]] == [made["id"]]
    assert made["token"] not in told.out
    assert "argon2" not in told.out
    lines = user("list").out.splitlines()
    assert lines[0] == "王经办  经办人（clerk）"
    assert made["id"] in lines[1]


def test_an_empty_list_says_how_to_begin(user):
    assert "xygeo user add" in user("list").out
    assert user("list", "--json").json == {"users": []}


@pytest.mark.parametrize("words", [["reviewer"], ["--role", "reviewer"]])
def test_a_role_is_changed_by_word_or_option(user, accounts, words):
    token = user("token", "王经办", "--days", "1", "--json").json["token"]
    assert user("role", "王经办", *words, "--json").json["role"] == "reviewer"
    assert accounts.by_token(token).role == "reviewer"


@pytest.mark.parametrize("words", [[], ["clerk", "--role", "planner"]])
def test_a_role_must_be_one(user, clerk, words):  # noqa: ARG001
    assert user("role", "王经办", *words).code == 2


def test_a_password_is_set_anew(user, accounts):
    assert user("password", "王经办", "--password-stdin", stdin=f"{OTHER}\r\n").code == 0
    assert accounts.sign_in("王经办", OTHER)


def test_a_disabled_account_is_enabled_again(user, accounts):
    assert user("disable", "王经办", "--json").json["active"] is False
    assert "已停用" in user("list").out
    assert not accounts.users()[0].active
    assert user("enable", "王经办", "--json").json["active"] is True
    assert accounts.sign_in("王经办", GOOD)


def test_tokens_are_revoked_by_name_by_id_and_by_themselves(user, accounts):
    made = [user("token", "王经办", "--days", "1", "--json").json for _ in range(4)]
    assert user("revoke", made[0]["id"], "--json").json == {"name": "王经办", "revoked": 1}
    assert user("revoke", made[1]["token"], "--json").json == {"name": "王经办", "revoked": 1}
    assert user("revoke", "王经办", "--json").json == {"name": "王经办", "revoked": 2}
    assert [accounts.by_token(one["token"]) for one in made] == [None] * 4


@pytest.mark.parametrize(
    ("words", "stdin", "code"),
    [
        (["add", "李四", "--role", "clerk", "--password-stdin"], "short\n", "password_short"),
        (["add", "李四", "--role", "clerk", "--password-stdin"], "", "password_short"),
        (["add", "李四", "--role", "chief", "--password-stdin"], GOOD, "unknown_role"),
        (["add", "李 四", "--role", "clerk", "--password-stdin"], GOOD, "account_name"),
        (["add", "王经办", "--role", "clerk", "--password-stdin"], GOOD, "account_exists"),
        (["token", "李四", "--days", "1"], "", "unknown_account"),
        (["token", "王经办", "--days", "0"], "", "token_days"),
        (["disable", "李四"], "", "unknown_account"),
        (["revoke", "李四"], "", "unknown_account"),
    ],
)
def test_what_will_not_do_is_told_and_changes_nothing(user, accounts, words, stdin, code):
    refused = user(*words, "--json", stdin=stdin)
    assert refused.code == 1
    assert refused.json["error"]["code"] == code
    assert [account.name for account in accounts.users()] == ["王经办"]


def test_without_a_terminal_the_password_must_come_from_standard_input(user):
    refused = user("add", "李四", "--role", "clerk", "--json")
    assert (refused.code, refused.json["error"]["where"]) == (2, "--password-stdin")


def test_on_a_terminal_the_password_is_asked_twice(monkeypatch, tmp_path):
    class Terminal(io.StringIO):
        def isatty(self):
            return True

    typed = iter([GOOD, GOOD, GOOD, OTHER])
    monkeypatch.setattr("getpass.getpass", lambda _: next(typed))
    monkeypatch.setattr(sys, "stdin", Terminal())
    assert xygeo("user", "add", "李四", "--role", "admin", data=tmp_path).code == 0
    assert xygeo("user", "password", "李四", data=tmp_path).code == 2


def test_a_missing_folder_is_not_made(tmp_path):
    refused = xygeo("user", "list", "--json", data=tmp_path / "typo")
    assert refused.json["error"]["code"] == "store_missing"
    assert not (tmp_path / "typo").exists()


def test_the_log_names_the_operator_and_that_nobody_verified_it(user, clerk, tmp_path):  # noqa: ARG001
    user("disable", "王经办")
    with AccessLog(tmp_path / "accounts.sqlite") as log:
        entry = log.entries()[-1]
    assert (entry.action, entry.role, entry.verified) == ("account_disabled", "admin", False)
    assert dict(entry.detail) == {"account": "王经办", "tokens": 0}


def test_the_help_is_chinese_and_starts_without_the_accounts():
    done = xygeo_process("user", "--help")
    assert done.code == 0
    assert "令牌" in done.out
    assert "Usage" not in done.out
