"""Everything in a store that has a name, whenever it was valid."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml

from layers import facts
from layers.facts.files import data_file
from layers.names.folding import fold
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from layers.store import Store

__all__ = ["ALWAYS", "DIVISIONS", "EVER", "NamedPlace", "Units", "named_places", "searched_layers"]

DIVISIONS = "divisions"
"""The layer whose units are the parents of all others."""

ALWAYS, EVER = 0, date.max.toordinal() + 1
"""Days before and after all others, as numbers of `date.toordinal`."""

_LEVELS = {"county": 0, "township": 1, "village": 2}
_OTHER_LEVEL = 3


@dataclass(slots=True)
class NamedPlace:
    """One named row.

    Attributes
    ----------
    layer, id, name, code, level, kind
        As stored; `code` is a division's or a place name's own; both may be None.
    rank
        Its level, or place of its layer, among equal matches.
    begin, end
        Days, as numbers of `date.toordinal`, from which and until which it is current; of what is
        former by its state `end` is `ALWAYS`.
    town
        First nine digits of the township it lies in (or is), or "".
    parent
        Code of the unit above it, or None.
    division
        Code of the division that a place name belongs to; None for divisions themselves.
    full_name, variants, former_names, pinyin, other_readings
        Further ways to call it.
    now
        code, name of what lives on of a unit that ends.
    kept_name
        It lives on under its name and a new code: once ended it is found by its code alone.
    same_unit
        Only its extent changed: once ended, the unit of today is the answer.
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
    rank: int
    begin: int
    end: int
    town: str
    parent: str | None
    division: str | None
    full_name: str | None
    variants: tuple[str, ...]
    former_names: tuple[str, ...]
    pinyin: str | None
    other_readings: tuple[str, ...]
    now: tuple[tuple[str, str], ...]
    kept_name: bool
    same_unit: bool
    quality: str | None
    source: str | None
    wkb: bytes | None

    @property
    def order(self) -> tuple[int, str, str, str]:
        """Where it stands among equal matches, those of today before the former."""
        return self.rank, self.code or "", self.layer, self.id


def searched_layers(store: Store) -> dict[str, int]:
    """Give the layers of a store whose names are searched, with their place among equal matches."""
    schemas = [store.schema(layer) for layer in store.layers()]
    return {s.name: s.search for s in schemas if s.search is not None}


def named_places(
    store: Store, layer: str, units: Units, ids: Sequence[str] | None = None
) -> Iterator[NamedPlace]:
    """Read the named rows of a layer, those of all periods.

    Parameters
    ----------
    store, layer
        An open store and one of its `searched_layers`.
    units
        Of the same store.
    ids
        Only these; None: all.

    Yields
    ------
    Places; refused names are left out.
    """
    rank = _OTHER_LEVEL + (store.schema(layer).search or 0)
    table = store.table(layer, Query(ids=ids))
    names = list(table.columns)
    for values, wkb in zip(zip(*table.columns.values(), strict=True), table.wkb, strict=True):
        row = dict(zip(names, values, strict=True))
        if row["name"] and row.get("status") != "refused":
            yield _place(layer, rank, row, wkb, units)


class Units:
    """Names of a store's divisions by code, the latest first.

    Parameters
    ----------
    store
        An open store; it may lack divisions.
    """

    def __init__(self, store: Store) -> None:
        self._latest: dict[str, tuple[str, str]] = {}
        if DIVISIONS not in store.layers():
            return
        columns = store.table(DIVISIONS).columns
        rows = zip(columns["code"], columns["name"], columns["valid_to"], strict=True)
        for code, name, end in rows:
            last = end or "9999-12-31"
            if code not in self._latest or last > self._latest[code][0]:
                self._latest[code] = (last, name)

    def name(self, code: str | None) -> str | None:
        """Give the name of a unit, the latest of several."""
        found = self._latest.get(code or "")
        return None if found is None else found[1]

    def living(self, code: str) -> tuple[tuple[str, str], ...]:
        """Give code and name of the units on a former unit's ground, the largest share first."""
        codes = facts.successors(code)
        if not codes and self._latest.get(code, ("",))[0] == "9999-12-31":
            codes = (code,)
        shares = _shares(code)
        ranked = sorted(codes, key=lambda other: (-shares[other[:9]], other))
        return tuple((c, name) for c in ranked if (name := self.name(c)) is not None)


def _place(
    layer: str, rank: int, row: dict[str, Any], wkb: bytes | None, units: Units
) -> NamedPlace:
    unit = layer == DIVISIONS
    code = row.get("code") if unit else row.get("place_code")
    end = EVER if row["valid_to"] is None else _ordinal(row["valid_to"])
    over = row.get("parent_code") if unit else row.get("division_code")
    over = over or row.get("village_code") or row.get("township_code")
    now = units.living(row["code"]) if unit and row["valid_to"] is not None else ()
    same_unit = bool(now) and set(now) == {(code, row["name"])}
    ground = (code if row.get("level") != "county" else "") if unit else over
    return NamedPlace(
        layer=layer,
        id=row["id"],
        name=row["name"],
        code=code,
        level=row.get("level"),
        kind=row.get("kind"),
        rank=_LEVELS.get(row["level"], rank) if unit else rank,
        begin=ALWAYS if row["valid_from"] is None else _ordinal(row["valid_from"]),
        # A former name is one of no day, unless it is known when it ended.
        end=ALWAYS if row.get("status") == "former" and row["valid_to"] is None else end,
        town=(ground or "")[:9],
        parent=over,
        division=row.get("division_code"),
        full_name=row.get("full_name"),
        variants=_listed(row.get("variants")),
        former_names=(*_listed(row.get("former_names")), *_known_former().get(code or "", ())),
        pinyin=row.get("pinyin") or row.get("pinyin_tone"),
        other_readings=_listed(row.get("other_readings")),
        now=() if same_unit else now,
        kept_name=bool(now) and all(fold(name) == fold(row["name"]) for _, name in now),
        same_unit=same_unit,
        quality=row["quality"],
        source=row["source"],
        wkb=wkb,
    )


def _ordinal(day: str) -> int:
    return date.fromisoformat(day).toordinal()


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
