"""Accounts for tests: a clock set by hand, hashes that cost nothing, one account of every role."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from argon2 import PasswordHasher

from api.account import ROLES
from api.auth import Accounts
from api.auth.passwords import Passwords
from layers.store_values import Actor

__all__ = ["ADMIN", "GOOD", "OPERATOR", "OTHER", "Clock", "cheap_passwords", "fill"]

GOOD = "three-Green-kettles"
OTHER = "seven-Quiet-lanterns"
ADMIN = Actor("管理", "admin", verified=True)
OPERATOR = Actor("root", "admin")


class Clock:
    """Stands still until it is moved."""

    def __init__(self) -> None:
        self.now = datetime(2026, 11, 25, 8, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_(self, **span: float) -> None:
        self.now += timedelta(**span)


@cache
def cheap_passwords() -> Passwords:
    return Passwords(PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


def fill(path: Path) -> dict[str, str]:
    """Add an account of every role, named as its role; give a token of each."""
    made = {}
    with Accounts(path, clock=Clock(), passwords=cheap_passwords()) as accounts:
        for role in ROLES:
            accounts.create_user(role, role, GOOD, actor=OPERATOR)
            made[role], _ = accounts.issue_token(role, days=30, actor=OPERATOR)
    return made
