"""A file with three accounts, and a clock that is set by hand."""

from __future__ import annotations

import shutil

import pytest

from api.auth import Accounts
from layers.accesslog import AccessLog
from tests.api.signing import GOOD, OPERATOR, Clock, cheap_passwords


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture(scope="session")
def cheap():
    return cheap_passwords()


@pytest.fixture
def path(tmp_path):
    return tmp_path / "accounts.sqlite"


@pytest.fixture(scope="session")
def filled(tmp_path_factory, cheap):
    """Made once and copied: every change waits for the disk."""
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


@pytest.fixture
def logged(path, accounts):  # noqa: ARG001 - makes the file
    """Entries of the log since the fixture's own accounts: (action, actor, detail)."""
    with AccessLog(path) as log:
        start = log.entries()[-1].seq
        yield lambda: [(e.action, e.actor, dict(e.detail)) for e in log.entries(after=start)]
