"""Accounts as they are stored: names, roles, hashes."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from api.account import ROLES
from layers.errors import Conflict, InvalidRecord, NotFound

if TYPE_CHECKING:
    import sqlite3

    from api.account import Role

__all__ = [
    "StoredUser",
    "User",
    "add_user",
    "all_users",
    "find_user",
    "folded",
    "get_user",
    "require_name",
    "require_role",
    "set_active",
    "set_hash",
    "set_role",
]

_NAME = re.compile(r"\w[\w.@-]{0,63}")
_COLUMNS = "name, role, active, made_at, password"


@dataclass(frozen=True)
class User:
    """An account, as administrators see it.

    Attributes
    ----------
    name
        As it was given; unique whatever its case and width.
    role
        What it may do.
    active
        Whether it may sign in.
    made_at
        When it was added.
    """

    name: str
    role: Role
    active: bool
    made_at: datetime


@dataclass(frozen=True)
class StoredUser(User):
    """An account with the hash of its password."""

    password: str

    @property
    def shown(self) -> User:
        """Give the account without the hash."""
        return User(self.name, self.role, self.active, self.made_at)


def folded(name: str) -> str:
    """Give the form in which names are compared: letters of any case and width are the same."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold())


def require_name(name: str) -> str:
    """Refuse a text that cannot be the name of an account.

    Parameters
    ----------
    name
        Proposed.

    Returns
    -------
    The name.

    Raises
    ------
    InvalidRecord
        ``account_name``.
    """
    if unicodedata.normalize("NFC", name) != name or not _NAME.fullmatch(name):
        raise InvalidRecord(
            "账号名用 1 到 64 个字母、数字或汉字，中间可有 . _ - @，请改正。",
            code="account_name",
            where="name",
        )
    return name


def require_role(role: str) -> Role:
    """Refuse a word that is no role of an account.

    Parameters
    ----------
    role
        Proposed.

    Returns
    -------
    The role.

    Raises
    ------
    InvalidRecord
        ``unknown_role``.
    """
    for known in ROLES:
        if known == role:
            return known
    raise InvalidRecord(
        f"没有身份“{role}”，可选：{'、'.join(ROLES)}。", code="unknown_role", where="role"
    )


def add_user(
    connection: sqlite3.Connection, name: str, role: Role, password: str, now: float
) -> None:
    """Store a new account.

    Parameters
    ----------
    connection
        In a transaction.
    name, role
        Good ones.
    password
        Hash.
    now
        Unix seconds.

    Raises
    ------
    Conflict
        ``account_exists``: also if the names differ in case or width alone.
    """
    found = find_user(connection, name)
    if found is not None:
        raise Conflict(
            f"账号“{found.name}”已经有了，请换一个名字。", code="account_exists", where="name"
        )
    connection.execute(
        "INSERT INTO users VALUES (?, ?, ?, 1, ?, ?)", [name, folded(name), role, password, now]
    )


def find_user(connection: sqlite3.Connection, name: str) -> StoredUser | None:
    """Give the account of a name, or None."""
    try:
        fold = folded(name).encode().decode()
    except UnicodeEncodeError:  # half of a surrogate pair: nobody's name
        return None
    row = connection.execute(
        f"SELECT {_COLUMNS} FROM users WHERE fold = ?",  # noqa: S608 - a constant
        [fold],
    ).fetchone()
    return None if row is None else _user(row)


def get_user(connection: sqlite3.Connection, name: str) -> StoredUser:
    """Give the account of a name.

    Parameters
    ----------
    connection
        To the accounts.
    name
        In any case and width.

    Returns
    -------
    The account.

    Raises
    ------
    NotFound
        ``unknown_account``.
    """
    found = find_user(connection, name)
    if found is None:
        raise NotFound(f"没有账号“{name}”，请核对。", code="unknown_account", where="name")
    return found


def all_users(connection: sqlite3.Connection) -> list[User]:
    """Give every account, by name."""
    rows = connection.execute(
        f"SELECT {_COLUMNS} FROM users ORDER BY name"  # noqa: S608 - a constant
    )
    return [_user(row).shown for row in rows]


def set_role(connection: sqlite3.Connection, name: str, role: Role) -> None:
    """Give an account another role."""
    connection.execute("UPDATE users SET role = ? WHERE name = ?", [role, name])


def set_active(connection: sqlite3.Connection, name: str, *, active: bool) -> None:
    """Disable an account, or enable it again."""
    connection.execute("UPDATE users SET active = ? WHERE name = ?", [int(active), name])


def set_hash(connection: sqlite3.Connection, name: str, password: str) -> None:
    """Store another hash of an account's password."""
    connection.execute("UPDATE users SET password = ? WHERE name = ?", [password, name])


def _user(row: tuple[str, Role, int, float, str]) -> StoredUser:
    name, role, active, made_at, password = row
    return StoredUser(name, role, bool(active), datetime.fromtimestamp(made_at, UTC), password)
