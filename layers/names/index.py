"""The index of names: every way to ask for a place; a look-up never scans, a write adds its rows.

A place has a slot, its number for good. What is written anew gets a new slot and the old one is
shut; who is of today and who is former is decided when somebody asks, so that one index answers for
every day.
"""

from __future__ import annotations

from bisect import bisect_right, insort
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from layers.names.entries import DIVISIONS, EVER
from layers.names.folding import GENERIC, core, fold, fold_variants, is_chinese
from layers.names.postings import Beginnings, Postings
from layers.names.readings import initials, plain_readings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

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

_NEAR_LENGTH = 3
_CODE_LENGTH = 6
_NEVER = EVER + 1
_FEW = 100  # places that are put in one by one rather than by sorting all
_NONE: NDArray[np.int32] = np.empty(0, dtype=np.int32)


class NameIndex:
    """Finds places by any of `MATCHES`, as the county stood on a day.

    Attributes
    ----------
    places
        By slot; those that were written anew stay, shut.
    shut
        How many are shut.
    """

    def __init__(self) -> None:
        self.places: list[NamedPlace] = []
        self.shut = 0
        self._slots: dict[tuple[str, str], int] = {}
        self._begin: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._end: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._hidden: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._order: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._by_order: NDArray[np.int32] = np.empty(0, dtype=np.int32)
        self._orders: list[tuple[int, str, str, str]] = []
        self._by = {
            name: Postings()
            for name in ("code", "exact", "core", "variant", "former", "pinyin", "initials")
        }
        self._forms = Beginnings()
        self._grams = Postings()
        self._deletions = Postings()
        self._folded: list[str] = []
        self._towns: dict[str, list[int]] = {}
        self._counties: list[int] = []
        self._became: dict[str, list[tuple[int, str]]] = {}

    def add(self, places: Iterable[NamedPlace]) -> None:
        """Take places in; one that is there already is replaced."""
        first = len(self.places)
        for place in places:
            self.remove(place.layer, place.id)
            slot = len(self.places)
            self.places.append(place)
            self._slots[place.layer, place.id] = slot
            self._take(slot, place)
        fresh = self.places[first:]
        self._begin = _longer(self._begin, [place.begin for place in fresh])
        self._end = _longer(self._end, [place.end for place in fresh])
        self._hidden = _longer(self._hidden, [p.kept_name + 2 * p.same_unit for p in fresh])
        for slot in range(first, len(self.places)):
            if self._slots[self.places[slot].layer, self.places[slot].id] != slot:
                self._begin[slot] = _NEVER  # two rows of one id: the later counts
        self._put_in_order(fresh)
        for table in (*self._by.values(), self._grams, self._deletions):
            table.settle()
        self._forms.settle()

    def remove(self, layer: str, id: str) -> None:
        """Shut a place; one that is not there is no fault."""
        slot = self._slots.pop((layer, id), None)
        if slot is not None:
            self.shut += 1
            if slot < len(self._begin):
                self._begin[slot] = _NEVER

    def ids(self, layer: str) -> list[str]:
        """Give the ids of a layer's places."""
        return [made for of, made in self._slots if of == layer]

    def place(self, layer: str, id: str) -> NamedPlace | None:
        """Give one place."""
        slot = self._slots.get((layer, id))
        return None if slot is None else self.places[slot]

    def current(self, slot: int, day: int) -> bool:
        """Tell whether a place was valid on a day (of `date.toordinal`)."""
        return bool(self._begin[slot] <= day < self._end[slot])

    def all_current(self, day: int) -> Iterator[NamedPlace]:
        """Give every place that was valid on a day, in the order of equal matches."""
        slots = np.flatnonzero((self._begin <= day) & (day < self._end))
        for slot in slots[np.argsort(self._order[slots])].tolist():
            yield self.places[slot]

    def find(self, query: str, match: str, day: int) -> NDArray[np.int32]:
        """Give the slots of places that a folded query fits in one way, those to be shown first.

        Parameters
        ----------
        query
            Folded, not empty.
        match
            One of `MATCHES`.
        day
            As the county stood on it; a number of `date.toordinal`.

        Returns
        -------
        Those of the day first, then the former ones; what had not begun is left out.
        """
        slots = self._slots_of(query, match, day)
        if not len(slots):
            return slots
        ended = self._end[slots] <= day
        # Where only the extent changed the former unit is not shown at all; where the name was
        # kept, for its code alone.
        seen = (self._begin[slots] <= day) & ~(ended & (self._hidden[slots] > (match == "code")))
        slots, ended = slots[seen], ended[seen]
        places = np.unique(self._order[slots].astype(np.int64) + ended * len(self.places))
        found: NDArray[np.int32] = self._by_order[places % len(self.places)]
        return found

    def towns(self, form: str, day: int) -> frozenset[str]:
        """Give nine digits of each town that a folded name, core or pinyin means."""
        return frozenset(
            digits
            for slot in self._towns.get(form, ())
            if self._begin[slot] <= day
            for digits in (
                self.places[slot].town,
                *(code[:9] for code, _ in self.places[slot].now),
            )
        )

    def counties(self, day: int) -> tuple[str, ...]:
        """Give the folded names of counties."""
        begun = [slot for slot in self._counties if self._begin[slot] <= day]
        return tuple(self._folded[slot] for slot in begun)

    def written(self, name: str, day: int) -> list[NamedPlace]:
        """Give the places of a day that are written so, whatever the width or script."""
        return self._of_today(self.find(fold(name), "exact", day), day)

    def sounding(self, name: str, day: int) -> list[NamedPlace]:
        """Give the places of a day whose whole name may be read as a name may, tones aside."""
        found: dict[int, None] = {}
        sounds = {"".join(syllables) for syllables in plain_readings(fold(name))}
        for sound in sorted(sounds):
            for slot in self.find(sound, "pinyin", day).tolist():
                if any("".join(s) in sounds for s in plain_readings(self._folded[slot])):
                    found[slot] = None
        return self._of_today(sorted(found, key=self._order.__getitem__), day)

    def _of_today(self, slots: Iterable[int], day: int) -> list[NamedPlace]:
        return [self.places[slot] for slot in slots if self.current(slot, day)]

    # Taking in

    def _take(self, slot: int, place: NamedPlace) -> None:
        name = fold(place.name)
        short = core(name)
        by = self._by
        self._folded.append(name)
        by["code"].add(slot, *(fold(one) for one in {place.code or place.id, place.id}))
        by["exact"].add(slot, name)
        by["core"].add(slot, short)
        others = {fold(other) for other in (place.full_name, *place.variants) if other}
        variants = {fold_variants(form) for form in (name, short, *others)}
        by["variant"].add(slot, *(variants - {name, short}))
        former = {fold(other) for other in place.former_names}
        by["former"].add(slot, *former, *(core(form) for form in former))
        self._take_sounds(slot, place, name, short)
        self._forms.add(slot, name, *([place.code] if place.code else []))
        self._grams.add(slot, *name, *(a + b for a, b in pairwise(name)))
        self._deletions.add(slot, *_with_deletions(name))
        if place.layer == DIVISIONS:
            self._take_unit(slot, place, name, short)

    def _take_sounds(self, slot: int, place: NamedPlace, name: str, short: str) -> None:
        whole = plain_readings(name)
        cut = [syllables[: len(short)] for syllables in whole] if short != name else []
        spelled = [fold(other) for other in (place.pinyin, *place.other_readings) if other]
        sounds = {"".join(syllables) for syllables in whole}
        self._forms.add(slot, *sounds)
        self._by["pinyin"].add(slot, *sounds, *("".join(syllables) for syllables in cut), *spelled)
        self._by["initials"].add(slot, *{initials(syllables) for syllables in (*whole, *cut)})

    def _take_unit(self, slot: int, place: NamedPlace, name: str, short: str) -> None:
        """Keep what narrows a search, and under what names and codes units of today once went."""
        if place.level == "township":
            sounds = ("".join(plain_readings(form)[0]) for form in (name, short))
            for form in {name, short, *sounds}:
                self._towns.setdefault(form, []).append(slot)
        elif place.level == "county":
            self._counties.append(slot)
        for code, now in place.now:
            forms = {name, short} if fold(now) != name else set()
            if place.code and place.code != code:
                forms.add(place.code)
            for form in forms:
                self._became.setdefault(form, []).append((slot, code))

    def _put_in_order(self, fresh: Sequence[NamedPlace]) -> None:
        """Keep the order of equal matches: `_order` by slot, and the slots by it."""
        orders = [place.order for place in fresh]
        sequence = sorted(range(len(orders)), key=orders.__getitem__)
        at = np.array([bisect_right(self._orders, orders[i]) for i in sequence], dtype=np.int32)
        order = np.empty(len(orders), dtype=np.int32)
        order[sequence] = at + np.arange(len(orders), dtype=np.int32)
        shifted = self._order + np.searchsorted(at, self._order, side="right")
        self._order = _longer(shifted, order)
        self._by_order = np.empty_like(self._order)
        self._by_order[self._order] = np.arange(len(self._order), dtype=np.int32)
        if len(orders) > _FEW:
            self._orders = sorted([*self._orders, *orders])
        else:
            for one in orders:
                insort(self._orders, one)

    # Finding

    def _slots_of(self, query: str, match: str, day: int) -> NDArray[np.int32]:
        finder = {
            "variant": lambda: self._variants(fold_variants(query)),
            "former": lambda: self._former(query, day),
            "homophone": lambda: self._homophones(query),
            "prefix": lambda: self._prefixed(query),
            "contains": lambda: self._containing(query),
            "near": lambda: self._near(query),
        }.get(match)
        return self._by[match].find(query) if finder is None else finder()

    def _variants(self, query: str) -> NDArray[np.int32]:
        # What keeps its form under `fold_variants` is among the names and cores already.
        return np.concatenate([self._by[m].find(query) for m in ("variant", "exact", "core")])

    def _former(self, query: str, day: int) -> NDArray[np.int32]:
        heirs = [
            heir
            for slot, code in self._became.get(query, ())
            if self._begin[slot] <= day and self._end[slot] <= day
            for heir in self._by["code"].find(code).tolist()
            if self.places[heir].layer == DIVISIONS and self.current(heir, day)
        ]
        return np.concatenate([self._by["former"].find(query), np.array(heirs, dtype=np.int32)])

    def _homophones(self, query: str) -> NDArray[np.int32]:
        if not any(map(is_chinese, query)):
            return _NONE
        sounds = {"".join(syllables) for syllables in plain_readings(query)}
        return np.concatenate([self._by["pinyin"].find(sound) for sound in sounds])

    def _prefixed(self, query: str) -> NDArray[np.int32]:
        if query.isdigit() and len(query) < _CODE_LENGTH:
            return _NONE
        return self._forms.find(query)

    def _containing(self, query: str) -> NDArray[np.int32]:
        grams = [a + b for a, b in pairwise(query)] or [query]
        found = min((self._grams.find(gram) for gram in grams), key=len)
        if len(grams) == 1:
            return found
        holding = [slot for slot in found.tolist() if query in self._folded[slot]]
        return np.array(holding, dtype=np.int32)

    def _near(self, query: str) -> NDArray[np.int32]:
        if len(query) < _NEAR_LENGTH:
            return _NONE
        # What is near a core is near the whole name once its generic term is put behind.
        whole = [query, *(query + generic for generic in GENERIC)]
        shorter = {text for form in whole for text in _with_deletions(form)}
        met = {slot for text in shorter for slot in self._deletions.find(text).tolist()}
        return np.array([s for s in met if self._is_near(query, s)], dtype=np.int32)

    def _is_near(self, query: str, slot: int) -> bool:
        name = self._folded[slot]
        return any(_one_off(query, form) for form in (name, core(name)))


def _longer(old: NDArray[Any], more: Sequence[int] | NDArray[np.int32]) -> NDArray[np.int32]:
    return np.concatenate([old, more], dtype=np.int32, casting="unsafe")


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
