"""Who is behind a request."""

from __future__ import annotations

import pytest
from starlette.requests import Request

from api.account import VIEWER
from api.auth import signin
from api.auth.sessions import csrf_token
from api.auth.signin import LOGIN, cookie_of, recognise, session_cookie
from api.operations import Operation
from api.permissions import EVERYBODY
from api.problems import Refused
from api.service import Service
from api.settings import Settings
from tests.api.signing import ADMIN, GOOD

READ = Operation("GET", "/x", lambda _: None, "看", EVERYBODY)
WRITE = Operation("POST", "/x", lambda _: None, "写", EVERYBODY)
SIGN_IN = Operation("POST", LOGIN, lambda _: None, "登录", EVERYBODY)


@pytest.fixture
def service(tmp_path, accounts):
    def make(**settings):
        made = Service(Settings(data=tmp_path, **settings), store=None)
        made._parts[signin._open_accounts] = accounts
        return made

    return make


@pytest.fixture
def who(service):
    def ask(operation=READ, *, url="http://localhost:8000/x", settings=None, **headers):
        scheme, _, rest = url.partition("://")
        host, _, path = rest.partition("/")
        request = Request(
            {
                "type": "http",
                "method": operation.method,
                "scheme": scheme,
                "path": f"/{path}",
                "query_string": b"",
                "headers": [
                    (name.replace("_", "-").encode(), value.encode("latin-1"))
                    for name, value in {"host": host, **headers}.items()
                ],
            }
        )
        return recognise(service(**(settings or {})), request, operation)

    return ask


@pytest.fixture
def cookie(accounts):
    return accounts.sign_in("lin", GOOD).cookie


@pytest.fixture
def token(accounts):
    return accounts.issue_token("王经办", days=1, actor=ADMIN)[0]


def refused(call, *about, **more):
    with pytest.raises(Refused) as error:
        call(*about, **more)
    return error.value.status, error.value.code, error.value.where


def test_without_any_sign_nobody_asks(who):
    assert who() == who(WRITE) == VIEWER


@pytest.mark.parametrize("scheme", ["Bearer", "bearer", "BEARER"])
def test_a_token_tells_who_asks(who, token, scheme):
    account = who(WRITE, authorization=f"{scheme} {token}")
    assert (account.name, account.role, account.via) == ("王经办", "clerk", "token")


@pytest.mark.parametrize(
    "header", ["Bearer xyg_unknown", "Bearer", "", "Basic bGluOng=", "Bearer \xff", "xyg_x"]
)
def test_a_bad_token_is_refused_even_where_nobody_needs_one(who, header):
    assert refused(who, authorization=header) == (401, "bad_token", "Authorization")


def test_a_cookie_tells_who_asks(who, cookie):
    account = who(cookie=f"other=1; xygeo_session={cookie}")
    assert (account.name, account.role, account.via) == ("lin", "planner", "session")


@pytest.mark.parametrize("header", ["xygeo_session=old", "xygeo_session=", ";;=\xff", 'a={"b":1}'])
def test_a_cookie_that_is_over_is_nobodys(who, header):
    assert who(WRITE, cookie=header) == VIEWER


def test_the_own_cookie_is_found_among_odd_ones(who, cookie):
    assert who(cookie=f'pref={{"a": 1}}; b@d=; xygeo_session={cookie}').name == "lin"


def test_a_token_wins_over_a_cookie(who, cookie, token):
    assert who(WRITE, cookie=f"xygeo_session={cookie}", authorization=f"Bearer {token}").role == (
        "clerk"
    )
    bad = {"cookie": f"xygeo_session={cookie}", "authorization": "Bearer xyg_unknown"}
    assert refused(who, **bad)[:2] == (401, "bad_token")


