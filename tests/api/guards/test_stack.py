"""The guards together, around the real application."""

from __future__ import annotations

import gzip

import pytest
from starlette.responses import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.guards.stack import guarded
from api.settings import Settings
from layers.store import open_store


@pytest.fixture(scope="module")
def store(tmp_path_factory):
    path = tmp_path_factory.mktemp("guards") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        yield opened


@pytest.fixture
def client(store):
    def ask(**settings):
        settings = Settings(data=store.path.parent, min_free_mb=0, **settings)
        return TestClient(create_app(settings, store))

    return ask


def test_an_unknown_path_is_guarded_too(client):
    answer = client().get("/api/nothing")
    assert answer.status_code == 404
    assert answer.headers["cache-control"] == "no-store"
    assert "default-src 'self'" in answer.headers["content-security-policy"]
    assert answer.headers["x-request-id"]


def test_a_refused_host_is_guarded_too(client):
    answer = client(allowed_hosts=("localhost",)).get("/api/health")
    assert answer.status_code == 400
    assert answer.headers["x-content-type-options"] == "nosniff"


def test_the_address_behind_a_trusted_proxy_is_the_callers():
    async def app(scope, receive, send):
        await Response(f"{scope['client'][0]} {scope['scheme']}")(scope, receive, send)

    said = {"X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "https"}

    def seen(proxies):
        whole = guarded(app, Settings(trusted_proxies=proxies))
        return TestClient(whole, client=("10.0.0.7", 1)).get("/", headers=said).text

    assert seen("10.0.0.0/8") == "203.0.113.9 https"
    assert seen("127.0.0.1") == "10.0.0.7 http"
    assert seen("") == "10.0.0.7 http"


def test_text_is_packed_on_request_and_what_is_packed_is_not():
    def answer(media, accept):
        app = guarded(Response(b"x" * 5000, media_type=media), Settings())
        return TestClient(app).get("/ogc", headers={"Accept-Encoding": accept})

    packed = answer("application/geo+json", "gzip")
    assert packed.headers["content-encoding"] == "gzip"
    assert "Accept-Encoding" in packed.headers["vary"]
    assert len(packed.content) == 5000
    assert int(packed.headers["content-length"]) < len(gzip.compress(b"x" * 5000)) * 2
    assert "content-encoding" not in answer("application/geo+json", "identity").headers
    assert "content-encoding" not in answer("application/pdf", "gzip").headers


def test_the_rate_limit_reaches_operations_but_not_health(client):
    asked = client(reads_per_minute=1)
    assert {asked.get("/api/health").status_code for _ in range(5)} == {200}
    assert [asked.get("/api/me").status_code for _ in range(2)] == [200, 429]


def test_bad_tokens_are_counted_as_a_stranger_is(client):
    asked = client(reads_per_minute=1)
    bad = {"Authorization": "Bearer xyg_nonsense"}
    assert [asked.get("/api/me", headers=bad).status_code for _ in range(2)] == [401, 429]
