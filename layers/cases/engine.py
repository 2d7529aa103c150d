"""The one engine of every workflow: open a case, move it by an action, refuse what is not allowed.

Each accepted step is one version of the case and one event of the store's chain, written in one
transaction with everything that follows from it: the layer that shows the cases, and effects such
as a place name that comes into force. A refusal changes nothing. What is asked is asked in this
order: role, state, data, checks.
"""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from layers.cases.checks import Context, require_checks
from layers.cases.effects import EFFECTS
from layers.cases.forms import read_data, require_rules
from layers.cases.mirror import mirrored
from layers.cases.record import CASES, Case, read_case
from layers.cases.workflows import LAST_STATE, NAMED_FIELD, SAME_STATE, workflow
from layers.errors import Conflict, InvalidRecord, NotAllowed, NotFound, StaleVersion

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from layers.cases.workflows import Step, Workflow
    from layers.names.checks import NameLists
    from layers.store import Actor, Store

__all__ = ["ROLE_TITLES", "act", "allowed", "attach", "open_case", "record_past_case"]

ROLE_TITLES = {
    "clerk": "经办",
    "planner": "规划",
    "reviewer": "审核",
    "admin": "管理",
    "auditor": "审计",
}
"""Role -> Chinese title."""


_LONGEST_TITLE = 400


def open_case(
    store: Store,
    type: str,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    *,
    on: date,
    case_id: str | None = None,
    lists: NameLists | None = None,
    quality: str = "approximate",
) -> Case:
    """Open a case.

    Parameters
    ----------
    store
        An open store.
    type
        Case type, such as ``place_name``.
    actor
        Who opens it; the role must be exactly that of the workflow.
    data
        What the form of the opening asks for.
    on
        Business day.
    case_id
        Its id, for samples and tests; None: the store makes one.
    lists
        The bureau's words that no place name may contain; None: the shipped ones.
    quality
        ``synthetic`` for a case that is made up.

    Returns
    -------
    The case.

    Raises
    ------
    NotFound
        If there is no such case type, or no parent of that id.
    NotAllowed
        If the role is another, code ``role``.
    InvalidRecord
        If data are missing or not of their type, code ``case_data``.
    Conflict
        If a check is not met: its `code` is the check's name.
    """
    flow = workflow(type)
    step = flow.opening
    _require_role(flow, step, actor)
    with store.batch(actor, flow.actions["open"]) as batch:
        given = read_data(flow, step, data or {})
        parent = read_case(batch, given["parent_id"]) if flow.parent else None
        if parent is not None and on < parent.opened_on:
            raise InvalidRecord(
                f"办理日期 {on} 早于“{parent.title}”立案的 {parent.opened_on}，请改日期。",
                code="on_before_last",
                where="on",
            )
        known = {} if parent is None else parent.data
        inherited = {name: known[name] for name in flow.inherits if name in known}
        case = Case(
            id=case_id or "",
            type=type,
            title=_title(batch, flow, given),
            state=step.target,
            parent_id=None if parent is None else parent.id,
            opened_on=on,
            step_on=on,
            action="open",
            step_data=given,
            data={**inherited, **given},
            steps=_stepped({}, "open", 1, on),
            quality=quality,
        )
        context = Context(batch, flow, case, given, parent=parent, lists=lists)
        require_checks(step, context)
        return _write(batch, step, _with_effects(context, actor), context, actor, expect=0)


def act(
    store: Store,
    case_id: str,
    action: str,
    actor: Actor,
    data: Mapping[str, Any] | None = None,
    *,
    on: date,
    version: int | None = None,
    lists: NameLists | None = None,
) -> Case:
    """Move a case by one action, all of it or nothing.

    Parameters
    ----------
    store
        An open store.
    case_id
        Which case.
    action
        Of its workflow.
    actor
        Who does it; the role must be exactly that of the action.
    data
        What the form of the action asks for.
    on
        Business day, not before that of the last step.
    version
        The version that the actor saw; None: whatever there is.
    lists
        The bureau's words that no place name may contain; None: the shipped ones.

    Returns
    -------
    The case after the step.

    Raises
    ------
    NotFound
        If there is no such case.
    StaleVersion
        If somebody else moved it since `version`.
    NotAllowed
        If the role is another (``role``), or a reviewer did the step before (``four_eyes``).
    Conflict
        If the state does not allow it (``state``) or a check is not met (the check's name).
    InvalidRecord
        If the action is unknown (``unknown_action``), the day is before the last step's
        (``on_before_last``), or data are missing or not of their type (``case_data``).
    """
    seen = read_case(store, case_id)
    flow = workflow(seen.type)
    if action in flow.uploads:
        allowed(flow, seen, action, actor, version=version)
        raise InvalidRecord(
            f"“{flow.actions[action]}”须连同文件一起办理，如 xygeo case photo。",
            code="needs_upload",
            where=action,
        )
    brought = _computed(store, flow, seen, action, actor, version)
    return _act(
        store,
        case_id,
        action,
        actor,
        data or {},
        brought=brought,
        on=on,
        version=seen.version if brought else version,
        lists=lists,
    )


