"""Office files whose times are the data's day: the same content is the same bytes."""

from __future__ import annotations

import re
import zipfile
from datetime import date
from typing import TYPE_CHECKING

from layers.whole_files import whole_file

if TYPE_CHECKING:
    from collections.abc import Mapping
    from io import BytesIO
    from pathlib import Path

__all__ = ["first_day", "write_dated"]

_FIRST_DAY = date(1980, 1, 1)  # The earliest that a zip file can say.
_STAMPS = re.compile(rb"(<\w+:(?:created|modified)\b[^>]*>)[^<]*")


def first_day(day: date) -> date:
    """Give a day that a zip file can say: itself, or 1980-01-01 if it is earlier."""
    return max(day, _FIRST_DAY)


def write_dated(
    made: BytesIO, path: Path, day: date, *, parts: Mapping[str, bytes] | None = None
) -> None:
    """Write an office file anew with every time in it set to one day.

    Parameters
    ----------
    made
        The file as a library made it.
    path
        Where it goes; written whole or not at all.
    day
        Day of the data.
    parts
        Members that take the place of those of the same name.
    """
    day = first_day(day)
    stamp = rb"\g<1>" + f"{day:%Y-%m-%d}T00:00:00Z".encode()
    replaced = parts or {}
    with (
        whole_file(path) as part,
        zipfile.ZipFile(made) as found,
        zipfile.ZipFile(part, "w") as dated,
    ):
        for name in found.namelist():
            body = replaced.get(name) or found.read(name)
            if name == "docProps/core.xml":
                body = _STAMPS.sub(stamp, body)
            member = zipfile.ZipInfo(name, (day.year, day.month, day.day, 0, 0, 0))
            member.compress_type = zipfile.ZIP_DEFLATED
            dated.writestr(member, body)
