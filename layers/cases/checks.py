"""Named checks: what must hold before a step, each by the name that the workflows use."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from geo.errors import PlatformError
from layers.cases.criteria import criteria
from layers.cases.proposed_names import name_findings, spelling_advice
from layers.cases.record import Case, read_cases
from layers.cases.workflows import workflow
from layers.errors import NotFound, Unmet
from layers.store import Query

if TYPE_CHECKING:
    from collections.abc import Mapping

    from layers.cases.workflows import Step, Workflow
    from layers.names.checks import NameLists
    from layers.store import Store

__all__ = ["CHECKS", "Context", "Refusal", "require_checks", "unmet_beforehand"]

_MARKER_KINDS = frozenset({"F01", "F02", "F03", "F04", "F05", "F06"})
_REFERENCES = 3


@dataclass(frozen=True)
class Context:
    """What a check or an effect may look at.

    Attributes
    ----------
    store
        Inside the transaction of the step.
    flow, case
        The workflow and the case as it would stand after the step.
    given
        What the step brought.
    parent
        The parent case, at opening.
    lists
        Words that no place name may contain; None: the shipped ones.
    """

    store: Store
    flow: Workflow
    case: Case
    given: Mapping[str, Any]
    parent: Case | None = None
    lists: NameLists | None = None


@dataclass(frozen=True)
class Refusal:
    """Why a step is refused.

    Attributes
    ----------
    message
        The rest of a Chinese sentence.
    findings
        What was found, where it is more than the message.
    code
        Of the error; nothing: the name of the check.
    """

    message: str
    findings: tuple[Any, ...] = ()
    code: str = ""


def _line_has_no_open_case(context: Context) -> Refusal | None:
    line_id = context.given["line_id"]
    try:
        context.store.get("boundary_lines", line_id)
    except NotFound:
        return Refusal(f"界线层没有“{line_id}”，请先导入 boundary_lines。")
    final = context.flow.final
    for case in read_cases(context.store, type=context.case.type):
        if case.data["line_id"] == line_id and case.state not in final:
            state = context.flow.states[case.state]
            return Refusal(f"界线 {line_id} 已有未办结的联检“{case.title}”（{case.id}，{state}）。")
    return None


def _lead_swaps(context: Context) -> Refusal | None:
    line_id, lead = context.given["line_id"], context.given["lead_code"]
    pair = line_id.split("-")
    if lead not in pair:
        return Refusal(f"牵头方 {lead} 不是界线 {line_id} 的一方，应为 {' 或 '.join(pair)}。")
    last = context.store.get("boundary_lines", line_id)["lead_code_last"]
    if lead == last:
        return Refusal(f"上轮由 {last} 牵头，本轮应轮换，由另一方牵头。")
    return None


def _known_marker(context: Context) -> Refusal | None:
    marker_id, line_id = context.given["marker_id"], context.case.data["line_id"]
    if marker_id in {marker["id"] for marker in _markers(context)}:
        return None
    return Refusal(f"界桩“{marker_id}”不在界线 {line_id} 上，请核对界桩标识。")


def _three_references(context: Context) -> Refusal | None:
    number = len(context.given["refs_checked"])
    if number == _REFERENCES:
        return None
    return Refusal(f"每座界桩须查三个方位物，现有 {number} 个。")


def _both_present(context: Context) -> Refusal | None:
    absent = [
        side
        for side, field in (("甲方", "present_a"), ("乙方", "present_b"))
        if not context.given[field]
    ]
    return Refusal(f"实地检查须双方在场，{'、'.join(absent)}不在场。") if absent else None


def _all_markers_recorded(context: Context) -> Refusal | None:
    done = {record["marker_id"] for record in context.case.data.get("markers", ())}
    missing = [marker["number"] for marker in _markers(context) if marker["id"] not in done]
    if not missing:
        return None
    some = "、".join(missing[:5]) + ("等" if len(missing) > 5 else "")
    return Refusal(f"还有 {len(missing)} 座界桩没有登记：{some}。")


def _has_open_finding(context: Context) -> Refusal | None:
    if _open_findings(context):
        return None
    return Refusal("没有未处理的问题，不必整改，可直接拟订报告。")


def _no_open_finding(context: Context) -> Refusal | None:
    found = _open_findings(context)
    if not found:
        return None
    titles = "、".join(case.title[:30] for case in found[:3])
    return Refusal(f"还有 {len(found)} 个问题没有办结：{titles}。")


def _parent_is_open(context: Context) -> Refusal | None:
    parent = context.parent
    if parent is None or parent.type != context.flow.parent:
        return Refusal(f"“{context.given['parent_id']}”不是{workflow(context.flow.parent).title}。")
    flow = workflow(parent.type)
    if parent.state in flow.final:
        return Refusal(f"“{parent.title}”已是“{flow.states[parent.state]}”，不能再登记问题。")
    return None


def _marker_on_line(context: Context) -> Refusal | None:
    """Ask whether the marker of a finding, if it is about one, stands on the line."""
    if "marker_id" not in context.given or context.parent is None:
        return None
    return _known_marker(context)


def _known_old_name(context: Context) -> Refusal | None:
    """Ask whether the name that is replaced or given up is there, and fits what is done."""
    data = context.case.data
    purpose, old_id = data.get("purpose"), data.get("old_name_id")
    if old_id is None:
        if purpose in {None, "naming"}:
            return None
        titles = context.flow.form.fields["purpose"].codes
        return Refusal(f"{titles[purpose]}须给出原地名标识（old_name_id）。")
    if purpose == "naming":
        return Refusal("命名没有原地名；更名、销名请改办理事由（purpose）。")
    try:
        old = context.store.get("place_names", old_id)
    except NotFound:
        return Refusal(f"原地名“{old_id}”不在地名层，请核对 old_name_id。")
    if old["status"] in {"former", "refused"}:
        return Refusal(f"“{old['name']}”已不是现用地名，不能再更名或销名。")
    if purpose == "retirement" and old["name"] != data["name"]:
        return Refusal(f"销名的是“{old['name']}”，名称应与之相同，不是“{data['name']}”。")
    return None


def _neighbour_present_for_markers(context: Context) -> Refusal | None:
    if context.case.data["kind"] in _MARKER_KINDS and not context.given["neighbour_present"]:
        return Refusal("涉及界桩的问题（F01—F06）须对方在场方可动工。")
    return None


def _no_error_finding(context: Context) -> Refusal | None:
    errors = [
        one
        for one in name_findings(context.store, context.case, context.lists)
        if one.level == "error"
    ]
    if not errors:
        return None
    said = "；".join(one.message.rstrip("。") for one in errors) + "。"
    return Refusal(said + spelling_advice(context.case, errors), tuple(errors))


def _warnings_have_reasons(context: Context) -> Refusal | None:
    reasons = context.case.data.get("reasons", {})
    bare = [
        one
        for one in name_findings(context.store, context.case, context.lists)
        if one.level == "warning" and not str(reasons.get(one.code, "")).strip()
    ]
    if not bare:
        return None
    codes = "、".join(dict.fromkeys(one.code for one in bare))
    return Refusal(f"提示 {codes} 须逐项说明理由（reasons）：{bare[0].message}", tuple(bare))


def _known_criterion(context: Context) -> Refusal | None:
    known = criteria(context.case.data["kind"])
    if context.given["criterion"] in known.titles:
        return None
    listed = "、".join(f"{key}（{title}）" for key, title in known.titles.items())
    return Refusal(f"没有条件“{context.given['criterion']}”，可选：{listed}。")


def _points_within_limits(context: Context) -> Refusal | None:
    limits = criteria(context.case.data["kind"]).points
    points = context.given["points"]
    listed = "、".join(f"{key} 0-{most}" for key, most in limits.items())
    if points.keys() != limits.keys():
        return Refusal(f"评分项应为：{listed}。")
    for key, value in points.items():
        if isinstance(value, bool) or not isinstance(value, int | float):
            return Refusal(f"{key} 的分数应为数字。")
        if not 0 <= value <= limits[key]:
            return Refusal(f"{key} 得 {value:g} 分，应在 0 到 {limits[key]} 之间。")
    return None


def _every_hard_criterion_has_evidence(context: Context) -> Refusal | None:
    known = criteria(context.case.data["kind"])
    proved = {one["criterion"] for one in context.case.data.get("evidence", ())}
    missing = [title for key, title in known.titles.items() if key not in proved]
    return Refusal(f"还缺佐证材料：{'、'.join(missing)}。") if missing else None


def _not_stale(context: Context) -> Refusal | None:
    from layers.cases.computes import is_stale  # noqa: PLC0415 - the siting models, only here

    if is_stale(context.store, context.case):
        return Refusal("计算之后数据已有变化（stale），请先修改并重新计算。", code="stale")
    return None


def _synthetic_acknowledged(context: Context) -> Refusal | None:
    synthetic = context.case.data.get("result", {}).get("quality") == "synthetic"
    if synthetic and not context.case.data.get("acknowledge_synthetic"):
        return Refusal("计算用了示意数据（非法定），采纳须写明已知（acknowledge_synthetic）。")
    return None


def require_checks(step: Step, context: Context) -> None:
    """Refuse a step whose checks do not hold.

    Parameters
    ----------
    step, context
        What is done, and the case as it would stand after it.

    Raises
    ------
    Unmet
        At the first that does not hold.
    """
    for name in step.checks:
        if refusal := CHECKS[name](context):
            action = context.flow.actions[step.action]
            raise Unmet(
                f"{context.flow.title}“{action}”：{refusal.message}",
                code=refusal.code or name,
                where=step.action,
                findings=refusal.findings,
            )


def unmet_beforehand(
    store: Store, flow: Workflow, step: Step, case: Case, lists: NameLists | None = None
) -> list[str]:
    """Say which checks would refuse a step whatever it brings.

    Parameters
    ----------
    store, flow, step, case
        What might be done with a case as it stands.
    lists
        Words that no place name may contain; None: the shipped ones.

    Returns
    -------
    Chinese sentences. A check of what the step itself brings is not asked.
    """
    context = Context(store, flow, case, {}, lists=lists)
    said = []
    for name in step.checks:
        if name in _BEFOREHAND:
            try:
                refusal = CHECKS[name](context)
            except PlatformError as error:  # what it looks at is gone, or cannot be read any more
                said.append(str(error))
            else:
                said += [] if refusal is None else [refusal.message]
    return said


def _markers(context: Context) -> list[dict[str, Any]]:
    line_id = context.case.data["line_id"]
    rows = context.store.find("boundary_markers", Query(at=context.case.step_on))
    return [row for row in rows if line_id in row["line_ids"]]


def _open_findings(context: Context) -> list[Case]:
    children = read_cases(context.store, parent_id=context.case.id)
    return [one for one in children if one.state not in workflow(one.type).closed_for_parent]


_BEFOREHAND = frozenset(
    {
        "all_markers_recorded",
        "every_hard_criterion_has_evidence",
        "has_open_finding",
        "no_error_finding",
        "no_open_finding",
        "not_stale",
        "synthetic_acknowledged",
        "warnings_have_reasons",
    }
)
"""Checks that look at the case and the store alone; what the step may still bring helps some."""

CHECKS: dict[str, Callable[[Context], Refusal | None]] = {
    "all_markers_recorded": _all_markers_recorded,
    "both_present": _both_present,
    "every_hard_criterion_has_evidence": _every_hard_criterion_has_evidence,
    "has_open_finding": _has_open_finding,
    "known_criterion": _known_criterion,
    "known_marker": _known_marker,
    "known_old_name": _known_old_name,
    "lead_swaps": _lead_swaps,
    "marker_on_line": _marker_on_line,
    "line_has_no_open_case": _line_has_no_open_case,
    "neighbour_present_for_markers": _neighbour_present_for_markers,
    "no_error_finding": _no_error_finding,
    "no_open_finding": _no_open_finding,
    "not_stale": _not_stale,
    "parent_is_open": _parent_is_open,
    "points_within_limits": _points_within_limits,
    "synthetic_acknowledged": _synthetic_acknowledged,
    "three_references": _three_references,
    "warnings_have_reasons": _warnings_have_reasons,
}
"""Name, as in the workflow files without ``()``, -> check; None means that it holds."""
