"""May a place be called so? Findings N01-N09 on one name, and on those that are stored."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any

import yaml

from geo.errors import InputError
from layers.names.entries import named_places
from layers.names.folding import fold, is_chinese
from layers.names.readings import plain_readings
from layers.names.spelling import generic_of, generic_terms, spelling_fault
from layers.schema import layer_schema

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from layers.names.entries import NamedPlace
    from layers.store import Store

__all__ = ["NameFinding", "NameLists", "check_name", "check_stored_names", "name_lists"]

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
class NameLists:
    """Words that no place name may contain.

    Attributes
    ----------
    persons, brands
        As the bureau keeps them.
    """

    persons: tuple[str, ...] = ()
    brands: tuple[str, ...] = ()


@dataclass
class _County:
    """The names in use, by how they are written and how they sound."""

    places: list[NamedPlace]
    written: dict[str, list[NamedPlace]] = field(default_factory=dict)
    sounds: dict[str, list[NamedPlace]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        for place in self.places:
            name = fold(place.name)
            self.written.setdefault(name, []).append(place)
            for sound in {"".join(s) for s in plain_readings(name)}:
                self.sounds.setdefault(sound, []).append(place)


def name_lists(path: Path | None = None) -> NameLists:
    """Read the words that no name may contain.

    Parameters
    ----------
    path
        The bureau's own list beside the shipped one, which is empty; a file that is not there is
        an empty list.

    Returns
    -------
    Both lists together.

    Raises
    ------
    InputError
        If the file is not in the form of `layers/names/data/forbidden.yaml`.
    """
    shipped = files("layers.names").joinpath("data", "forbidden.yaml").read_text(encoding="utf-8")
    texts = [shipped]
    if path is not None and path.exists():
        texts.append(path.read_text(encoding="utf-8"))
    persons: list[str] = []
    brands: list[str] = []
    for text in texts:
        try:
            body = yaml.safe_load(text) or {}
            persons += _words(body.pop("persons", []))
            brands += _words(body.pop("brands", []))
        except (yaml.YAMLError, AttributeError, TypeError):
            body = {"?": None}
        if body:
            raise InputError(
                f"名单文件 {path} 应只有 persons 和 brands 两个清单，每项为一段文字，请改正。",
                code="name_lists",
                where=str(path),
            )
    return NameLists(tuple(persons), tuple(brands))


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
    if not name.strip():
        raise InputError("地名不能为空，请给出要检查的名称。", where="name")
    kinds = layer_schema("place_names").fields["kind"].codes
    if kind is not None and kind not in kinds:
        raise InputError(f"没有地名类型“{kind}”，可选：{'、'.join(kinds)}。", where="kind")
    county = _county(store, datetime.now(UTC).date())
    own = next((p for p in county.places if p.id == id and id is not None), None)
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
    county = _county(store, datetime.now(UTC).date())
    found = [_doubles(name, bearers) for name, bearers in _in_use_twice(county)]
    told = {finding.name for finding in found}
    rows = store.table("place_names").columns if "place_names" in store.layers() else {}
    listed = lists or name_lists()
    states = dict(zip(rows.get("id", ()), rows.get("status", ()), strict=True))
    spellings = dict(zip(rows.get("id", ()), rows.get("pinyin_tone", ()), strict=True))
    for place in county.places:
        if place.layer != "place_names":
            continue
        own = None if states[place.id] == "proposed" else place
        spelling = spellings[place.id]
        against = _findings(county, place.name, place.kind, spelling, own, listed, me=place)
        found += [
            f for f in against if (f.code, f.level) != ("N01", "warning") or f.name not in told
        ]
    return found


def _county(store: Store, day: date) -> _County:
    """Read the names in use: divisions and place names that are valid."""
    return _County(
        [
            place
            for place in named_places(store, day)
            if place.current and place.layer in {"divisions", "place_names"}
        ]
    )


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
    others = [p for p in county.written.get(fold(name), ()) if not _is_same_place(p, me)]
    if not others:
        return
    if own is not None or sum(place.layer == "divisions" for place in others) > 1:
        yield _doubles(name, [*([] if own is None else [own]), *others])
        return
    where = "、".join(_where(place) for place in others[:3])
    message = f"“{name}”与县内已有的{where}重名，请另取名称。"
    yield NameFinding("N01", "error", name, message, tuple(p.id for p in others))


def _same_sound(county: _County, name: str, me: NamedPlace | None) -> Iterator[NameFinding]:
    folded = fold(name)
    found: dict[str, NamedPlace] = {}
    for syllables in plain_readings(folded):
        for place in county.sounds.get("".join(syllables), ()):
            if fold(place.name) != folded and not _is_same_place(place, me):
                found[place.id] = place
    if found:
        where = "、".join(_where(place) for place in list(found.values())[:3])
        message = f"“{name}”与{where}拼音相同（不计声调），应避免同音，请说明理由。"
        yield NameFinding("N02", "warning", name, message, tuple(found))


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


def _words(listed: object) -> list[str]:
    """Take a list of texts as it stands in a file.

    Raises
    ------
    TypeError
        If it is not one.
    """
    if not isinstance(listed, list) or not all(isinstance(w, str) and w.strip() for w in listed):
        raise TypeError
    return listed


def _in_use_twice(county: _County) -> Iterator[tuple[str, list[NamedPlace]]]:
    for bearers in county.written.values():
        units = [p for p in bearers if p.layer == "divisions"]
        if len(units) > 1:
            yield units[0].name, units


def _doubles(name: str, bearers: list[NamedPlace]) -> NameFinding:
    where = "、".join(_where(place) for place in bearers)
    message = f"“{name}”在县内已有重名：{where}；现有重名不强制更名，但不得再用于新的地方。"
    return NameFinding("N01", "warning", name, message, tuple(p.id for p in bearers))


def _is_same_place(place: NamedPlace, me: NamedPlace | None) -> bool:
    """Tell whether a stored name is that of the place itself, in its own layer or as a division.

    A village and the place name of its seat bear one name; a street in it is another place.
    """
    if me is None:
        return False
    units = {p.division or p.id for p in (place, me)}
    return place.id == me.id or (len(units) == 1 and place.layer != me.layer)


def _where(place: NamedPlace) -> str:
    return f"{place.parent or ''}{place.name}（{place.code or place.id}）"


def _is_foreign(character: str) -> bool:
    """Tell whether a character is neither Chinese nor a figure."""
    return not is_chinese(character) and not character.isdigit()


@cache
def _standard() -> frozenset[str]:
    """Read the 8,105 characters of the table of 2013."""
    file = files("layers.names").joinpath("data", "standard_characters.txt")
    return frozenset(file.read_text(encoding="utf-8")) - {"\n"}
