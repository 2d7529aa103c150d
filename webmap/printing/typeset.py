"""Lines of running text: where to break Chinese and Latin, numbers as people read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date

    from webmap.printing.fonts import FontBook

__all__ = ["broken", "chinese_date", "counted", "percent", "short_name"]

_PIECES = re.compile(r"[\x21-\x7e\u00a0-\u02ff]+|\s+|.")
_NOT_FIRST = set("，。；：、！？）》”’％%…·")
_NOT_LAST = set("（《“‘")


def broken(text: str, width: float, *, size: float, role: str, fonts: FontBook) -> tuple[str, ...]:
    """Break a text into lines that are not wider than `width`.

    Parameters
    ----------
    text
        One paragraph. Chinese breaks anywhere but before closing and after opening marks, Latin
        at blanks; a Latin word wider than the line is cut.
    width, size
        Of the line and the letters, mm.
    role, fonts
        For the advances.
    """

    def wide(line: str) -> float:
        return fonts.width(line.strip(), size=size, role=role)

    pieces: list[str] = []
    for piece in _PIECES.findall(text):
        if wide(piece) <= width:
            pieces.append(piece)
        else:
            pieces += list(piece)
    lines, line = [], ""
    for number, piece in enumerate(pieces):
        following = pieces[number + 1] if number + 1 < len(pieces) else ""
        tail = following if following in _NOT_FIRST else ""
        if line.strip() and wide(line + piece + tail) > width and piece not in _NOT_FIRST:
            held = line[-1] if line[-1] in _NOT_LAST else ""
            lines.append(line.removesuffix(held).strip())
            line = held
        line += piece
    if line.strip():
        lines.append(line.strip())
    return tuple(lines)


def chinese_date(day: date) -> str:
    """Day as 2026年11月24日."""
    return f"{day.year}年{day.month}月{day.day}日"


def counted(value: float) -> str:
    """People as a whole number with commas; a dash where the number is unknown."""
    return "—" if value != value else f"{value:,.0f}"  # noqa: PLR0124  (NaN)


def percent(share: float) -> str:
    """Share as per cent with one decimal; a dash where there is none."""
    return "—" if share != share else f"{share * 100:.1f}%"  # noqa: PLR0124  (NaN)


def short_name(name: str) -> str:
    """Name as printed on the map: 村 and 社区 are dropped where two characters or more remain."""
    for tail in ("社区", "村"):
        if name.endswith(tail) and len(name) - len(tail) >= 2:
            return name.removesuffix(tail)
    return name
