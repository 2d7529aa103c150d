"""The index of names: every way to ask for a place, in dictionaries; a look-up never scans.

Places stand in the order in which equal matches are shown. Every list of positions is ascending,
so that the first of a list are the best of it.
"""

from __future__ import annotations

from bisect import bisect_left
from heapq import nsmallest
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from layers.names.folding import core, fold, fold_variants, is_chinese
from layers.names.readings import initials, plain_readings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from layers.names.entries import NamedPlace

__all__ = ["MATCHES", "NameIndex"]

MATCHES = (
    "code",
    "exact",
    "core",
    "variant",
    "former",
    "pinyin",
    "initials",
    "homophone",
    "prefix",
    "contains",
    "near",
)
"""How a query can fit, the best first."""

_LAST = "\U0010ffff"
_NEAR_LENGTH = 3
_CODE_LENGTH = 6
_Lookup = dict[str, list[int]]


class NameIndex:
    """Finds places by any of `MATCHES`.

    Parameters
    ----------
    places
        In the order of `NamedPlace.order`.

    Attributes
    ----------
    places
        As given.
    towns
        Folded name, core or pinyin of a township, living or former -> nine digits of the towns
        meant.
    counties
        Folded names of counties.
    """

    def __init__(self, places: Sequence[NamedPlace]) -> None:
        self.places = places
        self.towns: dict[str, frozenset[str]] = {}
        self.counties: tuple[str, ...] = ()
        self._by: dict[str, _Lookup] = {
            name: {}
            for name in ("code", "exact", "core", "variant", "former", "pinyin", "initials")
        }
        self._grams: _Lookup = {}
        self._deletions: _Lookup = {}
        self._folded: list[str] = []
        forms: list[tuple[str, int]] = []
        for position, place in enumerate(places):
            forms += self._add(position, place)
        self._add_successors()
        forms.sort()
        self._forms = [form for form, _ in forms]
        self._at = np.array([position for _, position in forms], dtype=np.int32)
        self._finders: dict[str, Callable[[str], Iterable[int]]] = {
            **{name: self._finder(table) for name, table in self._by.items()},
            "variant": lambda query: self._by["variant"].get(fold_variants(query), ()),
            "homophone": self._homophones,
            "prefix": self._prefixed,
            "contains": self._containing,
            "near": self._near,
        }

    def find(self, query: str, match: str) -> Iterator[int]:
        """Give the positions of places that a folded query fits in one way.

        Parameters
        ----------
        query
            Folded, not empty.
        match
            One of `MATCHES`.

        Yields
        ------
        Ascending positions, some perhaps twice. A hidden place is given for its code alone.
        """
        for position in self._finders[match](query):
            if match == "code" or not self.places[position].hidden:
                yield position

    @staticmethod
    def _finder(table: _Lookup) -> Callable[[str], Iterable[int]]:
        return lambda query: table.get(query, ())

    def _put(self, match: str, form: str, position: int) -> None:
        listed = self._by[match].setdefault(form, [])
        if not listed or listed[-1] != position:
            listed.append(position)

    def _add(self, position: int, place: NamedPlace) -> Iterator[tuple[str, int]]:
        """Take a place in; gives the forms whose beginning finds it."""
        name = fold(place.name)
        short = core(name)
        self._folded.append(name)
        for code in {place.code, place.id} - {None}:
            self._put("code", fold(str(code)), position)
        if place.hidden:
            return
        self._put("exact", name, position)
        self._put("core", short, position)
        for form in {name, short}:
            self._put("variant", fold_variants(form), position)
        for other in {fold(o) for o in (place.full_name, *place.variants) if o} - {name}:
            self._put("variant", fold_variants(other), position)
        for other in place.former_names:
            self._put_former(other, position)
        for sound in self._add_sounds(position, place, name, short):
            yield sound, position
        yield name, position
        if place.code:
            yield place.code, position
        for gram in {*name, *(a + b for a, b in pairwise(name))}:
            self._grams.setdefault(gram, []).append(position)
        for form in {name, short}:
            for shorter in _with_deletions(form):
                self._deletions.setdefault(shorter, []).append(position)
        if place.level == "township":
            towns = {place.town, *(code[:9] for code, _ in place.now)}
            sounds = ("".join(plain_readings(form)[0]) for form in (name, short))
            for form in {name, short, *sounds}:
                self.towns[form] = self.towns.get(form, frozenset()) | towns
        if place.level == "county":
            self.counties = (*self.counties, name)

    def _add_sounds(self, position: int, place: NamedPlace, name: str, short: str) -> Iterator[str]:
        generic = len(name) - len(short)
        for syllables in plain_readings(name):
            for some in {syllables, syllables[: len(syllables) - generic]}:
                self._put("pinyin", "".join(some), position)
                self._put("initials", initials(some), position)
            yield "".join(syllables)
        for other in (place.pinyin, *place.other_readings):
            if other:
                self._put("pinyin", fold(other), position)

    def _add_successors(self) -> None:
        """Let the units of today be found by the names and codes of those they came from."""
        today = {p.code: n for n, p in enumerate(self.places) if p.code and p.current}
        for place in self.places:
            for code, name in place.now:
                if place.current or code not in today:
                    continue
                if place.code and place.code != code:
                    self._by["former"].setdefault(place.code, []).append(today[code])
                if fold(name) != fold(place.name):
                    self._put_former(place.name, today[code])
        for listed in self._by["former"].values():
            listed[:] = sorted(set(listed))

    def _put_former(self, name: str, position: int) -> None:
        form = fold(name)
        for one in {form, core(form)}:
            self._by["former"].setdefault(one, []).append(position)

    def _homophones(self, query: str) -> Iterable[int]:
        if not any(map(is_chinese, query)):
            return ()
        found: set[int] = set()
        for syllables in plain_readings(query):
            found.update(self._by["pinyin"].get("".join(syllables), ()))
        return sorted(found)

    def _prefixed(self, query: str) -> Iterable[int]:
        if query.isdigit() and len(query) < _CODE_LENGTH:
            return ()
        start = bisect_left(self._forms, query)
        end = bisect_left(self._forms, query + _LAST)
        found: list[int] = np.unique(self._at[start:end]).tolist()
        return found

    def _containing(self, query: str) -> Iterator[int]:
        grams = [a + b for a, b in pairwise(query)] or [query]
        rarest = min((self._grams.get(gram, []) for gram in grams), key=len)
        return (position for position in rarest if query in self._folded[position])

    def _near(self, query: str) -> Iterable[int]:
        if len(query) < _NEAR_LENGTH:
            return ()
        found: set[int] = set()
        for shorter in _with_deletions(query):
            found.update(self._deletions.get(shorter, ()))
        return nsmallest(len(found), (p for p in found if self._is_near(query, p)))

    def _is_near(self, query: str, position: int) -> bool:
        name = self._folded[position]
        return any(_one_off(query, form) for form in (name, core(name)))


def _with_deletions(form: str) -> set[str]:
    """Give a text and all that lack one of its characters: two that meet here differ little."""
    return {form, *(form[:i] + form[i + 1 :] for i in range(len(form)))}


def _one_off(one: str, other: str) -> bool:
    """Tell whether one character changed, added or left out makes one text the other."""
    if len(one) > len(other):
        one, other = other, one
    if len(other) - len(one) > 1:
        return False
    same = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), len(one))
    rest = same + (len(one) == len(other))
    return one[rest:] == other[same + 1 :]