def test_an_unsafe_request_with_a_cookie_needs_the_csrf_token(who, cookie):
    sent = {"cookie": f"xygeo_session={cookie}"}
    assert refused(who, WRITE, **sent) == (403, "csrf", "X-CSRF-Token")
    for wrong in ("wrong", "\xff", ""):
        assert refused(who, WRITE, **sent, x_csrf_token=wrong)[1] == "csrf"
    assert who(WRITE, **sent, x_csrf_token=csrf_token(cookie)).name == "lin"


@pytest.mark.parametrize(
    "origin",
    [
        "http://evil.example",
        "https://localhost:8000",
        "http://localhost:8001",
        "http://localhost",
        "http://localhost:8000.evil.example",
        "null",
        "",
        "http://[",
        "http://localhost:x",
    ],
)
def test_another_origin_is_refused_whatever_its_token(who, cookie, origin):
    sent = {"cookie": f"xygeo_session={cookie}", "x_csrf_token": csrf_token(cookie)}
    assert refused(who, WRITE, **sent, origin=origin) == (403, "csrf", "Origin")
    assert refused(who, SIGN_IN, origin=origin) == (403, "csrf", "Origin")


@pytest.mark.parametrize(
    ("url", "origin", "settings"),
    [
        ("http://localhost:8000/x", "http://localhost:8000", {}),
        ("https://map.example.cn/x", "https://map.example.cn", {}),
        ("https://map.example.cn:443/x", "https://MAP.example.cn", {}),
        ("http://10.0.0.2/x", "https://map.example.cn", {"public_url": "https://map.example.cn"}),
    ],
)
def test_the_own_origin_is_that_of_the_request_or_the_public_address(
    who, cookie, url, origin, settings
):
    sent = {"cookie": f"xygeo_session={cookie}", "x_csrf_token": csrf_token(cookie)}
    assert who(WRITE, url=url, settings=settings, **sent, origin=origin).name == "lin"
    assert who(SIGN_IN, url=url, settings=settings, origin=origin) == VIEWER


def test_a_token_needs_no_csrf_token_and_no_origin(who, token):
    assert who(WRITE, authorization=f"Bearer {token}", origin="http://elsewhere.example").known


def test_signing_in_looks_at_neither_cookie_nor_token(who, cookie):
    assert who(SIGN_IN, cookie=f"xygeo_session={cookie}") == VIEWER
    assert who(SIGN_IN, authorization="Bearer xyg_old") == VIEWER


@pytest.mark.parametrize(
    ("url", "settings", "secure"),
    [
        ("http://localhost:8000/", {}, False),
        ("http://127.0.0.1:8000/", {}, False),
        ("http://[::1]:8000/", {}, False),
        ("http://map.localhost/", {}, False),
        ("http://10.0.0.2/", {"insecure_http": True}, False),
        ("https://map.example.cn/", {}, True),
        ("https://map.example.cn/", {"insecure_http": True}, True),
        ("http://map.example.cn/", {"public_url": "https://map.example.cn"}, True),
    ],
)
def test_a_cookie_is_secure_except_on_loopback_or_where_http_is_allowed(
    service, url, settings, secure
):
    header = session_cookie(service(**settings), url, "abc")
    parts = header.split("; ")
    assert parts[:4] == ["xygeo_session=abc", "Path=/", "HttpOnly", "SameSite=Strict"]
    assert ("Secure" in parts) is secure


@pytest.mark.parametrize(
    ("url", "settings"),
    [
        ("http://map.example.cn/", {}),
        ("http://localhost.example.cn/", {}),
        ("http://10.0.0.2/", {"public_url": "https://map.example.cn"}),
    ],
)
def test_plain_http_is_refused_where_the_cookie_would_be_lost(service, url, settings):
    about = refused(session_cookie, service(**settings), url, "abc")
    assert about == (400, "insecure_transport", "XYGEO_INSECURE_HTTP")


def test_no_cookie_is_an_empty_one():
    assert cookie_of(Request({"type": "http", "headers": []}).headers) == ""
