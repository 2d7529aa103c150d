"""CASEI and ACCENTI: texts without regard to case and to accents, alike in every store."""

from __future__ import annotations

import re
import unicodedata

__all__ = ["MARKS", "accenti", "casei"]

MARKS = "[\u0300-\u036f\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f]"
"""Regular expression of the combining marks that ACCENTI takes away."""

_MARKS = re.compile(MARKS)


def casei(text: str) -> str:
    """Give a text in the one case that is compared.

    Upper, then lower: ``ß`` and ``ss``, ``ς`` and ``σ`` meet, as in full case folding, and a
    database can do the same.
    """
    return text if text.isascii() and text.islower() else text.upper().lower()


def accenti(text: str) -> str:
    """Give a text without accents: decomposed, the marks taken away, composed again."""
    if text.isascii():
        return text
    return unicodedata.normalize("NFC", _MARKS.sub("", unicodedata.normalize("NFD", text)))
