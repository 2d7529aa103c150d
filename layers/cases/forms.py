"""What an action brings: read by its form, refused by field, described for a form on a screen."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from layers.errors import InvalidRecord
from layers.field_values import Fault, is_missing, reader_of
from layers.findings import Finding
from layers.json_schema import object_schema
from layers.schema import Rule
from layers.validate import holds_persons_number

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from layers.cases.workflows import Step, Workflow
    from layers.schema import Field, LayerSchema

__all__ = ["needs_schema", "read_data", "require_rules"]


def read_data(
    flow: Workflow,
    step: Step,
    data: Mapping[str, Any],
    *,
    every_field: bool = False,
) -> dict[str, Any]:
    """Read the data of one step.

    Parameters
    ----------
    flow, step
        What is done.
    data
        Field -> value as people or programs give it; missing values are left out.
    every_field
        Take every field of the form, whichever step it belongs to.

    Returns
    -------
    Field -> value, only what JSON has.

    Raises
    ------
    InvalidRecord
        If a field is unknown, missing or not of its type; `findings` names every one.
    """
    form = flow.form_of(step)
    allowed = tuple(form.fields) if every_field else flow.fields_of(step)
    found: dict[str, Any] = {}
    findings: list[Finding] = []
    for name, value in data.items():
        if name not in allowed:
            findings.append(_finding(form, name, value, "I02", _not_here(form, name, allowed)))
        elif not is_missing(value):
            try:
                found[name] = _read(form.fields[name], value)
            except Fault as fault:
                findings.append(_finding(form, name, value, fault.code, fault.reason))
    findings += [
        _finding(form, name, None, "I03", "不能为空，请补上")
        for name in step.data
        if name not in found and name not in {f.field for f in findings}
    ]
    _refuse(flow, step, findings)
    return found


def require_rules(flow: Workflow, step: Step, data: Mapping[str, Any]) -> None:
    """Refuse data that break a comparison of days in the form (`plan_from <= plan_to`).

    Parameters
    ----------
    flow, step
        What is done.
    data
        All the data that the form describes, old and new.

    Raises
    ------
    InvalidRecord
        If a rule is broken; `findings` names every one.
    """
    form = flow.form_of(step)
    findings = []
    for rule in form.rules:
        if broken := rule.broken(data):
            low, high = (Rule.title_of(term, form.fields) for term in broken)
            late = "早于" if rule.strict else "不晚于"
            findings.append(
                Finding(1, rule.fields[-1], None, "I06", f"{low}应{late}{high}，请核对。")
            )
    _refuse(flow, step, findings)


def needs_schema(flow: Workflow, step: Step) -> dict[str, Any]:
    """Describe what a step takes, as JSON Schema.

    Parameters
    ----------
    flow, step
        What may be done.

    Returns
    -------
    `layers.json_schema.object_schema` of its fields.
    """
    form = flow.form_of(step)
    return object_schema([form.fields[name] for name in flow.fields_of(step)], required=step.data)


def _read(field: Field, value: object) -> Any:  # noqa: ANN401 - what the field holds
    read = reader_of(field)(value)
    if holds_persons_number(read):
        raise Fault("含有身份证号或手机号，本平台不收个人信息，请删去", "I18")
    return read


def _refuse(flow: Workflow, step: Step, findings: Sequence[Finding]) -> None:
    if findings:
        first = findings[0]
        raise InvalidRecord(
            f"{flow.title}“{flow.actions[step.action]}”：{first.message}",
            code="case_data",
            where=first.field,
            findings=findings,
        )


def _finding(form: LayerSchema, name: str, value: object, code: str, reason: str) -> Finding:
    field = form.fields.get(name)
    label = name if field is None else f"{field.title}（{name}）"
    shown = None if is_missing(value) or code == "I18" else str(value)[:60]
    what = "" if shown is None or code == "I02" else f"“{shown}”"
    return Finding(1, name, shown, code, f"{label}{what}{reason}。")


def _not_here(form: LayerSchema, name: str, allowed: Sequence[str]) -> str:
    listed = "、".join(allowed) or "（不带内容）"
    if name in form.fields:
        return f"不属于这一步，可用：{listed}"
    return f"不是已知的内容，可用：{listed}"
