"""Signing in and out, the own password and tokens, over HTTP."""

from __future__ import annotations

import pytest

from api.account import ROLES
from tests.api.signing import GOOD, OTHER

LOGIN = {"name": "clerk", "password": GOOD}


def test_nobody_is_a_viewer(site):
    answer = site().get("/api/me")
    assert answer.json() == {"name": None, "role": "viewer", "title": "访客", "csrf": None}
    assert answer.headers["cache-control"] == "no-store"


def test_signing_in_gives_name_role_csrf_and_a_cookie(site):
    browser = site()
    answer = browser.post("/api/login", json=LOGIN)
    body = answer.json()
    assert (answer.status_code, body["name"], body["role"]) == (200, "clerk", "clerk")
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("xygeo_session=")
    assert cookie.endswith("; Path=/; HttpOnly; SameSite=Strict")
    assert browser.get("/api/me").json() == body


@pytest.mark.parametrize("name", ["clerk", "nobody"])
def test_a_wrong_sign_in_is_told_the_same_for_every_name(site, name):
    answer = site().post("/api/login", json={"name": name, "password": OTHER})
    assert answer.status_code == 401
    assert answer.headers["www-authenticate"] == "Bearer"
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["code"] == "sign_in_refused"
    assert answer.json()["detail"] == "账号或密码不对，请重新输入；忘记密码请找管理员。"
    assert "set-cookie" not in answer.headers


def test_after_five_wrong_ones_the_sixth_is_told_when_to_come_back(site):
    browser = site()
    wrong = LOGIN | {"password": OTHER}
    answers = [browser.post("/api/login", json=wrong) for _ in range(5)]
    assert [answer.status_code for answer in answers] == [401] * 5
    answer = browser.post("/api/login", json=LOGIN)
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "60")
    assert answer.json()["code"] == "too_many_attempts"


def test_an_address_that_tries_many_names_has_to_wait(site):
    browser = site()
    for n in range(20):
        browser.post("/api/login", json={"name": f"name{n}", "password": OTHER})
    assert browser.post("/api/login", json=LOGIN).status_code == 429


def test_signing_in_again_ends_the_session_before(site):
    browser, thief = site(), site()
    browser.post("/api/login", json=LOGIN)
    thief.cookies.update(browser.cookies)
    assert thief.get("/api/me").json()["role"] == "clerk"
    browser.post("/api/login", json=LOGIN)
    assert browser.get("/api/me").json()["role"] == "clerk"
    assert thief.get("/api/me").json()["role"] == "viewer"


def test_over_plain_http_the_password_is_not_even_looked_at(site):
    answer = site("http://map.example.cn").post("/api/login", json=LOGIN)
    assert (answer.status_code, answer.json()["code"]) == (400, "insecure_transport")
    assert "XYGEO_INSECURE_HTTP" in answer.json()["detail"]
    allowed = site("http://map.example.cn", insecure_http=True)
    assert allowed.post("/api/login", json=LOGIN).status_code == 200
    assert allowed.get("/api/me").json()["role"] == "clerk"


def test_over_https_the_cookie_is_secure(site):
    answer = site("https://map.example.cn").post("/api/login", json=LOGIN)
    assert answer.headers["set-cookie"].endswith("; Secure")


def test_a_form_of_another_site_cannot_sign_anybody_in(site):
    answer = site().post("/api/login", json=LOGIN, headers={"Origin": "http://evil.example"})
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert site().post("/api/login", data=LOGIN).status_code == 415


def test_signing_out_ends_the_session_and_forgets_the_cookie(signed_in):
    browser = signed_in("clerk")
    answer = browser.post("/api/logout")
    assert answer.status_code == 204
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert not browser.cookies
    assert browser.get("/api/me").json()["role"] == "viewer"
    assert browser.post("/api/logout").status_code == 401


def test_without_its_csrf_token_a_page_changes_nothing(signed_in):
    browser = signed_in("clerk")
    del browser.headers["X-CSRF-Token"]
    answer = browser.post("/api/logout")
    assert (answer.status_code, answer.json()["code"]) == (403, "csrf")
    assert browser.get("/api/me").json()["role"] == "clerk"


