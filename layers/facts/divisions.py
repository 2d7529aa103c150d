"""Units of the county as the yearly lists name them, living and former, and what became of them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache

from layers.facts.files import read_table

__all__ = [
    "Change",
    "Division",
    "changes",
    "divisions",
    "divisions_on",
    "former_divisions",
    "related_codes",
    "successors",
    "townships_through_time",
]


@dataclass(frozen=True, kw_only=True)
class Division:
    """One unit in one period of validity.

    Attributes
    ----------
    code
        Twelve digits.
    legal
        False for list entries that are no divisions: the development zone and its placeholder.
    valid_from, valid_to
        Half-open period; None is open. Known to the year only where `date_precision` says so.
    """

    code: str
    name: str
    full_name: str
    level: str
    kind: str
    parent_code: str
    legal: bool
    valid_from: date | None
    valid_to: date | None
    date_precision: str | None
    source: str

    def valid_on(self, day: date) -> bool:
        """Tell whether the unit existed on that day.

        Parameters
        ----------
        day
            Day asked for.

        Returns
        -------
        True inside the half-open period.
        """
        return (self.valid_from is None or self.valid_from <= day) and (
            self.valid_to is None or day < self.valid_to
        )


@dataclass(frozen=True, kw_only=True)
class Change:
    """One step from an old unit to a new one.

    Attributes
    ----------
    new_code
        None if the unit was abolished: no source seen names a successor.
    kind
        recode, rename, upgrade, merge, split or abolish.
    """

    old_code: str
    old_name: str
    new_code: str | None
    new_name: str | None
    level: str
    kind: str
    date: date
    date_precision: str
    source: str
    note: str


def _day(text: str) -> date | None:
    return date.fromisoformat(text) if text else None


@cache  # rows are frozen and the files do not change under a running program
def _read_divisions(name: str) -> tuple[Division, ...]:
    return tuple(
        Division(
            code=row["code"],
            name=row["name"],
            full_name=row["full_name"],
            level=row["level"],
            kind=row["kind"],
            parent_code=row["parent_code"],
            legal=row["legal"] == "1",
            valid_from=_day(row["valid_from"]),
            valid_to=_day(row["valid_to"]),
            date_precision=row["date_precision"] or None,
            source=row["source"],
        )
        for row in read_table(name)
    )


def divisions() -> tuple[Division, ...]:
    """List the living units: the county, nine towns, the zone, 239 village-level units.

    Returns
    -------
    250 units in file order.
    """
    return _read_divisions("divisions.csv")


def former_divisions() -> tuple[Division, ...]:
    """List the units and names that are no longer valid.

    Returns
    -------
    155 units in file order; each has a `valid_to`.
    """
    return _read_divisions("divisions_former.csv")


def divisions_on(day: date) -> tuple[Division, ...]:
    """List the units of one day.

    The lists are yearly: ask for days well away from a change.

    Parameters
    ----------
    day
        Day asked for.

    Returns
    -------
    The units valid that day, living ones first.
    """
    return tuple(unit for unit in (*divisions(), *former_divisions()) if unit.valid_on(day))


@cache
def changes() -> tuple[Change, ...]:
    """List what became of each former unit or name.

    Returns
    -------
    157 changes in file order; a unit that was split has one row a successor.
    """
    return tuple(
        Change(
            old_code=row["old_code"],
            old_name=row["old_name"],
            new_code=row["new_code"] or None,
            new_name=row["new_name"] or None,
            level=row["level"],
            kind=row["kind"],
            date=date.fromisoformat(row["date"]),
            date_precision=row["date_precision"],
            source=row["source"],
            note=row["note"],
        )
        for row in read_table("changes.csv")
    )


def successors(code: str) -> tuple[str, ...]:
    """Follow a unit through all its changes to the living units that hold its ground today.

    Parameters
    ----------
    code
        Twelve digits of a living or former unit.

    Returns
    -------
    Living codes, ascending; a living unit is its own successor, an abolished one has none.
    """
    step = _linked(old_to_new=True)
    living = {unit.code for unit in divisions()}
    return tuple(sorted(({code} | _reached(code, step)) & living))


@cache
def _linked(*, old_to_new: bool) -> dict[str, tuple[str, ...]]:
    linked: dict[str, tuple[str, ...]] = {}
    for change in changes():
        if change.new_code is not None and change.new_code != change.old_code:
            pair = (change.old_code, change.new_code)
            start, end = pair if old_to_new else pair[::-1]
            linked[start] = (*linked.get(start, ()), end)
    return linked


def _reached(code: str, step: Mapping[str, tuple[str, ...]]) -> set[str]:
    """Give all codes to which steps lead from one."""
    found: set[str] = set()
    queue = [code]
    while queue:
        fresh = set(step.get(queue.pop(), ())) - found
        found |= fresh
        queue.extend(fresh)
    return found


def related_codes(code: str) -> tuple[str, ...]:
    """Give the codes that a unit came from and those it went into, through all changes.

    Parameters
    ----------
    code
        Twelve digits of a living or former unit.

    Returns
    -------
    Codes of earlier and later units, ascending, without the code itself and without those that
    only share a forerunner or successor with it; none where no change is known.
    """
    found = {
        other
        for old_to_new in (False, True)
        for other in _reached(code, _linked(old_to_new=old_to_new))
    }
    return tuple(sorted(found - {code}))


def townships_through_time(codes: Iterable[str]) -> tuple[dict[str, str], ...]:
    """Give the townships of villages as they were: today, and before each day of changes.

    Parameters
    ----------
    codes
        Twelve digits a village-level unit.

    Returns
    -------
    One mapping a state, code -> code of its township, each state once; the first takes the codes
    at their word. A unit that is not known in a state keeps that township.
    """
    wanted = sorted(set(codes))
    states = [{code: f"{code[:9]}000" for code in wanted}]
    for day in sorted({change.date for change in changes()}):
        valid = {unit.code: unit.parent_code for unit in divisions_on(day - timedelta(days=1))}
        state = {}
        for code in wanted:
            units = [code] if code in valid else [c for c in related_codes(code) if c in valid]
            towns = {valid[unit] for unit in units}
            state[code] = towns.pop() if len(towns) == 1 else states[0][code]
        if state not in states:
            states.append(state)
    return tuple(states)