def attach(
    store: Store, case_id: str, action: str, actor: Actor, data: Mapping[str, Any], *, on: date
) -> Case:
    """Move a case by an action that comes with a file, whose data the program made.

    Parameters
    ----------
    store, case_id, action, actor, on
        As in `act`.
    data
        What was found out about the file.

    Returns
    -------
    The case after the step.

    Raises
    ------
    PlatformError
        As `act`.
    """
    return _act(store, case_id, action, actor, data, on=on)


def _act(
    store: Store,
    case_id: str,
    action: str,
    actor: Actor,
    data: Mapping[str, Any],
    *,
    on: date,
    brought: Mapping[str, Any] | None = None,
    version: int | None = None,
    lists: NameLists | None = None,
) -> Case:
    flow = workflow(read_case(store, case_id).type)
    with store.batch(actor, flow.actions.get(action, "")) as batch:
        case = read_case(batch, case_id)
        step = allowed(flow, case, action, actor, version=version)
        if on < case.step_on:
            raise InvalidRecord(
                f"办理日期 {on} 早于上一步的 {case.step_on}，请改日期。",
                code="on_before_last",
                where="on",
            )
        given = read_data(flow, step, data)
        after = _moved(batch, flow, step, case, {**given, **(brought or {})}, on)
        context = Context(batch, flow, after, given, lists=lists)
        require_rules(flow, step, given if action in flow.collects else after.data)
        require_checks(step, context)
        after = _with_effects(context, actor)
        return _write(batch, step, after, context, actor, expect=case.version)


def record_past_case(
    store: Store,
    type: str,
    actor: Actor,
    data: Mapping[str, Any],
    *,
    state: str,
    on: date,
    reason: str,
    case_id: str | None = None,
    quality: str = "approximate",
) -> Case:
    """Bring in a case that was closed before the program kept cases.

    Parameters
    ----------
    store, type, case_id, quality
        As in `open_case`.
    actor
        A reviewer.
    data
        What is known of it; nothing is asked for, what is given must fit the form.
    state
        One in which a case of this type is closed.
    on
        Business day of its end.
    reason
        Where it is known from, for the history.

    Returns
    -------
    The closed case. No other layer is changed but the one that shows the cases.

    Raises
    ------
    NotAllowed
        If the actor is no reviewer or gives no reason, code ``role``.
    InvalidRecord
        If the state is not final (``state``), or data do not fit the form (``case_data``).
    """
    flow = workflow(type)
    if actor.role != "reviewer" or not reason.strip():
        raise NotAllowed(
            "补录已办结的办件须由审核（reviewer）办理并写明依据。", code="role", where="reason"
        )
    if state not in flow.final:
        titles = "、".join(f"{name}（{flow.states[name]}）" for name in sorted(flow.final))
        raise InvalidRecord(
            f"补录的办件须已办结，状态可选：{titles}。", code="state", where="state"
        )
    step = next(one for one in flow.steps if one.target == state)
    given = read_data(flow, replace(step, data=()), data, every_field=True)
    with store.batch(actor, reason) as batch:
        case = Case(
            id=case_id or "",
            type=type,
            title=_title(batch, flow, given),
            state=state,
            opened_on=on,
            step_on=on,
            action=step.action,
            step_data=given,
            data=given,
            steps=_stepped({}, step.action, 1, on),
            quality=quality,
        )
        return _write(batch, step, case, Context(batch, flow, case, given), actor, expect=0)


def allowed(
    flow: Workflow, case: Case, action: str, actor: Actor, *, version: int | None = None
) -> Step:
    """Give the step that an action is in the case's state, for this actor.

    Parameters
    ----------
    flow, case
        The case and its workflow.
    action, actor
        What is asked by whom.
    version
        The version that the actor saw; None: whatever there is.

    Returns
    -------
    The row of the state table.

    Raises
    ------
    InvalidRecord
        If the workflow has no such action.
    NotAllowed
        If the role is another, or a reviewer did the step before.
    StaleVersion
        If somebody else moved the case since `version`.
    Conflict
        If the state does not allow it.
    """
    steps = flow.steps_of(action)
    if not steps:
        known = "、".join(f"{name}（{title}）" for name, title in flow.actions.items())
        raise InvalidRecord(
            f"{flow.title}没有办理事项“{action}”，可选：{known}。",
            code="unknown_action",
            where=action,
        )
    _require_role(flow, steps[0], actor)
    if version is not None and version != case.version:
        raise StaleVersion(
            f"“{case.title}”已由“{case.actor}”办到第 {case.version} 步，您看到的是第 {version} 步；"
            "请重新打开后再办，未写入任何内容。",
            where=case.id,
        )
    if (
        steps[0].role == "reviewer"
        and action not in flow.no_four_eyes
        and _is_one(actor.name, case.actor)
    ):
        raise NotAllowed(
            f"“{actor.name}”办了上一步（{flow.actions[case.action]}），不能自己审核；"
            "请由另一位审核人员办理，只有一位时须先增设。",
            code="four_eyes",
            where=action,
        )
    step = flow.step(action, case.state)
    if step is None:
        now = [flow.actions[one.action] for one in flow.steps if case.state in one.sources]
        possible = f"现在可以：{'、'.join(dict.fromkeys(now))}" if now else "本案已办结"
        raise Conflict(
            f"“{case.title}”现为“{flow.states[case.state]}”，不能“{flow.actions[action]}”；"
            f"{possible}。",
            code="state",
            where=action,
        )
    return step


