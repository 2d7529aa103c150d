"""The real application on an empty store, with an account of every role."""

from __future__ import annotations

import shutil

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from api.auth import Accounts, signin
from api.settings import Settings
from layers.store import open_store
from tests.api.signing import GOOD, Clock, cheap_passwords, fill


@pytest.fixture(scope="session")
def empty_store(tmp_path_factory):
    path = tmp_path_factory.mktemp("routes") / "county.gpkg"
    with open_store(f"gpkg:{path}", create=True, min_free_mb=0) as opened:
        yield opened


@pytest.fixture(scope="session")
def filled_accounts(tmp_path_factory):
    path = tmp_path_factory.mktemp("accounts") / "accounts.sqlite"
    return path, fill(path)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def site(tmp_path, empty_store, filled_accounts, clock):
    """Makes browsers: `site()` is one at http://localhost; settings as words."""
    path = tmp_path / "accounts.sqlite"
    shutil.copy(filled_accounts[0], path)
    accounts = Accounts(path, clock=clock, passwords=cheap_passwords())
    services = []

    def browser(base_url="http://localhost", **settings):
        app = create_app(Settings(data=tmp_path, min_free_mb=0, **settings), empty_store)
        services.append(app.state.service)
        app.state.service._parts[signin._open_accounts] = accounts
        return TestClient(app, base_url=base_url)

    yield browser
    for service in services:
        service.close()


@pytest.fixture
def tokens(filled_accounts):
    """Role -> headers of a request with its token."""
    return {role: {"Authorization": f"Bearer {text}"} for role, text in filled_accounts[1].items()}


@pytest.fixture
def signed_in(site):
    """Gives a browser in which an account signed in, its CSRF token among the headers."""

    def sign_in(name, password=GOOD, **settings):
        browser = site(**settings)
        answer = browser.post("/api/login", json={"name": name, "password": password})
        assert answer.status_code == 200, answer.text
        browser.headers["X-CSRF-Token"] = answer.json()["csrf"]
        return browser

    return sign_in
