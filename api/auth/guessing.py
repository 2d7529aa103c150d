"""How many predictable pieces make up a password: few pieces are guessed at once."""

from __future__ import annotations

import re
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection

__all__ = ["common_words", "pieces"]

_ROWS = (
    "`1234567890-=",
    "~!@#$%^&*()_+",
    "qwertyuiop[]\\",
    "asdfghjkl;'",
    "zxcvbnm,./",
    "1qaz",
    "2wsx",
    "3edc",
    "4rfv",
    "5tgb",
    "6yhn",
    "7ujm",
    "8ik,",
    "9ol.",
    "0p;/",
    "!qaz",
    "@wsx",
    "#edc",
    "$rfv",
    "741",
    "852",
    "963",
)
_WALKS = _ROWS + tuple(row[::-1] for row in _ROWS)
_LOOKALIKES = tuple(str.maketrans("0134578@$!|", f"o{one}eastbas{one}{one}") for one in ("i", "l"))
_LEAST = 3
"""A run or a word shorter than this is letters like any other."""
_NUMBERS = re.compile(
    r"\d{6}(?:19|20)\d{2}[01]\d[0-3]\d{4}[\dx]"  # identity card
    r"|1[3-9]\d{9}"  # mobile number
    r"|(?:19|20)\d{2}[-./]?(?:1[0-2]|0?[1-9])[-./]?(?:3[01]|[12]\d|0?[1-9])"  # day
    r"|(?:19|20)\d{2}"  # year
)


@cache
def common_words() -> frozenset[str]:
    """Give the words of which people make passwords, in lower case."""
    text = files("api.auth").joinpath("data", "common_words.txt").read_text(encoding="utf-8")
    lines = (line for line in text.splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


def pieces(text: str, words: Collection[str] = ()) -> int:
    """Count the fewest predictable pieces that make up a text.

    Parameters
    ----------
    text
        In lower case.
    words
        Known besides the common ones, such as the name of the account.

    Returns
    -------
    A common word (also with 0 for o, @ for a ...), a run of the alphabet or keyboard, one
    character or block again and again, a year, day, mobile or identity number: one piece each;
    so is any other character.

    Source
    ------
    The idea of shortest cover is that of Wheeler, zxcvbn: low-budget password strength estimation
    (USENIX Security 2016); we count pieces instead of estimating guesses.
    """
    known = common_words().union(words)
    longest = max(map(len, known))
    spellings = (text, *(text.translate(table) for table in _LOOKALIKES))
    fewest = [0] + [len(text)] * len(text)
    for start in range(len(text)):
        ends = {start + 1, _run_end(text, start), _walk_end(text, start), *_repeats(text, start)}
        ends |= {found.end() for found in [_NUMBERS.match(text, start)] if found}
        ends |= {
            start + size
            for size in range(2, min(longest, len(text) - start) + 1)
            if any(spelling[start : start + size] in known for spelling in spellings)
        }
        for end in ends:
            fewest[end] = min(fewest[end], fewest[start] + 1)
    return fewest[-1]


def _run_end(text: str, start: int) -> int:
    """Find the end of aaa, abc or 321 from here on."""
    codes = [ord(letter) for letter in text[start:]]
    if len(codes) < _LEAST or abs(step := codes[1] - codes[0]) > 1:
        return start + 1
    size = 2
    while size < len(codes) and codes[size] - codes[size - 1] == step:
        size += 1
    return start + size if size >= _LEAST else start + 1


def _walk_end(text: str, start: int) -> int:
    """Find the end of qwe or 1qaz from here on."""
    size = _LEAST
    while start + size <= len(text) and any(text[start : start + size] in row for row in _WALKS):
        size += 1
    return start + size - 1 if size > _LEAST else start + 1


def _repeats(text: str, start: int) -> list[int]:
    """Find ends of what stands right before, once more."""
    return [
        start + size
        for size in range(2, min(start, len(text) - start) + 1)
        if text[start - size : start] == text[start : start + size]
    ]
