"""Romanised names: how a name is written in pinyin, and what is wrong with a spelling.

Each part has a capital, proper and generic stand apart (Sītíng Zhèn), a village's name is one word
(Shànfúcūn), an apostrophe stands before a, o, e inside a word (Xī'ān), tone marks are kept.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import islice, product
from typing import TYPE_CHECKING, Any

import yaml

from layers.derived import plain_pinyin
from layers.names.folding import is_chinese
from layers.names.readings import known_readings, readings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

__all__ = [
    "NO_READING",
    "Proposal",
    "generic_of",
    "generic_terms",
    "proposals",
    "spelled",
    "spelling_fault",
]

NO_READING = "不是这几个字的读音"
"""The gravest fault of a spelling: it is of another name."""

_MOST = 12
_BETWEEN = dict.fromkeys(map(ord, " '’‘ʼ-"))


@dataclass(frozen=True)
class Proposal:
    """One way to write a name, for a person to confirm.

    Attributes
    ----------
    pinyin, plain
        With and without tone marks.
    unsure
        Character, its syllable and where the reading comes from, for each character that has
        several readings or a local one.
    """

    pinyin: str
    plain: str
    unsure: tuple[tuple[str, str, str], ...]

    def to_json(self) -> dict[str, Any]:
        """Give the proposal as `xygeo check place_names --json` has it."""
        unsure = [{"char": c, "reading": r, "basis": b} for c, r, b in self.unsure]
        return {"pinyin": self.pinyin, "plain": self.plain, "unsure": unsure}


@cache
def _rules() -> Mapping[str, Any]:
    text = files("layers.names").joinpath("data", "rules.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def generic_terms(kind: str | None) -> tuple[str, ...]:
    """List the generic terms of a kind of place name; of all kinds where it has none of its own."""
    by_kind = _rules()["generics"]
    return (
        tuple(by_kind[kind]) if kind in by_kind else tuple(t for ts in by_kind.values() for t in ts)
    )


def generic_of(name: str, kind: str | None) -> str:
    """Give the generic term at the end of a name (路 of 长治路), or nothing."""
    fits = [t for t in generic_terms(kind) if name.endswith(t) and len(name) > len(t)]
    return max(fits, key=len, default="")


def spelled(name: str, kind: str | None) -> str:
    """Write a name in pinyin with its likeliest readings.

    Parameters
    ----------
    name
        Simplified characters.
    kind
        Of the place name; it decides what is a generic term.
    """
    return _written(name, [one[0].syllable for one in readings(name)], kind)


def proposals(name: str, kind: str | None) -> tuple[Proposal, ...]:
    """Propose spellings of a name, the likeliest first.

    Parameters
    ----------
    name
        Simplified characters.
    kind
        Of the place name.

    Returns
    -------
    Up to twelve, one a combination of readings; nobody but a person decides.
    """
    choices = readings(name)
    found = []
    for chosen in islice(product(*choices), _MOST):
        unsure = tuple(
            (c, r.syllable, r.basis)
            for c, r, several in zip(name, chosen, choices, strict=True)
            if len(several) > 1 or r.basis != "字典"
        )
        text = _written(name, [r.syllable for r in chosen], kind)
        found.append(Proposal(text, plain_pinyin(text), unsure))
    return tuple(found)


def spelling_fault(name: str, pinyin: str, kind: str | None) -> str | None:
    """Say what is wrong with a spelling.

    Parameters
    ----------
    name
        Simplified characters.
    pinyin
        As somebody wrote it.
    kind
        Of the place name.

    Returns
    -------
    The end of a Chinese sentence, or None where it is right.
    """
    pinyin = unicodedata.normalize("NFC", pinyin)
    bare = pinyin.casefold().translate(_BETWEEN)
    read = list(_read_as(name, bare))
    if not read:
        if plain_pinyin(bare) == bare and list(_read_as(name, bare, toned=False)):
            return "没有标声调"
        return NO_READING
    written = {_written(name, syllables, kind) for syllables in read}
    return None if pinyin in written else f"不合拼写规则，应写作 {'、'.join(sorted(written))}"


def _read_as(name: str, bare: str, *, toned: bool = True) -> Iterator[list[str]]:
    """Give each way to read the characters that makes these letters."""
    if not name:
        if not bare:
            yield []
        return
    first = name[0]
    known = sorted(known_readings(first)) if is_chinese(first) else [first.casefold()]
    for syllable in known:
        sound = syllable if toned else plain_pinyin(syllable)
        if bare.startswith(sound):
            for rest in _read_as(name[1:], bare[len(sound) :], toned=toned):
                yield [syllable, *rest]


def _written(name: str, syllables: Sequence[str], kind: str | None) -> str:
    generic = generic_of(name, kind)
    if generic in _rules()["one_word"]:
        generic = ""
    cut = len(name) - len(generic)
    return " ".join(_word(part) for part in (syllables[:cut], syllables[cut:]) if part)


def _word(syllables: Sequence[str]) -> str:
    word = ""
    for syllable in syllables:
        vowel = plain_pinyin(syllable)[:1] in {"a", "o", "e"}
        word += f"'{syllable}" if word and vowel else syllable
    return word[:1].upper() + word[1:]
