"""Ids of features that their schema gives no key: ULIDs, sorted by time of making."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

__all__ = ["new_ulid"]

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"


def new_ulid(moment: datetime) -> str:
    """Make an id.

    Parameters
    ----------
    moment
        Time of making, with time zone.

    Returns
    -------
    26 characters of Crockford's base 32: 48 bits of milliseconds, 80 random bits.

    Source
    ------
    github.com/ulid/spec.
    """
    number = int(moment.timestamp() * 1000) << 80 | secrets.randbits(80)
    return "".join(_ALPHABET[number >> shift & 31] for shift in range(125, -1, -5))
