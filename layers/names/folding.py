"""One form for a name however it is typed: width, case, tones, traditional characters, variants."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import Any

import yaml

from layers.derived import plain_pinyin
from layers.facts.files import data_file

__all__ = ["GENERIC", "core", "fold", "fold_variants", "is_chinese"]

GENERIC = ("社区", "县", "镇", "乡", "村")
"""Generic terms that people leave out."""

_PLAIN = re.compile("[\u4e00-\u9fff]*")  # characters that no normal form changes
_NOTHING = dict.fromkeys(map(ord, " \t\n\r\v\f\u00a0\u3000'’‘ʼ`´·"))


class _Simplified(dict[int, str]):
    """Character -> simplified character, asked of the converter at first need."""

    def __init__(self) -> None:
        super().__init__(_NOTHING)  # type: ignore[arg-type]  # None deletes, as str.translate says

    def __missing__(self, code: int) -> str:
        character = chr(code)
        found = _converter().convert(character) if code > 0x2E7F else character
        self[code] = found
        return found


@cache
def _converter() -> Any:  # noqa: ANN401 - an untyped package
    from opencc import OpenCC  # noqa: PLC0415 - opening its tables is slow

    return OpenCC("t2s")


@cache
def _simplified() -> _Simplified:
    return _Simplified()


@cache
def _variants() -> dict[int, str]:
    """Read which characters stand for one another, from the county's list."""
    listed = yaml.safe_load(data_file("readings.yaml").read_text(encoding="utf-8"))["variants"]
    return {ord(other): group[0] for group in listed for other in group[1:]}


def fold(text: str) -> str:
    """Bring a name or query into the form that is compared.

    Parameters
    ----------
    text
        As typed or stored.

    Returns
    -------
    NFKC, without blanks, apostrophes and tone marks, lower case, ü as v, simplified characters.
    Each character is converted for itself, so that a part of a name folds as the whole does.
    """
    if text.isascii():
        text = text.casefold()
    elif not _PLAIN.fullmatch(text):
        text = plain_pinyin(unicodedata.normalize("NFKC", text)).casefold().replace("ü", "v")
    return text.translate(_simplified())


def fold_variants(folded: str) -> str:
    """Replace characters of a folded text by the first of those they stand for (脑 by 垴)."""
    return folded.translate(_variants())


def core(name: str) -> str:
    """Give a name less its 县, 镇, 乡, 村 or 社区, where two characters remain."""
    for generic in GENERIC:
        if name.endswith(generic) and len(name) >= len(generic) + 2:
            return name.removesuffix(generic)
    return name


def is_chinese(character: str) -> bool:
    """Tell whether a character is a Chinese one, of any extension."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF
        or 0x3400 <= code <= 0x4DBF
        or 0xF900 <= code <= 0xFAFF
        or 0x20000 <= code <= 0x3FFFF
        or character == "〇"
    )
