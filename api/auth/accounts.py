"""The accounts of one installation: the one door that endpoints and the command line use.

Every change is an entry of the access log, written in the same transaction: there is none without
the other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from api.auth import lockout, sessions, tokens, users
from api.auth.entrance import Entrance
from api.auth.passwords import require_good
from layers.errors import Conflict

if TYPE_CHECKING:
    from api.auth.tokens import Token
    from api.auth.users import User
    from layers.store_values import Actor

__all__ = ["Accounts"]


class Accounts(Entrance):
    """The entrance, and what is behind it: accounts and their tokens.

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