def test_the_own_password_is_changed_and_this_session_goes_on(signed_in):
    browser, other = signed_in("clerk"), signed_in("clerk")
    wrong = browser.post("/api/me/password", json={"old": OTHER, "new": OTHER})
    assert (wrong.status_code, wrong.json()["code"]) == (403, "wrong_password")
    bad = browser.post("/api/me/password", json={"old": GOOD, "new": "password1234"})
    assert (bad.status_code, bad.json()["code"]) == (422, "password_common")
    assert browser.post("/api/me/password", json={"old": GOOD, "new": OTHER}).status_code == 204
    assert browser.get("/api/me").json()["role"] == "clerk"
    assert other.get("/api/me").json()["role"] == "viewer"
    assert other.post("/api/login", json=LOGIN | {"password": OTHER}).status_code == 200


@pytest.mark.parametrize("role", ROLES)
def test_everybody_with_an_account_has_own_tokens(signed_in, site, role):
    browser = signed_in(role)
    made = browser.post("/api/tokens", json={"label": "QGIS", "days": 30, "gis": True})
    assert made.status_code == 201
    body = made.json()
    program = site()
    program.headers["Authorization"] = f"Bearer {body['token']}"
    assert program.get("/api/me").json() | {"title": ""} == {
        "name": role,
        "role": role,
        "title": "",
        "csrf": None,
    }
    listed = browser.get("/api/tokens").json()["tokens"]
    assert body["id"] in [token["id"] for token in listed]
    assert all("token" not in token for token in listed)
    assert browser.delete(f"/api/tokens/{body['id']}").status_code == 204
    assert program.get("/api/me").status_code == 401
    assert browser.delete(f"/api/tokens/{body['id']}").status_code == 404


def test_nobody_revokes_the_token_of_another(signed_in):
    clerk, planner = signed_in("clerk"), signed_in("planner")
    id = clerk.post("/api/tokens", json={"days": 1}).json()["id"]
    assert planner.delete(f"/api/tokens/{id}").status_code == 404
    assert id in [token["id"] for token in clerk.get("/api/tokens").json()["tokens"]]


@pytest.mark.parametrize(
    "wish", [{}, {"days": 0}, {"days": 367}, {"days": "1"}, {"days": 1, "label": "a\nb"}]
)
def test_a_wish_that_will_not_do_is_told(signed_in, wish):
    assert signed_in("clerk").post("/api/tokens", json=wish).status_code == 422


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("POST", "/api/logout"),
        ("POST", "/api/me/password"),
        ("GET", "/api/tokens"),
        ("POST", "/api/tokens"),
        ("DELETE", "/api/tokens/0123456789ab"),
    ],
)
def test_nobody_is_asked_to_sign_in_before_the_body_is_read(site, method, path):
    answer = site().request(method, path, content=b"{broken")
    assert (answer.status_code, answer.json()["code"]) == (401, "sign_in")
    assert answer.headers["www-authenticate"] == "Bearer"


def test_a_token_is_never_read_from_the_address(site, tokens):
    text = tokens["clerk"]["Authorization"].removeprefix("Bearer ")
    for name in ("token", "access_token"):
        assert site().get(f"/api/me?{name}={text}").status_code == 400


def test_half_hour_without_use_is_the_end(signed_in, clock):
    browser = signed_in("clerk")
    clock.pass_(minutes=31)
    assert browser.get("/api/me").json()["role"] == "viewer"


@pytest.mark.parametrize("body", [{"name": "\ud800", "password": "\ud800"}, {"name": "x" * 2000}])
def test_odd_sign_ins_are_refused_without_an_incident(site, body):
    import json

    answer = site().post(
        "/api/login",
        content=json.dumps({"password": "x"} | body),
        headers={"Content-Type": "application/json"},
    )
    assert 400 <= answer.status_code < 500
