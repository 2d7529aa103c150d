"""An earlier version comes back over HTTP, for whoever may write the layer."""

from __future__ import annotations

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import Accounts, signin
from api.settings import Settings
from layers.store import Actor, open_store
from tests.api.signing import cheap_passwords

URL = "/api/restore-version"
CLERK = Actor("经办甲")
WANTED = {"layer": "care_facilities", "id": "a", "version": 1, "reason": "误改"}


@pytest.fixture
def store(tmp_path):
    with open_store(f"gpkg:{tmp_path / 'county.gpkg'}", create=True, min_free_mb=0) as opened:
        opened.put("care_facilities", [{"id": "a", "name": "示意站", "beds": 5}], actor=CLERK)
        opened.put("care_facilities", [{"id": "a", "name": "示意站", "beds": 7}], actor=CLERK)
        yield opened


@pytest.fixture
def client(store, tmp_path, filled_accounts, clock):
    app = create_app(Settings(data=tmp_path, min_free_mb=0), store)
    accounts = Accounts(filled_accounts[0], clock=clock, passwords=cheap_passwords())
    app.state.service._parts[signin._open_accounts] = accounts
    yield TestClient(app, base_url="http://localhost")
    app.state.service.close()


def test_a_clerk_brings_a_version_back(client, store, tokens):
    answer = client.post(URL, json=WANTED, headers=tokens["clerk"])
    assert answer.status_code == 200, answer.text
    body = answer.json()
    assert (body["id"], body["restored"], body["version"]) == ("a", 1, 3)
    last = store.history("care_facilities", "a")[-1]
    assert (last.row["beds"], last.reason, last.verified) == (5, "误改", True)


def test_a_deleted_feature_comes_back(client, store, tokens):
    store.delete("care_facilities", ["a"], actor=CLERK)
    answer = client.post(URL, json=WANTED | {"version": 2}, headers=tokens["clerk"])
    assert answer.json()["version"] == 4
    assert store.get("care_facilities", "a")["beds"] == 7


@pytest.mark.parametrize(
    ("role", "layer", "status"),
    [
        ("clerk", "divisions", 403),
        ("planner", "boundary_lines", 403),
        ("clerk", "elders", 403),
        ("reviewer", "inspections", 403),
        ("reviewer", "divisions", 404),
        ("planner", "elders", 404),
    ],
)
def test_who_may_not_write_a_layer_may_not_restore_in_it(client, tokens, role, layer, status):
    answer = client.post(URL, json=WANTED | {"layer": layer}, headers=tokens[role])
    assert answer.status_code == status


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"layer": "cases"}, "unknown_layer"),
        ({"layer": "nothing"}, "unknown_layer"),
        ({"version": 9}, "unknown_version"),
    ],
)
def test_what_is_not_there_is_not_found(client, tokens, change, code):
    answer = client.post(URL, json=WANTED | change, headers=tokens["reviewer"])
    assert (answer.status_code, answer.json()["code"]) == (404, code)
