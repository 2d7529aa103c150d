"""The day of an answer: that of the latest event of what it reads, never the clock's."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from layers.store import Store

__all__ = ["data_day"]

_NOTHING_YET = datetime(1970, 1, 1, tzinfo=UTC)


def data_day(store: Store, layers: Iterable[str], *, time_zone: str) -> date:
    """Day of the latest event of some layers.

    Parameters
    ----------
    store
        An open store.
    layers
        Those that are read: a saved answer must not change the date of the next one.
    time_zone
        Zone in which the event's instant is a day.

    Returns
    -------
    The day; that of 1970-01-01 in UTC where nothing was ever written.
    """
    recorded = [at for layer in layers if (at := store.head(layer).at) is not None]
    return max(recorded, default=_NOTHING_YET).astimezone(ZoneInfo(time_zone)).date()
