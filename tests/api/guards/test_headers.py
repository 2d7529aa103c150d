"""Every answer carries what browsers must know; names are spelled as people spell them."""

from __future__ import annotations

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from api.guards.headers import CSP, AnswerHeaders


async def app(scope, receive, send):
    sent = {"etag": '"1"', "location": "/x", "allow": "GET", "cache-control": "no-cache"}
    await Response("x", headers=sent)(scope, receive, send)


@pytest.fixture
def client():
    return TestClient(AnswerHeaders(app))


@pytest.mark.parametrize("path", ["/", "/api/health", "/ogc/collections", "/docs", "/nothing"])
def test_every_answer_says_what_a_browser_may_do(client, path):
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CSP
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_policy_is_the_one_agreed():
    assert CSP == (
        "default-src 'self'; img-src 'self' data: blob:; worker-src 'self' blob:; "
        "object-src 'none'; base-uri 'none'; frame-ancestors 'none'"
    )


def test_answers_of_the_platform_are_not_kept_and_not_shared(client):
    headers = client.get("/api/me", headers={"Origin": "https://other.example"}).headers
    assert headers.get_list("cache-control") == ["no-store"]
    assert "access-control-allow-origin" not in headers


def test_answers_of_the_ogc_api_are_for_everybody(client):
    headers = client.get("/ogc/collections").headers
    assert headers["access-control-allow-origin"] == "*"
    assert headers["access-control-expose-headers"] == "Content-Crs, ETag, Link, Location"
    assert "access-control-allow-credentials" not in headers
    assert headers["cache-control"] == "no-cache"


@pytest.mark.parametrize("path", ["/ogcx", "/apix", "/"])
def test_a_path_that_only_begins_alike_is_neither(client, path):
    headers = client.get(path).headers
    assert "access-control-allow-origin" not in headers
    assert headers["cache-control"] == "no-cache"


def test_a_preflight_under_ogc_allows_writing(client):
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "PUT"}
    answer = client.options("/ogc/collections/x/items/1", headers=asked)
    assert answer.status_code == 204
    allowed = answer.headers["access-control-allow-methods"].split(", ")
    assert {"PUT", "PATCH", "DELETE", "POST"} <= set(allowed)
    assert "If-Match" in answer.headers["access-control-allow-headers"]
    assert answer.headers["content-security-policy"] == CSP


def test_a_preflight_elsewhere_is_passed_on(client):
    asked = {"Origin": "https://a.example", "Access-Control-Request-Method": "POST"}
    answer = client.options("/api/login", headers=asked)
    assert (answer.status_code, answer.text) == (200, "x")
    assert "access-control-allow-origin" not in answer.headers


def test_names_are_spelled_as_older_qgis_compares_them(client):
    names = {name for name, _ in client.get("/ogc").headers.raw}
    assert {b"Allow", b"Location", b"ETag", b"Content-Length", b"Cache-Control"} <= names
