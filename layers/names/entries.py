"""Everything in a store that has a name, as it stood on one day."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from layers import facts
from layers.facts.files import data_file
from layers.names.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date

    from layers.store import Store

__all__ = ["LAYERS", "NamedPlace", "named_places"]

LAYERS = ("divisions", "care_facilities", "place_names", "heritage_names")
"""Layers that have names to be found."""

_LEVELS = {"county": 0, "township": 1, "village": 2}
_OTHER_LEVEL = 3


@dataclass(slots=True)
class NamedPlace:
    """One named row.

    Attributes
    ----------
    layer, id, name, code, level, kind
        As stored; `code` is a division's or a place name's own; both may be None.
    town
        First nine digits of the township it lies in (or is), or "".
    parent
        Name of the unit above it, or None.
    division
        Code of the division that a place name belongs to; None for divisions themselves.
    full_name, variants, former_names, pinyin, other_readings
        Further ways to call it.
    current
        Whether it was valid on the day.
    now
        code, name of what lives on of a unit that ended.
    hidden
        It ended and kept its name under a new code: found by its code alone.
    quality, source
        As stored.
    wkb
        Its geometry.
    """

    layer: str
    id: str
    name: str
    code: str | None
    level: str | None
    kind: str | None
    town: str
    parent: str | None
    division: str | None
    full_name: str | None
    variants: tuple[str, ...]
    former_names: tuple[str, ...]
    pinyin: str | None
    other_readings: tuple[str, ...]
    current: bool
    now: tuple[tuple[str, str], ...]
    hidden: bool
    quality: str | None
    source: str | None
    wkb: bytes | None

    @property
    def order(self) -> tuple[bool, int, str, str]:
        """Where it stands among equal matches: current, level, code, id."""
        level = _LEVELS.get(self.level or "", _OTHER_LEVEL)
        if self.layer != "divisions":
            level = _OTHER_LEVEL + LAYERS.index(self.layer)
        return not self.current, level, self.code or "", self.id


def named_places(store: Store, day: date) -> list[NamedPlace]:
    """Read all named rows that had begun by a day.

    Parameters
    ----------
    store
        An open store; a layer that it lacks has no names.
    day
        What is valid on it is current, what ended before is former.

    Returns
    -------
    In the order of `NamedPlace.order`. Refused names are left out.
    """
    there = set(store.layers())
    units = _Units(store, there)
    places = [
        _place(layer, row, units, day.isoformat())
        for layer in LAYERS
        if layer in there
        for row in _rows(store, layer)
        if _begun(row, day.isoformat()) and row.get("status") != "refused"
    ]
    found = [place for place in places if place is not None]
    return sorted(found, key=lambda place: place.order)


class _Units:
    """Names of divisions by code, the latest first."""

    def __init__(self, store: Store, there: set[str]) -> None:
        self.latest: dict[str, tuple[str, str]] = {}
        if "divisions" not in there:
            return
        columns = store.table("divisions").columns
        rows = zip(columns["code"], columns["name"], columns["valid_to"], strict=True)
        for code, name, end in rows:
            last = end or "9999-12-31"
            if code not in self.latest or last > self.latest[code][0]:
                self.latest[code] = (last, name)

    def name(self, code: str | None) -> str | None:
        found = self.latest.get(code or "")
        return None if found is None else found[1]

    def living(self, code: str) -> tuple[tuple[str, str], ...]:
        """Give code and name of the units on a former unit's ground, the largest share first."""
        codes = facts.successors(code)
        if not codes and self.latest.get(code, ("",))[0] == "9999-12-31":
            codes = (code,)
        shares = _shares(code)
        ranked = sorted(codes, key=lambda other: (-shares[other[:9]], other))
        return tuple((c, name) for c in ranked if (name := self.name(c)) is not None)


def _rows(store: Store, layer: str) -> Iterator[dict[str, Any]]:
    table = store.table(layer)
    names = list(table.columns)
    for values, wkb in zip(zip(*table.columns.values(), strict=True), table.wkb, strict=True):
        yield {**dict(zip(names, values, strict=True)), "wkb": wkb}


def _begun(row: dict[str, Any], day: str) -> bool:
    return row["valid_from"] is None or row["valid_from"] <= day


def _place(layer: str, row: dict[str, Any], units: _Units, day: str) -> NamedPlace | None:
    unit = layer == "divisions"
    code = row.get("code") if unit else row.get("place_code")
    current = row["valid_to"] is None or row["valid_to"] > day
    current = current and row.get("status") != "former"
    over = row.get("parent_code") if unit else row.get("division_code")
    over = over or row.get("village_code") or row.get("township_code")
    now = units.living(row["code"]) if unit and row["valid_to"] is not None else ()
    same_unit = bool(now) and set(now) == {(code, row["name"])}
    kept = bool(now) and all(fold(name) == fold(row["name"]) for _, name in now)
    if same_unit and not current:
        return None  # only its extent has changed: the unit of today is the answer
    ground = (code if row.get("level") != "county" else "") if unit else over
    return NamedPlace(
        layer=layer,
        id=row["id"],
        name=row["name"],
        code=code,
        level=row.get("level"),
        kind=row.get("kind"),
        town=(ground or "")[:9],
        parent=units.name(over),
        division=row.get("division_code"),
        full_name=row.get("full_name"),
        variants=_listed(row.get("variants")),
        former_names=(*_listed(row.get("former_names")), *_known_former().get(code or "", ())),
        pinyin=row.get("pinyin") or row.get("pinyin_tone"),
        other_readings=_listed(row.get("other_readings")),
        current=current,
        now=() if same_unit else now,
        hidden=kept and not current,
        quality=row["quality"],
        source=row["source"],
        wkb=row["wkb"],
    )


def _listed(value: str | None) -> tuple[str, ...]:
    return tuple(json.loads(value)) if value else ()


@cache
def _known_former() -> dict[str, tuple[str, ...]]:
    """Read old names that are in no list of divisions."""
    loaded = yaml.safe_load(data_file("readings.yaml").read_text(encoding="utf-8"))
    found: dict[str, tuple[str, ...]] = {}
    for entry in loaded["former_names"]:
        found[entry["code"]] = (*found.get(entry["code"], ()), entry["name"])
    return found


def _shares(code: str) -> Counter[str]:
    """Count where the villages of a former township went, by the town's nine digits."""
    return Counter(
        change.new_code[:9]
        for change in facts.changes()
        if change.new_code and change.level == "village" and change.old_code[:9] == code[:9]
    )
