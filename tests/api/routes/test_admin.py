"""Accounts of everybody and the access log, over HTTP."""

from __future__ import annotations

import csv
import io

import pytest

from api.account import ROLES
from layers.accesslog import AccessLog
from layers.store_values import Actor
from tests.api.signing import GOOD, OTHER

NEW = {"name": "李四", "role": "clerk", "password": GOOD}


def test_the_administrator_lists_accounts_without_hashes(site, tokens):
    answer = site().get("/api/users", headers=tokens["admin"])
    assert [user["name"] for user in answer.json()["users"]] == sorted(ROLES)
    assert [role["role"] for role in answer.json()["roles"]] == list(ROLES)
    assert "argon2" not in answer.text


def test_an_added_account_can_sign_in(site, tokens):
    browser = site()
    answer = browser.post("/api/users", json=NEW, headers=tokens["admin"])
    assert answer.status_code == 201
    assert (answer.json()["name"], answer.json()["title"]) == ("李四", "经办人")
    assert browser.post("/api/login", json={"name": "李四", "password": GOOD}).status_code == 200
    again = browser.post("/api/users", json=NEW, headers=tokens["admin"])
    assert (again.status_code, again.json()["code"]) == (409, "account_exists")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"role": "viewer"}, "unknown_role"),
        ({"role": "chief"}, "unknown_role"),
        ({"name": "a/b"}, "account_name"),
        ({"name": ""}, "account_name"),
        ({"password": "short"}, "password_short"),
        ({"password": "x" * 200}, "password_long"),
        ({"admin": True}, "invalid_body"),
    ],
)
def test_an_account_that_will_not_do_is_told_which_field(site, tokens, change, code):
    answer = site().post("/api/users", json=NEW | change, headers=tokens["admin"])
    assert (answer.status_code, answer.json()["code"]) == (422, code)
    assert answer.json()["where"] in change


@pytest.mark.parametrize("change", [{"role": "reviewer"}, {"active": False}, {"password": OTHER}])
def test_a_change_ends_the_sessions_of_the_account(site, signed_in, tokens, change):
    browser = signed_in("clerk")
    answer = site().patch("/api/users/clerk", json=change, headers=tokens["admin"])
    assert answer.status_code == 200
    assert browser.get("/api/me").json()["role"] == "viewer"


def test_a_token_has_the_new_role_and_ends_with_its_account(site, tokens):
    browser = site()
    browser.patch("/api/users/clerk", json={"role": "planner"}, headers=tokens["admin"])
    assert browser.get("/api/me", headers=tokens["clerk"]).json()["role"] == "planner"
    browser.patch("/api/users/clerk", json={"active": False}, headers=tokens["admin"])
    assert browser.get("/api/me", headers=tokens["clerk"]).status_code == 401


def test_names_of_any_script_stand_in_the_path(site, tokens):
    browser = site()
    browser.post("/api/users", json=NEW, headers=tokens["admin"])
    answer = browser.patch("/api/users/李四", json={"role": "auditor"}, headers=tokens["admin"])
    assert answer.json()["role"] == "auditor"


def test_the_administrator_cannot_undo_the_own_account(site, tokens):
    answer = site().patch("/api/users/admin", json={"role": "clerk"}, headers=tokens["admin"])
    assert (answer.status_code, answer.json()["code"]) == (409, "own_account")


def test_an_empty_change_and_an_unknown_account_are_told(site, tokens):
    browser = site()
    assert browser.patch("/api/users/clerk", json={}, headers=tokens["admin"]).status_code == 422
    answer = browser.patch("/api/users/x", json={"role": "clerk"}, headers=tokens["admin"])
    assert (answer.status_code, answer.json()["code"]) == (404, "unknown_account")


@pytest.mark.parametrize(
    ("method", "path", "roles"),
    [
        ("GET", "/api/users", {"admin"}),
        ("POST", "/api/users", {"admin"}),
        ("PATCH", "/api/users/x", {"admin"}),
        ("GET", "/api/audit", {"admin", "auditor"}),
    ],
)
def test_everybody_else_is_refused_before_the_body_is_read(site, tokens, method, path, roles):
    browser = site()
    assert browser.request(method, path, content=b"{broken").status_code == 401
    for role in ROLES:
        answer = browser.request(method, path, content=b"{broken", headers=tokens[role])
        assert (answer.status_code == 403) is (role not in roles), role


def test_the_log_tells_who_did_what_to_whom(site, tokens):
    browser = site()
    browser.post("/api/login", json={"name": "clerk", "password": OTHER})
    browser.patch("/api/users/clerk", json={"active": False}, headers=tokens["admin"])
    told = browser.get("/api/audit?limit=1000", headers=tokens["auditor"]).json()
    refused, disabled = told["entries"][-2:]
    assert (refused["action"], refused["title"]) == ("sign_in_refused", "登录被拒")
    assert refused["detail"]["account"] == "clerk"
    assert (disabled["actor"], disabled["verified"]) == ("admin", True)
    assert disabled["title"] == "停用账号"
    assert told["next"] is None


def test_the_log_tells_who_tried_more_than_the_role_allows_but_not_strangers(site, tokens):
    browser = site()
    assert browser.get("/api/users").status_code == 401
    assert browser.get("/api/users?x=1", headers=tokens["clerk"]).status_code == 403
    told = browser.get("/api/audit?limit=1000", headers=tokens["auditor"]).json()
    tried = [entry for entry in told["entries"] if entry["action"] == "refused"]
    assert [(entry["actor"], entry["detail"]) for entry in tried] == [
        ("clerk", {"method": "GET", "route": "/api/users"})
    ]


def test_the_log_is_read_page_by_page(site, tokens):
    browser = site()
    url, seen = "/api/audit?limit=3", []
    while url:
        page = browser.get(url, headers=tokens["auditor"]).json()
        seen += [entry["seq"] for entry in page["entries"]]
        url = page["next"]
    assert seen == list(range(1, 2 * len(ROLES) + 1))


def test_the_log_is_a_spreadsheet_too(site, tokens):
    answer = site().get("/api/audit?f=csv", headers=tokens["auditor"])
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer.headers["content-disposition"]
    text = answer.content.decode("utf-8")
    assert text.startswith("\ufeffseq,at,actor")
    rows = list(csv.DictReader(io.StringIO(text.removeprefix("\ufeff"))))
    assert [int(row["seq"]) for row in rows] == list(range(1, 2 * len(ROLES) + 1))
    assert rows[0]["title"] == "添加账号"


def test_a_part_of_the_log_is_a_spreadsheet(site, tokens):
    answer = site().get("/api/audit?f=csv&after=2&limit=4", headers=tokens["auditor"])
    rows = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [row["seq"] for row in rows] == ["3", "4", "5", "6"]


def test_a_spreadsheet_runs_nothing_of_the_log(site, tokens):
    browser = site()
    with AccessLog(browser.app.state.service.settings.data / "accounts.sqlite") as log:
        log.record(Actor("=cmd()"), "export_full")
    answer = browser.get("/api/audit?f=csv&after=10", headers=tokens["auditor"])
    assert ",'=cmd()," in answer.text


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=-1", "limit=x", "after=-1", "f=xlsx", "limit=1&limit=2", "x=1"]
)
def test_odd_parameters_are_refused(site, tokens, query):
    assert site().get(f"/api/audit?{query}", headers=tokens["auditor"]).status_code == 400
