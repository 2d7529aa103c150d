"""`xygeo check place_names`: may a place be called so; all stored names, or one proposed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from api.cli.usage import UsageError

if TYPE_CHECKING:
    from api.cli.session import Session
    from layers.names import NameFinding, Proposal

__all__ = ["check_names"]

_LISTS = "name_lists.yaml"
_SHOWN = 50
_LEVELS = {"error": "错误", "warning": "提示"}


def check_names(
    session: Session, name: str | None, *, kind: str | None, pinyin: str | None
) -> None:
    """Answer with the findings N01-N09; exit 1 if there are any.

    Parameters
    ----------
    session
        This call; its data folder may hold the bureau's own `name_lists.yaml`.
    name
        One proposed name; None: all stored place names, by their schema too.
    kind
        Of the proposed name.
    pinyin
        Its spelling, with tone marks.

    Raises
    ------
    UsageError
        If kind or pinyin come without a name.
    typer.Exit
        With 1 if there are findings.
    """
    if name is None and (kind or pinyin):
        raise UsageError("--kind、--pinyin 要与 --name 同用。", where="--name")
    body, lines = _stored(session) if name is None else _proposed(session, name, kind, pinyin)
    session.answer(body, lines)
    if body["findings"]:
        raise typer.Exit(1)


def _proposed(
    session: Session, name: str, kind: str | None, pinyin: str | None
) -> tuple[dict[str, Any], list[str]]:
    from layers.names import check_name, name_lists, proposals

    name = name.strip()
    lists = name_lists(session.folder / _LISTS)
    with session.store() as store:
        findings = check_name(store, name, kind=kind, pinyin=pinyin, lists=lists)
    spellings = proposals(name, kind)
    body = {
        "layer": "place_names",
        "checked": 1,
        "findings": [finding.to_json() for finding in findings],
        "proposals": [one.to_json() for one in spellings],
    }
    lines = [f"{name}：{len(findings)} 处问题" if findings else f"{name}：没有发现问题"]
    return body, [*lines, *_finding_lines(findings), *_spelling_lines(spellings)]


def _stored(session: Session) -> tuple[dict[str, Any], list[str]]:
    from layers.analysis.readiness import check_layers
    from layers.names import check_stored_names, name_lists

    lists = name_lists(session.folder / _LISTS)
    with session.store() as store:
        (report,) = check_layers(store, "place_names")
        findings = check_stored_names(store, lists=lists)
    body = report.to_json()
    body["findings"] += [finding.to_json() for finding in findings]
    count = len(body["findings"])
    lines = [
        f"{report.title} {report.layer}：查 {report.checked} 行，"
        + (f"{count} 处问题" if count else "没有问题")
    ]
    lines += [f"  {_LEVELS[f.level]} {f.code} {f.message}" for f in report.findings[:_SHOWN]]
    return body, [*lines, *_finding_lines(findings)]


def _finding_lines(findings: list[NameFinding]) -> list[str]:
    lines = [f"  {_LEVELS[f.level]} {f.code} {f.message}" for f in findings[:_SHOWN]]
    if len(findings) > _SHOWN:
        lines.append(f"  ……共 {len(findings)} 处；加 --json 看全部。")
    return lines


def _spelling_lines(spellings: tuple[Proposal, ...]) -> list[str]:
    """Say how the name may be written; whoever knows the place decides."""
    lines = ["建议拼写（须经人确认）："]
    for one in spellings:
        unsure = "、".join(f"{character} {reading}" for character, reading, _ in one.unsure)
        lines.append(f"  {one.pinyin}" + (f"（请确认读音：{unsure}）" if unsure else ""))
    return lines
