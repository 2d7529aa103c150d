"""A clock that is set by hand, hashes that cost nothing, accounts of every role."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta

import pytest
from argon2 import PasswordHasher

from api.auth import Accounts
from api.auth.passwords import Passwords
from layers.store_values import Actor

GOOD = "three-Green-kettles"
ADMIN = Actor("管理", "admin", verified=True)
OPERATOR = Actor("root", "admin")


class Clock:
    """Stands still until it is moved."""

    def __init__(self):
        self.now = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)

    def __call__(self):
        return self.now

    def pass_(self, **span):
        self.now += timedelta(**span)


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def cheap():
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def path(tmp_path):
    return tmp_path / "accounts.sqlite"


@pytest.fixture(scope="session")
def filled(tmp_path_factory, cheap):
    """A file with three accounts, made once and copied: every change waits for the disk."""
    path = tmp_path_factory.mktemp("filled") / "accounts.sqlite"
    with Accounts(path, clock=Clock(), passwords=cheap) as accounts:
        for name, role in (("王经办", "clerk"), ("lin", "planner"), ("管理", "admin")):
            accounts.create_user(name, role, GOOD, actor=OPERATOR)
    return path


@pytest.fixture
def accounts(filled, path, clock, cheap):
    shutil.copy(filled, path)
    with Accounts(path, clock=clock, passwords=cheap) as opened:
        yield opened
