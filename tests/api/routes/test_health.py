"""Alive, and able to work."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.settings import Settings
from layers.store import open_store


def test_a_worker_says_that_it_answers(site):
    answer = site().get("/api/health")
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert answer.headers["cache-control"] == "no-store"


def test_a_ready_service_reads_and_writes(site):
    body = site().get("/api/ready").json()
    assert (body["ready"], body["store"], body["writes"], body["events"]) == (True, "open", True, 0)
    assert body["free_mb"] > 0


@pytest.fixture
def store(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as opened:
        yield opened


def test_too_little_space_stops_writes_only(store, tmp_path):
    settings = Settings(data=tmp_path, min_free_mb=10**9)
    answer = TestClient(create_app(settings, store)).get("/api/ready")
    assert answer.status_code == 200
    assert answer.json()["writes"] is False


def test_without_its_store_it_is_not_ready(store, tmp_path):
    client = TestClient(create_app(Settings(data=tmp_path), store))
    store.close()
    answer = client.get("/api/ready")
    assert (answer.status_code, answer.json()) == (
        503, {"ready": False, "store": "store_closed"},
    )  # fmt: skip
