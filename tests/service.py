"""A service to ask in tests: a store, an account of every role, and a token for each."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from argon2 import PasswordHasher
from starlette.testclient import TestClient

from api.account import ROLES
from api.app import create_app
from api.auth import Accounts
from api.auth.passwords import Passwords
from api.settings import Settings
from layers.store import Store, open_store
from layers.store_values import Actor

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fastapi import FastAPI
    from httpx2 import Response

CHEAP = Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
PASSWORD = "three-Green-kettles"  # noqa: S105 - of test accounts
OPERATOR = Actor("installer", "admin")


@dataclass(frozen=True)
class Served:
    """A running application.

    `ask` is what most tests need: `served.ask("GET", "/api/me", role="clerk")`.
    """

    app: FastAPI
    client: TestClient
    folder: Path
    store: Store
    tokens: dict[str, str]

    def ask(self, method: str, path: str, *, role: str = "viewer", **options: Any) -> Response:
        """One request with the token of a role; `gis` is a clerk's made for desktop GIS."""
        headers = dict(options.pop("headers", {}))
        if role != "viewer":
            headers["Authorization"] = f"Bearer {self.tokens[role]}"
        answer: Response = self.client.request(method, path, headers=headers, **options)
        return answer

    def get(self, path: str, **options: Any) -> Response:
        return self.ask("GET", path, **options)

    def post(self, path: str, **options: Any) -> Response:
        return self.ask("POST", path, **options)


@contextlib.contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Served]:
    """Serve the store of a folder; rates are off unless given."""
    rates = {"writes_per_minute": 0, "reads_per_minute": 0, "min_free_mb": 0}
    chosen = Settings(data=folder, **{**rates, **settings})
    tokens = _accounts(folder)
    with open_store(chosen.store_url, min_free_mb=0) as store:
        app = create_app(chosen, store)
        with TestClient(app, base_url="http://localhost", raise_server_exceptions=False) as client:
            yield Served(app, client, folder, store, tokens)


def _accounts(folder: Path) -> dict[str, str]:
    with Accounts(folder / "accounts.sqlite", passwords=CHEAP) as accounts:
        known = {user.name for user in accounts.users()}
        for role in ROLES:
            if f"test-{role}" not in known:
                accounts.create_user(f"test-{role}", role, PASSWORD, actor=OPERATOR)
        tokens = {role: _token(accounts, f"test-{role}") for role in ROLES}
        tokens["gis"] = _token(accounts, "test-clerk", gis=True)
    return tokens


def _token(accounts: Accounts, name: str, *, gis: bool = False) -> str:
    return accounts.issue_token(name, label="test", days=30, gis=gis, actor=OPERATOR)[0]
