"""Text as the cells of a workbook hold it.

XML turns a carriage return into a line feed, so Excel writes it as ``_x000D_``, and text that looks
like such an escape with its first underline escaped. A cell holds 32,767 characters; longer text
stands in a sheet of its own, and the cell refers to it.
"""

from __future__ import annotations

import re

__all__ = ["LONG_TEXTS", "fits_a_cell", "from_cell", "pieces", "reference", "referred", "to_cell"]

LONG_TEXTS = "长文"
"""The sheet of texts that no cell holds: number, piece, text."""

_CELL_UNITS = 32_767  # of UTF-16, the format's own limit
_PIECE = 4_000  # characters; even if each is escaped, a piece fits into a cell
_ESCAPE = re.compile(r"\r|_(?=x[0-9A-Fa-f]{4}_)")
_ESCAPED = re.compile("_x([0-9A-Fa-f]{4})_")
_REFERENCE = re.compile(f"〔{LONG_TEXTS} ([1-9][0-9]{{0,8}})〕")


def to_cell(text: str) -> str:
    """Escape what XML would change, and what reads like an escape."""
    return _ESCAPE.sub(lambda found: f"_x{ord(found.group()):04X}_", text)


def from_cell(text: str) -> str:
    """Give the text that a cell stands for."""
    if "_x" not in text:
        return text
    return _ESCAPED.sub(lambda found: chr(int(found.group(1), 16)), text)


def fits_a_cell(text: str) -> bool:
    """Whether a text can stand in a cell and be read as itself."""
    if len(text) > _CELL_UNITS or _REFERENCE.fullmatch(text):
        return False
    return len(text) <= _PIECE or len(to_cell(text).encode("utf-16-le")) <= 2 * _CELL_UNITS


def pieces(text: str) -> list[str]:
    """Cut a long text into parts that fit into cells."""
    return [text[start : start + _PIECE] for start in range(0, len(text), _PIECE)]


def reference(number: int) -> str:
    """Write what stands in a cell in place of a long text."""
    return f"〔{LONG_TEXTS} {number}〕"


def referred(text: str) -> int | None:
    """Give the number of the long text that a cell refers to; None where it is its own text."""
    found = _REFERENCE.fullmatch(text)
    return None if found is None else int(found.group(1))
