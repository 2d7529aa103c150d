"""How characters of the county's names are read: the local list first, then the dictionary."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain, islice, product
from typing import TYPE_CHECKING, Any

import yaml

from layers.derived import plain_pinyin
from layers.facts.files import data_file
from layers.names.folding import is_chinese

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Reading", "initials", "known_readings", "plain_readings", "readings"]

_MOST = 12  # combinations of readings of one name that are kept
_BY_DICTIONARY = "字典"


@dataclass(frozen=True)
class Reading:
    """One reading of a character inside a name.

    Attributes
    ----------
    syllable
        With tone mark.
    basis
        Where it comes from, in the words of the list; 字典 for the dictionary.
    """

    syllable: str
    basis: str


@cache
def _listed() -> dict[str, list[dict[str, Any]]]:
    """Read the county's list, by first character."""
    text = data_file("readings.yaml").read_text(encoding="utf-8")
    found: dict[str, list[dict[str, Any]]] = {}
    for entry in yaml.safe_load(text)["readings"]:
        found.setdefault(entry["char"][0], []).append(entry)
    return found


def readings(name: str) -> tuple[tuple[Reading, ...], ...]:
    """Give the readings of each character of a name, the likeliest first.

    Parameters
    ----------
    name
        Simplified characters. Anything that is not Chinese is read as itself.

    Returns
    -------
    One tuple a character. A reading that the county's list gives comes first; the dictionary's
    follows unless the list names this very name.

    Source
    ------
    `layers/facts/data/readings.yaml` (each entry says its basis); pypinyin's phrases for the rest.
    """
    found = _by_dictionary(name)
    for position, character in enumerate(name):
        for entry in _listed().get(character, ()):
            word = entry["char"]
            if not name.startswith(word, position):
                continue
            certain = name in entry.get("names", ())
            for offset, own in enumerate(_own(entry)):
                place = position + offset
                rest = [r for r in found[place] if r.syllable not in {o.syllable for o in own}]
                found[place] = (*own, *(() if certain else rest))
    return tuple(found)


@lru_cache(maxsize=10_000)  # as many characters as there are in use
def known_readings(character: str) -> frozenset[str]:
    """Give every reading of a character that the list or the dictionary knows, with tones."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - slow to open

    known = set(pinyin(character, style=Style.TONE, heteronym=True)[0])
    for entries in _listed().values():
        for entry in entries:
            for written, own in zip(entry["char"], _own(entry), strict=True):
                if written == character:
                    known |= {reading.syllable for reading in own}
    return frozenset(known)


@lru_cache(maxsize=4096)
def plain_readings(name: str) -> tuple[tuple[str, ...], ...]:
    """Give the readings of a whole name without tones: syllables, the likeliest first.

    Parameters
    ----------
    name
        Folded. Letters and digits stand for themselves.

    Returns
    -------
    Up to twelve readings, no two the same; ü as v.
    """
    if _listed().keys().isdisjoint(name):
        return (tuple(chain.from_iterable(map(_plain_word, _words(name)))),)
    plain = [tuple(dict.fromkeys(_plain(r.syllable) for r in one)) for one in readings(name)]
    return tuple(islice(product(*plain), _MOST))


def initials(syllables: tuple[str, ...]) -> str:
    """Give the first letter of each syllable."""
    return "".join(syllable[:1] for syllable in syllables)


@lru_cache(maxsize=4096)  # there are some 1,300 syllables
def _plain(syllable: str) -> str:
    return plain_pinyin(syllable).replace("ü", "v")


def _by_dictionary(name: str) -> list[tuple[Reading, ...]]:
    return list(chain.from_iterable(map(_word, _words(name))))


def _words(name: str) -> Iterator[str]:
    """Cut a name into words of the dictionary."""
    from pypinyin.contrib.mmseg import seg  # noqa: PLC0415 - slow to open

    # Runs of Chinese keep their context; whatever is between them stands for itself.
    for run in re.findall(r"[a-z0-9]|[^a-z0-9]+", name):
        yield from seg.cut(run)


@lru_cache(maxsize=16_384)  # the words of a language, however many names are made of them
def _word(word: str) -> tuple[tuple[Reading, ...], ...]:
    """Read one word of the dictionary, or one character."""
    from pypinyin import Style, pinyin  # noqa: PLC0415 - slow to open

    together = [one[0] for one in pinyin(word, style=Style.TONE)]
    if len(together) != len(word):  # the package joins what it cannot read
        together = [pinyin(c, style=Style.TONE)[0][0] if is_chinese(c) else c.lower() for c in word]
    return tuple((Reading(syllable, _BY_DICTIONARY),) for syllable in together)


@lru_cache(maxsize=16_384)
def _plain_word(word: str) -> tuple[str, ...]:
    """Read a word by the dictionary alone, without tones."""
    return tuple(_plain(one[0].syllable) for one in _word(word))


@cache
def _dictionary_readings(character: str) -> tuple[str, ...]:
    from pypinyin import Style, pinyin  # noqa: PLC0415 - slow to open

    return tuple(pinyin(character, style=Style.TONE, heteronym=True)[0])


def _own(entry: dict[str, Any]) -> list[tuple[Reading, ...]]:
    """Give the list's readings by character; a word's are cut into syllables by the dictionary."""
    word, basis = entry["char"], str(entry["basis"])
    if len(word) == 1:
        return [tuple(Reading(syllable, basis) for syllable in entry["readings"])]
    for syllables in product(*map(_dictionary_readings, word)):
        if "".join(syllables) == entry["readings"][0]:
            return [(Reading(syllable, basis),) for syllable in syllables]
    return [(Reading(s, basis),) for s in entry["readings"][0].split("'")]