def _is_one(name: str, other: str) -> bool:
    """Tell whether two names are of one account: blanks and case make no second person."""
    return name.strip().casefold() == other.strip().casefold()


def _require_role(flow: Workflow, step: Step, actor: Actor) -> None:
    if actor.role != step.role:
        own = ROLE_TITLES.get(actor.role, actor.role)
        raise NotAllowed(
            f"{flow.title}“{flow.actions[step.action]}”须由{ROLE_TITLES[step.role]}"
            f"（{step.role}）办理，“{actor.name}”是{own}（{actor.role}）。",
            code="role",
            where=step.action,
        )


def _computed(
    store: Store, flow: Workflow, case: Case, action: str, actor: Actor, version: int | None
) -> dict[str, Any]:
    """Compute what takes long before the transaction; refused first if it would be afterwards."""
    if action not in flow.computes:
        return {}
    allowed(flow, case, action, actor, version=version)
    from layers.cases.computes import COMPUTES  # noqa: PLC0415 - the models, only where asked

    return COMPUTES[flow.computes[action]](store, case)


def _moved(
    store: Store, flow: Workflow, step: Step, case: Case, given: Mapping[str, Any], on: date
) -> Case:
    version = case.version + 1
    state = {SAME_STATE: case.state, LAST_STATE: case.resume_state}.get(step.target, step.target)
    resume = case.resume_state if case.state in flow.paused else case.state
    data = {**case.data, **_gathered(flow, step, case.data, given)}
    return replace(
        case,
        title=_title(store, flow, data),
        state=state,
        version=version,
        step_on=on,
        action=step.action,
        from_state=case.state,
        resume_state=resume if state in flow.paused else "",
        step_data=given,
        data=data,
        steps=_stepped(case.steps, step.action, version, on),
        documents={**case.documents, **({step.document: version} if step.document else {})},
    )


def _gathered(
    flow: Workflow, step: Step, data: Mapping[str, Any], given: Mapping[str, Any]
) -> Mapping[str, Any]:
    """Give what changes in the data: an entry of a list where the action collects."""
    collect = flow.collects.get(step.action)
    if collect is None:
        # Why a name was sent back is not why it was asked for: what the opening brought is changed
        # only by a step that says so; the history has the rest.
        held = set(flow.opening.data) - set(flow.optional.get(step.action, ()))
        return {name: value for name, value in given.items() if name not in held}
    entries = list(data.get(collect.into, ()))
    if collect.key:
        entries = [one for one in entries if one[collect.key] != given[collect.key]]
    return {collect.into: [*entries, dict(given)]}


def _stepped(steps: Mapping[str, Any], action: str, version: int, on: date) -> dict[str, Any]:
    return {**steps, action: {"version": version, "on": on.isoformat()}}


def _title(store: Store, flow: Workflow, data: Mapping[str, Any]) -> str:
    def word(found: re.Match[str]) -> str:
        name, layer, column = found.groups()
        value = str(data.get(name, ""))
        if layer is None:
            return str(flow.form.fields[name].codes.get(value, value))
        try:
            return str(store.get(layer, value)[column])
        except NotFound:
            return value

    return " ".join(NAMED_FIELD.sub(word, flow.naming).split())[:_LONGEST_TITLE]


def _with_effects(context: Context, actor: Actor) -> Case:
    case = context.case
    for effect in context.flow.effects.get(case.action, ()):
        case = replace(case, data={**case.data, **EFFECTS[effect](context, actor)})
    return case


def _write(
    batch: Store, step: Step, case: Case, context: Context, actor: Actor, *, expect: int
) -> Case:
    flow = context.flow
    expected = {case.id: expect} if case.id else None
    reason = flow.actions[step.action]
    result = batch.put(CASES, [case.row()], actor=actor, expect=expected, reason=reason)
    written = read_case(batch, result.ids[0])
    if flow.mirror is not None:
        batch.put(flow.mirror.layer, [mirrored(flow.mirror, written)], actor=actor, reason=reason)
    return written
