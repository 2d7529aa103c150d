"""May a place be called so? Findings N01-N09 on one name, and on those that are stored."""

from __future__ import annotations

import re
import unicodedata
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from geo.errors import InputError
from layers.names.county import county_names
from layers.names.entries import DIVISIONS
from layers.names.folding import fold, is_chinese
from layers.names.lists import NameLists, name_lists
from layers.names.spelling import generic_of, generic_terms, spelling_fault
from layers.schema import layer_schema

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from layers.names.county import CountyNames
    from layers.names.entries import NamedPlace
    from layers.store import Store

__all__ = ["NameFinding", "NameLists", "check_name", "check_stored_names", "name_lists"]

_IN_USE = ("place_names", DIVISIONS)

_NUMBER = re.compile(r"第?[0-9〇零一二两三四五六七八九十百千]+号?")


@dataclass(frozen=True)
class NameFinding:
    """One thing that speaks against a name.

    Attributes
    ----------
    code
        N01-N09.
    level
        error or warning.
    ids
        Stored features it is about.
    name
        The name that was checked.
    message
        Chinese sentence.
    """

    code: str
    level: str
    name: str
    message: str
    ids: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        """Give the finding as `xygeo check place_names --json` has it."""
        return {
            "code": self.code,
            "level": self.level,
            "name": self.name,
            "ids": list(self.ids),
            "message": self.message,
        }


@dataclass(frozen=True)
class _County:
    """The names in use on a day: divisions and place names."""

    names: CountyNames
    day: int

    def written(self, name: str) -> list[NamedPlace]:
        return _in_use(self.names.index.written(name, self.day))

    def sounding(self, name: str) -> list[NamedPlace]:
        return _in_use(self.names.index.sounding(name, self.day))

    def all(self) -> list[NamedPlace]:
        return _in_use(self.names.index.all_current(self.day))

    def place(self, id: str | None) -> NamedPlace | None:
        """Give the place name or division of an id."""
        bearers = (self.names.index.place(layer, id or "") for layer in _IN_USE)
        return next((p for p in bearers if p is not None and p.begin <= self.day < p.end), None)

    def where(self, place: NamedPlace) -> str:
        """Name a place in a sentence."""
        parent = self.names.units.name(place.parent) or ""
        return f"{parent}{place.name}（{place.code or place.id}）"

    def doubles(self, name: str, bearers: list[NamedPlace]) -> NameFinding:
        """Tell of a name that several bear already."""
        where = "、".join(map(self.where, bearers))
        message = f"“{name}”在县内已有重名：{where}；现有重名不强制更名，但不得再用于新的地方。"
        return NameFinding("N01", "warning", name, message, tuple(p.id for p in bearers))


def check_name(
    store: Store,
    name: str,
    *,
    kind: str | None = None,
    pinyin: str | None = None,
    id: str | None = None,
    lists: NameLists | None = None,
) -> list[NameFinding]:
    """Check one name against the county's names and the rules.

    Parameters
    ----------
    store
        An open store.
    name
        Proposed, or in use.
    kind
        Of the place name, as in its schema; None: any.
    pinyin
        Its spelling with tone marks; None: not checked.
    id
        Of the stored place name or division that bears it: then it is compared with the others,
        and its doubles and characters are what they are. A name that several divisions bear
        already is a warning without it too: the call cannot know which of them is meant.
    lists
        Forbidden words; None: the shipped ones.

    Returns
    -------
    Findings by code; none where nothing speaks against it.

    Raises
    ------
    InputError
        If the name is empty or the kind unknown.
    """
    name = name.strip()
    if not name:
        raise InputError("地名不能为空，请给出要检查的名称。", where="name")
    kinds = layer_schema("place_names").fields["kind"].codes
    if kind is not None and kind not in kinds:
        raise InputError(f"没有地名类型“{kind}”，可选：{'、'.join(kinds)}。", where="kind")
    with _county(store) as county:
        own = county.place(id)
        return list(_findings(county, name, kind, pinyin, own, lists or name_lists()))


def check_stored_names(store: Store, *, lists: NameLists | None = None) -> list[NameFinding]:
    """Check every stored place name, and the county's names for doubles.

    Parameters
    ----------
    store
        An open store.
    lists
        Forbidden words; None: the shipped ones.

    Returns
    -------
    Findings by name; a double name in use is one warning that names all who bear it.
    """
    rows = store.table("place_names").columns if "place_names" in store.layers() else {}
    listed = lists or name_lists()
    states = dict(zip(rows.get("id", ()), rows.get("status", ()), strict=True))
    spellings = dict(zip(rows.get("id", ()), rows.get("pinyin_tone", ()), strict=True))
    with _county(store) as county:
        found = [county.doubles(bearers[0].name, bearers) for bearers in _in_use_twice(county)]
        told = {finding.name for finding in found}
        for place in county.all():
            if place.layer != "place_names" or place.id not in states:
                continue
            own = None if states[place.id] == "proposed" else place
            spelling = spellings[place.id]
            against = _findings(county, place.name, place.kind, spelling, own, listed, me=place)
            found += [
                f for f in against if (f.code, f.level) != ("N01", "warning") or f.name not in told
            ]
    return found


