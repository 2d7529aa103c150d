"""Ids of features that their schema gives no key: ULIDs, sorted by time of making."""

from __future__ import annotations

import secrets
from itertools import count, product
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

__all__ = ["new_ulid", "ulids"]

_PAIRS = ["".join(pair) for pair in product("0123456789ABCDEFGHJKMNPQRSTVWXYZ", repeat=2)]


def new_ulid(moment: datetime) -> str:
    """Make an id.

    Parameters
    ----------
    moment
        Time of making, with time zone.

    Returns
    -------
    26 characters of Crockford's base 32: 48 bits of milliseconds, a zero, 79 random bits.

    Source
    ------
    github.com/ulid/spec.
    """
    return _written(_number(moment))


def ulids(moment: datetime) -> Iterator[str]:
    """Make ids of one moment that sort in the order of their making.

    Rising ids go to the end of an index; those of `new_ulid` would go anywhere in it.

    Parameters
    ----------
    moment
        Time of making, with time zone.

    Yields
    ------
    Ids as `new_ulid` makes them, the random part of each one more than before.

    Source
    ------
    github.com/ulid/spec, "Monotonicity".
    """
    return map(_written, count(_number(moment)))


def _number(moment: datetime) -> int:
    # The highest random bit stays free, so that counting up never reaches the next millisecond.
    return int(moment.timestamp() * 1000) << 80 | secrets.randbits(79)


def _written(number: int) -> str:
    return "".join([_PAIRS[number >> shift & 1023] for shift in range(120, -1, -10)])
