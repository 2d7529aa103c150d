"""The entrance: who is behind a cookie or token, signing in and out.

Every refused sign-in is an entry of the access log, written in the same transaction as what it
changes: there is none without the other.
"""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Self

from api.account import ROLE_TITLES, Account
from api.auth import lockout, sessions, tokens, users
from api.auth.database import AccountsFile
from api.auth.errors import SignInRefused
from api.auth.passwords import Passwords, require_good
from layers.accesslog import append_entry
from layers.errors import NotAllowed, StoreError
from layers.store_values import Actor

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

__all__ = ["Entrance", "Session"]

_WRONG = "账号或密码不对，请重新输入；忘记密码请找管理员。"
_SOMEBODY = Actor(ROLE_TITLES["viewer"], "viewer")


@dataclass(frozen=True)
class Session:
    """A session that has just begun.

    Attributes
    ----------
    account
        Whose.
    cookie
        Value of the cookie; it cannot be had again.
    csrf
        What the page sends with unsafe requests.
    """

    account: Account
    cookie: str
    csrf: str


class Entrance:
    """Sessions, tokens and passwords of one installation.

    Parameters
    ----------
    path
        ``DIR/accounts.sqlite``; made if there is none.
    clock
        Gives the time, with time zone; None: now.
    passwords
        How hashes are made; None: as the service does.

    Raises
    ------
    StoreError
        If the file cannot be opened.
    """

    def __init__(
        self,
        path: Path,
        *,
        clock: Callable[[], datetime] | None = None,
        passwords: Passwords | None = None,
    ) -> None:
        self._file = AccountsFile(path, clock=clock)
        self._passwords = passwords or Passwords()

    def by_session(self, cookie: str) -> Account | None:
        """Say whose a session is, and note that it was used.

        Parameters
        ----------
        cookie
            Value of the cookie.

        Returns
        -------
        The account; None if the session is unknown or over.
        """
        now = self._now()
        with self._file.reading() as connection:
            found = sessions.account_of_session(connection, cookie, now)
        if found is None:
            return None
        account, due = found
        if due:
            # On a full disk people may still read; the session then ends a little early.
            with contextlib.suppress(StoreError), self._file.writing() as connection:
                sessions.touch_session(connection, cookie, now)
        return account

    def by_token(self, text: str) -> Account | None:
        """Say whose a token is.

        Parameters
        ----------
        text
            The token.

        Returns
        -------
        The account with its present role; None if the token is unknown, revoked or expired.
        """
        with self._file.reading() as connection:
            return tokens.account_of_token(connection, text, self._now())

    def sign_in(
        self, name: str, password: str, *, address: str = "", replaces: str = ""
    ) -> Session:
        """Begin a session.

        Parameters
        ----------
        name, password
            As typed.
        address
            From where; "" if nobody knows.
        replaces
            Cookie that the browser already had: that session ends.

        Returns
        -------
        The session, under a fresh id.

        Raises
        ------
        SignInRefused
            If they are not those of an active account.
        TooManyAttempts
            If this name or address has to wait.
        """
        attempt = self._reserve(name, address)
        with self._file.reading() as connection:
            found = users.find_user(connection, name)
        fits = self._passwords.fits(found.password if found else None, password)
        if found is None or not fits or not found.active:
            reason = "unknown" if found is None else "disabled" if fits else "password"
            self._refuse(attempt, reason, address, found.name if found else "")
            raise SignInRefused(_WRONG, where="name")
        renewed = self._passwords.outdated(found.password) and self._passwords.hash(password)
        now = self._now()
        with self._file.writing() as connection:
            if users.get_user(connection, found.name) != found:  # changed while we were hashing
                raise SignInRefused(_WRONG, where="name")
            lockout.forgive(connection, attempt)
            if renewed:
                users.set_hash(connection, found.name, renewed)
            if replaces:
                sessions.end_session(connection, replaces)
            cookie = sessions.start_session(connection, found.name, now)
            account = Account(found.name, found.role, "session")
            self._record(connection, account.actor, "sign_in", {"address": address})
        return Session(account, cookie, sessions.csrf_token(cookie))

    def sign_out(self, cookie: str) -> None:
        """End a session; one that is over is no error.

        Parameters
        ----------
        cookie
            Value of the cookie.
        """
        account = self.by_session(cookie)
        with self._file.writing() as connection:
            sessions.end_session(connection, cookie)
            if account is not None:
                self._record(connection, account.actor, "sign_out", {})

    def change_own_password(
        self, account: Account, old: str, new: str, *, address: str = "", kept: str = ""
    ) -> None:
        """Change the password of whoever is signed in; all its other sessions end.

        Parameters
        ----------
        account
            Who.
        old, new
            Passwords.
        address
            From where.
        kept
            Cookie of the session that goes on.

        Raises
        ------
        NotAllowed
            ``wrong_password``: the old one is another; counted like a wrong sign-in.
        InvalidRecord
            If the new one is not good enough.
        TooManyAttempts
            If the old one was wrong too often.
        """
        require_good(new, account.name)
        attempt = self._reserve(account.name, address)
        with self._file.reading() as connection:
            found = users.get_user(connection, account.name)
        wrong = NotAllowed("原密码不对，密码未修改。", code="wrong_password", where="old")
        if not self._passwords.fits(found.password, old):
            with self._file.writing() as connection:
                self._record(connection, account.actor, "password_refused", {"address": address})
            raise wrong
        stored = self._passwords.hash(new)
        with self._file.writing() as connection:
            if users.get_user(connection, found.name) != found:  # changed while we were hashing
                raise wrong
            lockout.forgive(connection, attempt)
            users.set_hash(connection, found.name, stored)
            sessions.end_sessions(connection, found.name, kept=kept)
            self._record(connection, account.actor, "password_changed", {"account": found.name})

    def close(self) -> None:
        """Close the file; a second call does nothing."""
        self._file.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *args: object) -> None:
        self.close()

    def _reserve(self, name: str, address: str) -> lockout.Attempt:
        subjects = [lockout.of_name(users.folded(name))]
        if address:
            subjects.append(lockout.of_address(address))
        with self._file.writing() as connection:
            return lockout.reserve(connection, subjects, self._now())

    def _refuse(self, attempt: lockout.Attempt, reason: str, address: str, name: str) -> None:
        """Write down a wrong attempt; an unknown name may be a password, so it is left out."""
        about: dict[str, Any] = {"account": name, "address": address, "reason": reason}
        if attempt.locked:
            about["locked_seconds"] = round(attempt.locked)
        with self._file.writing() as connection:
            self._record(connection, _SOMEBODY, "sign_in_refused", about)

    def _record(
        self, connection: sqlite3.Connection, actor: Actor, action: str, detail: Mapping[str, Any]
    ) -> None:
        append_entry(connection, self._file.clock(), actor, action, detail)

    def _now(self) -> float:
        return self._file.clock().timestamp()