@contextmanager
def _county(store: Store) -> Iterator[_County]:
    with county_names(store) as names:
        yield _County(names, datetime.now(UTC).date().toordinal())


def _findings(
    county: _County,
    name: str,
    kind: str | None,
    pinyin: str | None,
    own: NamedPlace | None,
    lists: NameLists,
    *,
    me: NamedPlace | None = None,
) -> Iterator[NameFinding]:
    me = me or own
    yield from _same(county, name, own, me)
    yield from _same_sound(county, name, me)
    yield from _listed(name, lists)
    yield from _characters(name, in_use=own is not None)
    if pinyin and (fault := spelling_fault(name, pinyin, kind)):
        yield NameFinding("N07", "error", name, f"“{name}”的拼写“{pinyin}”{fault}，请核对。")
    yield from _terms(name, kind)


def _same(
    county: _County, name: str, own: NamedPlace | None, me: NamedPlace | None
) -> Iterator[NameFinding]:
    others = [p for p in county.written(name) if not _is_same_place(p, me)]
    if not others:
        return
    if own is not None or sum(place.layer == DIVISIONS for place in others) > 1:
        yield county.doubles(name, [*([] if own is None else [own]), *others])
        return
    where = "、".join(county.where(place) for place in others[:3])
    message = f"“{name}”与县内已有的{where}重名，请另取名称。"
    yield NameFinding("N01", "error", name, message, tuple(p.id for p in others))


def _same_sound(county: _County, name: str, me: NamedPlace | None) -> Iterator[NameFinding]:
    folded = fold(name)
    found = [
        place
        for place in county.sounding(name)
        if fold(place.name) != folded and not _is_same_place(place, me)
    ]
    if found:
        where = "、".join(county.where(place) for place in found[:3])
        message = f"“{name}”与{where}拼音相同（不计声调），应避免同音，请说明理由。"
        yield NameFinding("N02", "warning", name, message, tuple(p.id for p in found))


def _listed(name: str, lists: NameLists) -> Iterator[NameFinding]:
    bare = fold(name)
    for code, words, what in (
        ("N03", lists.persons, "人名"),
        ("N04", lists.brands, "企业或品牌名"),
    ):
        for word in words:
            if fold(word) in bare:
                message = f"“{name}”含有{what}“{word}”，不得用作地名，请另取名称。"
                yield NameFinding(code, "error", name, message)


def _characters(name: str, *, in_use: bool) -> Iterator[NameFinding]:
    odd = [c for c in dict.fromkeys(name) if is_chinese(c) and c not in _standard()]
    if odd and not in_use:
        hints = [f"{c}（{fold(c)}）" if fold(c) in _standard() else c for c in odd]
        message = f"“{name}”中的 {'、'.join(hints)} 不在《通用规范汉字表》内，请改用规范字。"
        yield NameFinding("N05", "error", name, message)
    letters = [c for c in dict.fromkeys(unicodedata.normalize("NFKC", name)) if _is_foreign(c)]
    if letters:
        message = f"“{name}”含有“{''.join(letters)}”，地名只用汉字，请去掉字母和符号。"
        yield NameFinding("N06", "error", name, message)


def _terms(name: str, kind: str | None) -> Iterator[NameFinding]:
    generic = generic_of(name, kind)
    if not generic and kind != "other":
        terms = "、".join(generic_terms(kind)[:8])
        message = f"“{name}”没有通名（如{terms}），请核对是否需要加上。"
        yield NameFinding("N08", "warning", name, message)
    proper = unicodedata.normalize("NFKC", name).removesuffix(generic)
    if _NUMBER.fullmatch(proper):
        message = f"“{name}”只用数字作专名，建议换成有含义的专名。"
        yield NameFinding("N09", "warning", name, message)


def _in_use(places: Iterable[NamedPlace]) -> list[NamedPlace]:
    return [place for place in places if place.layer in _IN_USE]


def _in_use_twice(county: _County) -> Iterator[list[NamedPlace]]:
    """Give the divisions of each name that several bear."""
    bearers: dict[str, list[NamedPlace]] = {}
    for place in county.all():
        if place.layer == DIVISIONS:
            bearers.setdefault(fold(place.name), []).append(place)
    return (units for units in bearers.values() if len(units) > 1)


def _is_same_place(place: NamedPlace, me: NamedPlace | None) -> bool:
    """Tell whether a stored name is that of the place itself, in its own layer or as a division.

    A village and the place name of its seat bear one name; a street in it is another place.
    """
    if me is None:
        return False
    units = {p.division or p.id for p in (place, me)}
    return place.id == me.id or (len(units) == 1 and place.layer != me.layer)


def _is_foreign(character: str) -> bool:
    """Tell whether a character is neither Chinese nor a figure."""
    return not is_chinese(character) and not character.isdigit()


@cache
def _standard() -> frozenset[str]:
    """Read the 8,105 characters of the table of 2013."""
    file = files("layers.names").joinpath("data", "standard_characters.txt")
    return frozenset(file.read_text(encoding="utf-8")) - {"\n"}
