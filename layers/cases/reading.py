"""What people ask about cases: one, a list, what may be done now, and how it came about."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.cases.checks import unmet_beforehand
from layers.cases.criteria import criteria, nomination_notes
from layers.cases.deadlines import due_of
from layers.cases.engine import allowed
from layers.cases.forms import needs_schema
from layers.cases.proposed_names import name_findings, spelling_advice
from layers.cases.record import CASES, Case, children_of, read_case, read_cases
from layers.cases.workflows import workflow, workflow_names
from layers.errors import Conflict, InvalidRecord, NotAllowed, NotFound

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import date

    from layers.cases.deadlines import Due
    from layers.names.checks import NameLists
    from layers.store import Actor, Store

__all__ = ["actions", "case", "case_json", "cases", "cases_json", "history"]


def case(store: Store, case_id: str) -> Case:
    """Give one case.

    Raises
    ------
    NotFound
        If there is none of this id, code ``unknown_case``.
    """
    return read_case(store, case_id)


def cases(
    store: Store,
    *,
    on: date,
    type: str | None = None,
    state: str | None = None,
    parent_id: str | None = None,
    due_before: date | None = None,
    limit: int | None = None,
) -> list[Case]:
    """Give the cases that are asked for, the most urgent first.

    Parameters
    ----------
    store
        An open store.
    on
        Today.
    type, state, parent_id
        Only these; `state` may also be ``open``: all that are not closed.
    due_before
        Only those with something undone that is due by the end of this day.
    limit
        At most so many.

    Returns
    -------
    By the next undone deadline (none: later; closed: last), then by day of opening and id. A closed
    case is asked for by `due_before` where something follows from it, as the next inspection does.

    Raises
    ------
    NotFound
        If no workflow has the type.
    InvalidRecord
        If no workflow asked for has the state, code ``unknown_state``.
    """
    flows = [workflow(name) for name in ([type] if type else workflow_names())]
    states = {name for flow in flows for name in flow.states}
    if state not in {None, "open", *states}:
        raise InvalidRecord(
            f"没有办理状态“{state}”，可选：open（未办结）、{'、'.join(sorted(states))}。",
            code="unknown_state",
            where=str(state),
        )
    found = []
    for one in read_cases(store, type=type, parent_id=parent_id):
        closed = one.state in workflow(one.type).final
        if state is not None and (closed if state == "open" else one.state != state):
            continue
        undone = [due.on for due in due_of(store, one, on=on) if not due.done]
        next_due = min(undone, default=None)
        if due_before is None or (next_due is not None and next_due <= due_before):
            urgency = (closed, next_due is None, next_due or one.opened_on, one.opened_on, one.id)
            found.append((urgency, one))
    found.sort(key=lambda entry: entry[0])
    return [one for _, one in found[:limit]]


def actions(
    store: Store, case_id: str, actor: Actor, *, lists: NameLists | None = None
) -> list[dict[str, Any]]:
    """Give what this actor may do with a case now.

    Parameters
    ----------
    store, case_id
        Which case.
    actor
        By whom.
    lists
        The bureau's words that no place name may contain; None: the shipped ones.

    Returns
    -------
    `{action, title, needs, upload, warnings}` in the order of the state table; `needs` is a JSON
    Schema, `upload` tells that it is done with a file instead, `warnings` are the checks that would
    refuse it as the case stands, one Chinese sentence each.

    Raises
    ------
    NotFound
        If there is no such case.
    """
    return _actions(store, read_case(store, case_id), actor, lists)


def history(store: Store, case_id: str) -> list[dict[str, Any]]:
    """Give the steps of a case, oldest first.

    Parameters
    ----------
    store, case_id
        Which case.

    Returns
    -------
    `{seq, at, on, actor, role, verified, action, title, from, to, data, version, hash}`: number,
    instant and hash of the event in the store's chain, business day, and what the step brought.

    Raises
    ------
    NotFound
        If there is no such case.
    """
    read_case(store, case_id)
    versions = {version.version: version for version in store.history(CASES, case_id)}
    steps = []
    for event in store.changes(layer=CASES):
        row = versions[event.version].row if event.id == case_id else None
        if row is None:
            continue
        one = Case.of({**row, "version": event.version, "updated_by": event.actor})
        steps.append(
            {
                "seq": event.seq,
                "at": event.at.isoformat(),
                "on": one.step_on.isoformat(),
                "actor": event.actor,
                "role": event.role,
                "verified": event.verified,
                "action": one.action,
                "title": workflow(one.type).actions[one.action],
                "from": one.from_state or None,
                "to": one.state,
                "data": dict(one.step_data),
                "version": one.version,
                "hash": event.hash,
            }
        )
    return steps


def cases_json(
    store: Store, found: Iterable[Case], *, on: date, lists: NameLists | None = None
) -> list[dict[str, Any]]:
    """Give many cases as `case_json` gives one, without actions; their children are read once.

    Parameters
    ----------
    store, on, lists
        As in `case_json`.
    found
        Of the store, as `cases` gives them.

    Returns
    -------
    A body a case, in their order.
    """
    children = children_of(store)
    return [_body(store, one, children.get(one.id, ()), on, lists) for one in found]


def case_json(
    store: Store,
    one: Case,
    *,
    on: date,
    actor: Actor | None = None,
    lists: NameLists | None = None,
) -> dict[str, Any]:
    """Give a case as programs and pages see it.

    Parameters
    ----------
    store, one
        The case.
    on
        Today.
    actor
        For whom `actions` are listed; None: without them.
    lists
        The bureau's words that no place name may contain; None: the shipped ones.

    Returns
    -------
    `id type type_title title state state_title version parent_id opened_on on data due documents
    children warnings` and `actions`.
    """
    body = _body(store, one, children_of(store).get(one.id, ()), on, lists)
    if actor is not None:
        body["actions"] = _actions(store, one, actor, lists)
    return body


def _body(
    store: Store, one: Case, children: Sequence[str], on: date, lists: NameLists | None
) -> dict[str, Any]:
    flow = workflow(one.type)
    due = due_of(store, one, on=on)
    return {
        "id": one.id,
        "type": one.type,
        "type_title": flow.title,
        "title": one.title,
        "state": one.state,
        "state_title": flow.states[one.state],
        "closed": one.state in flow.final,
        "version": one.version,
        "parent_id": one.parent_id,
        "opened_on": one.opened_on.isoformat(),
        "on": one.step_on.isoformat(),
        "data": dict(one.data),
        "due": [one_due.to_json() for one_due in due],
        "documents": [
            {"name": name, "title": flow.documents[name].title,
             "formats": list(flow.documents[name].formats), "version": version}
            for name, version in sorted(one.documents.items())
        ],
        "children": list(children),
        "warnings": [*_late(one, due), *_warnings(store, one, lists)],
    }  # fmt: skip


def _late(one: Case, due: Iterable[Due]) -> list[str]:
    """Say which deadlines of an open case have passed; none of them blocks anything."""
    if one.state in workflow(one.type).final:
        return []
    return [f"{d.what}的期限 {d.on} 已过，请尽快办理。" for d in due if d.late and not d.done]


def _actions(
    store: Store, one: Case, actor: Actor, lists: NameLists | None
) -> list[dict[str, Any]]:
    flow = workflow(one.type)
    found = []
    for action, title in flow.actions.items():
        try:
            step = allowed(flow, one, action, actor) if action != "open" else None
        except (NotAllowed, Conflict):
            continue
        if step is not None:
            needs = needs_schema(flow, step)
            upload = action in flow.uploads
            warnings = unmet_beforehand(store, flow, step, one, lists)
            found.append(
                {
                    "action": action,
                    "title": title,
                    "needs": needs,
                    "upload": upload,
                    "warnings": warnings,
                }
            )
    return found


def _warnings(store: Store, one: Case, lists: NameLists | None) -> list[str]:
    """Say what deserves a look before the next step; it blocks nothing."""
    flow = workflow(one.type)
    if one.state in flow.final:
        return []
    if one.type == "place_name":
        found = name_findings(store, one, lists)
        advice = spelling_advice(one, found)
        return [*(f"{f.code} {f.message}" for f in found), *([advice] if advice else [])]
    if one.type == "heritage":
        return _heritage_warnings(store, one)
    return []


def _heritage_warnings(store: Store, one: Case) -> list[str]:
    data, said = one.data, []
    proved = {entry["criterion"] for entry in data.get("evidence", ())}
    missing = [title for key, title in criteria(data["kind"]).titles.items() if key not in proved]
    if missing:
        said.append(f"还缺佐证材料：{'、'.join(missing)}。")
    try:
        name = store.get("divisions", data["division_code"])["name"]
    except NotFound:
        return [*said, f"区划 {data['division_code']} 不在区划层，请核对。"]
    return [*said, *nomination_notes(data["kind"], data["division_code"], name)]
