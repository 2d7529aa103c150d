"""Passwords: which are good enough, and how they are kept (argon2id)."""

from __future__ import annotations

import re
import threading
import unicodedata
from functools import cached_property

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from api.auth.guessing import pieces
from layers.errors import InvalidRecord

__all__ = ["Passwords", "normal_form", "require_good"]

_SHORTEST = 12
_LONGEST = 128
_FEWEST_PIECES = 4
_FEWEST_LETTERS = 5
_AT_ONCE = 2
"""Each hashing takes tens of MiB and a core; a crowd at the door waits instead of filling both."""


def normal_form(password: str) -> str:
    """Give a password as it is hashed: the same from a full-width and an ordinary keyboard."""
    return unicodedata.normalize("NFKC", password)


def require_good(password: str, name: str) -> None:
    """Refuse a new password that is too short, too long or soon guessed.

    Parameters
    ----------
    password
        As typed.
    name
        Of its account.

    Raises
    ------
    InvalidRecord
        ``password_short``, ``password_long``, ``password_characters``, ``password_name``,
        ``password_common``.
    """
    if len(password) > _LONGEST:
        raise InvalidRecord(
            f"密码最多 {_LONGEST} 个字符，请缩短。", code="password_long", where="password"
        )
    text = normal_form(password)
    if len(text) < _SHORTEST:
        raise InvalidRecord(
            f"密码至少 {_SHORTEST} 个字符，请加长；几个不相干的词连起来既长又好记。",
            code="password_short",
            where="password",
        )
    if not _typable(text):
        raise InvalidRecord(
            "密码含控制字符，请改用可见的字符。", code="password_characters", where="password"
        )
    folded = text.casefold()
    if _guessable(folded, ()):
        raise InvalidRecord(
            "这个密码很常见或很好猜（常用词、键盘顺序、重复、年份、手机号），请换一个。",
            code="password_common",
            where="password",
        )
    if _guessable(folded, _names(name)):
        raise InvalidRecord(
            "密码和账号名几乎一样，请换一个。", code="password_name", where="password"
        )


class Passwords:
    """Makes and checks hashes.

    Parameters
    ----------
    hasher
        With its costs; None: argon2id with 46 MiB, one pass, one lane.

    Source
    ------
    OWASP Password Storage Cheat Sheet, first of the equally strong settings for argon2id. Hashes
    carry their costs: when ours are raised, they are renewed at the next sign-in.
    """

    def __init__(self, hasher: PasswordHasher | None = None) -> None:
        self._hasher = hasher or PasswordHasher(time_cost=1, memory_cost=47_104, parallelism=1)
        self._doors = threading.BoundedSemaphore(_AT_ONCE)

    @cached_property
    def _nobody(self) -> str:
        """What is verified where there is no account; made when the first password is."""
        return self._hasher.hash("no account has this")

    def hash(self, password: str) -> str:
        """Give the hash of a password, with its salt and costs in it."""
        with self._doors:
            return self._hasher.hash(normal_form(password))

    def fits(self, stored: str | None, password: str) -> bool:
        """Say whether a password is the stored one, taking as long where there is none.

        Parameters
        ----------
        stored
            Its hash; None: there is no such account.
        password
            As typed.

        Returns
        -------
        False for no account, and for what no password can be.
        """
        text = normal_form(password) if len(password) <= _LONGEST else ""
        possible = text != "" and _typable(text)
        try:
            with self._doors:
                nobody = self._nobody  # also for an account: nothing is slower the first time
                self._hasher.verify(stored or nobody, text if possible else "")
        except (VerificationError, InvalidHashError):
            return False
        return stored is not None and possible

    def outdated(self, stored: str) -> bool:
        """Say whether a hash was made with other costs than ours."""
        return self._hasher.check_needs_rehash(stored)


def _typable(text: str) -> bool:
    return not any(unicodedata.category(letter) in {"Cc", "Cs", "Cn"} for letter in text)


def _guessable(text: str, words: tuple[str, ...]) -> bool:
    if text.isdigit() or len(set(text)) < _FEWEST_LETTERS:
        return True
    zipped = pieces(text[::2], words) + pieces(text[1::2], words)  # a1b2c3, 1q2w3e
    return min(pieces(text, words), zipped) < _FEWEST_PIECES


def _names(name: str) -> tuple[str, ...]:
    folded = normal_form(name).casefold()
    parts = {folded, *re.split(r"[._@-]", folded)}
    return tuple(word for part in parts for word in (part, part[::-1]) if len(part) > 1)
