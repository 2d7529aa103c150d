"""The parameters of the standard: text in, checked values out."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from geo.errors import InputError

if TYPE_CHECKING:
    from datetime import tzinfo

__all__ = ["DEFAULT_LIMIT", "MAX_LIMIT", "Box", "Period", "read_bbox", "read_limit", "read_period"]

Box = tuple[float, float, float, float]
"""minx, miny, maxx, maxy in the axis order of its CRS; of degrees, west may be east of east."""

DEFAULT_LIMIT = 100
MAX_LIMIT = 10_000

_WHOLE = re.compile(r"\+?[0-9]{1,18}")
_NUMBER = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]{1,3})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"([0-9]{4}-[0-9]{2}-[0-9]{2})[Tt]([0-9]{2}:[0-9]{2}:)([0-9]{2})(\.[0-9]{1,9})?"
    r"([Zz]|[+-][0-9]{2}:[0-9]{2})"
)
_OPEN = {"", ".."}


@dataclass(frozen=True, slots=True)
class Period:
    """An instant or interval of `datetime`; None as an end is open.

    Attributes
    ----------
    first, last
        Days, or moments with time zone; of an instant both are the same.
    """

    first: date | datetime | None
    last: date | datetime | None

    def days(self, tz: str) -> tuple[date | None, date | None]:
        """Give first and last day, in the zone in which a moment is a business day.

        Parameters
        ----------
        tz
            Name of the zone.

        Returns
        -------
        As `layers.store.Query.during`.
        """
        zone = ZoneInfo(tz)
        return _day(self.first, zone), _day(self.last, zone)


def read_limit(text: str) -> int:
    """Read how many features a page shall have.

    Parameters
    ----------
    text
        A whole number from 1; what is above `MAX_LIMIT` counts as that.

    Returns
    -------
    The limit.

    Raises
    ------
    InputError
        For anything else.
    """
    if not _WHOLE.fullmatch(text) or int(text) < 1:
        raise InputError(f"应为 1 至 {MAX_LIMIT} 的整数")
    return min(int(text), MAX_LIMIT)


def read_bbox(text: str) -> Box:
    """Read a box.

    Parameters
    ----------
    text
        Four numbers, or six of which the heights (third and sixth) are passed over: layers are
        flat. Which of them are longitudes is for its CRS to say.

    Returns
    -------
    The four numbers, as written.

    Raises
    ------
    InputError
        If there are not four or six finite numbers, or the lowest height is the highest.
    """
    parts = [part.strip() for part in text.split(",")]
    if len(parts) not in {4, 6} or not all(_NUMBER.fullmatch(part) for part in parts):
        raise InputError("应为四个（或含高程的六个）以逗号分开的数字")
    numbers = [float(part) for part in parts]
    if not all(map(math.isfinite, numbers)):
        raise InputError("应为有限的数字")
    if len(numbers) == 6:
        if numbers[2] > numbers[5]:
            raise InputError("的最低高程不能大于最高高程")
        del numbers[5], numbers[2]
    return numbers[0], numbers[1], numbers[2], numbers[3]


def read_period(text: str) -> Period:
    """Read the parameter `datetime`.

    Parameters
    ----------
    text
        A day, a moment with time zone (RFC 3339), or two of them with ``/`` between; ``..`` or
        nothing is an open end.

    Returns
    -------
    The instant or interval.

    Raises
    ------
    InputError
        If it is malformed, no real day, or ends before it begins.
    """
    begin, slash, end = text.partition("/")
    if not slash:
        instant = _instant(text)
        return Period(instant, instant)
    first = None if begin in _OPEN else _instant(begin)
    last = None if end in _OPEN else _instant(end)
    if first is not None and last is not None and _reversed(first, last):
        raise InputError("的起点不能晚于终点")
    return Period(first, last)


def _instant(text: str) -> date | datetime:
    try:
        if _DAY.fullmatch(text):
            return date.fromisoformat(text)
        if found := _MOMENT.fullmatch(text):
            day, clock, seconds, fraction, zone = found.groups()
            seconds = min(seconds, "59") if seconds == "60" else seconds  # a leap second
            told = f"{day}T{clock}{seconds}{(fraction or '')[:7]}{zone.upper()}"
            return datetime.fromisoformat(told)
    except ValueError as error:
        raise InputError("应为真实的日期或时刻") from error
    raise InputError(
        "应为日期（2026-01-31）、带时区的时刻（2026-01-31T08:00:00+08:00），"
        "或以 / 分开的起止，.. 表示不限"
    )


def _reversed(first: date | datetime, last: date | datetime) -> bool:
    if isinstance(first, datetime) and isinstance(last, datetime):
        return first > last
    # A day and a moment: which day the moment is depends on the zone, but never by more than one.
    days = [_plain(end) for end in (first, last)]
    slack = isinstance(first, datetime) or isinstance(last, datetime)
    return days[0] > days[1] and (days[0] - days[1]).days > int(slack)


def _plain(end: date | datetime) -> date:
    return end.date() if isinstance(end, datetime) else end


def _day(end: date | datetime | None, zone: tzinfo) -> date | None:
    return end.astimezone(zone).date() if isinstance(end, datetime) else end
