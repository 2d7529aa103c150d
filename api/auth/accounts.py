"""The accounts of one installation: the one door that endpoints and the command line use.

Every change and every refused sign-in is an entry of the access log, written in the same
transaction: there is none without the other.
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
from layers.errors import Conflict, NotAllowed, StoreError
from layers.store_values import Actor

if TYPE_CHECKING:
    import sqlite3
    from collections.abc import Callable, Mapping
    from datetime import datetime
    from pathlib import Path

    from api.auth.tokens import Token
    from api.auth.users import User

__all__ = ["Accounts", "Session"]

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


class Accounts:
    """Accounts, sessions and tokens.

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

    # -- who asks -------------------------------------------------------------------------------

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

    # -- signing in and out ---------------------------------------------------------------------

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
        if not self._passwords.fits(found.password, old):
            with self._file.writing() as connection:
                self._record(connection, account.actor, "password_refused", {"address": address})
            raise NotAllowed("原密码不对，密码未修改。", code="wrong_password", where="old")
        stored = self._passwords.hash(new)
        with self._file.writing() as connection:
            lockout.forgive(connection, attempt)
            users.set_hash(connection, found.name, stored)
            sessions.end_sessions(connection, found.name, kept=kept)
            self._record(connection, account.actor, "password_changed", {"account": found.name})

    # -- accounts -------------------------------------------------------------------------------

    def users(self) -> list[User]:
        """Give every account, by name."""
        with self._file.reading() as connection:
            return users.all_users(connection)

    def create_user(self, name: str, role: str, password: str, *, actor: Actor) -> User:
        """Add an account.

        Parameters
        ----------
        name
            1 to 64 letters of any script, digits and ``. _ - @``.
        role
            One of `api.account.ROLES`.
        password
            A good one.
        actor
            Who adds it.

        Returns
        -------
        The account.

        Raises
        ------
        InvalidRecord
            If name, role or password will not do.
        Conflict
            ``account_exists``.
        """
        users.require_name(name)
        known = users.require_role(role)
        require_good(password, name)
        stored = self._passwords.hash(password)
        with self._file.writing() as connection:
            users.add_user(connection, name, known, stored, self._now())
            self._record(connection, actor, "account_added", {"account": name, "role": known})
            return users.get_user(connection, name).shown

    def change_user(
        self,
        name: str,
        *,
        role: str | None = None,
        active: bool | None = None,
        password: str | None = None,
        actor: Actor,
    ) -> User:
        """Change somebody's account; its sessions end.

        Parameters
        ----------
        name
            Whose.
        role
            The new one; tokens have it at once. None: as before.
        active
            False disables the account and revokes its tokens; True enables it again.
        password
            A new one; also ends a lock-out.
        actor
            Who changes it; not the account itself, if it is signed in: so one administrator is
            always left.

        Returns
        -------
        The account as it is now.

        Raises
        ------
        NotFound
            ``unknown_account``.
        InvalidRecord
            If role or password will not do.
        Conflict
            ``own_account``.
        """
        known = None if role is None else users.require_role(role)
        with self._file.reading() as connection:
            name = users.get_user(connection, name).name
        if actor.verified and actor.name == name:
            raise Conflict(
                "不能在这里改自己的账号：密码请在“我的账户”里改，其余请另一位管理员办理。",
                code="own_account",
                where="name",
            )
        stored = None
        if password is not None:
            require_good(password, name)
            stored = self._passwords.hash(password)
        with self._file.writing() as connection:
            before = users.get_user(connection, name)
            if known is not None and known != before.role:
                users.set_role(connection, name, known)
                detail = {"account": name, "role": known, "before": before.role}
                self._record(connection, actor, "account_role", detail)
            if active is not None and active != before.active:
                users.set_active(connection, name, active=active)
                action = "account_enabled" if active else "account_disabled"
                gone = 0 if active else tokens.remove_tokens(connection, name)
                self._record(connection, actor, action, {"account": name, "tokens": gone})
            if stored is not None:
                users.set_hash(connection, name, stored)
                lockout.forget(connection, lockout.of_name(users.folded(name)))
                self._record(connection, actor, "account_password", {"account": name})
            after = users.get_user(connection, name)
            if after != before:
                sessions.end_sessions(connection, name)
        return after.shown

    # -- tokens ---------------------------------------------------------------------------------

    def tokens(self, name: str) -> list[Token]:
        """Give the tokens of an account, oldest first.

        Parameters
        ----------
        name
            Of the account.

        Returns
        -------
        Without their texts, which nobody has any more.
        """
        with self._file.reading() as connection:
            return tokens.tokens_of(connection, users.get_user(connection, name).name)

    def issue_token(
        self, name: str, *, days: int, actor: Actor, label: str = "", gis: bool = False
    ) -> tuple[str, Token]:
        """Make a token.

        Parameters
        ----------
        name
            Whose.
        days
            How long it is good.
        actor
            Who makes it.
        label
            What it is for.
        gis
            Whether it may write without If-Match.

        Returns
        -------
        Its text, to be shown once, and what may be shown later.

        Raises
        ------
        NotFound
            ``unknown_account``.
        InvalidRecord
            If days or label will not do.
        Conflict
            ``account_disabled`` or ``too_many_tokens``.
        """
        with self._file.writing() as connection:
            owner = users.get_user(connection, name)
            if not owner.active:
                raise Conflict(
                    f"账号“{owner.name}”已停用，不能发令牌。", code="account_disabled", where="name"
                )
            text, token = tokens.add_token(
                connection, owner.name, label=label, days=days, gis=gis, now=self._now()
            )
            detail = {"account": owner.name, "token": token.id, "days": days, "gis": gis}
            self._record(connection, actor, "token_issued", detail)
        return text, token

    def find_token(self, word: str) -> Token | None:
        """Give the token of an id, or of its own text.

        Parameters
        ----------
        word
            Either.

        Returns
        -------
        The token; None if there is none.
        """
        with self._file.reading() as connection:
            return tokens.find_token(connection, word)

    def revoke_token(self, id: str, *, owner: str, actor: Actor) -> None:
        """Revoke one token.

        Parameters
        ----------
        id
            Of the token.
        owner
            Whose it must be.
        actor
            Who revokes it.

        Raises
        ------
        NotFound
            ``unknown_token``.
        """
        with self._file.writing() as connection:
            tokens.remove_token(connection, id, owner=owner)
            self._record(connection, actor, "token_revoked", {"account": owner, "token": id})

    def revoke_all(self, name: str, *, actor: Actor) -> int:
        """Revoke all tokens of an account and end its sessions.

        Parameters
        ----------
        name
            Whose.
        actor
            Who does it.

        Returns
        -------
        How many tokens there were.

        Raises
        ------
        NotFound
            ``unknown_account``.
        """
        with self._file.writing() as connection:
            name = users.get_user(connection, name).name
            gone = tokens.remove_tokens(connection, name)
            sessions.end_sessions(connection, name)
            self._record(connection, actor, "account_revoked", {"account": name, "tokens": gone})
        return gone

    # -- the file -------------------------------------------------------------------------------

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
