"""What is due when, and on what basis: of one case, and the county's five-year calendar."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING, Any

import pandas as pd

from layers.cases.record import read_case, read_cases
from layers.cases.workflows import workflow
from layers.derived import inspection_due
from layers.errors import NotFound
from layers.store import each

if TYPE_CHECKING:
    from layers.cases.record import Case
    from layers.cases.workflows import DueRule
    from layers.store import Store

__all__ = ["REMINDER_MONTHS", "Due", "due_of", "inspection_calendar"]

REMINDER_MONTHS = (12, 6, 3)
"""How many months before a line's next inspection its reminders come."""

_DAYS_AFTER = re.compile(r"(\w+)(?: \+ (\d+) d)?")


@dataclass(frozen=True)
class Due:
    """One deadline.

    Attributes
    ----------
    what, on, basis
        What is due by the end of which day, by which rule.
    done, late
        Whether it is done; whether the day passed before it was. A passed deadline never blocks.
    """

    what: str
    on: date
    basis: str
    done: bool
    late: bool

    def to_json(self) -> dict[str, Any]:
        """Give it as a mapping."""
        return {**vars(self), "on": self.on.isoformat()}


def due_of(store: Store, case: Case, *, on: date) -> list[Due]:
    """Give the deadlines of a case.

    Parameters
    ----------
    store, case
        The case.
    on
        Today, for what is late.

    Returns
    -------
    Those that stand already, by day.
    """
    found = []
    for rule in workflow(case.type).due:
        day = _day(store, case, rule)
        if day is not None:
            done_on = _done_on(store, case, rule)
            late = day < (on if done_on is None else done_on)
            found.append(Due(rule.what, day, rule.basis, done_on is not None, late))
    return sorted(found, key=lambda due: (due.on, due.what))


def inspection_calendar(store: Store, *, on: date) -> list[dict[str, Any]]:
    """Give the next inspection of every boundary line.

    Parameters
    ----------
    store
        An open store.
    on
        Today.

    Returns
    -------
    By day: `line_id name last_inspected_year lead_code_last lead_code` (whose turn it is; None
    where either may), `due` (31 December of the fifth year after the last; None where the last is
    not known), `reminders` (12, 6 and 3 months before), `late`, `case_id` of an open inspection.
    """
    flow = workflow("inspection")
    running = {
        case.data["line_id"]: case.id
        for case in read_cases(store, type="inspection")
        if case.state not in flow.final
    }
    rows = [_line(row, running, on) for row in each(store, "boundary_lines")]
    return sorted(rows, key=lambda row: (row["due"] or date.max, row["line_id"]))


def _line(row: dict[str, Any], running: dict[str, str], on: date) -> dict[str, Any]:
    due, last = row["next_due"], row["lead_code_last"]
    turn = {row["code_a"]: row["code_b"], row["code_b"]: row["code_a"]}
    before = [] if due is None else [_months_before(due, months) for months in REMINDER_MONTHS]
    return {
        "line_id": row["id"],
        "name": row["name"],
        "last_inspected_year": row["last_inspected_year"],
        "lead_code_last": last,
        "lead_code": turn.get(last),
        "due": due,
        "reminders": before,
        "late": due is not None and due < on,
        "case_id": running.get(row["id"]),
    }


def _months_before(day: date, months: int) -> date:
    return (pd.Timestamp(day) - pd.DateOffset(months=months)).date()


def _day(store: Store, case: Case, rule: DueRule) -> date | None:
    if rule.after and rule.after not in case.steps:
        return None
    if rule.date.endswith("()"):
        return _DATES[rule.date.removesuffix("()")](store, case)
    found = _DAYS_AFTER.fullmatch(rule.date)
    if found is None or found[1] not in case.data:
        return None
    return date.fromisoformat(case.data[found[1]]) + timedelta(days=int(found[2] or 0))


def _done_on(store: Store, case: Case, rule: DueRule) -> date | None:
    """Give the day on which what is due was done, since it last became due."""
    if rule.done.endswith("()"):
        return _DATES[rule.done.removesuffix("()")](store, case)
    done, since = case.steps.get(rule.done), case.steps.get(rule.after, {"version": 0})
    if done is None or done["version"] < since["version"]:
        return None
    return date.fromisoformat(case.data[rule.met_on] if rule.met_on else done["on"])


def _line_next_due(store: Store, case: Case) -> date | None:
    """Give the day by which the line of an inspection was due when the case was opened."""
    try:
        row = store.get("boundary_lines", case.data["line_id"])
    except NotFound:
        return None
    if "archive" in case.steps:  # the line counts from this inspection by now
        return date(case.data["year"], 12, 31)
    due: date | None = row["next_due"]
    return due


def _next_round(_store: Store, case: Case, months: int = 0) -> date | None:
    """Give the day by which the line is due after this inspection, or some months before."""
    year = case.data.get("year")
    return year and _months_before(date.fromisoformat(inspection_due(year)), months)


def _round_opened(store: Store, case: Case) -> date | None:
    """Give the day on which the next inspection of the line was opened."""
    return min((later.opened_on for later in _later_rounds(store, case)), default=None)


def _round_archived(store: Store, case: Case) -> date | None:
    """Give the day on which the next inspection of the line was archived."""
    final = workflow(case.type).final
    ended = (later.step_on for later in _later_rounds(store, case) if later.state in final)
    return min(ended, default=None)


def _later_rounds(store: Store, case: Case) -> list[Case]:
    line_id, year = case.data.get("line_id"), case.data["year"]
    rows = store.values("inspections", ("id", "line_id", "year"))
    return [read_case(store, id) for id, of, when in rows if of == line_id and (when or 0) > year]


_DATES: dict[str, Callable[[Store, Case], date | None]] = {
    "line_next_due": _line_next_due,
    "next_round": _next_round,
    **{
        f"next_round_{months}_months_before": partial(_next_round, months=months)
        for months in REMINDER_MONTHS
    },
    "next_round_archived": _round_archived,
    "next_round_opened": _round_opened,
}
"""Name, as in the workflow files without ``()``, -> date, None where there is none."""
